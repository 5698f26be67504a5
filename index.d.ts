/**
 * The public contract of native-agent-sdk, compatible with the Claude Agent SDK's API.
 *
 * Written by hand; tests prove that what the engine writes satisfies it. "Not yet" marks options and methods whose
 * part is not built in this version: a value other than the default is refused with code `unsupported_option`.
 */

export * from './sdk-tools.js'
export * from './types/agents.js'
export * from './types/api.js'
export * from './types/errors.js'
export * from './types/hooks.js'
export * from './types/mcp.js'
export * from './types/messages.js'
export * from './types/options.js'
export * from './types/permissions.js'
export * from './types/query.js'
export * from './types/sessions.js'
export * from './types/settings.js'
