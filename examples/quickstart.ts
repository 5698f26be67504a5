//! The shortest useful run: one prompt, one tool, one answer.

import { query } from 'native-agent-sdk'
import { calls, connect, says } from './support/api.ts'
import { plant } from './support/folder.ts'

const cwd = plant({ 'notes.md': '# Release\n\nThe release is on Friday.\n' })
const api = await connect({ reply: calls('Let me look.', ['Grep', { pattern: 'release', '-i': true, output_mode: 'content' }]) }, { when: { toolResult: 'Friday' }, reply: says('The release is on Friday.') })

for await (const message of query({
  prompt: 'When is the release? Look it up in this folder.',
  options: { cwd, env: api.env, allowedTools: ['Read', 'Grep', 'Glob'] },
})) {
  if (message.type === 'assistant') {
    for (const block of message.message.content) if (block.type === 'tool_use') console.log(`tool: ${block.name}`)
  }
  if (message.type === 'result') {
    console.log(message.subtype === 'success' ? `answer: ${message.result}` : `failed: ${message.errors.join(', ')}`)
    console.log(`turns: ${message.num_turns}, cost: $${message.total_cost_usd.toFixed(4)}`)
  }
}
await api[Symbol.asyncDispose]()
