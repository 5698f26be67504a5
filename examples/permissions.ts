//! Your code decides about tool calls: `canUseTool` is asked about every call that no rule and no mode decides.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { query, type CanUseTool } from 'native-agent-sdk'
import { calls, connect, says } from './support/api.ts'
import { plant } from './support/folder.ts'

const cwd = plant({ 'draft.txt': 'draft\n' })
const summary = join(cwd, 'summary.txt')
const api = await connect(
  {
    reply: calls(
      'I will write the summary and remove the draft.',
      ['Write', { file_path: summary, content: 'All is well.\n' }],
      ['Bash', { command: `rm ${join(cwd, 'draft.txt')}`, description: 'Remove the draft' }],
    ),
  },
  { when: { toolResult: 'Nothing may be deleted' }, reply: says('The summary is written. The draft stays: I may not delete it.') },
)

/** New files are welcome; commands are not. */
const canUseTool: CanUseTool = async (toolName, input) => {
  const allowed = toolName === 'Write'
  console.log(`asked: ${toolName} ${String(input['file_path'] ?? input['command']).replaceAll(cwd, '.')} -> ${allowed ? 'allow' : 'deny'}`)
  return allowed ? { behavior: 'allow', updatedInput: input } : { behavior: 'deny', message: 'Nothing may be deleted here.' }
}

for await (const message of query({
  prompt: 'Write a summary to summary.txt, then delete draft.txt.',
  options: { cwd, env: api.env, canUseTool },
})) {
  if (message.type === 'result') {
    console.log(message.subtype === 'success' ? message.result : message.errors.join(', '))
    console.log(`denials: ${message.permission_denials.map((denial) => denial.tool_name).join(', ')}`)
  }
}
console.log(`summary written: ${existsSync(summary)}, draft kept: ${existsSync(join(cwd, 'draft.txt'))}`)
await api[Symbol.asyncDispose]()
