//! Stored sessions: continue, resume, fork, list, read, name and tag.

import { forkSession, getSessionInfo, getSessionMessages, listSessions, query, renameSession, tagSession, type Options, type SDKSessionInfo } from 'native-agent-sdk'

export async function run(options: Options): Promise<SDKSessionInfo | undefined> {
  for await (const message of query({ prompt: 'Go on.', options: { ...options, continue: true } })) if (message.type === 'result') break
  const [latest] = await listSessions({ dir: '.', limit: 1 })
  if (latest === undefined) return undefined
  for (const { type, uuid } of await getSessionMessages(latest.sessionId, { limit: 20, offset: 0 })) console.log(type, uuid)
  await renameSession(latest.sessionId, 'Tidying up')
  await tagSession(latest.sessionId, 'done')
  await tagSession(latest.sessionId, null)
  const { sessionId } = await forkSession(latest.sessionId, { title: 'Another way' })
  for await (const message of query({ prompt: 'Try it.', options: { ...options, resume: sessionId, forkSession: true } })) if (message.type === 'result') break
  return getSessionInfo(sessionId)
}
