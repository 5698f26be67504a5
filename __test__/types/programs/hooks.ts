//! Hooks: refuse, change, add to the context, answer later, and tell another service.

import { query, type HookCallback, type HookInput, type HookJSONOutput, type Options, type PreToolUseHookInput } from 'native-agent-sdk'

const protect: HookCallback = async (input, toolUseID, { signal }): Promise<HookJSONOutput> => {
  if (input.hook_event_name !== 'PreToolUse' || signal.aborted) return {}
  const { file_path: path } = input.tool_input as { file_path?: string }
  if (path?.endsWith('.env') !== true) return {}
  return {
    systemMessage: `${toolUseID ?? 'a call'} was stopped`,
    hookSpecificOutput: { hookEventName: input.hook_event_name, permissionDecision: 'deny', permissionDecisionReason: 'Secrets live there.' },
  }
}

const sandbox: HookCallback = async (input) => {
  const call = input as PreToolUseHookInput
  const toolInput = call.tool_input as Record<string, unknown>
  return {
    hookSpecificOutput: {
      hookEventName: call.hook_event_name,
      permissionDecision: 'allow',
      updatedInput: { ...toolInput, file_path: `/sandbox${String(toolInput['file_path'])}` },
    },
  }
}

const tell: HookCallback = async (input) => {
  void fetch('https://hooks.example', { method: 'POST', body: JSON.stringify(input) })
  return { async: true, asyncTimeout: 30_000 }
}

function nameOf(input: HookInput): string {
  switch (input.hook_event_name) {
    case 'SubagentStop':
      return `${input.agent_id} ${input.agent_transcript_path}`
    case 'Notification':
      return input.title ?? input.message
    case 'PostToolUse':
      return JSON.stringify(input.tool_response)
    default:
      return input.cwd
  }
}

export async function run(options: Options): Promise<string[]> {
  const names: string[] = []
  const record: HookCallback = async (input) => {
    names.push(nameOf(input))
    return { continue: true, hookSpecificOutput: { hookEventName: 'UserPromptSubmit', additionalContext: 'Be brief.' } }
  }
  for await (const message of query({
    prompt: 'Change the settings.',
    options: {
      ...options,
      hooks: {
        PreToolUse: [
          { matcher: 'Write|Edit', hooks: [protect, sandbox], timeout: 10, onFailure: 'block' },
          { matcher: '^mcp__', hooks: [tell] },
        ],
        UserPromptSubmit: [{ hooks: [record] }],
        SubagentStop: [{ hooks: [record] }],
        Notification: [{ hooks: [record] }],
      },
    },
  }))
    if (message.type === 'system' && message.subtype === 'hook_response') names.push(message.outcome)
  return names
}
