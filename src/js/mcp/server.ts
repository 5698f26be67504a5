//! `createSdkMcpServer()`: our own server object. The engine calls it directly; any other client may connect a transport.

import type * as Api from '../../../index.js'
import { AgentSdkError, describe } from '../errors.ts'
import { InvalidInput, inputSchema, type InputSchema } from './schema.ts'
import { connectServer, type Transport } from './serve.ts'

type Definition = {
  readonly name: string
  readonly description: string
  readonly inputSchema: object
  readonly handler: (input: unknown, extra: unknown) => unknown
  readonly annotations?: object
  readonly _meta?: Record<string, unknown>
}

/** What a handler may use, as its second argument. */
export interface HandlerExtra {
  readonly signal: AbortSignal
  readonly requestId: string | number
  readonly _meta?: Record<string, unknown>
  /** Asks the client: `elicitation/create` or `roots/list`. */
  sendRequest(request: { method: string; params?: Record<string, unknown> }): Promise<unknown>
  sendNotification(notification: { method: string; params?: Record<string, unknown> }): Promise<void>
}

interface Settings {
  readonly name: string
  readonly version?: string
  readonly tools?: readonly Definition[]
  readonly instructions?: string
  readonly alwaysLoad?: boolean
  readonly timeout?: number
}

/** Bundles tools into a server for `mcpServers`. */
export const createSdkMcpServer = ((options: Settings) => {
  if (typeof options !== 'object' || options === null || typeof options.name !== 'string' || options.name === '') {
    throw new AgentSdkError('invalid_option', 'createSdkMcpServer(): takes an object with a `name`')
  }
  if (options.tools !== undefined && !Array.isArray(options.tools)) {
    throw new AgentSdkError('invalid_option', 'createSdkMcpServer(): `tools` is a list of what tool() returned')
  }
  return { type: 'sdk', name: options.name, instance: new SdkServer(options) }
}) as typeof Api.createSdkMcpServer

/** A tool whose input can be described. */
interface Ready {
  readonly definition: Definition
  readonly input: InputSchema
}

/** A server of `tool()`s. */
export class SdkServer {
  readonly #settings: Settings
  #ready: Map<string, Ready> | undefined
  #disconnect: (() => Promise<void>) | undefined

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** What it says of itself. */
  hello(): object {
    const { name, version = '1.0.0', instructions, alwaysLoad, timeout } = this.#settings
    return { serverInfo: { name, version }, capabilities: { tools: {} }, instructions, alwaysLoad, timeout }
  }

  /** Answers one request of the protocol. */
  async answer(method: string, params: Record<string, unknown>, extra: HandlerExtra): Promise<unknown> {
    switch (method) {
      case 'connect':
        return this.hello()
      case 'ping':
        return {}
      case 'tools/list':
        return { tools: this.#list() }
      case 'tools/call':
        return await this.#call(params, extra)
      default:
        throw new Error(`the server ${this.#settings.name} knows no ${method}`)
    }
  }

  /** Serves a client over a transport of `@modelcontextprotocol/sdk`. The engine does not need this. */
  async connect(transport: unknown): Promise<void> {
    if (this.#disconnect) throw new AgentSdkError('invalid_input', `The server ${this.#settings.name} is connected already: close() it first.`)
    this.#disconnect = await connectServer(this, transport as Transport)
  }

  async close(): Promise<void> {
    const disconnect = this.#disconnect
    this.#disconnect = undefined
    await disconnect?.()
  }

  #tools(): Map<string, Ready> {
    this.#ready ??= readyTools(this.#settings)
    return this.#ready
  }

  #list(): object[] {
    return [...this.#tools().values()].map(({ definition: { name, description, annotations, _meta }, input }) => ({
      name,
      description,
      inputSchema: input.json,
      ...(annotations && { annotations }),
      ...(_meta && { _meta }),
    }))
  }

  async #call(params: Record<string, unknown>, extra: HandlerExtra): Promise<unknown> {
    const name = String(params['name'])
    const tool = this.#tools().get(name)
    if (tool === undefined) throw new Error(`the server ${this.#settings.name} has no tool ${name}`)
    try {
      const input = await tool.input.check(params['arguments'] ?? {})
      return checkedResult(await tool.definition.handler(input, extra), name)
    } catch (thrown) {
      const text = thrown instanceof InvalidInput ? `The input of ${name} does not fit its schema:\n${thrown.message}` : `Error: ${describe(thrown)}`
      return { content: [{ type: 'text', text }], isError: true }
    }
  }
}

/** Tools whose input cannot be described are left out with a warning, the others stay. */
function readyTools({ name: server, tools = [] }: Settings): Map<string, Ready> {
  const ready = new Map<string, Ready>()
  for (const definition of tools) {
    if (ready.has(definition.name)) {
      process.emitWarning(`The MCP server ${server} has two tools named ${definition.name}: the second is left out.`, { code: 'CLAUDE_SDK_MCP_TOOL_DUPLICATE' })
      continue
    }
    try {
      ready.set(definition.name, { definition, input: inputSchema(definition.inputSchema) })
    } catch (thrown) {
      process.emitWarning(`The tool ${definition.name} of the MCP server ${server} is left out: ${describe(thrown)}.`, {
        code: 'CLAUDE_SDK_MCP_TOOL_SCHEMA_UNCONVERTIBLE',
      })
    }
  }
  return ready
}

function checkedResult(result: unknown, name: string): object {
  if (typeof result === 'object' && result !== null && ('content' in result || 'structuredContent' in result)) return result
  throw new TypeError(`the handler of ${name} must return { content: [...] }, not ${result === null ? 'null' : typeof result}`)
}
