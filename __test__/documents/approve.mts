import { query } from 'native-agent-sdk'
import * as readline from 'readline'

// Helper to prompt user for input in the terminal
function prompt(question: string): Promise<string> {
  const rl = readline.createInterface({
    input: process.stdin,
    output: process.stdout,
  })
  return new Promise((resolve) =>
    rl.question(question, (answer) => {
      rl.close()
      resolve(answer)
    }),
  )
}

for await (const message of query({
  prompt: 'Create a test file in /tmp and then delete it',
  options: {
    canUseTool: async (toolName, input) => {
      // Display the tool request
      console.log(`\nTool: ${toolName}`)
      if (toolName === 'Bash') {
        console.log(`Command: ${input.command}`)
        if (input.description) console.log(`Description: ${input.description}`)
      } else {
        console.log(`Input: ${JSON.stringify(input, null, 2)}`)
      }

      // Get user approval
      const response = await prompt('Allow this action? (y/n): ')

      // Return allow or deny based on user's response
      if (response.toLowerCase() === 'y') {
        // Allow: tool executes with the original (or modified) input
        return { behavior: 'allow', updatedInput: input }
      } else {
        // Deny: tool doesn't execute, Claude sees the message
        return { behavior: 'deny', message: 'User denied this action' }
      }
    },
  },
})) {
  if ('result' in message) console.log(message.result)
}
