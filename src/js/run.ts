//! One query on this side: serves `next()` from native batches, and ends once, for whatever reason.

import { AsyncResource } from 'node:async_hooks'
import type * as Api from '../../index.js'
import { expectArrival } from './arrivals.ts'
import { AbortError, AgentSdkError, closedError, describe, errorFromNative, errorFromWire } from './errors.ts'
import { toJson } from './json.ts'
import type { Instances } from './mcp/instances.ts'
import type { NativeEngine, NativeQuery } from './native.ts'
import type { Callbacks, Lowered } from './options.ts'
import { Inputs } from './pump.ts'
import { nextId, register } from './registry.ts'
import { decodeBatch, toMessage, type DeltaTuple } from './wire.ts'

type Message = Api.SDKMessage
type Result = IteratorResult<Message, void>

interface Waiting {
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

const DONE: Result = Object.freeze({ done: true, value: undefined })

export class Run {
  readonly callbacks: Callbacks
  /** The caller's async context at `query()`: callbacks run in it. */
  readonly context = new AsyncResource('AgentSdkQuery')
  /** The questions of the engine that the caller's callbacks have not answered yet. */
  readonly questions = new Map<number, AbortController>()
  /** The caller's MCP server objects. */
  readonly instances: Instances
  readonly inputs = new Inputs(this)
  readonly #id = nextId()
  readonly #native: NativeQuery | undefined
  readonly #waiting: Waiting[] = []
  readonly #controls = new Set<(error: Error) => void>()
  readonly #throwOnErrorResult: boolean
  /** The prompt is one text: an error result is the end of the run. */
  #oneShot: boolean
  #unregister: () => void = () => {}
  #items: ReadonlyArray<Message | DeltaTuple> = []
  #position = 0
  #session = ''
  /** Somebody waits, and the engine has been asked to say when there is something. */
  #expecting = false
  #errorResult: Api.SDKResultMessage | undefined
  /** The engine has said its last: what it was, once the items are delivered. */
  #last: { readonly error?: unknown } | undefined
  #ended = false
  /** Thrown by the first `next()` after the end. */
  #failure: { readonly error: unknown } | undefined

  /** Starts the query; throws the engine's error if it refuses the configuration. */
  constructor(engine: () => NativeEngine, lowered: Lowered) {
    this.callbacks = lowered.callbacks
    this.instances = lowered.instances
    this.#throwOnErrorResult = lowered.throwOnErrorResult
    this.#oneShot = lowered.input === undefined
    if (lowered.signal?.aborted) {
      this.#fail(new AbortError(undefined, { cause: lowered.signal.reason }))
      return
    }
    try {
      this.#native = engine().startQuery(toJson({ id: this.#id, ...lowered.config }))
    } catch (thrown) {
      throw errorFromNative(thrown)
    }
    this.#unregister = register(this.#id, this, lowered.signal)
    if (lowered.input) this.inputs.start(lowered.input)
  }

  get ended(): boolean {
    return this.#ended
  }

  next(): Promise<Result> {
    if (this.#waiting.length === 0) {
      const message = this.#take()
      if (message !== undefined) return Promise.resolve({ done: false, value: message })
      if (this.#last) this.#finish()
      if (this.#failure) return this.#throwFailure()
      if (this.#ended) return Promise.resolve(DONE)
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#expect()
    })
  }

  /** Ends the query without an error; what is not delivered yet is dropped. */
  close(): void {
    this.#end()
  }

  /** Ends the query because its signal was aborted. */
  abort(reason: unknown): void {
    this.#fail(new AbortError(undefined, { cause: reason }))
  }

  /** Ends the query with an error of the input: the iterator throws exactly this. */
  failInput(error: unknown): void {
    this.#fail(error)
  }

  /** Hands one user message to the engine. */
  push(message: string): void {
    if (this.#native === undefined || this.#ended) throw closedError()
    try {
      this.#native.push(message)
    } catch (thrown) {
      throw errorFromNative(thrown)
    }
  }

  /** Hands over the only message there will be. */
  pushOnly(message: string): void {
    this.push(message)
    this.#oneShot = true
    this.endInput()
  }

  /** Tells the engine that no user message follows. */
  endInput(): void {
    if (!this.#ended) this.#native?.endInput()
  }

  /** One control request; rejects if the engine refuses it, or the query is closed before the answer. */
  control(request: object): Promise<unknown> {
    const native = this.#native
    // After the last message the engine still answers what it can; after close() nobody listens.
    if (native === undefined || (this.#ended && this.#last === undefined)) return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      this.#controls.add(reject)
      native
        .control(toJson(request))
        .then(
          (text) => {
            const answer = JSON.parse(text) as { ok?: unknown; error?: { code: string; message: string } }
            if (answer.error) reject(errorFromWire(answer.error))
            else resolve(answer.ok)
          },
          (thrown: unknown) => reject(errorFromNative(thrown)),
        )
        .catch((thrown: unknown) => reject(internal(thrown)))
        .finally(() => this.#controls.delete(reject))
    })
  }

  #take(): Message | undefined {
    const item = this.#items[this.#position]
    if (item === undefined) return undefined
    this.#position += 1
    const message = toMessage(item, this.#session)
    if (this.#throwOnErrorResult && this.#oneShot && message.type === 'result') this.#errorResult = message.is_error ? message : undefined
    return message
  }

  /** The engine has messages, or has ended. */
  receive(): void {
    this.#expecting = false
    try {
      // Also when nobody wants it any more: until then the process is kept alive.
      const text = this.#native?.take()
      if (text === undefined || this.#ended) return
      const batch = decodeBatch(text)
      this.#items = batch.messages
      this.#position = 0
      if (batch.session !== undefined) this.#session = batch.session
      if (batch.error) this.#last = { error: errorFromWire(batch.error) }
      else if (batch.done) this.#last = {}
      this.#serve()
    } catch (thrown) {
      this.#stop(internal(thrown))
    }
  }

  // Only while somebody waits, because that keeps the process alive.
  #expect(): void {
    if (this.#expecting || this.#ended || this.#native === undefined) return
    try {
      this.#native.wait()
    } catch (thrown) {
      this.#stop(errorFromNative(thrown))
      return
    }
    this.#expecting = true
    expectArrival(this.#id, this)
  }

  #stop(error: unknown): void {
    if (this.#ended) return
    this.#items = []
    this.#last = { error }
    this.#serve()
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const message = this.#take()
      if (message === undefined) break
      this.#waiting.shift()?.resolve({ done: false, value: message })
    }
    if (this.#waiting.length === 0) return
    if (this.#last) this.#finish()
    else this.#expect()
  }

  /** The engine ended and everything is delivered. */
  #finish(): void {
    const last = this.#last
    if (last && 'error' in last) this.#fail(last.error)
    else if (this.#errorResult) this.#fail(errorOf(this.#errorResult))
    else this.#end()
  }

  #fail(error: unknown): void {
    if (this.#ended) return
    this.#failure = { error }
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    // Calls that still wait learn why: hosts tell an abort of their own from an end that they did not expect.
    const reason = this.#failure?.error instanceof AbortError ? this.#failure.error : closedError()
    this.#items = []
    this.#leave()
    // An engine that ended by itself still answers control requests.
    if (this.#last === undefined) this.#native?.abort()
    this.inputs.stop(reason)
    const waiting = this.#waiting.splice(0)
    if (this.#failure) waiting.shift()?.reject(this.#consumeFailure())
    for (const { resolve } of waiting) resolve(DONE)
    // The engine settles controls itself when it ends by itself.
    if (this.#last === undefined) for (const reject of this.#controls) reject(reason)
    for (const controller of this.questions.values()) controller.abort()
    this.questions.clear()
    this.instances.release()
  }

  /** Lets the engine find this query no more; hooks of its end are still called. */
  #leave(): void {
    if (this.#native === undefined || this.callbacks.hooks === undefined || this.#last !== undefined) this.#unregister()
    // The pending promise holds this run, and the process, until the last hook has answered.
    else void this.#native.ended().finally(this.#unregister)
  }

  #throwFailure(): Promise<Result> {
    return Promise.reject(this.#consumeFailure())
  }

  #consumeFailure(): unknown {
    const error = this.#failure?.error
    this.#failure = undefined
    return error
  }
}

function internal(thrown: unknown): AgentSdkError {
  return new AgentSdkError('internal_error', `The engine answered what this package cannot read: ${describe(thrown)}`, {
    cause: thrown,
  })
}

function errorOf(result: Api.SDKResultMessage): AgentSdkError {
  const text = result.subtype === 'success' ? result.result : result.errors.join('\n')
  return new AgentSdkError('error_result', text === '' ? `The run ended with ${result.subtype}.` : text, { cause: result })
}
