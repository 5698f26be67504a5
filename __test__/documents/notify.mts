import { query, HookCallback, NotificationHookInput } from 'native-agent-sdk'

// Define a hook callback that sends notifications to Slack
const notificationHandler: HookCallback = async (input, toolUseID, { signal }) => {
  // Cast to NotificationHookInput to access the message field
  const notification = input as NotificationHookInput

  try {
    // POST the notification message to a Slack incoming webhook
    await fetch('https://hooks.slack.com/services/YOUR/WEBHOOK/URL', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        text: `Agent status: ${notification.message}`,
      }),
      // Pass signal so the request cancels if the hook times out
      signal,
    })
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      console.log('Notification cancelled')
    } else {
      console.error('Failed to send notification:', error)
    }
  }

  // Return empty object. Notification hooks don't modify agent behavior
  return {}
}

// Register the hook for Notification events (no matcher needed)
for await (const message of query({
  prompt: 'Analyze this codebase',
  options: {
    hooks: {
      Notification: [{ hooks: [notificationHandler] }],
    },
  },
})) {
  console.log(message)
}
