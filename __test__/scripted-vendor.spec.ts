//! The scripted API judged from outside: the vendor's own client runs against it unchanged.

import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import type { Rule, Scenario, ScriptedApi } from '../testing.js'
import { calls, says, scripted } from './support/scripted.ts'

const MODEL = 'claude-haiku-4-5'
const ASK = { model: MODEL, max_tokens: 2000, messages: [{ role: 'user' as const, content: 'hi' }] }
const WEATHER: Anthropic.Tool = {
  name: 'weather',
  description: 'The weather of a place.',
  input_schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
}

async function connect(scenario: Scenario | Rule[], options: object = {}): Promise<{ api: ScriptedApi; client: Anthropic }> {
  const api = await scripted(scenario)
  const client = new Anthropic({ apiKey: 'sk-test', authToken: null, baseURL: api.url, maxRetries: 0, ...options })
  return { api, client }
}

async function failure(promise: PromiseLike<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> {
  const thrown: unknown = await Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(Anthropic.APIError)
  return thrown as InstanceType<typeof Anthropic.APIError>
}

describe('messages', () => {
  it('arrive whole', async () => {
    const { client, api } = await connect([{ when: { stream: false }, reply: says('Hello.') }])
    const message = await client.messages.create(ASK)
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: MODEL,
      content: [{ type: 'text', text: 'Hello.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
    })
    expect(message.id).toMatch(/^msg_/)
    expect(message._request_id).toMatch(/^req_/)
    await api.assertComplete()
  })

  it('arrive as a stream of all its events', async () => {
    const { client } = await connect([{ when: { stream: true }, reply: { ...says('one two three'), chunk: 4 } }])
    const types: string[] = []
    for await (const event of await client.messages.create({ ...ASK, stream: true })) types.push(event.type)
    const deltas = types.filter((type) => type === 'content_block_delta').length
    expect(deltas).toBe(4)
    expect([...new Set(types)]).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
  })

  it('are put together by the client', async () => {
    const { client } = await connect([{ reply: { ...says('one two three'), chunk: 3, usage: { output_tokens: 17 } } }])
    const stream = client.messages.stream(ASK)
    const texts: string[] = []
    stream.on('text', (text) => texts.push(text))
    const message = await stream.finalMessage()
    expect(texts.join('')).toBe('one two three')
    expect(message).toMatchObject({ content: [{ type: 'text', text: 'one two three' }], usage: { output_tokens: 17 } })
  })

  it.each(['stream', 'whole'])('tool use goes there and back (%s)', async (how) => {
    const { client, api } = await connect([
      { when: { tool: 'weather', messages: 1 }, reply: { ...calls('weather', { place: 'Bern', list: [1, { a: null }] }), chunk: 5 } },
      { when: { toolResult: 'sunny' }, reply: says('It is sunny.') },
    ])
    const send = (messages: Anthropic.MessageParam[]): Promise<Anthropic.Message> =>
      how === 'stream'
        ? client.messages.stream({ ...ASK, messages, tools: [WEATHER] }).finalMessage()
        : client.messages.create({ ...ASK, messages, tools: [WEATHER] })
    const first = await send(ASK.messages)
    expect(first.stop_reason).toBe('tool_use')
    const [call] = first.content
    if (call?.type !== 'tool_use') throw new Error('no tool call')
    expect(call.input).toEqual({ place: 'Bern', list: [1, { a: null }] })
    const second = await send([
      ...ASK.messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] },
    ])
    expect(second.content).toMatchObject([{ type: 'text', text: 'It is sunny.' }])
    await api.assertComplete()
  })

  it('thinking comes with a signature that is checked when it comes back', async () => {
    const thinking: Anthropic.ThinkingConfigParam = { type: 'enabled', budget_tokens: 1024 }
    const { client, api } = await connect([
      { when: { messages: 1 }, reply: { content: [{ type: 'thinking', thinking: 'Let me see.' }, { type: 'text', text: 'Well.' }], chunk: 4 } },
      { when: { messages: 3 }, reply: says('Right.') },
      { when: { messages: 3 }, expectInvalid: 'thinking.altered' },
    ])
    const first = await client.messages.stream({ ...ASK, thinking }).finalMessage()
    const [block] = first.content
    if (block?.type !== 'thinking') throw new Error('no thinking')
    expect(block.thinking).toBe('Let me see.')
    expect(block.signature).not.toBe('')
    const again = (content: Anthropic.ContentBlockParam[]): PromiseLike<unknown> =>
      client.messages.create({
        ...ASK,
        thinking,
        messages: [...ASK.messages, { role: 'assistant', content }, { role: 'user', content: 'and?' }],
      })
    await again(first.content)
    const error = await failure(again([{ ...block, thinking: 'Something else.' }, ...first.content.slice(1)]))
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error.type).toBe('invalid_request_error')
    await api.assertComplete()
  })

  it('tokens are counted', async () => {
    const { client } = await connect([{ when: { path: '/v1/messages/count_tokens' }, times: 2, reply: { raw: { body: { input_tokens: 42 } } } }])
    const { max_tokens, ...rest } = ASK
    expect(await client.messages.countTokens(rest)).toEqual({ input_tokens: 42 })
    expect(await client.messages.countTokens({ ...rest, tools: [WEATHER] })).toEqual({ input_tokens: 42 })
  })

  it('can be aborted while a gate holds them', async () => {
    const { client, api } = await connect([{ reply: { ...says('never'), gates: [{ at: 'message_start', name: 'held' }] } }])
    const stream = client.messages.stream(ASK)
    const final = failure(stream.finalMessage())
    await api.waitGate('held')
    stream.abort()
    expect(await final).toBeInstanceOf(Anthropic.APIUserAbortError)
  })
})

describe('errors', () => {
  it.each([
    [400, Anthropic.BadRequestError, 'invalid_request_error'],
    [401, Anthropic.AuthenticationError, 'authentication_error'],
    [403, Anthropic.PermissionDeniedError, 'permission_error'],
    [404, Anthropic.NotFoundError, 'not_found_error'],
    [413, Anthropic.APIError, 'request_too_large'],
    [429, Anthropic.RateLimitError, 'rate_limit_error'],
    [500, Anthropic.InternalServerError, 'api_error'],
    [529, Anthropic.InternalServerError, 'overloaded_error'],
  ])('%i is the class and the type that the client knows', async (status, errorClass, type) => {
    const { client } = await connect([{ times: 2, reply: { error: { status, message: 'the reason' } } }])
    for (const error of [await failure(client.messages.create(ASK)), await failure(client.messages.stream(ASK).finalMessage())]) {
      expect(error).toBeInstanceOf(errorClass)
      expect(error).toMatchObject({ status, type, error: { type: 'error', error: { type, message: 'the reason' } } })
      expect(error.requestID).toMatch(/^req_/)
    }
  })

  it('an error event ends the stream', async () => {
    const faults = { errorAfterEvents: { events: 2, type: 'overloaded_error', message: 'Overloaded' } }
    const { client } = await connect([{ reply: { ...says('never whole'), faults } }])
    const error = await failure(client.messages.stream(ASK).finalMessage())
    expect(error).toMatchObject({ type: 'overloaded_error', error: { error: { message: 'Overloaded' } } })
  })

  it('a dropped connection is a connection error', async () => {
    const { client } = await connect([{ reply: { ...says('x'), faults: { dropBeforeHeaders: true } } }])
    expect(await failure(client.messages.create(ASK))).toBeInstanceOf(Anthropic.APIConnectionError)
  })

  it('a key that is wrong, or a bearer token that is right', async () => {
    const { client } = await connect({ apiKey: 'right', rules: [{ expectInvalid: 'header.auth' }] })
    expect(await failure(client.messages.create(ASK))).toBeInstanceOf(Anthropic.AuthenticationError)
    const bearer = await connect({ apiKey: 'right', rules: [{ reply: says('ok') }] }, { apiKey: null, authToken: 'right' })
    expect((await bearer.client.messages.create(ASK)).content).toMatchObject([{ text: 'ok' }])
  })
})

describe('retries', () => {
  it.each([408, 409, 429, 500, 529])('after %i the client tries again, when the server says', async (status) => {
    const headers = { 'retry-after': '0', 'retry-after-ms': '1' }
    const { client, api } = await connect([{ times: 2, reply: { error: { status, headers } } }, { reply: says('at last') }], { maxRetries: 2 })
    const message = await client.messages.create(ASK)
    expect(message.content).toMatchObject([{ text: 'at last' }])
    const requests = await api.requests()
    expect(requests.map(({ headers }) => headers['x-stainless-retry-count'])).toEqual(['0', '1', '2'])
    expect(requests.map(({ status: seen }) => seen)).toEqual([status, status, 200])
    await api.assertComplete()
  })

  it('after 400 it does not', async () => {
    const { client, api } = await connect([{ reply: { error: { status: 400 } } }], { maxRetries: 2 })
    await failure(client.messages.create(ASK))
    expect(await api.requests()).toHaveLength(1)
  })
})

describe('what the real API refuses, this one refuses in the same way', () => {
  const user = (content: unknown): object => ({ role: 'user', content })
  const assistant = (content: unknown): object => ({ role: 'assistant', content })
  const use = (id: string): object => ({ type: 'tool_use', id, name: 'weather', input: {} })
  const result = (id: string): object => ({ type: 'tool_result', tool_use_id: id, content: 'x' })
  const text = { type: 'text', text: 'x' }
  const cached = { ...text, cache_control: { type: 'ephemeral' } }
  const image = (media_type: string, data: string): object => user([{ type: 'image', source: { type: 'base64', media_type, data } }])
  const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  const tool = (change: object): object => ({ tools: [{ ...WEATHER, ...change }] })

  it.each<[string, object]>([
    ['body.fields', { maxTokens: 3 }],
    ['body.beta_fields', { mcp_servers: [] }],
    ['model.string', { model: '' }],
    ['max_tokens.range', { max_tokens: 0 }],
    ['metadata.shape', { metadata: { session: 'x' } }],
    ['stop_sequences.shape', { stop_sequences: [' '] }],
    ['version.sampling', { temperature: 1 }],
    ['service_tier.value', { service_tier: 'fast' }],
    ['system.shape', { system: [{ type: 'text', text: '' }] }],
    ['messages.array', { messages: [] }],
    ['messages.role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages.first_user', { messages: [assistant('x')] }],
    ['messages.fields', { messages: [{ ...user('x'), id: 1 }] }],
    ['messages.content', { messages: [user('')] }],
    ['block.type', { messages: [user([{ type: 'video' }])] }],
    ['block.fields', { messages: [user([{ ...text, id: 1 }])] }],
    ['block.role', { messages: [user([use('t1')])] }],
    ['text.empty', { messages: [user([{ type: 'text', text: '' }])] }],
    ['text.whitespace', { messages: [user([{ type: 'text', text: ' \n' }])] }],
    ['tool_use.shape', { messages: [user('x'), assistant([use('a b')]), user([result('a b')])] }],
    ['tool_use.duplicate', { messages: [user('x'), assistant([use('t1'), use('t1')]), user([result('t1')])] }],
    ['tool_result.duplicate', { messages: [user('x'), assistant([use('t1')]), user([result('t1'), result('t1')])] }],
    ['tool_result.orphan', { messages: [user([result('t1')])] }],
    ['tool_use.unanswered', { messages: [user('x'), assistant([use('t1')]), user('y')] }],
    ['tool_result.first', { messages: [user('x'), assistant([use('t1')]), user([text, result('t1')])] }],
    ['cache.shape', { messages: [user([{ ...text, cache_control: { type: 'forever' } }])] }],
    ['cache.breakpoints', { messages: [user([cached, cached, cached, cached, cached])] }],
    ['tools.name', tool({ name: 'bad name' })],
    ['tools.unique', { tools: [WEATHER, WEATHER] }],
    ['tools.schema', tool({ input_schema: { type: 'string' } })],
    ['tool_choice.shape', { ...tool({}), tool_choice: { type: 'tool', name: 'other' } }],
    ['thinking.budget', { thinking: { type: 'enabled', budget_tokens: 2000 } }],
    ['prefill.whitespace', { messages: [user('x'), assistant('y ')] }],
    ['image.source', { messages: [user([{ type: 'image', source: { type: 'base64', data: 'AAAA' } }])] }],
    ['image.media_type', { messages: [image('image/bmp', png.toString('base64'))] }],
    ['image.size', { messages: [image('image/png', Buffer.concat([png, Buffer.alloc(5 * 1024 * 1024)]).toString('base64'))] }],
    ['document.source', { messages: [user([{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } }])] }],
  ])('%s', async (rule, change) => {
    const { client, api } = await connect([{ expectInvalid: rule }])
    const error = await failure(client.messages.create({ ...ASK, ...change } as never))
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error' })
    await api.assertComplete()
  })

  it.each<[string, object]>([
    ['header.version', { 'anthropic-version': null }],
    ['header.beta', { 'anthropic-beta': 'no-such-beta-2020-01-01' }],
    ['header.content_type', { 'content-type': 'text/plain' }],
  ])('%s', async (rule, headers) => {
    const { client, api } = await connect([{ expectInvalid: rule }])
    const error = await failure(client.messages.create(ASK, { headers: headers as Record<string, string> }))
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error.type).toBe('invalid_request_error')
    await api.assertComplete()
  })

  it('what no rule of the scenario answers is refused, and noted', async () => {
    const { client, api } = await connect([])
    expect(await failure(client.messages.create(ASK))).toBeInstanceOf(Anthropic.BadRequestError)
    expect(await api.violations()).toMatchObject([{ request: 0, rule: 'scenario.unmatched' }])
    await api.reset()
    expect(await api.violations()).toEqual([])
  })
})
