//! Commands in prompts, and what they answer.

import { query, type Options } from 'native-agent-sdk'

export async function run(options: Options): Promise<string[]> {
  const lines: string[] = []
  for await (const message of query({ prompt: '/compact', options: { ...options, maxTurns: 1 } })) {
    if (message.type === 'system' && message.subtype === 'init') lines.push(...message.slash_commands)
    if (message.type === 'system' && message.subtype === 'compact_boundary') lines.push(`${message.compact_metadata.trigger} ${message.compact_metadata.pre_tokens}`)
    if (message.type === 'system' && message.subtype === 'local_command_output') lines.push(message.content)
  }
  return lines
}
