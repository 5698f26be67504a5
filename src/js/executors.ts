//! The caller's executors: what crosses of them to the engine, and answers for its requests.

import { Buffer, isUtf8 } from 'node:buffer'
import type * as Api from '../../index.js'

/** A request of the engine to an executor. */
export interface ExecutorRequest {
  readonly id: number
  /** `exec`, `fetch`, or `fs.` and the name of a method. */
  readonly method: string
  readonly params: Record<string, unknown>
}

/** The option as the caller gave it. */
export type Given = Api.Executors

/** Tells the engine of output of a command, now. */
export type Tell = (request: { type: string } & Record<string, unknown>) => void

type Bytes = string | { readonly base64: string }

const FS_METHODS = ['lstat', 'mkdir', 'readFile', 'readdir', 'realpath', 'rename', 'stat', 'unlink', 'writeFile'] as const

/** The option with the methods of a file system in its place, inherited ones too: only what is a function matters. */
export function lowerExecutors(given: unknown): unknown {
  if (!isRecord(given) || !isRecord(given['fs'])) return given
  const fs = given['fs']
  return { ...given, fs: Object.fromEntries(FS_METHODS.map((name) => [name, fs[name]])) }
}

/** Answers one request. */
export async function askExecutor(given: Given | undefined, request: ExecutorRequest, signal: AbortSignal, tell: Tell): Promise<unknown> {
  const { method, params } = request
  if (method === 'exec') return run(given?.exec, params, signal, tell)
  if (method === 'fetch') return get(given?.fetch, params, signal)
  const { fs } = given ?? {}
  if (fs === undefined || fs === 'host') throw new Error('there is no such executor')
  const path = params['path'] as string
  switch (method) {
    case 'fs.readFile': {
      const { offset, length } = params as { offset?: number; length?: number }
      return bytesOf(await fs.readFile(path, length === undefined ? { signal } : { offset: offset ?? 0, length, signal }), 'fs.readFile must return a Uint8Array')
    }
    case 'fs.writeFile': {
      const { mode, exclusive } = params as { mode: number | null; exclusive: boolean }
      return void (await fs.writeFile(path, bytesFrom(params['data'] as Bytes), { ...(mode !== null && { mode }), exclusive }))
    }
    case 'fs.rename': {
      const names = params as { from: string; to: string }
      return void (await fs.rename(names.from, names.to))
    }
    case 'fs.unlink':
      return void (await fs.unlink(path))
    case 'fs.mkdir':
      return void (await fs.mkdir(path))
    case 'fs.readdir':
      return entriesOf(await fs.readdir(path))
    case 'fs.stat':
      return statOf(await fs.stat(path))
    case 'fs.lstat':
      return statOf(await fs.lstat(path))
    case 'fs.realpath':
      return fs.realpath(path)
    default:
      throw new Error(`this package does not know the request ${method}`)
  }
}

async function run(exec: Given['exec'], params: Record<string, unknown>, signal: AbortSignal, tell: Tell): Promise<unknown> {
  if (typeof exec !== 'function') throw new Error('there is no such executor')
  const output = (stream: 'stdout' | 'stderr') => (chunk: Uint8Array | string) => {
    const data = bytesOf(chunk, `${stream}() takes a Uint8Array or a string`)
    tell({ type: 'executor_output', number: params['output'], stream, data })
  }
  const result: unknown = await exec(params['request'] as Api.ExecRequest, { signal, stdout: output('stdout'), stderr: output('stderr') })
  if (!isRecord(result)) return result
  // Whatever else it holds is the caller's.
  const { exitCode, signal: name, cwd } = result
  return { exitCode, signal: name, cwd }
}

async function get(fetch: Given['fetch'], params: Record<string, unknown>, signal: AbortSignal): Promise<unknown> {
  if (typeof fetch !== 'function') throw new Error('there is no such executor')
  const headers = { ...(params['headers'] as Record<string, string>) }
  const response: unknown = await fetch(params['url'] as string, { method: 'GET', headers, redirect: 'manual', signal })
  if (!isRecord(response) || !isRecord(response['headers']) || typeof response['headers']['get'] !== 'function') {
    throw new TypeError('fetch must return { status, headers, body } where headers has get(): what a Response has')
  }
  const { status, body } = response as unknown as Api.FetchExecutorResponse
  const read = response['headers'] as unknown as Api.FetchExecutorResponse['headers']
  const wanted = (params['wanted'] as string[]).map((name) => [name, read.get(name)] as const)
  return { status, headers: Object.fromEntries(wanted), ...(await bodyOf(body, params['most'] as number, signal)) }
}

/** The beginning of a body, and whether there is more. Leaving the loop tells its source that no more is wanted. */
async function bodyOf(body: unknown, most: number, signal: AbortSignal): Promise<{ body: Bytes; cut: boolean }> {
  const chunks: Uint8Array[] = []
  let size = 0
  if (body !== null && body !== undefined) {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('the body of a response must give Uint8Arrays')
      chunks.push(chunk)
      size += chunk.byteLength
      if (size > most || signal.aborted) break
    }
  }
  return { body: bytesOf(Buffer.concat(chunks).subarray(0, most), ''), cut: size > most }
}

/** Bytes as they cross: a text where they are one. */
export function bytesOf(value: unknown, problem: string): Bytes {
  // Half a character becomes the one that stands for what is none, as everywhere.
  if (typeof value === 'string') return Buffer.from(value).toString()
  if (!(value instanceof Uint8Array)) throw new TypeError(problem)
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') }
}

function bytesFrom(value: Bytes): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.base64, 'base64')
}

/** The four facts; they may be getters of a class. What is no object is for the engine to refuse. */
function statOf(value: unknown): unknown {
  if (!isRecord(value)) return value
  const { type, size, mtimeMs, mode } = value
  return { type, size, mtimeMs, mode }
}

function entriesOf(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return value.map((entry: unknown) => (isRecord(entry) ? { name: entry['name'], type: entry['type'] } : entry))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
