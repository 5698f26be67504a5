//! The exports of the package, nothing else.

export * from './constants.ts'
export { AbortError, AgentSdkError } from './errors.ts'
export * from './later.ts'
export { query } from './query.ts'
export { filterEscalatingDefaultMode, matchDeniedModels } from './settings.ts'
