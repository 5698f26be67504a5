//! Options of one query.

import type { AgentDefinition } from './agents.js'
import type { OnElicitation, OnUserDialog } from './dialogs.js'
import type { Executors } from './executors.js'
import type { HookCallbackMatcher, HookEvent } from './hooks.js'
import type { McpOAuthOptions, McpServerConfig } from './mcp.js'
import type { CanUseTool, PermissionMode } from './permissions.js'
import type { SpawnedProcess, SpawnOptions } from './process.js'
import type { SandboxSettings } from './sandbox.js'
import type { SessionStore, SessionStoreFlush } from './session-store.js'
import type { Settings, SettingSource } from './settings.js'

/**
 * Options of one query. Unknown names are refused with code `unknown_option`, wrong values with `invalid_option`, before
 * any request is sent. A part that is not built in this version refuses its options with `unsupported_option` unless
 * the value asks for nothing; the README lists them.
 */
export interface Options {
  // ------------------------------------------------------------------------------------------------- the conversation

  /**
   * What the model is told about its role. Omitted: a short prompt of our own (row 454).
   *
   * A string, or an array of blocks (see `SYSTEM_PROMPT_DYNAMIC_BOUNDARY`), replaces the whole prompt. The preset is the
   * full prompt of a coding agent; `append` adds to it.
   */
  systemPrompt?:
    | string
    | string[]
    | {
        type: 'preset'
        preset: 'claude_code'
        append?: string
        /** Tell directory, date and git state in the first user message, so that the prompt can be cached across machines. */
        excludeDynamicSections?: boolean
        /** Record the prompt once a session. */
        snapshot?: boolean
      }
    | { type: 'custom'; prompt: string | string[]; snapshot?: boolean }
  /** Alias (`opus`, `sonnet`, `haiku`, `default`) or model id. Default: `ANTHROPIC_MODEL`, else `default`. */
  model?: string
  /** Models to try, separated by commas, when the model is overloaded or gone; the first is tried again at each prompt. */
  fallbackModel?: string
  /** Default: the model's own (row 48). */
  thinking?: ThinkingConfig
  /** @deprecated Use `thinking`. Tokens; 0 turns thinking off (row 49). */
  maxThinkingTokens?: number
  /** How much work the model puts in. Default: the model's own. */
  effort?: EffortLevel
  /** Beta headers for the API. Retired ones are accepted and not sent. */
  betas?: SdkBeta[]
  /** Ask for a JSON value instead of a text: `structured_output` of the result. The schema is checked at the start. */
  outputFormat?: OutputFormat
  /** A budget of tokens that the model is told about. */
  taskBudget?: { total: number }
  /** Prompts are sent as they are: no slash commands, no `@file`. Default false. */
  verbatimPrompts?: boolean
  /** Yield `prompt_suggestion` messages after turns. Default false. */
  promptSuggestions?: boolean
  /** The name of the agent (of `agents`, or from settings) whose prompt, tools and model the main thread takes. */
  agent?: string
  /** Subagents by name; they come before those of the same name from files. */
  agents?: Record<string, AgentDefinition>
  /** Skills that the model may use. Default: those that settings bring; `[]`: none. Unknown names are refused. */
  skills?: string[] | 'all'

  // ------------------------------------------------------------------------------------------------- limits, the end

  /** Aborting it ends the run; the iterator throws `AbortError`. */
  abortController?: AbortController
  /** Rounds of tool calls at most; then the result is `error_max_turns` (row 3). Default: no limit. */
  maxTurns?: number
  /** US dollars of the whole query; then the result is `error_max_budget_usd`. Default: no limit. */
  maxBudgetUsd?: number
  /** Ours. After a result with `is_error` the iterator throws an `AgentSdkError` `error_result`. Default false. */
  throwOnErrorResult?: boolean
  /** True: `interrupt()` spares background agents. Default false. */
  perTaskStopAffordance?: boolean

  // ---------------------------------------------------------------------------------------------------- what is yielded

  /** Also yield the raw events of the API as `stream_event` (row 33). Default false. */
  includePartialMessages?: boolean
  /** Yield `hook_started`, `hook_progress` and `hook_response` for every hook. Default false. */
  includeHookEvents?: boolean
  /** Also yield text and thinking of subagents, not only their tool calls. Default false. */
  forwardSubagentText?: boolean
  /** Summaries of running subagents in `task_progress`, about every 30 s. Default false. */
  agentProgressSummaries?: boolean

  // ------------------------------------------------------------------------------------------------------ permissions

  /** How calls are decided that no rule decides. `manual` is an alias of `default`. Default `default`. */
  permissionMode?: PermissionMode | 'manual'
  /** Must be true for `bypassPermissions`, now or later. Default false (row 70). */
  allowDangerouslySkipPermissions?: boolean
  /** Rules that allow calls without asking. Does not restrict what is offered: see `tools` (row 62). */
  allowedTools?: string[]
  /** Rules that refuse calls in every mode. A bare tool name also takes the tool out of the model's sight (row 64). */
  disallowedTools?: string[]
  /** Asked when rules and mode leave a call undecided. No time limit (row 87). Not with `permissionPromptToolName`. */
  canUseTool?: CanUseTool
  /** `none` refuses whatever would ask (row 83). Default `host`. */
  permissionPrompts?: 'host' | 'none'
  /** The MCP tool that is asked instead of `canUseTool`; its first text block is a PermissionResult as JSON. */
  permissionPromptToolName?: string
  /** Replaces what the model is told to do in plan mode; the frame around it stays. */
  planModeInstructions?: string
  /** Callbacks by event. */
  hooks?: Partial<Record<HookEvent, HookCallbackMatcher[]>>
  /** Confines shell commands. If it is asked for and cannot be had, the run ends with an error. */
  sandbox?: SandboxSettings

  // ------------------------------------------------------------------------------------------------------------ tools

  /** Which built-in tools the model is offered. Default: all (row 63); `[]`: none. */
  tools?: string[] | { type: 'preset'; preset: 'claude_code' }
  /** Another tool to run when the model calls this one, for example a built-in name to an `mcp__` tool. One hop. */
  toolAliases?: Record<string, string>
  toolConfig?: ToolConfig
  /** Ours. Where built-in tools act, if not in this process. */
  executors?: Executors
  /** MCP servers by name. */
  mcpServers?: Record<string, McpServerConfig>
  /** Only `mcpServers`: none from files or plugins; an invalid entry is an error. Default false. */
  strictMcpConfig?: boolean
  /** Ours. OAuth for MCP servers; without it a server that wants it has the status `needs-auth`. */
  mcpOAuth?: McpOAuthOptions
  /** Answers questions of MCP servers. Without it they are declined. */
  onElicitation?: OnElicitation
  plugins?: SdkPluginConfig[]

  // ----------------------------------------------------------------------------------------------------- places, files

  /** Working directory. Default: the process's. */
  cwd?: string
  /** Further directories that tools may work in, absolute or relative to `cwd`. Default: none. */
  additionalDirectories?: string[]
  /** The whole environment of the run, `PATH` and `HOME` included (row 540). Default: a copy of `process.env`. */
  env?: Record<string, string | undefined>
  /**
   * A directory whose `.claude` holds the settings of the project; hooks and MCP servers know it as `CLAUDE_PROJECT_DIR`.
   * Default: the nearest from `cwd` upward, else `cwd`.
   */
  projectConfigRoot?: string
  /** Which settings files to load. Default `[]`: none. */
  settingSources?: SettingSource[]
  /** Settings, their JSON, or a file of them: stronger than files, weaker than a policy (row 142). */
  settings?: string | Settings
  /**
   * Ours. `false`: of the files of the project only rules that deny or ask count, not its hooks, `env`, `allow`,
   * `defaultMode` and `additionalDirectories`, and nothing that turns off the hooks of others. Default true.
   */
  trustProjectSettings?: boolean
  /** Settings of the embedder's policy; they can only restrict. A policy file of the machine wins (row 152). */
  managedSettings?: Settings
  /** Keep the content of files before each prompt for `rewindFiles()`. Default false. */
  enableFileCheckpointing?: boolean

  // --------------------------------------------------------------------------------------------------------- sessions

  /** A UUID for the session. Default: a fresh one. With `resume` or `continue` only if `forkSession`. */
  sessionId?: string
  /** Id of the session to go on with. Not with `continue`. */
  resume?: string
  /** Go on with the newest session of `cwd`. Default false. */
  continue?: boolean
  /** With `resume` or `continue`: go on in a new session. Default false. */
  forkSession?: boolean
  /** With `resume`: only up to the message with this uuid, which stays. */
  resumeSessionAt?: string
  /** With `resumeSessionAt`: the prompt that the cut should drop; refused if it would drop anything else. */
  resumeDropsTurn?: string
  /** False: nothing of the session is written to disk. Default true. */
  persistSession?: boolean
  /** Where transcripts are kept besides. Not with `persistSession: false` or `enableFileCheckpointing`. */
  sessionStore?: SessionStore
  /** Default `batched`: about every 100 ms. */
  sessionStoreFlush?: SessionStoreFlush
  /** Milliseconds for each `load` of the store. Default 60000. */
  loadTimeoutMs?: number
  /** Title of the session. Default: made from the first prompt. */
  title?: string

  // ------------------------------------------------------------------------------------------------------- diagnostics

  /** Gets diagnostic texts, for example about options without effect. */
  stderr?: (data: string) => void
  /** Write a log for debugging. Default false. */
  debug?: boolean
  /** The file of that log; implies `debug`. */
  debugFile?: string

  // -------------------------------------------------------------------- accepted for the sake of programs that set them

  /**
   * Flags of the command line, with or without dashes, read as the options that they stand for: `model`, `max-turns`,
   * `mcp-config`, `json-schema`, `append-system-prompt` and so on. `replay-user-messages` (value null) echoes what the
   * host says with `isReplay: true`. An unknown flag is refused with code `unknown_option` (row 587).
   */
  extraArgs?: Record<string, string | null>
  /** No effect: there is no child process (row 588). */
  executable?: 'bun' | 'deno' | 'node'
  /** No effect. */
  executableArgs?: string[]
  /** No effect: never started. */
  pathToClaudeCodeExecutable?: string
  /** No effect: never called. */
  spawnClaudeCodeProcess?: (options: SpawnOptions) => SpawnedProcess
  /** No effect. */
  mcpServersDelivery?: 'argv' | 'initialize'
  /** No effect. */
  pluginDelivery?: 'argv' | 'initialize'
  /** Dialogs of the vendor's own product. */
  onUserDialog?: OnUserDialog
  /** Needs `onUserDialog` if not empty. */
  supportedDialogKinds?: string[]
}

/** Levels of effort, in this order. */
export type EffortLevel = 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** A beta header of the API. `context-1m-2025-08-07` is retired. */
export type SdkBeta = 'context-1m-2025-08-07' | (string & {})

/** `display`: whether thinking is shown as a summary or left empty. */
export type ThinkingConfig = ThinkingAdaptive | ThinkingEnabled | ThinkingDisabled
/** The model decides how much it thinks. */
export type ThinkingAdaptive = { type: 'adaptive'; display?: 'summarized' | 'omitted' }
/** `budgetTokens` is at least 1024. */
export type ThinkingEnabled = { type: 'enabled'; budgetTokens?: number; display?: 'summarized' | 'omitted' }
/** No thinking. */
export type ThinkingDisabled = { type: 'disabled' }

/** A request for structured output. */
export type OutputFormat = JsonSchemaOutputFormat
/** The kinds of it. */
export type OutputFormatType = 'json_schema'
/** What every kind has. */
export type BaseOutputFormat = { type: OutputFormatType }
/** A JSON Schema of draft-07 or 2020-12, for example from `z.toJSONSchema()`. */
export type JsonSchemaOutputFormat = { type: 'json_schema'; schema: Record<string, unknown> }

/** `path` is absolute or relative to `cwd`. `skipMcpDiscovery`: the MCP servers of the plugin are left out. */
export type SdkPluginConfig = { type: 'local'; path: string; skipMcpDiscovery?: boolean }

/** How single tools behave. */
export type ToolConfig = {
  askUserQuestion?: {
    /** Let the model add previews to its options, in this format. Default: no previews. */
    previewFormat?: 'markdown' | 'html'
  }
  /** Ours. `gitDiff` in the outputs of Edit and Write. Default false. */
  gitDiff?: boolean
  webFetch?: {
    /** Ours. Hosts in private networks that it may reach, and without an upgrade to https. Default: none. */
    allowPrivateHosts?: string[]
  }
}

// Keeps what is not exported above out of the module.
export {}
