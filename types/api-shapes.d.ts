//! The API's messages as this package knows them: see api.d.ts.

/** A content block of a reply, by `type`; blocks of other types are passed through as they came. */
export type BetaContentBlock =
  | { type: 'text'; text: string; citations?: unknown[] | null }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown }
  | { type: 'server_tool_use'; id: string; name: string; input: unknown }
  | { type: 'web_search_tool_result'; tool_use_id: string; content: unknown }
  | { type: 'web_fetch_tool_result'; tool_use_id: string; content: unknown }
  | { type: 'code_execution_tool_result'; tool_use_id: string; content: unknown }
  | { type: 'mcp_tool_use'; id: string; name: string; input: unknown; server_name: string }
  | { type: 'mcp_tool_result'; tool_use_id: string; content: unknown; is_error: boolean }
  | { type: 'bash_code_execution_tool_result'; tool_use_id: string; content: unknown }
  | { type: 'text_editor_code_execution_tool_result'; tool_use_id: string; content: unknown }
  | { type: 'tool_search_tool_result'; tool_use_id: string; content: unknown }
  | { type: 'container_upload'; file_id: string }
  | { type: 'compaction'; content: string | null }

export type BetaStopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | (string & {})

/** A reply of the API. */
export interface BetaMessage {
  id: string
  type: 'message'
  role: 'assistant'
  model: string
  content: BetaContentBlock[]
  stop_reason: BetaStopReason | null
  stop_sequence: string | null
  usage: BetaUsage
  container?: unknown
  context_management?: unknown
  stop_details?: unknown
}

export type BetaUsage = {
  input_tokens: number
  output_tokens: number
  cache_creation_input_tokens?: number | null
  cache_read_input_tokens?: number | null
  cache_creation?: { ephemeral_1h_input_tokens: number; ephemeral_5m_input_tokens: number } | null
  server_tool_use?: { web_search_requests: number; web_fetch_requests?: number } | null
  service_tier?: string | null
  inference_geo?: string | null
  speed?: string | null
  iterations?: unknown
  output_tokens_details?: { thinking_tokens?: number | null } | null
  fallback_credit?: unknown
}

/** A raw event of the API's stream. Events of other types are passed through as they came. */
export type BetaRawMessageStreamEvent =
  | { type: 'message_start'; message: BetaMessage }
  | {
      type: 'message_delta'
      delta: { stop_reason: BetaStopReason | null; stop_sequence: string | null; container?: unknown }
      usage: Partial<BetaUsage>
      context_management?: unknown
    }
  | { type: 'message_stop' }
  | { type: 'content_block_start'; index: number; content_block: BetaContentBlock }
  | { type: 'content_block_delta'; index: number; delta: BetaRawContentBlockDelta }
  | { type: 'content_block_stop'; index: number }

export type BetaRawContentBlockDelta =
  | { type: 'text_delta'; text: string }
  | { type: 'thinking_delta'; thinking: string }
  | { type: 'signature_delta'; signature: string }
  | { type: 'input_json_delta'; partial_json: string }
  | { type: 'citations_delta'; citation: unknown }

/** A message to the API. */
export interface MessageParam {
  role: 'user' | 'assistant'
  content: string | ContentBlockParam[]
}

export type CacheControl = { type: 'ephemeral'; ttl?: '5m' | '1h' }
type ImageSource =
  | { type: 'base64'; media_type: 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp'; data: string }
  | { type: 'url'; url: string }
  | { type: 'file'; file_id: string }
type DocumentSource =
  | { type: 'base64'; media_type: 'application/pdf'; data: string }
  | { type: 'text'; media_type: 'text/plain'; data: string }
  | { type: 'url'; url: string }
  | { type: 'file'; file_id: string }
  | { type: 'content'; content: string | unknown[] }
export type TextBlockParam = {
  type: 'text'
  text: string
  citations?: unknown[] | null
  cache_control?: CacheControl | null
}
export type ImageBlockParam = { type: 'image'; source: ImageSource; cache_control?: CacheControl | null }
export type DocumentBlockParam = {
  type: 'document'
  source: DocumentSource
  title?: string | null
  context?: string | null
  citations?: { enabled?: boolean } | null
  cache_control?: CacheControl | null
}
export type ToolResultBlockParam = {
  type: 'tool_result'
  tool_use_id: string
  content?: string | Array<TextBlockParam | ImageBlockParam | DocumentBlockParam | { type: 'tool_reference'; tool_name: string }>
  is_error?: boolean
  cache_control?: CacheControl | null
}
export type ContentBlockParam =
  | TextBlockParam
  | ImageBlockParam
  | DocumentBlockParam
  | ToolResultBlockParam
  | { type: 'tool_use'; id: string; name: string; input: unknown; cache_control?: CacheControl | null }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'search_result'; source: string; title: string; content: TextBlockParam[]; cache_control?: CacheControl | null }
  | { type: 'server_tool_use'; id: string; name: string; input: unknown; cache_control?: CacheControl | null }
  | { type: 'web_search_tool_result'; tool_use_id: string; content: unknown; cache_control?: CacheControl | null }
  | { type: 'web_fetch_tool_result'; tool_use_id: string; content: unknown; cache_control?: CacheControl | null }
  | { type: 'container_upload'; file_id: string; cache_control?: CacheControl | null }

// Keeps what is not exported above out of the module.
export {}
