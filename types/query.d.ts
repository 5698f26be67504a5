//! `query()`, the running query, and what its control methods answer.

import type { McpServerConfig, McpServerStatus } from './mcp.js'
import type { SDKMessage, SDKUserMessage } from './messages.js'
import type { EffortLevel, Options } from './options.js'
import type { PermissionMode } from './permissions.js'
import type { Settings } from './settings.js'

/**
 * Runs an agent inside this process and yields what it does.
 *
 * The run starts at once. Throws an {@link AgentSdkError} synchronously, and sends nothing, when an option, the
 * directory or the credential cannot be used. The iterator throws only for an abort, an error of a streaming prompt,
 * `throwOnErrorResult`, or a bug of ours: API failures are messages and results (row 8). Leaving the loop ends the run.
 */
export declare function query(params: { prompt: string | AsyncIterable<SDKUserMessage>; options?: Options }): Query

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
  /**
   * Changes top-level keys of the option `settings`; `null` takes one away (row 151). What is read once, when a session
   * starts (`env`, `hooks`, `permissions.defaultMode`, ...), is refused.
   */
  applyFlagSettings(settings: { [Name in keyof Settings]?: Settings[Name] | null }): Promise<void>
  /** Writes a settings file; sessions that start later read it. */
  updateSettings(source: 'localSettings', settings: { outputStyle?: string }): Promise<void>
  updateSettings(source: 'userSettings', settings: { effortLevel?: EffortLevel }): Promise<void>
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

// Keeps what is not exported above out of the module.
export {}
