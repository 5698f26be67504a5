//! Executors: run built-in tools somewhere else, in a container, a VM or a virtual file system. Ours.

/**
 * Where built-in tools act. `'host'` is this process.
 *
 * If any kind is given, each of the others must be given too, if need be as the literal `'host'`: the tools of a kind
 * that is missing are not offered, so that nothing touches the host by oversight. Permissions are decided here, before
 * an executor is called; paths are resolved through `fs`.
 *
 * A failure is an `Error` whose `code` is one of {@link ExecutorErrorCode}; other errors are told to the model by their message.
 */
export interface Executors {
  /** Bash. */
  exec?: ExecExecutor | 'host'
  /** Read, Write, Edit, NotebookEdit, Glob, Grep. */
  fs?: FsExecutor | 'host'
  /** WebFetch. */
  fetch?: FetchExecutor | 'host'
}

/** Codes that the engine understands; they mean what Node means by them. `EABORTED`: the signal was obeyed. */
export type ExecutorErrorCode =
  | 'ENOENT'
  | 'EACCES'
  | 'EPERM'
  | 'EEXIST'
  | 'EISDIR'
  | 'ENOTDIR'
  | 'ENOTEMPTY'
  | 'ELOOP'
  | 'ENOSPC'
  | 'EROFS'
  | 'ETIMEDOUT'
  | 'EABORTED'
  | 'EUNAVAILABLE'

/** Runs a command line. Settles when the command has ended and its output is delivered. */
export type ExecExecutor = (request: ExecRequest, io: ExecIo) => Promise<ExecResult>
/** One command. */
export interface ExecRequest {
  /**
   * A script for `bash -c`: the command of the model, and after it a line on standard output that says which directory it has
   * ended in. The engine takes that line out.
   */
  command: string
  /** An absolute path on the other side. */
  cwd: string
  /** The whole environment: what `options.env` and settings give, less credentials, and a few variables of ours. */
  env: Record<string, string>
  /** Milliseconds; the engine also aborts `signal` then. */
  timeoutMs: number
  /** The call of the tool Bash. */
  toolUseID: string
}
/** How output leaves and a cancellation arrives. */
export interface ExecIo {
  /** Aborts at the time limit and when the call is cancelled: end the command and all it has started. */
  signal: AbortSignal
  /** Call as output comes. */
  stdout(chunk: Uint8Array | string): void
  /** Call as output comes. */
  stderr(chunk: Uint8Array | string): void
}
/** How the command ended. */
export interface ExecResult {
  /** `null` when a signal ended the command. */
  exitCode: number | null
  /** For example `SIGKILL`. */
  signal?: string
  /** The directory that the command ended in; the next one starts there. Default: what the script says. */
  cwd?: string
}

/** A file system. All paths are absolute and of POSIX form. Symbolic links are followed unless said otherwise. */
export interface FsExecutor {
  /** Bytes of a file, from `offset` on and at most `length` of them. */
  readFile(path: string, options?: { offset?: number; length?: number; signal?: AbortSignal }): Promise<Uint8Array>
  /** Writes a file whole; with `exclusive` it must not exist. The directory exists. */
  writeFile(path: string, data: Uint8Array, options?: { mode?: number; exclusive?: boolean }): Promise<void>
  /** Replaces `to` atomically. */
  rename(from: string, to: string): Promise<void>
  /** Removes a file or a link. */
  unlink(path: string): Promise<void>
  /** Makes a directory and those above it. No error if it is there. */
  mkdir(path: string): Promise<void>
  readdir(path: string): Promise<FsEntry[]>
  stat(path: string): Promise<FsStat>
  /** Does not follow a link at the end. */
  lstat(path: string): Promise<FsStat>
  /**
   * The path without links, `.` and `..`; `ENOENT` if it is not there. Permissions are decided on it: a path that is neither
   * resolved nor missing is refused, and so is one behind a link that leads nowhere.
   */
  realpath(path: string): Promise<string>
}
/** An entry of a directory. */
export interface FsEntry {
  name: string
  type: 'file' | 'directory' | 'symlink' | 'other'
}
/** What is known of a path. */
export interface FsStat {
  type: 'file' | 'directory' | 'symlink' | 'other'
  size: number
  /** Milliseconds since 1970. */
  mtimeMs: number
  /** Permission bits. */
  mode: number
}

/**
 * Sends one GET request. Redirects are not followed: the engine judges each target first. Names are resolved where the request is
 * sent: of private addresses the engine can refuse only one that is written in the URL.
 */
export type FetchExecutor = (
  url: string,
  request: { method: 'GET'; headers: Record<string, string>; redirect: 'manual'; signal: AbortSignal },
) => Promise<FetchExecutorResponse>
/** What a `Response` of the web has. */
export interface FetchExecutorResponse {
  status: number
  statusText?: string
  headers: { get(name: string): string | null }
  body: AsyncIterable<Uint8Array> | null
}

// Keeps what is not exported above out of the module.
export {}
