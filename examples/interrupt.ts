//! Stopping a reply half way: `interrupt()` ends the turn, and the session goes on with the next message.

import { query, type SDKUserMessage } from 'native-agent-sdk'
import { connect, says } from './support/api.ts'

const api = await connect(
  {
    when: { userText: 'Count' },
    // The scripted reply stops after 20 pieces and waits for ever: nothing but the interrupt ends it.
    reply: { content: [{ type: 'text', repeat: { text: 'one more, ', times: 500 } }], gates: [{ at: { block: 0, delta: 20 }, name: 'never' }] },
  },
  { when: { userText: 'Stop' }, reply: says('Stopped.') },
)

let next = (): void => {}

async function* prompts(): AsyncGenerator<SDKUserMessage> {
  for (const text of ['Count to a million, one number at a time.', 'Stop counting. Just say that you have stopped.']) {
    const turn = new Promise<void>((resolve) => (next = resolve))
    yield { type: 'user', message: { role: 'user', content: text }, parent_tool_use_id: null, session_id: '' }
    await turn
  }
}

const run = query({ prompt: prompts(), options: { env: api.env, includePartialMessages: true, tools: [] } })
let pieces = 0
let interrupted = false
for await (const message of run) {
  if (message.type === 'stream_event' && message.event.type === 'content_block_delta') {
    pieces += 1
    if (!interrupted && pieces >= 10) {
      interrupted = true
      console.log(`interrupting after ${pieces} pieces`)
      await run.interrupt()
    }
  } else if (message.type === 'result') {
    console.log(message.subtype === 'success' ? `result: ${message.result}` : `result: ${message.subtype}`)
    next()
  }
}
await api[Symbol.asyncDispose]()
