//! MCP servers outside this process: children that speak over their pipes, and HTTP.

import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { query } from 'native-agent-sdk'
import type { McpServerConfig, Options, Query, SDKMessage } from '../index.js'
import { gone } from './support/chat.ts'
import { against, calls, collect, folder, ofType, says, scripted, toolResults } from './support/scripted.ts'
import { root } from './support/typescript.ts'

const SERVER = join(root, '__test__', 'support', 'mcp-server.mjs')

/** A child server that behaves in one way. */
const child = (mode = 'plain', note = '', more: object = {}): McpServerConfig => ({ command: process.execPath, args: [SERVER, mode, note], ...more })

interface Ran {
  messages: SDKMessage[]
  run: Query
  bodies: Record<string, any>[]
}

/** Lets the model make calls one after another; every tool of a server is allowed. */
async function calling(mcpServers: Record<string, McpServerConfig>, made: [name: string, input?: object][], more: Options = {}, env: Record<string, string> = {}): Promise<Ran> {
  const api = await scripted([...made.map(([name, input]) => ({ reply: calls(name, (input ?? {}) as never) })), { reply: says('Done.') }])
  const options = against(api, { mcpServers, allowedTools: Object.keys(mcpServers).map((key) => `mcp__${key}`), tools: [], ...more })
  options.env = api.env({ HOME: process.env['HOME'], ...env })
  const run = query({ prompt: 'go', options })
  const messages = await collect(run)
  await api.assertComplete()
  return { messages, run, bodies: (await api.requests({ bodies: true })).map(({ body }) => body as Record<string, any>) }
}

/** A prompt of one message that goes on until it is told to end. */
function oneMessage(): [AsyncIterable<any>, () => void] {
  let finish = (): void => {}
  const ended = new Promise<void>((resolve) => (finish = resolve))
  const input = async function* (): AsyncGenerator<any> {
    yield { type: 'user', message: { role: 'user', content: 'go' }, parent_tool_use_id: null }
    await ended
  }
  return [input(), finish]
}

const init = (messages: SDKMessage[]): unknown => ofType(messages, 'system')[0]
const pidOf = (note: string): number => Number(readFileSync(note, 'utf8').split('\n')[0])

describe('a child server', () => {
  it('[row 316] [row 321] is connected at init and answers calls', async () => {
    const { messages, run, bodies } = await calling({ 'my child': child() }, [['mcp__my_child__echo', { what: 'hello' }]], { allowedTools: ['mcp__my_child'] })
    expect(init(messages)).toMatchObject({ subtype: 'init', mcp_servers: [{ name: 'my child', status: 'connected' }], tools: expect.arrayContaining(['mcp__my_child__echo']) })
    expect(toolResults(messages)).toMatchObject([{ content: 'hello' }])
    expect(JSON.stringify(bodies[0]?.['messages'])).toContain('Be gentle.')
    expect(await run.mcpServerStatus()).toMatchObject([{ serverInfo: { name: 'child', version: '1.2.3' }, tools: expect.arrayContaining([{ name: 'echo', description: 'Says it again.', annotations: { readOnly: true } }]) }])
  })

  it('[row 317] [row 338] gets its own variables expanded, and no credential', async () => {
    const hidden = ['ANTHROPIC_FOUNDRY_AUTH_TOKEN', 'ANTHROPIC_AWS_API_KEY', 'AWS_CONTAINER_AUTHORIZATION_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR']
    const server = child('plain', '', { args: [SERVER, 'plain', '', '${ARG:-fallback}', '${MISSING}'], env: { TOKEN: 'x${FROM_ENV}', OWN: '1' } })
    const notices: string[] = []
    const { messages } = await calling({ s: server }, [['mcp__s__env']], { stderr: (line) => notices.push(line) }, { FROM_ENV: 'yes', ...Object.fromEntries(hidden.map((name) => [name, 's3cret'])) })
    const seen = JSON.parse(String(toolResults(messages)[0]?.content)) as Record<string, unknown>
    expect(seen).toMatchObject({ TOKEN: 'xyes', OWN: '1', CLAUDECODE: '1', CLAUDE_PROJECT_DIR: expect.any(String), args: ['plain', '', 'fallback', '${MISSING}'] })
    expect(seen).not.toHaveProperty('ANTHROPIC_API_KEY')
    expect(JSON.stringify(seen)).not.toContain('s3cret')
    expect(notices.join()).toContain('MISSING')
  })

  it('[row 333] is told the working directories', async () => {
    const extra = folder()
    const { messages } = await calling({ s: child() }, [['mcp__s__roots']], { additionalDirectories: [extra] })
    const roots = JSON.parse(String(toolResults(messages)[0]?.content)) as { uri: string }[]
    expect(roots).toHaveLength(2)
    expect(roots[1]).toEqual({ uri: `file://${extra}` })
  })

  it('[row 332] may ask the user', async () => {
    const asked: unknown[] = []
    const onElicitation = async (request: unknown): Promise<any> => {
      asked.push(request)
      return { action: 'accept', content: { name: 'Ada' } }
    }
    const answer = async (more: Options): Promise<unknown> => JSON.parse(String(toolResults((await calling({ s: child() }, [['mcp__s__ask']], more)).messages)[0]?.content))
    expect(await answer({ onElicitation })).toEqual({ action: 'accept', content: { name: 'Ada', age: 30 } })
    expect(asked).toMatchObject([{ serverName: 's', message: 'Who?', mode: 'form', requestedSchema: { required: ['name'] } }])
    expect(await answer({})).toEqual({ action: 'decline' })
  })

  it('[row 324] may change its tools in mid-session', async () => {
    const { messages, bodies } = await calling({ s: child() }, [['mcp__s__grow'], ['mcp__s__grown']])
    expect(toolResults(messages).at(-1)).toMatchObject({ content: 'here' })
    expect(bodies.at(-1)?.['tools'].map((tool: any) => tool.name)).toContain('mcp__s__grown')
  })

  it('that writes garbage between its messages is understood', async () => {
    const { messages } = await calling({ s: child('noisy') }, [['mcp__s__echo', { what: 'x' }]])
    expect(toolResults(messages)).toMatchObject([{ content: 'x' }])
  })

  it('reports progress', async () => {
    const { messages } = await calling({ s: child() }, [['mcp__s__steps']])
    expect(ofType(messages, 'tool_progress')).toMatchObject([{ tool_name: 'mcp__s__steps' }])
  })

  it('reports progress of one call and not of another that runs beside it', async () => {
    const call = (id: string, reports: boolean): object => ({ type: 'tool_use', id, name: 'mcp__s__pair', input: { reports } })
    const api = await scripted([{ reply: { content: [call('toolu_quiet', false), call('toolu_loud', true)] } as never }, { reply: says('Done.') }])
    const messages = await collect(query({ prompt: 'go', options: against(api, { mcpServers: { s: child() }, allowedTools: ['mcp__s'] }) }))
    expect(toolResults(messages)).toMatchObject([{ content: 'done' }, { content: 'done' }])
    expect(ofType(messages, 'tool_progress').map(({ tool_use_id }) => tool_use_id)).toEqual(['toolu_loud'])
  })

  it('[row 326] that answers with too much fails that call and none other', async () => {
    const { messages } = await calling({ s: child() }, [['mcp__s__huge'], ['mcp__s__echo', { what: 'still here' }]])
    expect(toolResults(messages)).toMatchObject([{ is_error: true, content: expect.stringContaining('more than 16 MiB') }, { content: 'still here' }])
  })

  it('[row 319] that crashes fails its call and has a failed status with its last words', async () => {
    const api = await scripted([{ reply: calls('mcp__s__crash', {}) }, { reply: says('Done.') }])
    const [input, finish] = oneMessage()
    const run = query({ prompt: input, options: against(api, { mcpServers: { s: child() }, allowedTools: ['mcp__s'] }) })
    const messages: SDKMessage[] = []
    while (messages.at(-1)?.type !== 'result') messages.push((await run.next()).value as SDKMessage)
    expect(toolResults(messages)).toMatchObject([{ is_error: true, content: expect.stringContaining('MCP server s failed') }])
    expect(messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success' })
    await vi.waitFor(async () => expect(await run.mcpServerStatus()).toMatchObject([{ status: 'failed', error: expect.stringContaining('out of cheese') }]), { timeout: 10_000 })
    finish()
  })

  it.each<[string, McpServerConfig, RegExp]>([
    ['is not there', { command: 'no-such-program-anywhere' }, /`no-such-program-anywhere` could not be started/],
    ['ends at once', child('refuse'), /no licence found/],
    ['never answers', child('hang'), /did not connect within 0\.7 s; MCP_TIMEOUT/],
  ])('[row 319] [row 320] that %s has a failed status, and the run goes on', async (_name, server, why) => {
    const env: Record<string, string> = JSON.stringify(server).includes('hang') ? { MCP_TIMEOUT: '700' } : {}
    const { messages, run } = await calling({ s: server }, [], {}, env)
    expect(init(messages)).toMatchObject({ mcp_servers: [{ name: 's', status: 'failed' }], tools: [] })
    expect(messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success' })
    expect(await run.mcpServerStatus()).toMatchObject([{ status: 'failed', error: expect.stringMatching(why) }])
  })

  it('hears of an interrupt', async () => {
    const note = join(folder(), 'note')
    const api = await scripted([{ reply: calls('mcp__s__wait', {}) }])
    const run = query({ prompt: 'go', options: against(api, { mcpServers: { s: child('plain', note) }, allowedTools: ['mcp__s'] }) })
    const messages = collect(run)
    await vi.waitFor(() => expect(readFileSync(note, 'utf8')).toContain('waiting'), { timeout: 10_000 })
    await run.interrupt()
    expect((await messages).at(-1)).toMatchObject({ subtype: 'error_during_execution' })
  })

  it.each(['plain', 'stubborn'])('never outlives its query: %s', async (mode) => {
    const note = join(folder(), 'note')
    await calling({ s: child(mode, note) }, [['mcp__s__echo', { what: 'x' }]])
    const pid = pidOf(note)
    await vi.waitFor(() => expect(gone(pid)).toBe(true), { timeout: 10_000 })
  })

  it.each(['plain', 'hang'])('never outlives an aborted query: %s', async (mode) => {
    const note = join(folder(), 'note')
    const api = await scripted([{ times: 'any', reply: says('Done.') }])
    const abortController = new AbortController()
    const run = query({ prompt: 'go', options: against(api, { mcpServers: { s: child(mode, note) }, abortController }) })
    const ended = collect(run).catch((thrown: unknown) => thrown)
    await vi.waitFor(() => expect(existsSync(note)).toBe(true), { timeout: 10_000 })
    const pid = pidOf(note)
    abortController.abort()
    await ended
    await vi.waitFor(() => expect(gone(pid)).toBe(true), { timeout: 10_000 })
  })

  it('[row 335] is started anew by reconnectMcpServer', async () => {
    const note = join(folder(), 'note')
    const api = await scripted([{ times: 'any', reply: says('Done.') }])
    let finish: (() => void) | undefined
    const input = async function* (): AsyncGenerator<any> {
      await new Promise<void>((resolve) => (finish = resolve))
    }
    const run = query({ prompt: input(), options: against(api, { mcpServers: { s: child('plain', note) } }) })
    await vi.waitFor(async () => expect(await run.mcpServerStatus()).toMatchObject([{ status: 'connected' }]), { timeout: 10_000 })
    await run.reconnectMcpServer('s')
    expect(await run.mcpServerStatus()).toMatchObject([{ status: 'connected' }])
    const pids = readFileSync(note, 'utf8').trim().split('\n').map(Number)
    expect(pids).toHaveLength(2)
    await vi.waitFor(() => expect(gone(pids[0] ?? 0)).toBe(true), { timeout: 10_000 })
    finish?.()
    run.close()
  })
})

/** A server of the vendor with one tool. */
function vendor(): McpServer {
  const server = new McpServer({ name: 'remote', version: '2.0.0' })
  server.registerTool('echo', { description: 'x', inputSchema: { what: z.string() } }, async ({ what }) => ({ content: [{ type: 'text', text: what }] }))
  return server
}

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void, port = 0): Promise<{ server: Server; url: string }> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** A streamable HTTP server that keeps sessions. */
async function streamable(seen: IncomingMessage[] = []): Promise<string> {
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const { url } = await listen((request, response) => {
    seen.push(request)
    const known = sessions.get(String(request.headers['mcp-session-id']))
    if (known) {
      void known.handleRequest(request, response)
      return
    }
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => crypto.randomUUID(), onsessioninitialized: (id) => void sessions.set(id, transport) })
    void vendor()
      .connect(transport as never)
      .then(() => transport.handleRequest(request, response))
  })
  return `${url}/mcp`
}

/** A server with a stream of events; returns what cuts all streams. */
async function events(): Promise<{ url: string; cut: () => void; opened: () => number }> {
  const open = new Map<string, SSEServerTransport>()
  const streams: ServerResponse[] = []
  const { url } = await listen((request, response) => {
    const address = new URL(request.url ?? '/', 'http://h')
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response)
      open.set(transport.sessionId, transport)
      streams.push(response)
      void vendor().connect(transport)
    } else void open.get(address.searchParams.get('sessionId') ?? '')?.handlePostMessage(request, response)
  })
  return { url: `${url}/sse`, cut: () => streams.forEach((stream) => stream.destroy()), opened: () => streams.length }
}

describe('a server behind HTTP', () => {
  it('[row 316] [row 317] speaks streamable HTTP, with headers', async () => {
    const seen: IncomingMessage[] = []
    const url = await streamable(seen)
    const { messages } = await calling({ h: { type: 'http', url, headers: { Authorization: 'Bearer ${TOKEN}' } } }, [['mcp__h__echo', { what: 'far' }]], {}, { TOKEN: 'abc' })
    expect(init(messages)).toMatchObject({ mcp_servers: [{ name: 'h', status: 'connected' }] })
    expect(toolResults(messages)).toMatchObject([{ content: 'far' }])
    expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer abc']))
  })

  it('[row 316] speaks the older protocol of events', async () => {
    const { url } = await events()
    const { messages } = await calling({ e: { type: 'sse', url } }, [['mcp__e__echo', { what: 'old' }]])
    expect(toolResults(messages)).toMatchObject([{ content: 'old' }])
  })

  it('[row 323] is connected anew when its stream is lost', async () => {
    const { url, cut, opened } = await events()
    const api = await scripted([{ times: 'any', reply: says('Done.') }])
    let finish: (() => void) | undefined
    const input = async function* (): AsyncGenerator<any> {
      await new Promise<void>((resolve) => (finish = resolve))
    }
    const run = query({ prompt: input(), options: against(api, { mcpServers: { e: { type: 'sse', url } } }) })
    await vi.waitFor(async () => expect(await run.mcpServerStatus()).toMatchObject([{ status: 'connected' }]), { timeout: 10_000 })
    cut()
    await vi.waitFor(() => expect(opened()).toBe(2), { timeout: 15_000 })
    await vi.waitFor(async () => expect(await run.mcpServerStatus()).toMatchObject([{ status: 'connected' }]), { timeout: 10_000 })
    finish?.()
    run.close()
  })

  it.each<[string, number, Record<string, string>, string, RegExp]>([
    ['401', 401, {}, 'needs-auth', /authorisation/],
    ['401 with a challenge', 401, { 'www-authenticate': 'Bearer realm="x"' }, 'needs-auth', /authorisation/],
    ['404', 404, {}, 'failed', /404/],
  ])('[row 319] [row 334] that answers %s', async (_name, code, headers, status, why) => {
    const { url } = await listen((_request, response) => response.writeHead(code, headers).end())
    const { messages, run } = await calling({ h: { type: 'http', url }, e: { type: 'sse', url } }, [])
    expect(init(messages)).toMatchObject({ mcp_servers: [{ name: 'h', status }, { name: 'e', status }] })
    const rows = await run.mcpServerStatus()
    for (const row of rows) expect(row.error).toMatch(why)
  })

  it('[row 323] that is not there is tried again, then failed', async () => {
    let tried = 0
    const { url } = await listen((_request, response) => {
      tried += 1
      response.writeHead(503).end()
    })
    const { messages } = await calling({ e: { type: 'sse', url } }, [])
    expect(init(messages)).toMatchObject({ mcp_servers: [{ name: 'e', status: 'failed' }] })
    expect(tried).toBe(4)
  })

  it('[row 319] that fails is told of without what its URL hides', async () => {
    const answer = (response: ServerResponse, message: object): unknown => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', ...message }))
    const { url } = await listen((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += chunk))
      request.on('end', () => {
        const { id, method } = JSON.parse(body || '{}') as { id?: number; method?: string }
        if (method === 'initialize') answer(response, { id, result: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } } })
        else if (method === 'tools/list') answer(response, { id, result: { tools: [{ name: 't', inputSchema: { type: 'object' } }] } })
        else if (id === undefined) response.writeHead(request.method === 'POST' ? 202 : 405).end()
        else if (method === 'tools/call') response.destroy()
        else answer(response, { id, error: { code: -32601, message: 'unknown' } })
      })
    })
    const hidden = `${url.replace('http://', 'http://me:s3cret-password@')}/mcp?api_key=s3cret-key`
    const said: string[] = []
    const { messages, run, bodies } = await calling({ h: { type: 'http', url: hidden } }, [['mcp__h__t']], { stderr: (line) => said.push(line) })
    expect(toolResults(messages)).toMatchObject([{ is_error: true, content: expect.stringContaining('The MCP server h failed') }])
    // What the caller has configured, the caller may see.
    const rows = (await run.mcpServerStatus()).map(({ config: _, ...row }) => row)
    expect(JSON.stringify([messages, bodies, said, rows])).not.toContain('s3cret')
  })

  it('[row 323] that sends an event without end is left, and the reason told', async () => {
    const line = `data: ${'x'.repeat(64 * 1024)}\n`
    const { url } = await listen((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const pump = (): void => {
        while (!response.destroyed && response.write(line));
        response.once('drain', pump)
      }
      pump()
    })
    const { messages, run } = await calling({ e: { type: 'sse', url } }, [])
    expect(init(messages)).toMatchObject({ mcp_servers: [{ name: 'e', status: 'failed' }] })
    expect(await run.mcpServerStatus()).toMatchObject([{ error: expect.stringContaining('an event of more than 16 MiB') }])
  })

  it('[row 337] gets the headers that a command prints', async () => {
    const seen: IncomingMessage[] = []
    const url = await streamable(seen)
    const config = { type: 'http', url, headersHelper: `echo '{"X-Token": "fresh"}'` } as unknown as McpServerConfig
    await calling({ h: config }, [['mcp__h__echo', { what: 'x' }]])
    expect(seen[0]?.headers['x-token']).toBe('fresh')
  })
})
