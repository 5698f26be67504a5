//! Answers the engine's questions with the caller's callbacks. Nothing that a callback does gets past this file as an exception.

import type { HookInput } from '../../index.js'
import { describe } from './errors.ts'
import { askExecutor, type ExecutorRequest } from './executors.ts'
import { lower, toJson, type Lowering } from './json.ts'
import { withSignal } from './late-signal.ts'
import type { Ask, McpRequest, Tell } from './mcp/instances.ts'
import { findRun } from './registry.ts'
import type { Run } from './run.ts'

type Request =
  | {
      readonly type: 'can_use_tool'
      readonly query: number
      readonly id: number
      readonly toolName: string
      readonly input: Record<string, unknown>
      readonly options: Omit<PermissionContext, 'signal'>
    }
  | {
      readonly type: 'hook'
      readonly query: number
      readonly id: number
      readonly event: string
      readonly matcher: number
      readonly hook: number
      readonly toolUseID: string | null
      readonly input: HookInput
    }
  | ({ readonly type: 'mcp'; readonly query: number } & McpRequest)
  | { readonly type: 'call'; readonly query: number; readonly id: number; readonly function: string; readonly argument: any }
  | ({ readonly type: 'executor'; readonly query: number } & ExecutorRequest)
  | { readonly type: 'cancel'; readonly query: number; readonly id: number }
  | { readonly type: 'log'; readonly query: number; readonly text: string }

type Question = Exclude<Request, { type: 'cancel' | 'log' }>

type PermissionContext = Parameters<NonNullable<Run['callbacks']['canUseTool']>>[2]

type Answer =
  | { readonly ok: unknown }
  | { readonly undefined: true }
  | { readonly error: { readonly name: string; readonly message: string; readonly stack: string; readonly code?: string } }

/** The one callback of the engine: takes a request and says the answer by `reply`, unless none is wanted. Never rejects. */
export function answerHost(text: string, reply: (id: number, answer: string) => void): Promise<void> | undefined {
  const request = JSON.parse(text) as Request
  if (request.type === 'cancel') cancel(request)
  else if (request.type === 'log') notice(request)
  else return answer(request, reply)
  return undefined
}

function cancel({ query, id }: Extract<Request, { type: 'cancel' }>): void {
  const questions = findRun(query)?.questions
  const controller = questions?.get(id)
  questions?.delete(id)
  controller?.abort()
}

async function answer(request: Question, reply: (id: number, answer: string) => void): Promise<void> {
  const run = findRun(request.query)
  const controller = new AbortController()
  let answer: Answer
  try {
    if (run === undefined) throw new Error('the query of this request is gone')
    run.questions.set(request.id, controller)
    const result: unknown = await run.context.runInAsyncScope(ask, undefined, run, request, controller)
    // Left open, as by a promise that is pending: the engine says when nobody waits any more, and the signal aborts.
    if (result === null && request.type === 'can_use_tool') return
    answer = answered(request, result)
  } catch (thrown) {
    if (request.type === 'can_use_tool') report(run, 'canUseTool', thrown)
    if (request.type === 'call') report(run, request.function, thrown)
    answer = failure(thrown)
  }
  run?.questions.delete(request.id)
  reply(request.id, written(answer))
}

function written(answer: Answer): string {
  try {
    return toJson(answer)
  } catch (thrown) {
    return toJson(failure(thrown))
  }
}

function notice({ query, text }: Extract<Request, { type: 'log' }>): void {
  const run = findRun(query)
  if (run !== undefined) log(run, text)
}

/** Puts a question to the caller: what it returns, or throws, is the answer. */
function ask(run: Run, request: Question, controller: AbortController): unknown {
  switch (request.type) {
    case 'can_use_tool': {
      const { canUseTool } = run.callbacks
      if (canUseTool === undefined) throw new Error('there is no canUseTool')
      return canUseTool(request.toolName, request.input, withSignal(request.options, controller))
    }
    case 'hook': {
      const callback = run.callbacks.hooks?.get(request.event)?.[request.matcher]?.[request.hook]
      if (callback === undefined) throw new Error('there is no such hook')
      return callback(request.input, request.toolUseID ?? undefined, withSignal({}, controller))
    }
    case 'mcp':
      return run.instances.answer(request, controller, tellOf(request.query), askOf(request.query))
    case 'call': {
      const callback = run.callbacks.functions.get(request.function)
      if (callback === undefined) throw new Error(`there is no ${request.function}`)
      return callback(request.argument, controller.signal)
    }
    case 'executor':
      return askExecutor(run.callbacks.executors, request, controller.signal, tellOf(request.query))
    default:
      throw new Error(`this package does not know the request ${JSON.stringify((request as { type: unknown }).type)}`)
  }
}

/** What the caller gave, as data. */
function answered(request: Question, result: unknown): Answer {
  // Lists of servers are data of the protocol already, and long.
  if (request.type === 'mcp' && request.method.endsWith('/list')) return { ok: result ?? {} }
  const given = result === undefined || (result === null && request.type === 'mcp') ? NOTHING[request.type] : result
  return given === undefined ? { undefined: true } : { ok: lower(given, ...ANSWERS[request.type]) }
}

/** What no result at all means, where that is no fault. */
const NOTHING: { readonly [Type in Question['type']]?: unknown } = { mcp: {}, call: null }

/** What an answer is called in an error, and how it becomes data. */
const ANSWERS: { readonly [Type in Question['type']]: readonly [name: string, how: Lowering] } = {
  can_use_tool: ['result', refusing('canUseTool returned')],
  hook: ['output', refusing('the hook returned')],
  mcp: ['result', refusing('the server returned')],
  call: ['result', refusing('it returned')],
  executor: ['result', refusing('the executor returned')],
}

function refusing(who: string): Lowering {
  return {
    functions: 'refuse',
    fail: (path, problem) => new TypeError(`${who} what JSON cannot carry: ${path}: ${problem}`),
  }
}

/** By number: what a server keeps must not keep the query alive. */
function tellOf(query: number): Tell {
  return (request) => {
    findRun(query)?.control(request).catch(hush)
  }
}

/** The same for what has an answer. */
function askOf(query: number): Ask {
  return async (request) => {
    const run = findRun(query)
    if (run === undefined) throw new Error('the query is over')
    return await run.control(request)
  }
}

function log(run: Run, text: string): void {
  try {
    const returned: unknown = run.context.runInAsyncScope(tellStderr, undefined, run, text)
    // An async callback is not awaited, but its failure must not become an unhandled rejection.
    if (returned instanceof Promise) returned.catch(hush)
  } catch (thrown) {
    hush(thrown)
  }
}

function tellStderr(run: Run, text: string): unknown {
  return run.callbacks.stderr?.(text)
}

/** A logger, or news for a query that is over, that fails changes nothing. */
function hush(_thrown: unknown): void {}

/** Tells `stderr` where a callback of the caller failed: the model and the messages carry its text alone. */
function report(run: Run | undefined, callback: string, thrown: unknown): void {
  if (run === undefined) return
  const { name, message, stack } = anatomy(thrown)
  log(run, `native-agent-sdk: ${callback} threw: ${stack === '' ? `${name}: ${message}` : stack}\n`)
}

function failure(thrown: unknown): Answer {
  return { error: anatomy(thrown) }
}

/** What can be said about any thrown value, also one whose properties throw. */
function anatomy(thrown: unknown): { name: string; message: string; stack: string; code?: string } {
  const message = describe(thrown)
  try {
    const code = typeof thrown === 'object' && thrown !== null ? (thrown as { code?: unknown }).code : undefined
    const coded = typeof code === 'string' ? { code } : {}
    if (thrown instanceof Error) return { name: String(thrown.name), message, stack: String(thrown.stack ?? ''), ...coded }
  } catch (again) {
    hush(again)
  }
  return { name: 'Error', message, stack: '' }
}
