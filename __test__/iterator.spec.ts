//! The iterator of a query, on a fake engine: order, ends, errors, aborts.

import { describe, expect, it } from 'vitest'
import { AbortError, AgentSdkError } from '../src/js/errors.ts'
import { startQuery } from '../src/js/query.ts'
import { registeredRuns } from '../src/js/registry.ts'
import { FakeEngine, assistant, fakeQuery, nativeError, settle, success } from './support/fake-engine.ts'

const DONE = { done: true, value: undefined }
const value = (message: unknown): object => ({ done: false, value: message })

describe('next()', () => {
  it('waits for nothing before it is called', async () => {
    const { native } = fakeQuery()
    await settle()
    expect(native.waits).toBe(0)
  })

  it('serves one batch with one crossing, and waits again only when asked for more', async () => {
    const { query, native } = fakeQuery()
    native.emit({ messages: [assistant('a'), assistant('b')] })
    expect(await query.next()).toEqual(value(assistant('a')))
    expect(await query.next()).toEqual(value(assistant('b')))
    await settle()
    expect(native.waits).toBe(1)
    const third = query.next()
    expect(native.waits).toBe(2)
    native.emit({ messages: [success], done: true })
    expect(await third).toEqual(value(success))
    expect(await query.next()).toEqual(DONE)
    expect(await query.next()).toEqual(DONE)
    expect(native.waits).toBe(2)
  })

  it('answers concurrent calls in order, waiting once at a time', async () => {
    const { query, native } = fakeQuery()
    const order: string[] = []
    const all = Promise.all([1, 2, 3, 4].map((n) => query.next().then((result) => (order.push(`${n}`), result))))
    native.emit({ messages: [assistant('1')] })
    await settle()
    expect(native.waits).toBe(2)
    native.emit({ messages: [assistant('2'), assistant('3')], done: true })
    expect(await all).toEqual([value(assistant('1')), value(assistant('2')), value(assistant('3')), DONE])
    expect(order).toEqual(['1', '2', '3', '4'])
  })

  it('goes on after an empty batch', async () => {
    const { query, native } = fakeQuery()
    const next = query.next()
    native.emit({})
    native.emit({ messages: [success], done: true })
    expect(await next).toEqual(value(success))
  })

  it('works with for await', async () => {
    const { query, native } = fakeQuery()
    native.emit({ messages: [assistant('a')] })
    native.emit({ messages: [success] })
    native.emit({ done: true })
    const seen: unknown[] = []
    for await (const message of query) seen.push(message)
    expect(seen).toEqual([assistant('a'), success])
    expect(native.aborts).toBe(0)
  })

  it('keeps a message that the caller changes apart from the next', async () => {
    const { query, native } = fakeQuery()
    native.emit({ session: 's', messages: [['u1', 0, 0, 'a'], ['u2', 0, 0, 'b']] })
    const first = (await query.next()).value as { event: { delta: { text: string } } }
    first.event.delta.text = 'changed'
    expect((await query.next()).value).toMatchObject({ event: { delta: { text: 'b' } } })
  })
})

describe('errors of the engine', () => {
  it('come after the messages before them, once, as typed errors', async () => {
    const { query, native } = fakeQuery()
    native.emit({ messages: [assistant('a')], done: true, error: { code: 'internal_error', message: 'our bug' } })
    expect(await query.next()).toEqual(value(assistant('a')))
    await expect(query.next()).rejects.toMatchObject({ name: 'AgentSdkError', code: 'internal_error', message: 'our bug' })
    expect(await query.next()).toEqual(DONE)
  })

  it('reject only the first of several waiting calls', async () => {
    const { query, native } = fakeQuery()
    const calls = [query.next(), query.next(), query.next()]
    native.emit({ error: { code: 'internal_error', message: 'our bug' } })
    const settled = await Promise.allSettled(calls)
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  })

  it('are aborts when the engine says so', async () => {
    const { query, native } = fakeQuery()
    native.emit({ error: { code: 'aborted', message: 'stopped' } })
    await expect(query.next()).rejects.toBeInstanceOf(AbortError)
  })

  it.each(['no JSON', '{}', 'null', '{"messages":{}}'])('garbage in a batch (%s) is an internal error, not a hang', async (text) => {
    const { query, native } = fakeQuery()
    native.emitText(text)
    await expect(query.next()).rejects.toMatchObject({ code: 'internal_error' })
    expect(await query.next()).toEqual(DONE)
    expect(native.aborts).toBe(0)
  })

  it.each(['wait', 'take'] as const)('%s() that throws ends the iterator', async (method) => {
    const { query, native } = fakeQuery()
    native[method] = () => {
      throw nativeError('internal_error', 'gone')
    }
    native.emit({ messages: [success] })
    await expect(query.next()).rejects.toMatchObject({ code: 'internal_error', message: expect.stringContaining('gone') as unknown })
    expect(await query.next()).toEqual(DONE)
  })

  it('at the start are thrown by query() itself', () => {
    const engine = new FakeEngine()
    engine.refusal = nativeError('unknown_option', 'maxTurn: no such option')
    const before = registeredRuns()
    expect(() => fakeQuery(undefined, engine)).toThrow(expect.objectContaining({ code: 'unknown_option', name: 'AgentSdkError' }))
    expect(registeredRuns()).toBe(before)
    engine.refusal = nativeError('GenericFailure', 'napi has trouble')
    expect(() => fakeQuery(undefined, engine)).toThrow(expect.objectContaining({ code: 'internal_error' }))
  })
})

describe('return(), throw(), close()', () => {
  it('[row 31] return() settles at once while next() is pending', async () => {
    const { query, native } = fakeQuery()
    const pending = [query.next(), query.next()]
    expect(await query.return()).toEqual(DONE)
    expect(await Promise.all(pending)).toEqual([DONE, DONE])
    expect(native.aborts).toBe(1)
    expect(await query.next()).toEqual(DONE)
  })

  it('return(value) gives the value back', async () => {
    const { query } = fakeQuery()
    const given = 7 as unknown as void
    expect(await query.return(Promise.resolve(given))).toEqual({ done: true, value: 7 })
  })

  it('what was not delivered is dropped by return()', async () => {
    const { query, native } = fakeQuery()
    native.emit({ messages: [assistant('a'), assistant('b')] })
    await query.next()
    await query.return()
    expect(await query.next()).toEqual(DONE)
  })

  it('break ends the query and forgets it', async () => {
    const before = registeredRuns()
    const { query, native } = fakeQuery()
    native.emit({ messages: [assistant('a'), assistant('b')] })
    for await (const _ of query) break
    expect(native.aborts).toBe(1)
    expect(registeredRuns()).toBe(before)
  })

  it('throw() ends the query and rejects with what it was given', async () => {
    const { query, native } = fakeQuery()
    const pending = query.next()
    const error = new Error('mine')
    await expect(query.throw(error)).rejects.toBe(error)
    expect(await pending).toEqual(DONE)
    expect(await query.next()).toEqual(DONE)
    expect(native.aborts).toBe(1)
  })

  it('[row 31] close() is idempotent and ends the iterator silently', async () => {
    const { query, native } = fakeQuery()
    const pending = query.next()
    query.close()
    query.close()
    expect(await pending).toEqual(DONE)
    expect(native.aborts).toBe(1)
  })

  it('a late batch after close() is ignored', async () => {
    const { query, native } = fakeQuery()
    const pending = query.next()
    query.close()
    native.emit({ messages: [assistant('late')], error: { code: 'internal_error', message: 'late' } })
    expect(await pending).toEqual(DONE)
    expect(await query.next()).toEqual(DONE)
  })

  it('has the protocol symbols', async () => {
    const { query, native } = fakeQuery()
    expect(query[Symbol.asyncIterator]()).toBe(query)
    expect(Object.prototype.toString.call(query)).toBe('[object AsyncGenerator]')
    await query[Symbol.asyncDispose]()
    expect(native.aborts).toBe(1)
  })
})

describe('abortController', () => {
  it('[row 31] [row 524] an abort rejects the pending next() with AbortError, once', async () => {
    const controller = new AbortController()
    const { query, native } = fakeQuery({ prompt: 'x', options: { abortController: controller } })
    const pending = query.next()
    controller.abort(new Error('why'))
    const error = await pending.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ name: 'AbortError', code: 'aborted', cause: controller.signal.reason })
    expect(native.aborts).toBe(1)
    expect(await query.next()).toEqual(DONE)
  })

  it('without a pending next() the following one rejects, and messages in hand are dropped', async () => {
    const controller = new AbortController()
    const { query, native } = fakeQuery({ prompt: 'x', options: { abortController: controller } })
    native.emit({ messages: [assistant('a'), assistant('b')] })
    await query.next()
    controller.abort()
    await expect(query.next()).rejects.toBeInstanceOf(AbortError)
    expect(await query.next()).toEqual(DONE)
  })

  it('rejects control calls and streams that wait with AbortError, later ones with query_closed', async () => {
    const controller = new AbortController()
    async function* silent(): AsyncGenerator<never> {
      await new Promise(() => {})
    }
    const { query, native } = fakeQuery({ prompt: silent(), options: { abortController: controller } })
    native.onControl = () => new Promise(() => {})
    const waiting = [query.interrupt(), query.supportedModels(), query.streamInput(silent()), query.next()]
    await settle()
    controller.abort()
    for (const call of waiting) await expect(call).rejects.toBeInstanceOf(AbortError)
    await expect(query.interrupt()).rejects.toMatchObject({ code: 'query_closed' })
    await expect(query.streamInput(silent())).rejects.toMatchObject({ code: 'query_closed' })
  })

  it('an aborted signal starts nothing', async () => {
    const engine = new FakeEngine()
    const query = startQuery(() => engine, { prompt: 'x', options: { abortController: { signal: AbortSignal.abort() } } })
    expect(engine.queries).toEqual([])
    await expect(query.interrupt()).rejects.toMatchObject({ code: 'query_closed' })
    await expect(query.next()).rejects.toBeInstanceOf(AbortError)
    expect(await query.next()).toEqual(DONE)
  })

  it.each(['the end', 'close', 'an error'])('the listener is removed at %s', async (how) => {
    const controller = new AbortController()
    const live = new Set<unknown>()
    const { addEventListener, removeEventListener } = controller.signal
    controller.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      live.add(args[1])
      addEventListener.apply(controller.signal, args)
    }
    controller.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      live.delete(args[1])
      removeEventListener.apply(controller.signal, args)
    }
    const { query, native } = fakeQuery({ prompt: 'x', options: { abortController: controller } })
    expect(live.size).toBe(1)
    if (how === 'close') query.close()
    else native.emit(how === 'the end' ? { done: true } : { error: { code: 'internal_error', message: 'x' } })
    await query.next().catch(() => {})
    expect(live.size).toBe(0)
    controller.abort()
    expect(await query.next()).toEqual(DONE)
  })
})

describe('a signal that many queries share', () => {
  it('has one listener, and its abort ends all of them that still run', async () => {
    const abortController = new AbortController()
    let added = 0
    const { addEventListener } = abortController.signal
    abortController.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      added += 1
      addEventListener.apply(abortController.signal, args)
    }
    const all = Array.from({ length: 20 }, () => fakeQuery({ prompt: 'x', options: { abortController } }))
    expect(added).toBe(1)
    const [first, ...others] = all
    first?.query.close()
    abortController.abort()
    expect(await first?.query.next()).toEqual(DONE)
    for (const { query } of others) await expect(query.next()).rejects.toBeInstanceOf(AbortError)
    expect(all.map(({ native }) => native.aborts)).toEqual(all.map(() => 1))
  })
})

describe('throwOnErrorResult', () => {
  const failed = { type: 'result', subtype: 'error_max_turns', is_error: true, errors: ['Reached the limit of 2 turns'] }

  it('[row 32] throws after an error result was delivered', async () => {
    const { query, native } = fakeQuery({ prompt: 'x', options: { throwOnErrorResult: true } })
    native.emit({ messages: [failed], done: true })
    expect(await query.next()).toEqual(value(failed))
    await expect(query.next()).rejects.toMatchObject({ code: 'error_result', message: 'Reached the limit of 2 turns', cause: failed })
    expect(await query.next()).toEqual(DONE)
  })

  it('[row 32] an API error in a result of subtype success counts', async () => {
    const { query, native } = fakeQuery({ prompt: 'x', options: { throwOnErrorResult: true } })
    native.emit({ messages: [{ ...success, is_error: true, result: 'API error: 500' }], done: true })
    await query.next()
    await expect(query.next()).rejects.toMatchObject({ code: 'error_result', message: 'API error: 500' })
  })

  it('[row 32] is off by default, for good results and for streaming input', async () => {
    async function* endless(): AsyncGenerator<object> {
      await new Promise(() => {})
    }
    const cases = [
      { params: { prompt: 'x' }, result: failed },
      { params: { prompt: 'x', options: { throwOnErrorResult: true } }, result: success },
      { params: { prompt: endless(), options: { throwOnErrorResult: true } }, result: failed },
    ]
    for (const { params, result } of cases) {
      const { query, native } = fakeQuery(params)
      native.emit({ messages: [result], done: true })
      expect(await query.next()).toEqual(value(result))
      expect(await query.next()).toEqual(DONE)
    }
  })
})

describe('control methods', () => {
  it.each([
    ['interrupt', [], { type: 'interrupt' }],
    ['setPermissionMode', ['plan'], { type: 'set_permission_mode', mode: 'plan' }],
    ['setModel', ['some-model'], { type: 'set_model', model: 'some-model' }],
    ['setModel', [], { type: 'set_model' }],
    ['setMaxThinkingTokens', [null], { type: 'set_max_thinking_tokens', value: null }],
    ['setMaxThinkingTokens', [5000, 'omitted'], { type: 'set_max_thinking_tokens', value: 5000, display: 'omitted' }],
    ['initializationResult', [], { type: 'initialization_result' }],
    ['supportedCommands', [], { type: 'supported_commands' }],
    ['supportedModels', [], { type: 'supported_models' }],
    ['supportedAgents', [], { type: 'supported_agents' }],
    ['mcpServerStatus', [], { type: 'mcp_server_status' }],
    ['accountInfo', [], { type: 'account_info' }],
    ['reconnectMcpServer', ['s'], { type: 'reconnect_mcp_server', serverName: 's' }],
    ['toggleMcpServer', ['s', false], { type: 'toggle_mcp_server', serverName: 's', enabled: false }],
    ['setMcpServers', [{ s: { command: 'c' } }], { type: 'set_mcp_servers', servers: { s: { command: 'c' } } }],
    ['rewindFiles', ['id', { dryRun: true }], { type: 'rewind_files', userMessageId: 'id', dryRun: true }],
    ['stopTask', ['t'], { type: 'stop_task', taskId: 't' }],
    ['backgroundTasks', ['c'], { type: 'background_tasks', toolUseId: 'c' }],
    ['backgroundTasks', [], { type: 'background_tasks' }],
  ] as const)('%s(%j) asks the engine %j', async (method, args, request) => {
    const { query, native } = fakeQuery()
    await (query[method] as (...args: unknown[]) => Promise<unknown>).apply(query, [...args])
    expect(native.controls).toEqual([request])
    expect(native.waits).toBe(0)
  })

  it('[row 28] resolves to the answer, before any next()', async () => {
    const { query, native } = fakeQuery()
    native.onControl = async () => JSON.stringify({ ok: { still_queued: ['u'] } })
    expect(await query.interrupt()).toEqual({ still_queued: ['u'] })
  })

  it('rejects with the error of the engine', async () => {
    const { query, native } = fakeQuery()
    native.onControl = async () => JSON.stringify({ error: { code: 'unsupported_option', message: 'not built yet' } })
    const error = await query.accountInfo().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AgentSdkError)
    expect(error).toMatchObject({ code: 'unsupported_option', message: 'not built yet' })
  })

  it('rejects on garbage and on a native failure', async () => {
    const { query, native } = fakeQuery()
    native.onControl = async () => 'no JSON'
    await expect(query.interrupt()).rejects.toMatchObject({ code: 'internal_error' })
    native.onControl = () => Promise.reject(nativeError('query_closed', 'ended'))
    await expect(query.interrupt()).rejects.toMatchObject({ code: 'query_closed', message: 'ended' })
  })

  it('a pending one rejects at close(), with the text that hosts look for', async () => {
    const { query, native } = fakeQuery()
    native.onControl = () => new Promise(() => {})
    const pending = query.interrupt()
    await settle()
    query.close()
    await expect(pending).rejects.toMatchObject({ code: 'query_closed', message: 'Query closed before response received' })
    await expect(query.setModel('m')).rejects.toMatchObject({ code: 'query_closed' })
    expect(native.controls).toHaveLength(1)
  })

  it('after the last message it is the engine that answers', async () => {
    const { query, native } = fakeQuery()
    native.emit({ done: true })
    await query.next()
    native.onControl = async () => JSON.stringify({ ok: [{ value: 'default' }] })
    expect(await query.supportedModels()).toEqual([{ value: 'default' }])
  })

  it('refuses arguments that JSON cannot carry', async () => {
    const { query, native } = fakeQuery()
    await expect(query.setModel(1n as unknown as string)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(native.controls).toEqual([])
  })
})
