//! Contestant: this package.

import { query } from 'native-agent-sdk'
import { takeOrders } from './client.mjs'

const options = (url, cwd) => ({ cwd, env: { PATH: process.env.PATH, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'sk-bench' } })

takeOrders({
  async ask(url, folder) {
    let text = ''
    for await (const message of query({ prompt: 'Read the files.', options: options(url, folder) })) {
      if (message.type === 'result') text = message.result
    }
    return text
  },

  async deltas(url) {
    let seen = 0
    const run = query({ prompt: 'Write.', options: { ...options(url), includePartialMessages: true } })
    for await (const message of run) {
      if (message.type === 'stream_event' && message.event.type === 'content_block_delta') seen += 1
    }
    return seen
  },

  async ping(url) {
    await (await fetch(`${url}/v1/models`)).arrayBuffer()
  },
})
