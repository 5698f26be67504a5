//! Subagents given in the options.

import type { McpServerConfigForProcessTransport } from './mcp.js'
import type { EffortLevel } from './options.js'
import type { PermissionMode } from './permissions.js'

/** A subagent. */
export type AgentDefinition = {
  /** Tells the model when to use it. */
  description: string
  /** Its system prompt. */
  prompt: string
  /** Default: all tools that subagents may have. */
  tools?: string[]
  /** Taken away first; `mcp__server` and `mcp__server__*` name all tools of a server. */
  disallowedTools?: string[]
  /** Alias, model id, or `inherit`. Default `inherit`. */
  model?: 'sonnet' | 'opus' | 'haiku' | 'inherit' | (string & {})
  mcpServers?: AgentMcpServerSpec[]
  /** Skills whose whole content it starts with. */
  skills?: string[]
  /** Rounds of tool calls at most. Default: no limit. */
  maxTurns?: number
  /** Goes into its system prompt. */
  criticalSystemReminder_EXPERIMENTAL?: string
  /** The first prompt, when the agent is the main thread. */
  initialPrompt?: string
  /** Always runs in the background. */
  background?: boolean
  /** Leaves the memory files out. */
  omitClaudeMd?: boolean
  /** Gives it a folder of its own that lasts. */
  memory?: 'user' | 'project' | 'local'
  effort?: EffortLevel | number
  /** May widen the parent's mode as far as the options allow; ignored when the parent forces its own. */
  permissionMode?: PermissionMode
  /** Tokens after which its context is compacted. */
  autoCompactWindow?: number
  /** Of the vendor's own product. */
  observer?: string
  /** Of the vendor's own product. */
  observerMessage?: string
}

/** The name of a server of `mcpServers`, or servers of its own by name. */
export type AgentMcpServerSpec = string | Record<string, McpServerConfigForProcessTransport>

/** A row of `supportedAgents()`. */
export type AgentInfo = { name: string; description: string; model?: string }

// Keeps what is not exported above out of the module.
export {}
