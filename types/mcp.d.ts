//! MCP: server configurations, their state, tools in this process.

export type McpServerConfig =
  | McpStdioServerConfig
  | McpSSEServerConfig
  | McpHttpServerConfig
  | McpSdkServerConfigWithInstance
export type McpServerConfigForProcessTransport =
  | McpStdioServerConfig
  | McpSSEServerConfig
  | McpHttpServerConfig
  | McpSdkServerConfig
  | McpClaudeAIProxyServerConfig
export type McpServerStatusConfig = McpServerConfigForProcessTransport
export type McpStdioServerConfig = {
  type?: 'stdio'
  command: string
  args?: string[]
  env?: Record<string, string>
  timeout?: number
}
export type McpSSEServerConfig = { type: 'sse'; url: string; headers?: Record<string, string>; timeout?: number }
export type McpHttpServerConfig = { type: 'http'; url: string; headers?: Record<string, string>; timeout?: number }
export type McpSdkServerConfig = { type: 'sdk'; name: string; timeout?: number }
export type McpSdkServerConfigWithInstance = McpSdkServerConfig & { instance: McpServerLike }
export type McpClaudeAIProxyServerConfig = { type: 'claudeai-proxy'; url: string; id: string }
/** What is needed of an MCP server object. */
export interface McpServerLike {
  connect(transport: unknown): Promise<void>
  close(): Promise<void>
}
export type McpServerStatus = {
  name: string
  status: 'connected' | 'failed' | 'needs-auth' | 'pending' | 'disabled'
  serverInfo?: { name: string; version: string }
  error?: string
  config?: McpServerStatusConfig
  scope?: string
  tools?: {
    name: string
    description?: string
    annotations?: { readOnly?: boolean; destructive?: boolean; openWorld?: boolean }
  }[]
}
export type OnElicitation = (
  request: {
    serverName: string
    message: string
    mode?: 'form' | 'url'
    url?: string
    elicitationId?: string
    requestedSchema?: Record<string, unknown>
  },
  options: { signal: AbortSignal },
) => Promise<{ action: 'accept' | 'decline' | 'cancel'; content?: Record<string, unknown> }>
export type ToolAnnotations = {
  title?: string
  readOnlyHint?: boolean
  destructiveHint?: boolean
  idempotentHint?: boolean
  openWorldHint?: boolean
}
export type CallToolResult = {
  content: Array<
    | { type: 'text'; text: string }
    | { type: 'image'; data: string; mimeType: string }
    | { type: 'resource'; resource: { uri: string; mimeType?: string; text?: string; blob?: string } }
  >
  structuredContent?: Record<string, unknown>
  isError?: boolean
}

// Keeps what is not exported above out of the module.
export {}
