//! Batches: what a tuple stands for, and what decoding costs.

import { expect, it } from 'vitest'
import { decodeBatch, toMessage } from '../src/js/wire.ts'

it('[row 33] a tuple is the stream_event it stands for', () => {
  const messages = [['u0', 0, 0, 'text'], ['u1', 1, 1, 'thought'], ['u2', 2, 2, '{"a":'], { type: 'assistant' }]
  const batch = decodeBatch(JSON.stringify({ messages, session: 's' }))
  const event = (index: number, delta: object): object => ({
    type: 'stream_event',
    event: { type: 'content_block_delta', index, delta },
    parent_tool_use_id: null,
    uuid: `u${index}`,
    session_id: 's',
  })
  expect(batch.messages.map((item) => toMessage(item, batch.session ?? ''))).toEqual([
    event(0, { type: 'text_delta', text: 'text' }),
    event(1, { type: 'thinking_delta', thinking: 'thought' }),
    event(2, { type: 'input_json_delta', partial_json: '{"a":' }),
    { type: 'assistant' },
  ])
})

it('refuses what is no batch', () => {
  for (const text of ['', '[]', '3', '{"messages":3}']) expect(() => decodeBatch(text)).toThrow()
})
