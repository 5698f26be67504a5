//! Speaks JSON-RPC for one of our servers to whoever is on the other side of a transport.

import { describe } from '../errors.ts'
import type { HandlerExtra } from './server.ts'

/** A transport as `@modelcontextprotocol/sdk` has them. */
export interface Transport {
  start(): Promise<void>
  send(message: object, options?: unknown): Promise<void>
  close(): Promise<void>
  onclose?: (() => void) | undefined
  onerror?: ((error: Error) => void) | undefined
  onmessage?: ((message: never, extra?: unknown) => void) | undefined
}

/** One message in either direction. */
export interface Message {
  readonly jsonrpc?: string
  readonly id?: string | number
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

interface Answering {
  hello(): object
  answer(method: string, params: Record<string, unknown>, extra: HandlerExtra): Promise<unknown>
}

const VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05']

/** Serves until the returned function is called or the other side closes. */
export async function connectServer(server: Answering, transport: Transport): Promise<() => Promise<void>> {
  const open = new Map<string | number, AbortController>()
  const abortAll = (): void => {
    for (const controller of open.values()) controller.abort()
    open.clear()
  }
  const answer = async ({ id, method = '', params = {} }: Message): Promise<void> => {
    if (id === undefined) {
      if (method === 'notifications/cancelled') open.get(params['requestId'] as string)?.abort()
      return
    }
    const controller = new AbortController()
    open.set(id, controller)
    const meta = params['_meta'] as Record<string, unknown> | undefined
    const extra: HandlerExtra = {
      signal: controller.signal,
      requestId: id,
      ...(meta && { _meta: meta }),
      sendRequest: ({ method: asked }) => Promise.reject(new Error(`${asked} is not supported over this transport`)),
      sendNotification: (notification) => transport.send({ jsonrpc: '2.0', ...notification }),
    }
    try {
      const result = method === 'initialize' ? initialized(server, params) : await server.answer(method, params, extra)
      if (!controller.signal.aborted) await transport.send({ jsonrpc: '2.0', id, result })
    } catch (thrown) {
      if (!controller.signal.aborted) await transport.send({ jsonrpc: '2.0', id, error: { code: -32603, message: describe(thrown) } })
    } finally {
      open.delete(id)
    }
  }
  transport.onmessage = (message: Message): void => {
    if (message.method !== undefined) answer(message).catch((thrown: unknown) => transport.onerror?.(thrown as Error))
  }
  transport.onclose = abortAll
  await transport.start()
  return async () => {
    abortAll()
    await transport.close()
  }
}

function initialized(server: Answering, params: Record<string, unknown>): object {
  const asked = String(params['protocolVersion'])
  const { serverInfo, capabilities, instructions } = server.hello() as { serverInfo: object; capabilities: object; instructions?: string }
  const protocolVersion = VERSIONS.includes(asked) ? asked : VERSIONS[0]
  return { protocolVersion, serverInfo, capabilities, ...(instructions !== undefined && { instructions }) }
}
