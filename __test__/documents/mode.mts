import { query } from 'native-agent-sdk'

async function main() {
  for await (const message of query({
    prompt: 'Help me refactor this code',
    options: {
      permissionMode: 'default', // Set the mode here
    },
  })) {
    if ('result' in message) {
      console.log(message.result)
    }
  }
}

main()
