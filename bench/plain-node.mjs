//! Contestant: an agent loop as one would write it by hand for Node: fetch, server-sent events, fs. No retries, no permissions,
//! no limits, one tool.

import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { takeOrders } from './client.mjs'

const TOOLS = [
  {
    name: 'Read',
    description: 'Reads a text file and shows it with line numbers.',
    input_schema: { type: 'object', properties: { file_path: { type: 'string' } }, required: ['file_path'] },
  },
]

takeOrders({
  async ask(url, folder) {
    let text = ''
    for await (const message of agent(url, `Read the files in ${folder}.`)) if (message.type === 'result') text = message.result
    return text
  },

  async deltas(url) {
    let seen = 0
    for await (const message of agent(url, 'Write.', { partial: true })) {
      if (message.type === 'stream_event' && message.event.type === 'content_block_delta') seen += 1
    }
    return seen
  },

  async ping(url) {
    await (await fetch(`${url}/v1/models`)).arrayBuffer()
  },
})

/** Yields messages as an agent SDK does: replies, tool results, a result; with `partial` also every event. */
async function* agent(url, prompt, { partial = false } = {}) {
  const session_id = randomUUID()
  const messages = [{ role: 'user', content: [{ type: 'text', text: prompt }] }]
  for (;;) {
    const content = []
    for await (const event of stream(url, messages)) {
      if (partial) yield { type: 'stream_event', event, parent_tool_use_id: null, uuid: randomUUID(), session_id }
      collect(content, event)
    }
    for (const block of content) if (block.type === 'tool_use') block.input = JSON.parse(block.input)
    messages.push({ role: 'assistant', content })
    yield { type: 'assistant', message: { role: 'assistant', content }, uuid: randomUUID(), session_id }
    const uses = content.filter(({ type }) => type === 'tool_use')
    if (uses.length === 0) {
      yield { type: 'result', result: content.at(-1)?.text ?? '', uuid: randomUUID(), session_id }
      return
    }
    const results = await Promise.all(uses.map(runTool))
    messages.push({ role: 'user', content: results })
    yield { type: 'user', message: messages.at(-1), uuid: randomUUID(), session_id }
  }
}

async function runTool({ id, input }) {
  const text = await readFile(input.file_path, 'utf8')
  const numbered = text.trimEnd().split('\n').map((line, index) => `${index + 1}\t${line}`)
  return { type: 'tool_result', tool_use_id: id, content: numbered.join('\n') }
}

function collect(content, event) {
  switch (event.type) {
    case 'content_block_start':
      content[event.index] = { ...event.content_block }
      if (event.content_block.type === 'tool_use') content[event.index].input = ''
      break
    case 'content_block_delta':
      if (event.delta.type === 'text_delta') content[event.index].text += event.delta.text
      if (event.delta.type === 'input_json_delta') content[event.index].input += event.delta.partial_json
      break
  }
}

async function* stream(url, messages) {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'sk-bench', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: 'claude-sonnet-4-5', max_tokens: 32_000, stream: true, tools: TOOLS, messages }),
  })
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of response.body) {
    const events = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
    rest = events.pop()
    for (const event of events) {
      const at = event.indexOf('data: ')
      if (at !== -1) yield JSON.parse(event.slice(at + 6))
    }
  }
}
