//! The server objects of one query: numbers for the engine, answers for its requests.

import { invalidOption } from '../errors.ts'
import { withSignal } from '../late-signal.ts'
import { bridgeTo, type Bridge } from './bridge.ts'
import { SdkServer, type HandlerExtra } from './server.ts'

/** How requests of the engine come. */
export interface McpRequest {
  readonly id: number
  readonly handle: number
  readonly method: string
  readonly params: Record<string, unknown>
  readonly progress: number | null
}

/** Asks the engine something for a server. */
export type Ask = (request: { type: string } & Record<string, unknown>) => Promise<unknown>

/** Tells the engine something about a server, now. */
export type Tell = (request: { type: string } & Record<string, unknown>) => void

const numbers = new WeakMap<object, number>()
let last = 0

/** The objects that one query may be asked about. */
export class Instances {
  readonly #objects = new Map<number, object>()
  readonly #leave = new Map<number, () => void>()
  readonly #bridges = new Map<number, Bridge>()

  /** `servers` with the number of each object in its place. */
  take(servers: unknown, path: string): unknown {
    if (typeof servers !== 'object' || servers === null || Array.isArray(servers)) return servers
    const entries = Object.entries(servers).map(([key, config]: [string, unknown]) => [key, this.#takeOne(config, `${path}.${key}`)] as const)
    return Object.fromEntries(entries)
  }

  #takeOne(config: unknown, path: string): unknown {
    if (typeof config !== 'object' || config === null || (config as { type?: unknown }).type !== 'sdk') return config
    const { instance, ...rest } = config as { instance?: unknown }
    const usable = instance as { connect?: unknown } | null | undefined
    if (typeof usable !== 'object' || usable === null || typeof usable.connect !== 'function') {
      throw invalidOption(`${path}.instance`, 'must be an MCP server object: what createSdkMcpServer() or `new McpServer()` returns')
    }
    let handle = numbers.get(usable)
    if (handle === undefined) {
      last += 1
      handle = last
      numbers.set(usable, handle)
    }
    this.#objects.set(handle, usable)
    return { ...rest, instance: { $handle: handle } }
  }

  /** Answers one request of the engine. */
  async answer(request: McpRequest, controller: AbortController, tell: Tell, ask: Ask): Promise<unknown> {
    const { handle, method, params, progress } = request
    const instance = this.#objects.get(handle)
    if (instance === undefined) throw new Error('this server is gone')
    const onRequest = (asked: string, values: unknown): Promise<unknown> => ask({ type: 'mcp_request', handle, method: asked, params: values ?? {} })
    const onProgress = progress === null ? undefined : (values: unknown): void => tell({ type: 'mcp_progress', number: progress, params: values })
    if (instance instanceof SdkServer) return instance.answer(method, params, extraOf(request, controller, onProgress, onRequest))
    if (method === 'connect') {
      const bridge = bridgeTo(instance)
      this.#bridges.set(handle, bridge)
      this.#leave.get(handle)?.()
      const leave = [
        bridge.listen(() => tell({ type: 'mcp_changed', handle })),
        bridge.listenClosed(() => tell({ type: 'mcp_closed', handle })),
        bridge.listenCompleted((values) => tell({ type: 'mcp_request', handle, method: 'notifications/elicitation/complete', params: values ?? {} })),
      ]
      this.#leave.set(handle, () => leave.forEach((end) => end()))
      return bridge.hello(controller.signal)
    }
    // Only a handshake connects: the engine knows nothing of one that came about otherwise.
    const bridge = this.#bridges.get(handle)
    if (bridge === undefined) throw new Error('this server is not connected')
    const [kind = '', rest] = method.split('/')
    if (rest === 'list') {
      const able = (await bridge.hello(controller.signal)).capabilities?.[kind] !== undefined
      return { [kind]: able ? await bridge.list(method, kind, { signal: controller.signal }) : [] }
    }
    return bridge.request(method, params, { signal: controller.signal, onProgress, onRequest })
  }

  /** The query is over: nobody here wants to hear of changes any more. */
  release(): void {
    for (const leave of this.#leave.values()) leave()
    this.#leave.clear()
    this.#bridges.clear()
    this.#objects.clear()
  }
}

function extraOf(
  { id, params, progress }: McpRequest,
  controller: AbortController,
  onProgress: ((params: unknown) => void) | undefined,
  onRequest: (method: string, params: unknown) => Promise<unknown>,
): HandlerExtra {
  const meta = { ...(params['_meta'] as object | undefined), ...(progress !== null && { progressToken: progress }) }
  const extra: Omit<HandlerExtra, 'signal'> = {
    requestId: id,
    _meta: meta,
    sendRequest: ({ method, params: values }) => onRequest(method, values),
    sendNotification: async ({ method, params: values }) => {
      if (method === 'notifications/progress') onProgress?.(values)
    },
  }
  return withSignal(extra, controller)
}
