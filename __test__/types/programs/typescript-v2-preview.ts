//! A session of two turns, one prompt alone, and a session that is taken up again.

import { unstable_v2_createSession, unstable_v2_prompt, unstable_v2_resumeSession, type Options, type SDKMessage, type SDKSession } from 'native-agent-sdk'

const model = 'sonnet'

function textOf(message: SDKMessage): string {
  if (message.type !== 'assistant') return ''
  return message.message.content
    .filter((block) => block.type === 'text')
    .map((block) => block.text)
    .join('')
}

async function ask(session: SDKSession, question: string): Promise<string> {
  await session.send(question)
  let answer = ''
  for await (const message of session.stream()) answer += textOf(message)
  return answer
}

export async function run(options: Options): Promise<string[]> {
  await using session = unstable_v2_createSession({ ...options, model })
  const answers = [await ask(session, 'What is 5 + 3?'), await ask(session, 'Twice that?')]
  const result = await unstable_v2_prompt('And the root of 9?', { ...options, model })
  answers.push(result.subtype === 'success' ? result.result : result.errors.join())
  return answers
}

export async function resume(options: Options, sessionId: string): Promise<string> {
  const session = unstable_v2_resumeSession(sessionId, { ...options, model })
  try {
    return await ask(session, `Which session was ${session.sessionId}?`)
  } finally {
    session.close()
  }
}
