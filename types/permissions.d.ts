//! Permissions: modes, rules, updates, the callback that is asked, and the answer to "who would decide".

import type { Options } from './options.js'

/**
 * How calls are decided that no rule decides: `default` asks, `acceptEdits` allows edits in the working directories,
 * `plan` only reads, `dontAsk` refuses instead of asking, `auto` lets a model judge, `bypassPermissions` allows what
 * is not denied (it needs `allowDangerouslySkipPermissions`).
 */
export type PermissionMode = 'default' | 'acceptEdits' | 'bypassPermissions' | 'plan' | 'dontAsk' | 'auto'
/** What a rule says. */
export type PermissionBehavior = 'allow' | 'deny' | 'ask'

/**
 * Decides one call. `null` leaves it undecided until `signal` aborts; a throw, `undefined` or another shape refuses
 * the call with the reason. `signal` aborts when the turn is cancelled. There is no time limit.
 */
export type CanUseTool = (
  toolName: string,
  input: Record<string, unknown>,
  options: {
    signal: AbortSignal
    /** Updates that, returned as `updatedPermissions`, avoid the next question like this (row 91). */
    suggestions?: PermissionUpdate[]
    /** The path that caused the question (row 95). */
    blockedPath?: string
    /** Why it is asked. */
    decisionReason?: string
    /** `rule`, `mode`, `workingDir`, `safetyCheck`, `hook` or `other`. */
    decisionReasonType?: string
    toolUseID: string
    /** The subagent that makes the call. */
    agentID?: string
    /** Names this question. */
    requestId: string
    /** Ready-made texts for a dialog. */
    title?: string
    displayName?: string
    description?: string
    /** The answer should not be one key away. */
    defaultToNo?: boolean
    /** A lasting rule should not be offered. */
    suppressAlwaysAllowRule?: boolean
    /** The server of an `mcp__` tool; `source` is `sdk` for servers given as an instance. */
    mcpServer?: { name: string; source: string }
    /** The ask rule that forced the question. */
    matchedAskRule?: { source: string; toolName: string; ruleContent?: string }
  },
) => Promise<PermissionResult | null>

/** The answer to a question. */
export type PermissionResult =
  | {
      behavior: 'allow'
      /** Runs instead of the model's input, after the same checks (row 88). Default: the model's input. */
      updatedInput?: Record<string, unknown>
      /** Applied, and written to the file that the destination names. */
      updatedPermissions?: PermissionUpdate[]
      toolUseID?: string
      decisionClassification?: PermissionDecisionClassification
    }
  | {
      behavior: 'deny'
      /** The model is told exactly this. */
      message: string
      /** Also ends the turn (row 89). */
      interrupt?: boolean
      toolUseID?: string
      decisionClassification?: PermissionDecisionClassification
    }

/** How the person answered; for telemetry. */
export type PermissionDecisionClassification = 'user_temporary' | 'user_permanent' | 'user_reject'

/**
 * A change of rules, mode or working directories. One for a settings file is written to it, and holds for the session as well
 * (row 90). All changes of one answer are applied, or none.
 */
export type PermissionUpdate =
  | {
      type: 'addRules' | 'replaceRules' | 'removeRules'
      rules: PermissionRuleValue[]
      behavior: PermissionBehavior
      destination: PermissionUpdateDestination
    }
  | { type: 'setMode'; mode: PermissionMode; destination: PermissionUpdateDestination }
  | { type: 'addDirectories' | 'removeDirectories'; directories: string[]; destination: PermissionUpdateDestination }

/** Where an update is kept; `session` and `cliArg` in memory only. */
export type PermissionUpdateDestination = 'userSettings' | 'projectSettings' | 'localSettings' | 'session' | 'cliArg'

/** A rule: `Bash(git diff:*)` is `{ toolName: 'Bash', ruleContent: 'git diff:*' }`. */
export type PermissionRuleValue = { toolName: string; ruleContent?: string }

/** Ours. What would happen to a call, and why. Hooks are named but not called, and nobody is asked. */
export type PermissionExplanation = {
  /** What would happen; for `ask` see `asks`. */
  behavior: PermissionBehavior
  /** What decides. */
  reasonType: 'rule' | 'mode' | 'workingDir' | 'safetyCheck' | 'other'
  /** One sentence for a person. */
  reason: string
  /** The mode in force. */
  mode: PermissionMode
  /** The rule that decides, if one does. */
  rule?: PermissionRuleValue & { behavior: PermissionBehavior; source: PermissionUpdateDestination }
  /** For `ask`: who is asked. In mode `auto` the classifier comes first; `nobody` means that the call is denied. */
  asks?: 'canUseTool' | 'classifier' | 'nobody'
  /** The path that stands in the way. */
  blockedPath?: string
  /** For `ask`: updates that would avoid the question. */
  suggestions?: PermissionUpdate[]
  /** The hooks that would be called and may decide otherwise, in order. None of them has been called. Absent: there are none. */
  hooks?: {
    event: 'PreToolUse' | 'PermissionRequest'
    /** What it covers; `*` is everything. */
    matcher: string
    /** Where it stands: `options.hooks.PreToolUse[0].hooks[0]`, or the settings that hold it and its place there. */
    origin: string
  }[]
}

/**
 * Ours. What {@link Options} say about a call, without a run. Hooks are named but not called. Rejects with code `invalid_input` if the
 * input does not fit the tool.
 */
export declare function explainPermission(
  toolName: string,
  input: Record<string, unknown>,
  options?: Options,
): Promise<PermissionExplanation>

// Keeps what is not exported above out of the module.
export {}
