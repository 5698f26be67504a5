//! The exports of the package, nothing else.

export { AbortError, AgentSdkError } from './errors.ts'
export { createSdkMcpServer } from './mcp/server.ts'
export { tool } from './mcp/tool.ts'
export { query } from './query.ts'
