//! The examples of the documents about MCP and custom tools, as they stand there: only commands, addresses and the options
//! that lead to the scripted API differ.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createSdkMcpServer, query, tool, type Options } from 'native-agent-sdk'
import { against, calls, folder, says, scripted, toolResults } from './support/scripted.ts'
import { root } from './support/typescript.ts'

/** One pixel, as PNG. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const NAMED = join(root, '__test__', 'support', 'named-server.mjs')
const named = (tools: string, ...more: string[]): { command: string; args: string[] } => ({ command: process.execPath, args: [NAMED, tools, ...more] })

/** Options of an example against an API whose model makes these calls; what was lacking permission fails the call. */
async function scene(options: Options, made: [name: string, input: object][], env: Record<string, string> = {}): Promise<Options> {
  const api = await scripted([...made.map(([name, input]) => ({ reply: calls(name, input as never) })), { reply: says('All done.') }])
  const all = against(api, options)
  return { ...all, env: { ...all.env, ...env } }
}

/** Runs an example to its end: the rows of init, the results of the calls, and what is printed last. */
async function played(options: Options): Promise<{ servers: unknown; results: { content: unknown; is_error?: boolean }[]; printed: string[] }> {
  let servers: unknown
  const [printed, messages]: [string[], any[]] = [[], []]
  for await (const message of query({ prompt: 'Use the tools.', options })) {
    messages.push(message)
    if (message.type === 'system' && message.subtype === 'init') servers = message.mcp_servers
    if (message.type === 'assistant') {
      for (const block of message.message.content) if (block.type === 'tool_use' && block.name.startsWith('mcp__')) printed.push(block.name)
    }
    if (message.type === 'result' && message.subtype === 'success') printed.push(message.result)
  }
  return { servers, results: toolResults(messages), printed }
}

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server with a tool that says which token it was reached with. */
function vendor(authorization: string | undefined): McpServer {
  const server = new McpServer({ name: 'remote', version: '1.0.0' })
  server.registerTool('look_up', { description: 'Looks up.' }, async () => ({ content: [{ type: 'text', text: `reached with ${authorization}` }] }))
  return server
}

async function http(): Promise<string> {
  const url = await listen((request, response) => {
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true } as never)
    void vendor(request.headers.authorization)
      .connect(transport as never)
      .then(() => transport.handleRequest(request, response))
  })
  return `${url}/mcp`
}

async function sse(): Promise<string> {
  const open = new Map<string, SSEServerTransport>()
  const url = await listen((request, response) => {
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response)
      open.set(transport.sessionId, transport)
      void vendor(request.headers.authorization).connect(transport)
    } else void open.get(new URL(request.url ?? '/', 'http://h').searchParams.get('sessionId') ?? '')?.handlePostMessage(request, response)
  })
  return `${url}/mcp/sse`
}

describe('the page on MCP', () => {
  it('[row 316] quickstart: a server over HTTP, all of its tools allowed', async () => {
    const options = { mcpServers: { 'claude-code-docs': { type: 'http' as const, url: await http() } }, allowedTools: ['mcp__claude-code-docs__*'] }
    const { servers, results, printed } = await played(await scene(options, [['mcp__claude-code-docs__look_up', {}]]))
    expect(servers).toEqual([{ name: 'claude-code-docs', status: 'connected' }])
    expect(results).toMatchObject([{ content: 'reached with undefined' }])
    expect(printed).toEqual(['mcp__claude-code-docs__look_up', 'All done.'])
  })

  it('[row 316] a server in code', async () => {
    const options = { mcpServers: { filesystem: named('list_directory', '/Users/me/projects') }, allowedTools: ['mcp__filesystem__*'] }
    const { results } = await played(await scene(options, [['mcp__filesystem__list_directory', {}]]))
    expect(results[0]?.content).toContain('"more":["/Users/me/projects"]')
  })

  it('[row 313] [row 317] a server from the config file, with a variable', async () => {
    const cwd = folder()
    mkdirSync(join(cwd, '.git'))
    const file = { mcpServers: { github: { ...named('list_issues'), env: { GITHUB_TOKEN: '${GITHUB_TOKEN}' } } } }
    writeFileSync(join(cwd, '.mcp.json'), JSON.stringify(file))
    const options: Options = { cwd, settingSources: ['project'], allowedTools: ['mcp__github__list_issues'] }
    const env = { GITHUB_TOKEN: 'ghp_1', MCP_CONNECTION_NONBLOCKING: '0', MCP_CONNECT_TIMEOUT_MS: '30000' }
    const { servers, results } = await played(await scene(options, [['mcp__github__list_issues', {}]], env))
    expect(servers).toEqual([{ name: 'github', status: 'connected' }])
    expect(results[0]?.content).toContain('"token":"ghp_1"')
  })

  it('[row 318] allowed tools: a whole server, and single tools of others', async () => {
    const options: Options = {
      mcpServers: { github: named('list_issues'), db: named('query,drop'), slack: named('send_message,leave') },
      allowedTools: ['mcp__github__*', 'mcp__db__query', 'mcp__slack__send_message'],
      permissionMode: 'dontAsk',
    }
    const made = ['mcp__github__list_issues', 'mcp__db__query', 'mcp__db__drop', 'mcp__slack__send_message', 'mcp__slack__leave']
    const { results } = await played(await scene(options, made.map((name) => [name, {}])))
    expect(results.map(({ is_error: failed = false }) => failed)).toEqual([false, false, true, false, true])
  })

  it('[row 316] a server over standard streams with an environment of its own', async () => {
    const options = { mcpServers: { github: { ...named('list_issues,search_issues'), env: { GITHUB_TOKEN: 'ghp_2' } } }, allowedTools: ['mcp__github__list_issues', 'mcp__github__search_issues'] }
    const { results, printed } = await played(await scene(options, [['mcp__github__list_issues', { say: 'a' }], ['mcp__github__search_issues', { say: 'b' }]]))
    expect(results.map(({ content }) => JSON.parse(content as string))).toMatchObject([{ say: 'a', token: 'ghp_2' }, { say: 'b', token: 'ghp_2' }])
    expect(printed.at(-1)).toBe('All done.')
  })

  it.each([
    ['remote-api', 'sse'],
    ['secure-api', 'http'],
    ['oauth-api', 'http'],
  ] as const)('[row 316] [row 334] %s: %s with a token in its headers, in code and in a file', async (key, type) => {
    const url = type === 'sse' ? await sse() : await http()
    const token = 'token-1'
    const made: [string, object][] = [[`mcp__${key}__look_up`, {}]]
    const inCode = await played(await scene({ mcpServers: { [key]: { type, url, headers: { Authorization: `Bearer ${token}` } } }, allowedTools: [`mcp__${key}__*`] }, made))
    expect(inCode.results).toMatchObject([{ content: 'reached with Bearer token-1' }])
    const cwd = folder()
    mkdirSync(join(cwd, '.git'))
    writeFileSync(join(cwd, '.mcp.json'), JSON.stringify({ mcpServers: { [key]: { type, url, headers: { Authorization: 'Bearer ${API_TOKEN}' } } } }))
    const env = { API_TOKEN: token, MCP_CONNECTION_NONBLOCKING: '0', MCP_CONNECT_TIMEOUT_MS: '30000' }
    const inFile = await played(await scene({ cwd, settingSources: ['project'], allowedTools: [`mcp__${key}__*`] }, made, env))
    expect(inFile.results).toMatchObject([{ content: 'reached with Bearer token-1' }])
  })

  it('[row 316] a connection string as an argument, and only reading allowed', async () => {
    const connectionString = 'postgresql://user@localhost/db'
    const options: Options = { mcpServers: { postgres: named('query,write', connectionString) }, allowedTools: ['mcp__postgres__query'], permissionMode: 'dontAsk' }
    const { results } = await played(await scene(options, [['mcp__postgres__query', {}], ['mcp__postgres__write', {}]]))
    expect(results[0]?.content).toContain(connectionString)
    expect(results[1]).toMatchObject({ is_error: true })
  })

  it('[row 319] error handling: init says which servers failed', async () => {
    const options = await scene({ mcpServers: { 'data-processor': { command: '/nowhere/to/be/found' } } }, [])
    const failed: string[] = []
    for await (const message of query({ prompt: 'Process data', options })) {
      if (message.type === 'system' && message.subtype === 'init') {
        for (const server of message.mcp_servers) if (server.status === 'failed') failed.push(server.name)
      }
    }
    expect(failed).toEqual(['data-processor'])
  })
})

describe('the page on custom tools', () => {
  /** Answers as the weather service and as a shop of pictures do. */
  const service = (): Promise<string> =>
    listen((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://h')
      if (pathname === '/picture') response.setHeader('content-type', 'image/png').end(Buffer.from(PIXEL, 'base64'))
      else if (pathname === '/broken') response.writeHead(503, 'Service Unavailable').end()
      else response.end(JSON.stringify({ current: { temperature_2m: 61.5 }, hourly: { precipitation_probability: [10, 20, 30] } }))
    })

  it('[row 304] [row 305] the weather server, with one tool and with two', async () => {
    const base = await service()
    const getTemperature = tool('get_temperature', 'Get the current temperature at a location', { latitude: z.number().describe('Latitude coordinate'), longitude: z.number().describe('Longitude coordinate') }, async (args) => {
      const response = await fetch(`${base}/v1/forecast?latitude=${args.latitude}&longitude=${args.longitude}&current=temperature_2m&temperature_unit=fahrenheit`)
      const data: any = await response.json()
      return { content: [{ type: 'text', text: `Temperature: ${data.current.temperature_2m}°F` }] }
    })
    const getPrecipitationChance = tool(
      'get_precipitation_chance',
      'Get the hourly precipitation probability for a location',
      { latitude: z.number(), longitude: z.number(), hours: z.number().int().min(1).max(24).default(12).describe('How many hours of forecast to return') },
      async (args) => {
        const response = await fetch(`${base}/v1/forecast?latitude=${args.latitude}&longitude=${args.longitude}&hourly=precipitation_probability&forecast_days=1`)
        const data: any = await response.json()
        const chances = data.hourly.precipitation_probability.slice(0, args.hours)
        return { content: [{ type: 'text', text: `Next ${args.hours} hours: ${chances.join('%, ')}%` }] }
      },
    )
    const weather = createSdkMcpServer({ name: 'weather', version: '1.0.0', tools: [getTemperature, getPrecipitationChance] })
    const place = { latitude: 37.77, longitude: -122.42 }
    const options = await scene({ mcpServers: { weather }, allowedTools: ['mcp__weather__*'] }, [
      ['mcp__weather__get_temperature', place],
      ['mcp__weather__get_precipitation_chance', place],
    ])
    const { results, printed } = await played(options)
    expect(results.map(({ content }) => content)).toEqual(['Temperature: 61.5°F', 'Next 12 hours: 10%, 20%, 30%'])
    expect(printed.at(-1)).toBe('All done.')
    const alone = createSdkMcpServer({ name: 'weather', version: '1.0.0', tools: [getTemperature] })
    const first = await played(await scene({ mcpServers: { weather: alone }, allowedTools: ['mcp__weather__get_temperature'] }, [['mcp__weather__get_temperature', place]]))
    expect(first.results[0]?.content).toBe('Temperature: 61.5°F')
  })

  it('[row 306] errors, pictures and resources come back as results', async () => {
    const base = await service()
    const fetchData = tool(
      'fetch_data',
      'Fetch data from an API',
      { endpoint: z.string().url().describe('API endpoint URL') },
      async (args) => {
        try {
          const response = await fetch(args.endpoint)
          if (!response.ok) return { content: [{ type: 'text', text: `API error: ${response.status} ${response.statusText}` }], isError: true }
          const data = await response.json()
          return { content: [{ type: 'text', text: JSON.stringify(data, null, 2) }] }
        } catch (error) {
          return { content: [{ type: 'text', text: `Failed to fetch data: ${error instanceof Error ? error.message : String(error)}` }], isError: true }
        }
      },
      { annotations: { readOnlyHint: true } },
    )
    const fetchImage = tool('fetch_image', 'Fetch an image from a URL and return it to Claude', { url: z.string().url() }, async (args) => {
      const response = await fetch(args.url)
      const buffer = Buffer.from(await response.arrayBuffer())
      const mimeType = response.headers.get('content-type') ?? 'image/png'
      return { content: [{ type: 'image', data: buffer.toString('base64'), mimeType }] }
    })
    const report = tool('report', 'A report', {}, async () => ({
      content: [{ type: 'resource', resource: { uri: 'file:///tmp/report.md', mimeType: 'text/markdown', text: '# Report\n...' } }],
    }))
    const web = createSdkMcpServer({ name: 'web', tools: [fetchData, fetchImage, report] })
    const options = await scene({ mcpServers: { web }, allowedTools: ['mcp__web'] }, [
      ['mcp__web__fetch_data', { endpoint: `${base}/good` }],
      ['mcp__web__fetch_data', { endpoint: `${base}/broken` }],
      ['mcp__web__fetch_data', { endpoint: 'http://127.0.0.1:1/' }],
      ['mcp__web__fetch_image', { url: `${base}/picture` }],
      ['mcp__web__report', {}],
    ])
    const { results } = await played(options)
    expect(results[0]?.content).toContain('"temperature_2m": 61.5')
    expect(results[1]).toMatchObject({ content: 'API error: 503 Service Unavailable', is_error: true })
    expect(results[2]).toMatchObject({ content: expect.stringContaining('Failed to fetch data: '), is_error: true })
    expect(results[3]?.content).toMatchObject([{ type: 'image', source: { media_type: 'image/png', data: PIXEL } }])
    expect(JSON.stringify(results[4]?.content)).toContain('# Report')
  })

  it('[row 304] [row 306] the unit converter, in three runs with one server', async () => {
    const convert = tool(
      'convert_units',
      'Convert a value from one unit to another',
      {
        unit_type: z.enum(['length', 'temperature', 'weight']).describe('Category of unit'),
        from_unit: z.string().describe('Unit to convert from, e.g. kilometers, fahrenheit, pounds'),
        to_unit: z.string().describe('Unit to convert to'),
        value: z.number().describe('Value to convert'),
      },
      async (args) => {
        type Conversions = Record<string, Record<string, (v: number) => number>>
        const conversions: Conversions = {
          length: { kilometers_to_miles: (v) => v * 0.621371 },
          temperature: { fahrenheit_to_celsius: (v) => ((v - 32) * 5) / 9 },
          weight: { kilograms_to_pounds: (v) => v * 2.20462 },
        }
        const fn = conversions[args.unit_type]?.[`${args.from_unit}_to_${args.to_unit}`]
        if (!fn) return { content: [{ type: 'text', text: `Unsupported conversion: ${args.from_unit} to ${args.to_unit}` }], isError: true }
        return { content: [{ type: 'text', text: `${args.value} ${args.from_unit} = ${fn(args.value).toFixed(4)} ${args.to_unit}` }] }
      },
    )
    const converter = createSdkMcpServer({ name: 'converter', version: '1.0.0', tools: [convert] })
    for (const [input, wanted] of [
      [{ unit_type: 'length', from_unit: 'kilometers', to_unit: 'miles', value: 100 }, '100 kilometers = 62.1371 miles'],
      [{ unit_type: 'temperature', from_unit: 'fahrenheit', to_unit: 'celsius', value: 72 }, '72 fahrenheit = 22.2222 celsius'],
      [{ unit_type: 'weight', from_unit: 'kilograms', to_unit: 'stones', value: 5 }, 'Unsupported conversion: kilograms to stones'],
    ] as const) {
      const options = await scene({ mcpServers: { converter }, allowedTools: ['mcp__converter__convert_units'] }, [['mcp__converter__convert_units', input]])
      const { results, printed } = await played(options)
      expect(results[0]?.content).toBe(wanted)
      expect(printed).toEqual(['mcp__converter__convert_units', 'All done.'])
    }
  })
})
