//! Permissions: modes, rules, updates, and the callback that is asked.

export type PermissionMode = 'default' | 'acceptEdits' | 'bypassPermissions' | 'plan' | 'dontAsk' | 'auto'
export type PermissionBehavior = 'allow' | 'deny' | 'ask'

/**
 * Decides one call. `null` leaves it undecided until `signal` aborts; a throw, `undefined` or another shape refuses
 * the call with the reason. `signal` aborts when the turn is cancelled.
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
    decisionReason?: string
    toolUseID: string
    agentID?: string
    requestId: string
    title?: string
    displayName?: string
    description?: string
    defaultToNo?: boolean
    suppressAlwaysAllowRule?: boolean
    mcpServer?: { name: string; source: string }
    matchedAskRule?: { source: string; toolName: string; ruleContent?: string }
  },
) => Promise<PermissionResult | null>

export type PermissionResult =
  | {
      behavior: 'allow'
      /** Runs instead of the model's input, after the same checks (row 88). */
      updatedInput?: Record<string, unknown>
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
export type PermissionDecisionClassification = 'user_temporary' | 'user_permanent' | 'user_reject'

/**
 * An update for a settings file is written to it, and holds for the session as well (row 90). All updates of one answer are
 * applied, or none.
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
export type PermissionUpdateDestination = 'userSettings' | 'projectSettings' | 'localSettings' | 'session' | 'cliArg'
export type PermissionRuleValue = { toolName: string; ruleContent?: string }

// Keeps what is not exported above out of the module.
export {}
