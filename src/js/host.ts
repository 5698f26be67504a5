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
export async function answerHost(text: string, reply: (id: number, answer: string) => void): Promise<void> {
  const request = JSON.parse(text) as Request
  if (request.type === 'cancel') findRun(request.query)?.questions.get(request.id)?.abort()
  else if (request.type === 'log') notice(request)
  else reply(request.id, written(await answer(request)))
}

function written(answer: Answer): string {
  try {
    return toJson(answer)
  } catch (thrown) {
    return toJson(failure(thrown))
  }
}

async function answer(request: Question): Promise<Answer> {
  try {
    const run = findRun(request.query)
    if (run === undefined) throw new Error('the query of this request is gone')
    switch (request.type) {
      case 'can_use_tool':
        return await run.context.runInAsyncScope(askPermission, undefined, run, request)
      case 'hook':
        return await run.context.runInAsyncScope(callHook, undefined, run, request)
      case 'mcp':
        return await run.context.runInAsyncScope(askServer, undefined, run, request)
      case 'call':
        return await run.context.runInAsyncScope(callFunction, undefined, run, request)
      case 'executor':
        return await run.context.runInAsyncScope(execute, undefined, run, request)
      default:
        throw new Error(`this package does not know the request ${JSON.stringify((request as { type: unknown }).type)}`)
    }
  } catch (thrown) {
    return failure(thrown)
  }
}

function notice({ query, text }: Extract<Request, { type: 'log' }>): void {
  const run = findRun(query)
  run?.context.runInAsyncScope(log, undefined, run, text)
}

async function askPermission(run: Run, request: Extract<Request, { type: 'can_use_tool' }>): Promise<Answer> {
  const { canUseTool } = run.callbacks
  if (canUseTool === undefined) throw new Error('there is no canUseTool')
  const controller = new AbortController()
  run.questions.set(request.id, controller)
  try {
    const result: unknown = await canUseTool(request.toolName, request.input, withSignal(request.options, controller))
    return result === undefined ? { undefined: true } : { ok: lower(result, 'result', RESULT) }
  } catch (thrown) {
    report(run, 'canUseTool', thrown)
    throw thrown
  } finally {
    run.questions.delete(request.id)
  }
}

async function callHook(run: Run, request: Extract<Request, { type: 'hook' }>): Promise<Answer> {
  const callback = run.callbacks.hooks?.get(request.event)?.[request.matcher]?.[request.hook]
  if (callback === undefined) throw new Error('there is no such hook')
  const controller = new AbortController()
  run.questions.set(request.id, controller)
  try {
    const output: unknown = await callback(request.input, request.toolUseID ?? undefined, withSignal({}, controller))
    return output === undefined ? { undefined: true } : { ok: lower(output, 'output', HOOK_OUTPUT) }
  } finally {
    run.questions.delete(request.id)
  }
}

const HOOK_OUTPUT: Lowering = {
  functions: 'refuse',
  fail: (path, problem) => new TypeError(`the hook returned what JSON cannot carry: ${path}: ${problem}`),
}

const RESULT: Lowering = {
  functions: 'refuse',
  fail: (path, problem) => new TypeError(`canUseTool returned what JSON cannot carry: ${path}: ${problem}`),
}

async function askServer(run: Run, request: Extract<Request, { type: 'mcp' }>): Promise<Answer> {
  const controller = new AbortController()
  run.questions.set(request.id, controller)
  try {
    const result = (await run.instances.answer(request, controller, tellOf(request.query), askOf(request.query))) ?? {}
    // Lists are data of the protocol, and long; what a handler returned may be anything.
    return { ok: request.method.endsWith('/list') ? result : lower(result, 'result', SERVER_RESULT) }
  } finally {
    run.questions.delete(request.id)
  }
}

async function callFunction(run: Run, request: Extract<Request, { type: 'call' }>): Promise<Answer> {
  const callback = run.callbacks.functions.get(request.function)
  if (callback === undefined) throw new Error(`there is no ${request.function}`)
  const controller = new AbortController()
  run.questions.set(request.id, controller)
  try {
    return { ok: lower((await callback(request.argument, controller.signal)) ?? null, 'result', FUNCTION_RESULT) }
  } catch (thrown) {
    report(run, request.function, thrown)
    throw thrown
  } finally {
    run.questions.delete(request.id)
  }
}

async function execute(run: Run, request: Extract<Request, { type: 'executor' }>): Promise<Answer> {
  const controller = new AbortController()
  run.questions.set(request.id, controller)
  try {
    const result = await askExecutor(run.callbacks.executors, request, controller.signal, tellOf(request.query))
    return result === undefined ? { undefined: true } : { ok: lower(result, 'result', EXECUTOR_RESULT) }
  } finally {
    run.questions.delete(request.id)
  }
}

const FUNCTION_RESULT: Lowering = {
  functions: 'refuse',
  fail: (path, problem) => new TypeError(`it returned what JSON cannot carry: ${path}: ${problem}`),
}

const EXECUTOR_RESULT: Lowering = {
  functions: 'refuse',
  fail: (path, problem) => new TypeError(`the executor returned what JSON cannot carry: ${path}: ${problem}`),
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

const SERVER_RESULT: Lowering = {
  functions: 'refuse',
  fail: (path, problem) => new TypeError(`the server returned what JSON cannot carry: ${path}: ${problem}`),
}

function log(run: Run, text: string): void {
  try {
    const returned: unknown = run.callbacks.stderr?.(text)
    // An async callback is not awaited, but its failure must not become an unhandled rejection.
    if (returned instanceof Promise) returned.catch(hush)
  } catch (thrown) {
    hush(thrown)
  }
}

/** A logger, or news for a query that is over, that fails changes nothing. */
function hush(_thrown: unknown): void {}

/** Tells `stderr` where a callback of the caller failed: the model and the messages carry its text alone. */
export function report(run: Run, callback: string, thrown: unknown): void {
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
