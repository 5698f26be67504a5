//! Stores for transcripts outside the local disk.

/** The address of one transcript. `projectKey` is made from the working directory; `subpath` names a subagent's. */
export type SessionKey = { projectKey: string; sessionId: string; subpath?: string }

/** One line of a transcript: opaque JSON. */
export type SessionStoreEntry = { type: string; uuid?: string; timestamp?: string; [name: string]: unknown }

/** What a store keeps of a session for lists. `mtime`: milliseconds since 1970. */
export type SessionSummaryEntry = { sessionId: string; mtime: number; data: Record<string, unknown> }

/** When `append` is called: about every 100 ms, or for each group of entries. */
export type SessionStoreFlush = 'batched' | 'eager'

/** A place for transcripts. A failed `append` is tried three times more, then a `mirror_error` message tells of it. */
export interface SessionStore {
  /** Adds entries at the end, in their order. */
  append(key: SessionKey, entries: SessionStoreEntry[]): Promise<void>
  /** All entries, deeply equal to what was appended; `null`: unknown. */
  load(key: SessionKey): Promise<SessionStoreEntry[] | null>
  /** Needed for `continue`. */
  listSessions?(projectKey: string): Promise<Array<{ sessionId: string; mtime: number }>>
  listSessionSummaries?(projectKey: string): Promise<SessionSummaryEntry[]>
  /** Without `subpath` also everything below. */
  delete?(key: SessionKey): Promise<void>
  /** For example `subagents/agent-<id>`. */
  listSubkeys?(key: { projectKey: string; sessionId: string }): Promise<string[]>
}

/** A store in memory, for tests and as a pattern. */
export declare class InMemorySessionStore implements SessionStore {
  constructor()
  append(key: SessionKey, entries: SessionStoreEntry[]): Promise<void>
  load(key: SessionKey): Promise<SessionStoreEntry[] | null>
  listSessions(projectKey: string): Promise<Array<{ sessionId: string; mtime: number }>>
  listSessionSummaries(projectKey: string): Promise<SessionSummaryEntry[]>
  delete(key: SessionKey): Promise<void>
  listSubkeys(key: { projectKey: string; sessionId: string }): Promise<string[]>
  /** The entries of one transcript; empty if there is none. */
  getEntries(key: SessionKey): SessionStoreEntry[]
  /** How many transcripts there are. */
  get size(): number
  clear(): void
}

/**
 * Folds appended entries into a summary: the first value seen stays for creation time, cwd and first prompt, the last one
 * counts for title, tag and branch. Pure.
 */
export declare function foldSessionSummary(
  prev: SessionSummaryEntry | undefined,
  key: SessionKey,
  entries: SessionStoreEntry[],
  options?: { mtime?: number },
): SessionSummaryEntry

// Keeps what is not exported above out of the module.
export {}
