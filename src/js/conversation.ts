//! A run that is sent one message after another: what the V2 session, the client class and a warm query are made of.

import type * as Api from '../../index.js'
import { engine } from './native.ts'
import { lowerMessage, lowerParams } from './options.ts'
import { queryOf } from './query.ts'
import { Run } from './run.ts'

type Prompt = string | AsyncIterable<Api.SDKUserMessageInput>

/** An open run without a prompt of its own. Throws as `query()` does. */
export class Conversation {
  readonly query: Api.Query
  readonly #run: Run
  readonly #input = new OpenInput()

  constructor(options: unknown) {
    this.#run = new Run(engine, lowerParams({ prompt: this.#input, options }))
    this.query = queryOf(this.#run)
  }

  get ended(): boolean {
    return this.#run.ended
  }

  /** Queues one message; throws `invalid_input` if it is none and `query_closed` if the run has ended. */
  send(message: string | Api.SDKUserMessageInput): void {
    this.#run.push(lowerMessage(typeof message === 'string' ? userMessage(message) : message))
  }

  /** Queues every message of an iterable. */
  async feed(messages: AsyncIterable<Api.SDKUserMessageInput>): Promise<void> {
    await this.#run.inputs.feed(messages)
  }

  /** Gives the run its only prompt: it ends after the turns of that. */
  finish(prompt: Prompt): Api.Query {
    if (typeof prompt === 'string') this.#run.pushOnly(lowerMessage(userMessage(prompt)))
    else this.#run.inputs.start(prompt)
    this.#input.end()
    return this.query
  }

  /** The messages up to and with the next result. Leaving it early ends nothing: the next one goes on where it stopped. */
  async *response(): AsyncGenerator<Api.SDKMessage, void> {
    for (;;) {
      const step = await this.query.next()
      if (step.done) return
      yield step.value
      if (step.value.type === 'result') return
    }
  }

  /** All messages until the end. Leaving it early ends nothing. */
  async *messages(): AsyncGenerator<Api.SDKMessage, void> {
    for (;;) {
      const step = await this.query.next()
      if (step.done) return
      yield step.value
    }
  }

  close(): void {
    this.#input.end()
    this.#run.close()
  }
}

/** A user message that is a text. */
function userMessage(text: string): Api.SDKUserMessage {
  return { type: 'user', message: { role: 'user', content: text }, parent_tool_use_id: null }
}

/** An iterable that says nothing and stays open until it is ended. */
class OpenInput implements AsyncIterable<never> {
  #ended: () => void = () => {}
  readonly #whenEnded = new Promise<void>((resolve) => (this.#ended = resolve))

  end(): void {
    this.#ended()
  }

  [Symbol.asyncIterator](): AsyncIterator<never> {
    const done = { done: true, value: undefined } as const
    const whenEnded = this.#whenEnded.then(() => done)
    return { next: () => whenEnded, return: () => Promise.resolve(done) }
  }
}
