//! A native engine of plain JavaScript, for tests of the façade alone: it does what the test says and notes what it was told.

import type * as Api from '../../index.js'
import { arrived } from '../../src/js/arrivals.ts'
import { startQuery } from '../../src/js/query.ts'
import type { NativeEngine, NativeQuery, NativeScripted } from '../../src/js/native.ts'

/** What the façade sends at the start. */
export interface Config {
  id: number
  prompt: { kind: 'text'; text: string } | { kind: 'stream' }
  options: Record<string, unknown>
  env: Record<string, string>
  envGiven: boolean
  cwd: string
  hostCwd: string
}

export interface FakeBatch {
  messages?: unknown[]
  session?: string
  done?: boolean
  error?: { code: string; message: string }
}

export class FakeEngine implements NativeEngine {
  readonly queries: FakeQuery[] = []
  /** Thrown by the next startQuery. */
  refusal: Error | undefined

  startQuery(config: string): FakeQuery {
    if (this.refusal) throw this.refusal
    const query = new FakeQuery(JSON.parse(config) as Config)
    this.queries.push(query)
    return query
  }

  answer(): void {
    throw new Error('the fake engine asks nothing')
  }

  resolveSettings(): Promise<string> {
    throw new Error('the fake engine has no settings')
  }

  startScripted(): Promise<NativeScripted> {
    throw new Error('the fake engine has no scripted API')
  }

  shutdown(): void {}

  explainPermission(): string {
    return '{}'
  }

  version(): string {
    return '0.0.0'
  }
}

export class FakeQuery implements NativeQuery {
  readonly config: Config
  readonly pushed: unknown[] = []
  readonly controls: Record<string, unknown>[] = []
  readonly #batches: string[] = []
  #state: 'idle' | 'waiting' | 'announced' = 'idle'
  waits = 0
  inputEnded = false
  aborts = 0
  /** Answers controls; a test may replace it. */
  onControl: (request: Record<string, unknown>) => Promise<string> = async () => JSON.stringify({ ok: null })
  /** Called by push; a test may make it throw. */
  onPush: (message: unknown) => void = () => {}

  ended(): Promise<void> {
    return Promise.resolve()
  }

  constructor(config: Config) {
    this.config = config
  }

  /** Hands over a batch, now or when somebody waits. */
  emit(batch: FakeBatch): void {
    this.emitText(JSON.stringify({ messages: [], ...batch }))
  }

  emitText(text: string): void {
    this.#batches.push(text)
    this.#announce()
  }

  get waiting(): boolean {
    return this.#state === 'waiting'
  }

  wait(): void {
    if (this.#state !== 'idle') throw new Error('waits twice at once')
    this.#state = 'waiting'
    this.waits += 1
    this.#announce()
  }

  take(): string {
    this.#state = 'idle'
    const batch = this.#batches.shift()
    if (batch === undefined) throw new Error('nothing was announced')
    return batch
  }

  #announce(): void {
    if (this.#state !== 'waiting' || this.#batches.length === 0) return
    this.#state = 'announced'
    // Never at once: the engine's news come by the event loop.
    queueMicrotask(() => arrived(this.config.id))
  }

  push(message: string): void {
    const parsed: unknown = JSON.parse(message)
    this.onPush(parsed)
    this.pushed.push(parsed)
  }

  endInput(): void {
    this.inputEnded = true
  }

  control(request: string): Promise<string> {
    const parsed = JSON.parse(request) as Record<string, unknown>
    this.controls.push(parsed)
    return this.onControl(parsed)
  }

  abort(): void {
    this.aborts += 1
  }
}

/** Starts a query on a fake engine. */
export function fakeQuery(
  params: { prompt: unknown; options?: unknown } = { prompt: 'hello' },
  engine = new FakeEngine(),
): { query: Api.Query; native: FakeQuery; engine: FakeEngine } {
  const query = startQuery(() => engine, params)
  const native = engine.queries.at(-1)
  if (native === undefined) throw new Error('the engine was not asked')
  return { query, native, engine }
}

/** An error as the addon throws it. */
export function nativeError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

export const assistant = (text: string): object => ({ type: 'assistant', message: { content: [{ type: 'text', text }] } })

export const success = { type: 'result', subtype: 'success', is_error: false, result: 'ok' }

/** Lets everything that is ready run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
