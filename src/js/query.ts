//! `query()` and the object it returns: an iterator of messages with the control methods.

import type * as Api from '../../index.js'
import { AgentSdkError } from './errors.ts'
import { lower, type Lowering } from './json.ts'
import { engine, type NativeEngine } from './native.ts'
import { isAsyncIterable, lowerParams } from './options.ts'
import { Run } from './run.ts'

type Result = IteratorResult<Api.SDKMessage, void>

/** Starts an agent run; throws a typed error at once if the options cannot be used. */
export const query: typeof Api.query = (params) => startQuery(engine, params)

/** `query()` on a given engine. */
export function startQuery(onEngine: () => NativeEngine, params: unknown): Api.Query {
  return queryOf(new Run(onEngine, lowerParams(params)))
}

/** The public face of a run. */
export function queryOf(run: Run): Api.Query {
  return new Query(run)
}

// Written by hand: an `async function*` would be slower, and its return() would wait for a pending next().
class Query implements Api.Query {
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  get [Symbol.toStringTag](): string {
    return 'AsyncGenerator'
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Result> {
    return this.#run.next()
  }

  return(value?: void | PromiseLike<void>): Promise<Result> {
    this.#run.close()
    return Promise.resolve(value).then((settled) => ({ done: true, value: settled }))
  }

  throw(error?: unknown): Promise<Result> {
    this.#run.close()
    return Promise.reject(error)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run.close()
  }

  close(): void {
    this.#run.close()
  }

  async streamInput(stream: AsyncIterable<Api.SDKUserMessage>): Promise<void> {
    if (!isAsyncIterable(stream)) throw new AgentSdkError('invalid_input', 'streamInput() takes an async iterable of user messages')
    await this.#run.inputs.feed(stream)
  }

  interrupt(): Answer<'interrupt'> {
    return this.#ask('interrupt')
  }

  setPermissionMode(mode: Api.PermissionMode): Promise<void> {
    return this.#tell('set_permission_mode', { mode })
  }

  explainPermission(toolName: string, input: Record<string, unknown>): Answer<'explainPermission'> {
    return this.#ask('explain_permission', { tool_name: toolName, input })
  }

  setModel(model?: string): Promise<void> {
    return this.#tell('set_model', { model })
  }

  setMaxThinkingTokens(maxThinkingTokens: number | null, display?: 'summarized' | 'omitted'): Promise<void> {
    return this.#tell('set_max_thinking_tokens', { value: maxThinkingTokens, display })
  }

  setMcpPermissionModeOverride(server: string, mode: 'default' | 'auto' | null): Answer<'setMcpPermissionModeOverride'> {
    return this.#ask('set_mcp_permission_mode_override', { server, mode })
  }

  applyFlagSettings(settings: object): Promise<void> {
    return this.#tell('apply_flag_settings', { settings })
  }

  updateSettings(source: string, settings: object): Promise<void> {
    return this.#tell('update_settings', { source, settings })
  }

  initializationResult(): Answer<'initializationResult'> {
    return this.#ask('initialization_result')
  }

  reinitialize(): Answer<'reinitialize'> {
    return this.#ask('reinitialize')
  }

  supportedCommands(): Answer<'supportedCommands'> {
    return this.#ask('supported_commands')
  }

  supportedModels(): Answer<'supportedModels'> {
    return this.#ask('supported_models')
  }

  supportedAgents(): Answer<'supportedAgents'> {
    return this.#ask('supported_agents')
  }

  mcpServerStatus(): Answer<'mcpServerStatus'> {
    return this.#ask('mcp_server_status')
  }

  accountInfo(): Answer<'accountInfo'> {
    return this.#ask('account_info')
  }

  getContextUsage(options?: { detail?: boolean }): Answer<'getContextUsage'> {
    return this.#ask('get_context_usage', { ...options })
  }

  readFile(path: string, options?: { maxBytes?: number; encoding?: 'utf-8' | 'base64' }): Answer<'readFile'> {
    return this.#ask('read_file', { path, ...options })
  }

  seedReadState(path: string, mtime: number): Promise<void> {
    return this.#tell('seed_read_state', { path, mtime })
  }

  reconnectMcpServer(serverName: string): Promise<void> {
    return this.#tell('reconnect_mcp_server', { serverName })
  }

  toggleMcpServer(serverName: string, enabled: boolean): Promise<void> {
    return this.#tell('toggle_mcp_server', { serverName, enabled })
  }

  async setMcpServers(servers: Record<string, Api.McpServerConfig>): Promise<Api.McpSetServersResult> {
    return this.#ask('set_mcp_servers', { servers: this.#run.instances.take(servers, 'servers') })
  }

  rewindFiles(userMessageId: string, options?: { dryRun?: boolean }): Answer<'rewindFiles'> {
    return this.#ask('rewind_files', { userMessageId, ...options })
  }

  stopTask(taskId: string): Promise<void> {
    return this.#tell('stop_task', { taskId })
  }

  backgroundTasks(toolUseId?: string): Promise<boolean> {
    return this.#ask('background_tasks', { toolUseId })
  }

  readMcpResource(server: string, uri: string): Answer<'readMcpResource'> {
    return this.#ask('read_mcp_resource', { server, uri })
  }

  reloadPlugins(options?: object): Answer<'reloadPlugins'> {
    return this.#ask('reload_plugins', { ...options })
  }

  reloadSkills(): Answer<'reloadSkills'> {
    return this.#ask('reload_skills')
  }

  reloadOutputStyles(): Answer<'reloadOutputStyles'> {
    return this.#ask('reload_output_styles')
  }

  async #tell(type: string, values: Record<string, unknown>): Promise<void> {
    await this.#ask(type, values)
  }

  async #ask<T>(type: string, values: Record<string, unknown> = {}): Promise<T> {
    const request = lower({ type, ...values }, '', ARGUMENTS)
    return (await this.#run.control(request as object)) as T
  }
}

type Answer<Method extends keyof Api.Query> = Api.Query[Method] extends (...args: never[]) => infer Answer ? Answer : never

const ARGUMENTS: Lowering = {
  functions: 'mark',
  fail: (path, problem) => new AgentSdkError('invalid_input', `${path}: ${problem}`),
}
