//! User messages from async iterables.

import { describe, expect, it } from 'vitest'
import { fakeQuery, nativeError, settle, success } from './support/fake-engine.ts'

const user = (text: string): object => ({ type: 'user', message: { role: 'user', content: text }, parent_tool_use_id: null })

/** An iterable that the test feeds, and that notes whether it was told to stop. */
class Source implements AsyncIterable<unknown>, AsyncIterator<unknown> {
  returned = 0
  readonly #steps: Array<() => Promise<IteratorResult<unknown>>> = []
  #wake: (() => void) | undefined

  give(value: unknown): this {
    return this.#add(async () => ({ done: false, value }))
  }

  end(): this {
    return this.#add(async () => ({ done: true, value: undefined }))
  }

  fail(error: unknown): this {
    return this.#add(() => Promise.reject(error))
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<unknown>> {
    while (this.#steps.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
    const step = this.#steps.shift()
    if (step === undefined) throw new Error('no step')
    return step()
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.returned += 1
    return { done: true, value: undefined }
  }

  #add(step: () => Promise<IteratorResult<unknown>>): this {
    this.#steps.push(step)
    this.#wake?.()
    return this
  }
}

describe('a prompt that is a stream', () => {
  it('[row 24] [row 25] is fed at once, without a next(), and ends the input with its end', async () => {
    const source = new Source().give(user('a')).give(user('b'))
    const { native } = fakeQuery({ prompt: source })
    await settle()
    expect(native.pushed).toEqual([user('a'), user('b')])
    expect(native.inputEnded).toBe(false)
    source.give(user('c')).end()
    await settle()
    expect(native.pushed).toHaveLength(3)
    expect(native.inputEnded).toBe(true)
    expect(native.waits).toBe(0)
    expect(source.returned).toBe(0)
  })

  it('that throws ends the query with that very error', async () => {
    const source = new Source().give(user('a'))
    const { query, native } = fakeQuery({ prompt: source })
    const pending = query.next()
    const error = new Error('the source broke')
    source.fail(error)
    await expect(pending).rejects.toBe(error)
    expect(native.aborts).toBe(1)
    expect(native.inputEnded).toBe(false)
    expect(await query.next()).toEqual({ done: true, value: undefined })
  })

  it('that cannot be iterated ends the query with its error', async () => {
    const error = new Error('no iterator')
    const { query } = fakeQuery({ prompt: { [Symbol.asyncIterator]: () => { throw error } } })
    await expect(query.next()).rejects.toBe(error)
  })

  it.each([undefined, null, 'text', 7, ['list']])('that yields %o ends the query with invalid_input', async (value) => {
    const source = new Source().give(value)
    const { query, native } = fakeQuery({ prompt: source })
    await expect(query.next()).rejects.toMatchObject({ code: 'invalid_input' })
    expect(native.pushed).toEqual([])
    expect(source.returned).toBe(1)
  })

  it('a message that JSON cannot carry, or that the engine refuses, is invalid_input', async () => {
    const first = fakeQuery({ prompt: new Source().give({ type: 'user', message: 1n }) })
    await expect(first.query.next()).rejects.toMatchObject({ code: 'invalid_input' })
    const { query, native } = fakeQuery({ prompt: new Source().give({ type: 'assistant' }) })
    native.onPush = () => {
      throw nativeError('invalid_input', 'no user message')
    }
    await expect(query.next()).rejects.toMatchObject({ code: 'invalid_input', message: 'no user message' })
  })

  it('[row 31] is told to stop when the query is closed', async () => {
    const source = new Source().give(user('a'))
    const { query, native } = fakeQuery({ prompt: source })
    await settle()
    query.close()
    expect(source.returned).toBe(1)
    source.give(user('b'))
    await settle()
    expect(native.pushed).toEqual([user('a')])
    expect(native.inputEnded).toBe(false)
  })

  it('that has no return(), or a failing one, disturbs nobody', async () => {
    const wait = (): Promise<never> => new Promise(() => {})
    const bad = [
      {},
      { return: () => { throw new Error('x') } },
      { return: () => Promise.reject(new Error('x')) },
      { return: () => undefined },
    ]
    for (const extra of bad) {
      const { query } = fakeQuery({ prompt: { [Symbol.asyncIterator]: () => ({ next: wait, ...extra }) } })
      await settle()
      query.close()
    }
    await settle()
  })
})

describe('streamInput()', () => {
  it('resolves when all is with the engine, and the input ends with the last of all streams', async () => {
    const prompt = new Source()
    const { query, native } = fakeQuery({ prompt })
    await query.streamInput(new Source().give(user('a')).give(user('b')).end() as never)
    expect(native.pushed).toEqual([user('a'), user('b')])
    expect(native.inputEnded).toBe(false)
    prompt.end()
    await settle()
    expect(native.inputEnded).toBe(true)
  })

  it('rejects with the error of the stream, of a bad message and of a closed query; the query goes on', async () => {
    const { query, native } = fakeQuery({ prompt: new Source() })
    const error = new Error('broken')
    await expect(query.streamInput(new Source().fail(error) as never)).rejects.toBe(error)
    await expect(query.streamInput(new Source().give(3) as never)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(query.streamInput([user('a')] as never)).rejects.toMatchObject({ code: 'invalid_input' })
    native.emit({ messages: [success] })
    expect((await query.next()).value).toEqual(success)
    native.onPush = () => {
      throw nativeError('query_closed', 'ended')
    }
    await expect(query.streamInput(new Source().give(user('a')) as never)).rejects.toMatchObject({ code: 'query_closed' })
  })

  it('after close() it takes nothing and tells the stream to stop', async () => {
    const { query, native } = fakeQuery({ prompt: new Source() })
    query.close()
    const source = new Source().give(user('a'))
    await expect(query.streamInput(source as never)).rejects.toMatchObject({ code: 'query_closed' })
    expect(native.pushed).toEqual([])
    expect(source.returned).toBe(1)
  })

  it('rejects when the query is closed while the stream is silent', async () => {
    const { query } = fakeQuery({ prompt: new Source() })
    const source = new Source()
    const pending = query.streamInput(source as never)
    query.close()
    await expect(pending).rejects.toMatchObject({ code: 'query_closed' })
    expect(source.returned).toBe(1)
  })
})
