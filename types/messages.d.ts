//! Messages of a conversation: replies, prompts, results, the start of a turn. The others are in notices.d.ts.

import type {
  BetaMessage,
  BetaRawMessageStreamEvent,
  MessageParam,
  ModelUsage,
  NonNullableUsage,
} from './api.js'
import type {
  SDKAPIRetryMessage,
  SDKAuthStatusMessage,
  SDKBackgroundTasksChangedMessage,
  SDKCommandsChangedMessage,
  SDKCompactBoundaryMessage,
  SDKConversationResetMessage,
  SDKElicitationCompleteMessage,
  SDKFilesPersistedEvent,
  SDKHookProgressMessage,
  SDKHookResponseMessage,
  SDKHookStartedMessage,
  SDKInformationalMessage,
  SDKLocalCommandOutputMessage,
  SDKMemoryRecallMessage,
  SDKMirrorErrorMessage,
  SDKModelRefusalFallbackMessage,
  SDKModelRefusalNoFallbackMessage,
  SDKNotificationMessage,
  SDKPermissionDeniedMessage,
  SDKPluginInstallMessage,
  SDKPromptSuggestionMessage,
  SDKRateLimitEvent,
  SDKSessionStateChangedMessage,
  SDKSessionWritesLostMessage,
  SDKStatusMessage,
  SDKTaskNotificationMessage,
  SDKTaskProgressMessage,
  SDKTaskStartedMessage,
  SDKTaskUpdatedMessage,
  SDKThinkingTokensMessage,
  SDKToolProgressMessage,
  SDKToolUseSummaryMessage,
  SDKWorkerShuttingDownMessage,
} from './notices.js'
import type { EffortLevel } from './options.js'
import type { PermissionMode } from './permissions.js'

/** A UUID in its usual form. */
export type UUID = `${string}-${string}-${string}-${string}-${string}`

/** What every message carries. */
type Stamp = { uuid: UUID; session_id: string }

/** Everything that a query may yield. */
export type SDKMessage =
  | SDKAssistantMessage
  | SDKUserMessage
  | SDKUserMessageReplay
  | SDKResultMessage
  | SDKSystemMessage
  | SDKPartialAssistantMessage
  | SDKCompactBoundaryMessage
  | SDKStatusMessage
  | SDKAPIRetryMessage
  | SDKModelRefusalFallbackMessage
  | SDKModelRefusalNoFallbackMessage
  | SDKLocalCommandOutputMessage
  | SDKHookStartedMessage
  | SDKHookProgressMessage
  | SDKHookResponseMessage
  | SDKPluginInstallMessage
  | SDKToolProgressMessage
  | SDKAuthStatusMessage
  | SDKTaskNotificationMessage
  | SDKTaskStartedMessage
  | SDKTaskUpdatedMessage
  | SDKTaskProgressMessage
  | SDKBackgroundTasksChangedMessage
  | SDKThinkingTokensMessage
  | SDKSessionStateChangedMessage
  | SDKWorkerShuttingDownMessage
  | SDKCommandsChangedMessage
  | SDKNotificationMessage
  | SDKFilesPersistedEvent
  | SDKToolUseSummaryMessage
  | SDKMemoryRecallMessage
  | SDKRateLimitEvent
  | SDKElicitationCompleteMessage
  | SDKPermissionDeniedMessage
  | SDKPromptSuggestionMessage
  | SDKMirrorErrorMessage
  | SDKInformationalMessage
  | SDKConversationResetMessage
  | SDKSessionWritesLostMessage

// --------------------------------------------------------------------------------------------- replies and prompts

/** One finished content block of a reply. Blocks of one reply share `message.id`: count its usage once (row 478). */
export type SDKAssistantMessage = Stamp & {
  type: 'assistant'
  message: BetaMessage
  /** The call of the tool Agent whose subagent speaks; `null` on the main thread. */
  parent_tool_use_id: string | null
  /** Set when the text tells of an API failure (row 16). */
  error?: SDKAssistantMessageError
  request_id?: string
  /** The prompt that is answered. */
  user_message_uuid?: string
  user_message_uuids?: string[]
  resume_reason?: string
  resumed_from_incomplete_thinking?: true
  /** Earlier messages that this one replaces, after a change of the model. */
  supersedes?: UUID[]
  /** The reply was cut off by an interrupt. */
  aborted?: true
  agent_id?: string
  subagent_type?: string
  task_description?: string
  /** ISO 8601. */
  timestamp?: string
  context_usage?: SDKContextUsage
}

/** Kinds of API failures. */
export type SDKAssistantMessageError =
  | 'authentication_failed'
  | 'oauth_org_not_allowed'
  | 'account_on_hold'
  | 'verification_required'
  | 'billing_error'
  | 'rate_limit'
  | 'overloaded'
  | 'invalid_request'
  | 'model_not_found'
  | 'server_error'
  | 'unknown'
  | 'max_output_tokens'
  | 'cloud_credential_error'

/** How full the model's context is. */
export type SDKContextUsage = {
  model: string
  total_tokens: number
  raw_max_tokens: number
  percentage: number
  over_limit?: { tokens_over: number; kind: 'hard_limit' | 'compaction_window' }
  categories: SDKContextUsageCategory[]
  mcp_tools: { name: string; server_name: string; tokens: number }[]
  memory_files: { path: string; type: string; tokens: number }[]
  agents: { agent_type: string; source: string; tokens: number }[]
  skills?: { name: string; source: string; plugin_name?: string; tokens: number }[]
}
/** A part of the context. */
export type SDKContextUsageCategory = {
  name: string
  tokens: number
  kind: 'used' | 'free' | 'buffer' | 'deferred'
}

/** A tool result, or a synthetic message; also what a streaming prompt yields: see {@link SDKUserMessageInput}. */
export type SDKUserMessage = {
  type: 'user'
  message: MessageParam
  parent_tool_use_id: string | null
  /** Always set on a message that a query yields. */
  uuid?: UUID
  /** Always set on a message that a query yields; in a prompt it has no effect. */
  session_id?: string
  /** Put in by the engine. */
  isSynthetic?: boolean
  /** The tool's output object, one of `ToolOutputSchemas`; a text that begins with `Error: ` when the call failed. */
  tool_use_result?: unknown
  /** Of a prompt while a turn runs: `now` interrupts it, `next` (default) joins its next request, `later` waits for its end. */
  priority?: 'now' | 'next' | 'later'
  origin?: SDKMessageOrigin
  /** False: the message is added without starting a turn. Default true. */
  shouldQuery?: boolean
  /** ISO 8601. */
  timestamp?: string
  /** Of a prompt: it is taken as it is, without slash commands and `@` mentions. */
  client_composed?: true
  pasted_content?: MessageParam['content'][]
  inline_pastes?: string[]
  agent_id?: string
  subagent_type?: string
  task_description?: string
}

/**
 * What a streaming prompt may yield: an {@link SDKUserMessage}, of which only `type` and `message` must be there. The types are
 * wide, so that generators without annotations fit; the engine checks each message and names what is wrong with it.
 */
export type SDKUserMessageInput =
  | SDKUserMessage
  | {
      type: string
      message: { role: string; content: string | object[] }
      parent_tool_use_id?: string | null
      uuid?: string
      session_id?: string
      isSynthetic?: boolean
      priority?: 'now' | 'next' | 'later'
      shouldQuery?: boolean
      timestamp?: string
      origin?: SDKMessageOrigin
      client_composed?: boolean
    }

/** The echo of a prompt; with `extraArgs: { 'replay-user-messages': null }` and on resume. `uuid` is the prompt's own. */
export type SDKUserMessageReplay = Stamp & {
  type: 'user'
  message: MessageParam
  parent_tool_use_id: string | null
  isSynthetic?: boolean
  tool_use_result?: unknown
  isReplay: true
  priority?: 'now' | 'next' | 'later'
  origin?: SDKMessageOrigin
  shouldQuery?: boolean
  timestamp?: string
  client_composed?: true
  file_attachments?: unknown[]
}

/** Who produced a user message, or caused a result. */
export type SDKMessageOrigin =
  | { kind: 'human' }
  | { kind: 'channel'; server: string }
  | {
      kind: 'peer'
      from: string
      fromMode?: 'bypass' | 'prompting'
      name?: string
      fromSession?: string
      senderTaskId?: string
      body?: string
      verifiedPeerPid?: number
    }
  | {
      kind: 'task-notification'
      subkind?: 'scheduled-trigger' | 'peer-send-message' | 'projects-relay' | 'session-inbox'
      fireReason?: string
      runId?: string
    }
  | { kind: 'coordinator' }
  | { kind: 'unclassified' }
  | { kind: 'observer'; from: string; senderTaskId: string }
  | { kind: 'auto-continuation' }
  | { kind: 'observer-activity' }

/** A raw event of the API; with `includePartialMessages` (row 33). */
export type SDKPartialAssistantMessage = Stamp & {
  type: 'stream_event'
  event: BetaRawMessageStreamEvent
  parent_tool_use_id: string | null
  /** On `message_start`: milliseconds from the request to this event. */
  ttft_ms?: number
  user_message_uuid?: string
  user_message_uuids?: string[]
  resume_reason?: string
}

// --------------------------------------------------------------------------------------------------------- results

/** Why a turn ended (row 10). Not set when a local slash command answered. */
export type TerminalReason =
  | 'completed'
  | 'max_turns'
  | 'budget_exhausted'
  | 'structured_output_retry_exhausted'
  | 'aborted_streaming'
  | 'aborted_tools'
  | 'api_error'
  | 'model_error'
  | 'malformed_tool_use_exhausted'
  | 'prompt_too_long'
  | 'image_error'
  | 'hook_stopped'
  | 'stop_hook_prevented'
  | 'blocking_limit'
  | 'rapid_refill_breaker'
  | 'background_requested'
  | 'tool_deferred'
  | 'tool_deferred_unavailable'
  | 'turn_setup_failed'
  | 'internal_error'
  | (string & {})

type ResultBase = Stamp & {
  type: 'result'
  /** Milliseconds of the turn. */
  duration_ms: number
  /** Milliseconds of it spent in requests. */
  duration_api_ms: number
  is_error: boolean
  /** 1 + rounds of tool calls; 0 for a local command. */
  num_turns: number
  stop_reason: string | null
  /** US dollars: running total of the `query()` call. */
  total_cost_usd: number
  usage: NonNullableUsage
  /** By model id: running totals of the `query()` call. */
  modelUsage: Record<string, ModelUsage>
  permission_denials: SDKPermissionDenial[]
  terminal_reason?: TerminalReason
  /** Counts the results of the `query()` call. */
  result_index?: number
  queued_turn_count?: number
  /** Milliseconds from the request to the first token. */
  ttft_ms?: number
  user_message_uuid?: string
  user_message_uuids?: string[]
  resume_reason?: string
  origin?: SDKMessageOrigin
  credential_expires_at?: string
  /** Not sent: fast mode belongs to the vendor's own product. */
  fast_mode_state?: FastModeState
  /** Not sent. */
  fast_mode_disabled_reason?: FastModeDisabledReason
}

/** May have `is_error: true`: the turn ended on an API failure, and `result` is its text (row 8). */
export type SDKResultSuccess = ResultBase & {
  subtype: 'success'
  result: string
  /** With `outputFormat`: the value, checked against the schema. */
  structured_output?: unknown
  /** HTTP status of the failure; `null` when there was no answer. */
  api_error_status?: number | null
  ttft_stream_ms?: number
  /** A hook put this call off with `defer`. */
  deferred_tool_use?: SDKDeferredToolUse
  /** The slash command that answered without the model. */
  local_command?: string
}

/** `errors` stands in for `result`. */
export type SDKResultError = ResultBase & {
  subtype:
    | 'error_max_turns'
    | 'error_during_execution'
    | 'error_max_budget_usd'
    | 'error_max_structured_output_retries'
  errors: string[]
  startup_failure_reason?: SDKStartupFailureReason
  invalid_config_file?: { path: string; is_global: boolean; backup_searched: boolean; backup_path?: string }
}

/** The end of a turn: exactly one a turn (row 9). */
export type SDKResultMessage = SDKResultSuccess | SDKResultError

/** A call that a hook put off; it runs when the session is resumed. */
export type SDKDeferredToolUse = { id: string; name: string; input: Record<string, unknown> }
/** A call that was refused. Older name `Task` for `Agent`. */
export type SDKPermissionDenial = { tool_name: string; tool_use_id: string; tool_input: Record<string, unknown> }

/** Why a start failed. This engine says the first five; the rest belong to the vendor's own product. */
export type SDKStartupFailureReason =
  | 'sandbox_required_unavailable'
  | 'cwd_unavailable'
  | 'temp_dir_unusable'
  | 'config_file_invalid'
  | 'bypass_root'
  | 'org_pin_api_key_conflict'
  | 'provider_not_allowed'
  | 'org_verify_failed'
  | 'org_pin_mismatch'
  | 'managed_settings_invalid'
  | 'remote_settings_required_unavailable'
  | 'gateway_signin_required'
  | 'gateway_access_denied'
  | 'proxy_invalid'
  | 'shell_tool_missing'
  | 'session_held_by_background'
  | 'worktree_resume_refused'
  | 'worktree_unverified'
  | 'cli_version_too_old'
  | 'org_config_required_unavailable'
  | 'org_config_refused'
  | 'initialize_not_first'
  | 'managed_settings_not_delivered'
  | 'initialize_fields_not_delivered'

/** Of the vendor's own product; not sent. */
export type FastModeState = 'off' | 'cooldown' | 'on'
/** Of the vendor's own product; not sent. */
export type FastModeDisabledReason = string

// ------------------------------------------------------------------------------------------------ the start of a turn

/** Where the credential came from. The first five are the older names. */
export type ApiKeySource =
  | 'user'
  | 'project'
  | 'org'
  | 'temporary'
  | 'oauth'
  | 'ANTHROPIC_API_KEY'
  | 'ANTHROPIC_AUTH_TOKEN'
  | 'apiKeyHelper'
  | '/login managed key'
  | 'none'

/** The start of a turn (rows 12 and 13). */
export type SDKSystemMessage = Stamp & {
  type: 'system'
  subtype: 'init'
  agents?: string[]
  apiKeySource: ApiKeySource
  betas?: string[]
  /** Version of this package. */
  claude_code_version: string
  cwd: string
  tools: string[]
  mcp_servers: { name: string; status: string; source?: string }[]
  model: string
  permissionMode: PermissionMode
  /** Commands that a prompt may start with, without the slash. */
  slash_commands: string[]
  output_style: string
  skills: string[]
  plugins: { name: string; path: string; source?: string; version?: string }[]
  terminal_slash_commands?: string[]
  plugin_errors?: {
    plugin: string
    type: string
    message: string
    path?: string
    managed_lock?: { plugin_enabled: boolean; name: string; marketplace?: string }
  }[]
  effort?: EffortLevel | null
  view_mode?: 'focus' | 'default'
  capabilities?: string[]
  fast_mode_state?: FastModeState
  fast_mode_disabled_reason?: FastModeDisabledReason
}

// Keeps what is not exported above out of the module.
export {}
