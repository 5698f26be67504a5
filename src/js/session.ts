//! The V2 preview interface: sessions that are sent to and read from, and the one-shot prompt.

import { randomUUID } from 'node:crypto'
import type * as Api from '../../index.js'
import { Conversation } from './conversation.ts'
import { closedError, invalidOption } from './errors.ts'
import { query } from './query.ts'

class Session implements Api.SDKSession {
  readonly sessionId: string
  readonly #conversation: Conversation

  constructor(sessionId: string, options: object) {
    this.sessionId = sessionId
    this.#conversation = new Conversation(options)
  }

  async send(message: string | Api.SDKUserMessageInput): Promise<void> {
    this.#conversation.send(message)
  }

  stream(): AsyncGenerator<Api.SDKMessage, void> {
    return this.#conversation.response()
  }

  close(): void {
    this.#conversation.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}

export const unstable_v2_createSession: typeof Api.unstable_v2_createSession = (options) => {
  const given = checked(options)
  const sessionId = given.sessionId ?? randomUUID()
  return new Session(sessionId, { ...given, sessionId })
}

export const unstable_v2_resumeSession: typeof Api.unstable_v2_resumeSession = (sessionId, options) => {
  if (typeof sessionId !== 'string') throw invalidOption('sessionId', 'must be the id of a stored session')
  return new Session(sessionId, { ...checked(options), resume: sessionId })
}

export const unstable_v2_prompt: typeof Api.unstable_v2_prompt = async (prompt, options) => {
  if (typeof prompt !== 'string') throw invalidOption('prompt', 'must be a string')
  let result: Api.SDKResultMessage | undefined
  for await (const message of query({ prompt, options: checked(options) })) {
    if (message.type === 'result') result = message
  }
  if (result === undefined) throw closedError()
  return result
}

function checked(options: Api.SDKSessionOptions | undefined): Api.SDKSessionOptions {
  if (typeof options !== 'object' || options === null) throw invalidOption('options', 'must be an object with `model`')
  if (typeof options.model !== 'string') throw invalidOption('model', 'must be given: an alias or the id of a model')
  return options
}
