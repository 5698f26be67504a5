//! Text as it is written, and which tool is being called.

import { query, type Options, type SDKPartialAssistantMessage } from 'native-agent-sdk'

export async function run(options: Options): Promise<string> {
  let shown = ''
  let tool: string | null = null
  for await (const message of query({ prompt: 'Tell a story.', options: { ...options, includePartialMessages: true } })) {
    if (message.type === 'stream_event') {
      const { event }: SDKPartialAssistantMessage = message
      if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') tool = event.content_block.name
      else if (event.type === 'content_block_delta') {
        if (event.delta.type === 'text_delta') shown += event.delta.text
        else if (event.delta.type === 'input_json_delta') shown += event.delta.partial_json
      } else if (event.type === 'content_block_stop' && tool !== null) {
        shown += ` [${tool} done]`
        tool = null
      }
    } else if (message.type === 'result') shown += ` [${message.subtype}]`
  }
  return shown
}
