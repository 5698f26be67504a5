//! Scripted APIs and runs for tests on the built addon.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Options, SDKMessage, SDKUserMessage } from '../../index.js'
import type { Rule, Scenario, ScriptedApi } from '../../testing.js'
import { startScriptedApi } from 'native-agent-sdk/testing'

/** A scripted API for this test; at its end nothing may have been sent that the real API would refuse. */
export async function scripted(scenario: Scenario | Rule[]): Promise<ScriptedApi> {
  const api = await startScriptedApi(Array.isArray(scenario) ? { rules: scenario } : scenario)
  onTestFinished(async () => {
    const violations = await api.violations()
    await api.close()
    expect(violations).toEqual([])
  })
  return api
}

/** An empty folder for this test. */
export function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'native-agent-sdk-')))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Options that run against `api` in a folder of their own. */
export function against(api: ScriptedApi, options: Options = {}): Options {
  return { env: api.env(), cwd: folder(), ...options }
}

/** A reply of one text block. */
export function says(text: string): { content: [{ type: 'text'; text: string }] } {
  return { content: [{ type: 'text', text }] }
}

/** A reply of one tool call. */
export function calls(name: string, input: Record<string, unknown>): { content: [{ type: 'tool_use'; name: string; input: object }] } {
  return { content: [{ type: 'tool_use', name, input }] }
}

/** A user message as a stream yields it. */
export function userMessage(text: string): SDKUserMessage {
  return { type: 'user', message: { role: 'user', content: text }, parent_tool_use_id: null, session_id: '' }
}

/** All messages of a run. */
export async function collect(query: AsyncIterable<SDKMessage>): Promise<SDKMessage[]> {
  const messages: SDKMessage[] = []
  for await (const message of query) messages.push(message)
  return messages
}

/** The messages of one type. */
export function ofType<Type extends SDKMessage['type']>(messages: SDKMessage[], type: Type): Extract<SDKMessage, { type: Type }>[] {
  return messages.filter((message): message is Extract<SDKMessage, { type: Type }> => message.type === type)
}

/** Content of the tool results that the consumer saw, with their error flags. */
export function toolResults(messages: SDKMessage[]): { content: unknown; is_error?: boolean }[] {
  return ofType(messages, 'user').flatMap(({ message }) =>
    Array.isArray(message.content)
      ? (message.content as { type: string; content: unknown; is_error?: boolean }[]).filter(({ type }) => type === 'tool_result')
      : [],
  )
}
