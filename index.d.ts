/**
 * The public contract of native-agent-sdk, compatible with the Claude Agent SDK's API: one subject a file in `types/`.
 *
 * Written by hand; tests prove that what the engine writes satisfies it and that the functions, classes and constants
 * declared here are exported. "Row 12" is the twelfth entry of the project's list of behaviours: the tests that prove it carry
 * the number in their names. What is not built in this version is refused: options and control methods with code
 * `unsupported_option`, functions and classes with `not_available`. docs/options.md lists the options.
 */

export * from './sdk-tools.js'
export * from './types/agents.js'
export * from './types/api.js'
export * from './types/client.js'
export * from './types/constants.js'
export * from './types/control.js'
export * from './types/dialogs.js'
export * from './types/errors.js'
export * from './types/executors.js'
export * from './types/hook-outputs.js'
export * from './types/hooks.js'
export * from './types/mcp.js'
export * from './types/messages.js'
export * from './types/notices.js'
export * from './types/options.js'
export * from './types/permissions.js'
export * from './types/process.js'
export * from './types/query.js'
export * from './types/sandbox.js'
export * from './types/session.js'
export * from './types/session-store.js'
export * from './types/sessions.js'
export * from './types/settings.js'
export * from './types/tool.js'
