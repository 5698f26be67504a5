//! Settings files: their content, and how the layers resolve.

import type { EffortLevel } from './options.js'
import type { PermissionMode } from './permissions.js'
import type { SandboxSettings } from './sandbox.js'

/** A settings file: `~/.claude/settings.json`, `.claude/settings.json`, `.claude/settings.local.json`. */
export type SettingSource = 'user' | 'project' | 'local'

type McpServerMatch = { serverName?: string; serverCommand?: string[]; serverUrl?: string }

/** A hook of a settings file. Seconds for `timeout`. */
export type SettingsHook =
  | {
      type: 'command'
      command: string
      /** Then `command` is run without a shell. */
      args?: string[]
      /** A permission rule; the hook runs only if the call matches. */
      if?: string
      shell?: 'bash' | 'powershell'
      timeout?: number
      onFailure?: 'continue' | 'block'
      statusMessage?: string
      once?: boolean
      async?: boolean
      asyncRewake?: boolean
    }
  | { type: 'prompt'; prompt: string; if?: string; model?: string; timeout?: number; continueOnBlock?: boolean }
  | { type: 'agent'; prompt: string; if?: string; model?: string; timeout?: number }
  | {
      type: 'http'
      url: string
      if?: string
      headers?: Record<string, string>
      allowedEnvVars?: string[]
      timeout?: number
    }
  | { type: 'mcp_tool'; server: string; tool: string; if?: string; input?: Record<string, unknown>; timeout?: number }

/**
 * The content of a settings file, an option `settings` or `managedSettings`. Layers, from the strongest: managed, option,
 * local, project, user; lists are joined, and a deny of any layer counts. Keys that are not listed here belong to the
 * vendor's own product: they are accepted and have no effect.
 */
export interface Settings {
  permissions?: {
    allow?: string[]
    deny?: string[]
    ask?: string[]
    /** `manual` means `default`. */
    defaultMode?: PermissionMode | 'manual'
    additionalDirectories?: string[]
    disableBypassPermissionsMode?: 'disable'
    disableAutoMode?: 'disable'
    /** Refuse reads outside the working directories in every mode. */
    blockReadsOutsideWorkingDirectories?: boolean
    /** Refuse writes outside the working directories in every mode. */
    blockWritesOutsideWorkingDirectories?: boolean
    blockReadsExemptPaths?: string[]
    workingDirectoriesAsGiven?: string[]
    workingDirectoriesExclude?: string[]
    /** As `permissionPrompts: 'none'`. */
    denyInsteadOfPrompting?: boolean
  }
  /** Managed only: only rules of this layer count. */
  allowManagedPermissionRulesOnly?: boolean
  sandbox?: SandboxSettings

  /** By event. */
  hooks?: { [event: string]: { matcher?: string; hooks: SettingsHook[] }[] }
  disableAllHooks?: boolean
  /** Managed only. */
  allowManagedHooksOnly?: boolean
  allowedHttpHookUrls?: string[]
  httpHookAllowedEnvVars?: string[]

  /** Variables of the session and its children. */
  env?: Record<string, string>
  /** A command that prints the credential; run again every 5 minutes, or after a 401. */
  apiKeyHelper?: string
  awsAuthRefresh?: string
  awsCredentialExport?: string
  gcpAuthRefresh?: string
  proxyAuthHelper?: string
  otelHeadersHelper?: string

  model?: string
  fallbackModel?: string[]
  availableModels?: string[]
  deniedModels?: string[]
  enforceAvailableModels?: boolean
  availableModelsMatch?: 'prefix' | 'exact'
  /** Model id of the API to that of the provider. */
  modelOverrides?: Record<string, string>
  /** US dollars for a million tokens; changes costs and budgets. */
  modelPricing?: {
    multiplier?: number
    overrides?: Record<string, { input?: number; output?: number; cacheRead?: number; cacheWrite?: number }>
  }
  modelSettings?: Record<
    string,
    { effortLevel?: EffortLevel; maxEffortLevel?: EffortLevel; autoCompactWindow?: number }
  >
  effortLevel?: EffortLevel
  maxEffortLevel?: EffortLevel
  alwaysThinkingEnabled?: boolean
  promptCacheTtl?: '5m' | '1h'
  subagentPromptCacheTtl?: '5m' | '1h'

  agent?: string
  outputStyle?: string
  language?: string
  /** Git state and a guide to commits in the prompt. Default true. */
  includeGitInstructions?: boolean
  attribution?: { commit?: string; pr?: string } | boolean
  includeCoAuthoredBy?: boolean
  /** Managed only: a memory text. */
  claudeMd?: string
  claudeMdExcludes?: string[]
  autoMemoryEnabled?: boolean
  autoMemoryDirectory?: string
  autoCompactEnabled?: boolean
  /** Tokens. */
  autoCompactWindow?: number

  enableAllProjectMcpServers?: boolean
  enabledMcpjsonServers?: string[]
  disabledMcpjsonServers?: string[]
  allowedMcpServers?: McpServerMatch[]
  deniedMcpServers?: McpServerMatch[]
  managedMcpServers?: Record<string, unknown>
  allowManagedMcpServersOnly?: boolean

  skillOverrides?: Record<string, 'on' | 'name-only' | 'user-invocable-only' | 'off'>
  disableBundledSkills?: boolean
  disableSkillShellExecution?: boolean
  /** Default 1536. */
  skillListingMaxDescChars?: number
  /** Default 0.01 of the window. */
  skillListingBudgetFraction?: number
  enabledPlugins?: Record<string, unknown>
  extraKnownMarketplaces?: Record<string, unknown>
  strictKnownMarketplaces?: unknown[]
  pluginConfigs?: Record<string, unknown>

  autoMode?: {
    allow?: string[]
    soft_deny?: string[]
    hard_deny?: string[]
    environment?: string[]
    classifyAllShell?: boolean
  }
  /** Default true. */
  useAutoModeDuringPlan?: boolean

  /** Days that transcripts are kept: at least 1. Default 30. */
  cleanupPeriodDays?: number
  /** Default `~/.claude/plans`. */
  plansDirectory?: string
  fileCheckpointingEnabled?: boolean
  /** 4000 to 128000. Default 30000. */
  bashOutputMaxChars?: number
  skipWebFetchPreflight?: boolean
  respectGitignore?: boolean
  worktree?: {
    symlinkDirectories?: string[]
    sparsePaths?: string[]
    baseRef?: 'fresh' | 'head'
    location?: string
    bgIsolation?: string
  }
  parentSettingsBehavior?: 'first-wins' | 'merge'
  managedSourcesBehavior?: 'first-wins' | 'merge'

  [name: string]: unknown
}

/** A layer of settings; `flag` is the option `settings`. */
export type ResolvedSettingSource = SettingSource | 'managed' | 'flag'

/** How managed settings arrived. */
export type PolicySettingsOrigin = 'file' | 'option' | (string & {})

/** Which layer set a key. */
export type ProvenanceEntry = { source: ResolvedSettingSource; path?: string; policyOrigin?: PolicySettingsOrigin }

/** What {@link resolveSettings} found. */
export type ResolvedSettings = {
  /** What counts, all layers joined. */
  effective: Settings
  /** By top-level key, the strongest layer that sets it. */
  provenance: Partial<Record<keyof Settings, ProvenanceEntry>>
  /** As they were written, from the strongest to the weakest. */
  sources: {
    source: ResolvedSettingSource
    settings: Settings
    path?: string
    policyOrigin?: PolicySettingsOrigin
  }[]
  /** Ours. What was ignored, and why. */
  warnings?: string[]
  machinePolicy?: { didNotLoad: false | Array<'profile' | 'registry' | 'file'> }
}

/** The options of a query that say which settings it loads. */
export type ResolveSettingsOptions = {
  /** Default: the process's. */
  cwd?: string
  /** Ours. Default: `process.env`. It names the home directory. */
  env?: Record<string, string | undefined>
  /** Default `[]`: none. */
  settingSources?: SettingSource[]
  settings?: string | Settings
  managedSettings?: Settings
  /** Not in this version: refused. */
  serverManagedSettings?: Settings
  trustProjectSettings?: boolean
  projectConfigRoot?: string
}

/** What is wrong with a settings file. */
export type SDKSettingsParseError = { file?: string; path: string; message: string }

/**
 * Joins the settings that a query with the same options would load, without starting one (row 153). Rejects with code
 * `config_file_invalid` when a file cannot be used.
 */
export declare function resolveSettings(options?: ResolveSettingsOptions): Promise<ResolvedSettings>

/**
 * The effective settings without a `defaultMode` `bypassPermissions`, `auto` or `acceptEdits` that a project file set. Changes
 * nothing in `resolved`.
 */
export declare function filterEscalatingDefaultMode(resolved: ResolvedSettings): Settings

/** For each model whether a deny list blocks it; `warnings` about entries that match nothing. */
export type DeniedModelsMatch = { denied: boolean[]; warnings: string[] }

/**
 * Which models a list like `deniedModels` blocks. An entry blocks the models that it names: an alias (`opus`), an id, or the
 * beginning of one up to a dash; a window mark like `[1m]` and letter case do not count. Omitted list: none.
 */
export declare function matchDeniedModels(
  models: readonly string[],
  deniedModels: readonly string[] | undefined,
): Promise<DeniedModelsMatch>

// Keeps what is not exported above out of the module.
export {}
