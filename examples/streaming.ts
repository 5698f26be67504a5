//! Text as it is written: `includePartialMessages` brings every event of the model's reply.

import { query } from 'native-agent-sdk'
import { connect, says } from './support/api.ts'

const POEM = 'Bits on the wire,\nwords in the air:\none token, then one more,\nand somebody there.'
const api = await connect({ reply: { ...says(POEM), chunk: 5 } })

let pieces = 0
for await (const message of query({
  prompt: 'Write a poem of four short lines about streaming.',
  options: { env: api.env, includePartialMessages: true, tools: [] },
})) {
  if (message.type === 'stream_event') {
    const { event } = message
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
      process.stdout.write(event.delta.text)
      pieces += 1
    }
  } else if (message.type === 'result') {
    console.log(`\n\n${pieces} pieces in ${message.duration_ms} ms`)
  }
}
await api[Symbol.asyncDispose]()
