//! Lists of names that programs read at run time.

/** The 33 events of {@link HookEvent}, in the order of the documents. */
export declare const HOOK_EVENTS: readonly [
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PostToolBatch',
  'Notification',
  'UserPromptSubmit',
  'UserPromptExpansion',
  'SessionStart',
  'SessionEnd',
  'Stop',
  'StopFailure',
  'SubagentStart',
  'SubagentStop',
  'PreCompact',
  'PostCompact',
  'PreModelSwitch',
  'PostModelSwitch',
  'PermissionRequest',
  'PermissionDenied',
  'Setup',
  'TeammateIdle',
  'TaskCreated',
  'TaskCompleted',
  'Elicitation',
  'ElicitationResult',
  'ConfigChange',
  'WorktreeCreate',
  'WorktreeRemove',
  'InstructionsLoaded',
  'CwdChanged',
  'FileChanged',
  'DirectoryAdded',
  'MessageDisplay',
]

/** The reasons for the end of a session, as {@link ExitReason}. */
export declare const EXIT_REASONS: readonly ['clear', 'resume', 'logout', 'prompt_input_exit', 'other']

/**
 * Names that are reserved for built-in tools, sorted as in the documents. The list tells built-in names from those of
 * MCP tools; what a run offers is in `tools` of its `init` message.
 */
export declare const BUILTIN_TOOL_NAMES: readonly [
  'Agent',
  'Artifact',
  'AskUserQuestion',
  'Bash',
  'ClaudeDesign',
  'CronCreate',
  'CronDelete',
  'CronList',
  'Edit',
  'EndConversation',
  'EnterPlanMode',
  'EnterWorktree',
  'ExitPlanMode',
  'ExitWorktree',
  'Glob',
  'Grep',
  'ListAgents',
  'ListMcpResourcesTool',
  'LSP',
  'Monitor',
  'NotebookEdit',
  'OfferChromeSetup',
  'PowerShell',
  'Projects',
  'propose_skills',
  'PushNotification',
  'Read',
  'ReadMcpResourceDirTool',
  'ReadMcpResourceTool',
  'ReadNotifications',
  'RemoteTrigger',
  'ReportFindings',
  'ScheduleWakeup',
  'SendFeedback',
  'SendMessage',
  'SendUserFile',
  'SendUserMessage',
  'SetGoal',
  'ShareOnboardingGuide',
  'ShowOnboardingRolePicker',
  'Skill',
  'SubagentHandback',
  'TaskCreate',
  'TaskGet',
  'TaskList',
  'TaskStop',
  'TaskUpdate',
  'TodoWrite',
  'ToolSearch',
  'WaitForMcpServers',
  'WebFetch',
  'WebSearch',
  'Workflow',
  'Write',
]

/**
 * Former names of tools and what they are called now. Both are accepted in rules, hook matchers, `tools` and
 * `disallowedTools`.
 */
export declare const LEGACY_TOOL_NAME_ALIASES: Readonly<{
  Task: 'Agent'
  ListMcpResources: 'ListMcpResourcesTool'
  ReadMcpResource: 'ReadMcpResourceTool'
  KillShell: 'TaskStop'
  KillBash: 'TaskStop'
  BashOutput: 'TaskOutput'
}>

/**
 * In a `systemPrompt` given as an array: what stands before this element is the same for every session and cached across
 * them, what follows belongs to one session. The element itself is not sent.
 */
export declare const SYSTEM_PROMPT_DYNAMIC_BOUNDARY: '__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__'

// Keeps what is not exported above out of the module.
export {}
