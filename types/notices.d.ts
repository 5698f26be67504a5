//! Messages about the run: states, hooks, tasks, notices.

import type { SDKAssistantMessageError, UUID } from './messages.js'
import type { PermissionMode } from './permissions.js'
import type { SlashCommand } from './control.js'
import type { SessionKey } from './session-store.js'

type Stamp = { uuid: UUID; session_id: string }

// ---------------------------------------------------------------------------------------------- requests and states

/** `requesting`: a request was sent; `null`: neither. */
export type SDKStatus = 'compacting' | 'requesting' | null
/** What the run is doing, or a new permission mode. */
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
  /** Counted from 1. */
  attempt: number
  max_retries: number
  retry_delay_ms: number
  /** HTTP status; `null` when there was no answer. */
  error_status: number | null
  error: SDKAssistantMessageError
  no_response?: { waited_ms: number; retry_wait_ms: number }
}

/** With `CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS` in the environment. */
export type SDKSessionStateChangedMessage = Stamp & {
  type: 'system'
  subtype: 'session_state_changed'
  state: 'idle' | 'running' | 'requires_action'
}

/** What the thinking of a running reply has cost so far, estimated. */
export type SDKThinkingTokensMessage = Stamp & {
  type: 'system'
  subtype: 'thinking_tokens'
  estimated_tokens: number
  estimated_tokens_delta: number
  user_message_uuid?: string
}

/** Of a rate limit. `resetsAt`: seconds since 1970; `utilization`: 0 to 1 (row 583). */
export type SDKRateLimitInfo = {
  status: 'allowed' | 'allowed_warning' | 'rejected'
  resetsAt?: number
  rateLimitType?:
    | 'five_hour'
    | 'seven_day'
    | 'seven_day_opus'
    | 'seven_day_sonnet'
    | 'seven_day_overage_included'
    | 'overage'
    | (string & {})
  utilization?: number
  overageStatus?: 'allowed' | 'allowed_warning' | 'rejected'
  overageResetsAt?: number
  overageDisabledReason?:
    | 'overage_not_provisioned'
    | 'org_level_disabled'
    | 'org_level_disabled_until'
    | 'out_of_credits'
    | 'seat_tier_level_disabled'
    | 'member_level_disabled'
    | 'seat_tier_zero_credit_limit'
    | 'group_zero_credit_limit'
    | 'member_zero_credit_limit'
    | 'org_service_level_disabled'
    | 'no_limits_configured'
    | 'fetch_error'
    | 'unknown'
  isUsingOverage?: boolean
  overageInUse?: boolean
  overageEnabled?: boolean
  surpassedThreshold?: number
  limitScope?: 'service' | 'channel' | 'group_pool'
  errorCode?: 'credits_required'
  canUserPurchaseCredits?: boolean
  hasChargeableSavedPaymentMethod?: boolean
}
/** How far a rate limit is used up, when that changes. */
export type SDKRateLimitEvent = Stamp & { type: 'rate_limit_event'; rate_limit_info: SDKRateLimitInfo }

/** How the credential is being got. */
export type SDKAuthStatusMessage = Stamp & {
  type: 'auth_status'
  isAuthenticating: boolean
  output: string[]
  error?: string
}

/** The model refused; another one was asked. */
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

/** The model refused, and there is no other one. */
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

// ------------------------------------------------------------------------------------------------------- the context

/** The history before this message was replaced by a summary. */
export type SDKCompactBoundaryMessage = Stamp & {
  type: 'system'
  subtype: 'compact_boundary'
  compact_metadata: {
    trigger: 'manual' | 'auto'
    /** Tokens before and after. */
    pre_tokens: number
    post_tokens?: number
    duration_ms?: number
    preserved_segment?: { head_uuid: UUID; anchor_uuid: UUID; tail_uuid: UUID }
    preserved_messages?: { anchor_uuid: UUID; uuids: UUID[] }
  }
}

/** The context was cleared: a new session begins; cost and budget restart. */
export type SDKConversationResetMessage = Stamp & {
  type: 'conversation_reset'
  new_conversation_id: UUID
  trigger?: 'clear' | 'plan_mode_exit' | 'fresh_session' | 'onboarding'
  user_message_uuid?: string
  timestamp?: string
}

/** Memories were put into the context. */
export type SDKMemoryRecallMessage = Stamp & {
  type: 'system'
  subtype: 'memory_recall'
  mode: 'select' | 'synthesize'
  memories: { path: string; scope: 'personal' | 'team' | 'organization'; content?: string }[]
}

/** What the calls before it did, in a few words. */
export type SDKToolUseSummaryMessage = Stamp & {
  type: 'tool_use_summary'
  summary: string
  preceding_tool_use_ids: string[]
}

/** With `promptSuggestions`: what the user may say next. */
export type SDKPromptSuggestionMessage = Stamp & { type: 'prompt_suggestion'; suggestion: string }

// ---------------------------------------------------------------------------------------------------- hooks, permissions

type HookMessage = Stamp & { type: 'system'; hook_id: string; hook_name: string; hook_event: string }

/** A hook began; always for SessionStart and Setup, for others with `includeHookEvents`. */
export type SDKHookStartedMessage = HookMessage & { subtype: 'hook_started' }
/** What a hook has written so far. */
export type SDKHookProgressMessage = HookMessage & {
  subtype: 'hook_progress'
  stdout: string
  stderr: string
  output: string
}
/** A hook ended. */
export type SDKHookResponseMessage = HookMessage & {
  subtype: 'hook_response'
  output: string
  stdout: string
  stderr: string
  exit_code?: number
  outcome: 'success' | 'error' | 'cancelled'
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

// ------------------------------------------------------------------------------------------------------ calls and tasks

/** A call is still running. */
export type SDKToolProgressMessage = Stamp & {
  type: 'tool_progress'
  tool_use_id: string
  tool_name: string
  parent_tool_use_id: string | null
  elapsed_time_seconds: number
  task_id?: string
  heartbeat?: boolean
  subagent_type?: string
  subagent_retry?: {
    agent_id: string
    attempt: number
    max_retries: number
    retry_delay_ms: number
    error_status: number | null
    error_category: string
  }
}

type TaskUsage = { total_tokens: number; tool_uses: number; duration_ms: number }

/** A subagent or a background command began. */
export type SDKTaskStartedMessage = Stamp & {
  type: 'system'
  subtype: 'task_started'
  task_id: string
  run_id?: string
  tool_use_id?: string
  description: string
  /** `local_bash`, `local_agent`, ... */
  task_type?: string
  subagent_type?: string
  is_backgrounded?: boolean
  spawn_depth?: number
  parent_task_id?: string
  workflow_name?: string
  prompt?: string
  skip_transcript?: boolean
  ambient?: boolean
}

/** Fields of a task that changed. */
export type SDKTaskUpdatedMessage = Stamp & {
  type: 'system'
  subtype: 'task_updated'
  task_id: string
  run_id?: string
  patch: {
    status?: 'pending' | 'running' | 'completed' | 'failed' | 'killed' | 'paused'
    description?: string
    /** Milliseconds since 1970. */
    end_time?: number
    total_paused_ms?: number
    error?: string
    is_backgrounded?: boolean
  }
}

/** What a task has done so far. */
export type SDKTaskProgressMessage = Stamp & {
  type: 'system'
  subtype: 'task_progress'
  task_id: string
  run_id?: string
  tool_use_id?: string
  description: string
  usage: TaskUsage
  last_tool_name?: string
  subagent_type?: string
  /** With `agentProgressSummaries`. */
  summary?: string
}

/** A background task ended. */
export type SDKTaskNotificationMessage = Stamp & {
  type: 'system'
  subtype: 'task_notification'
  task_id: string
  run_id?: string
  tool_use_id?: string
  status: 'completed' | 'failed' | 'stopped'
  reason?: 'worker_restart'
  /** File that holds everything it wrote. */
  output_file: string
  summary: string
  usage?: TaskUsage
  resource_links?: SDKMcpResourceLink[]
  skip_transcript?: boolean
  ambient?: boolean
}
/** A resource of an MCP server. */
export type SDKMcpResourceLink = {
  uri: string
  name: string
  title?: string
  description?: string
  mimeType?: string
  size?: number
  annotations?: Record<string, unknown>
}

/** All background tasks there are now. */
export type SDKBackgroundTasksChangedMessage = Stamp & {
  type: 'system'
  subtype: 'background_tasks_changed'
  tasks: {
    task_id: string
    run_id?: string
    task_type: string
    subagent_type?: string
    description: string
    parent_task_id?: string
    ambient?: boolean
  }[]
}

// -------------------------------------------------------------------------------------------------------- for people

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

/** A notice with a key; a later one with the same key replaces it. */
export type SDKNotificationMessage = Stamp & {
  type: 'system'
  subtype: 'notification'
  key: string
  text: string
  priority: 'low' | 'medium' | 'high' | 'immediate'
  color?: string
  timeout_ms?: number
}

/** What a slash command answered without the model. */
export type SDKLocalCommandOutputMessage = Stamp & {
  type: 'system'
  subtype: 'local_command_output'
  content: string
}

/** The slash commands there are now. */
export type SDKCommandsChangedMessage = Stamp & {
  type: 'system'
  subtype: 'commands_changed'
  commands: SlashCommand[]
}

/** A plugin is being installed. */
export type SDKPluginInstallMessage = Stamp & {
  type: 'system'
  subtype: 'plugin_install'
  status: 'started' | 'installed' | 'failed' | 'completed'
  name?: string
  error?: string
}

/** The person has answered an MCP server at its URL. */
export type SDKElicitationCompleteMessage = Stamp & {
  type: 'system'
  subtype: 'elicitation_complete'
  mcp_server_name: string
  elicitation_id: string
}

/** Of hosts that run an engine elsewhere; this engine does not send it. */
export type SDKWorkerShuttingDownMessage = Stamp & {
  type: 'system'
  subtype: 'worker_shutting_down'
  reason: string
}

// -------------------------------------------------------------------------------------------------------- what is kept

/** File checkpoints were written. */
export type SDKFilesPersistedEvent = Stamp & {
  type: 'system'
  subtype: 'files_persisted'
  files: { filename: string; file_id: string }[]
  failed: { filename: string; error: string }[]
  /** ISO 8601. */
  processed_at: string
}

/** `append` of the session store failed for good. */
export type SDKMirrorErrorMessage = Stamp & {
  type: 'system'
  subtype: 'mirror_error'
  error: string
  key: SessionKey
}

/** The disk is full: what follows is not in the transcript. */
export type SDKSessionWritesLostMessage = Stamp & {
  type: 'system'
  subtype: 'session_writes_lost'
  error_code: 'ENOSPC' | 'EDQUOT'
  lost: ('transcript' | 'global_config')[]
  transcript_session_ids?: string[]
}

// Keeps what is not exported above out of the module.
export {}
