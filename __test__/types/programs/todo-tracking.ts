//! The list of things to do, as it changes.

import { query, type Options, type TodoWriteInput } from 'native-agent-sdk'

export async function run(options: Options): Promise<string[]> {
  const lines: string[] = []
  for await (const message of query({ prompt: 'Do three things.', options: { ...options, maxTurns: 15 } })) {
    if (message.type !== 'assistant') continue
    for (const block of message.message.content) {
      if (block.type !== 'tool_use' || block.name !== 'TodoWrite') continue
      const { todos } = block.input as TodoWriteInput
      lines.push(...todos.map((todo, index) => `${index + 1}. ${todo.status === 'in_progress' ? todo.activeForm : todo.content}`))
    }
  }
  return lines
}
