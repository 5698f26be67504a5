//! One call with everything that the first page shows: tools, hooks, subagents, MCP, sessions.

import { appendFile } from 'node:fs/promises'
import { query, type HookCallback, type Options, type PostToolUseHookInput } from 'native-agent-sdk'

const audit: HookCallback = async (input) => {
  const path = (input as PostToolUseHookInput).tool_input
  await appendFile('audit.log', `${JSON.stringify(path)}\n`)
  return {}
}

export async function run(options: Options): Promise<string | undefined> {
  let session: string | undefined
  for await (const message of query({
    prompt: 'Review this code with the reviewer.',
    options: {
      ...options,
      allowedTools: ['Read', 'Glob', 'Grep', 'Agent'],
      hooks: { PostToolUse: [{ matcher: 'Edit|Write', hooks: [audit] }] },
      agents: { reviewer: { description: 'Reviews code.', prompt: 'Look for mistakes.', tools: ['Read', 'Glob', 'Grep'] } },
      mcpServers: { browser: { command: 'npx', args: ['browser-server'] } },
    },
  })) {
    if (message.type === 'system' && message.subtype === 'init') session = message.session_id
    if ('result' in message) console.log(message.result)
  }
  for await (const message of query({ prompt: 'Now find its callers.', options: { ...options, ...(session !== undefined && { resume: session }) } })) void message
  return session
}
