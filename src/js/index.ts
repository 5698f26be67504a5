//! The exports of the package, nothing else.

export { ClaudeSDKClient } from './client.ts'
export * from './constants.ts'
export { AbortError, AgentSdkError } from './errors.ts'
export { explainPermission } from './explain.ts'
export * from './later.ts'
export { createSdkMcpServer } from './mcp/server.ts'
export { tool } from './mcp/tool.ts'
export { query } from './query.ts'
export { unstable_v2_createSession, unstable_v2_prompt, unstable_v2_resumeSession } from './session.ts'
export { resolveSettings } from './resolve.ts'
export { filterEscalatingDefaultMode, matchDeniedModels } from './settings.ts'
export { startup } from './startup.ts'
