//! What the control methods of a query answer.

import type { AgentInfo } from './agents.js'
import type { McpServerStatus } from './mcp.js'
import type { FastModeDisabledReason, FastModeState } from './messages.js'
import type { EffortLevel } from './options.js'

/** What the session offers (row 576). */
export type SDKControlInitializeResponse = {
  commands: SlashCommand[]
  agents: AgentInfo[]
  output_style: string
  available_output_styles: string[]
  models: ModelInfo[]
  account: AccountInfo
  /** Version of this package. */
  claude_code_version?: string
  hooks_applied?: boolean
  hook_on_failure_supported?: boolean
  plugins_applied?: boolean
  mcp_servers_applied?: boolean
  sdk_mcp_manifests_parked?: Record<
    string,
    'parked' | 'already_connected' | 'protocol_version_mismatch' | 'malformed' | 'not_honoured'
  >
  fast_mode_state?: FastModeState
  fast_mode_disabled_reason?: FastModeDisabledReason
}

/** A row of `supportedCommands()`; `name` without the slash. */
export type SlashCommand = {
  name: string
  description: string
  argumentHint: string
  aliases?: string[]
  builtin?: boolean
}

/** A row of `supportedModels()`; `value` is what `model` takes. */
export type ModelInfo = {
  value: string
  displayName: string
  description: string
  /** The id that an alias stands for. */
  resolvedModel?: string
  supportsEffort?: boolean
  supportedEffortLevels?: EffortLevel[]
  supportsAdaptiveThinking?: boolean
  supportsFastMode?: boolean
  supportsAutoMode?: boolean
}

/** Whose credential is used. */
export type AccountInfo = {
  email?: string
  organization?: string
  subscriptionType?: string
  tokenSource?: string
  apiKeySource?: string
  apiProvider?:
    | 'firstParty'
    | 'bedrock'
    | 'vertex'
    | 'foundry'
    | 'anthropicAws'
    | 'anthropicGoogleCloud'
    | 'mantle'
    | 'gateway'
}

/** Uuids of the messages that were waiting: those that still are, and those that were dropped. */
export type SDKControlInterruptResponse = { still_queued: string[]; cancelled?: string[] }

/** What `rewindFiles()` did, or would do. */
export type RewindFilesResult = {
  canRewind: boolean
  error?: string
  filesChanged?: string[]
  /** Lines. */
  insertions?: number
  deletions?: number
  skippedLinks?: number
}

/** Text of a file, or base64 if asked for. */
export type SDKControlReadFileResponse = {
  contents: string
  absPath: string
  /** There is more than `maxBytes`. */
  truncated?: boolean
  encoding?: 'base64'
  /** Bytes that are no UTF-8 were replaced. */
  lossy?: boolean
}

/** What is there after plugins were read again. */
export type SDKControlReloadPluginsResponse = {
  commands: SlashCommand[]
  agents: AgentInfo[]
  plugins: { name: string; path: string; source?: string; version?: string }[]
  mcpServers: McpServerStatus[]
  error_count: number
  /** Nothing was changed, to keep the prompt cached: see `cache_impact`. */
  held?: boolean
  cache_impact?: {
    mcp_servers_added: string[]
    mcp_servers_removed: string[]
    lsp_tool_change: 'adds' | 'may-add' | 'removes' | 'may-remove' | null
  }
}
/** Skills after a new look at their folders. */
export type SDKControlReloadSkillsResponse = { skills: SlashCommand[] }
/** Output styles after a new look at their folders. */
export type SDKControlReloadOutputStylesResponse = { available_output_styles: string[] }

/** A resource of an MCP server; `blob` is base64. */
export type SDKControlMcpReadResourceResponse = {
  contents: { uri: string; mimeType?: string; text?: string; blob?: string; _meta?: Record<string, unknown> }[]
}

/** What the context is filled with, in tokens. */
export type SDKControlGetContextUsageResponse = {
  categories: {
    id?:
      | 'system_prompt'
      | 'system_tools'
      | 'mcp_tools'
      | 'mcp_instructions'
      | 'mcp_tools_deferred'
      | 'system_tools_deferred'
      | 'custom_agents'
      | 'memory_files'
      | 'skills'
      | 'messages'
      | 'autocompact_buffer'
      | 'compact_buffer'
      | 'free_space'
    name: string
    tokens: number
    color: string
    isDeferred?: boolean
    kind: 'used' | 'free' | 'buffer' | 'deferred'
  }[]
  totalTokens: number
  maxTokens: number
  rawMaxTokens: number
  percentage: number
  gridRows: {
    color: string
    isFilled: boolean
    categoryName: string
    tokens: number
    percentage: number
    squareFullness: number
  }[][]
  model: string
  memoryFiles: { path: string; type: string; tokens: number }[]
  mcpTools: { name: string; serverName: string; tokens: number; isLoaded?: boolean }[]
  mcpInstructions?: { serverName: string; tokens: number }[]
  deferredBuiltinTools?: { name: string; tokens: number; isLoaded: boolean }[]
  systemTools?: { name: string; tokens: number }[]
  systemPromptSections?: { name: string; tokens: number }[]
  agents: { agentType: string; source: string; pluginId?: string; path?: string; tokens: number }[]
  slashCommands?: { totalCommands: number; includedCommands: number; tokens: number }
  skills?: {
    totalSkills: number
    includedSkills: number
    tokens: number
    skillFrontmatter: {
      name: string
      source: string
      pluginName?: string
      pluginId?: string
      path?: string
      tokens: number
    }[]
  }
  autoCompactThreshold?: number
  isAutoCompactEnabled: boolean
  messageBreakdown?: {
    toolCallTokens: number
    toolResultTokens: number
    attachmentTokens: number
    assistantMessageTokens: number
    userMessageTokens: number
    redirectedContextTokens: number
    unattributedTokens: number
    toolCallsByType: { name: string; callTokens: number; resultTokens: number }[]
    attachmentsByType: { name: string; tokens: number }[]
  }
  apiUsage: {
    input_tokens: number
    output_tokens: number
    cache_creation_input_tokens: number
    cache_read_input_tokens: number
  } | null
}

// Keeps what is not exported above out of the module.
export {}
