//! An MCP server for tests, over its pipes; its argument says how it behaves.

import { appendFileSync } from 'node:fs'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { z } from 'zod'

const [mode = 'plain', note = ''] = process.argv.slice(2)
if (note !== '') appendFileSync(note, `${process.pid}\n`)
if (mode === 'hang') setInterval(() => {}, 1000)
else if (mode === 'refuse') {
  console.error('no licence found')
  process.exit(3)
} else await serve()

async function serve() {
  const server = new McpServer({ name: 'child', version: '1.2.3' }, { instructions: 'Be gentle.' })
  const text = (value) => ({ content: [{ type: 'text', text: value }] })
  server.registerTool('echo', { description: 'Says it again.', inputSchema: { what: z.string() }, annotations: { readOnlyHint: true } }, async ({ what }) => text(what))
  server.registerTool('env', { description: 'Its environment.' }, async () => text(JSON.stringify({ ...process.env, args: process.argv.slice(2) })))
  server.registerTool('roots', { description: 'Where it may work.' }, async () => text(JSON.stringify((await server.server.listRoots()).roots)))
  server.registerTool('ask', { description: 'Asks the user.' }, async () => {
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer', default: 30 } }, required: ['name'] }
    return text(JSON.stringify(await server.server.elicitInput({ message: 'Who?', requestedSchema })))
  })
  server.registerTool('crash', { description: 'Ends.' }, async () => {
    console.error('out of cheese')
    process.exit(1)
  })
  server.registerTool('grow', { description: 'Adds a tool.' }, async () => {
    server.registerTool('grown', { description: 'New.' }, async () => text('here'))
    return text('grown')
  })
  server.registerTool('wait', { description: 'Waits to be cancelled.' }, async ({ signal }) => {
    appendFileSync(note, 'waiting\n')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    appendFileSync(note, 'cancelled\n')
    return text('cancelled')
  })
  server.registerTool('steps', { description: 'Tells how far it is.' }, async (extra) => {
    await extra.sendNotification({ method: 'notifications/progress', params: { progressToken: extra._meta?.progressToken ?? 0, progress: 1 } })
    return text('done')
  })
  // Both calls are under way when the one that was asked to reports.
  let arrived = 0
  let together = () => {}
  const both = new Promise((resolve) => (together = resolve))
  server.registerTool('pair', { description: 'Waits for a second call.', inputSchema: { reports: z.boolean() }, annotations: { readOnlyHint: true } }, async ({ reports }, extra) => {
    arrived += 1
    if (arrived === 2) together()
    await both
    if (reports) await extra.sendNotification({ method: 'notifications/progress', params: { progressToken: extra._meta.progressToken, progress: 1 } })
    return text('done')
  })
  server.registerTool('huge', { description: 'Answers with too much.' }, async () => text('x'.repeat(17 * 1024 * 1024)))
  if (mode === 'noisy') process.stdout.write('Welcome to the server!\n{"not": "a message"}\n')
  // A server that does not end when it is told to politely.
  if (mode === 'stubborn') {
    process.on('SIGTERM', () => {})
    setInterval(() => {}, 1000)
  }
  await server.connect(new StdioServerTransport())
}
