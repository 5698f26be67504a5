//! The content of settings files, and the sandbox.

import type { SettingSource } from './options.js'
import type { PermissionMode } from './permissions.js'

/** The content of a settings file. */
export interface Settings {
  permissions?: {
    allow?: string[]
    deny?: string[]
    ask?: string[]
    defaultMode?: PermissionMode
    additionalDirectories?: string[]
    disableBypassPermissionsMode?: 'disable'
    disableAutoMode?: 'disable'
    /** As `permissionPrompts: 'none'`. */
    denyInsteadOfPrompting?: boolean
  }
  hooks?: Record<string, unknown>
  env?: Record<string, string>
  model?: string
  sandbox?: SandboxSettings
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
  trustProjectSettings?: boolean
  projectConfigRoot?: string
}

/**
 * Joins the settings that a query with the same options would load, without starting one (row 153). Rejects with code
 * `config_file_invalid` when a file cannot be used.
 */
export declare function resolveSettings(options?: ResolveSettingsOptions): Promise<ResolvedSettings>

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

// Keeps what is not exported above out of the module.
export {}
