//! Servers that others have written and published, as processes of their own: over their pipes and over HTTP. Run by
//! scripts/conformance.mjs, which installs them.

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { query } from 'native-agent-sdk'
import type { McpServerConfig, Options, SDKMessage } from '../../index.js'
import { against, calls, collect, folder, ofType, says, scripted, toolResults } from '../support/scripted.ts'

const entry = (name: string): string => join(process.env['CONFORMANCE_PACKAGES'] ?? '', '@modelcontextprotocol', name, 'dist', 'index.js')
const stdio = (name: string, ...args: string[]): McpServerConfig => ({ command: process.execPath, args: [entry(name), ...args] })

/** Lets the model make calls one after another. */
async function calling(server: McpServerConfig, made: [name: string, input: object][], more: Options = {}): Promise<{ messages: SDKMessage[]; results: string[]; body: any }> {
  const api = await scripted([...made.map(([name, input]) => ({ reply: calls(name, input as never) })), { reply: says('Done.') }])
  const messages = await collect(query({ prompt: 'go', options: against(api, { mcpServers: { s: server }, allowedTools: ['mcp__s'], ...more }) }))
  const results = toolResults(messages).map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)))
  const [first] = await api.requests({ bodies: true })
  return { messages, results, body: first?.body }
}

const connected = (messages: SDKMessage[]): void => expect(ofType(messages, 'system')[0]).toMatchObject({ subtype: 'init', mcp_servers: [{ name: 's', status: 'connected' }] })

it('[row 316] server-filesystem reads and writes below its roots', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'a.txt'), 'alpha')
  const { messages, results } = await calling(
    stdio('server-filesystem', cwd),
    [
      ['mcp__s__read_text_file', { path: join(cwd, 'a.txt') }],
      ['mcp__s__write_file', { path: join(cwd, 'b.txt'), content: 'beta' }],
      ['mcp__s__read_text_file', { path: '/etc/hostname' }],
    ],
    { cwd },
  )
  connected(messages)
  expect(results[0]).toContain('alpha')
  expect(readFileSync(join(cwd, 'b.txt'), 'utf8')).toBe('beta')
  expect(toolResults(messages)[2]).toMatchObject({ is_error: true })
})

it('[row 316] server-memory keeps a graph from call to call', async () => {
  const config = { ...stdio('server-memory'), env: { MEMORY_FILE_PATH: join(folder(), 'memory.json') } }
  const { messages, results } = await calling(config, [
    ['mcp__s__create_entities', { entities: [{ name: 'Ada', entityType: 'person', observations: ['likes engines'] }] }],
    ['mcp__s__search_nodes', { query: 'engines' }],
  ])
  connected(messages)
  expect(results[1]).toContain('Ada')
})

/** Starts server-everything behind HTTP; returns its port. */
async function everything(transport: 'sse' | 'streamableHttp'): Promise<number> {
  const port = await freePort()
  const child = spawn(process.execPath, [entry('server-everything'), transport], { env: { ...process.env, PORT: String(port) }, stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  await vi.waitFor(() => fetch(`http://127.0.0.1:${port}/`), { timeout: 20_000 })
  return port
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe.each<[string, () => Promise<McpServerConfig>]>([
  ['stdio', async () => stdio('server-everything')],
  ['streamable HTTP', async () => ({ type: 'http', url: `http://127.0.0.1:${await everything('streamableHttp')}/mcp` })],
  ['SSE', async () => ({ type: 'sse', url: `http://127.0.0.1:${await everything('sse')}/sse` })],
])('server-everything over %s', (_transport, config) => {
  it('[row 316] [row 306] answers calls with text, pictures and structured content', async () => {
    const { messages, results } = await calling(await config(), [
      ['mcp__s__echo', { message: 'hello' }],
      ['mcp__s__get-sum', { a: 2, b: 40 }],
      ['mcp__s__get-tiny-image', {}],
      ['mcp__s__get-structured-content', { location: 'New York' }],
      ['mcp__s__trigger-long-running-operation', { duration: 1, steps: 2 }],
    ])
    connected(messages)
    expect(results[0]).toContain('hello')
    expect(results[1]).toContain('42')
    expect(results[2]).toContain('"media_type":"image/png"')
    expect(results[3]).toContain('temperature')
    expect(results[4]).toContain('completed')
    expect(ofType(messages, 'tool_progress').length).toBeGreaterThan(0)
  })

  it('[row 330] [row 331] has resources and prompts', async () => {
    const server = await config()
    const api = await scripted([{ reply: calls('ListMcpResourcesTool', {}) }, { reply: says('Done.') }])
    const run = query({ prompt: '/mcp__s__args-prompt Paris', options: against(api, { mcpServers: { s: server } }) })
    const messages = await collect(run)
    const listed = JSON.stringify(toolResults(messages)[0]?.content)
    const uri = /demo:\/\/[^\\"]+/.exec(listed)?.[0] ?? ''
    expect(uri).not.toBe('')
    const [request] = await api.requests({ bodies: true })
    expect(JSON.stringify((request?.body as any).messages)).toContain('Paris')
  })
})
