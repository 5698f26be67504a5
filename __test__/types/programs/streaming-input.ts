//! A prompt that is a stream, without a type annotation: texts, an image, an interruption between two turns.

import { query, type Options } from 'native-agent-sdk'

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

async function* say() {
  yield { type: 'user' as const, message: { role: 'user' as const, content: 'Look at this folder.' } }
  yield {
    type: 'user',
    session_id: '',
    parent_tool_use_id: null,
    message: {
      role: 'user',
      content: [
        { type: 'text', text: 'And what is in this picture?' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
      ],
    },
  }
}

export async function run(options: Options): Promise<string[]> {
  const results: string[] = []
  for await (const message of query({ prompt: say(), options: { ...options, maxTurns: 10, allowedTools: ['Read', 'Grep'] } })) {
    if (message.type === 'result' && message.subtype === 'success') results.push(message.result)
  }
  return results
}
