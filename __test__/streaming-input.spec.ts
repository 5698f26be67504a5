//! Prompts that are streams, on the built addon: what they may hold, when it is read, how they may end.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { query } from 'native-agent-sdk'
import type { SDKUserMessage } from '../index.js'
import { Chat, gone, longCommand, processes, signal, until } from './support/chat.ts'
import { against, calls, collect, folder, ofType, says, scripted, toolResults, userMessage } from './support/scripted.ts'

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** The blocks of the last message of a request, without the engine's own reminders. */
function lastBlocks(body: unknown): unknown[] {
  const { messages } = body as { messages: { content: { text?: string }[] }[] }
  return (messages.at(-1)?.content ?? []).filter(({ text }) => !text?.startsWith('<system-reminder>'))
}

describe('a message', () => {
  it('[row 24] may hold images and other blocks, in their order', async () => {
    const api = await scripted([{ reply: says('A pixel.') }])
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png' as const, data: PIXEL } },
      { type: 'text' as const, text: 'Be brief.' },
    ]
    const chat = new Chat()
    chat.say({ type: 'user', message: { role: 'user', content } })
    chat.end()
    await collect(query({ prompt: chat, options: against(api) }))
    const [request] = await api.requests()
    expect(lastBlocks(request?.body)).toMatchObject(content)
  })

  it('[row 546] may leave out everything but its text', async () => {
    const api = await scripted([{ times: 4, reply: says('ok') }])
    const chat = new Chat()
    const loose = [
      { type: 'user', message: { role: 'user', content: 'loose' } },
      { type: 'user', message: { content: 'loose' }, session_id: '' },
      { type: 'user', message: { role: 'user', content: 'loose' }, session_id: 'not-a-uuid', uuid: undefined },
      { type: 'user', message: { role: 'user', content: [{ type: 'text', text: 'loose' }] }, parent_tool_use_id: null },
    ]
    for (const message of loose) chat.say(message as unknown as SDKUserMessage)
    chat.end()
    const results = ofType(await collect(query({ prompt: chat, options: against(api) })), 'result')
    expect(results.map(({ subtype }) => subtype)).toEqual(loose.map(() => 'success'))
    for (const { body } of await api.requests()) expect(lastBlocks(body)).toMatchObject([{ type: 'text', text: 'loose' }])
  })

  it('[row 373] [row 548] comes back under its own uuid when replays are asked for', async () => {
    const api = await scripted([{ reply: says('ok') }])
    const chat = new Chat()
    const uuid = '0f5f6f8e-4d4e-4c0a-9b1c-1d2e3f4a5b6c'
    chat.say({ ...userMessage('hello'), uuid })
    chat.end()
    const options = against(api, { extraArgs: { 'replay-user-messages': null } })
    const messages = await collect(query({ prompt: chat, options }))
    expect(ofType(messages, 'user')).toMatchObject([{ uuid, isReplay: true, message: { role: 'user', content: 'hello' }, parent_tool_use_id: null }])
  })

  it('that the engine refuses ends the query with invalid_input', async () => {
    const api = await scripted([])
    const chat = new Chat()
    chat.say({ ...userMessage('x'), priority: 'soon' as never })
    await expect(collect(query({ prompt: chat, options: against(api) }))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('priority'),
    })
    expect(chat.returned).toBe(1)
  })

  it('may be frozen, and is not changed', async () => {
    const api = await scripted([{ reply: says('ok') }])
    const message = Object.freeze({ ...userMessage('hello'), message: Object.freeze({ role: 'user' as const, content: 'hello' }) })
    const before = JSON.stringify(message)
    const chat = new Chat()
    chat.say(message)
    chat.end()
    await collect(query({ prompt: chat, options: against(api) }))
    expect(JSON.stringify(message)).toBe(before)
  })
})

describe('a message that arrives while a call runs', () => {
  it.each(['the prompt', 'streamInput()'])('[row 26] [row 579] joins the turn at its next step, from %s', async (from) => {
    const cwd = folder()
    const api = await scripted([
      { reply: calls('Write', { file_path: join(cwd, 'a.txt'), content: 'x' }) },
      { when: { userText: 'by the way' }, reply: says('noted') },
    ])
    const chat = new Chat('first')
    const canUseTool = async (): Promise<{ behavior: 'allow' }> => {
      if (from === 'the prompt') {
        chat.say('by the way')
        chat.end()
        // The stream is read in its own time: once it has been asked for more, the message is with the engine.
        await new Promise((resolve) => setImmediate(resolve))
      } else {
        const more = new Chat('by the way')
        more.end()
        await run.streamInput(more)
        chat.end()
      }
      return { behavior: 'allow' }
    }
    const run = query({ prompt: chat, options: against(api, { cwd, canUseTool }) })
    const messages = await collect(run)
    expect(ofType(messages, 'result')).toMatchObject([{ subtype: 'success', result: 'noted' }])
    expect(lastBlocks((await api.requests())[1]?.body)).toMatchObject([{ type: 'text', text: 'by the way' }])
    await api.assertComplete()
  })

  it('[row 26] interrupts it with priority now, and its processes end', async () => {
    const cwd = folder()
    const file = join(cwd, 'pids')
    const api = await scripted([{ reply: calls('Bash', { command: longCommand(file) }) }, { when: { userText: 'stop that' }, reply: says('stopped') }])
    const chat = new Chat('first')
    const collected = collect(query({ prompt: chat, options: against(api, { cwd, allowedTools: ['Bash'] }) }))
    const pids = await processes(file)
    chat.say({ ...userMessage('stop that'), priority: 'now' })
    chat.end()
    expect(ofType(await collected, 'result')).toMatchObject([
      { subtype: 'error_during_execution', terminal_reason: 'aborted_tools' },
      { subtype: 'success', result: 'stopped' },
    ])
    await until(() => pids.every(gone))
    await api.assertComplete()
  })
})

describe('a stream', () => {
  it('that ends while a call waits for its approval cuts nothing off', async () => {
    const cwd = folder()
    const api = await scripted([
      { reply: calls('Write', { file_path: join(cwd, 'a.txt'), content: 'x' }) },
      { reply: calls('Write', { file_path: join(cwd, 'b.txt'), content: 'x' }) },
      { reply: says('both') },
    ])
    const ended = signal()
    async function* prompt(): AsyncGenerator<SDKUserMessage> {
      yield userMessage('go')
      ended.resolve()
    }
    const canUseTool = async (): Promise<{ behavior: 'allow' }> => {
      await ended.promise
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      return { behavior: 'allow' }
    }
    const messages = await collect(query({ prompt: prompt(), options: against(api, { cwd, canUseTool }) }))
    expect(messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success', result: 'both' })
    expect(toolResults(messages).every(({ is_error }) => is_error !== true)).toBe(true)
    expect(existsSync(join(cwd, 'b.txt'))).toBe(true)
  })

  it('that ends before it has said anything ends the query without a message', async () => {
    const api = await scripted([])
    async function* prompt(): AsyncGenerator<SDKUserMessage> {}
    expect(await collect(query({ prompt: prompt(), options: against(api) }))).toEqual([])
    expect(await api.requests()).toEqual([])
  })

  it('that never says anything leaves control calls and close() working', async () => {
    const api = await scripted([])
    const chat = new Chat()
    const run = query({ prompt: chat, options: against(api) })
    const pending = run.next()
    expect((await run.supportedModels()).length).toBeGreaterThan(0)
    expect(await run.interrupt()).toEqual({ still_queued: [] })
    run.close()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(chat.returned).toBe(1)
  })

  it('that throws while a command runs ends both, with its very error', async () => {
    const cwd = folder()
    const file = join(cwd, 'pids')
    const api = await scripted([{ reply: calls('Bash', { command: longCommand(file) }) }])
    const error = new Error('the source broke')
    let pids: number[] = []
    async function* prompt(): AsyncGenerator<SDKUserMessage> {
      yield userMessage('go')
      pids = await processes(file)
      throw error
    }
    const run = query({ prompt: prompt(), options: against(api, { cwd, allowedTools: ['Bash'] }) })
    await expect(collect(run)).rejects.toBe(error)
    expect(error.stack).toContain('streaming-input.spec')
    expect(pids).toHaveLength(2)
    await until(() => pids.every(gone))
  })
})

describe('streamInput()', () => {
  it('[row 579] reaches a text prompt while its turn runs', async () => {
    const api = await scripted([
      { reply: { ...says('one'), gates: [{ at: 'start', name: 'held' }] } },
      { when: { userText: 'second' }, reply: says('two') },
    ])
    const run = query({ prompt: 'first', options: against(api) })
    await api.waitGate('held')
    const more = new Chat('second')
    more.end()
    await run.streamInput(more)
    await api.openGate('held')
    expect(ofType(await collect(run), 'result')).toMatchObject([{ result: 'one' }, { result: 'two' }])
  })

  it('of several streams at once loses nothing', async () => {
    const api = await scripted([{ times: 'always', reply: says('ok') }])
    const chat = new Chat()
    const options = against(api, { extraArgs: { 'replay-user-messages': null } })
    const run = query({ prompt: chat, options })
    const collected = collect(run)
    const streams = Array.from({ length: 10 }, async (_, stream) => {
      async function* messages(): AsyncGenerator<SDKUserMessage> {
        for (let n = 0; n < 10; n++) yield userMessage(`${stream}/${n}`)
      }
      await run.streamInput(messages())
    })
    await Promise.all(streams)
    chat.end()
    const replayed = ofType(await collected, 'user').map(({ message }) => message.content)
    expect(replayed).toHaveLength(100)
    for (let stream = 0; stream < 10; stream++) {
      const own = replayed.filter((text) => (text as string).startsWith(`${stream}/`))
      expect(own).toEqual(Array.from({ length: 10 }, (_, n) => `${stream}/${n}`))
    }
  })
})
