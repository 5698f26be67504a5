//! The other ways into a conversation: the V2 session, the client class, and a query prepared before its prompt.

import { describe, expect, it } from 'vitest'
import type { Options, SDKMessage, SDKUserMessageInput } from 'native-agent-sdk'
import { ClaudeSDKClient, startup, unstable_v2_createSession, unstable_v2_prompt, unstable_v2_resumeSession } from 'native-agent-sdk'
import type { Rule, ScriptedApi } from 'native-agent-sdk/testing'
import { against, collect, says, scripted, userMessage } from './support/scripted.ts'

const replies = (...texts: string[]): Rule[] => texts.map((text) => ({ reply: says(text) }))

async function start(rules: Rule[]): Promise<{ api: ScriptedApi; options: Options & { model: string } }> {
  const api = await scripted(rules)
  return { api, options: { ...against(api), model: 'sonnet' } }
}

const result = (messages: SDKMessage[]): string | undefined => {
  const last = messages.at(-1)
  return last?.type === 'result' && last.subtype === 'success' ? last.result : undefined
}

const texts = (body: unknown): string[] =>
  (body as { messages: { content: { text?: string }[] }[] }).messages.flatMap(({ content }) => content.map(({ text }) => text ?? ''))

describe('a V2 session', () => {
  it('sends and streams turn by turn, with its context and an id known from the start', async () => {
    const { api, options } = await start(replies('8', '16'))
    await using session = unstable_v2_createSession(options)
    expect(session.sessionId).toMatch(/^[0-9a-f-]{36}$/)
    await session.send('What is 5 + 3?')
    const first = await collect(session.stream())
    expect(result(first)).toBe('8')
    expect(first.every((message) => message.session_id === session.sessionId)).toBe(true)
    await session.send(userMessage('Twice that?'))
    expect(result(await collect(session.stream()))).toBe('16')
    const requests = await api.requests()
    expect(texts(requests[1]?.body)).toEqual(expect.arrayContaining(['What is 5 + 3?', '8', 'Twice that?']))
  })

  it('goes on where an early leave of stream() stopped', async () => {
    const { options } = await start(replies('one', 'two'))
    await using session = unstable_v2_createSession(options)
    await session.send('1')
    for await (const message of session.stream()) {
      if (message.type === 'system') break
    }
    expect(result(await collect(session.stream()))).toBe('one')
    await session.send('2')
    expect(result(await collect(session.stream()))).toBe('two')
  })

  it('refuses what cannot be sent, and everything once it is closed', async () => {
    const { api, options } = await start(replies('never'))
    const session = unstable_v2_createSession(options)
    await expect(session.send(42 as never)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(session.send({ type: 'user', message: { role: 'user', content: 7 } } as never)).rejects.toMatchObject({
      code: 'invalid_input',
    })
    session.close()
    session.close()
    await expect(session.send('late')).rejects.toMatchObject({ code: 'query_closed' })
    expect(await collect(session.stream())).toEqual([])
    expect(await api.requests()).toEqual([])
  })

  it.each([
    ['no options', undefined, 'options'],
    ['no model', {}, 'model'],
    ['an unknown option', { model: 'sonnet', modle: 'x' }, 'modle'],
  ])('is refused with %s', (_name, options, named) => {
    expect(() => unstable_v2_createSession(options as never)).toThrow(named)
  })

  it('of an id that is none is refused', () => {
    expect(() => unstable_v2_resumeSession(7 as never, { model: 'sonnet' })).toThrow('sessionId')
  })

  it('answers a one-shot prompt with its result', async () => {
    const { options } = await start(replies('4'))
    expect(await unstable_v2_prompt('2 + 2?', options)).toMatchObject({ type: 'result', subtype: 'success', result: '4' })
    await expect(unstable_v2_prompt(4 as never, options)).rejects.toMatchObject({ code: 'invalid_option' })
  })
})

describe('ClaudeSDKClient', () => {
  it('holds one conversation over several prompts', async () => {
    const { options } = await start(replies('hello', 'again'))
    await using client = new ClaudeSDKClient(options)
    expect(await client.getServerInfo()).toBeNull()
    await client.connect('Hi')
    expect(result(await collect(client.receiveResponse()))).toBe('hello')
    async function* more(): AsyncGenerator<SDKUserMessageInput> {
      yield userMessage('Once more')
    }
    await client.query(more())
    expect(result(await collect(client.receiveResponse()))).toBe('again')
    expect(await client.getServerInfo()).toHaveProperty('models')
    expect(await client.getMcpStatus()).toEqual({ mcpServers: [] })
    await client.setModel('opus')
    await client.setPermissionMode('plan')
  })

  it('interrupts a turn, whose result comes before the next answer', async () => {
    const { api, options } = await start([{ reply: { ...says('slow'), gates: [{ at: 'start', name: 'held' }] } }, ...replies('quick')])
    await using client = new ClaudeSDKClient(options)
    await client.connect('Take your time')
    await api.waitGate('held')
    await client.interrupt()
    expect((await collect(client.receiveResponse())).at(-1)).toMatchObject({ type: 'result', subtype: 'error_during_execution' })
    await client.query('Now quickly')
    expect(result(await collect(client.receiveResponse()))).toBe('quick')
  })

  it('says what is wrong before connect(), on a second connect(), and after disconnect()', async () => {
    const { options } = await start(replies('x'))
    const client = new ClaudeSDKClient(options)
    await expect(client.query('early')).rejects.toMatchObject({ code: 'query_closed' })
    await client.connect()
    await expect(client.connect()).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(client.query(5 as never)).rejects.toMatchObject({ code: 'invalid_input' })
    await client.disconnect()
    await client.disconnect()
    await expect(client.interrupt()).rejects.toMatchObject({ code: 'query_closed' })
    await expect(client.receiveMessages().next()).rejects.toMatchObject({ code: 'query_closed' })
    await client.connect('again')
    expect(result(await collect(client.receiveResponse()))).toBe('x')
    await client.disconnect()
  })
})

describe('startup()', () => {
  it('prepares a query that runs its one prompt to the end', async () => {
    const { api, options } = await start(replies('warm'))
    const warm = await startup({ options })
    expect(await api.requests()).toEqual([])
    const query = warm.query('Go')
    expect(result(await collect(query))).toBe('warm')
    expect(() => warm.query('Again')).toThrow(expect.objectContaining({ code: 'query_closed' }))
  })

  it('takes a stream as the prompt', async () => {
    const { options } = await start(replies('one', 'two'))
    await using warm = await startup({ options })
    async function* prompts(): AsyncGenerator<SDKUserMessageInput> {
      yield userMessage('first')
    }
    expect(result(await collect(warm.query(prompts())))).toBe('one')
  })

  it('throws after an error result if that was asked for', async () => {
    const { options } = await start([{ reply: { error: { status: 400, type: 'invalid_request_error', message: 'no' } } }])
    const warm = await startup({ options: { ...options, throwOnErrorResult: true } })
    await expect(collect(warm.query('Go'))).rejects.toMatchObject({ code: 'error_result' })
  })

  it('rejects with the errors of query(), and frees everything when it is closed', async () => {
    await expect(startup({ options: { nonsense: true } as never })).rejects.toMatchObject({ code: 'unknown_option' })
    await expect(startup({ initializeTimeoutMs: 0 })).rejects.toMatchObject({ code: 'invalid_option' })
    const { api, options } = await start(replies('never'))
    const warm = await startup({ options })
    warm.close()
    warm.close()
    expect(() => warm.query('late')).toThrow(expect.objectContaining({ code: 'query_closed' }))
    expect(await api.requests()).toEqual([])
  })
})
