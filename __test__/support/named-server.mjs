//! An MCP server over its pipes whose tools have the names it is started with; each tells its arguments and a variable.

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { z } from 'zod'

const [names = '', ...more] = process.argv.slice(2)
const server = new McpServer({ name: 'named', version: '1.0.0' })
for (const name of names.split(',')) {
  server.registerTool(name, { description: `The tool ${name}.`, inputSchema: { say: z.string().optional() } }, async ({ say }) => ({
    content: [{ type: 'text', text: JSON.stringify({ name, say, more, token: process.env.GITHUB_TOKEN }) }],
  }))
}
await server.connect(new StdioServerTransport())
