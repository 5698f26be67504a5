//! MCP servers: how they are configured, what is known of them, and OAuth for them.

/** A server in `mcpServers`. An entry that cannot be used is an error, or a status if it comes from a file. */
export type McpServerConfig =
  | McpStdioServerConfig
  | McpSSEServerConfig
  | McpHttpServerConfig
  | McpSdkServerConfigWithInstance

/** What can be written down: a server without an object of this process. */
export type McpServerConfigForProcessTransport =
  | McpStdioServerConfig
  | McpSSEServerConfig
  | McpHttpServerConfig
  | McpSdkServerConfig
  | McpClaudeAIProxyServerConfig

/** The configuration that a status row repeats. */
export type McpServerStatusConfig = McpServerConfigForProcessTransport

/** What every kind may have. */
type McpServerCommon = {
  /** Milliseconds for each call; comes before `MCP_TOOL_TIMEOUT`. Less than 1000 is ignored. Default: no limit. */
  timeout?: number
}

/** A process that speaks MCP on its standard streams. It does not inherit the credentials of the run. */
export type McpStdioServerConfig = McpServerCommon & {
  type?: 'stdio'
  command: string
  args?: string[]
  /** Undefined values are left out. */
  env?: Record<string, string | undefined>
  /** Its tools are never deferred to a tool search. */
  alwaysLoad?: boolean
}

/** The older HTTP transport. */
export type McpSSEServerConfig = McpServerCommon & {
  type: 'sse'
  url: string
  headers?: Record<string, string>
  tools?: McpServerToolPolicy[]
  alwaysLoad?: boolean
}

/** Streamable HTTP. */
export type McpHttpServerConfig = McpServerCommon & {
  type: 'http'
  url: string
  headers?: Record<string, string>
  tools?: McpServerToolPolicy[]
  alwaysLoad?: boolean
}

/** A server in this process, without its object. */
export type McpSdkServerConfig = McpServerCommon & {
  type: 'sdk'
  name: string
  /** Only `always_ask` and `always_deny` count. */
  tools?: McpServerToolPolicy[]
}

/** A server in this process: of `createSdkMcpServer()`, or an `McpServer` of `@modelcontextprotocol/sdk`. */
export type McpSdkServerConfigWithInstance = McpSdkServerConfig & { instance: McpServerLike }

/** Of the vendor's own product. */
export type McpClaudeAIProxyServerConfig = { type: 'claudeai-proxy'; url: string; id: string }

/** What is needed of a server object; `McpServer` of `@modelcontextprotocol/sdk` is one. */
export interface McpServerLike {
  /** Serves one transport of MCP. */
  connect(transport: unknown): Promise<void>
  close(): Promise<void>
}

/** How calls of one tool are decided. */
export type McpServerToolPolicy = {
  name: string
  permission_policy?: 'always_allow' | 'always_ask' | 'always_deny'
  org_max_permission?: 'allow' | 'ask' | 'blocked'
}

/** The server behind a tool; `source` is `sdk` for servers given as an instance. */
export type McpServerProvenance = { name: string; source: string }

/** A row of `mcpServerStatus()`. */
export type McpServerStatus = {
  name: string
  status: 'connected' | 'failed' | 'needs-auth' | 'pending' | 'disabled'
  serverInfo?: { name: string; version: string }
  /** With `failed`. */
  error?: string
  config?: McpServerStatusConfig
  /** Where it was configured. */
  scope?: string
  source?: string
  tools?: {
    name: string
    description?: string
    annotations?: { readOnly?: boolean; destructive?: boolean; openWorld?: boolean }
    _meta?: Record<string, unknown>
  }[]
}

/** Where a server is configured. */
export type ConfigScope = 'local' | 'user' | 'project'

/** What `setMcpServers()` did; `errors` by server name. */
export type McpSetServersResult = { added: string[]; removed: string[]; errors: Record<string, string> }

/** Ours. Lets the host carry out OAuth: no browser is opened and no port is listened on here. */
export interface McpOAuthOptions {
  /** Where the server sends the person back to. */
  redirectUrl: string
  /** Shows `url` to the person, and resolves to the URL that they came back with. `signal` aborts when the run ends. */
  authorize(url: string, options: { server: string; signal: AbortSignal }): Promise<string>
  /** Keeps tokens. Keys hold the server's URL and the issuer. Omitted: in memory for this query. */
  store?: McpTokenStore
  /** URL of a client metadata document, in place of registering dynamically. */
  clientMetadataUrl?: string
  /** A client that is registered already: neither is anything registered nor is the document used. */
  clientId?: string
  /** Its secret, if it has one. */
  clientSecret?: string
}
/** Keeps texts by key. */
export interface McpTokenStore {
  /** `undefined`: there is none. */
  load(key: string): Promise<string | undefined>
  save(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
}

// Keeps what is not exported above out of the module.
export {}
