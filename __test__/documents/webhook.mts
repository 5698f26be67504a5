import { query, HookCallback, PostToolUseHookInput } from 'native-agent-sdk'

const webhookNotifier: HookCallback = async (input, toolUseID, { signal }) => {
  // Only fire after a tool completes (PostToolUse), not before
  if (input.hook_event_name !== 'PostToolUse') return {}

  try {
    await fetch('https://api.example.com/webhook', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        tool: (input as PostToolUseHookInput).tool_name,
        timestamp: new Date().toISOString(),
      }),
      // Pass signal so the request cancels if the hook times out
      signal,
    })
  } catch (error) {
    // Handle cancellation separately from other errors
    if (error instanceof Error && error.name === 'AbortError') {
      console.log('Webhook request cancelled')
    }
    // Don't re-throw. A failed webhook shouldn't stop the agent
  }

  return {}
}

// Register as a PostToolUse hook
for await (const message of query({
  prompt: 'Refactor the auth module',
  options: {
    hooks: {
      PostToolUse: [{ hooks: [webhookNotifier] }],
    },
  },
})) {
  console.log(message)
}
