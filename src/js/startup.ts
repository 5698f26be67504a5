//! `startup()`: a query whose options are checked and whose servers are connected before its prompt is known.

import type * as Api from '../../index.js'
import { Conversation } from './conversation.ts'
import { AgentSdkError, closedError, invalidOption } from './errors.ts'
import { isAsyncIterable } from './options.ts'

const DEFAULT_TIMEOUT_MS = 60_000

class WarmQuery implements Api.WarmQuery {
  #conversation: Conversation | undefined

  constructor(conversation: Conversation) {
    this.#conversation = conversation
  }

  query(prompt: string | AsyncIterable<Api.SDKUserMessageInput>): Api.Query {
    if (typeof prompt !== 'string' && !isAsyncIterable(prompt)) {
      throw invalidOption('prompt', 'must be a string or an async iterable of user messages')
    }
    const conversation = this.#conversation
    if (conversation === undefined) throw closedError()
    const running = conversation.finish(prompt)
    this.#conversation = undefined
    return running
  }

  close(): void {
    this.#conversation?.close()
    this.#conversation = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}

export const startup: typeof Api.startup = async ({ options, initializeTimeoutMs = DEFAULT_TIMEOUT_MS } = {}) => {
  if (typeof initializeTimeoutMs !== 'number' || !(initializeTimeoutMs > 0)) {
    throw invalidOption('initializeTimeoutMs', 'must be a number of milliseconds above 0')
  }
  const conversation = new Conversation(options)
  try {
    await within(initializeTimeoutMs, conversation.query.initializationResult())
  } catch (error) {
    conversation.close()
    throw error
  }
  return new WarmQuery(conversation)
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void =>
      reject(new AgentSdkError('aborted', `startup(): nothing was ready after ${milliseconds} ms; raise initializeTimeoutMs`))
    // The longest that a timer takes.
    const timer = setTimeout(late, Math.min(milliseconds, 2 ** 31 - 1))
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
