//! Runs JavaScript in a Node process of its own, for tests of how the addon treats the process.

import { spawn } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The addresses of the two entry points, for code that is not a file of this package (workers). */
export const entries = {
  index: pathToFileURL(`${root}index.js`).href,
  testing: pathToFileURL(`${root}testing.js`).href,
}

export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Every child begins with these: the package, and a scripted API with the given rules. */
const PRELUDE = `
import { query, AbortError } from '${entries.index}'
import { startScriptedApi } from '${entries.testing}'
const says = (text) => ({ content: [{ type: 'text', text }] })
const start = async (...rules) => {
  const api = await startScriptedApi({ rules })
  return { api, ask: (prompt, options) => query({ prompt, options: { env: api.env(), cwd: ${JSON.stringify(root)}, ...options } }) }
}
`

/** Runs an ES module; one that does not end by itself within \`seconds\` is killed, which its outcome shows. */
export function runChild(code: string, { args = [] as string[], seconds = 20 } = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, '--input-type=module', '-e', PRELUDE + code], {
      cwd: root,
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, ...output }))
  })
}

/** What a child that did everything right looks like. */
export function ended(stdout: string, code = 0): Outcome {
  return { code, signal: null, stdout, stderr: '' }
}
