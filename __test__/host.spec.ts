//! Questions of the engine, answered by the caller's callbacks.

import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import { answerHost } from '../src/js/host.ts'
import { createSdkMcpServer } from '../src/js/mcp/server.ts'
import { tool } from '../src/js/mcp/tool.ts'
import { fakeQuery, settle } from './support/fake-engine.ts'

async function ask(request: object): Promise<unknown> {
  let answer: unknown
  await answerHost(JSON.stringify(request), (_, text) => { answer = JSON.parse(text) })
  return answer
}

function permission(query: number, id = 1): object {
  return { type: 'can_use_tool', query, id, toolName: 'Bash', input: { command: 'ls' }, options: { toolUseID: 't', requestId: 'r' } }
}

describe('canUseTool', () => {
  it('[row 87] gets name, input and context with a signal, and its answer goes back', async () => {
    const calls: unknown[][] = []
    const canUseTool = (...args: unknown[]): object => {
      calls.push(args)
      return { behavior: 'allow', updatedInput: { command: 'ls -l', none: undefined } }
    }
    const { native } = fakeQuery({ prompt: 'x', options: { canUseTool } })
    expect(await ask(permission(native.config.id))).toEqual({ ok: { behavior: 'allow', updatedInput: { command: 'ls -l' } } })
    expect(calls).toEqual([['Bash', { command: 'ls' }, { toolUseID: 't', requestId: 'r', signal: expect.any(AbortSignal) }]])
  })

  it.each<[string, () => unknown, unknown]>([
    ['a promise', async () => ({ behavior: 'deny', message: 'no' }), { ok: { behavior: 'deny', message: 'no' } }],
    ['null', () => null, undefined],
    ['a promise of null', async () => null, undefined],
    ['undefined', () => undefined, { undefined: true }],
    ['a promise of undefined', async () => {}, { undefined: true }],
    ['a wrong shape', () => 'yes', { ok: 'yes' }],
    ['a thenable', () => ({ then: (resolve: (value: unknown) => void) => resolve({ behavior: 'allow' }) }), { ok: { behavior: 'allow' } }],
  ])('returns %s: the answer that goes back, none for null', async (_name, canUseTool, answer) => {
    const { native } = fakeQuery({ prompt: 'x', options: { canUseTool } })
    expect(await ask(permission(native.config.id))).toEqual(answer)
  })

  it.each<[string, () => unknown, object]>([
    ['a throw', () => { throw new RangeError('sync') }, { name: 'RangeError', message: 'sync', stack: expect.stringContaining('host.spec') }],
    ['a rejection', () => Promise.reject(new Error('async')), { name: 'Error', message: 'async' }],
    ['a thrown string', () => { throw 'text' }, { name: 'Error', message: 'text', stack: '' }],
    ['a thrown undefined', () => { throw undefined }, { message: 'undefined' }],
    ['a thrown value that cannot be shown', () => { throw Object.create(null) }, { message: 'a value that cannot be shown' }],
    ['a function inside', () => ({ behavior: 'allow', updatedInput: { f: () => {} } }), { name: 'TypeError', message: expect.stringContaining('result.updatedInput.f') }],
    ['a bigint inside', () => ({ behavior: 'allow', updatedInput: { n: 1n } }), { message: expect.stringContaining('result.updatedInput.n') }],
    ['a cycle', () => { const a: Record<string, unknown> = {}; a['a'] = a; return a }, { message: expect.stringContaining('result.a') }],
  ])('%s becomes an error answer', async (_name, canUseTool, error) => {
    const { native } = fakeQuery({ prompt: 'x', options: { canUseTool } })
    expect(await ask(permission(native.config.id))).toEqual({ error: expect.objectContaining(error) })
  })

  it('without the option, or for a query that is gone, the answer is an error', async () => {
    const { query, native } = fakeQuery()
    expect(await ask(permission(native.config.id))).toEqual({ error: expect.objectContaining({ message: 'there is no canUseTool' }) })
    query.close()
    expect(await ask(permission(native.config.id))).toEqual({ error: expect.objectContaining({ message: expect.stringContaining('gone') }) })
  })

  it('[row 87] cancel aborts the signal of that question alone', async () => {
    const signals: AbortSignal[] = []
    const canUseTool = (_name: string, _input: unknown, { signal }: { signal: AbortSignal }): Promise<never> => {
      signals.push(signal)
      return new Promise(() => {})
    }
    const { native } = fakeQuery({ prompt: 'x', options: { canUseTool } })
    void ask(permission(native.config.id, 1))
    void ask(permission(native.config.id, 2))
    await settle()
    expect(await ask({ type: 'cancel', query: native.config.id, id: 2 })).toBeUndefined()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
    expect(await ask({ type: 'cancel', query: native.config.id, id: 99 })).toBeUndefined()
  })

  it('[row 87] the end of the query aborts all open signals', async () => {
    let seen: AbortSignal | undefined
    const canUseTool = (_name: string, _input: unknown, { signal }: { signal: AbortSignal }): Promise<never> => {
      seen = signal
      return new Promise(() => {})
    }
    const { query, native } = fakeQuery({ prompt: 'x', options: { canUseTool } })
    void ask(permission(native.config.id))
    await settle()
    expect(seen?.aborted).toBe(false)
    query.close()
    expect(seen?.aborted).toBe(true)
  })

  it('runs in the async context of query()', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const canUseTool = async (): Promise<null> => {
      seen.push(storage.getStore())
      await settle()
      seen.push(storage.getStore())
      return null
    }
    const { native } = storage.run('span', () => fakeQuery({ prompt: 'x', options: { canUseTool, stderr: () => seen.push(storage.getStore()) } }))
    await storage.run('other', () => ask(permission(native.config.id)))
    await ask({ type: 'log', query: native.config.id, text: 'line' })
    expect(seen).toEqual(['span', 'span', 'span'])
  })
})

it('a list of tools that JSON cannot carry is an error answer, never a rejection', async () => {
  const schema = { type: 'object' as const, properties: {} as Record<string, unknown> }
  schema.properties['self'] = schema
  const server = createSdkMcpServer({ name: 's', tools: [tool('t', 'A tool.', schema, async () => ({ content: [] }))] })
  const { native } = fakeQuery({ prompt: 'x', options: { mcpServers: { server } } })
  const { instance } = (native.config.options['mcpServers'] as Record<string, { instance: { $handle: number } }>)['server']!
  const request = { type: 'mcp', query: native.config.id, id: 1, handle: instance.$handle, method: 'tools/list', params: {}, progress: null }
  expect(await ask(request)).toEqual({ error: expect.objectContaining({ message: expect.stringContaining('circular') }) })
})

describe('log', () => {
  it('goes to stderr, and its errors go nowhere', async () => {
    const lines: string[] = []
    const { native } = fakeQuery({ prompt: 'x', options: { stderr: (text: string) => lines.push(text) } })
    expect(await ask({ type: 'log', query: native.config.id, text: 'hello' })).toBeUndefined()
    expect(lines).toEqual(['hello'])
    const bad = [() => { throw new Error('x') }, async () => { throw new Error('x') }, undefined]
    for (const stderr of bad) {
      const { native } = fakeQuery({ prompt: 'x', options: { stderr } })
      expect(await ask({ type: 'log', query: native.config.id, text: 'hello' })).toBeUndefined()
    }
    await settle()
  })
})

it('what the façade does not know is an error answer, never a rejection', async () => {
  const { native } = fakeQuery()
  expect(await ask({ type: 'teleport', query: native.config.id })).toEqual({ error: expect.objectContaining({ message: expect.stringContaining('teleport') }) })
})
