//! A prompt that a test writes message by message, and what tests of running commands need.

import { existsSync, readFileSync } from 'node:fs'
import type { SDKUserMessageInput } from '../../index.js'
import { userMessage } from './scripted.ts'

/** A streaming prompt that stays open until `end()`. */
export class Chat implements AsyncIterable<SDKUserMessageInput>, AsyncIterator<SDKUserMessageInput, void> {
  /** How often it was told to stop. */
  returned = 0
  readonly #waiting: Array<IteratorResult<SDKUserMessageInput, void>> = []
  #wake: ((step: IteratorResult<SDKUserMessageInput, void>) => void) | undefined

  constructor(...texts: string[]) {
    for (const text of texts) this.say(text)
  }

  say(message: string | SDKUserMessageInput): void {
    this.#step({ done: false, value: typeof message === 'string' ? userMessage(message) : message })
  }

  end(): void {
    this.#step({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<SDKUserMessageInput, void>> {
    const step = this.#waiting.shift()
    if (step) return Promise.resolve(step)
    return new Promise((resolve) => (this.#wake = resolve))
  }

  async return(): Promise<IteratorResult<SDKUserMessageInput, void>> {
    this.returned += 1
    return { done: true, value: undefined }
  }

  #step(step: IteratorResult<SDKUserMessageInput, void>): void {
    const wake = this.#wake
    this.#wake = undefined
    if (wake) wake(step)
    else this.#waiting.push(step)
  }
}

/** A promise with its `resolve`. */
export function signal<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}

/** Resolves when `condition` holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** A command that notes its own and its child's process in `file`, then lasts. */
export function longCommand(file: string): string {
  return `sleep 60 & echo $$ $! > ${file}.tmp; mv ${file}.tmp ${file}; wait`
}

/** The processes that `longCommand` noted. */
export async function processes(file: string): Promise<number[]> {
  await until(() => existsSync(file))
  return readFileSync(file, 'utf8').trim().split(' ').map(Number)
}

/** Whether a process has ended; one that nobody has waited for yet counts. */
export function gone(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return true
  }
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return !existsSync(`/proc/${process.pid}/stat`) ? false : true
  }
}
