//! The client in the manner of the Python page: one conversation, several prompts.

import { ClaudeSDKClient, type Options } from 'native-agent-sdk'

export async function run(options: Options): Promise<string[]> {
  const answers: string[] = []
  await using client = new ClaudeSDKClient(options)
  await client.connect()
  for (const prompt of ['My name is Ada.', 'What is my name?']) {
    await client.query(prompt)
    for await (const message of client.receiveResponse()) if ('result' in message) answers.push(message.result)
  }
  await client.setPermissionMode('plan')
  answers.push(String((await client.getMcpStatus()).mcpServers.length))
  return answers
}
