//! Runs every example as a user would, offline, and looks at what it prints.

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/typescript.ts'

interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs one example without any key in its environment. */
function run(name: string): Promise<Outcome> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(ANTHROPIC|CLAUDE|NODE_OPTIONS|VITEST)/.test(key)))
  return new Promise((resolve, reject) => {
    const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
    const child = spawn(process.execPath, [tsx, join('examples', name)], { cwd: root, env, timeout: 25_000, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })
}

const OFFLINE = /this run is offline/

/** What each example prints, in this order. */
const PRINTS: Record<string, RegExp[]> = {
  'chat.ts': [OFFLINE, /you: {3}My name is Ada/, /agent: I will remember it/, /you: {3}What is my name/, /agent: Your name is Ada\./],
  'container.ts': [OFFLINE, /command: counted\n/, /command: 2 out\n/, /the number is in out\/count/],
  'custom-tools.ts': [
    OFFLINE,
    /tool: mcp__shop__look_up \{"product":"tea"\}/,
    /tool: mcp__shop__look_up \{"product":"coffee"\}/,
    /tool: mcp__shop__order \{"product":"coffee"\}/,
    /so I ordered 10 packets/,
    /coffee in stock: 10/,
  ],
  'demo.ts': [
    OFFLINE,
    /> Glob\(\*\*\/utils\.py\)/,
    /> Read\(.*utils\.py\)/,
    /> Edit\(.*utils\.py\)/,
    /@@ -1,4 \+1,6 @@/,
    /\+ {4}if not numbers:/,
    /> Edit\(.*utils\.py\)/,
    /\+ {4}if user is None/,
    /> Read\(.*utils\.py\)/,
    /done · 6 turns · \d+\.\d\d s · \$\d+\.\d{4}/,
    /Checked: the file has changed/,
  ],
  'hooks.ts': [
    OFFLINE,
    /audit: Write\n/,
    /nothing else has changed\./,
    /\.env: TOKEN=1\n/,
    /notes: All is well\. -- the agent/,
  ],
  'interrupt.ts': [OFFLINE, /interrupting after 10 pieces/, /result: error_during_execution/, /result: Stopped\./],
  'permissions.ts': [
    OFFLINE,
    /asked: Write \.\/summary\.txt -> allow/,
    /asked: Bash rm \.\/draft\.txt -> deny/,
    /denials: Bash\n/,
    /summary written: true, draft kept: true/,
  ],
  'quickstart.ts': [OFFLINE, /tool: Grep/, /answer: The release is on Friday\./, /turns: 2, cost: \$0\.\d{4}/],
  'streaming.ts': [OFFLINE, /Bits on the wire,\nwords in the air:/, /\n\n17 pieces in \d+ ms/],
  'test-your-agent.ts': [/ok 1 - the change log is written|✔ the change log is written/, /(# |ℹ )pass 2/, /(# |ℹ )fail 0/],
  'virtual-files.ts': [OFFLINE, /has Bash: false\n/, /greet\.ts is corrected/, /in memory: export const greet = \(name: string\) => 'Hello ' \+ name\n/],
}

it('every example is listed here, and none is long', () => {
  const names = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts'))
  expect(names.toSorted()).toEqual(Object.keys(PRINTS).toSorted())
  const long = names.filter((name) => readFileSync(join(root, 'examples', name), 'utf8').trimEnd().split('\n').length >= 60)
  expect(long).toEqual([])
})

it.each(Object.entries(PRINTS))('examples/%s', async (name, prints) => {
  const { code, stdout, stderr } = await run(name)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  let rest = stdout
  for (const pattern of prints) {
    const found = pattern.exec(rest)
    expect(found, `${pattern} in what is left of the output:\n${rest}\n--- of\n${stdout}`).not.toBeNull()
    rest = rest.slice((found?.index ?? 0) + (found?.[0].length ?? 0))
  }
})
