//! What the addon does to the process: when it may end, what is freed, worker threads.

import { describe, expect, it } from 'vitest'
import { ended, entries, runChild } from './support/child.ts'

const HELD = `{ times: 'any', reply: { ...says('never'), gates: [{ at: 'message_start', name: 'held' }] } }`

describe('the event loop', () => {
  it('an unconsumed query lets the process end', async () => {
    expect(await runChild(`const { api, ask } = await start(${HELD}); ask('hi'); await api.waitGate('held'); console.log('end')`)).toEqual(ended('end\n'))
  })

  it('neither does one whose consumer has stopped asking', async () => {
    const code = `const { api, ask } = await start(${HELD}); const q = ask('hi'); await q.next(); await api.waitGate('held'); console.log('end')`
    expect(await runChild(code)).toEqual(ended('end\n'))
  })

  it('nor a stream that is silent, nor its query', async () => {
    const code = `
      const { ask } = await start(${HELD})
      const q = ask({ async *[Symbol.asyncIterator]() { await new Promise(() => {}) } })
      console.log('end')`
    expect(await runChild(code)).toEqual(ended('end\n'))
  })

  it('a consumed query is never cut off', async () => {
    const code = `
      const api = await startScriptedApi({ rules: [{ reply: says('slow answer of many words') }], pace: { events: 1, delayMs: 60 } })
      for await (const m of query({ prompt: 'hi', options: { env: api.env(), includePartialMessages: true } }))
        if (m.type === 'result') console.log(m.result)`
    expect(await runChild(code)).toEqual(ended('slow answer of many words\n'))
  })

  it('nor when others end that were waited for beside it', async () => {
    const code = `
      const slow = await startScriptedApi({ rules: [{ reply: says('slow answer of many words') }], pace: { events: 1, delayMs: 60 } })
      const { api, ask } = await start(${HELD})
      const beside = [ask('hi'), ask('hi')]
      for (const q of beside) q.next().then(() => q.next()).catch(() => {})
      const run = query({ prompt: 'hi', options: { env: slow.env() } })
      const first = run.next()
      await api.waitGate('held', 2)
      for (const q of beside) q.close()
      await first
      for await (const m of run) if (m.type === 'result') console.log(m.result)`
    expect(await runChild(code)).toEqual(ended('slow answer of many words\n'))
  })

  it('a control request alone is not cut off either', async () => {
    const code = `const { ask } = await start(${HELD}); await ask('hi').interrupt(); console.log('interrupted')`
    expect(await runChild(code)).toEqual(ended('interrupted\n'))
  })

  it.each(['q.close()', 'await q.return()', 'controller.abort()'])('after %s it ends', async (how) => {
    const code = `
      const { ask } = await start(${HELD})
      const controller = new AbortController()
      const q = ask('hi', { abortController: controller })
      const pending = q.next().then(() => q.next()).catch(() => {})
      ${how}
      await pending
      console.log('end')`
    expect(await runChild(code)).toEqual(ended('end\n'))
  })

  it('after a break it ends', async () => {
    expect(await runChild(`const { ask } = await start(${HELD}); for await (const m of ask('hi')) break; console.log('end')`)).toEqual(ended('end\n'))
  })

  it('process.exit() in the middle of a query is clean', async () => {
    const code = `const { ask } = await start(${HELD}); for await (const m of ask('hi')) { console.log(m.type); process.exit(7) }`
    expect(await runChild(code)).toEqual(ended('system\n', 7))
  })

  it('process.exit() while many queries are waited for is clean', async () => {
    const code = `
      const { api, ask } = await start(${HELD})
      for (let i = 0; i < 30; i++) { const q = ask('hi'); q.next().then(() => q.next()) }
      await api.waitGate('held', 30)
      process.exit(7)`
    expect(await runChild(code)).toEqual(ended('', 7))
  })

  it('an exception in the consumer is the only thing that is reported', async () => {
    const code = `const { ask } = await start(${HELD}); for await (const m of ask('hi')) throw new Error('mine')`
    const outcome = await runChild(code)
    expect(outcome).toMatchObject({ code: 1, signal: null, stderr: expect.stringContaining('mine') })
    expect(outcome.stderr).not.toContain('nhandled')
  })
})

describe('memory', () => {
  const COLLECT = `
    let collected = 0
    const registry = new FinalizationRegistry(() => { collected += 1 })
    // In a function of its own, so that no variable of the module still holds the last query.
    const many = async (count, body) => { for (let i = 0; i < count; i++) await body(i) }
    const wait = async (count) => {
      for (let round = 0; round < 200 && collected < count; round++) { globalThis.gc(); await new Promise((resolve) => setTimeout(resolve, 5)) }
      console.log(collected)
    }`

  it('1,000 abandoned queries are collected, callbacks and all', async () => {
    const code = `${COLLECT}
      const { api, ask } = await start(${HELD})
      const shared = new AbortController()
      await many(1000, async (i) => {
        // The callback hangs on the inside of the query: if it is collected, so is all of it.
        const canUseTool = async () => null
        const q = ask('hi', { canUseTool, abortController: shared })
        registry.register(q)
        registry.register(canUseTool)
        if (i % 2) await q.next()
      })
      await wait(2000)`
    expect(await runChild(code, { args: ['--expose-gc'], seconds: 60 })).toEqual(ended('2000\n'))
  })

  it('queries with silent streams are collected, also when something else holds the stream', async () => {
    const code = `${COLLECT}
      const { ask } = await start(${HELD})
      const streams = []
      await many(100, async () => {
        const stream = { async *[Symbol.asyncIterator]() { await new Promise((resolve) => streams.push(resolve)) } }
        registry.register(ask(stream))
      })
      await wait(100)
      for (const resolve of streams) resolve()`
    expect(await runChild(code, { args: ['--expose-gc'], seconds: 60 })).toEqual(ended('100\n'))
  })

  it('finished and broken queries are collected', async () => {
    const code = `${COLLECT}
      const { ask } = await start({ times: 'always', reply: says('done') })
      await many(100, async (i) => {
        const q = ask('hi')
        registry.register(q)
        for await (const m of q) if (i % 2) break
      })
      await wait(100)`
    expect(await runChild(code, { args: ['--expose-gc'], seconds: 60 })).toEqual(ended('100\n'))
  })
})

describe('worker threads', () => {
  const WORKER = (body: string): string => `
    const { Worker } = await import('node:worker_threads')
    const work = (url) => new Worker(\`
      import('${entries.index}').then(async ({ query }) => {
        const { parentPort, workerData } = require('node:worker_threads')
        const env = { ANTHROPIC_BASE_URL: workerData, ANTHROPIC_API_KEY: 'sk-test' }
        ${body}
      })\`, { eval: true, execArgv: [], workerData: url })`

  it('run queries to the end, many times', async () => {
    const code = `${WORKER(`for await (const m of query({ prompt: 'hi', options: { env } })) if (m.type === 'result') parentPort.postMessage(m.result)`)}
      const { api } = await start({ times: 'always', reply: says('done') })
      for (let round = 0; round < 4; round++) {
        const answers = await Promise.all(Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
          const worker = work(api.url)
          let answer
          worker.on('message', (message) => { answer = message }).on('error', reject).on('exit', (code) => resolve(answer + code))
        })))
        console.log(answers.join())
      }`
    expect(await runChild(code, { seconds: 60 })).toEqual(ended('done0,done0,done0,done0\n'.repeat(4)))
  })

  it('can be terminated in the middle of a query, and the process goes on', async () => {
    const code = `${WORKER(`const q = query({ prompt: 'hi', options: { env } }); await q.next(); const pending = q.next(); parentPort.postMessage('running'); await pending`)}
      const { api, ask } = await start({ when: { userText: 'a question of the host' }, reply: says('alive') }, ${HELD})
      for (let round = 0; round < 10; round++) {
        const worker = work(api.url)
        await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))
        await worker.terminate()
      }
      for await (const m of ask('a question of the host')) if (m.type === 'result') console.log(m.result)`
    expect(await runChild(code, { seconds: 60 })).toEqual(ended('alive\n'))
  })

  it('can be all that ever loads the addon, and be terminated while everything in it runs', async () => {
    const code = `
      const { Worker } = await import('node:worker_threads')
      const begin = async () => {
        const worker = new Worker(\`
          Promise.all([import('${entries.index}'), import('${entries.testing}')]).then(async ([{ query }, { startScriptedApi }]) => {
            const reply = { content: [{ type: 'text', repeat: { text: 'word ', times: 500 } }] }
            const api = await startScriptedApi({ strict: false, record: false, rules: [{ times: 'any', reply }] })
            const options = { env: api.env(), includePartialMessages: true }
            const ask = async () => { for (;;) for await (const m of query({ prompt: 'hi', options })); }
            for (let n = 0; n < 4; n++) ask()
            require('node:worker_threads').parentPort.postMessage('running')
          })\`, { eval: true, execArgv: [] })
        await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))
        return worker
      }
      for (let round = 0; round < 6; round++) {
        const workers = await Promise.all([begin(), begin()])
        await Promise.all(workers.map((worker) => worker.terminate()))
      }
      console.log('alive')`
    expect(await runChild(code, { seconds: 60 })).toEqual(ended('alive\n'))
  })

  it('that end by themselves leave no query behind', async () => {
    const code = `${WORKER(`query({ prompt: 'hi', options: { env } }); parentPort.postMessage('started')`)}
      const { api } = await start(${HELD})
      const worker = work(api.url)
      console.log(await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject)))`
    expect(await runChild(code)).toEqual(ended('0\n'))
  })
})
