//! The V2 preview interface: a session that is sent messages and read from.

import type { SDKMessage, SDKResultMessage, SDKUserMessageInput } from './messages.js'
import type { Options } from './options.js'

/** Options of a session: those of a query; `model` must be given. */
export type SDKSessionOptions = Options & { model: string }

/** A conversation of several turns. */
export interface SDKSession extends AsyncDisposable {
  /** Known from the start. */
  readonly sessionId: string
  /** Sends a message; resolves when it is queued. Rejects with code `query_closed` once the session is closed. */
  send(message: string | SDKUserMessageInput): Promise<void>
  /** The messages of the turn, up to and with its result. */
  stream(): AsyncGenerator<SDKMessage, void>
  /** Ends the session and frees everything. Calling it again does nothing. */
  close(): void
}

/** A new session. Throws as `query()` does. */
export declare function unstable_v2_createSession(options: SDKSessionOptions): SDKSession
/** Goes on with a stored session. */
export declare function unstable_v2_resumeSession(sessionId: string, options: SDKSessionOptions): SDKSession
/** One prompt, one result. */
export declare function unstable_v2_prompt(prompt: string, options: SDKSessionOptions): Promise<SDKResultMessage>

// Keeps what is not exported above out of the module.
export {}
