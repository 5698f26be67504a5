//! The content of settings files, and the sandbox.

import type { PermissionMode } from './permissions.js'

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

// Keeps what is not exported above out of the module.
export {}
