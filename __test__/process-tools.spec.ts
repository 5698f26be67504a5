//! Many queries in one process, the end of a process with a command running, and two copies of the package.

import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { gone, longCommand, processes, until } from './support/chat.ts'
import { ended, entries, runChild } from './support/child.ts'
import { folder } from './support/scripted.ts'
import { root } from './support/typescript.ts'

/** Starts a query in a child that runs a long command, which notes its processes in `file`. */
const command = (file: string): string => `
  const command = ${JSON.stringify(longCommand(file))}
  const call = { content: [{ type: 'tool_use', name: 'Bash', input: { command } }] }
  const { existsSync } = await import('node:fs')
  const until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2)) }`

describe('10,000 short queries in one process', () => {
  it('leave memory and handles as they were', { timeout: 200_000 }, async () => {
    const code = `
      const api = await startScriptedApi({ rules: [{ times: 'always', reply: says('done') }], strict: false, record: false })
      const { readdirSync } = await import('node:fs')
      const options = { env: api.env(), cwd: ${JSON.stringify(root)}, tools: [], systemPrompt: 'x' }
      const batch = (count) => Promise.all(Array.from({ length: count }, async (_, n) => {
        const controller = new AbortController()
        const q = query({ prompt: 'hi', options: { ...options, abortController: controller, canUseTool: async () => null } })
        let last
        // Some are read to the end, some left early, some aborted.
        try {
          for await (const m of q) { last = m; if (n % 10 === 1) break; if (n % 10 === 2) controller.abort() }
        } catch (error) { if (error.name !== 'AbortError') throw error }
        if (n % 10 > 2 && last.result !== 'done') throw new Error(JSON.stringify(last))
      }))
      const measure = async () => {
        for (let round = 0; round < 5; round++) { globalThis.gc(); await new Promise((resolve) => setTimeout(resolve, 20)) }
        const { rss, heapUsed } = process.memoryUsage()
        const threads = readdirSync('/proc/self/task').length
        const files = readdirSync('/proc/self/fd').length
        return { rss, heapUsed, handles: process.getActiveResourcesInfo().length, threads, files }
      }
      const rounds = async (count) => { for (let round = 0; round < count; round++) await batch(50) }
      await batch(1)
      const one = readdirSync('/proc/self/fd').length
      // Until the heap has grown to its working size.
      await rounds(80)
      const first = await measure()
      await rounds(120)
      console.log(JSON.stringify([one, first, await measure()]))
      await api.close()`
    // A nursery of fixed size: left alone, V8 doubles it somewhere along the way, which is no leak and looks like one.
    const outcome = await runChild(code, { args: ['--expose-gc', '--max-semi-space-size=4'], seconds: 180 })
    expect(outcome).toMatchObject({ code: 0, signal: null, stderr: '' })
    const [one, first, last] = JSON.parse(outcome.stdout) as [number, Record<string, number>, Record<string, number>]
    if (process.env['TIMES'] !== undefined) console.log(first, last)
    const grown = (name: string): number => (last[name] ?? Number.NaN) - (first[name] ?? 0)
    expect(grown('heapUsed')).toBeLessThan(4e6)
    // Seven kilobytes for each of the 6,000, where one that runs holds two hundred: allocators keep some for themselves, and
    // more when the machine is busy and more queries than before are in the same state at once.
    expect(grown('rss')).toBeLessThan(40e6)
    expect(grown('handles')).toBeLessThanOrEqual(0)
    expect(grown('threads')).toBeLessThanOrEqual(2)
    // Connections to the scripted API, both ends of which are here, are pooled: one for each query of a batch at most.
    expect(last['files']).toBeLessThanOrEqual(one + 2 * 50)
  })
})

describe('a command that runs when', () => {
  it.each([
    ['the process exits', 'process.exit(7)', 7],
    ['an exception ends the process', "setImmediate(() => { throw new Error('mine') }); await new Promise(() => {})", 1],
  ])('%s is ended with all its processes', async (_name, end, code) => {
    const file = join(folder(), 'pids')
    const child = `${command(file)}
      const { ask } = await start({ reply: call })
      const q = ask('go', { allowedTools: ['Bash'] })
      const pending = (async () => { for await (const m of q); })()
      await until(() => existsSync(${JSON.stringify(file)}))
      ${end}`
    expect(await runChild(child)).toMatchObject({ code, signal: null })
    const pids = await processes(file)
    expect(pids).toHaveLength(2)
    await until(() => pids.every(gone))
  })

  it.each([
    ['the process exits', 'process.exit(7)', 7],
    ['an exception ends the process', "setImmediate(() => { throw new Error('mine') }); await new Promise(() => {})", 1],
  ])('%s is ended with the servers of MCP, also with one that ignores a polite end', async (_name, end, code) => {
    const dir = folder()
    const child = `
      const { ask } = await start({ times: 'any', reply: says('Done.') })
      const server = (mode) => ({ command: process.execPath, args: [${JSON.stringify(join(root, '__test__', 'support', 'mcp-server.mjs'))}, mode, ${JSON.stringify(dir)} + '/' + mode] })
      const input = async function* () { await new Promise(() => {}) }
      const q = ask(input(), { mcpServers: { plain: server('plain'), stubborn: server('stubborn') } })
      const connected = async () => (await q.mcpServerStatus()).every(({ status }) => status === 'connected')
      while (!(await connected())) await new Promise((resolve) => setTimeout(resolve, 2))
      ${end}`
    expect(await runChild(child)).toMatchObject({ code, signal: null })
    const pids = ['plain', 'stubborn'].map((mode) => Number(readFileSync(join(dir, mode), 'utf8')))
    await until(() => pids.every(gone))
  })

  it('its query is collected, because nobody has it any more, is ended with all its processes', async () => {
    const file = join(folder(), 'pids')
    const child = `${command(file)}
      const { readFileSync } = await import('node:fs')
      const { ask } = await start({ reply: call })
      // In a function of its own, so that no variable of the module still holds the query.
      const abandon = async () => { const q = ask('go', { allowedTools: ['Bash'] }); await q.next(); await until(() => existsSync(${JSON.stringify(file)})) }
      await abandon()
      const pids = readFileSync(${JSON.stringify(file)}, 'utf8').trim().split(' ')
      const state = (pid) => { try { return readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1][0] } catch { return 'gone' } }
      await until(() => { globalThis.gc(); return pids.every((pid) => 'Z gone'.includes(state(pid))) })
      console.log('end')`
    expect(await runChild(child, { args: ['--expose-gc'] })).toEqual(ended('end\n'))
  })

  it('its worker is terminated is ended with all its processes, and the next worker runs', async () => {
    const dir = folder()
    const child = `${command(join(dir, 'pids'))}
      const { Worker } = await import('node:worker_threads')
      const { api } = await start({ times: 3, reply: call })
      for (let round = 0; round < 3; round++) {
        const file = ${JSON.stringify(join(dir, 'pids'))} + round
        const prompt = command.replaceAll(${JSON.stringify(join(dir, 'pids'))}, file)
        await api.reset({ rules: [{ reply: { content: [{ type: 'tool_use', name: 'Bash', input: { command: prompt } }] } }] })
        const worker = new Worker(\`
          import('${entries.index}').then(async ({ query }) => {
            const { workerData } = require('node:worker_threads')
            for await (const m of query({ prompt: 'go', options: { env: workerData, allowedTools: ['Bash'] } }));
          })\`, { eval: true, execArgv: [], workerData: api.env() })
        await until(() => existsSync(file))
        await worker.terminate()
      }
      console.log('end')`
    expect(await runChild(child, { seconds: 60 })).toEqual(ended('end\n'))
    for (const round of [0, 1, 2]) {
      const pids = await processes(join(dir, `pids${round}`))
      expect(pids).toHaveLength(2)
      await until(() => pids.every(gone))
    }
  })
})

it('two copies of the package in one process work side by side', async () => {
  const copy = join(folder(), 'native-agent-sdk')
  mkdirSync(copy)
  for (const name of ['index.js', 'testing.js', 'package.json', 'dist']) cpSync(join(root, name), join(copy, name), { recursive: true })
  const code = `
    const other = await import('${pathToFileURL(join(copy, 'index.js')).href}')
    if (other.query === query) throw new Error('one copy')
    const { api, ask } = await start({ times: 'always', reply: says('done') })
    const both = (n) => n % 2 ? ask('hi') : other.query({ prompt: 'hi', options: { env: api.env(), cwd: ${JSON.stringify(root)} } })
    const answers = await Promise.all(Array.from({ length: 20 }, async (_, n) => {
      for await (const m of both(n)) if (m.type === 'result') return m.result
    }))
    console.log(answers.every((answer) => answer === 'done'))
    // Each ends its own queries only.
    const waiting = other.query({ prompt: { async *[Symbol.asyncIterator]() { await new Promise(() => {}) } }, options: { env: api.env() } })
    const models = await waiting.supportedModels()
    waiting.close()
    for await (const m of ask('hi')) if (m.type === 'result') console.log(m.result, models.length > 0)
    const error = await other.query({ prompt: 'hi', options: { env: api.env(), abortController: { signal: AbortSignal.abort() } } }).next().catch((thrown) => thrown)
    console.log(error instanceof other.AbortError, error instanceof AbortError)`
  expect(await runChild(code, { seconds: 60 })).toEqual(ended('true\ndone true\ntrue false\n'))
})
