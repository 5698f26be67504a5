//! Contestant: this package.

import { existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createSdkMcpServer, query, tool } from 'native-agent-sdk'
import { takeOrders } from './client.mjs'

const options = (url, cwd) => ({ cwd, env: { PATH: process.env.PATH, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'sk-bench' } })

takeOrders({
  async ask(url, folder) {
    let text = ''
    for await (const message of query({ prompt: 'Read the files.', options: options(url, folder) })) {
      if (message.type === 'result') text = message.result
    }
    return text
  },

  async deltas(url) {
    let seen = 0
    const run = query({ prompt: 'Write.', options: { ...options(url), includePartialMessages: true } })
    for await (const message of run) {
      if (message.type === 'stream_event' && message.event.type === 'content_block_delta') seen += 1
    }
    return seen
  },

  /**
   * Microseconds from the end of one call's handler to the start of the next one's: a round trip without the handler. By the
   * tool that is called: `next`; `hooked`, whose calls a hook is asked about; `bare`, which takes one bare round trip from a thread
   * of the addon to a function that returns a promise: how many microseconds those took is in `trips`; `after`, which is `next`
   * again. So many other hooks are for calls of none of them.
   */
  async tools(url, micros, others = 0) {
    const { NativeBareTrip } = createRequire(import.meta.url)('../dist/native.cjs')
    const bare = new NativeBareTrip(async () => '{}')
    const gaps = { next: [], hooked: [], bare: [], after: [] }
    const trips = []
    let ended
    const step = (name, work = () => {}) =>
      tool(name, 'The next step.', { type: 'object', properties: { n: { type: 'integer' } } }, async () => {
        if (ended !== undefined) gaps[name].push(micros() - ended)
        await work()
        ended = micros()
        return { content: [{ type: 'text', text: 'ok' }] }
      })
    const steps = [step('next'), step('hooked'), step('after'), step('bare', async () => trips.push(...(await bare.take(1))))]
    const hook = (matcher) => ({ matcher, hooks: [async () => ({})] })
    const PreToolUse = [hook('mcp__bench__hooked'), ...Array.from({ length: others }, (_, n) => hook(`mcp__bench__other_${n}`))]
    await drain(query({ prompt: 'Go.', options: { ...options(url), ...withServer(steps), hooks: { PreToolUse } } }))
    return { ...gaps, trips }
  },

  /** Runs one query whose server has that many tools. */
  async start(url, count) {
    const described = { type: 'object', properties: { name: { type: 'string', description: 'What to look for' }, most: { type: 'integer' } }, required: ['name'] }
    const tools = Array.from({ length: count }, (_, n) => tool(`tool_${n}`, `Looks something up in the register number ${n}.`, described, async () => ({ content: [] })))
    await drain(query({ prompt: 'Go.', options: { ...options(url), ...(count > 0 && withServer(tools)) } }))
  },

  /** Interrupts a query once text arrives or its command runs; microseconds until interrupt() has settled. */
  async interrupt(url, folder, micros) {
    const prompt = (async function* () {
      yield { type: 'user', message: { role: 'user', content: 'Go.' }, parent_tool_use_id: null }
      await new Promise(() => {})
    })()
    const running = join(folder, 'running')
    rmSync(running, { force: true })
    const run = query({ prompt, options: { ...options(url, folder), includePartialMessages: true, allowedTools: ['Bash'] } })
    for (let under = false; !under; ) {
      const { value: message } = await run.next()
      under = message.type === 'assistant' || (message.type === 'stream_event' && message.event.delta?.type === 'text_delta')
      if (message.type === 'assistant') while (!existsSync(running)) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const before = micros()
    await run.interrupt()
    const taken = micros() - before
    run.close()
    return taken
  },

  async ping(url) {
    await (await fetch(`${url}/v1/models`)).arrayBuffer()
  },
})

function withServer(tools) {
  return { mcpServers: { bench: createSdkMcpServer({ name: 'bench', tools }) }, allowedTools: ['mcp__bench'] }
}

async function drain(run) {
  for await (const message of run) if (message.type === 'result' && message.is_error) throw new Error(JSON.stringify(message))
}
