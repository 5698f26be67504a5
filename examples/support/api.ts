//! The API that an example talks to: the real one if ANTHROPIC_API_KEY is set, else a scripted one on this machine.

import { startScriptedApi, type Rule } from 'native-agent-sdk/testing'

/** Where requests go. */
export interface Api extends AsyncDisposable {
  /** For `options.env`. */
  readonly env: Record<string, string | undefined>
  /** False: nothing leaves this machine, and the replies were written beforehand. */
  readonly real: boolean
}

/** Says which API is used and returns it. `rules` are the replies of the scripted one. */
export async function connect(...rules: Rule[]): Promise<Api> {
  if (process.env['ANTHROPIC_API_KEY']) {
    console.log('ANTHROPIC_API_KEY is set: this run talks to the real API and costs money.\n')
    return { env: process.env, real: true, [Symbol.asyncDispose]: async () => {} }
  }
  console.log('ANTHROPIC_API_KEY is not set: this run is offline. The replies of the model are scripted, costs are worked out but not charged; everything else is real.\n')
  const api = await startScriptedApi({ rules })
  // PATH and HOME as they are, so that the commands of the agent find what they need; none of the keys.
  return { env: api.env({ HOME: process.env['HOME'] }), real: false, [Symbol.asyncDispose]: () => finish(api) }
}

/** A scripted run must have asked for every reply, and for nothing that the real API would refuse. */
async function finish(api: Awaited<ReturnType<typeof startScriptedApi>>): Promise<void> {
  await api.assertComplete().finally(() => api.close())
}

interface Block {
  type: string
  [field: string]: unknown
}

/** A reply of one text. */
export function says(text: string): { content: Block[] } {
  return { content: [{ type: 'text', text }] }
}

/** A reply of a text, which may be empty, and tool calls: name and input of each. */
export function calls(text: string, ...uses: [name: string, input: Record<string, unknown>][]): { content: Block[] } {
  const tools = uses.map(([name, input]) => ({ type: 'tool_use', name, input }))
  return { content: text === '' ? tools : [{ type: 'text', text }, ...tools] }
}
