//! Tools of this process: `tool()`, `createSdkMcpServer()`, and how the type of the arguments follows from the schema.

import type { McpSdkServerConfigWithInstance } from './mcp.js'

/** A schema of any library that follows Standard Schema. */
export type StandardSchema<Output = unknown> = {
  readonly '~standard': {
    readonly version: 1
    readonly types?: { readonly output: Output } | undefined
  }
}

/** A schema of zod 4, zod 3, or a library that follows Standard Schema; none of them is a dependency. */
export type SchemaLike =
  { readonly _zod: { readonly output: unknown } } | { readonly _output: unknown } | StandardSchema

/** The properties of an object, each with its schema: what `z.object()` takes. */
export type AnyZodRawShape = { readonly [name: string]: SchemaLike }

/** What a schema gives. */
type OutputOf<Schema> = Schema extends { readonly _zod: { readonly output: infer Output } }
  ? Output
  : Schema extends { readonly _output: infer Output }
    ? Output
    : Schema extends { readonly '~standard': { readonly types?: infer Types } }
      ? NonNullable<Types> extends { readonly output: infer Output }
        ? Output
        : unknown
      : unknown

/** Names whose value may be missing. */
type OptionalKeys<Shape> = {
  [Name in keyof Shape]: unknown extends OutputOf<Shape[Name]>
    ? Shape[Name] extends { readonly _zod: { readonly optout: 'optional' } }
      ? Name
      : never
    : undefined extends OutputOf<Shape[Name]>
      ? Name
      : never
}[keyof Shape]

type Flat<Type> = { [Name in keyof Type]: Type[Name] }

/** The type of the arguments that a handler gets. */
export type InferShape<Shape extends AnyZodRawShape> = Flat<
  { -readonly [Name in Exclude<keyof Shape, OptionalKeys<Shape>>]: OutputOf<Shape[Name]> } & {
    -readonly [Name in OptionalKeys<Shape>]?: OutputOf<Shape[Name]>
  }
>

/** A JSON Schema of type `object`. */
export type JsonObjectSchema = { readonly type: 'object'; readonly [name: string]: unknown }

/** What {@link tool} takes as the description of its input: a shape, a schema of an object, or a JSON Schema. */
export type ToolInputSchema = AnyZodRawShape | SchemaLike | JsonObjectSchema

/** The type of the arguments that follows from it; those of a JSON Schema are not typed. */
export type ToolInput<Schema> = Schema extends SchemaLike
  ? OutputOf<Schema>
  : Schema extends AnyZodRawShape
    ? InferShape<Schema>
    : Record<string, unknown>

/** What a handler may use besides its arguments. */
export type ToolHandlerExtra = {
  /** Aborts when the call is cancelled. */
  signal: AbortSignal
  requestId: string | number
  _meta?: Record<string, unknown>
  /** Sends a notification of MCP, for example progress. */
  sendNotification(notification: { method: string; params?: Record<string, unknown> }): Promise<void>
}

/** Hints about a tool; nothing is decided by them alone. */
export type ToolAnnotations = {
  title?: string
  /** It changes nothing. Default false. */
  readOnlyHint?: boolean
  /** It may destroy something. Default true. */
  destructiveHint?: boolean
  /** Calling it again changes nothing more. Default false. */
  idempotentHint?: boolean
  /** It reaches beyond a closed domain. Default true. */
  openWorldHint?: boolean
}

/** A block of a {@link CallToolResult}. */
export type CallToolContent = { annotations?: Record<string, unknown>; _meta?: Record<string, unknown> } & (
  | { type: 'text'; text: string }
  | { type: 'image'; data: string; mimeType: string }
  | { type: 'audio'; data: string; mimeType: string }
  | { type: 'resource'; resource: { uri: string; mimeType?: string; _meta?: Record<string, unknown> } & ({ text: string } | { blob: string }) }
  | { type: 'resource_link'; uri: string; name: string; title?: string; description?: string; mimeType?: string; size?: number }
)

/** What a handler returns. `data` and `blob` are base64. */
export type CallToolResult = {
  content: CallToolContent[]
  /** The model gets this as JSON. */
  structuredContent?: Record<string, unknown>
  /** The call failed; the model is told `content`. */
  isError?: boolean
  _meta?: Record<string, unknown>
}

/** A tool of {@link tool}. */
export type SdkMcpToolDefinition<Schema extends ToolInputSchema = AnyZodRawShape> = {
  name: string
  description: string
  inputSchema: Schema
  annotations?: ToolAnnotations
  _meta?: Record<string, unknown>
  handler: (args: ToolInput<Schema>, extra: ToolHandlerExtra) => Promise<CallToolResult>
}

/** `searchHint`: words for the tool search. `alwaysLoad`: never deferred to it. */
export type ToolExtras = { annotations?: ToolAnnotations; searchHint?: string; alwaysLoad?: boolean }

/**
 * Defines a tool of this process. `handler` gets arguments that were checked against the schema; what it throws becomes
 * an error result for the model. Throws `invalid_option` for a wrong argument.
 */
export declare function tool<Schema extends AnyZodRawShape>(
  name: string,
  description: string,
  inputSchema: Schema,
  handler: (args: InferShape<Schema>, extra: ToolHandlerExtra) => Promise<CallToolResult>,
  extras?: ToolExtras,
): SdkMcpToolDefinition<Schema>
/** With a schema of an object, or a JSON Schema. */
export declare function tool<Schema extends SchemaLike | JsonObjectSchema>(
  name: string,
  description: string,
  inputSchema: Schema,
  handler: (args: ToolInput<Schema>, extra: ToolHandlerExtra) => Promise<CallToolResult>,
  extras?: ToolExtras,
): SdkMcpToolDefinition<Schema>

/** Options of {@link createSdkMcpServer}. */
export type CreateSdkMcpServerOptions = {
  name: string
  /** Default `1.0.0`. */
  version?: string
  // `any`: tools of different schemas stand side by side.
  tools?: Array<SdkMcpToolDefinition<any>>
  /** Told to the model. */
  instructions?: string
  /** Its tools are never deferred to the tool search. */
  alwaysLoad?: boolean
  /** Milliseconds for each call. Default: no limit. */
  timeout?: number
}

/** A server in this process, for `mcpServers`. It can serve several queries at once. */
export declare function createSdkMcpServer(options: CreateSdkMcpServerOptions): McpSdkServerConfigWithInstance

// Keeps what is not exported above out of the module.
export {}
