//! Feeds user messages from async iterables to a query without keeping the query alive.

import { closedError } from './errors.ts'
import { lowerMessage } from './options.ts'
import type { Run } from './run.ts'

/** The open inputs of one query. The engine's input ends when the last of them does. */
export class Inputs {
  readonly #ref: WeakRef<Run>
  readonly #open = new Set<AsyncIterator<unknown>>()
  readonly #feeds = new Set<(error: Error) => void>()

  constructor(run: Run) {
    this.#ref = new WeakRef(run)
  }

  /** Feeds the prompt; its failure ends the query. */
  start(stream: AsyncIterable<unknown>): void {
    const ref = this.#ref
    this.#pump(stream).then(
      () => this.#endIfLast(),
      (error: unknown) => ref.deref()?.failInput(error),
    )
  }

  /** Feeds one more iterable; settles when all its messages are with the engine, and rejects with what went wrong. */
  feed(stream: AsyncIterable<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#feeds.add(reject)
      this.#pump(stream)
        .then((complete) => (complete ? resolve() : reject(closedError())), reject)
        .finally(() => {
          this.#feeds.delete(reject)
          this.#endIfLast()
        })
    })
  }

  /** Nobody listens any more: tells the iterables, and the callers of `feed`, of which none may wait for ever. */
  stop(reason: Error): void {
    for (const iterator of this.#open) dismiss(iterator)
    this.#open.clear()
    for (const reject of this.#feeds) reject(reason)
    this.#feeds.clear()
  }

  async #pump(stream: AsyncIterable<unknown>): Promise<boolean> {
    const iterator = stream[Symbol.asyncIterator]()
    this.#open.add(iterator)
    try {
      // A stream that is silent would not find out that nobody reads it.
      if (this.#ref.deref()?.ended !== false) {
        dismiss(iterator)
        return false
      }
      return await pump(this.#ref, iterator)
    } finally {
      this.#open.delete(iterator)
    }
  }

  #endIfLast(): void {
    if (this.#open.size === 0) this.#ref.deref()?.endInput()
  }
}

// No variable here or above holds the query: while the iterable is silent for hours, these frames are all that lives.
// False: the query ended before the iterable did.
async function pump(ref: WeakRef<Run>, iterator: AsyncIterator<unknown>): Promise<boolean> {
  for (;;) {
    const step = await iterator.next()
    if (step.done) return true
    let wanted = false
    try {
      wanted = deliver(ref, step.value)
    } finally {
      if (!wanted) dismiss(iterator)
    }
    if (!wanted) return false
  }
}

/** False if the query is over or gone. */
function deliver(ref: WeakRef<Run>, message: unknown): boolean {
  const run = ref.deref()
  if (run === undefined || run.ended) return false
  run.push(lowerMessage(message))
  return true
}

function dismiss(iterator: AsyncIterator<unknown>): void {
  try {
    iterator.return?.()?.then(undefined, hush)
  } catch (thrown) {
    hush(thrown)
  }
}

/** The failure of an iterable that nobody reads any more. */
function hush(_thrown: unknown): void {}
