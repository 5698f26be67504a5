//! `canUseTool` across the addon: whatever it does, the run goes on or ends in order.

import { AsyncLocalStorage } from 'node:async_hooks'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AbortError, query } from 'native-agent-sdk'
import type { CanUseTool, Options, SDKMessage } from '../index.js'
import { against, calls, collect, folder, ofType, says, scripted, toolResults } from './support/scripted.ts'

interface Ran {
  messages: SDKMessage[]
  file: string
}

/** Lets the model write a file, with the callback to ask. */
async function writing(canUseTool: unknown, more: Options = {}): Promise<Ran> {
  const cwd = folder()
  const file = join(cwd, 'new.txt')
  const api = await scripted([{ reply: calls('Write', { file_path: file, content: 'text' }) }, { times: 'any', reply: says('Done.') }])
  const options = against(api, { cwd, canUseTool: canUseTool as CanUseTool, ...more })
  return { messages: await collect(query({ prompt: 'write', options })), file }
}

describe('an answer', () => {
  it('[row 92] allow runs the call as it was', async () => {
    const { messages, file } = await writing(async () => ({ behavior: 'allow' }))
    expect(readFileSync(file, 'utf8')).toBe('text')
    expect(toolResults(messages)[0]?.is_error).not.toBe(true)
  })

  it('[row 88] allow with updatedInput runs that', async () => {
    const { file } = await writing(async (_name: string, input: object) => ({ behavior: 'allow', updatedInput: { ...input, content: 'changed' } }))
    expect(readFileSync(file, 'utf8')).toBe('changed')
  })

  it('[row 22] [row 88] deny gives the model its message', async () => {
    const { messages, file } = await writing(async () => ({ behavior: 'deny', message: 'not on a Sunday' }))
    expect(existsSync(file)).toBe(false)
    expect(toolResults(messages)).toMatchObject([{ is_error: true, content: expect.stringContaining('not on a Sunday') }])
    expect(ofType(messages, 'result')).toMatchObject([{ subtype: 'success', permission_denials: [{ tool_name: 'Write' }] }])
  })

  it('[row 87] comes with name, input and context', async () => {
    const seen: unknown[][] = []
    const { file } = await writing(async (...args: unknown[]) => {
      seen.push(args)
      return { behavior: 'allow' }
    })
    expect(seen).toEqual([
      ['Write', { file_path: file, content: 'text' }, expect.objectContaining({ toolUseID: expect.any(String), signal: expect.any(AbortSignal) })],
    ])
  })
})

describe('a callback that misbehaves refuses the call and says why', () => {
  const cycle: Record<string, unknown> = { behavior: 'allow' }
  cycle['updatedInput'] = cycle
  it.each<[string, () => unknown, RegExp]>([
    ['throws', () => { throw new Error('sync boom') }, /sync boom/],
    ['rejects', () => Promise.reject(new Error('async boom')), /async boom/],
    ['rejects with a string', () => Promise.reject('text boom'), /text boom/],
    ['returns undefined', () => undefined, /undefined/],
    ['returns a string', () => 'yes', /it is a string\. It must return \{ behavior: 'allow'/],
    ['returns an unknown behavior', async () => ({ behavior: 'maybe' }), /`behavior` is "maybe"; it must be 'allow' or 'deny'/],
    ['returns deny without a message', async () => ({ behavior: 'deny' }), /`message` is missing; it must be a string/],
    ['returns what JSON cannot carry', () => cycle, /updatedInput/],
  ])('%s', async (_name, canUseTool, reason) => {
    const { messages, file } = await writing(canUseTool)
    expect(existsSync(file)).toBe(false)
    expect(toolResults(messages)).toMatchObject([{ is_error: true, content: expect.stringMatching(reason) }])
    expect(messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success', result: 'Done.' })
  })
})

it('an answer that is no promise counts', async () => {
  const { file } = await writing(() => ({ behavior: 'allow' }))
  expect(existsSync(file)).toBe(true)
})

describe.each([
  ['never settles', () => new Promise<never>(() => {})],
  ['answers null', async () => null],
])('a callback that %s', (_name, answer) => {
  it('[row 87] is let go by an abort, with its signal aborted', async () => {
    const abortController = new AbortController()
    let asked: (signal: AbortSignal) => void = () => {}
    const question = new Promise<AbortSignal>((resolve) => (asked = resolve))
    const run = writing(
      (_tool: string, _input: unknown, { signal }: { signal: AbortSignal }) => {
        asked(signal)
        return answer()
      },
      { abortController },
    )
    const outcome = run.catch((thrown: unknown) => thrown)
    const early = outcome.then((ended) => {
      throw new Error('the run ended before the question', { cause: ended })
    })
    const signal = await Promise.race([question, early])
    early.catch(() => {})
    expect(signal.aborted).toBe(false)
    abortController.abort()
    expect(await outcome).toBeInstanceOf(AbortError)
    expect(signal.aborted).toBe(true)
  })

  it('[row 29] is let go by interrupt()', async () => {
    const cwd = folder()
    const api = await scripted([{ reply: calls('Write', { file_path: join(cwd, 'new.txt'), content: 'x' }) }])
    let asked: (signal: AbortSignal) => void = () => {}
    const question = new Promise<AbortSignal>((resolve) => (asked = resolve))
    const canUseTool = (_tool: string, _input: unknown, { signal }: { signal: AbortSignal }): Promise<null> => {
      asked(signal)
      return answer()
    }
    const run = query({ prompt: 'write', options: against(api, { cwd, canUseTool }) })
    const collected = collect(run)
    const signal = await question
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
    // The answer is in by then, if there is one.
    await new Promise((resolve) => setImmediate(resolve))
    await run.interrupt()
    expect((await collected).at(-1)).toMatchObject({ type: 'result', subtype: 'error_during_execution' })
    await aborted
  })
})

it('runs in the async context of query()', async () => {
  const storage = new AsyncLocalStorage<string>()
  let seen: unknown
  await storage.run('span', () =>
    writing(async () => {
      seen = storage.getStore()
      return { behavior: 'allow' }
    }),
  )
  expect(seen).toBe('span')
})

it('answers of concurrent queries do not mix', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const { messages } = await writing(async () => ({ behavior: 'deny', message: `refusal number ${index}.` }))
      return JSON.stringify(toolResults(messages))
    }),
  )
  answers.forEach((answer, index) => expect(answer).toContain(`refusal number ${index}.`))
})
