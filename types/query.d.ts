//! `query()` and the running query.

import type { AgentInfo } from './agents.js'
import type {
  AccountInfo,
  ModelInfo,
  RewindFilesResult,
  SDKControlGetContextUsageResponse,
  SDKControlInitializeResponse,
  SDKControlInterruptResponse,
  SDKControlMcpReadResourceResponse,
  SDKControlReadFileResponse,
  SDKControlReloadOutputStylesResponse,
  SDKControlReloadPluginsResponse,
  SDKControlReloadSkillsResponse,
  SlashCommand,
} from './control.js'
import type { McpServerConfig, McpServerStatus, McpSetServersResult } from './mcp.js'
import type { SDKMessage, SDKUserMessageInput } from './messages.js'
import type { EffortLevel, Options, SdkPluginConfig } from './options.js'
import type { PermissionExplanation, PermissionMode } from './permissions.js'
import type { Settings } from './settings.js'

/**
 * Runs an agent inside this process and yields what it does.
 *
 * The run starts at once. Throws an `AgentSdkError` synchronously, and sends nothing, when an option, the
 * directory or the credential cannot be used. The iterator throws only for an abort, an error of a streaming prompt,
 * `throwOnErrorResult`, or a bug of ours: API failures are messages and results (row 8). Leaving the loop ends the run.
 */
export declare function query(params: {
  prompt: string | AsyncIterable<SDKUserMessageInput>
  options?: Options
}): Query

/**
 * A running query. The methods work for both forms of the prompt, and before the first `next()` (row 28). Once the query
 * is closed they reject with code `query_closed`; one whose part is not built rejects with `unsupported_option`.
 */
export interface Query extends AsyncGenerator<SDKMessage, void> {
  // ---------------------------------------------------------------------------------------------- course of the run

  /**
   * Stops the running turn, or the one about to start; its result is `error_during_execution`, and the session goes on
   * with the next message. Settles at once.
   */
  interrupt(): Promise<SDKControlInterruptResponse | undefined>
  /** Feeds further user messages; resolves when all are queued. */
  streamInput(stream: AsyncIterable<SDKUserMessageInput>): Promise<void>
  /** Ends the run at once and frees everything. Calling it again does nothing. */
  close(): void

  // ------------------------------------------------------------------------------------------------------- settings

  /** Changes the mode for all later calls (row 75). `bypassPermissions` needs `allowDangerouslySkipPermissions`. */
  setPermissionMode(mode: PermissionMode | 'manual'): Promise<void>
  /** The mode for the tools of one server; `null`: that of the session again. */
  setMcpPermissionModeOverride(server: string, mode: 'default' | 'auto' | null): Promise<{ warning?: string }>
  /** Changes the model from the next request on; without an argument back to the default (row 578). */
  setModel(model?: string): Promise<void>
  /** @deprecated Use `thinking`. 0 turns thinking off, `null` returns to the default. */
  setMaxThinkingTokens(maxThinkingTokens: number | null, display?: 'summarized' | 'omitted'): Promise<void>
  /**
   * Changes top-level keys of the option `settings`; `null` takes one away (row 151). What is read once, when a session
   * starts (`env`, `hooks`, `permissions.defaultMode`, ...), is refused.
   */
  applyFlagSettings(settings: { [Name in keyof Settings]?: Settings[Name] | null }): Promise<void>
  /** Writes a settings file; sessions that start later read it. */
  updateSettings(source: 'localSettings', settings: { outputStyle?: string }): Promise<void>
  updateSettings(source: 'userSettings', settings: { effortLevel?: EffortLevel }): Promise<void>
  /** Ours. Who would decide this call now, and how. Hooks are named but not called, nobody is asked, nothing is run. */
  explainPermission(toolName: string, input: Record<string, unknown>): Promise<PermissionExplanation>

  // ------------------------------------------------------------------------------------------------------ questions

  /** What the session offers (row 576). */
  initializationResult(): Promise<SDKControlInitializeResponse>
  /** The same, after a host has connected again. */
  reinitialize(): Promise<SDKControlInitializeResponse>
  supportedCommands(): Promise<SlashCommand[]>
  supportedModels(): Promise<ModelInfo[]>
  supportedAgents(): Promise<AgentInfo[]>
  accountInfo(): Promise<AccountInfo>
  /** What the context is filled with. `detail` adds the lists. */
  getContextUsage(options?: { detail?: boolean }): Promise<SDKControlGetContextUsageResponse>

  // ----------------------------------------------------------------------------------------------------------- files

  /** A file as the agent sees it; `null` if it is not there. `maxBytes`: default 1 MB. */
  readFile(
    path: string,
    options?: { maxBytes?: number; encoding?: 'utf-8' | 'base64' },
  ): Promise<SDKControlReadFileResponse | null>
  /** Counts a file as read at this time (milliseconds since 1970), so that it can be edited without reading it again. */
  seedReadState(path: string, mtime: number): Promise<void>
  /** Brings files back to what they were at a user message. Needs `enableFileCheckpointing`. */
  rewindFiles(userMessageId: string, options?: { dryRun?: boolean }): Promise<RewindFilesResult>

  // ----------------------------------------------------------------------------------------------------------- tasks

  /** Stops a background task; `system/task_notification` follows. An id that no task has is no error. */
  stopTask(taskId: string): Promise<void>
  /** Moves the running call, or all that can be moved, to the background; `false` when there is none. */
  backgroundTasks(toolUseId?: string): Promise<boolean>

  // ------------------------------------------------------------------------------------------------ MCP, extensions

  mcpServerStatus(): Promise<McpServerStatus[]>
  reconnectMcpServer(serverName: string): Promise<void>
  toggleMcpServer(serverName: string, enabled: boolean): Promise<void>
  /** Replaces the servers added this way and those of this process; others of `mcpServers` stay. */
  setMcpServers(servers: Record<string, McpServerConfig>): Promise<McpSetServersResult>
  readMcpResource(server: string, uri: string): Promise<SDKControlMcpReadResourceResponse>
  reloadPlugins(options?: {
    /** Change nothing if that would spoil the cached prompt. */
    holdOnCacheImpact?: boolean
    addPlugins?: SdkPluginConfig[]
    /** Reject while a turn runs. */
    refuseIfBusy?: boolean
  }): Promise<SDKControlReloadPluginsResponse>
  reloadSkills(): Promise<SDKControlReloadSkillsResponse>
  reloadOutputStyles(): Promise<SDKControlReloadOutputStylesResponse>
}

/**
 * Prepares a query before its prompt is known, so that the first turn starts sooner. Rejects with the errors of {@link query}.
 * `initializeTimeoutMs`: default 60000.
 */
export declare function startup(params?: { options?: Options; initializeTimeoutMs?: number }): Promise<WarmQuery>

/** A prepared query. */
export interface WarmQuery extends AsyncDisposable {
  /** Starts it; only once. */
  query(prompt: string | AsyncIterable<SDKUserMessageInput>): Query
  /** Frees it, used or not. */
  close(): void
}

// Keeps what is not exported above out of the module.
export {}
