//! Options of one query, and the small types that only they use.

import type { Readable, Writable } from 'node:stream'
import type { AgentDefinition } from './agents.js'
import type { HookCallbackMatcher, HookEvent } from './hooks.js'
import type { McpServerConfig, OnElicitation } from './mcp.js'
import type { CanUseTool, PermissionMode } from './permissions.js'
import type { SessionStore } from './sessions.js'
import type { SandboxSettings, Settings } from './settings.js'

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
  /** Settings of policy rank; only keys that restrict count. A policy file of the machine wins (row 152). */
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
  /** A directory whose `.claude` holds the settings of the project, instead of that of `cwd`. */
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
  /** Settings, their JSON, or a file of them: stronger than files, weaker than a policy (row 142). */
  settings?: string | Settings
  /** Which settings files to load. Default `[]`: none. */
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
  /**
   * Ours. `false`: of the files of the project only rules that deny or ask count, not its hooks, `env`, `allow`,
   * `defaultMode` and `additionalDirectories`. Default true.
   */
  trustProjectSettings?: boolean
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

// Keeps what is not exported above out of the module.
export {}
