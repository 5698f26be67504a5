//! What a hook answers.

import type { PermissionUpdate } from './permissions.js'

/** The answer of a hook: at once, or later. `{}` changes nothing. */
export type HookJSONOutput = AsyncHookJSONOutput | SyncHookJSONOutput

/** The agent does not wait. `asyncTimeout`: milliseconds after which the hook is given up. */
export type AsyncHookJSONOutput = { async: true; asyncTimeout?: number }

/** Answers of several hooks are merged in array order: deny before defer before ask before allow. */
export type SyncHookJSONOutput = {
  /** False ends the run after this event, with `stopReason`. Default true. */
  continue?: boolean
  /** Accepted, without effect. */
  suppressOutput?: boolean
  stopReason?: string
  /** `block` refuses with `reason`; on PreToolUse the older form of `permissionDecision`: of both the stricter one counts. */
  decision?: 'approve' | 'block'
  /** Shown to the user as a message, and given to the model as a reminder. */
  systemMessage?: string
  reason?: string
  /** For terminals; without effect here. */
  terminalSequence?: string
  hookSpecificOutput?: HookSpecificOutput
}

/** What an event allows besides. `hookEventName` must name the event that is answered. */
type HookSpecificOutput =
  | PreToolUseHookSpecificOutput
  | PostToolUseHookSpecificOutput
  | PostToolUseFailureHookSpecificOutput
  | PostToolBatchHookSpecificOutput
  | NotificationHookSpecificOutput
  | UserPromptSubmitHookSpecificOutput
  | UserPromptExpansionHookSpecificOutput
  | SessionStartHookSpecificOutput
  | SetupHookSpecificOutput
  | StopHookSpecificOutput
  | SubagentStartHookSpecificOutput
  | SubagentStopHookSpecificOutput
  | PreModelSwitchHookSpecificOutput
  | PostModelSwitchHookSpecificOutput
  | PermissionRequestHookSpecificOutput
  | PermissionDeniedHookSpecificOutput
  | ElicitationHookSpecificOutput
  | ElicitationResultHookSpecificOutput
  | CwdChangedHookSpecificOutput
  | FileChangedHookSpecificOutput
  | WorktreeCreateHookSpecificOutput
  | MessageDisplayHookSpecificOutput

/** `defer` ends the turn and puts the call off: see `SDKDeferredToolUse`. */
export type HookPermissionDecision = 'allow' | 'deny' | 'ask' | 'defer'

/** Decides a call, or changes its input. */
export type PreToolUseHookSpecificOutput = {
  hookEventName: 'PreToolUse'
  permissionDecision?: HookPermissionDecision
  /** Told to the model for `deny`, to the person for `ask`. */
  permissionDecisionReason?: string
  /** Runs instead, after the same checks; needs no `allow`, and is ignored with `defer`. */
  updatedInput?: Record<string, unknown>
  additionalContext?: string
}

/** Adds to the output of a call, or replaces it. */
export type PostToolUseHookSpecificOutput = {
  hookEventName: 'PostToolUse'
  additionalContext?: string
  /** For the classifier of mode `auto` alone; at most 2000 UTF-16 units. */
  classifierContext?: string
  /**
   * What the model gets instead of the tool's output. For a built-in tool an object of the shape of its output, which is
   * then shown as the tool shows its own; for a tool of an MCP server a text, content blocks or a whole `CallToolResult`.
   */
  updatedToolOutput?: unknown
  /** @deprecated Use `updatedToolOutput`, which works for every tool. */
  updatedMCPToolOutput?: unknown
}

/** Adds to the error of a call. */
export type PostToolUseFailureHookSpecificOutput = { hookEventName: 'PostToolUseFailure'; additionalContext?: string }
/** Adds to the results of a reply. */
export type PostToolBatchHookSpecificOutput = { hookEventName: 'PostToolBatch'; additionalContext?: string }
/** Adds a context. */
export type NotificationHookSpecificOutput = { hookEventName: 'Notification'; additionalContext?: string }

/** Adds to a prompt. */
export type UserPromptSubmitHookSpecificOutput = {
  hookEventName: 'UserPromptSubmit'
  additionalContext?: string
  sessionTitle?: string
  /** The model sees the additional context instead of the prompt. */
  suppressOriginalPrompt?: boolean
}

/** Adds to an expanded command. */
export type UserPromptExpansionHookSpecificOutput = {
  hookEventName: 'UserPromptExpansion'
  additionalContext?: string
  suppressOriginalPrompt?: boolean
}

/** Prepares a session. */
export type SessionStartHookSpecificOutput = {
  hookEventName: 'SessionStart'
  additionalContext?: string
  initialUserMessage?: string
  sessionTitle?: string
  /** Files whose changes fire FileChanged. */
  watchPaths?: string[]
  reloadSkills?: boolean
}

/** Adds a context. */
export type SetupHookSpecificOutput = { hookEventName: 'Setup'; additionalContext?: string }
/** Adds to the context of the subagent. */
export type SubagentStartHookSpecificOutput = { hookEventName: 'SubagentStart'; additionalContext?: string }

/** `additionalContext` keeps the turn going. */
export type StopHookSpecificOutput = { hookEventName: 'Stop'; additionalContext?: string }

/** `additionalContext` keeps the subagent going. */
export type SubagentStopHookSpecificOutput = { hookEventName: 'SubagentStop'; additionalContext?: string }

/** Decides a change of the model. */
export type PreModelSwitchHookSpecificOutput = {
  hookEventName: 'PreModelSwitch'
  permissionDecision?: 'allow' | 'deny' | 'ask'
  permissionDecisionReason?: string
}

/** Adds a context. */
export type PostModelSwitchHookSpecificOutput = { hookEventName: 'PostModelSwitch'; additionalContext?: string }

/** Answers instead of `canUseTool`. */
export type PermissionRequestHookSpecificOutput = {
  hookEventName: 'PermissionRequest'
  decision:
    | { behavior: 'allow'; updatedInput?: Record<string, unknown>; updatedPermissions?: PermissionUpdate[] }
    | { behavior: 'deny'; message?: string; interrupt?: boolean }
}

/** `retry`: the model is told that it may try again. */
export type PermissionDeniedHookSpecificOutput = { hookEventName: 'PermissionDenied'; retry?: boolean }

/** Answers the server instead of `onElicitation`. */
export type ElicitationHookSpecificOutput = {
  hookEventName: 'Elicitation'
  action?: 'accept' | 'decline' | 'cancel'
  content?: Record<string, unknown>
}

/** Replaces the answer. */
export type ElicitationResultHookSpecificOutput = {
  hookEventName: 'ElicitationResult'
  action?: 'accept' | 'decline' | 'cancel'
  content?: Record<string, unknown>
}

/** Files whose changes fire FileChanged. */
export type CwdChangedHookSpecificOutput = { hookEventName: 'CwdChanged'; watchPaths?: string[] }
/** Files whose changes fire FileChanged. */
export type FileChangedHookSpecificOutput = { hookEventName: 'FileChanged'; watchPaths?: string[] }

/** Where the hook made the worktree. */
export type WorktreeCreateHookSpecificOutput = { hookEventName: 'WorktreeCreate'; worktreePath: string }

/** `displayContent` is shown instead. */
export type MessageDisplayHookSpecificOutput = { hookEventName: 'MessageDisplay'; displayContent?: string }

// Keeps what is not exported above out of the module.
export {}
