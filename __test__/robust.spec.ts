//! What no host should send and no tool should print: slow consumers, huge messages, broken text.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { query } from 'native-agent-sdk'
import type { CanUseTool, SDKUserMessageInput } from '../index.js'
import { Chat } from './support/chat.ts'
import { against, calls, collect, folder, ofType, says, scripted, toolResults, userMessage } from './support/scripted.ts'

const MB = 1_000_000

/** Resolves when the process has nothing to do: engine and scripted API, which live in it, have come to a halt. */
async function quiet(): Promise<void> {
  const deadline = performance.now() + 20_000
  for (let busy = true; busy && performance.now() < deadline; ) {
    const before = process.cpuUsage()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { user, system } = process.cpuUsage(before)
    busy = user + system > 20_000
  }
}

describe('a consumer slower than the stream', { timeout: 60_000 }, () => {
  it('slows the stream down, and misses nothing', async () => {
    const text = 'many words '.repeat(400)
    const times = 4000
    const api = await scripted([{ reply: { content: [{ type: 'text', repeat: { text, times } }] } }])
    const run = query({ prompt: 'go', options: against(api, { includePartialMessages: true }) })
    const before = process.memoryUsage().rss
    let received = 0
    let paused = false
    for await (const message of run) {
      if (message.type !== 'stream_event' || message.event.type !== 'content_block_delta') continue
      received += (message.event.delta as { text: string }).text.length
      if (paused) continue
      paused = true
      await quiet()
      const [request] = await api.requests({ bodies: false })
      expect(request?.doneMicros).toBeNull()
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * MB)
    }
    expect(received).toBe(text.length * times)
  })

  it('that reads a message a turn of the event loop gets them in order', async () => {
    const api = await scripted([{ reply: { content: [{ type: 'text', repeat: { text: 'x', times: 300 } }] } }])
    let deltas = 0
    const types: string[] = []
    for await (const message of query({ prompt: 'go', options: against(api, { includePartialMessages: true }) })) {
      await new Promise((resolve) => setImmediate(resolve))
      if (message.type === 'stream_event' && message.event.type === 'content_block_delta') deltas += 1
      else types.push(message.type === 'stream_event' ? message.event.type : message.type)
    }
    expect(deltas).toBe(300)
    expect(types.slice(-3)).toEqual(['message_stop', 'assistant', 'result'])
  })
})

describe('a stream that is faster than its consumer', () => {
  it('lets the event loop turn between its batches', async () => {
    const times = 10_000
    const api = await scripted([{ reply: { content: [{ type: 'text', repeat: { text: 'x', times } }] } }])
    let [sinceTurn, most, seen, over] = [0, 0, 0, false]
    const turn = (): void => {
      sinceTurn = 0
      if (!over) setImmediate(turn)
    }
    turn()
    for await (const message of query({ prompt: 'go', options: against(api, { includePartialMessages: true }) })) {
      const until = process.hrtime.bigint() + 20_000n
      while (process.hrtime.bigint() < until);
      sinceTurn += 1
      most = Math.max(most, sinceTurn)
      if (message.type === 'stream_event' && message.event.type === 'content_block_delta') seen += 1
    }
    over = true
    expect(seen).toBe(times)
    // Two batches of 256.
    expect(most).toBeLessThanOrEqual(2 * 256)
  })
})

describe('messages of 50 MB', { timeout: 120_000 }, () => {
  it('from the model arrive whole', async () => {
    const text = 'ä𝄞 words '.repeat(5000)
    const times = Math.ceil((50 * MB) / Buffer.byteLength(text))
    const api = await scripted([{ reply: { content: [{ type: 'text', repeat: { text, times } }] } }])
    const messages = await collect(query({ prompt: 'go', options: against(api) }))
    const result = ofType(messages, 'result')[0]
    expect(result?.subtype === 'success' && result.result === text.repeat(times)).toBe(true)
  })

  it('to the model are told to be too large, and the process lives', async () => {
    const api = await scripted([{ times: 'any', expectInvalid: 'body.size' }])
    const chat = new Chat('x'.repeat(50 * MB))
    chat.end()
    const messages = await collect(query({ prompt: chat, options: against(api) }))
    const results = ofType(messages, 'result')
    expect(results).toMatchObject([{ subtype: 'success', is_error: true, api_error_status: 413 }])
  })

  it('or a little less in a question to the host and its answer cross whole', async () => {
    const cwd = folder()
    const file = join(cwd, 'large.txt')
    // Several times what one crossing usually carries.
    const content = 'ä"\n'.repeat(150_000)
    const api = await scripted([{ reply: { ...calls('Write', { file_path: file, content }), chunk: MB } }, { reply: says('Done.') }])
    let asked = 0
    const canUseTool: CanUseTool = async (_name, input) => {
      asked = (input['content'] as string).length
      return { behavior: 'allow', updatedInput: { ...input, content: `${content}.` } }
    }
    await collect(query({ prompt: 'go', options: against(api, { cwd, canUseTool }) }))
    expect(asked).toBe(content.length)
    expect(readFileSync(file, 'utf8') === `${content}.`).toBe(true)
  })
})

describe('text that is no Unicode', () => {
  const lone = 'a\ud800b \udc00\ud83d! \\ud800 𝄞 \\\udfff'
  const whole = 'a\ufffdb \ufffd\ufffd! \\ud800 𝄞 \\\ufffd'

  it.each<[string, () => string | AsyncIterable<SDKUserMessageInput>]>([
    ['a prompt', () => lone],
    ['a streamed message', () => { const chat = new Chat(lone); chat.end(); return chat }],
    ['a block', () => {
      const chat = new Chat()
      chat.say({ ...userMessage(''), message: { role: 'user', content: [{ type: 'text', text: lone }] } })
      chat.end()
      return chat
    }],
  ])('in %s reaches the model with U+FFFD in its place', async (_name, prompt) => {
    const api = await scripted([{ reply: says('ok') }])
    const messages = await collect(query({ prompt: prompt(), options: against(api) }))
    expect(messages.at(-1)).toMatchObject({ subtype: 'success', result: 'ok' })
    const [request] = await api.requests()
    expect(JSON.stringify(request?.body)).toContain(JSON.stringify(whole).slice(1, -1))
  })

  it('in options and control calls is replaced too', async () => {
    const api = await scripted([{ reply: says('ok') }])
    const run = query({ prompt: new Chat(), options: against(api, { systemPrompt: lone, env: api.env({ [`A${lone}`]: lone }) }) })
    await expect(run.setModel(lone)).resolves.toBeUndefined()
    run.close()
  })

  it.each(['allow', 'deny'] as const)('in an answer that says %s is replaced too', async (behavior) => {
    const cwd = folder()
    const file = join(cwd, 'new.txt')
    const api = await scripted([{ reply: calls('Write', { file_path: file, content: 'x' }) }, { reply: says('Done.') }])
    const canUseTool: CanUseTool = async () =>
      behavior === 'allow' ? { behavior, updatedInput: { file_path: file, content: lone } } : { behavior, message: lone }
    const messages = await collect(query({ prompt: 'go', options: against(api, { cwd, canUseTool }) }))
    if (behavior === 'allow') expect(readFileSync(file, 'utf8')).toBe(whole)
    else expect(toolResults(messages)).toMatchObject([{ is_error: true, content: whole }])
  })

  it('in what a command prints is replaced, and the next request is valid', async () => {
    const cwd = folder()
    const api = await scripted([
      { reply: calls('Bash', { command: "printf 'start \\377\\376 \\355\\240\\200 end\\n'; printf 'error \\200\\n' >&2" }) },
      { when: { toolResult: 'end' }, reply: says('ok') },
    ])
    const canUseTool: CanUseTool = async () => ({ behavior: 'allow' })
    const messages = await collect(query({ prompt: 'go', options: against(api, { cwd, canUseTool }) }))
    const [result] = toolResults(messages)
    expect(result?.content).toMatch(/start \ufffd+ \ufffd+ end/)
    expect(result?.content).toMatch(/error \ufffd/)
    expect(messages.at(-1)).toMatchObject({ subtype: 'success', result: 'ok' })
    await api.assertComplete()
  })

  it('in files, and in their names, harms nothing', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'bytes.txt'), Buffer.from([0x61, 0xff, 0xfe, 0x0a, 0xed, 0xa0, 0x80, 0x62, 0x0a]))
    writeFileSync(Buffer.concat([Buffer.from(`${cwd}/`), Buffer.from([0x6e, 0xff]), Buffer.from('.txt')]), 'x')
    const api = await scripted([
      { reply: { content: [...calls('Read', { file_path: join(cwd, 'bytes.txt') }).content, ...calls('Glob', { pattern: '*' }).content, ...calls('Grep', { pattern: 'b' }).content] } },
      { reply: says('ok') },
    ])
    const messages = await collect(query({ prompt: 'go', options: against(api, { cwd }) }))
    expect(toolResults(messages)).toHaveLength(3)
    expect(messages.at(-1)).toMatchObject({ subtype: 'success', result: 'ok' })
    await api.assertComplete()
  })

  it('of the API is an error of that turn, not of the process', async () => {
    const data = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\ud800"}}'
    const start = { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } } }
    const reply = {
      events: [
        { event: 'message_start', data: start },
        { event: 'content_block_start', data: { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } },
        { raw: `event: content_block_delta\ndata: ${data}\n\n` },
      ],
    }
    const api = await scripted([{ times: 'any', reply }])
    const options = against(api, { env: api.env({ CLAUDE_CODE_MAX_RETRIES: '0' }) })
    const messages = await collect(query({ prompt: 'go', options }))
    expect(ofType(messages, 'result')).toHaveLength(1)
  })
})

it('200 messages pushed at once are all answered, in order', async () => {
  const api = await scripted({ rules: [{ times: 'any', reply: says('ok') }], strict: false, record: false })
  const chat = new Chat()
  for (let n = 0; n < 200; n++) chat.say(`${n}`)
  chat.end()
  const options = against(api, { tools: [], extraArgs: { 'replay-user-messages': null } })
  const messages = await collect(query({ prompt: chat, options }))
  expect(ofType(messages, 'result')).toHaveLength(200)
  expect(ofType(messages, 'user').map(({ message }) => message.content)).toEqual(Array.from({ length: 200 }, (_, n) => `${n}`))
})
