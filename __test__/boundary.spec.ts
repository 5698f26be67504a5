//! Queries on the built addon: what crosses, how a run ends, what a bad start says.

import { describe, expect, it } from 'vitest'
import { AbortError, AgentSdkError, query } from 'native-agent-sdk'
import type { Options } from '../index.js'
import { against, calls, collect, folder, ofType, says, scripted, userMessage } from './support/scripted.ts'

describe('a run', () => {
  it('[row 1] is system/init, assistant, result', async () => {
    const api = await scripted([{ reply: says('Hello.') }])
    const messages = await collect(query({ prompt: 'hi', options: against(api) }))
    expect(messages.map((message) => ('subtype' in message ? `${message.type}/${message.subtype}` : message.type))).toEqual([
      'system/init',
      'assistant',
      'result/success',
    ])
    expect(messages.at(-1)).toMatchObject({ result: 'Hello.', is_error: false, num_turns: 1 })
    await api.assertComplete()
  })

  it('[row 33] deltas arrive as whole stream events', async () => {
    const api = await scripted([{ reply: { content: [{ type: 'text', text: 'one two three' }], chunk: 4 } }])
    const messages = await collect(query({ prompt: 'hi', options: against(api, { includePartialMessages: true }) }))
    const [init] = ofType(messages, 'system')
    const deltas = ofType(messages, 'stream_event').filter(({ event }) => event.type === 'content_block_delta')
    expect(deltas.length).toBeGreaterThan(1)
    for (const delta of deltas) {
      expect(delta).toEqual({
        type: 'stream_event',
        event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: expect.any(String) } },
        parent_tool_use_id: null,
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        session_id: init?.session_id,
      })
    }
    expect(new Set(deltas.map(({ uuid }) => uuid)).size).toBe(deltas.length)
    expect(deltas.map(({ event }) => ('delta' in event && 'text' in event.delta ? event.delta.text : '')).join('')).toBe('one two three')
  })

  it('carries large texts both ways', async () => {
    const text = 'äöü𝄞 '.repeat(1000)
    const api = await scripted([{ reply: { content: [{ type: 'text', repeat: { text, times: 500 } }] } }])
    const prompt = 'x'.repeat(3_000_000)
    const messages = await collect(query({ prompt, options: against(api, { includePartialMessages: true }) }))
    const result = ofType(messages, 'result')[0]
    expect(result?.subtype === 'success' && result.result.length).toBe(text.length * 500)
    const [request] = await api.requests()
    expect(JSON.stringify(request?.body)).toContain(prompt)
  })

  it('many at once all end', async () => {
    const api = await scripted([{ times: 'always', reply: says('Hello.') }])
    const runs = Array.from({ length: 50 }, () => collect(query({ prompt: 'hi', options: against(api) })))
    for (const messages of await Promise.all(runs)) expect(messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success' })
  })

  it('[row 24] [row 25] of a stream answers each message and ends with the stream', async () => {
    const api = await scripted([
      { when: { userText: 'first' }, reply: says('one') },
      { when: { userText: 'second' }, reply: says('two') },
    ])
    let answered: () => void = () => {}
    const first = new Promise<void>((resolve) => (answered = resolve))
    async function* prompt(): AsyncGenerator<ReturnType<typeof userMessage>> {
      yield userMessage('first')
      await first
      yield userMessage('second')
    }
    const results: unknown[] = []
    for await (const message of query({ prompt: prompt(), options: against(api) })) {
      if (message.type !== 'result') continue
      results.push(message.subtype === 'success' && message.result)
      answered()
    }
    expect(results).toEqual(['one', 'two'])
    await api.assertComplete()
  })

  it('streamInput() adds messages', async () => {
    const api = await scripted([
      { when: { userText: 'first' }, reply: says('one') },
      { when: { userText: 'second' }, reply: says('two') },
    ])
    let release: () => void = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    async function* prompt(): AsyncGenerator<ReturnType<typeof userMessage>> {
      yield userMessage('first')
      await released
    }
    async function* more(): AsyncGenerator<ReturnType<typeof userMessage>> {
      yield userMessage('second')
    }
    const run = query({ prompt: prompt(), options: against(api) })
    const results: unknown[] = []
    for await (const message of run) {
      if (message.type !== 'result') continue
      results.push(message.subtype === 'success' && message.result)
      if (results.length === 1) await run.streamInput(more())
      else release()
    }
    expect(results).toEqual(['one', 'two'])
  })
})

describe('ends before the end', () => {
  const held = [{ times: 'any' as const, reply: { ...says('never'), gates: [{ at: 'message_start' as const, name: 'held' }] } }]

  it('[row 31] an abort rejects with AbortError while the stream is held', async () => {
    const api = await scripted(held)
    const abortController = new AbortController()
    const run = query({ prompt: 'hi', options: against(api, { abortController }) })
    await run.next()
    const pending = run.next()
    await api.waitGate('held')
    abortController.abort()
    await expect(pending).rejects.toBeInstanceOf(AbortError)
    expect(await run.next()).toEqual({ done: true, value: undefined })
  })

  it('an aborted signal sends nothing', async () => {
    const api = await scripted([])
    const abortController = new AbortController()
    abortController.abort()
    const run = query({ prompt: 'hi', options: against(api, { abortController }) })
    await expect(run.next()).rejects.toBeInstanceOf(AbortError)
    expect(await api.requests()).toEqual([])
  })

  it('[row 31] return() settles while next() waits for a held stream', async () => {
    const api = await scripted(held)
    const run = query({ prompt: 'hi', options: against(api) })
    await run.next()
    const pending = run.next()
    await api.waitGate('held')
    expect(await run.return()).toEqual({ done: true, value: undefined })
    expect(await pending).toEqual({ done: true, value: undefined })
  })

  it('[row 29] interrupt() ends the turn with a result, and the next prompt works', async () => {
    const api = await scripted([
      { when: { userText: 'first' }, reply: { ...says('never'), gates: [{ at: 'message_start', name: 'held' }] } },
      { when: { userText: 'second' }, reply: says('two') },
    ])
    let interrupted: () => void = () => {}
    const afterInterrupt = new Promise<void>((resolve) => (interrupted = resolve))
    async function* prompt(): AsyncGenerator<ReturnType<typeof userMessage>> {
      yield userMessage('first')
      await afterInterrupt
      yield userMessage('second')
    }
    const run = query({ prompt: prompt(), options: against(api) })
    const collected = collect(run)
    await api.waitGate('held')
    await run.interrupt()
    interrupted()
    expect(ofType(await collected, 'result').map(({ subtype }) => subtype)).toEqual(['error_during_execution', 'success'])
  })

  it('interrupt() has its answer before the result of its turn can be read, so that whoever leaves the loop there gets it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const api = await scripted(held)
      const run = query({ prompt: 'hi', options: against(api) })
      const answer = api.waitGate('held').then(() => run.interrupt())
      for await (const message of run) if (message.type === 'result') break
      expect(await answer).toEqual({ still_queued: [] })
    }
  })

  it('a stream that throws ends the run with its very error', async () => {
    const api = await scripted(held)
    const error = new Error('the source broke')
    async function* prompt(): AsyncGenerator<ReturnType<typeof userMessage>> {
      yield userMessage('first')
      await api.waitGate('held')
      throw error
    }
    await expect(collect(query({ prompt: prompt(), options: against(api) }))).rejects.toBe(error)
  })

  it('a stream that yields no user message is invalid_input', async () => {
    const api = await scripted(held)
    async function* prompt(): AsyncGenerator<never> {
      yield { type: 'assistant' } as never
    }
    await expect(collect(query({ prompt: prompt(), options: against(api) }))).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('a bad start throws from query(), before anything is sent', () => {
  it.each<[string, string, Options]>([
    ['unknown_option', 'maxTurn', { maxTurn: 3 } as Options],
    ['invalid_option', 'maxTurns', { maxTurns: 'three' } as unknown as Options],
    ['invalid_option', 'abortController', { abortController: {} } as Options],
    ['invalid_option', 'env', { env: { A: 1 } } as unknown as Options],
    ['cwd_unavailable', 'no-such-folder', { cwd: 'no-such-folder' }],
    ['unsupported_option', 'resume', { resume: '0b4c6b3e-9b7c-4c3e-8c8e-6f9d3c0a1b2c' }],
    ['bypass_not_allowed', 'allowDangerouslySkipPermissions', { permissionMode: 'bypassPermissions' }],
    ['invalid_rule', 'Bash(', { allowedTools: ['Bash('] }],
  ])('%s names %s', async (code, name, options) => {
    const api = await scripted([])
    let thrown: unknown
    try {
      query({ prompt: 'hi', options: against(api, options) })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AgentSdkError)
    expect(thrown).toMatchObject({ code, message: expect.stringContaining(name) })
    expect(await api.requests()).toEqual([])
  })

  it('missing_credentials says which variables to set', () => {
    expect(() => query({ prompt: 'hi', options: { env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' }, cwd: folder() } })).toThrow(
      expect.objectContaining({ code: 'missing_credentials', message: expect.stringContaining('ANTHROPIC_API_KEY') }),
    )
  })
})

it('[row 32] throwOnErrorResult throws after the error result', async () => {
  const api = await scripted([{ times: 'always', reply: calls('Glob', { pattern: '*' }) }])
  const run = query({ prompt: 'hi', options: against(api, { maxTurns: 1, throwOnErrorResult: true }) })
  const types: string[] = []
  const error = await (async () => {
    for await (const message of run) types.push(message.type)
  })().catch((thrown: unknown) => thrown)
  expect(types.at(-1)).toBe('result')
  expect(error).toMatchObject({ name: 'AgentSdkError', code: 'error_result', cause: expect.objectContaining({ subtype: 'error_max_turns' }) })
})

it('a scenario with an error is refused with its place', async () => {
  await expect(scripted([{ when: { usertext: 'x' } } as never])).rejects.toThrow(/usertext/)
})
