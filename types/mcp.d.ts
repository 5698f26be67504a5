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
  /** Wall limit of one call in milliseconds; values under 1000 are ignored. Without it calls have no limit. */
  timeout?: number
  /** Its tools are never deferred by tool search. */
  alwaysLoad?: boolean
}
export type McpSSEServerConfig = {
  type: 'sse'
  url: string
  headers?: Record<string, string>
  tools?: McpServerToolPolicy[]
  timeout?: number
  alwaysLoad?: boolean
}
export type McpHttpServerConfig = {
  type: 'http'
  url: string
  headers?: Record<string, string>
  tools?: McpServerToolPolicy[]
  timeout?: number
  alwaysLoad?: boolean
}
export type McpSdkServerConfig = { type: 'sdk'; name: string; timeout?: number; tools?: McpServerToolPolicy[] }
export type McpSdkServerConfigWithInstance = McpSdkServerConfig & { instance: McpServerLike }
export type McpClaudeAIProxyServerConfig = { type: 'claudeai-proxy'; url: string; id: string }
/** What the host has decided about one tool of a server. */
export type McpServerToolPolicy = {
  name: string
  permission_policy?: 'always_allow' | 'always_ask' | 'always_deny'
  org_max_permission?: 'allow' | 'ask' | 'blocked'
}
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
    _meta?: Record<string, unknown>
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
    | { type: 'audio'; data: string; mimeType: string }
    | { type: 'resource'; resource: { uri: string; mimeType?: string; text?: string; blob?: string } }
    | { type: 'resource_link'; uri: string; name: string; description?: string; mimeType?: string }
  >
  structuredContent?: Record<string, unknown>
  isError?: boolean
}

/** A schema that checks itself: zod 3.24 and later, zod 4, and what else follows Standard Schema. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => unknown
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}
/** A zod schema of any version, by what of it is needed. */
export type ZodLike<Output = unknown> = { readonly _output: Output }
/** `{ city: z.string() }` */
export type ToolShape = { readonly [name: string]: StandardSchema | ZodLike }
/** What `tool()` takes as the description of its input. */
export type ToolInputSchema = ToolShape | StandardSchema | ZodLike | { readonly type: 'object'; readonly [keyword: string]: unknown }
type FieldOutput<Field> = Field extends ZodLike<infer Output>
  ? Output
  : Field extends { readonly '~standard': { readonly types?: { readonly output: infer Output } | undefined } }
    ? Output
    : unknown
type OptionalKeys<Shape> = { [Key in keyof Shape]: undefined extends FieldOutput<Shape[Key]> ? Key : never }[keyof Shape]
/** What a handler gets for its input. */
export type ToolInput<Schema> = 0 extends 1 & Schema
  ? any
  : Schema extends StandardSchema | ZodLike
  ? FieldOutput<Schema>
  : Schema extends { readonly type: 'object' }
    ? Record<string, unknown>
    : { [Key in Exclude<keyof Schema, OptionalKeys<Schema>>]: FieldOutput<Schema[Key]> } & {
        [Key in OptionalKeys<Schema>]?: FieldOutput<Schema[Key]>
      }
/** What a handler may use, as its second argument. */
export type ToolHandlerExtra = {
  /** Aborted when the call is cancelled. */
  signal: AbortSignal
  requestId: string | number
  _meta?: Record<string, unknown>
  sendNotification(notification: { method: string; params?: Record<string, unknown> }): Promise<void>
}
/** What `tool()` returns. */
export type SdkMcpToolDefinition<Schema = any> = {
  name: string
  description: string
  inputSchema: Schema
  annotations?: ToolAnnotations
  _meta?: Record<string, unknown>
  handler: (args: ToolInput<Schema>, extra: any) => Promise<CallToolResult>
}
/**
 * Describes a tool for {@link createSdkMcpServer}. The input is a zod shape (zod 3 or 4), a Standard Schema or a JSON Schema;
 * the handler gets it checked. An exception of the handler becomes an error result for the model.
 */
export declare function tool<const Schema extends ToolInputSchema>(
  name: string,
  description: string,
  inputSchema: Schema,
  handler: (args: ToolInput<Schema>, extra: ToolHandlerExtra) => Promise<CallToolResult>,
  extras?: { annotations?: ToolAnnotations; searchHint?: string; alwaysLoad?: boolean },
): SdkMcpToolDefinition<Schema>
export type CreateSdkMcpServerOptions = {
  name: string
  version?: string
  tools?: Array<SdkMcpToolDefinition<any>>
  /** How to use the server, for the model. */
  instructions?: string
  /** Its tools are never deferred by tool search. */
  alwaysLoad?: boolean
  /** Wall limit of one call in milliseconds. Without it calls have no limit. */
  timeout?: number
}
/** Bundles tools into a server for `options.mcpServers`. One server may serve many queries at once. */
export declare function createSdkMcpServer(options: CreateSdkMcpServerOptions): McpSdkServerConfigWithInstance

// Keeps what is not exported above out of the module.
export {}
