//! A client in the manner of the Python reference: one conversation, many prompts.

import type { RewindFilesResult, SDKControlInitializeResponse, SDKControlInterruptResponse } from './control.js'
import type { McpServerStatus } from './mcp.js'
import type { SDKMessage, SDKUserMessageInput } from './messages.js'
import type { Options } from './options.js'
import type { PermissionMode } from './permissions.js'

/**
 * A long-lived client. Before `connect()` and after `disconnect()` the methods reject with code `query_closed`.
 *
 * Source: the class of this name of the Python reference; names are in camel case, and `continue` is the option `continue`.
 */
export declare class ClaudeSDKClient implements AsyncDisposable {
  constructor(options?: Options)
  /** Starts the conversation, with a first prompt if given. */
  connect(prompt?: string | AsyncIterable<SDKUserMessageInput>): Promise<void>
  /** Sends a prompt; the answer comes from {@link receiveResponse}. `sessionId`: default `default`. */
  query(prompt: string | AsyncIterable<SDKUserMessageInput>, sessionId?: string): Promise<void>
  /** All messages until the end. */
  receiveMessages(): AsyncGenerator<SDKMessage, void>
  /** The messages up to and with the next result. */
  receiveResponse(): AsyncGenerator<SDKMessage, void>
  /** The interrupted turn still has a result, which must be received before the next prompt's. */
  interrupt(): Promise<SDKControlInterruptResponse | undefined>
  setPermissionMode(mode: PermissionMode): Promise<void>
  /** Without an argument back to the default. */
  setModel(model?: string): Promise<void>
  rewindFiles(userMessageId: string): Promise<RewindFilesResult>
  reconnectMcpServer(serverName: string): Promise<void>
  toggleMcpServer(serverName: string, enabled: boolean): Promise<void>
  stopTask(taskId: string): Promise<void>
  getMcpStatus(): Promise<{ mcpServers: McpServerStatus[] }>
  /** `null` before `connect()`. */
  getServerInfo(): Promise<SDKControlInitializeResponse | null>
  /** Ends the conversation. Calling it again does nothing. */
  disconnect(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

// Keeps what is not exported above out of the module.
export {}
