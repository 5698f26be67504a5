//! Callbacks of `options.hooks` across the addon: what they get, what they may do, and what their failures do.

import { AsyncLocalStorage } from 'node:async_hooks'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { query } from 'native-agent-sdk'
import type { HookCallback, HookCallbackMatcher, HookEvent, Options, SDKMessage } from '../index.js'
import { against, calls, collect, folder, ofType, says, scripted, toolResults, userMessage } from './support/scripted.ts'

interface Ran {
  messages: SDKMessage[]
  file: string
}

/** Lets the model write a file under hooks. */
async function writing(hooks: Partial<Record<HookEvent, HookCallbackMatcher[]>>, more: Options = {}): Promise<Ran> {
  const cwd = folder()
  const file = join(cwd, 'new.txt')
  const api = await scripted([{ reply: calls('Write', { file_path: file, content: 'text' }) }, { times: 'any', reply: says('Done.') }])
  const options = against(api, { cwd, permissionMode: 'acceptEdits', hooks, ...more })
  return { messages: await collect(query({ prompt: 'write', options })), file }
}

/** A callback of any kind for PreToolUse. */
const guarding = (callback: unknown, more: Partial<HookCallbackMatcher> = {}): { PreToolUse: HookCallbackMatcher[] } => ({
  PreToolUse: [{ ...more, hooks: [callback as HookCallback] }],
})

const informed = (messages: SDKMessage[]): string[] =>
  ofType(messages, 'system').flatMap((message) => (message.subtype === 'informational' ? [message.content] : []))

describe('a callback', () => {
  it('[row 155] gets input, tool use id and a signal, and may return nothing', async () => {
    const seen: unknown[][] = []
    const note = async (...args: unknown[]): Promise<undefined> => void seen.push(args)
    const { file } = await writing({ PreToolUse: [{ matcher: 'Write', hooks: [note as unknown as HookCallback] }] })
    expect(readFileSync(file, 'utf8')).toBe('text')
    expect(seen).toEqual([
      [
        expect.objectContaining({ hook_event_name: 'PreToolUse', tool_name: 'Write', tool_input: { file_path: file, content: 'text' } }),
        expect.any(String),
        { signal: expect.any(AbortSignal) },
      ],
    ])
  })

  it('[row 561] gets the same id before and after a call, and none where there is no call', async () => {
    const ids: [string, unknown][] = []
    const note: HookCallback = async (input, id) => {
      ids.push([input.hook_event_name, id])
      return {}
    }
    const matcher = [{ hooks: [note] }]
    await writing({ UserPromptSubmit: matcher, PreToolUse: matcher, PostToolUse: matcher, Stop: matcher })
    const id = ids[1]?.[1]
    expect(id).toEqual(expect.any(String))
    expect(ids).toEqual([
      ['UserPromptSubmit', undefined],
      ['PreToolUse', id],
      ['PostToolUse', id],
      ['Stop', undefined],
    ])
  })

  it('[row 186] changes the input and leaves the original alone', async () => {
    const { file, messages } = await writing(
      guarding(async (input: { tool_input: object }) => ({
        hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow', updatedInput: { ...input.tool_input, content: 'changed' } },
      })),
    )
    expect(readFileSync(file, 'utf8')).toBe('changed')
    const [call] = ofType(messages, 'assistant').flatMap(({ message }) => message.content as unknown as { input: { content: string } }[])
    expect(call?.input.content).toBe('text')
  })

  it('is refused with a misspelt member beside it; one that is undefined is none', async () => {
    const given = (more: object) => ({ PreToolUse: [{ ...more, hooks: [async () => ({})] }] })
    await expect(writing(given({ mathcer: 'Read' }))).rejects.toMatchObject({
      code: 'unknown_option',
      message: 'options.hooks.PreToolUse[0].mathcer is no member of a hook matcher. Did you mean `matcher`?',
    })
    expect(existsSync((await writing(given({ mathcer: undefined }))).file)).toBe(true)
  })

  it('[row 163] runs beside the others of its event', async () => {
    const waiting: (() => void)[] = []
    // Settles when both have been called.
    const together: HookCallback = () =>
      new Promise((resolve) => {
        waiting.push(() => resolve({}))
        if (waiting.length === 2) waiting.forEach((go) => go())
      })
    const { file } = await writing({ PreToolUse: [{ hooks: [together, together] }] })
    expect(existsSync(file)).toBe(true)
  })

  it('is the one that was there at query()', async () => {
    const cwd = folder()
    const api = await scripted([{ reply: calls('Glob', { pattern: '*' }) }, { reply: says('Done.') }])
    const called: string[] = []
    const named = (name: string): HookCallback => async () => void called.push(name) as never
    const list = [named('first')]
    const run = query({ prompt: 'look', options: against(api, { cwd, hooks: { PreToolUse: [{ hooks: list }] } }) })
    list[0] = named('second')
    await collect(run)
    expect(called).toEqual(['first'])
  })

  it('runs in the async context of query()', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const note: HookCallback = async () => {
      seen.push(storage.getStore())
      return {}
    }
    await storage.run('span', () => writing({ PreToolUse: [{ hooks: [note] }], SessionEnd: [{ hooks: [note] }] }))
    expect(seen).toEqual(['span', 'span'])
  })

  it('[row 547] is called for a string prompt and for a stream', async () => {
    const prompts: string[] = []
    const note: HookCallback = async (input) => {
      if (input.hook_event_name === 'UserPromptSubmit') prompts.push(input.prompt)
      return {}
    }
    const api = await scripted([{ times: 'any', reply: says('Hi.') }])
    const options = against(api, { hooks: { UserPromptSubmit: [{ hooks: [note] }] } })
    await collect(query({ prompt: 'as text', options }))
    async function* stream(): AsyncGenerator<ReturnType<typeof userMessage>> {
      yield userMessage('as a stream')
    }
    await collect(query({ prompt: stream(), options }))
    expect(prompts).toEqual(['as text', 'as a stream'])
  })
})

describe('[row 218] a guard that misbehaves refuses the call and says which hook it was', () => {
  const cycle: Record<string, unknown> = {}
  cycle['hookSpecificOutput'] = cycle
  it.each<[string, () => unknown, RegExp]>([
    ['throws', () => { throw new TypeError('sync boom') }, /threw TypeError: sync boom/],
    ['rejects', () => Promise.reject(new Error('async boom')), /threw Error: async boom/],
    ['rejects with a string', () => Promise.reject('text boom'), /text boom/],
    ['returns a string', () => 'deny', /it is a string, not an object/],
    ['returns null', async () => null, /it is null/],
    ['returns a decision in the wrong place', async () => ({ permissionDecision: 'allow' }), /belongs into `hookSpecificOutput`/],
    ['returns the answer of another callback', async () => ({ behavior: 'deny', message: 'no' }), /there is no member `behavior`/],
    ['returns an unknown decision', async () => ({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'maybe' } }), /maybe/],
    ['returns what JSON cannot carry', () => cycle, /JSON cannot carry/],
  ])('%s', async (_name, callback, reason) => {
    const { messages, file } = await writing(guarding(callback))
    expect(existsSync(file)).toBe(false)
    expect(toolResults(messages)).toMatchObject([{ is_error: true, content: expect.stringMatching(reason) }])
    const [told] = informed(messages)
    expect(told).toMatch(reason)
    expect(told).toContain('The PreToolUse hook options.hooks.PreToolUse[0].hooks[0] ')
    expect(messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success', permission_denials: [{ tool_name: 'Write' }] })
  })

  it('keeps the stack of what was thrown', async () => {
    const { messages } = await writing(guarding(function guardsWrites() { throw new Error('boom') }))
    expect(informed(messages)[0]).toMatch(/Error: boom\n +at .*guardsWrites.*hooks\.spec\.ts/)
  })

  it("lets the call through with onFailure: 'continue' only", async () => {
    const boom = (): never => {
      throw new Error('boom')
    }
    const { file, messages } = await writing(guarding(boom, { onFailure: 'continue' }))
    expect(existsSync(file)).toBe(true)
    expect(informed(messages)[0]).toContain('is ignored')
  })
})

it('[row 562] a time-out aborts the signal, so that a fetch rejects with AbortError, and refuses the call', async () => {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  let outcome: (thrown: unknown) => void = () => {}
  const rejected = new Promise((resolve) => (outcome = resolve))
  const slow: HookCallback = async (_input, _id, { signal }) => {
    await fetch(`http://127.0.0.1:${port}/`, { signal }).catch((thrown: unknown) => outcome(thrown))
    return {}
  }
  const { messages, file } = await writing(guarding(slow, { timeout: 0.05 }))
  expect(existsSync(file)).toBe(false)
  expect(toolResults(messages)).toMatchObject([{ is_error: true, content: expect.stringContaining('did not answer within 0.05 s') }])
  expect(await rejected).toMatchObject({ name: 'AbortError' })
})

it('[row 166] interrupt() aborts the signal of a pending callback', async () => {
  const cwd = folder()
  const api = await scripted([{ reply: calls('Write', { file_path: join(cwd, 'new.txt'), content: 'x' }) }])
  let called: (signal: AbortSignal) => void = () => {}
  const pending = new Promise<AbortSignal>((resolve) => (called = resolve))
  const hooks = guarding((_input: unknown, _id: unknown, { signal }: { signal: AbortSignal }) => {
    called(signal)
    return new Promise(() => {})
  })
  const run = query({ prompt: 'write', options: against(api, { cwd, hooks }) })
  const collected = collect(run)
  const signal = await pending
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  await run.interrupt()
  await aborted
  expect((await collected).at(-1)).toMatchObject({ type: 'result', subtype: 'error_during_execution' })
})

describe('[row 563] SessionEnd is called', () => {
  const ending = async (end: (run: ReturnType<typeof query>, controller: AbortController) => unknown): Promise<unknown> => {
    const api = await scripted([{ times: 'any', reply: says('Hi.') }])
    const abortController = new AbortController()
    let told: (reason: unknown) => void = () => {}
    const reason = new Promise((resolve) => (told = resolve))
    const note: HookCallback = async (input) => {
      if (input.hook_event_name === 'SessionEnd') told(input.reason)
      return {}
    }
    const run = query({ prompt: 'hello', options: against(api, { abortController, hooks: { SessionEnd: [{ hooks: [note] }] } }) })
    await Promise.resolve(end(run, abortController)).catch(() => {})
    return await reason
  }
  it.each<[string, Parameters<typeof ending>[0]]>([
    ['at the end', (run) => collect(run)],
    ['after break', async (run) => {
      for await (const _ of run) break
    }],
    ['after close()', (run) => run.close()],
    ['after an abort', (run, controller) => {
      controller.abort()
      return collect(run)
    }],
  ])('%s', async (_name, end) => {
    expect(await ending(end)).toBe('other')
  })
})

it('[row 205] a blocked prompt is not sent', async () => {
  const api = await scripted([])
  const block: HookCallback = async () => ({ decision: 'block', reason: 'not today' })
  const messages = await collect(query({ prompt: 'hello', options: against(api, { hooks: { UserPromptSubmit: [{ hooks: [block] }] } }) }))
  expect(messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success', num_turns: 0 })
  expect(await api.requests()).toEqual([])
})

it.each<[string, unknown, RegExp]>([
  ['an unknown event', { preToolUse: [] }, /options\.hooks\.preToolUse is no hook event\. Did you mean `PreToolUse`\?/],
  ['an invalid matcher', { PreToolUse: [{ matcher: '(', hooks: [] }] }, /options\.hooks\.PreToolUse\[0\]\.matcher is no valid regular expression/],
  ['what is no function', { PreToolUse: [{ hooks: ['x'] }] }, /options\.hooks\.PreToolUse\[0\]\.hooks\[0\] must be a function/],
])('%s is refused by query()', (_name, hooks, text) => {
  const options = { hooks: hooks as NonNullable<Options['hooks']>, env: { ANTHROPIC_API_KEY: 'x' } }
  expect(() => query({ prompt: 'x', options })).toThrow(expect.objectContaining({ code: 'invalid_option', message: expect.stringMatching(text) }))
})
