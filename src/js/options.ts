//! Lowers what `query()` was given to the JSON that the engine reads; names and types of options are the engine's to judge.

import type * as Api from '../../index.js'
import { AgentSdkError, describe, invalidOption } from './errors.ts'
import { lowerExecutors, type Given } from './executors.ts'
import { lower, toJson, type Lowering } from './json.ts'
import { Instances } from './mcp/instances.ts'

type Options = Api.Options

/** What `query()` was given, split into what crosses to the engine and what stays here. */
export interface Lowered {
  /** Everything of the engine's configuration but the query's id. */
  readonly config: Record<string, unknown>
  /** The prompt, if it is a stream. */
  readonly input: AsyncIterable<unknown> | undefined
  readonly callbacks: Callbacks
  /** The MCP server objects among the options. */
  readonly instances: Instances
  readonly signal: AbortSignal | undefined
  readonly throwOnErrorResult: boolean
}

/** The caller's functions that the engine may ask for. */
export interface Callbacks {
  readonly canUseTool?: NonNullable<Options['canUseTool']>
  readonly stderr?: NonNullable<Options['stderr']>
  /** Others by their path in the options. */
  readonly functions: ReadonlyMap<string, OtherFunction>
  /** By event, matcher and place, as they were when the query was started. */
  readonly hooks?: ReadonlyMap<string, HookCallback[][]>
  readonly executors?: Given
}

/** A function of the options that the engine calls with one argument. */
type OtherFunction = (argument: any, signal: AbortSignal) => unknown

type HookCallback = Api.HookCallback

const LOWERING: Lowering = {
  functions: 'mark',
  opaque: (path) => path === 'sessionStore',
  fail: invalidOption,
}

/** Checks what only JavaScript can check and lowers the rest. Throws `invalid_option` naming what is wrong. */
export function lowerParams(params: unknown): Lowered {
  if (!isRecord(params)) throw invalidOption('prompt', 'query() takes an object with `prompt` and `options`')
  const options = params['options'] ?? {}
  if (!isRecord(options) || Array.isArray(options)) throw invalidOption('options', 'must be an object')
  const { prompt, input } = lowerPrompt(params['prompt'])
  const hostCwd = processCwd()
  const instances = new Instances()
  const lowered = {
    config: {
      prompt,
      options: lowerOptions(options, instances),
      env: lowerEnv(options['env']),
      envGiven: options['env'] !== undefined,
      cwd: lowerCwd(options['cwd'], hostCwd),
      hostCwd: hostCwd ?? '',
    },
    input,
    callbacks: callbacks(options),
    instances,
    signal: signalOf(options['abortController']),
    throwOnErrorResult: options['throwOnErrorResult'] === true,
  }
  warnIfShadowed(options)
  return lowered
}

/** The JSON of what `resolveSettings()` was given. Throws `invalid_option` naming what is wrong. */
export function lowerSettingsQuestion(options: unknown): string {
  if (!isRecord(options) || Array.isArray(options)) throw invalidOption('options', 'must be an object')
  return JSON.stringify({ options: lowerOptions(options, new Instances()), env: lowerEnv(options['env']), cwd: lowerCwd(options['cwd'], processCwd()) })
}

function lowerPrompt(prompt: unknown): { prompt: object; input: AsyncIterable<unknown> | undefined } {
  if (typeof prompt === 'string') return { prompt: { kind: 'text', text: prompt }, input: undefined }
  if (isAsyncIterable(prompt)) return { prompt: { kind: 'stream' }, input: prompt }
  throw invalidOption('prompt', 'must be a string or an async iterable of user messages')
}

function lowerOptions(options: Record<string, unknown>, instances: Instances): unknown {
  // These three are read here, or travel beside the options.
  const { abortController, env, cwd, ...rest } = options
  const { mcpServers, mcpOAuth, executors } = rest
  const changed = {
    ...(mcpServers !== undefined && { mcpServers: instances.take(mcpServers, 'mcpServers') }),
    ...(executors !== undefined && { executors: lowerExecutors(executors) }),
    // A store may be an object of a class: what counts is what it can do.
    ...(isRecord(mcpOAuth) && isRecord(mcpOAuth['store']) && { mcpOAuth: { ...mcpOAuth, store: storeFunctions(mcpOAuth['store']) } }),
  }
  return lower({ ...rest, ...changed }, '', LOWERING)
}

function lowerEnv(env: unknown): Record<string, string> {
  if (env !== undefined && !isRecord(env)) throw invalidOption('env', 'must be an object of strings')
  const lowered: Record<string, string> = {}
  for (const [name, value] of Object.entries(env ?? process.env)) {
    if (value === undefined) continue
    if (typeof value !== 'string') throw invalidOption(`env.${name}`, 'must be a string or undefined')
    lowered[name] = value
  }
  return lowered
}

function lowerCwd(cwd: unknown, hostCwd: string | undefined): string {
  if (typeof cwd === 'string') return cwd
  if (cwd !== undefined) throw invalidOption('cwd', 'must be a string')
  if (hostCwd !== undefined) return hostCwd
  throw new AgentSdkError('cwd_unavailable', 'cwd: the current directory of the process is gone; give the option `cwd`')
}

function processCwd(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

function callbacks(options: Record<string, unknown>): Callbacks {
  const { canUseTool, stderr, hooks, executors } = options
  // Values of other types are refused by the engine, which sees them as they are.
  return {
    ...(typeof canUseTool === 'function' && { canUseTool: canUseTool as NonNullable<Options['canUseTool']> }),
    ...(typeof stderr === 'function' && { stderr: stderr as NonNullable<Options['stderr']> }),
    functions: otherFunctions(options),
    ...(isRecord(hooks) && { hooks: hookCallbacks(hooks) }),
    ...(isRecord(executors) && { executors: { ...executors } as Given }),
  }
}

function storeFunctions(store: Record<string, unknown>): object {
  return { load: store['load'], save: store['save'], delete: store['delete'] }
}

function otherFunctions({ onElicitation, mcpOAuth }: Record<string, unknown>): Map<string, OtherFunction> {
  const functions = new Map<string, OtherFunction>()
  if (typeof onElicitation === 'function') functions.set('onElicitation', (request, signal) => onElicitation(request, { signal }) as unknown)
  if (isRecord(mcpOAuth)) {
    const { authorize, store } = mcpOAuth as unknown as Api.McpOAuthOptions
    functions.set('mcpOAuth.authorize', ({ url, server }, signal) => authorize(url, { server, signal }))
    if (store) functions.set('mcpOAuth.store', ({ operation, key, value }) => (operation === 'save' ? store.save(key, value) : operation === 'delete' ? store.delete(key) : store.load(key)))
  }
  return functions
}

function hookCallbacks(hooks: Record<string, unknown>): Map<string, HookCallback[][]> {
  const callbacksOf = (matcher: unknown): HookCallback[] => {
    const list = isRecord(matcher) ? matcher['hooks'] : undefined
    return Array.isArray(list) ? (list.slice() as HookCallback[]) : []
  }
  const entries = Object.entries(hooks).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
  return new Map(entries.map(([event, matchers]) => [event, matchers.map(callbacksOf)]))
}

function signalOf(controller: unknown): AbortSignal | undefined {
  if (controller === undefined) return undefined
  const signal = isRecord(controller) ? controller['signal'] : undefined
  if (isRecord(signal) && typeof signal['aborted'] === 'boolean' && typeof signal['addEventListener'] === 'function') {
    return signal as unknown as AbortSignal
  }
  throw invalidOption('abortController', 'must be an AbortController')
}

/** Says once per query that `canUseTool` will not be asked about some or all calls. */
function warnIfShadowed(options: Record<string, unknown>): void {
  const { canUseTool, permissionMode, allowedTools } = options
  if (typeof canUseTool !== 'function') return
  const bare = Array.isArray(allowedTools) ? allowedTools.filter((rule) => typeof rule === 'string' && !rule.includes('(')) : []
  const cause =
    permissionMode === 'bypassPermissions'
      ? 'permissionMode is bypassPermissions: it is asked about almost no call'
      : bare.length > 0
        ? `allowedTools approves every call of ${bare.join(', ')}: it is not asked about these`
        : undefined
  if (cause === undefined) return
  process.emitWarning(`canUseTool is shadowed: ${cause}.`, { code: 'CLAUDE_SDK_CAN_USE_TOOL_SHADOWED' })
}

/** The JSON of one user message; throws `invalid_input` if it is none. */
export function lowerMessage(message: unknown): string {
  const fail = (problem: string, cause?: unknown): AgentSdkError =>
    new AgentSdkError('invalid_input', `A user message must be an object that JSON can carry: ${problem}.`, { cause })
  if (!isRecord(message) || Array.isArray(message)) throw fail(`${message === null ? 'null' : typeof message} was given`)
  try {
    return toJson(message)
  } catch (cause) {
    throw fail(describe(cause), cause)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Whether `for await` takes it. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isRecord(value) && Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function'
}
