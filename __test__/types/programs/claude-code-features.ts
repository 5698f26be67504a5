//! Project instructions, skills and settings hooks beside hooks of the program.

import { query, type Options } from 'native-agent-sdk'

export async function run(options: Options): Promise<number> {
  let calls = 0
  for await (const message of query({
    prompt: 'Add a feature as we do it here.',
    options: {
      ...options,
      systemPrompt: { type: 'preset', preset: 'claude_code' },
      settingSources: ['user', 'project'],
      allowedTools: ['Read', 'Edit', 'Bash', 'Skill'],
      hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [async () => ({ continue: ++calls < 10 })] }] },
    },
  }))
    if (message.type === 'result') return calls
  return -1
}
