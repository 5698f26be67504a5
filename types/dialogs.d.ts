//! Questions of MCP servers to the person, and dialogs.

/** What an MCP server asks for. */
export type ElicitationRequest = {
  serverName: string
  message: string
  /** Default `form`. */
  mode?: 'form' | 'url'
  /** With `url`: where the person answers. */
  url?: string
  elicitationId?: string
  /** With `form`: JSON Schema of the content. */
  requestedSchema?: Record<string, unknown>
  title?: string
  displayName?: string
  description?: string
}

/** The answer; `content` with `accept` only. */
export type ElicitationResult = {
  action: 'accept' | 'decline' | 'cancel'
  content?: Record<string, unknown>
  _meta?: Record<string, unknown>
}

/** Answers a question of an MCP server. `signal` aborts when the call is cancelled. */
export type OnElicitation = (request: ElicitationRequest, options: { signal: AbortSignal }) => Promise<ElicitationResult>

/** Of the vendor's own product. */
export type UserDialogRequest = Record<string, unknown>
/** Of the vendor's own product. */
export type UserDialogResult = Record<string, unknown>
/** Of the vendor's own product: this engine has no dialogs. */
export type OnUserDialog = (request: UserDialogRequest, options: { signal: AbortSignal }) => Promise<UserDialogResult>

// Keeps what is not exported above out of the module.
export {}
