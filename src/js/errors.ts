//! The two error classes a caller can meet, and how the engine's codes become them.

import type * as Api from '../../index.js'

type ErrorCode = Api.ErrorCode

/** An error of this package; `code` is stable, the message is for people. */
export class AgentSdkError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
hideName(AgentSdkError, 'AgentSdkError')

/** Thrown by the iterator when `abortController` was aborted. */
export class AbortError extends Error {
  readonly code = 'aborted'

  constructor(message = 'The query was aborted.', options?: ErrorOptions) {
    super(message, options)
  }
}
hideName(AbortError, 'AbortError')

/** The text hosts look for when a call meets a query that has ended. */
export const CLOSED_TEXT = 'Query closed before response received'

/** A call on a query that has ended. */
export function closedError(): AgentSdkError {
  return new AgentSdkError('query_closed', CLOSED_TEXT)
}

/** An option that cannot be used; the message begins with its name. */
export function invalidOption(name: string, problem: string): AgentSdkError {
  return new AgentSdkError('invalid_option', `${name}: ${problem}`)
}

/** The error that the engine described in JSON. */
export function errorFromWire(wire: { code: string; message: string }): AgentSdkError | AbortError {
  return wire.code === 'aborted' ? new AbortError(wire.message) : new AgentSdkError(wire.code as ErrorCode, wire.message)
}

/** The error of a native call that threw: its code is on the thrown object. */
export function errorFromNative(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new AgentSdkError('internal_error', describe(thrown))
  const { code } = thrown as { code?: unknown }
  // A napi failure of another kind carries a status such as `GenericFailure`: ours are snake case.
  if (typeof code === 'string' && /^[a-z]+(_[a-z]+)*$/.test(code)) return errorFromWire({ code, message: thrown.message })
  return new AgentSdkError('internal_error', thrown.message, { cause: thrown })
}

/** A text for any thrown value, also one that cannot be turned into a string. */
export function describe(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown)
  } catch {
    return 'a value that cannot be shown'
  }
}

// On the prototype, not enumerable: `{...error}` and `console.log` then look as for the built-in errors.
function hideName(errorClass: { prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, writable: true, configurable: true })
}
