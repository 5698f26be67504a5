//! What older programs must say now to get what they had: the full prompt and settings from files.

import { query, type Options } from 'native-agent-sdk'

export async function run(options: Options): Promise<boolean> {
  const before: Options = {
    ...options,
    systemPrompt: { type: 'preset', preset: 'claude_code' },
    settingSources: ['user', 'project', 'local'],
  }
  for await (const message of query({ prompt: 'Hello', options: before })) if (message.type === 'result') return !message.is_error
  return false
}
