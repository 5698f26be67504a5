//! Hooks: your code at the events of a run. One refuses, one changes an input, one keeps a log, one asks for more work.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { query, type HookCallback } from 'native-agent-sdk'
import { calls, connect, says } from './support/api.ts'
import { plant } from './support/folder.ts'

const cwd = plant({ '.env': 'TOKEN=1\n' })
const api = await connect(
  {
    reply: calls(
      'I will store the token and the notes.',
      ['Write', { file_path: join(cwd, '.env'), content: 'TOKEN=2\n' }],
      ['Write', { file_path: join(cwd, 'notes.txt'), content: 'All is well.\n' }],
    ),
  },
  { when: { toolResult: 'Cannot modify .env files' }, reply: says('The notes are written; .env is protected.') },
  { reply: says('The notes are written, .env is protected, and nothing else has changed.') },
)

const protectEnvFiles: HookCallback = async (input) => {
  if (input.hook_event_name !== 'PreToolUse') return {}
  const { file_path: path } = input.tool_input as { file_path: string }
  if (!path.endsWith('.env')) return {}
  return {
    hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: 'Cannot modify .env files' },
  }
}

const signNotes: HookCallback = async (input) => {
  if (input.hook_event_name !== 'PreToolUse') return {}
  const toolInput = input.tool_input as { content: string }
  return { hookSpecificOutput: { hookEventName: 'PreToolUse', updatedInput: { ...toolInput, content: `${toolInput.content}-- the agent\n` } } }
}

const log: HookCallback = async (input) => {
  if (input.hook_event_name === 'PostToolUse') console.log(`audit: ${input.tool_name}`)
  return {}
}

const askForDetails: HookCallback = async (input) => {
  if (input.hook_event_name !== 'Stop' || input.stop_hook_active) return {}
  return { decision: 'block', reason: 'Say whether anything else has changed.' }
}

const hooks = {
  PreToolUse: [{ matcher: 'Write|Edit', hooks: [protectEnvFiles, signNotes] }],
  PostToolUse: [{ hooks: [log] }],
  Stop: [{ hooks: [askForDetails] }],
}
for await (const message of query({ prompt: 'Store the token and the notes.', options: { cwd, env: api.env, permissionMode: 'acceptEdits', hooks } })) {
  if (message.type === 'result' && message.subtype === 'success') console.log(message.result)
}
console.log(`.env: ${readFileSync(join(cwd, '.env'), 'utf8').trim()}`)
console.log(`notes: ${existsSync(join(cwd, 'notes.txt')) && readFileSync(join(cwd, 'notes.txt'), 'utf8').replaceAll('\n', ' ')}`)
await api[Symbol.asyncDispose]()
