//! A conversation: the prompt is a stream of user messages, and each waits for the answer to the one before.

import { query, type SDKUserMessage } from 'native-agent-sdk'
import { connect, says } from './support/api.ts'

const QUESTIONS = ['My name is Ada. Remember it.', 'What is my name?']
const api = await connect(
  { when: { userText: 'Remember' }, reply: says('I will remember it, Ada.') },
  // One request holds the whole conversation: two messages of the user and one of the model by now.
  { when: { userText: 'What is my name', messages: 3 }, reply: says('Your name is Ada.') },
)

let answered = (): void => {}

async function* conversation(): AsyncGenerator<SDKUserMessage> {
  for (const text of QUESTIONS) {
    const answer = new Promise<void>((resolve) => (answered = resolve))
    console.log(`you:   ${text}`)
    yield { type: 'user', message: { role: 'user', content: text }, parent_tool_use_id: null, session_id: '' }
    await answer
  }
}

for await (const message of query({ prompt: conversation(), options: { env: api.env, tools: [] } })) {
  if (message.type !== 'result') continue
  console.log(`agent: ${message.subtype === 'success' ? message.result : message.errors.join(', ')}`)
  answered()
}
await api[Symbol.asyncDispose]()
