//! The one connection of this process to a server object of somebody else: an `McpServer` takes a single transport for its
//! whole life, however many queries use it.

import { describe } from '../errors.ts'
import type { Message, Transport } from './serve.ts'

/** One side of a conversation with a server object. */
interface ServerObject {
  connect(transport: unknown): Promise<void>
}

/** What a caller of `request` wants beside the result. */
export interface Wanted {
  readonly signal: AbortSignal
  readonly onProgress?: ((params: unknown) => void) | undefined
  /** Answers what the server asks while it works on this request. */
  readonly onRequest?: ((method: string, params: unknown) => Promise<unknown>) | undefined
}

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
  readonly onProgress: Wanted['onProgress']
  readonly onRequest: Wanted['onRequest']
}

/** Told when the tools or prompts of the server have changed. */
export type Listener = () => void

const bridges = new WeakMap<object, Bridge>()

/** The bridge to an object, made at first use. */
export function bridgeTo(instance: object): Bridge {
  let bridge = bridges.get(instance)
  if (bridge === undefined || bridge.closed) {
    bridge = new Bridge(instance as ServerObject)
    bridges.set(instance, bridge)
  }
  return bridge
}

const CLIENT = { name: 'native-agent-sdk', version: '1' }
const VERSION = '2025-11-25'
const LISTS_CHANGED = ['notifications/tools/list_changed', 'notifications/prompts/list_changed']

export class Bridge {
  readonly #transport: Transport
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Set<Listener>()
  readonly #closers = new Set<Listener>()
  readonly #completed = new Set<(params: unknown) => void>()
  readonly #hello: Promise<Hello>
  #next = 1
  #closed = false
  #waiting = 0
  #connected = false

  constructor(server: ServerObject) {
    this.#transport = {
      start: async () => {},
      send: async (message, options?: { relatedRequestId?: string | number }) => this.#receive(message as Message, options?.relatedRequestId),
      close: async () => this.#end('the server has closed the connection'),
    }
    this.#hello = this.#connect(server)
    // Whoever asks gets the failure; nobody asking is no reason to end the process.
    this.#hello.then(
      () => (this.#connected = true),
      () => this.#end('the server could not be connected'),
    )
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Who hears of changes until the returned function is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Who hears that the server has closed the connection, once there is one. */
  listenClosed(listener: Listener): () => void {
    this.#closers.add(listener)
    return () => this.#closers.delete(listener)
  }

  /** Who hears that the user has done what was asked for at a URL. */
  listenCompleted(listener: (params: unknown) => void): () => void {
    this.#completed.add(listener)
    return () => this.#completed.delete(listener)
  }

  /** What the server said of itself. If it does not answer until all who wait have given up, the connection ends: the next
   * one who wants it tries anew. */
  hello(signal: AbortSignal): Promise<Hello> {
    if (this.#connected) return this.#hello
    return new Promise((resolve, reject) => {
      this.#waiting += 1
      let waits = true
      const leave = (): void => {
        signal.removeEventListener('abort', giveUp)
        if (waits) this.#waiting -= 1
        waits = false
      }
      const giveUp = (): void => {
        leave()
        if (this.#waiting === 0 && !this.#connected) this.#end('the server did not connect')
        reject(new Error('cancelled'))
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#hello.finally(leave).then(resolve, reject)
      if (signal.aborted) giveUp()
    })
  }

  /** One request; ids are of this bridge, so that queries do not mix. */
  async request(method: string, params: Record<string, unknown>, wanted: Wanted): Promise<unknown> {
    await this.#hello
    return this.#ask(method, params, wanted)
  }

  /** All pages of a list. */
  async list(method: string, key: string, wanted: Wanted): Promise<unknown[]> {
    const items: unknown[] = []
    let cursor: unknown
    do {
      const page = (await this.request(method, cursor === undefined ? {} : { cursor }, wanted)) as Record<string, unknown>
      if (!Array.isArray(page[key])) throw new Error(`the answer to ${method} holds no ${key}`)
      items.push(...(page[key] as unknown[]))
      cursor = page['nextCursor']
    } while (typeof cursor === 'string' && cursor !== '' && items.length < 10_000)
    return items
  }

  async #connect(server: ServerObject): Promise<Hello> {
    await server.connect(this.#transport)
    const params = { protocolVersion: VERSION, capabilities: { elicitation: { form: {}, url: {} }, roots: {} }, clientInfo: CLIENT }
    const hello = (await this.#ask('initialize', params, { signal: NEVER })) as Hello
    this.#deliver({ method: 'notifications/initialized' })
    return hello
  }

  #ask(method: string, params: Record<string, unknown>, { signal, onProgress, onRequest }: Wanted): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error('the server has closed the connection'))
    const id = this.#next++
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#pending.delete(id)
        this.#deliver({ method: 'notifications/cancelled', params: { requestId: id, reason: 'cancelled' } })
        reject(new Error('cancelled'))
      }
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          signal.removeEventListener('abort', cancel)
          how(value)
        }
      if (signal.aborted) return reject(new Error('cancelled'))
      signal.addEventListener('abort', cancel, { once: true })
      this.#pending.set(id, { resolve: settle(resolve), reject: settle(reject), onProgress, onRequest })
      const meta = { ...(params['_meta'] as object | undefined), ...(onProgress && { progressToken: id }) }
      this.#deliver({ id, method, params: Object.keys(meta).length > 0 ? { ...params, _meta: meta } : params })
    })
  }

  #deliver(message: Message): void {
    this.#transport.onmessage?.({ jsonrpc: '2.0', ...message } as never)
  }

  #receive(message: Message, related?: string | number): void {
    const { id, method, params } = message
    if (method === undefined) return this.#settle(message)
    if (id !== undefined) return this.#answer(id, method, params, related)
    if (method === 'notifications/progress') this.#pending.get(Number(params?.['progressToken']))?.onProgress?.(params)
    if (method === 'notifications/elicitation/complete') for (const tell of [...this.#completed]) tell(params)
    if (LISTS_CHANGED.includes(method)) for (const listener of [...this.#listeners]) listener()
  }

  #settle({ id, result, error }: Message): void {
    const pending = this.#pending.get(Number(id))
    if (pending === undefined) return
    this.#pending.delete(Number(id))
    if (error) pending.reject(new Error(describe(error.message)))
    else pending.resolve(result)
  }

  /** Requests of the server go to the query whose request it works on; if it does not say which, there must be only one. */
  #answer(id: string | number, method: string, params: unknown, related: string | number | undefined): void {
    if (method === 'ping') return this.#deliver({ id, result: {} })
    const open = [...this.#pending.values()].filter(({ onRequest }) => onRequest !== undefined)
    const owner = related === undefined ? (open.length === 1 ? open[0] : undefined) : this.#pending.get(Number(related))
    const fail = (code: number, message: string): void => this.#deliver({ id, error: { code, message } })
    if (owner?.onRequest === undefined) return fail(-32601, `${method} is not supported outside a call, or while several queries call`)
    owner.onRequest(method, params).then(
      (result) => this.#deliver({ id, result }),
      (thrown: unknown) => fail(-32603, describe(thrown)),
    )
  }

  #end(why: string): void {
    if (this.#closed) return
    this.#closed = true
    // First the news, then what it means for calls: they look at the state of the server. A handshake that fails says so itself.
    if (this.#connected) for (const listener of [...this.#closers]) listener()
    for (const { reject } of this.#pending.values()) reject(new Error(why))
    this.#pending.clear()
    // Without this the object would think that it is connected, and refuse to be connected again.
    this.#transport.onclose?.()
  }
}

/** What `initialize` is answered with. */
export interface Hello {
  readonly serverInfo?: object
  readonly capabilities?: Record<string, unknown>
  readonly instructions?: string
}

const NEVER = new AbortController().signal
