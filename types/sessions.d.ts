//! Stored sessions, and stores for them.

export type SessionKey = { projectKey: string; sessionId: string; subpath?: string }
export type SessionStoreEntry = { type: string; [name: string]: unknown }
export interface SessionStore {
  append(key: SessionKey, entries: SessionStoreEntry[]): Promise<void>
  load(key: SessionKey): Promise<SessionStoreEntry[] | null>
  listSessions?(projectKey: string): Promise<{ sessionId: string; mtime: number }[]>
  delete?(key: SessionKey): Promise<void>
  listSubkeys?(key: SessionKey): Promise<string[]>
}
export type SDKSessionInfo = {
  sessionId: string
  summary: string
  lastModified: number
  fileSize?: number
  customTitle?: string
  firstPrompt?: string
  gitBranch?: string
  cwd?: string
  tag?: string
  createdAt?: number
}
export type SessionMessage = {
  type: 'user' | 'assistant' | 'system'
  uuid: string
  session_id: string
  message: unknown
  parent_tool_use_id: string | null
}

// Keeps what is not exported above out of the module.
export {}
