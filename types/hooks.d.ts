//! Hooks given in the options: events, what a callback gets, and the callback itself. What it answers is in hook-outputs.d.ts.

import type { HOOK_EVENTS, EXIT_REASONS } from './constants.js'
import type { HookJSONOutput } from './hook-outputs.js'
import type { McpServerProvenance } from './mcp.js'
import type { SDKAssistantMessageError } from './messages.js'
import type { PermissionUpdate } from './permissions.js'

/** The name of an event; `HOOK_EVENTS` lists them at run time. */
export type HookEvent = (typeof HOOK_EVENTS)[number]

/** Why a session ended; `EXIT_REASONS` lists them at run time. */
export type ExitReason = (typeof EXIT_REASONS)[number]

/**
 * Called for each matching event. `toolUseID` is set for the events of a tool call. `signal` aborts when the time is up or
 * the turn is cancelled. Returning `undefined` counts as `{}`.
 *
 * A callback that throws, takes too long or returns another shape, an unknown member say, refuses the call or the prompt on
 * `PreToolUse`, `UserPromptSubmit`, `UserPromptExpansion` and `PermissionRequest`, unless its matcher has
 * `onFailure: 'continue'`; on other events it is reported and changes nothing.
 */
export type HookCallback = (
  input: HookInput,
  toolUseID: string | undefined,
  options: { signal: AbortSignal },
) => Promise<HookJSONOutput>

/** Callbacks for one event. Those that match are started in array order and awaited together. */
export interface HookCallbackMatcher {
  /**
   * Plain names and `a|b` lists are compared exactly, anything else is an unanchored, case-sensitive ECMAScript regular
   * expression; compared with the tool's name, or what the event names instead. Omitted or empty: always.
   */
  matcher?: string
  hooks: HookCallback[]
  /** Seconds for each callback. Default 600; UserPromptSubmit 30, MessageDisplay 10, SessionEnd 1.5. */
  timeout?: number
  /**
   * What a failed callback means. Default: refuse on the four guarding events (see {@link HookCallback}), go on elsewhere.
   * Ignored on Stop, SubagentStop, TaskCompleted and TeammateIdle.
   */
  onFailure?: 'continue' | 'block'
}

/** What every input holds. */
export type BaseHookInput = {
  session_id: string
  /** File that the session is recorded in. */
  transcript_path: string
  cwd: string
  permission_mode?: string
  /** Set inside a subagent only. */
  agent_id?: string
  /** Set inside a subagent, and on the main thread when the option `agent` is given. */
  agent_type?: string
  /** The same for all events of one prompt. */
  prompt_id?: string
  /** The level in force. */
  effort?: { level: string }
}

/** A tool call is about to be decided and run. */
export type PreToolUseHookInput = BaseHookInput & {
  hook_event_name: 'PreToolUse'
  tool_name: string
  tool_input: unknown
  tool_use_id: string
  /** The server of an `mcp__` tool. */
  mcp_server?: McpServerProvenance
}

/** A tool call succeeded. */
export type PostToolUseHookInput = BaseHookInput & {
  hook_event_name: 'PostToolUse'
  tool_name: string
  tool_input: unknown
  /** The tool's output object: see the `*Output` types. */
  tool_response: unknown
  tool_use_id: string
  /** Milliseconds of the run, without waiting for permission. */
  duration_ms?: number
  mcp_server?: McpServerProvenance
}

/** A tool call failed or was interrupted. */
export type PostToolUseFailureHookInput = BaseHookInput & {
  hook_event_name: 'PostToolUseFailure'
  tool_name: string
  tool_input: unknown
  tool_use_id: string
  error: string
  is_interrupt?: boolean
  /** Milliseconds of the run, without waiting for permission. */
  duration_ms?: number
  mcp_server?: McpServerProvenance
}

/** One call of a {@link PostToolBatchHookInput}. */
export type PostToolBatchToolCall = {
  tool_name: string
  tool_input: unknown
  tool_use_id: string
  tool_response?: unknown
}

/** All calls of one reply are done, before the next request. */
export type PostToolBatchHookInput = BaseHookInput & {
  hook_event_name: 'PostToolBatch'
  tool_calls: PostToolBatchToolCall[]
}

/** A person should be told something. */
export type NotificationHookInput = BaseHookInput & {
  hook_event_name: 'Notification'
  message: string
  title?: string
  notification_type: string
}

/** A prompt is about to be sent. */
export type UserPromptSubmitHookInput = BaseHookInput & {
  hook_event_name: 'UserPromptSubmit'
  prompt: string
  source?: 'user' | 'sdk' | 'system' | 'loop_wakeup' | 'schedule_wakeup' | 'poll_event'
  session_title?: string
}

/** A slash command or an MCP prompt was expanded. */
export type UserPromptExpansionHookInput = BaseHookInput & {
  hook_event_name: 'UserPromptExpansion'
  expansion_type: 'slash_command' | 'mcp_prompt'
  command_name: string
  command_args: string
  command_source?: string
  /** The text that it became. */
  prompt: string
}

/** A session began. */
export type SessionStartHookInput = BaseHookInput & {
  hook_event_name: 'SessionStart'
  source: 'startup' | 'resume' | 'clear' | 'compact' | 'fork'
  agent_type?: string
  model?: string
  session_title?: string
  /** Of a resumed session. */
  seconds_since_last_response?: number
  context_tokens?: number
  prompt_cache_likely_expired?: boolean
  /** US dollars. */
  estimated_cache_write_usd?: number
}

/** A session ended; fires at `maxTurns` too. */
export type SessionEndHookInput = BaseHookInput & { hook_event_name: 'SessionEnd'; reason: ExitReason }

/** A task that runs in the background when the agent is about to stop. */
export type BackgroundTaskSummary = {
  id: string
  type: string
  status: string
  description: string
  command?: string
  agent_type?: string
  server?: string
  tool?: string
  name?: string
}

/** A scheduled prompt of the session. */
export type SessionCronSummary = { id: string; schedule: string; recurring: boolean; prompt: string }

/** The agent is about to stop. Does not fire at `maxTurns`. */
export type StopHookInput = BaseHookInput & {
  hook_event_name: 'Stop'
  /** The turn already goes on because of an earlier Stop hook. */
  stop_hook_active: boolean
  last_assistant_message?: string
  background_tasks?: BackgroundTaskSummary[]
  session_crons?: SessionCronSummary[]
}

/** The turn ended on an API failure. */
export type StopFailureHookInput = BaseHookInput & {
  hook_event_name: 'StopFailure'
  error: SDKAssistantMessageError
  error_details?: string
  last_assistant_message?: string
}

/** A subagent starts. */
export type SubagentStartHookInput = BaseHookInput & {
  hook_event_name: 'SubagentStart'
  agent_id: string
  agent_type: string
}

/** A subagent is about to stop. */
export type SubagentStopHookInput = BaseHookInput & {
  hook_event_name: 'SubagentStop'
  stop_hook_active: boolean
  agent_id: string
  agent_transcript_path: string
  agent_type: string
  last_assistant_message?: string
  background_tasks?: BackgroundTaskSummary[]
  session_crons?: SessionCronSummary[]
}

/** The conversation is about to be compacted. */
export type PreCompactHookInput = BaseHookInput & {
  hook_event_name: 'PreCompact'
  trigger: 'manual' | 'auto'
  custom_instructions: string | null
}

/** The conversation was compacted. */
export type PostCompactHookInput = BaseHookInput & {
  hook_event_name: 'PostCompact'
  trigger: 'manual' | 'auto'
  compact_summary: string
}

/** What both events of a model switch hold; amounts in US dollars. */
type ModelSwitch = {
  from_model: string
  to_model: string
  requested_model: string | null
  context_tokens: number
  prompt_cache_warm: boolean
  cache_ttl: '5m' | '1h'
  estimated_cache_write_usd: number
  pricing: 'configured' | 'catalog' | 'default'
}

/** The model is about to change. */
export type PreModelSwitchHookInput = BaseHookInput &
  ModelSwitch & { hook_event_name: 'PreModelSwitch'; source: 'command' | 'picker' | 'sdk' }

/** The model changed. */
export type PostModelSwitchHookInput = BaseHookInput &
  ModelSwitch & { hook_event_name: 'PostModelSwitch'; source: 'command' | 'picker' | 'sdk' | 'auto' | 'resume' }

/** A call needs a decision of a person; fires before `canUseTool` is asked. */
export type PermissionRequestHookInput = BaseHookInput & {
  hook_event_name: 'PermissionRequest'
  tool_name: string
  tool_input: unknown
  permission_suggestions?: PermissionUpdate[]
  mcp_server?: McpServerProvenance
}

/** The classifier of mode `auto` refused a call. */
export type PermissionDeniedHookInput = BaseHookInput & {
  hook_event_name: 'PermissionDenied'
  tool_name: string
  tool_input: unknown
  tool_use_id: string
  reason: string
  mcp_server?: McpServerProvenance
}

/** The engine was started for setting up. */
export type SetupHookInput = BaseHookInput & { hook_event_name: 'Setup'; trigger: 'init' | 'maintenance' }

/** A member of an agent team has nothing to do. */
export type TeammateIdleHookInput = BaseHookInput & {
  hook_event_name: 'TeammateIdle'
  teammate_name: string
  team_name: string
}

type TaskEvent = {
  task_id: string
  task_subject: string
  task_description?: string
  teammate_name?: string
  team_name?: string
}

/** The tool TaskCreate was called. */
export type TaskCreatedHookInput = BaseHookInput & TaskEvent & { hook_event_name: 'TaskCreated' }

/** A task is about to be marked as completed. */
export type TaskCompletedHookInput = BaseHookInput & TaskEvent & { hook_event_name: 'TaskCompleted' }

/** An MCP server asks for input. */
export type ElicitationHookInput = BaseHookInput & {
  hook_event_name: 'Elicitation'
  mcp_server_name: string
  message: string
  mode?: 'form' | 'url'
  url?: string
  elicitation_id?: string
  requested_schema?: Record<string, unknown>
}

/** An answer is about to be sent to an MCP server. */
export type ElicitationResultHookInput = BaseHookInput & {
  hook_event_name: 'ElicitationResult'
  mcp_server_name: string
  elicitation_id?: string
  mode?: 'form' | 'url'
  action: 'accept' | 'decline' | 'cancel'
  content?: Record<string, unknown>
}

/** A settings file or a skill changed. */
export type ConfigChangeHookInput = BaseHookInput & {
  hook_event_name: 'ConfigChange'
  source: 'user_settings' | 'project_settings' | 'local_settings' | 'policy_settings' | 'skills'
  file_path?: string
}

/** A memory or rule file entered the context. */
export type InstructionsLoadedHookInput = BaseHookInput & {
  hook_event_name: 'InstructionsLoaded'
  file_path: string
  memory_type: 'User' | 'Project' | 'Local' | 'Managed'
  load_reason: 'session_start' | 'nested_traversal' | 'path_glob_match' | 'include' | 'compact'
  globs?: string[]
  trigger_file_path?: string
  parent_file_path?: string
}

/** A worktree is to be created. */
export type WorktreeCreateHookInput = BaseHookInput & { hook_event_name: 'WorktreeCreate'; name: string }

/** A worktree was removed. */
export type WorktreeRemoveHookInput = BaseHookInput & { hook_event_name: 'WorktreeRemove'; worktree_path: string }

/** The working directory changed. */
export type CwdChangedHookInput = BaseHookInput & { hook_event_name: 'CwdChanged'; old_cwd: string; new_cwd: string }

/** A watched file changed. */
export type FileChangedHookInput = BaseHookInput & {
  hook_event_name: 'FileChanged'
  file_path: string
  event: 'change' | 'add' | 'unlink'
}

/** A working directory was added. */
export type DirectoryAddedHookInput = BaseHookInput & {
  hook_event_name: 'DirectoryAdded'
  directory: string
  source: 'slash_command' | 'register_repo_root'
}

/** Text of the assistant is about to be shown. */
export type MessageDisplayHookInput = BaseHookInput & {
  hook_event_name: 'MessageDisplay'
  turn_id: string
  message_id: string
  index: number
  final: boolean
  delta: string
}

/** What a callback gets, by `hook_event_name`. */
export type HookInput =
  | PreToolUseHookInput
  | PostToolUseHookInput
  | PostToolUseFailureHookInput
  | PostToolBatchHookInput
  | NotificationHookInput
  | UserPromptSubmitHookInput
  | UserPromptExpansionHookInput
  | SessionStartHookInput
  | SessionEndHookInput
  | StopHookInput
  | StopFailureHookInput
  | SubagentStartHookInput
  | SubagentStopHookInput
  | PreCompactHookInput
  | PostCompactHookInput
  | PreModelSwitchHookInput
  | PostModelSwitchHookInput
  | PermissionRequestHookInput
  | PermissionDeniedHookInput
  | SetupHookInput
  | TeammateIdleHookInput
  | TaskCreatedHookInput
  | TaskCompletedHookInput
  | ElicitationHookInput
  | ElicitationResultHookInput
  | ConfigChangeHookInput
  | InstructionsLoadedHookInput
  | WorktreeCreateHookInput
  | WorktreeRemoveHookInput
  | CwdChangedHookInput
  | FileChangedHookInput
  | DirectoryAddedHookInput
  | MessageDisplayHookInput

// Keeps what is not exported above out of the module.
export {}
