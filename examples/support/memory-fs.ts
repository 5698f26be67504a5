//! A file system in memory, as `options.executors.fs` takes one. It has no symbolic links.

import { dirname, normalize } from 'node:path/posix'
import type { FsEntry, FsExecutor, FsStat } from 'native-agent-sdk'

interface File {
  data: Uint8Array
  mtimeMs: number
  mode: number
}

/** Failures say what they are by the codes of Node: the model then reads the words that it knows. */
function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}

export class MemoryFs implements FsExecutor {
  readonly #files = new Map<string, File>()
  readonly #directories = new Set(['/'])

  constructor(files: Record<string, string>) {
    for (const [path, text] of Object.entries(files)) {
      this.#makeDirectory(dirname(path))
      this.#files.set(path, { data: Buffer.from(text), mtimeMs: Date.now(), mode: 0o644 })
    }
  }

  /** The text of a file, for whoever wants to see what became of it. */
  text(path: string): string {
    return Buffer.from(this.#file(path).data).toString()
  }

  async readFile(path: string, options: { offset?: number; length?: number } = {}): Promise<Uint8Array> {
    const { offset = 0, length = Infinity } = options
    return this.#file(path).data.subarray(offset, offset + length)
  }

  async writeFile(path: string, data: Uint8Array, options: { mode?: number; exclusive?: boolean } = {}): Promise<void> {
    if (options.exclusive && this.#has(path)) throw failure('EEXIST', path)
    if (!this.#directories.has(dirname(path))) throw failure('ENOENT', path)
    this.#files.set(path, { data: Uint8Array.from(data), mtimeMs: Date.now(), mode: options.mode ?? 0o644 })
  }

  async rename(from: string, to: string): Promise<void> {
    this.#files.set(to, this.#file(from))
    this.#files.delete(from)
  }

  async unlink(path: string): Promise<void> {
    if (!this.#files.delete(path)) throw failure('ENOENT', path)
  }

  async mkdir(path: string): Promise<void> {
    this.#makeDirectory(path)
  }

  async readdir(path: string): Promise<FsEntry[]> {
    if (!this.#directories.has(path)) throw failure(this.#files.has(path) ? 'ENOTDIR' : 'ENOENT', path)
    const below = (all: Iterable<string>): string[] => [...all].filter((name) => name !== '/' && dirname(name) === path)
    const entry = (type: FsEntry['type']) => (name: string): FsEntry => ({ name: name.slice(name.lastIndexOf('/') + 1), type })
    return [...below(this.#directories).map(entry('directory')), ...below(this.#files.keys()).map(entry('file'))]
  }

  async stat(path: string): Promise<FsStat> {
    if (this.#directories.has(path)) return { type: 'directory', size: 0, mtimeMs: 0, mode: 0o755 }
    const { data, mtimeMs, mode } = this.#file(path)
    return { type: 'file', size: data.byteLength, mtimeMs, mode }
  }

  lstat(path: string): Promise<FsStat> {
    return this.stat(path)
  }

  async realpath(path: string): Promise<string> {
    const plain = normalize(path)
    const real = plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain
    if (!this.#has(real)) throw failure('ENOENT', path)
    return real
  }

  #has(path: string): boolean {
    return this.#files.has(path) || this.#directories.has(path)
  }

  #file(path: string): File {
    const file = this.#files.get(path)
    if (file === undefined) throw failure(this.#directories.has(path) ? 'EISDIR' : 'ENOENT', path)
    return file
  }

  #makeDirectory(path: string): void {
    if (this.#files.has(path)) throw failure('ENOTDIR', path)
    if (path !== '/') this.#makeDirectory(dirname(path))
    this.#directories.add(path)
  }
}
