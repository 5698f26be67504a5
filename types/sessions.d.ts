//! Functions about stored sessions. `dir` is a project directory; omitted: all projects.

import type { SessionStore } from './session-store.js'

/** A row of {@link listSessions}. Times in milliseconds since 1970. */
export type SDKSessionInfo = {
  sessionId: string
  /** Title: the custom one, a generated one, or the first prompt. */
  summary: string
  lastModified: number
  /** Bytes; of local files only. */
  fileSize?: number
  customTitle?: string
  firstPrompt?: string
  gitBranch?: string
  cwd?: string
  tag?: string
  createdAt?: number
  archived?: boolean
}

/** A message of a transcript. */
export type SessionMessage = {
  type: 'user' | 'assistant' | 'system'
  uuid: string
  session_id: string
  /** As it went to the API, or came from it. */
  message: unknown
  parent_tool_use_id: string | null
  parent_agent_id?: string | null
}

type InStore = {
  dir?: string
  /** Look there instead of on the disk. */
  sessionStore?: SessionStore
}
type Page = {
  /** Default: no limit. */
  limit?: number
  /** Default 0. */
  offset?: number
}

/** Options of {@link listSessions}. */
export type ListSessionsOptions = InStore &
  Page & {
    /** Also those of the other worktrees of the repository. Default true. */
    includeWorktrees?: boolean
    /** Also those that programs started. Default true. */
    includeProgrammatic?: boolean
  }
/** Options of {@link getSessionInfo}. */
export type GetSessionInfoOptions = InStore
/** `includeSystemMessages`: default false. */
export type GetSessionMessagesOptions = InStore & Page & { includeSystemMessages?: boolean }
/** Options of {@link listSubagents}. */
export type ListSubagentsOptions = InStore
/** Options of {@link getSubagentMessages}. */
export type GetSubagentMessagesOptions = InStore & Page
/** Options of the functions that change a session. */
export type SessionMutationOptions = InStore
/** Options of {@link forkSession}. */
export type ForkSessionOptions = InStore & {
  /** The last message to copy. Default: all. */
  upToMessageId?: string
  /** Default: the title of the original and ` (fork)`. */
  title?: string
}
/** The id of the copy. */
export type ForkSessionResult = { sessionId: string }
/** Options of {@link importSessionToStore}. */
export type ImportSessionToStoreOptions = {
  dir?: string
  /** Default true. */
  includeSubagents?: boolean
  /** Entries a call of `append`. Default 500. */
  batchSize?: number
}

/** Sessions, newest first. */
export declare function listSessions(options?: ListSessionsOptions): Promise<SDKSessionInfo[]>
/** `undefined`: there is no such session. */
export declare function getSessionInfo(
  sessionId: string,
  options?: GetSessionInfoOptions,
): Promise<SDKSessionInfo | undefined>
/** Messages of a session in the order of time. */
export declare function getSessionMessages(
  sessionId: string,
  options?: GetSessionMessagesOptions,
): Promise<SessionMessage[]>
/** Ids of the subagents of a session that have a transcript. */
export declare function listSubagents(sessionId: string, options?: ListSubagentsOptions): Promise<string[]>
/** Messages of one subagent in the order of time. */
export declare function getSubagentMessages(
  sessionId: string,
  agentId: string,
  options?: GetSubagentMessagesOptions,
): Promise<SessionMessage[]>
/** Rejects with `invalid_input` for a title that is empty once trimmed. The last one counts. */
export declare function renameSession(sessionId: string, title: string, options?: SessionMutationOptions): Promise<void>
/** `null` takes the tag away. The last one counts. */
export declare function tagSession(
  sessionId: string,
  tag: string | null,
  options?: SessionMutationOptions,
): Promise<void>
/** Copies a session under a new id, with new uuids. File checkpoints are not copied. */
export declare function forkSession(sessionId: string, options?: ForkSessionOptions): Promise<ForkSessionResult>
/** Removes a transcript and its folder. Rejects if there is none. */
export declare function deleteSession(sessionId: string, options?: SessionMutationOptions): Promise<void>
/** Marks a session as archived. Not in a store. */
export declare function archiveSession(sessionId: string, options?: SessionMutationOptions): Promise<void>
/** Takes the mark away. */
export declare function unarchiveSession(sessionId: string, options?: SessionMutationOptions): Promise<void>
/** Copies a local session into a store. */
export declare function importSessionToStore(
  sessionId: string,
  store: SessionStore,
  options?: ImportSessionToStoreOptions,
): Promise<void>

// Keeps what is not exported above out of the module.
export {}
