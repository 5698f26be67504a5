import { query, HookCallback, PreToolUseHookInput } from 'native-agent-sdk'

// Define a hook callback with the HookCallback type
const protectEnvFiles: HookCallback = async (input, toolUseID, { signal }) => {
  // Cast input to the specific hook type for type safety
  const preInput = input as PreToolUseHookInput

  // Cast tool_input to access its properties (typed as unknown in the SDK)
  const toolInput = preInput.tool_input as Record<string, unknown>
  const filePath = toolInput?.file_path as string
  const fileName = filePath?.split('/').pop()

  // Block the operation if targeting a .env file
  if (fileName === '.env') {
    return {
      hookSpecificOutput: {
        hookEventName: preInput.hook_event_name,
        permissionDecision: 'deny',
        permissionDecisionReason: 'Cannot modify .env files',
      },
    }
  }

  // Return empty object to allow the operation
  return {}
}

for await (const message of query({
  prompt: 'Update the database configuration',
  options: {
    hooks: {
      // Register the hook for PreToolUse events
      // The matcher filters to only Write and Edit tool calls
      PreToolUse: [{ matcher: 'Write|Edit', hooks: [protectEnvFiles] }],
    },
  },
})) {
  // Filter for assistant and result messages
  if (message.type === 'assistant' || message.type === 'result') {
    console.log(message)
  }
}
