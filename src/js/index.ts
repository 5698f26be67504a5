//! The exports of the package, nothing else.

export { AbortError, AgentSdkError } from './errors.ts'
export { explainPermission } from './explain.ts'
export { query } from './query.ts'
