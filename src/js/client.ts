//! `ClaudeSDKClient`: one conversation over many prompts, with the methods that users of the Python reference know.

import type * as Api from '../../index.js'
import { Conversation } from './conversation.ts'
import { AgentSdkError, closedError } from './errors.ts'
import { isAsyncIterable } from './options.ts'

type Prompt = string | AsyncIterable<Api.SDKUserMessageInput>

export class ClaudeSDKClient implements Api.ClaudeSDKClient {
  readonly #options: Api.Options
  #conversation: Conversation | undefined

  constructor(options: Api.Options = {}) {
    this.#options = options
  }

  async connect(prompt?: Prompt): Promise<void> {
    if (this.#conversation !== undefined && !this.#conversation.ended) {
      throw new AgentSdkError('invalid_input', 'connect(): this client is connected already; call disconnect() first')
    }
    this.#conversation = new Conversation(this.#options)
    if (prompt !== undefined) await this.query(prompt)
  }

  async query(prompt: Prompt, _sessionId = 'default'): Promise<void> {
    const conversation = this.#connected()
    if (typeof prompt === 'string') conversation.send(prompt)
    else if (isAsyncIterable(prompt)) await conversation.feed(prompt)
    else throw new AgentSdkError('invalid_input', 'query(): the prompt must be a string or an async iterable of user messages')
  }

  async *receiveMessages(): AsyncGenerator<Api.SDKMessage, void> {
    yield* this.#connected().messages()
  }

  async *receiveResponse(): AsyncGenerator<Api.SDKMessage, void> {
    yield* this.#connected().response()
  }

  async interrupt(): Promise<Api.SDKControlInterruptResponse | undefined> {
    return this.#connected().query.interrupt()
  }

  async setPermissionMode(mode: Api.PermissionMode): Promise<void> {
    await this.#connected().query.setPermissionMode(mode)
  }

  async setModel(model?: string): Promise<void> {
    await this.#connected().query.setModel(model)
  }

  async rewindFiles(userMessageId: string): Promise<Api.RewindFilesResult> {
    return this.#connected().query.rewindFiles(userMessageId)
  }

  async reconnectMcpServer(serverName: string): Promise<void> {
    await this.#connected().query.reconnectMcpServer(serverName)
  }

  async toggleMcpServer(serverName: string, enabled: boolean): Promise<void> {
    await this.#connected().query.toggleMcpServer(serverName, enabled)
  }

  async stopTask(taskId: string): Promise<void> {
    await this.#connected().query.stopTask(taskId)
  }

  async getMcpStatus(): Promise<{ mcpServers: Api.McpServerStatus[] }> {
    return { mcpServers: await this.#connected().query.mcpServerStatus() }
  }

  async getServerInfo(): Promise<Api.SDKControlInitializeResponse | null> {
    return (await this.#conversation?.query.initializationResult()) ?? null
  }

  async disconnect(): Promise<void> {
    this.#conversation?.close()
    this.#conversation = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect()
  }

  #connected(): Conversation {
    if (this.#conversation === undefined) throw closedError()
    return this.#conversation
  }
}
