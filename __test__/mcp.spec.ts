//! Tools and MCP servers of the caller's own process, across the addon.

import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer as McpServerV2 } from '@modelcontextprotocol/server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod3'
import { createSdkMcpServer, query, tool } from 'native-agent-sdk'
import type { Options, Query, SDKMessage } from '../index.js'
import { Chat } from './support/chat.ts'
import { against, calls, collect, ofType, says, scripted, toolResults } from './support/scripted.ts'

type Call = [name: string, input: Record<string, unknown>]
type Extra = { signal: AbortSignal; _meta: Record<string, unknown>; sendNotification: (n: object) => Promise<void> }

/** One pixel, as PNG. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const text = (value: string): { content: [{ type: 'text'; text: string }] } => ({ content: [{ type: 'text', text: value }] })

/** Lets the model make calls of the servers one after another; every tool is allowed. */
async function calling(mcpServers: unknown, made: Call[], more: Options = {}): Promise<{ messages: SDKMessage[]; bodies: Record<string, any>[] }> {
  const api = await scripted([...made.map(([name, input]) => ({ reply: calls(name, input) })), { reply: says('Done.') }])
  const names = Object.keys(mcpServers as object).map((key) => `mcp__${key}`)
  const options = against(api, { mcpServers: mcpServers as never, allowedTools: names, tools: [], ...more })
  const messages = await collect(query({ prompt: 'go', options }))
  await api.assertComplete()
  return { messages, bodies: (await api.requests({ bodies: true })).map(({ body }) => body as Record<string, any>) }
}

/** The result of the only call of a handler. */
async function result(handler: (input: any, extra: any) => unknown, input: Record<string, unknown> = {}, schema: object = {}): Promise<{ content: unknown; is_error?: boolean }> {
  const server = createSdkMcpServer({ name: 's', tools: [tool('t', 'A tool.', schema as any, handler as any)] })
  const { messages } = await calling({ s: server }, [['mcp__s__t', input]])
  const [only] = toolResults(messages)
  return only as never
}

describe.each([
  ['zod 4', z as unknown as typeof z3],
  ['zod 3', z3],
])('a tool described with %s', (_version, zod) => {
  const shape = {
    city: zod.string().describe('Where to look'),
    unit: zod.enum(['c', 'f']).optional(),
    hours: zod.number().int().min(1).max(24).default(12).describe('How many'),
    near: zod.object({ lat: zod.number(), tags: zod.array(zod.string()).optional() }).optional(),
  }

  it('[row 304] [row 557] shows the model the schema, and the handler what fits it', async () => {
    const seen: unknown[] = []
    const weather = tool('weather', 'The weather.', shape as any, async (input) => {
      seen.push(input)
      return text('sunny')
    })
    const servers = { s: createSdkMcpServer({ name: 'other', version: '2.0.0', tools: [weather] }) }
    const { messages, bodies } = await calling(servers, [
      ['mcp__s__weather', { city: 'Rome' }],
      ['mcp__s__weather', { city: 'Rome', unit: 'c', hours: 3, near: { lat: 1, tags: ['a'] } }],
      ['mcp__s__weather', { city: 'Rome', hours: 99 }],
    ])
    expect(seen).toEqual([{ city: 'Rome', hours: 12 }, { city: 'Rome', unit: 'c', hours: 3, near: { lat: 1, tags: ['a'] } }])
    const [schema] = bodies[0]?.['tools'].map((offered: any) => offered.input_schema)
    expect(schema).toMatchObject({
      type: 'object',
      properties: {
        city: { type: 'string', description: 'Where to look' },
        unit: { type: 'string', enum: ['c', 'f'] },
        hours: { type: 'integer', minimum: 1, maximum: 24, default: 12, description: 'How many' },
        near: { type: 'object', properties: { lat: { type: 'number' }, tags: { type: 'array', items: { type: 'string' } } }, required: ['lat'] },
      },
      required: ['city'],
    })
    expect(toolResults(messages)).toMatchObject([{ content: 'sunny' }, { content: 'sunny' }, { is_error: true, content: expect.stringContaining('hours') }])
  })

  it('[row 304] a check that JSON Schema cannot say is made all the same', async () => {
    const odd = zod.number().refine((n: number) => n % 2 === 1, 'must be odd')
    expect(await result(async () => text('ran'), { n: 2 }, { n: odd })).toMatchObject({ is_error: true, content: expect.stringContaining('n: must be odd') })
    expect(await result(async ({ n }) => text(`ran ${n}`), { n: 3 }, { n: odd })).toMatchObject({ content: 'ran 3' })
  })

  it('[row 310] one that cannot be described is left out with a warning, the others stay', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const tools = [tool('when', 'x', { at: zod.date() } as any, async () => text('')), tool('plain', 'x', { a: zod.string() } as any, async () => text('fine'))]
    const { messages } = await calling({ s: createSdkMcpServer({ name: 's', tools }) }, [['mcp__s__plain', { a: 'b' }]])
    const codes = warned.mock.calls.map(([, how]) => (how as { code?: string }).code)
    warned.mockRestore()
    expect(codes).toContain('CLAUDE_SDK_MCP_TOOL_SCHEMA_UNCONVERTIBLE')
    expect(ofType(messages, 'system')[0]).toMatchObject({ tools: ['mcp__s__plain'] })
    expect(toolResults(messages)).toMatchObject([{ content: 'fine' }])
  })
})

it('a tool may be described with a JSON Schema or a whole schema', async () => {
  const json = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }
  expect(await result(async ({ a }) => text(`${a}`), { a: 3 }, json)).toMatchObject({ content: '3' })
  expect(await result(async () => text(''), { a: 'x' }, json)).toMatchObject({ is_error: true, content: expect.stringContaining('a: ') })
  expect(await result(async ({ a }) => text(`${a}`), { a: 3 }, z.object({ a: z.number() }))).toMatchObject({ content: '3' })
  expect(await result(async ({ a }) => text(`${a}`), { a: 3 }, z3.object({ a: z3.number() }))).toMatchObject({ content: '3' })
})

describe('a server', () => {
  it('[row 305] [row 319] is named by its key and is connected at init', async () => {
    const server = createSdkMcpServer({ name: 'inner', tools: [tool('t', 'x', {}, async () => text('ok'))] })
    expect(server).toMatchObject({ type: 'sdk', name: 'inner', instance: { connect: expect.any(Function), close: expect.any(Function) } })
    const { messages } = await calling({ outer: server }, [['mcp__outer__t', {}]])
    expect(ofType(messages, 'system')[0]).toMatchObject({ subtype: 'init', mcp_servers: [{ name: 'outer', status: 'connected' }], tools: ['mcp__outer__t'] })
    expect(toolResults(messages)).toMatchObject([{ content: 'ok' }])
  })

  it('[row 312] goes without prefix if the environment says so', async () => {
    const server = createSdkMcpServer({ name: 's', tools: [tool('t', 'x', {}, async () => text('ok')), tool('Read', 'x', {}, async () => text('mine'))] })
    const api = await scripted([{ reply: calls('t', {}) }, { reply: says('Done.') }])
    const notices: string[] = []
    const options = against(api, { mcpServers: { s: server }, allowedTools: ['mcp__s__t'], tools: [], env: api.env({ CLAUDE_AGENT_SDK_MCP_NO_PREFIX: '1' }), stderr: (line) => notices.push(line) })
    const messages = await collect(query({ prompt: 'go', options }))
    expect(ofType(messages, 'system')[0]).toMatchObject({ tools: ['t'] })
    expect(toolResults(messages)).toMatchObject([{ content: 'ok' }])
    expect(notices.join()).toMatch(/"Read" has the name of a built-in tool/)
  })

  it('[row 309] says how it is used', async () => {
    const server = createSdkMcpServer({ name: 's', instructions: 'Ask for one city at a time.', tools: [] })
    const { bodies } = await calling({ s: server }, [])
    expect(JSON.stringify(bodies[0]?.['messages'])).toContain('## s\\nAsk for one city at a time.')
  })

  it('[row 577] has a status row with its tools', async () => {
    const extras = { annotations: { readOnlyHint: true, openWorldHint: false, title: 'T' } }
    const server = createSdkMcpServer({ name: 's', version: '3.1.4', tools: [tool('t', 'Does it.', {}, async () => text(''), extras)] })
    const api = await scripted([{ reply: says('Done.') }])
    const run = query({ prompt: 'go', options: against(api, { mcpServers: { a: server, b: { type: 'ws', url: 'ws://h' } as never } }) })
    await collect(run)
    expect(await run.mcpServerStatus()).toEqual([
      {
        name: 'a',
        status: 'connected',
        serverInfo: { name: 's', version: '3.1.4' },
        config: { type: 'sdk', name: 's' },
        scope: 'dynamic',
        tools: [{ name: 't', description: 'Does it.', annotations: { readOnly: true, openWorld: false } }],
      },
      { name: 'b', status: 'failed', config: { type: 'ws', url: 'ws://h' }, scope: 'dynamic', error: expect.stringContaining('"ws"') },
    ])
  })
})

describe('a result', () => {
  it('[row 306] holds text, images and resources, and may be an error', async () => {
    const png = { type: 'image', data: PIXEL, mimeType: 'image/png' }
    const resource = { type: 'resource', resource: { uri: 'note:1', text: 'remember', mimeType: 'text/plain' } }
    const given = await result(async () => ({ content: [{ type: 'text', text: 'one' }, png, resource] }))
    expect(given.content).toEqual([
      { type: 'text', text: 'one' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
      { type: 'text', text: '[Resource from note:1]\nremember' },
    ])
    expect(await result(async () => ({ ...text('no such city'), isError: true }))).toMatchObject({ is_error: true, content: 'no such city' })
  })

  it.each<[string, string, Buffer, unknown]>([
    ['is garbage', 'image/png', Buffer.from('no image'), expect.stringMatching(/^\[Image \(image\/png\), 8 bytes, saved to /)],
    ['is cut off', 'image/png', Buffer.from(PIXEL, 'base64').subarray(0, 20), expect.stringContaining('saved to')],
    ['has the wrong type', 'image/jpeg', Buffer.from(PIXEL, 'base64'), [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }]],
  ])('[row 306] with an image that %s leaves a conversation that goes on', async (_name, mimeType, bytes, expected) => {
    const picture = tool('t', 'x', {}, async () => ({ content: [{ type: 'image', data: bytes.toString('base64'), mimeType }] }))
    // The scripted API refuses what the real one does, with every request that holds it.
    const api = await scripted([{ reply: calls('mcp__s__t', {}) }, { reply: says('One.') }, { reply: says('Two.') }])
    let answered = (): void => {}
    const first = new Promise<void>((resolve) => (answered = resolve))
    const input = async function* (): AsyncGenerator<any> {
      const said = (content: string): object => ({ type: 'user', message: { role: 'user', content }, parent_tool_use_id: null })
      yield said('one')
      await first
      yield said('two')
    }
    const options = against(api, { mcpServers: { s: createSdkMcpServer({ name: 's', tools: [picture] }) }, allowedTools: ['mcp__s'], tools: [] })
    const messages: SDKMessage[] = []
    for await (const message of query({ prompt: input(), options })) {
      messages.push(message)
      if (message.type === 'result') answered()
    }
    expect(ofType(messages, 'result')).toMatchObject([{ subtype: 'success', result: 'One.' }, { subtype: 'success', result: 'Two.' }])
    expect(toolResults(messages)).toMatchObject([{ content: expected }])
    await api.assertComplete()
  })

  it.each<[string, () => unknown, RegExp]>([
    ['throws', () => { throw new Error('sync boom') }, /sync boom/],
    ['rejects', () => Promise.reject(new Error('async boom')), /async boom/],
    ['rejects with a string', () => Promise.reject('text boom'), /text boom/],
    ['returns nothing', () => undefined, /must return \{ content/],
    ['returns a string', () => 'yes', /must return \{ content/],
    ['returns what JSON cannot carry', async () => ({ content: [{ type: 'text', text: 1n }] }), /bigint/],
    ['returns content that is no list', async () => ({ content: 'yes' }), /no list/],
  ])('[row 307] is an error for the model if the handler %s', async (_name, handler, why) => {
    expect(await result(handler)).toMatchObject({ is_error: true, content: expect.stringMatching(why) })
  })

  it('[row 311] with structured content does not repeat it as text', async () => {
    const structured = { temperature: 21 }
    const given = await result(async () => ({ content: [{ type: 'text', text: JSON.stringify(structured) }], structuredContent: structured }))
    expect(given.content).toBe('{"temperature":21}')
  })

  it('[row 326] that is too long goes to a file', async () => {
    const server = createSdkMcpServer({ name: 's', tools: [tool('t', 'x', {}, async () => text('x'.repeat(9000)))] })
    const api = await scripted([{ reply: calls('mcp__s__t', {}) }, { reply: says('Done.') }])
    const options = against(api, { mcpServers: { s: server }, allowedTools: ['mcp__s'] })
    options.env = api.env({ MAX_MCP_OUTPUT_TOKENS: '1000', CLAUDE_CODE_TMPDIR: options.cwd })
    const [given] = toolResults(await collect(query({ prompt: 'go', options })))
    const path = /saved to (\S+)\. /.exec(String(given?.content))?.[1] ?? ''
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(9000))
  })
})

describe('a handler', () => {
  it('runs in the async context of query() and is told about the call', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    await storage.run('request 1', () =>
      result(async (_input, extra: Extra) => {
        seen.push(storage.getStore(), extra.signal.aborted, extra._meta['claudecode/toolUseId'])
        return text('')
      }),
    )
    expect(seen).toEqual(['request 1', false, expect.stringMatching(/./)])
  })

  it('hears of an interrupt', async () => {
    const api = await scripted([{ reply: calls('mcp__s__wait', {}) }])
    const stopped = vi.fn()
    let running: (() => void) | undefined
    const started = new Promise<void>((resolve) => (running = resolve))
    const wait = tool('wait', 'x', {}, (_input, { signal }: any) => {
      signal.addEventListener('abort', stopped)
      running?.()
      return new Promise(() => {})
    })
    const run = query({ prompt: 'go', options: against(api, { mcpServers: { s: createSdkMcpServer({ name: 's', tools: [wait] }) }, allowedTools: ['mcp__s'] }) })
    const messages = collect(run)
    await started
    await run.interrupt()
    expect((await messages).at(-1)).toMatchObject({ subtype: 'error_during_execution' })
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
  })

  it('reports progress to the consumer', async () => {
    const server = createSdkMcpServer({
      name: 's',
      tools: [
        tool('t', 'x', {}, async (_input, extra: any) => {
          await extra.sendNotification({ method: 'notifications/progress', params: { progressToken: extra._meta?.['progressToken'], progress: 1 } })
          return text('ok')
        }),
      ],
    })
    const { messages } = await calling({ s: server }, [['mcp__s__t', {}]])
    expect(ofType(messages, 'tool_progress')).toMatchObject([{ tool_name: 'mcp__s__t', elapsed_time_seconds: expect.any(Number), parent_tool_use_id: null }])
  })

  it('[row 325] has no limit unless the server or the environment sets one', async () => {
    const slow = (timeout?: number): Promise<{ messages: SDKMessage[] }> =>
      calling(
        { s: createSdkMcpServer({ name: 's', ...(timeout !== undefined && { timeout }), tools: [tool('t', 'x', {}, () => new Promise((resolve) => setTimeout(resolve, 1100, text('late'))))] }) },
        [['mcp__s__t', {}]],
      )
    const [limited, free] = await Promise.all([slow(1000), slow()])
    expect(toolResults(limited.messages)).toMatchObject([{ is_error: true, content: expect.stringContaining('longer than 1 s') }])
    expect(toolResults(free.messages)).toMatchObject([{ content: 'late' }])
  })

  it('[row 20] [row 308] with readOnlyHint runs beside others, without it alone', async () => {
    const most = async (readOnlyHint: boolean): Promise<number> => {
      let running = 0
      let highest = 0
      const t = tool('t', 'x', { n: z.number() }, async () => {
        running += 1
        highest = Math.max(highest, running)
        // Both have crossed when the second has been asked for; a lone one gives up after some turns of the loop.
        for (let turns = 0; turns < 50 && running < 2; turns += 1) await new Promise((resolve) => setTimeout(resolve, 2))
        running -= 1
        return text('ok')
      }, { annotations: { readOnlyHint } })
      const both = { content: [1, 2].map((n) => ({ type: 'tool_use' as const, name: 'mcp__s__t', input: { n } })) }
      const api = await scripted([{ reply: both }, { reply: says('Done.') }])
      await collect(query({ prompt: 'go', options: against(api, { mcpServers: { s: createSdkMcpServer({ name: 's', tools: [t] }) }, allowedTools: ['mcp__s'] }) }))
      return highest
    }
    expect(await most(true)).toBe(2)
    expect(await most(false)).toBe(1)
  })
})

describe('permission', () => {
  const server = (): unknown => createSdkMcpServer({ name: 's', tools: [tool('t', 'x', {}, async () => text('ran'), { annotations: { readOnlyHint: true } })] })
  it.each<[string, Options, boolean]>([
    ['nothing', {}, false],
    ['acceptEdits', { permissionMode: 'acceptEdits' }, false],
    ['its name', { allowedTools: ['mcp__s__t'] }, true],
    ['its server', { allowedTools: ['mcp__s'] }, true],
    ['a wildcard behind its server', { allowedTools: ['mcp__s__*'] }, true],
    ['another server', { allowedTools: ['mcp__sx'] }, false],
    ['plan mode', { permissionMode: 'plan' }, false],
    ['plan mode and a rule', { permissionMode: 'plan', allowedTools: ['mcp__s__t'] }, true],
    ['bypassPermissions', { permissionMode: 'bypassPermissions', allowDangerouslySkipPermissions: true }, true],
  ])('[row 318] [row 68] %s', async (_name, options, runs) => {
    const api = await scripted([{ reply: calls('mcp__s__t', {}) }, { reply: says('Done.') }])
    const env = api.env({ IS_SANDBOX: '1' })
    const messages = await collect(query({ prompt: 'go', options: against(api, { mcpServers: { s: server() } as never, env, ...options }) }))
    expect(toolResults(messages)).toMatchObject([runs ? { content: 'ran' } : { is_error: true }])
  })
})

describe.each([
  ['v1', () => new McpServerV1({ name: 'vendor', version: '1.0.0' }, { instructions: 'Be brief.' })],
  ['v2', () => new McpServerV2({ name: 'vendor', version: '1.0.0' }, { instructions: 'Be brief.' }) as unknown as McpServerV1],
])('an McpServer of the vendor, %s', (version, make) => {
  it('answers calls, reports progress and says how it is used', async () => {
    const instance = make()
    instance.registerTool('add', { description: 'Adds.', inputSchema: z.object({ a: z.number(), b: z.number() }) as never }, (async ({ a, b }: { a: number; b: number }) => text(`${a + b}`)) as never)
    const servers = { v: { type: 'sdk', name: 'v', instance } }
    const { messages, bodies } = await calling(servers, [['mcp__v__add', { a: 1, b: 2 }]])
    expect(toolResults(messages)).toMatchObject([{ content: '3' }])
    expect(JSON.stringify(bodies[0]?.['messages'])).toContain('Be brief.')
  })

  it('[row 332] may ask the user, each query its own', async () => {
    const instance = make()
    instance.registerTool('ask', { description: 'x' }, (async (extra: any) => {
      const params = { mode: 'form', message: 'Who?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } }
      const ask = version === 'v1' ? extra.sendRequest.bind(extra) : extra.mcpReq.send.bind(extra.mcpReq)
      return text(JSON.stringify(await ask({ method: 'elicitation/create', params }, z.any())))
    }) as never)
    const one = async (name: string): Promise<unknown> => {
      const { messages } = await calling({ v: { type: 'sdk', name: 'v', instance } }, [['mcp__v__ask', {}]], { onElicitation: async () => ({ action: 'accept', content: { name } }) })
      return toolResults(messages)[0]?.content
    }
    const names = ['Ada', 'Bob', 'Cleo']
    expect(await Promise.all(names.map(one))).toEqual(names.map((name) => JSON.stringify({ action: 'accept', content: { name } })))
  })

  it('[row 330] [row 331] has resources and prompts', async () => {
    const instance = make()
    instance.registerResource('note', 'note://1', { mimeType: 'text/plain' }, async () => ({ contents: [{ uri: 'note://1', text: 'remember the milk' }] }))
    const argsSchema = version === 'v1' ? { name: z.string() } : z.object({ name: z.string() })
    instance.registerPrompt('greet', { argsSchema: argsSchema as never }, (({ name }: { name: string }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `Greet ${name}.` } }] })) as never)
    const api = await scripted([{ reply: calls('ReadMcpResourceTool', { server: 'v', uri: 'note://1' }) }, { reply: says('Done.') }])
    const run = query({ prompt: '/mcp__v__greet Ann', options: against(api, { mcpServers: { v: { type: 'sdk', name: 'v', instance } } as never }) })
    const first = await run.next()
    expect(first.value).toMatchObject({ subtype: 'init', slash_commands: ['mcp__v__greet'], tools: expect.arrayContaining(['ListMcpResourcesTool']) })
    expect(await run.readMcpResource('v', 'note://1')).toEqual({ contents: [{ uri: 'note://1', text: 'remember the milk' }] })
    expect(await run.supportedCommands()).toEqual([{ name: 'mcp__v__greet', description: '', argumentHint: '<name>' }])
    const messages = await collect(run)
    expect(toolResults(messages)).toMatchObject([{ content: expect.stringContaining('remember the milk') }])
    const [request] = await api.requests({ bodies: true })
    expect(JSON.stringify((request?.body as any).messages)).toContain('Greet Ann.')
  })

  it('serves many queries at once and one after another', async () => {
    const instance = make()
    instance.registerTool('echo', { description: 'x', inputSchema: z.object({ n: z.number() }) as never }, (async ({ n }: { n: number }) => text(`${n}`)) as never)
    const one = async (n: number): Promise<unknown> => {
      const { messages } = await calling({ v: { type: 'sdk', name: 'v', instance } }, [['mcp__v__echo', { n }]])
      return toolResults(messages)[0]?.content
    }
    expect(await Promise.all(Array.from({ length: 10 }, (_, n) => one(n)))).toEqual(Array.from({ length: 10 }, (_, n) => String(n)))
    expect(await one(99)).toBe('99')
  })

  it('[row 324] may change its tools in mid-session', async () => {
    const instance = make()
    instance.registerTool('first', { description: 'x' }, (async () => {
      instance.registerTool('second', { description: 'x' }, (async () => text('two')) as never)
      return text('one')
    }) as never)
    const api = await scripted([{ reply: calls('mcp__v__first', {}) }, { reply: says('Done.') }, { times: 'any', reply: says('Done.') }])
    const run = query({ prompt: 'go', options: against(api, { mcpServers: { v: { type: 'sdk', name: 'v', instance } } as never, allowedTools: ['mcp__v'] }) })
    await collect(run)
    // The request after the change waits for the new list.
    const offered = (await api.requests({ bodies: true })).map(({ body }) => (body as any).tools.map(({ name }: any) => name).filter((name: string) => name.startsWith('mcp__')))
    expect(offered).toEqual([['mcp__v__first'], ['mcp__v__first', 'mcp__v__second']])
    expect((await run.mcpServerStatus())[0]?.tools?.map(({ name }) => name)).toEqual(['first', 'second'])
  })
})

describe('a server object', () => {
  const inTurns = (options: Options): { run: Query; say: (text: string) => void; turn: () => Promise<SDKMessage[]> } => {
    const chat = new Chat()
    const run = query({ prompt: chat, options })
    const turn = async (): Promise<SDKMessage[]> => {
      const messages: SDKMessage[] = []
      while (messages.at(-1)?.type !== 'result') messages.push((await run.next()).value as SDKMessage)
      return messages
    }
    onTestFinished(() => run.close())
    return { run, say: (message) => chat.say(message), turn }
  }

  it.each([
    ['v1', () => new McpServerV1({ name: 'vendor', version: '1.0.0' })],
    ['v2', () => new McpServerV2({ name: 'vendor', version: '1.0.0' }) as unknown as McpServerV1],
  ])('of the vendor, %s, that the program closes has failed, and is connected anew by reconnectMcpServer() and by the next query', async (_version, make) => {
    const instance = make()
    instance.registerTool('t', { description: 'x' }, (async () => text('ran')) as never)
    instance.registerTool('close', { description: 'x' }, (async () => {
      void instance.close()
      await new Promise(() => {})
    }) as never)
    const mcpServers = { v: { type: 'sdk', name: 'v', instance } } as never
    const call = (name: string): object => ({ reply: calls(`mcp__v__${name}`, {}) })
    const api = await scripted([call('t'), { reply: says('1') }, call('close'), { reply: says('2') }, call('t'), { reply: says('3') }, call('t'), { reply: says('4') }] as never)
    const { run, say, turn } = inTurns(against(api, { mcpServers, allowedTools: ['mcp__v'], tools: [] }))
    say('one')
    expect(toolResults(await turn())).toMatchObject([{ content: 'ran' }])
    say('two')
    expect(toolResults(await turn())).toMatchObject([{ is_error: true, content: expect.stringContaining('closed') }])
    await vi.waitFor(async () => expect(await run.mcpServerStatus()).toMatchObject([{ status: 'failed', error: expect.stringContaining('reconnectMcpServer()') }]))
    await run.reconnectMcpServer('v')
    expect(await run.mcpServerStatus()).toMatchObject([{ status: 'connected' }])
    say('three')
    expect(toolResults(await turn())).toMatchObject([{ content: 'ran' }])
    // Without a query that would notice.
    run.close()
    await instance.close()
    const messages = await collect(query({ prompt: 'go', options: against(api, { mcpServers, allowedTools: ['mcp__v'], tools: [] }) }))
    expect(toolResults(messages)).toMatchObject([{ content: 'ran' }])
  })

  it('that does not answer the first time is connected again', async () => {
    let connected = 0
    const instance = new McpServerV1({ name: 'vendor', version: '1.0.0' })
    instance.registerTool('t', { description: 'x' }, async () => text('ran'))
    const slow = {
      connect: async (transport: never) => {
        connected += 1
        return connected === 1 ? new Promise(() => {}) : instance.connect(transport)
      },
      close: async () => {},
    }
    const api = await scripted([{ times: 'any', reply: says('Done.') }])
    const env = api.env({ MCP_TIMEOUT: '300' })
    const { run, say, turn } = inTurns(against(api, { mcpServers: { v: { type: 'sdk', name: 'v', instance: slow } } as never, env, tools: [] }))
    say('one')
    await turn()
    expect(await run.mcpServerStatus()).toMatchObject([{ status: 'failed', error: expect.stringContaining('MCP_TIMEOUT') }])
    await run.reconnectMcpServer('v')
    expect(await run.mcpServerStatus()).toMatchObject([{ status: 'connected' }])
    expect(connected).toBe(2)
  })
})

it('fifty queries share one server and lose nothing', async () => {
  const server = createSdkMcpServer({ name: 's', tools: [tool('echo', 'x', { n: z.number() }, async ({ n }) => text(`${n}`))] })
  const api = await scripted({ rules: [
    { when: { messages: 1 }, times: 'any', reply: { content: [{ type: 'tool_use', name: 'mcp__s__echo', input: { n: 7 } }] } },
    { times: 'any', reply: says('Done.') },
  ] })
  const runs = Array.from({ length: 50 }, () => collect(query({ prompt: 'go', options: against(api, { mcpServers: { s: server }, allowedTools: ['mcp__s'] }) })))
  const contents = (await Promise.all(runs)).map((messages) => toolResults(messages)[0]?.content)
  expect(contents).toEqual(Array(50).fill('7'))
})

it('our server object serves any MCP client too', async () => {
  const { instance } = createSdkMcpServer({ name: 's', version: '2.0.0', tools: [tool('t', 'x', { a: z.string() }, async ({ a }) => text(`got ${a}`))] })
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  await instance.connect(ours)
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(theirs)
  expect(client.getServerVersion()).toEqual({ name: 's', version: '2.0.0' })
  expect((await client.listTools()).tools).toMatchObject([{ name: 't', inputSchema: { required: ['a'] } }])
  expect(await client.callTool({ name: 't', arguments: { a: 'b' } })).toEqual(text('got b'))
  await instance.close()
})

describe('control', () => {
  const ping = (name: string): any => createSdkMcpServer({ name, tools: [tool('t', 'x', {}, async () => text(name))] })
  const tools = (body: any): string[] => (body.tools ?? []).map((offered: any) => offered.name)

  it('[row 335] [row 581] toggles, replaces and reconnects servers', async () => {
    const api = await scripted([{ times: 'any', reply: says('Done.') }])
    let next: ((text: string | undefined) => void) | undefined
    const input = async function* (): AsyncGenerator<any> {
      for (;;) {
        const said = await new Promise<string | undefined>((resolve) => (next = resolve))
        if (said === undefined) return
        yield { type: 'user', message: { role: 'user', content: said }, parent_tool_use_id: null }
      }
    }
    const run = query({ prompt: input(), options: against(api, { mcpServers: { a: ping('a') }, tools: [] }) })
    const turn = async (): Promise<void> => {
      await vi.waitFor(() => expect(next).toBeDefined())
      next?.('go')
      next = undefined
      for (;;) if ((await run.next()).value?.type === 'result') return
    }
    await turn()
    await run.toggleMcpServer('a', false)
    expect(await run.mcpServerStatus()).toMatchObject([{ name: 'a', status: 'disabled' }])
    await expect(run.reconnectMcpServer('a')).rejects.toMatchObject({ code: 'invalid_input' })
    await turn()
    await run.toggleMcpServer('a', true)
    await turn()
    expect(await run.setMcpServers({ b: ping('b'), bad: { command: '' }, w: { type: 'ws', url: 'x' } as never })).toEqual({
      added: ['b', 'w'],
      removed: ['a'],
      errors: { bad: expect.stringMatching(/^servers\.bad\.command/), w: expect.stringContaining('ws') },
    })
    await turn()
    // Wrong ones are told of by the promise, in the words of the call.
    const wrong = run.setMcpServers({ s: { type: 'sdk', name: 's', instance: {} } } as never)
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_option', message: expect.stringMatching(/^servers\.s\.instance/) })
    await expect(run.readMcpResource('gone', 'x://1')).rejects.toThrow('No MCP server is named "gone". There are: b, w.')
    await run.reconnectMcpServer('b')
    await expect(run.reconnectMcpServer('w')).rejects.toMatchObject({ code: 'mcp_server_failed' })
    await expect(run.reconnectMcpServer('gone')).rejects.toThrow(/No MCP server is named "gone"/)
    next?.(undefined)
    run.close()
    const offered = (await api.requests({ bodies: true })).map(({ body }) => tools(body))
    expect(offered).toEqual([['mcp__a__t'], [], ['mcp__a__t'], ['mcp__b__t']])
  })
})

it.each<[string, unknown, RegExp]>([
  ['a list', [], /mcpServers must be an object/],
  ['an entry without a command', { s: {} }, /mcpServers\.s\.command/],
  ['an instance that is none', { s: { type: 'sdk', name: 's', instance: {} } }, /mcpServers\.s\.instance/],
  ['a type that there is not', { s: { type: 'pigeon' } }, /mcpServers\.s\.type/],
])('%s for mcpServers is a typed error', (_name, mcpServers, message) => {
  expect(() => query({ prompt: 'x', options: { mcpServers: mcpServers as never, env: { ANTHROPIC_API_KEY: 'k' } } })).toThrow(message)
})
