/**
 * The public contract of native-agent-sdk, compatible with the Claude Agent SDK's API.
 *
 * Written by hand; tests prove that what the engine writes satisfies it. "Not yet" marks options and methods whose
 * part is not built in this version: a value other than the default is refused with code `unsupported_option`.
 */

import type { Readable, Writable } from 'node:stream'

export * from './sdk-tools.js'

// ---------------------------------------------------------------------------------------------------- functions

/**
 * Runs an agent inside this process and yields what it does.
 *
 * The run starts at once. Throws an {@link AgentSdkError} synchronously, and sends nothing, when an option, the
 * directory or the credential cannot be used. The iterator throws only for an abort, an error of a streaming prompt,
 * `throwOnErrorResult`, or a bug of ours: API failures are messages and results (row 8). Leaving the loop ends the run.
 */
export declare function query(params: { prompt: string | AsyncIterable<SDKUserMessage>; options?: Options }): Query

// ------------------------------------------------------------------------------------------------------- errors

/** Stable codes of {@link AgentSdkError}; the texts are for people and may change. */
export type ErrorCode =
  | 'unsupported_option'
  | 'unknown_option'
  | 'invalid_option'
  | 'cwd_unavailable'
  | 'missing_credentials'
  | 'invalid_credentials'
  | 'bypass_not_allowed'
  | 'bypass_root'
  | 'invalid_rule'
  | 'aborted'
  | 'query_closed'
  | 'native_addon_missing'
  | 'internal_error'
  | 'config_file_invalid'
  | 'invalid_input'
  | 'error_result'
  | 'scripted_api'

/** Every error that this package throws, aborts apart. */
export declare class AgentSdkError extends Error {
  constructor(code: ErrorCode, message: string, options?: ErrorOptions)
  /** What went wrong, for programs. */
  readonly code: ErrorCode
}

/** Thrown by the iterator after `options.abortController` was aborted (row 31). */
export declare class AbortError extends Error {
  constructor(message?: string, options?: ErrorOptions)
  readonly code: 'aborted'
}

// ------------------------------------------------------------------------------------------------------ options

/** Options of one query. Unknown names are refused with code `unknown_option`. */
export interface Options {
  /** Aborting it ends the run; the iterator throws {@link AbortError}. */
  abortController?: AbortController
  /** Further directories that tools may work in, absolute or relative to `cwd`. Default: none. */
  additionalDirectories?: string[]
  /** Not yet. The agent that runs the main thread. */
  agent?: string
  /** Not yet. Subagents by name. */
  agents?: Record<string, AgentDefinition>
  /** Not yet. */
  agentProgressSummaries?: boolean
  /** Must be true for `bypassPermissions`, now or later. Default false (row 70). */
  allowDangerouslySkipPermissions?: boolean
  /** Rules that allow calls without asking. Does not restrict what is offered: see `tools` (row 62). */
  allowedTools?: string[]
  /** Beta headers for the API. */
  betas?: SdkBeta[]
  /** Asked when rules and mode leave a call undecided. No time limit (row 87). */
  canUseTool?: CanUseTool
  /** Not yet. */
  continue?: boolean
  /** Working directory. Default: the process's. */
  cwd?: string
  /** Not yet. */
  debug?: boolean
  /** Not yet. */
  debugFile?: string
  /** Rules that refuse calls in every mode. A bare tool name also takes the tool out of the model's sight (row 64). */
  disallowedTools?: string[]
  /** How much work the model puts in. Default: the model's own. */
  effort?: EffortLevel
  /** Not yet. */
  enableFileCheckpointing?: boolean
  /** The whole environment of the run, `PATH` and `HOME` included (row 540). Default: a copy of `process.env`. */
  env?: Record<string, string | undefined>
  /** No effect: there is no child process (row 588). */
  executable?: 'bun' | 'deno' | 'node'
  /** No effect. */
  executableArgs?: string[]
  /**
   * Flags of the command line, with or without dashes, read as the options that they stand for: `model`, `max-turns`,
   * `mcp-config`, `json-schema`, `append-system-prompt` and so on. `replay-user-messages` (value null) echoes what the
   * host says with `isReplay: true`. An unknown flag is refused with code `unknown_option` (row 587).
   */
  extraArgs?: Record<string, string | null>
  /** Not yet. */
  fallbackModel?: string
  /** Not yet. */
  forkSession?: boolean
  /** Not yet. */
  forwardSubagentText?: boolean
  /** Not yet. */
  hooks?: Partial<Record<HookEvent, HookCallbackMatcher[]>>
  /** Not yet. */
  includeHookEvents?: boolean
  /** Also yield the raw events of the API as `stream_event` (row 33). Default false. */
  includePartialMessages?: boolean
  /** Not yet. */
  loadTimeoutMs?: number
  /** Not yet. */
  managedSettings?: Settings
  /** Not yet. US dollars. */
  maxBudgetUsd?: number
  /** @deprecated Use `thinking`. Tokens; 0 turns thinking off (row 49). */
  maxThinkingTokens?: number
  /** Rounds of tool calls at most; a final text does not count (row 3). Default: no limit. */
  maxTurns?: number
  /** Not yet. */
  mcpServers?: Record<string, McpServerConfig>
  /** No effect. */
  mcpServersDelivery?: 'argv' | 'initialize'
  /** Alias (`opus`, `sonnet`, `haiku`, `default`) or model id. Default: `ANTHROPIC_MODEL`, else `default`. */
  model?: string
  /** Not yet. */
  onElicitation?: OnElicitation
  /** Not yet. Ours: OAuth for MCP servers. */
  mcpOAuth?: Record<string, unknown>
  /** Not yet. */
  onUserDialog?: (...args: unknown[]) => unknown
  /** Not yet. */
  outputFormat?: OutputFormat
  /** No effect. */
  pathToClaudeCodeExecutable?: string
  /** Not yet. */
  perTaskStopAffordance?: boolean
  /** How calls are decided that no rule decides. `manual` is an alias of `default`; `auto`: not yet. */
  permissionMode?: PermissionMode | 'manual'
  /** `none` refuses whatever would ask (row 83). Default `host`. */
  permissionPrompts?: 'host' | 'none'
  /** Not yet. */
  permissionPromptToolName?: string
  /** Sessions live in memory in this version, whatever this says. */
  persistSession?: boolean
  /** Not yet. */
  planModeInstructions?: string
  /** No effect. */
  pluginDelivery?: 'argv' | 'initialize'
  /** Not yet. */
  plugins?: SdkPluginConfig[]
  /** Not yet. */
  projectConfigRoot?: string
  /** Not yet. */
  promptSuggestions?: boolean
  /** Not yet. */
  resume?: string
  /** Not yet. */
  resumeDropsTurn?: string
  /** Not yet. */
  resumeSessionAt?: string
  /** Not yet. */
  sandbox?: SandboxSettings
  /** A UUID for the session. Default: a fresh one. */
  sessionId?: string
  /** Not yet. */
  sessionStore?: SessionStore
  /** Not yet. */
  sessionStoreFlush?: 'batched' | 'eager'
  /** Not yet. */
  settings?: string | Settings
  /** Which settings files to load. Default `[]`: none. Others: not yet. */
  settingSources?: SettingSource[]
  /** Not yet. */
  skills?: string[] | 'all'
  /** No effect. */
  spawnClaudeCodeProcess?: (options: SpawnOptions) => SpawnedProcess
  /** Gets diagnostic texts, for example about options without effect. */
  stderr?: (data: string) => void
  /** Satisfied by itself in this version: no server is read from files. */
  strictMcpConfig?: boolean
  /** Not yet. */
  supportedDialogKinds?: string[]
  /** What the model is told about its role. Default: a short prompt of our own (row 454). */
  systemPrompt?:
    | string
    | string[]
    | {
        type: 'preset'
        preset: 'claude_code'
        append?: string
        /** Not yet. */
        excludeDynamicSections?: boolean
        /** Not yet. */
        snapshot?: boolean
      }
    | { type: 'custom'; prompt: string | string[]; snapshot?: boolean }
  /** Not yet. */
  taskBudget?: { total: number }
  /** Default: the model's own (row 48). */
  thinking?: ThinkingConfig
  /** Ours. After a result with `is_error` the iterator throws an {@link AgentSdkError} `error_result`. Default false. */
  throwOnErrorResult?: boolean
  /** Not yet. */
  title?: string
  /** Not yet. */
  toolAliases?: Record<string, string>
  /** Not yet. */
  toolConfig?: ToolConfig
  /** Which built-in tools the model is offered. Default: all (row 63). */
  tools?: string[] | { type: 'preset'; preset: 'claude_code' }
  /** Prompts are sent as they are; in this version always. */
  verbatimPrompts?: boolean
}

export type EffortLevel = 'low' | 'medium' | 'high' | 'xhigh' | 'max'
export type SettingSource = 'user' | 'project' | 'local'
export type ConfigScope = 'local' | 'user' | 'project'
export type SdkBeta = 'context-1m-2025-08-07' | (string & {})

/** `display`: whether thinking is shown as a summary or left empty. */
export type ThinkingConfig = ThinkingAdaptive | ThinkingEnabled | ThinkingDisabled
export type ThinkingAdaptive = { type: 'adaptive'; display?: 'summarized' | 'omitted' }
/** `budgetTokens` is at least 1024. */
export type ThinkingEnabled = { type: 'enabled'; budgetTokens?: number; display?: 'summarized' | 'omitted' }
export type ThinkingDisabled = { type: 'disabled' }

export type OutputFormat = JsonSchemaOutputFormat
export type JsonSchemaOutputFormat = { type: 'json_schema'; schema: Record<string, unknown> }
export type SdkPluginConfig = { type: 'local'; path: string; skipMcpDiscovery?: boolean }
export type ToolConfig = { askUserQuestion?: { previewFormat?: 'markdown' | 'html' }; gitDiff?: boolean }

export interface SpawnOptions {
  command: string
  args: string[]
  cwd?: string
  env: Record<string, string | undefined>
  signal: AbortSignal
}

export interface SpawnedProcess {
  stdin: Writable
  stdout: Readable
  readonly killed: boolean
  readonly exitCode: number | null
  kill(signal: NodeJS.Signals): boolean
  on(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): void
  on(event: 'error', listener: (error: Error) => void): void
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): void
  once(event: 'error', listener: (error: Error) => void): void
  off(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): void
  off(event: 'error', listener: (error: Error) => void): void
}

// -------------------------------------------------------------------------------------------------------- query

/** A running query. Methods marked "Not yet" reject with code `unsupported_option`. */
export interface Query extends AsyncGenerator<SDKMessage, void> {
  /**
   * Stops the running turn, or the one about to start; its result is `error_during_execution`, and the session goes on
   * with the next message. Works for both prompt forms and settles at once.
   */
  interrupt(): Promise<InterruptReceipt | undefined>
  /** Changes the mode for all later calls (row 75). */
  setPermissionMode(mode: PermissionMode | 'manual'): Promise<void>
  /** Changes the model from the next request on; without an argument back to the default (row 578). */
  setModel(model?: string): Promise<void>
  /** @deprecated Use `thinking`. 0 turns thinking off, `null` returns to the default. */
  setMaxThinkingTokens(maxThinkingTokens: number | null): Promise<void>
  /** What the session offers (row 576). */
  initializationResult(): Promise<SDKControlInitializeResponse>
  supportedCommands(): Promise<SlashCommand[]>
  supportedModels(): Promise<ModelInfo[]>
  supportedAgents(): Promise<AgentInfo[]>
  mcpServerStatus(): Promise<McpServerStatus[]>
  accountInfo(): Promise<AccountInfo>
  /** Not yet. */
  reconnectMcpServer(serverName: string): Promise<void>
  /** Not yet. */
  toggleMcpServer(serverName: string, enabled: boolean): Promise<void>
  /** Not yet. */
  setMcpServers(servers: Record<string, McpServerConfig>): Promise<McpSetServersResult>
  /** Not yet. */
  rewindFiles(userMessageId: string, options?: { dryRun?: boolean }): Promise<RewindFilesResult>
  /** Not yet. */
  stopTask(taskId: string): Promise<void>
  /** Feeds further user messages; resolves when all are queued. */
  streamInput(stream: AsyncIterable<SDKUserMessage>): Promise<void>
  /** Ends the run at once and frees everything. Calling it again does nothing. */
  close(): void
}

/** Messages that were waiting and still are. */
export type InterruptReceipt = { still_queued: string[]; cancelled?: string[] }

export type SDKControlInitializeResponse = {
  commands: SlashCommand[]
  agents: AgentInfo[]
  output_style: string
  available_output_styles: string[]
  models: ModelInfo[]
  account: AccountInfo
  fast_mode_state?: 'off' | 'cooldown' | 'on'
}
export type SlashCommand = { name: string; description: string; argumentHint: string }
export type ModelInfo = {
  value: string
  displayName: string
  description: string
  supportsEffort?: boolean
  supportedEffortLevels?: EffortLevel[]
  supportsAdaptiveThinking?: boolean
  supportsFastMode?: boolean
}
export type AgentInfo = { name: string; description: string; model?: string }
export type AccountInfo = {
  email?: string
  organization?: string
  subscriptionType?: string
  tokenSource?: string
  apiKeySource?: string
}
export type McpSetServersResult = { added: string[]; removed: string[]; errors: Record<string, string> }
export type RewindFilesResult = {
  canRewind: boolean
  error?: string
  filesChanged?: string[]
  insertions?: number
  deletions?: number
  skippedLinks?: number
}

// -------------------------------------------------------------------------------------------------- permissions

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

/** In this version an update for a settings file holds for the session only, and a message says so. */
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

// ---------------------------------------------------------------------------------------- the API's own messages

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
  | { type: 'container_upload'; file_id: string }

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

/** Token counts as the API gives them. */
export type Usage = {
  input_tokens: number | null
  output_tokens: number | null
  cache_creation_input_tokens?: number | null
  cache_read_input_tokens?: number | null
}

/** Sums over the requests of a turn (row 571). */
export type NonNullableUsage = {
  input_tokens: number
  output_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  server_tool_use: { web_search_requests: number; web_fetch_requests: number }
  service_tier: string
  cache_creation: { ephemeral_1h_input_tokens: number; ephemeral_5m_input_tokens: number }
}

/** Totals of one model over a `query()` call (row 479). */
export type ModelUsage = {
  inputTokens: number
  outputTokens: number
  cacheReadInputTokens: number
  cacheCreationInputTokens: number
  webSearchRequests: number
  /** US dollars; 0 when `costBasis` is `unknown`. */
  costUSD: number
  contextWindow: number
  maxOutputTokens: number
  costBasis?: 'list' | 'managed' | 'unknown'
}

// ----------------------------------------------------------------------------------------------------- messages

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

// -------------------------------------------------------------------------------------------- agents, MCP, hooks
// Types of options whose part is not built yet; their values are refused until then.

export type AgentDefinition = {
  description: string
  prompt: string
  tools?: string[]
  disallowedTools?: string[]
  model?: string
  mcpServers?: AgentMcpServerSpec[]
  skills?: string[]
  maxTurns?: number
  criticalSystemReminder_EXPERIMENTAL?: string
  initialPrompt?: string
  background?: boolean
  omitClaudeMd?: boolean
  memory?: 'user' | 'project' | 'local'
  effort?: EffortLevel | number
  permissionMode?: PermissionMode
  autoCompactWindow?: number
}
export type AgentMcpServerSpec = string | Record<string, McpServerConfigForProcessTransport>

export type McpServerConfig =
  | McpStdioServerConfig
  | McpSSEServerConfig
  | McpHttpServerConfig
  | McpSdkServerConfigWithInstance
export type McpServerConfigForProcessTransport =
  | McpStdioServerConfig
  | McpSSEServerConfig
  | McpHttpServerConfig
  | McpSdkServerConfig
  | McpClaudeAIProxyServerConfig
export type McpServerStatusConfig = McpServerConfigForProcessTransport
export type McpStdioServerConfig = {
  type?: 'stdio'
  command: string
  args?: string[]
  env?: Record<string, string>
  timeout?: number
}
export type McpSSEServerConfig = { type: 'sse'; url: string; headers?: Record<string, string>; timeout?: number }
export type McpHttpServerConfig = { type: 'http'; url: string; headers?: Record<string, string>; timeout?: number }
export type McpSdkServerConfig = { type: 'sdk'; name: string; timeout?: number }
export type McpSdkServerConfigWithInstance = McpSdkServerConfig & { instance: McpServerLike }
export type McpClaudeAIProxyServerConfig = { type: 'claudeai-proxy'; url: string; id: string }
/** What is needed of an MCP server object. */
export interface McpServerLike {
  connect(transport: unknown): Promise<void>
  close(): Promise<void>
}
export type McpServerStatus = {
  name: string
  status: 'connected' | 'failed' | 'needs-auth' | 'pending' | 'disabled'
  serverInfo?: { name: string; version: string }
  error?: string
  config?: McpServerStatusConfig
  scope?: string
  tools?: {
    name: string
    description?: string
    annotations?: { readOnly?: boolean; destructive?: boolean; openWorld?: boolean }
  }[]
}
export type OnElicitation = (
  request: {
    serverName: string
    message: string
    mode?: 'form' | 'url'
    url?: string
    elicitationId?: string
    requestedSchema?: Record<string, unknown>
  },
  options: { signal: AbortSignal },
) => Promise<{ action: 'accept' | 'decline' | 'cancel'; content?: Record<string, unknown> }>
export type ToolAnnotations = {
  title?: string
  readOnlyHint?: boolean
  destructiveHint?: boolean
  idempotentHint?: boolean
  openWorldHint?: boolean
}
export type CallToolResult = {
  content: Array<
    | { type: 'text'; text: string }
    | { type: 'image'; data: string; mimeType: string }
    | { type: 'resource'; resource: { uri: string; mimeType?: string; text?: string; blob?: string } }
  >
  structuredContent?: Record<string, unknown>
  isError?: boolean
}

export type HookEvent =
  | 'PreToolUse'
  | 'PostToolUse'
  | 'PostToolUseFailure'
  | 'PostToolBatch'
  | 'Notification'
  | 'UserPromptSubmit'
  | 'UserPromptExpansion'
  | 'SessionStart'
  | 'SessionEnd'
  | 'Stop'
  | 'StopFailure'
  | 'SubagentStart'
  | 'SubagentStop'
  | 'PreCompact'
  | 'PostCompact'
  | 'PreModelSwitch'
  | 'PostModelSwitch'
  | 'PermissionRequest'
  | 'PermissionDenied'
  | 'Setup'
  | 'TeammateIdle'
  | 'TaskCreated'
  | 'TaskCompleted'
  | 'Elicitation'
  | 'ElicitationResult'
  | 'ConfigChange'
  | 'InstructionsLoaded'
  | 'CwdChanged'
  | 'FileChanged'
  | 'DirectoryAdded'
  | 'MessageDisplay'
  | 'WorktreeCreate'
  | 'WorktreeRemove'

export type HookCallback = (
  input: HookInput,
  toolUseID: string | undefined,
  options: { signal: AbortSignal },
) => Promise<HookJSONOutput>
/** `timeout` in seconds for all callbacks of the matcher. */
export interface HookCallbackMatcher {
  matcher?: string
  hooks: HookCallback[]
  timeout?: number
  onFailure?: 'continue' | 'block'
}

export type BaseHookInput = {
  session_id: string
  transcript_path: string
  cwd: string
  permission_mode?: string
  agent_id?: string
  agent_type?: string
  prompt_id?: string
  effort?: { level: string }
}
type ToolHook<Event extends HookEvent> = BaseHookInput & {
  hook_event_name: Event
  tool_name: string
  tool_input: unknown
}
export type PreToolUseHookInput = ToolHook<'PreToolUse'> & { tool_use_id: string }
export type PostToolUseHookInput = ToolHook<'PostToolUse'> & { tool_response: unknown; tool_use_id: string }
export type PostToolUseFailureHookInput = ToolHook<'PostToolUseFailure'> & {
  tool_use_id: string
  error: string
  is_interrupt?: boolean
}
export type PermissionRequestHookInput = ToolHook<'PermissionRequest'> & {
  permission_suggestions?: PermissionUpdate[]
}
export type NotificationHookInput = BaseHookInput & {
  hook_event_name: 'Notification'
  message: string
  title?: string
  notification_type: string
}
export type UserPromptSubmitHookInput = BaseHookInput & { hook_event_name: 'UserPromptSubmit'; prompt: string }
export type SessionStartHookInput = BaseHookInput & {
  hook_event_name: 'SessionStart'
  source: 'startup' | 'resume' | 'clear' | 'compact' | 'fork'
  model?: string
}
export type ExitReason = 'clear' | 'resume' | 'logout' | 'prompt_input_exit' | 'other'
export type SessionEndHookInput = BaseHookInput & { hook_event_name: 'SessionEnd'; reason: ExitReason }
export type StopHookInput = BaseHookInput & {
  hook_event_name: 'Stop'
  stop_hook_active: boolean
  last_assistant_message?: string
}
export type SubagentStartHookInput = BaseHookInput & {
  hook_event_name: 'SubagentStart'
  agent_id: string
  agent_type: string
}
export type SubagentStopHookInput = BaseHookInput & {
  hook_event_name: 'SubagentStop'
  stop_hook_active: boolean
  agent_id: string
  agent_transcript_path: string
  agent_type: string
  last_assistant_message?: string
}
export type PreCompactHookInput = BaseHookInput & {
  hook_event_name: 'PreCompact'
  trigger: 'manual' | 'auto'
  custom_instructions: string | null
}
export type SetupHookInput = BaseHookInput & { hook_event_name: 'Setup'; trigger: 'init' | 'maintenance' }
export type TeammateIdleHookInput = BaseHookInput & {
  hook_event_name: 'TeammateIdle'
  teammate_name: string
  team_name: string
}
export type TaskCompletedHookInput = BaseHookInput & {
  hook_event_name: 'TaskCompleted'
  task_id: string
  task_subject: string
  task_description?: string
  teammate_name?: string
  team_name?: string
}
export type ConfigChangeHookInput = BaseHookInput & {
  hook_event_name: 'ConfigChange'
  source: 'user_settings' | 'project_settings' | 'local_settings' | 'policy_settings' | 'skills'
  file_path?: string
}
export type WorktreeCreateHookInput = BaseHookInput & { hook_event_name: 'WorktreeCreate'; name: string }
export type WorktreeRemoveHookInput = BaseHookInput & { hook_event_name: 'WorktreeRemove'; worktree_path: string }
export type HookInput =
  | PreToolUseHookInput
  | PostToolUseHookInput
  | PostToolUseFailureHookInput
  | NotificationHookInput
  | UserPromptSubmitHookInput
  | SessionStartHookInput
  | SessionEndHookInput
  | StopHookInput
  | SubagentStartHookInput
  | SubagentStopHookInput
  | PreCompactHookInput
  | PermissionRequestHookInput
  | SetupHookInput
  | TeammateIdleHookInput
  | TaskCompletedHookInput
  | ConfigChangeHookInput
  | WorktreeCreateHookInput
  | WorktreeRemoveHookInput

export type HookJSONOutput = AsyncHookJSONOutput | SyncHookJSONOutput
export type AsyncHookJSONOutput = { async: true; asyncTimeout?: number }
export type SyncHookJSONOutput = {
  continue?: boolean
  suppressOutput?: boolean
  stopReason?: string
  decision?: 'approve' | 'block'
  systemMessage?: string
  reason?: string
  hookSpecificOutput?:
    | {
        hookEventName: 'PreToolUse'
        permissionDecision?: 'allow' | 'deny' | 'ask' | 'defer'
        permissionDecisionReason?: string
        updatedInput?: Record<string, unknown>
        additionalContext?: string
      }
    | {
        hookEventName:
          | 'UserPromptSubmit'
          | 'SessionStart'
          | 'Setup'
          | 'SubagentStart'
          | 'SubagentStop'
          | 'PostToolUseFailure'
          | 'Notification'
        additionalContext?: string
      }
    | {
        hookEventName: 'PostToolUse'
        additionalContext?: string
        updatedMCPToolOutput?: unknown
        updatedToolOutput?: unknown
      }
    | {
        hookEventName: 'PermissionRequest'
        decision:
          | { behavior: 'allow'; updatedInput?: Record<string, unknown>; updatedPermissions?: PermissionUpdate[] }
          | { behavior: 'deny'; message?: string; interrupt?: boolean }
      }
}

// -------------------------------------------------------------------------------------- settings, sandbox, sessions

/** The content of a settings file. */
export interface Settings {
  permissions?: {
    allow?: string[]
    deny?: string[]
    ask?: string[]
    defaultMode?: PermissionMode
    additionalDirectories?: string[]
  }
  hooks?: Record<string, unknown>
  env?: Record<string, string>
  model?: string
  sandbox?: SandboxSettings
  [name: string]: unknown
}

export type SandboxSettings = {
  enabled?: boolean
  failIfUnavailable?: boolean
  autoAllowBashIfSandboxed?: boolean
  excludedCommands?: string[]
  allowUnsandboxedCommands?: boolean
  network?: SandboxNetworkConfig
  filesystem?: SandboxFilesystemConfig
  ignoreViolations?: Record<string, string[]>
  enableWeakerNestedSandbox?: boolean
  ripgrep?: { command: string; args?: string[] }
}
export type SandboxNetworkConfig = {
  allowedDomains?: string[]
  deniedDomains?: string[]
  allowManagedDomainsOnly?: boolean
  strictAllowlist?: boolean
  allowLocalBinding?: boolean
  allowUnixSockets?: string[]
  allowAllUnixSockets?: boolean
  httpProxyPort?: number
  socksProxyPort?: number
}
export type SandboxFilesystemConfig = {
  allowWrite?: string[]
  denyWrite?: string[]
  denyRead?: string[]
  allowRead?: string[]
}

export type SessionKey = { projectKey: string; sessionId: string; subpath?: string }
export type SessionStoreEntry = { type: string; [name: string]: unknown }
export interface SessionStore {
  append(key: SessionKey, entries: SessionStoreEntry[]): Promise<void>
  load(key: SessionKey): Promise<SessionStoreEntry[] | null>
  listSessions?(projectKey: string): Promise<{ sessionId: string; mtime: number }[]>
  delete?(key: SessionKey): Promise<void>
  listSubkeys?(key: SessionKey): Promise<string[]>
}
export type SDKSessionInfo = {
  sessionId: string
  summary: string
  lastModified: number
  fileSize?: number
  customTitle?: string
  firstPrompt?: string
  gitBranch?: string
  cwd?: string
  tag?: string
  createdAt?: number
}
export type SessionMessage = {
  type: 'user' | 'assistant' | 'system'
  uuid: string
  session_id: string
  message: unknown
  parent_tool_use_id: string | null
}
