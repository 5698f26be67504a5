//! What crosses to the engine at the start, and what is refused before.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { fakeQuery, type Config } from './support/fake-engine.ts'

function configOf(options?: Record<string, unknown>, prompt: unknown = 'hello'): Config {
  return fakeQuery({ prompt, ...(options && { options }) }).native.config
}

describe('the configuration', () => {
  it('has the prompt, the environment and the directories', () => {
    const config = configOf()
    expect(config).toEqual({
      id: expect.any(Number),
      prompt: { kind: 'text', text: 'hello' },
      options: {},
      env: { ...process.env },
      envGiven: false,
      cwd: process.cwd(),
      hostCwd: process.cwd(),
    })
  })

  it('gives every query a number of its own', () => {
    expect(configOf().id).not.toBe(configOf().id)
  })

  it('says that the prompt is a stream', () => {
    async function* none(): AsyncGenerator<object> {}
    expect(configOf({}, none()).prompt).toEqual({ kind: 'stream' })
  })

  it('options.env replaces the environment, without its undefined values', () => {
    expect(configOf({ env: { A: '1', B: undefined } })).toMatchObject({ env: { A: '1' }, options: {} })
    expect(configOf({ env: { A: '1', B: undefined } }).env).toEqual({ A: '1' })
    expect(configOf({ env: {} }).envGiven).toBe(true)
  })

  it('cwd travels beside the options, as given', () => {
    expect(configOf({ cwd: 'some/where' })).toMatchObject({ cwd: 'some/where', hostCwd: process.cwd(), options: {} })
  })

  it('keeps unknown names and wrong types for the engine to judge, and leaves undefined out', () => {
    const options = { maxTurn: 3, maxTurns: 'three', model: undefined, cwd: undefined, nothing: null }
    expect(configOf(options).options).toEqual({ maxTurn: 3, maxTurns: 'three', nothing: null })
  })

  it('marks functions wherever they are', () => {
    const f = (): void => {}
    const hooks = { PreToolUse: [{ matcher: 'Bash', hooks: [f, f] }] }
    expect(configOf({ canUseTool: f, hooks }).options).toEqual({
      canUseTool: { $function: true },
      hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ $function: true }, { $function: true }] }] },
    })
  })

  it('leaves objects with a life of their own on this side', () => {
    const instance: Record<string, unknown> = {}
    instance['self'] = instance
    instance['connect'] = async () => {}
    const options = { sessionStore: instance, mcpServers: { s: { type: 'sdk', name: 's', instance } } }
    expect(configOf(options).options).toEqual({
      sessionStore: { $object: true },
      mcpServers: { s: { type: 'sdk', name: 's', instance: { $handle: expect.any(Number) } } },
    })
  })

  it('reads values that say how they look as JSON, and the same object twice', () => {
    const shared = { a: 1 }
    expect(configOf({ x: new Date(0), y: [shared, shared], z: { u: undefined, l: [undefined] } }).options).toEqual({
      x: '1970-01-01T00:00:00.000Z',
      y: [shared, shared],
      z: { l: [null] },
    })
  })

  it('an option named __proto__ reaches the engine as an unknown name', () => {
    expect(Object.keys(configOf(JSON.parse('{"__proto__": {"a": 1}}') as Record<string, unknown>).options)).toEqual(['__proto__'])
  })
})

describe('what is refused here names the option', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['deep'] = [cyclic]
  it.each<[string, Record<string, unknown>]>([
    ['abortController', { abortController: {} }],
    ['abortController', { abortController: null }],
    ['abortController', { abortController: new AbortController().signal }],
    ['env', { env: 'A=1' }],
    ['env', { env: null }],
    ['env.A', { env: { A: 1 } }],
    ['cwd', { cwd: new URL('file:///tmp') }],
    ['cwd', { cwd: null }],
    ['maxTurns', { maxTurns: 3n }],
    ['maxTurns', { maxTurns: Number.NaN }],
    ['agents.a.tools[1]', { agents: { a: { tools: ['x', Symbol('s')] } } }],
    ['settings.deep[0]', { settings: cyclic }],
    ['allowedTools', { allowedTools: new Set(['Read']) }],
    ['hooks.PreToolUse[0].matcher', { hooks: { PreToolUse: [{ matcher: /x/ }] } }],
  ])('%s in %o', (name, options) => {
    expect(() => configOf(options)).toThrow(
      expect.objectContaining({ name: 'AgentSdkError', code: 'invalid_option', message: expect.stringMatching(startOf(name)) }),
    )
  })

  it.each([undefined, 3, null, {}, [], ['a'], (function* () {})(), Promise.resolve('x')])('prompt %o', (prompt) => {
    expect(() => fakeQuery({ prompt })).toThrow(expect.objectContaining({ code: 'invalid_option', message: expect.stringMatching(/^prompt: /) }))
  })

  it('params and options that are no objects', () => {
    expect(() => fakeQuery('hello' as unknown as { prompt: string })).toThrow(expect.objectContaining({ code: 'invalid_option' }))
    for (const options of ['x', 3, []]) {
      expect(() => fakeQuery({ prompt: 'x', options })).toThrow(
        expect.objectContaining({ code: 'invalid_option', message: expect.stringMatching(/^options: /) }),
      )
    }
  })
})

describe('the warning that canUseTool is shadowed', () => {
  const canUseTool = async (): Promise<null> => null

  it.each([
    ['by bypassPermissions', { canUseTool, permissionMode: 'bypassPermissions' }, 1, /bypassPermissions/],
    ['by bare entries', { canUseTool, allowedTools: ['Read', 'Bash(ls:*)', 'Glob'] }, 1, /Read, Glob/],
    ['not by entries with a specifier', { canUseTool, allowedTools: ['Bash(ls:*)'] }, 0, /./],
    ['not without canUseTool', { allowedTools: ['Read'], permissionMode: 'bypassPermissions' }, 0, /./],
  ])('[row 86] %s', (_name, options, times, text) => {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => emit.mockRestore())
    configOf(options)
    expect(emit).toHaveBeenCalledTimes(times)
    for (const [message, given] of emit.mock.calls as unknown as [string, unknown][]) {
      expect(message).toMatch(text)
      expect(given).toEqual({ code: 'CLAUDE_SDK_CAN_USE_TOOL_SHADOWED' })
    }
  })
})

function startOf(name: string): RegExp {
  return new RegExp(`^${name.replaceAll(/[.[\]]/g, '\\$&')}: `)
}
