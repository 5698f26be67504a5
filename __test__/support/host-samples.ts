//! Samples of everything that a host may say to the engine, complete by their types: a field, an event, a method or an option
//! that is added to the public types without a sample here does not compile.

import type {
  HookEvent,
  HookJSONOutput,
  Options,
  PermissionMode,
  PermissionResult,
  PermissionUpdate,
  Query,
  SDKUserMessage,
  SDKUserMessageInput,
  SessionStore,
  SyncHookJSONOutput,
} from '../../index.js'

const UUID = '0b5c1c4e-7d4e-4a53-9f0e-0d6a9e0c8b11'
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** Every field, none left out. */
type Whole<T> = { [K in keyof T]-?: Exclude<T[K], undefined> }

// ------------------------------------------------------------------------------------------------------- permissions

export const permissionUpdates = {
  addRules: { type: 'addRules', rules: [{ toolName: 'Bash', ruleContent: 'git diff:*' }], behavior: 'allow', destination: 'session' },
  replaceRules: { type: 'replaceRules', rules: [{ toolName: 'Read' }], behavior: 'deny', destination: 'userSettings' },
  removeRules: { type: 'removeRules', rules: [{ toolName: 'mcp__s__t' }], behavior: 'ask', destination: 'projectSettings' },
  setMode: { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
  addDirectories: { type: 'addDirectories', directories: ['/lib'], destination: 'cliArg' },
  removeDirectories: { type: 'removeDirectories', directories: ['/lib'], destination: 'localSettings' },
} satisfies { [Type in PermissionUpdate['type']]: PermissionUpdate & { type: Type } }

const updates: PermissionUpdate[] = Object.values(permissionUpdates)

export const permissionResults = {
  allow: { behavior: 'allow', updatedInput: { command: 'ls' }, updatedPermissions: updates, toolUseID: 'toolu_1', decisionClassification: 'user_temporary' },
  deny: { behavior: 'deny', message: 'no', interrupt: true, toolUseID: 'toolu_1', decisionClassification: 'user_reject' },
} satisfies { [Behavior in PermissionResult['behavior']]: Whole<Extract<PermissionResult, { behavior: Behavior }>> }

export const permissionModes = ['default', 'acceptEdits', 'bypassPermissions', 'plan', 'dontAsk', 'auto'] as const satisfies PermissionMode[]
export const allModes: PermissionMode extends (typeof permissionModes)[number] ? true : never = true

// ------------------------------------------------------------------------------------------------------------- hooks

type Specific = NonNullable<SyncHookJSONOutput['hookSpecificOutput']>

/** Every field of what is specific to an event. */
const specific = {
  PreToolUse: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: 'no', updatedInput: { a: 1 }, additionalContext: 'text' },
  PostToolUse: { hookEventName: 'PostToolUse', additionalContext: 'text', classifierContext: 'text', updatedToolOutput: { a: 1 }, updatedMCPToolOutput: 'text' },
  PostToolUseFailure: { hookEventName: 'PostToolUseFailure', additionalContext: 'text' },
  PostToolBatch: { hookEventName: 'PostToolBatch', additionalContext: 'text' },
  Notification: { hookEventName: 'Notification', additionalContext: 'text' },
  UserPromptSubmit: { hookEventName: 'UserPromptSubmit', additionalContext: 'text', sessionTitle: 'title', suppressOriginalPrompt: true },
  UserPromptExpansion: { hookEventName: 'UserPromptExpansion', additionalContext: 'text', suppressOriginalPrompt: true },
  SessionStart: { hookEventName: 'SessionStart', additionalContext: 'text', initialUserMessage: 'hello', sessionTitle: 'title', watchPaths: ['/a'], reloadSkills: true },
  Setup: { hookEventName: 'Setup', additionalContext: 'text' },
  Stop: { hookEventName: 'Stop', additionalContext: 'text' },
  SubagentStart: { hookEventName: 'SubagentStart', additionalContext: 'text' },
  SubagentStop: { hookEventName: 'SubagentStop', additionalContext: 'text' },
  PreModelSwitch: { hookEventName: 'PreModelSwitch', permissionDecision: 'ask', permissionDecisionReason: 'why' },
  PostModelSwitch: { hookEventName: 'PostModelSwitch', additionalContext: 'text' },
  PermissionRequest: { hookEventName: 'PermissionRequest', decision: { behavior: 'allow', updatedInput: { a: 1 }, updatedPermissions: updates } },
  PermissionDenied: { hookEventName: 'PermissionDenied', retry: true },
  Elicitation: { hookEventName: 'Elicitation', action: 'accept', content: { a: 1 } },
  ElicitationResult: { hookEventName: 'ElicitationResult', action: 'decline', content: { a: 1 } },
  CwdChanged: { hookEventName: 'CwdChanged', watchPaths: ['/a'] },
  FileChanged: { hookEventName: 'FileChanged', watchPaths: ['/a'] },
  WorktreeCreate: { hookEventName: 'WorktreeCreate', worktreePath: '/w' },
  MessageDisplay: { hookEventName: 'MessageDisplay', displayContent: 'text' },
} satisfies { [Event in Specific['hookEventName']]: Whole<Extract<Specific, { hookEventName: Event }>> }

/** Every field that all events have. */
const common = {
  continue: false,
  suppressOutput: true,
  stopReason: 'enough',
  decision: 'block',
  systemMessage: 'for you',
  reason: 'because',
  terminalSequence: '\u0007',
} satisfies Omit<Whole<SyncHookJSONOutput>, 'hookSpecificOutput'>

const output = (event: HookEvent): HookJSONOutput => ({
  ...common,
  ...(event in specific && { hookSpecificOutput: specific[event as keyof typeof specific] }),
})

/** The fullest answer to each event. */
export const hookOutputs = {
  PreToolUse: output('PreToolUse'),
  PostToolUse: output('PostToolUse'),
  PostToolUseFailure: output('PostToolUseFailure'),
  PostToolBatch: output('PostToolBatch'),
  Notification: output('Notification'),
  UserPromptSubmit: output('UserPromptSubmit'),
  UserPromptExpansion: output('UserPromptExpansion'),
  SessionStart: output('SessionStart'),
  SessionEnd: output('SessionEnd'),
  Stop: output('Stop'),
  StopFailure: output('StopFailure'),
  SubagentStart: output('SubagentStart'),
  SubagentStop: output('SubagentStop'),
  PreCompact: output('PreCompact'),
  PostCompact: output('PostCompact'),
  PreModelSwitch: output('PreModelSwitch'),
  PostModelSwitch: output('PostModelSwitch'),
  PermissionRequest: output('PermissionRequest'),
  PermissionDenied: output('PermissionDenied'),
  Setup: output('Setup'),
  TeammateIdle: output('TeammateIdle'),
  TaskCreated: output('TaskCreated'),
  TaskCompleted: output('TaskCompleted'),
  Elicitation: output('Elicitation'),
  ElicitationResult: output('ElicitationResult'),
  ConfigChange: output('ConfigChange'),
  WorktreeCreate: output('WorktreeCreate'),
  WorktreeRemove: output('WorktreeRemove'),
  InstructionsLoaded: output('InstructionsLoaded'),
  CwdChanged: output('CwdChanged'),
  FileChanged: output('FileChanged'),
  DirectoryAdded: output('DirectoryAdded'),
  MessageDisplay: output('MessageDisplay'),
} satisfies Record<HookEvent, HookJSONOutput>

/** Answers that do not go with an event: the other branches of unions. */
export const otherHookOutputs = {
  async: { async: true, asyncTimeout: 1000 },
  nothing: {},
  deny: { hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'deny', message: 'no', interrupt: true } } },
} satisfies Record<string, HookJSONOutput>

// ----------------------------------------------------------------------------------------------------- user messages

/** Every field of the loose form. */
const everything = {
  type: 'user',
  message: { role: 'user', content: 'Hello.' },
  parent_tool_use_id: null,
  uuid: UUID,
  session_id: 'no-uuid',
  isSynthetic: true,
  priority: 'later',
  shouldQuery: false,
  timestamp: '2026-01-01T00:00:00.000Z',
  origin: { kind: 'human' },
  client_composed: true,
} satisfies Whole<Exclude<SDKUserMessageInput, SDKUserMessage>>

export const userMessages = {
  text: { type: 'user', message: { role: 'user', content: 'Hello.' }, parent_tool_use_id: null, session_id: '' },
  bare: { type: 'user', message: { role: 'user', content: 'Hello.' } },
  blocks: {
    type: 'user',
    message: {
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
        { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
        { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'text' }, title: 'A text' },
      ],
    },
    parent_tool_use_id: null,
  },
  everything,
} satisfies Record<string, SDKUserMessageInput>

// -------------------------------------------------------------------------------------------------- control requests

/** Methods of a query that ask the engine something. */
type ControlMethod = Exclude<
  { [Name in keyof Query]: Query[Name] extends (...args: never[]) => Promise<unknown> ? Name : never }[keyof Query],
  'next' | 'return' | 'throw' | 'streamInput' | typeof Symbol.asyncDispose
>

/** The arguments of each method, all of them given. */
export const controlCalls: { [Method in ControlMethod]: Required<Parameters<Query[Method]>>[] } = {
  interrupt: [[]],
  setPermissionMode: permissionModes.map((mode) => [mode]),
  setMcpPermissionModeOverride: [['s', 'auto'], ['s', null]],
  setModel: [['sonnet']],
  setMaxThinkingTokens: [[5000, 'summarized'], [null, 'omitted']],
  applyFlagSettings: [[{ model: 'opus', effortLevel: null }]],
  updateSettings: [['userSettings', { effortLevel: 'high' }]],
  explainPermission: [['Bash', { command: 'ls' }]],
  initializationResult: [[]],
  reinitialize: [[]],
  supportedCommands: [[]],
  supportedModels: [[]],
  supportedAgents: [[]],
  accountInfo: [[]],
  getContextUsage: [[{ detail: true }]],
  readFile: [['a.txt', { maxBytes: 10, encoding: 'base64' }]],
  seedReadState: [['a.txt', 1_767_225_600_000]],
  rewindFiles: [[UUID, { dryRun: true }]],
  stopTask: [['b1']],
  backgroundTasks: [['toolu_1']],
  mcpServerStatus: [[]],
  reconnectMcpServer: [['s']],
  toggleMcpServer: [['s', true]],
  setMcpServers: [[{ s: { command: 'c', args: ['a'], env: { A: '1' } } }]],
  readMcpResource: [['s', 'ui://a']],
  reloadPlugins: [[{ holdOnCacheImpact: true, addPlugins: [], refuseIfBusy: true }]],
  reloadSkills: [[]],
  reloadOutputStyles: [[]],
}

// ----------------------------------------------------------------------------------------------------------- options

const nothing = async (): Promise<never> => {
  throw new Error('only a sample')
}
const store: SessionStore = { append: nothing, load: nothing }

/** For each option one call that uses it, with what it needs besides. */
export const optionSamples: { [Name in keyof Required<Options>]: Options & Whole<Pick<Options, Name>> } = {
  abortController: { abortController: new AbortController() },
  additionalDirectories: { additionalDirectories: ['/lib'] },
  agent: { agent: 'a' },
  agentProgressSummaries: { agentProgressSummaries: true },
  agents: { agents: { a: { description: 'd', prompt: 'p' } } },
  allowDangerouslySkipPermissions: { allowDangerouslySkipPermissions: true },
  allowedTools: { allowedTools: ['Read'] },
  betas: { betas: ['files-api-2025-04-14'] },
  canUseTool: { canUseTool: nothing },
  continue: { continue: true },
  cwd: { cwd: '/' },
  debug: { debug: true },
  debugFile: { debugFile: '/tmp/debug.txt' },
  disallowedTools: { disallowedTools: ['Bash'] },
  effort: { effort: 'low' },
  enableFileCheckpointing: { enableFileCheckpointing: true },
  env: { env: { A: '1' } },
  executable: { executable: 'bun' },
  executableArgs: { executableArgs: ['-x'] },
  executors: { executors: { exec: 'host' } },
  extraArgs: { extraArgs: { 'replay-user-messages': null } },
  fallbackModel: { fallbackModel: 'sonnet' },
  forkSession: { forkSession: true, resume: UUID },
  forwardSubagentText: { forwardSubagentText: true },
  hooks: { hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [nothing], timeout: 5, onFailure: 'block' }] } },
  includeHookEvents: { includeHookEvents: true },
  includePartialMessages: { includePartialMessages: true },
  loadTimeoutMs: { loadTimeoutMs: 5 },
  managedSettings: { managedSettings: { permissions: { deny: ['Bash'] } } },
  maxBudgetUsd: { maxBudgetUsd: 1 },
  maxThinkingTokens: { maxThinkingTokens: 5000 },
  maxTurns: { maxTurns: 3 },
  mcpOAuth: { mcpOAuth: { redirectUrl: 'http://localhost/', authorize: nothing } },
  mcpServers: { mcpServers: { s: { command: 'c' } } },
  mcpServersDelivery: { mcpServersDelivery: 'initialize' },
  model: { model: 'sonnet' },
  onElicitation: { onElicitation: nothing },
  onUserDialog: { onUserDialog: nothing },
  outputFormat: { outputFormat: { type: 'json_schema', schema: { type: 'object' } } },
  pathToClaudeCodeExecutable: { pathToClaudeCodeExecutable: '/x' },
  perTaskStopAffordance: { perTaskStopAffordance: true },
  permissionMode: { permissionMode: 'plan' },
  permissionPromptToolName: { permissionPromptToolName: 'mcp__s__t' },
  permissionPrompts: { permissionPrompts: 'none' },
  persistSession: { persistSession: false },
  planModeInstructions: { planModeInstructions: 'Think.' },
  pluginDelivery: { pluginDelivery: 'initialize' },
  plugins: { plugins: [{ type: 'local', path: '/p' }] },
  projectConfigRoot: { projectConfigRoot: '/p' },
  promptSuggestions: { promptSuggestions: true },
  resume: { resume: UUID },
  resumeDropsTurn: { resumeDropsTurn: UUID, resumeSessionAt: UUID, resume: UUID },
  resumeSessionAt: { resumeSessionAt: UUID, resume: UUID },
  sandbox: { sandbox: { enabled: true } },
  sessionId: { sessionId: UUID },
  sessionStore: { sessionStore: store },
  sessionStoreFlush: { sessionStoreFlush: 'eager' },
  settingSources: { settingSources: ['project'] },
  settings: { settings: { model: 'opus' } },
  skills: { skills: ['a'] },
  spawnClaudeCodeProcess: {
    spawnClaudeCodeProcess: () => {
      throw new Error('never called')
    },
  },
  stderr: { stderr: () => {} },
  strictMcpConfig: { strictMcpConfig: true },
  supportedDialogKinds: { supportedDialogKinds: ['a'], onUserDialog: nothing },
  systemPrompt: { systemPrompt: 'You are a pirate.' },
  taskBudget: { taskBudget: { total: 20_000 } },
  thinking: { thinking: { type: 'disabled' } },
  throwOnErrorResult: { throwOnErrorResult: true },
  title: { title: 'A title' },
  toolAliases: { toolAliases: { Bash: 'mcp__s__t' } },
  toolConfig: { toolConfig: { askUserQuestion: { previewFormat: 'html' } } },
  tools: { tools: ['Read'] },
  trustProjectSettings: { trustProjectSettings: false },
  verbatimPrompts: { verbatimPrompts: true },
}

/** For each option values that are refused: of a wrong type, out of range, or in themselves impossible. */
export const wrongOptions: { [Name in keyof Required<Options>]: [unknown, ...unknown[]] } = {
  abortController: [{}, true],
  additionalDirectories: ['/lib', [1]],
  agent: [1, {}],
  agentProgressSummaries: ['yes'],
  agents: [[1], 'a', { a: 1 }],
  allowDangerouslySkipPermissions: ['yes', 1],
  allowedTools: ['Read', [1], ['Bash('], [null]],
  betas: ['x', [1]],
  canUseTool: ['allow', {}],
  continue: ['yes', 1],
  cwd: [1, {}],
  debug: ['yes'],
  debugFile: [1],
  disallowedTools: ['Read', [1], ['Bash(']],
  effort: ['enormous', 3],
  enableFileCheckpointing: ['yes'],
  env: ['A=1', { A: 1 }, null],
  executable: ['perl', 1],
  executableArgs: ['x', [1]],
  executors: ['x', { exec: 'elsewhere' }],
  extraArgs: ['x', ['--model', 'a'], { 'max-turns': 'three' }],
  fallbackModel: [1, ['a']],
  forkSession: ['yes', true],
  forwardSubagentText: ['yes'],
  hooks: [[], 'x', { Stop: 'x' }, { Stop: [{}] }, { Stop: [{ hooks: [1] }] }, { stop: [] }, { PreToolUse: [{ matcher: '(', hooks: [] }] }, { Stop: [{ hooks: [], timeout: -1 }] }, { Stop: [{ hooks: [], onFailure: 'x' }] }],
  includeHookEvents: ['yes'],
  includePartialMessages: ['yes', 1],
  loadTimeoutMs: ['1', -1],
  managedSettings: ['x', [1]],
  maxBudgetUsd: ['1', -1, Number.NaN],
  maxThinkingTokens: ['1', -1, 1.5],
  maxTurns: ['3', 0, -1, 1.5, Number.POSITIVE_INFINITY],
  mcpOAuth: ['x', {}],
  mcpServers: ['x', [1], { s: 1 }, { s: {} }, { s: { command: 1 } }, { s: { type: 'http' } }, { s: { type: 'sdk', name: 's' } }],
  mcpServersDelivery: ['pigeon'],
  model: ['', 1, ['opus']],
  onElicitation: ['x', {}],
  onUserDialog: ['x'],
  outputFormat: ['json', { type: 'xml' }, { type: 'json_schema' }, { type: 'json_schema', schema: 1 }],
  pathToClaudeCodeExecutable: [1],
  perTaskStopAffordance: ['yes'],
  permissionMode: ['yolo', 1],
  permissionPromptToolName: [1],
  permissionPrompts: ['maybe', true],
  persistSession: ['no', 0],
  planModeInstructions: [1, ''],
  pluginDelivery: ['pigeon'],
  plugins: ['x', [{ type: 'remote' }]],
  projectConfigRoot: [1, ''],
  promptSuggestions: ['yes'],
  resume: [1, {}],
  resumeDropsTurn: [UUID, 1],
  resumeSessionAt: [UUID, 1],
  sandbox: ['yes', { enabled: 'yes' }],
  sessionId: ['me', '', 1, `${UUID}0`],
  sessionStore: ['x', {}],
  sessionStoreFlush: ['sometimes'],
  settingSources: ['user', ['global'], [1]],
  settings: [1, '', '{', ['x']],
  skills: ['some', [1]],
  spawnClaudeCodeProcess: ['x'],
  stderr: ['x', {}],
  strictMcpConfig: ['yes'],
  supportedDialogKinds: [['a'], 'x'],
  systemPrompt: [1, { type: 'preset', preset: 'other' }, { type: 'custom' }, [1]],
  taskBudget: [1, { total: 'x' }],
  thinking: ['on', { type: 'sometimes' }, { type: 'enabled', budgetTokens: 10 }, { type: 'adaptive', display: 'x' }],
  throwOnErrorResult: ['yes', () => {}],
  title: [1],
  toolAliases: ['x', { Bash: 1 }],
  toolConfig: ['x', { askUserQuestion: { previewFormat: 'pdf' } }, { askUserQuestion: 1 }],
  tools: ['Read', [1], { type: 'preset', preset: 'other' }],
  trustProjectSettings: ['yes'],
  verbatimPrompts: ['yes'],
}
