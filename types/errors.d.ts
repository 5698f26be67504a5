//! Errors: the two classes and their codes.

/** Stable codes of {@link AgentSdkError}; the texts are for people and may change. */
export type ErrorCode =
  | 'unsupported_option'
  | 'not_available'
  | 'unknown_option'
  | 'invalid_option'
  | 'cwd_unavailable'
  | 'missing_credentials'
  | 'invalid_credentials'
  | 'bypass_not_allowed'
  | 'bypass_root'
  | 'invalid_rule'
  | 'aborted'
  | 'query_closed'
  | 'native_addon_missing'
  | 'mcp_server_failed'
  | 'internal_error'
  | 'config_file_invalid'
  | 'invalid_input'
  | 'busy'
  | 'error_result'
  | 'scripted_api'

/** Every error that this package throws, aborts apart. */
export declare class AgentSdkError extends Error {
  constructor(code: ErrorCode, message: string, options?: ErrorOptions)
  /** What went wrong, for programs. */
  readonly code: ErrorCode
}

/** Thrown by the iterator after `options.abortController` was aborted (row 31). */
export declare class AbortError extends Error {
  constructor(message?: string, options?: ErrorOptions)
  readonly code: 'aborted'
}

// Keeps what is not exported above out of the module.
export {}
