import { query } from 'native-agent-sdk'

async function main() {
  const q = query({
    prompt: 'Help me refactor this code',
    options: {
      permissionMode: 'default', // Start in default mode
    },
  })

  // Change mode dynamically mid-session
  await q.setPermissionMode('acceptEdits')

  // Process messages with the new permission mode
  for await (const message of q) {
    if ('result' in message) {
      console.log(message.result)
    }
  }
}

main()
