//! The four ways to say what the agent is.

import { query, SYSTEM_PROMPT_DYNAMIC_BOUNDARY, type Options } from 'native-agent-sdk'

const PROMPTS: NonNullable<Options['systemPrompt']>[] = [
  'You answer in one word.',
  { type: 'preset', preset: 'claude_code' },
  { type: 'preset', preset: 'claude_code', append: 'Write docstrings.' },
  ['You know the house.', SYSTEM_PROMPT_DYNAMIC_BOUNDARY, 'Today is Monday.'],
]

export async function run(options: Options): Promise<number> {
  let runs = 0
  for (const systemPrompt of PROMPTS) {
    for await (const message of query({ prompt: 'Who are you?', options: { ...options, systemPrompt } })) {
      if (message.type === 'result' && message.subtype === 'success') runs += 1
    }
  }
  return runs
}
