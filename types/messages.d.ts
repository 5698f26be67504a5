//! Messages: everything that a query may yield.

import type { BetaMessage, BetaRawMessageStreamEvent, MessageParam, ModelUsage, NonNullableUsage } from './api.js'
import type { EffortLevel } from './options.js'
import type { PermissionMode } from './permissions.js'
import type { SlashCommand } from './query.js'
import type { SessionKey } from './sessions.js'

export type UUID = `${string}-${string}-${string}-${string}-${string}`
export type ApiKeySource =
  | 'user'
  | 'project'
  | 'org'
  | 'temporary'
  | 'oauth'
  | 'ANTHROPIC_API_KEY'
  | 'ANTHROPIC_AUTH_TOKEN'
  | 'apiKeyHelper'
  | 'none'

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
  | SDKLocalCommandOutputMessage
  | SDKHookStartedMessage
  | SDKHookProgressMessage
  | SDKHookResponseMessage
  | SDKToolProgressMessage
  | SDKAuthStatusMessage
  | SDKTaskNotificationMessage
  | SDKTaskStartedMessage
  | SDKTaskUpdatedMessage
  | SDKTaskProgressMessage
  | SDKBackgroundTasksChangedMessage
  | SDKThinkingTokensMessage
  | SDKSessionStateChangedMessage
  | SDKCommandsChangedMessage
  | SDKNotificationMessage
  | SDKFilesPersistedEvent
  | SDKToolUseSummaryMessage
  | SDKRateLimitEvent
  | SDKElicitationCompleteMessage
  | SDKPermissionDeniedMessage
  | SDKPromptSuggestionMessage
  | SDKMirrorErrorMessage
  | SDKInformationalMessage
  | SDKModelRefusalFallbackMessage
  | SDKModelRefusalNoFallbackMessage
  | SDKPluginInstallMessage
  | SDKMemoryRecallMessage
  | SDKConversationResetMessage
  | SDKSessionWritesLostMessage

type Stamp = { uuid: UUID; session_id: string }

/** One finished content block of a reply. Blocks of one reply share `message.id`: count its usage once (row 478). */
export type SDKAssistantMessage = Stamp & {
  type: 'assistant'
  message: BetaMessage
  parent_tool_use_id: string | null
  /** Set when the text tells of an API failure (row 16). */
  error?: SDKAssistantMessageError
  request_id?: string
  /** The reply was cut off by an interrupt. */
  aborted?: true
  timestamp?: string
  user_message_uuid?: string
  supersedes?: UUID[]
  agent_id?: string
  subagent_type?: string
  task_description?: string
}

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

/** A tool result, or a synthetic message; also what a streaming prompt yields (all but `message` may be left out). */
export type SDKUserMessage = {
  type: 'user'
  message: MessageParam
  parent_tool_use_id?: string | null
  uuid?: UUID
  session_id?: string
  isSynthetic?: boolean
  /** The tool's output object; a text that begins with `Error: ` when the call failed. */
  tool_use_result?: unknown
  priority?: 'now' | 'next' | 'later'
  shouldQuery?: boolean
  timestamp?: string
  client_composed?: true
  agent_id?: string
  subagent_type?: string
  task_description?: string
}

export type SDKUserMessageReplay = Stamp & {
  type: 'user'
  message: MessageParam
  parent_tool_use_id: string | null
  isSynthetic?: boolean
  tool_use_result?: unknown
  isReplay: true
  priority?: 'now' | 'next' | 'later'
  shouldQuery?: boolean
  timestamp?: string
}

/** Why a turn ended (row 10). */
export type TerminalReason =
  | 'completed'
  | 'max_turns'
  | 'budget_exhausted'
  | 'aborted_streaming'
  | 'aborted_tools'
  | 'api_error'
  | 'prompt_too_long'
  | 'image_error'
  | 'hook_stopped'
  | 'stop_hook_prevented'
  | 'blocking_limit'
  | 'rapid_refill_breaker'
  | 'tool_deferred'
  | 'internal_error'
  | (string & {})

type ResultBase = Stamp & {
  type: 'result'
  duration_ms: number
  duration_api_ms: number
  is_error: boolean
  /** 1 + rounds of tool calls. */
  num_turns: number
  stop_reason: string | null
  /** Running total of the `query()` call. */
  total_cost_usd: number
  usage: NonNullableUsage
  modelUsage: Record<string, ModelUsage>
  permission_denials: SDKPermissionDenial[]
  terminal_reason?: TerminalReason
  result_index?: number
  queued_turn_count?: number
  ttft_ms?: number
  user_message_uuid?: string
}

/** May have `is_error: true`: the turn ended on an API failure, and `result` is its text (row 8). */
export type SDKResultSuccess = ResultBase & {
  subtype: 'success'
  result: string
  structured_output?: unknown
  /** HTTP status of the failure; `null` when there was no answer. */
  api_error_status?: number | null
  deferred_tool_use?: SDKDeferredToolUse
  local_command?: string
}

export type SDKResultError = ResultBase & {
  subtype:
    | 'error_max_turns'
    | 'error_during_execution'
    | 'error_max_budget_usd'
    | 'error_max_structured_output_retries'
  errors: string[]
  startup_failure_reason?: string
}

/** The end of a turn: exactly one a turn (row 9). */
export type SDKResultMessage = SDKResultSuccess | SDKResultError
export type SDKDeferredToolUse = { id: string; name: string; input: Record<string, unknown> }
export type SDKPermissionDenial = { tool_name: string; tool_use_id: string; tool_input: Record<string, unknown> }

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
  slash_commands: string[]
  output_style: string
  skills: string[]
  plugins: { name: string; path: string; version?: string }[]
  terminal_slash_commands?: string[]
  plugin_errors?: { plugin: string; type: string; message: string; path?: string }[]
  effort?: EffortLevel | null
  capabilities?: string[]
}

/** A raw event of the API; with `includePartialMessages` (row 33). */
export type SDKPartialAssistantMessage = Stamp & {
  type: 'stream_event'
  event: BetaRawMessageStreamEvent
  parent_tool_use_id: string | null
  /** On `message_start`: milliseconds from the request to this event. */
  ttft_ms?: number
  user_message_uuid?: string
}

export type SDKCompactBoundaryMessage = Stamp & {
  type: 'system'
  subtype: 'compact_boundary'
  compact_metadata: { trigger: 'manual' | 'auto'; pre_tokens: number; post_tokens?: number; duration_ms?: number }
}

export type SDKStatus = 'compacting' | 'requesting' | null
export type SDKStatusMessage = Stamp & {
  type: 'system'
  subtype: 'status'
  status: SDKStatus
  /** The new mode, when it changed. */
  permissionMode?: PermissionMode
  compact_result?: 'success' | 'failed'
  compact_error?: string
}

/** A failed request is about to be sent again (row 517). */
export type SDKAPIRetryMessage = Stamp & {
  type: 'system'
  subtype: 'api_retry'
  attempt: number
  max_retries: number
  retry_delay_ms: number
  error_status: number | null
  error: SDKAssistantMessageError
}

/** A call was refused without asking the host (row 84). */
export type SDKPermissionDeniedMessage = Stamp & {
  type: 'system'
  subtype: 'permission_denied'
  tool_name: string
  tool_use_id: string
  agent_id?: string
  decision_reason_type?: string
  decision_reason?: string
  message: string
}

/** A text for people; the model does not see it. */
export type SDKInformationalMessage = Stamp & {
  type: 'system'
  subtype: 'informational'
  content: string
  level: 'info' | 'notice' | 'suggestion' | 'warning'
  tool_use_id?: string
  prevent_continuation?: boolean
  tag?: string
}

type HookMessage = Stamp & { type: 'system'; hook_id: string; hook_name: string; hook_event: string }
export type SDKHookStartedMessage = HookMessage & { subtype: 'hook_started' }
export type SDKHookProgressMessage = HookMessage & {
  subtype: 'hook_progress'
  stdout: string
  stderr: string
  output: string
}
export type SDKHookResponseMessage = HookMessage & {
  subtype: 'hook_response'
  output: string
  stdout: string
  stderr: string
  exit_code?: number
  outcome: 'success' | 'error' | 'cancelled'
}

export type SDKToolProgressMessage = Stamp & {
  type: 'tool_progress'
  tool_use_id: string
  tool_name: string
  parent_tool_use_id: string | null
  elapsed_time_seconds: number
  task_id?: string
  heartbeat?: boolean
  subagent_type?: string
}
export type SDKAuthStatusMessage = Stamp & {
  type: 'auth_status'
  isAuthenticating: boolean
  output: string[]
  error?: string
}

type TaskUsage = { total_tokens: number; tool_uses: number; duration_ms: number }
export type SDKTaskNotificationMessage = Stamp & {
  type: 'system'
  subtype: 'task_notification'
  task_id: string
  tool_use_id?: string
  status: 'completed' | 'failed' | 'stopped'
  output_file: string
  summary: string
  usage?: TaskUsage
}
export type SDKTaskStartedMessage = Stamp & {
  type: 'system'
  subtype: 'task_started'
  task_id: string
  tool_use_id?: string
  description: string
  task_type?: string
  subagent_type?: string
  is_backgrounded?: boolean
  prompt?: string
}
export type SDKTaskUpdatedMessage = Stamp & {
  type: 'system'
  subtype: 'task_updated'
  task_id: string
  patch: {
    status?: 'pending' | 'running' | 'completed' | 'failed' | 'killed' | 'paused'
    description?: string
    end_time?: number
    total_paused_ms?: number
    error?: string
    is_backgrounded?: boolean
  }
}
export type SDKTaskProgressMessage = Stamp & {
  type: 'system'
  subtype: 'task_progress'
  task_id: string
  tool_use_id?: string
  description: string
  usage: TaskUsage
  last_tool_name?: string
  subagent_type?: string
  summary?: string
}
export type SDKBackgroundTasksChangedMessage = Stamp & {
  type: 'system'
  subtype: 'background_tasks_changed'
  tasks: { task_id: string; task_type: string; subagent_type?: string; description: string; parent_task_id?: string }[]
}
export type SDKThinkingTokensMessage = Stamp & {
  type: 'system'
  subtype: 'thinking_tokens'
  estimated_tokens: number
  estimated_tokens_delta: number
}
export type SDKSessionStateChangedMessage = Stamp & {
  type: 'system'
  subtype: 'session_state_changed'
  state: 'idle' | 'running' | 'requires_action'
}
export type SDKCommandsChangedMessage = Stamp & {
  type: 'system'
  subtype: 'commands_changed'
  commands: SlashCommand[]
}
export type SDKNotificationMessage = Stamp & {
  type: 'system'
  subtype: 'notification'
  key: string
  text: string
  priority: 'low' | 'medium' | 'high' | 'immediate'
}
export type SDKFilesPersistedEvent = Stamp & {
  type: 'system'
  subtype: 'files_persisted'
  files: { filename: string; file_id: string }[]
  failed: { filename: string; error: string }[]
  processed_at: string
}
export type SDKToolUseSummaryMessage = Stamp & {
  type: 'tool_use_summary'
  summary: string
  preceding_tool_use_ids: string[]
}
export type SDKRateLimitInfo = {
  status: 'allowed' | 'allowed_warning' | 'rejected'
  resetsAt?: number
  rateLimitType?: string
  utilization?: number
}
export type SDKRateLimitEvent = Stamp & { type: 'rate_limit_event'; rate_limit_info: SDKRateLimitInfo }
export type SDKLocalCommandOutputMessage = Stamp & {
  type: 'system'
  subtype: 'local_command_output'
  content: string
}
export type SDKElicitationCompleteMessage = Stamp & {
  type: 'system'
  subtype: 'elicitation_complete'
  mcp_server_name: string
  elicitation_id: string
}
export type SDKPromptSuggestionMessage = Stamp & { type: 'prompt_suggestion'; suggestion: string }
export type SDKMirrorErrorMessage = Stamp & {
  type: 'system'
  subtype: 'mirror_error'
  error: string
  key: SessionKey
}
export type SDKConversationResetMessage = Stamp & {
  type: 'conversation_reset'
  new_conversation_id: UUID
  trigger?: 'clear' | 'plan_mode_exit' | 'fresh_session' | 'onboarding'
}
export type SDKModelRefusalFallbackMessage = Stamp & {
  type: 'system'
  subtype: 'model_refusal_fallback'
  trigger: 'refusal'
  direction: 'retry' | 'revert' | 'sticky'
  scope?: 'session' | 'local'
  original_model: string
  fallback_model: string
  request_id: string | null
  api_refusal_category?: string | null
  api_refusal_explanation?: string | null
  retracted_message_uuids?: string[]
  refused_user_message_uuid?: string | null
  content: string
}
export type SDKModelRefusalNoFallbackMessage = Stamp & {
  type: 'system'
  subtype: 'model_refusal_no_fallback'
  original_model: string
  request_id: string | null
  api_refusal_category?: string | null
  api_refusal_explanation?: string | null
  refused_user_message_uuid?: string | null
  content: string
}
export type SDKPluginInstallMessage = Stamp & {
  type: 'system'
  subtype: 'plugin_install'
  status: 'started' | 'installed' | 'failed' | 'completed'
  name?: string
  error?: string
}
export type SDKMemoryRecallMessage = Stamp & {
  type: 'system'
  subtype: 'memory_recall'
  mode: 'select' | 'synthesize'
  memories: { path: string; scope: 'personal' | 'team' | 'organization'; content?: string }[]
}
export type SDKSessionWritesLostMessage = Stamp & {
  type: 'system'
  subtype: 'session_writes_lost'
  error_code: 'ENOSPC' | 'EDQUOT'
  lost: ('transcript' | 'global_config')[]
  transcript_session_ids?: string[]
}

// Keeps what is not exported above out of the module.
export {}
