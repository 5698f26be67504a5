//! Find and fix bugs: print what the agent says, which tools it calls, and how it ended.

import { query, type Options } from 'native-agent-sdk'

export async function run(options: Options): Promise<string[]> {
  const lines: string[] = []
  const messages = query({
    prompt: 'Find the bug in this folder and repair it.',
    options: { ...options, allowedTools: ['Read', 'Edit', 'Glob'], permissionMode: 'acceptEdits' },
  })
  for await (const message of messages) {
    if (message.type === 'assistant') {
      for (const block of message.message.content) {
        if ('text' in block) lines.push(`says ${block.text}`)
        else if ('name' in block) lines.push(`calls ${block.name}`)
      }
    } else if (message.type === 'result') {
      lines.push(`ends with ${message.subtype}`)
      if ('result' in message) lines.push(message.result)
    }
  }
  return lines
}
