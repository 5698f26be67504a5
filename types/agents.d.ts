//! Subagents given in the options.

import type { McpServerConfigForProcessTransport } from './mcp.js'
import type { EffortLevel } from './options.js'
import type { PermissionMode } from './permissions.js'

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

// Keeps what is not exported above out of the module.
export {}
