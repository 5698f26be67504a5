//! Subagents: defined, called, recognised in the stream.

import { query, type AgentDefinition, type AgentInput, type Options } from 'native-agent-sdk'

function reviewer(strict: boolean): AgentDefinition {
  return { description: 'Reviews for security.', prompt: strict ? 'Miss nothing.' : 'Be kind.', tools: ['Read', 'Grep'], model: strict ? 'opus' : 'inherit', maxTurns: 5 }
}

export async function run(options: Options): Promise<string[]> {
  const seen: string[] = []
  for await (const message of query({ prompt: 'Review it.', options: { ...options, allowedTools: ['Read', 'Agent'], agents: { reviewer: reviewer(true) } } })) {
    if (message.type === 'assistant') {
      for (const block of message.message.content) {
        if (block.type === 'tool_use' && (block.name === 'Agent' || block.name === 'Task')) seen.push(String((block.input as AgentInput).subagent_type))
      }
      if (message.parent_tool_use_id !== null) seen.push('inside')
    }
  }
  return seen
}
