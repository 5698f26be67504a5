//! Servers of other processes: standard streams, HTTP, their state, and what can be changed while the agent runs.

import { query, type McpServerConfig, type McpServerStatus, type Options } from 'native-agent-sdk'

const mcpServers: Record<string, McpServerConfig> = {
  files: { command: 'npx', args: ['-y', 'file-server'], env: { TOKEN: process.env['TOKEN'] } },
  docs: { type: 'http', url: 'https://docs.example/mcp', headers: { Authorization: `Bearer ${process.env['TOKEN'] ?? ''}` } },
  old: { type: 'sse', url: 'https://old.example/sse', timeout: 5000 },
}

export async function run(options: Options): Promise<McpServerStatus[]> {
  const run = query({ prompt: 'List the files.', options: { ...options, mcpServers, strictMcpConfig: true, allowedTools: ['mcp__files__*'] } })
  for await (const message of run) {
    if (message.type === 'system' && message.subtype === 'init') {
      const down = message.mcp_servers.filter((server) => server.status !== 'connected')
      for (const { name } of down) await run.reconnectMcpServer(name)
      await run.toggleMcpServer('old', false)
      const { added, errors } = await run.setMcpServers({ more: { command: 'more' } })
      if (added.length === 0) console.error(errors)
    }
    if (message.type === 'result') break
  }
  return run.mcpServerStatus()
}
