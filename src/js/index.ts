//! The exports of the package, nothing else.

export { AbortError, AgentSdkError } from './errors.ts'
export { query } from './query.ts'
export { resolveSettings } from './settings.ts'
