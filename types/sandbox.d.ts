//! The sandbox of shell commands.

/** Merged over `settings.sandbox`: single values win, lists are joined. */
export type SandboxSettings = {
  /** Default false. */
  enabled?: boolean
  /** No usable sandbox is an error. Default: true when `enabled` comes from the option; false warns and runs without. */
  failIfUnavailable?: boolean
  /** Sandboxed commands need no permission. Default true. */
  autoAllowBashIfSandboxed?: boolean
  /** Commands that always run outside. */
  excludedCommands?: string[]
  /** The model may ask for `dangerouslyDisableSandbox`, which then needs permission. Default true. */
  allowUnsandboxedCommands?: boolean
  network?: SandboxNetworkConfig
  filesystem?: SandboxFilesystemConfig
  credentials?: SandboxCredentialsConfig
  ignoreViolations?: SandboxIgnoreViolations
  /** A weaker sandbox for containers without privileges. Default false. */
  enableWeakerNestedSandbox?: boolean
  enableWeakerNetworkIsolation?: boolean
  allowNestedUserNamespaces?: boolean
  allowAppleEvents?: boolean
  ripgrep?: { command: string; args?: string[] }
  /** Managed settings only. */
  bwrapPath?: string
  /** Managed settings only. */
  socatPath?: string
}

/** By command pattern (`*`: all) the paths whose violations are ignored; or, older, by `file` and `network`. */
export type SandboxIgnoreViolations = Record<string, string[]>

/** What commands may reach. Lists are empty by default. */
export type SandboxNetworkConfig = {
  allowedDomains?: string[]
  /** Beats `allowedDomains`. */
  deniedDomains?: string[]
  /** Other hosts are refused without asking. Default false. */
  strictAllowlist?: boolean
  /** Only lists of managed settings count. Default false. */
  allowManagedDomainsOnly?: boolean
  allowLocalBinding?: boolean
  /** A socket of a container engine gives access to the whole host. */
  allowUnixSockets?: string[]
  allowAllUnixSockets?: boolean
  /** macOS. */
  allowMachLookup?: string[]
  httpProxyPort?: number
  socksProxyPort?: number
  tlsTerminate?: { caCertPath?: string; caKeyPath?: string }
}

/** Path rules of the operating system's level; the more specific path wins. */
export type SandboxFilesystemConfig = {
  allowWrite?: string[]
  denyWrite?: string[]
  denyRead?: string[]
  /** Opens a part of what `denyRead` closes. */
  allowRead?: string[]
  allowManagedReadPathsOnly?: boolean
  /** Only the network is confined. Not from project files. */
  disabled?: boolean
}

/** Credentials that commands do not see, or see masked. */
export type SandboxCredentialsConfig = {
  files?: (SandboxCredentialRule & { path: string; maskDuplicates?: boolean })[]
  envVars?: (SandboxCredentialRule & { name: string })[]
  /** Also put the real value into requests that are not encrypted. Default false. */
  allowPlaintextInject?: boolean
  awsPairs?: Record<string, unknown>[]
  sigv4?: Record<string, unknown>
}
type SandboxCredentialRule = {
  mode?: 'deny' | 'mask'
  extract?: string
  onExtractNoMatch?: 'warn' | (string & {})
  decode?: 'jwt'
  maskClaims?: string[]
  /** Hosts whose requests get the real value. */
  injectHosts?: string[]
}

// Keeps what is not exported above out of the module.
export {}
