//! Files are brought back to what they were at a message.

import { query, type Options, type RewindFilesResult } from 'native-agent-sdk'

export async function run(options: Options): Promise<RewindFilesResult | undefined> {
  let checkpoint: string | undefined
  let session: string | undefined
  const settings: Options = { ...options, enableFileCheckpointing: true, permissionMode: 'acceptEdits', extraArgs: { 'replay-user-messages': null } }
  for await (const message of query({ prompt: 'Refactor.', options: settings })) {
    if (message.type === 'user' && message.uuid && checkpoint === undefined) checkpoint = message.uuid
    if (message.type === 'result') session = message.session_id
  }
  if (checkpoint === undefined || session === undefined) return undefined
  const again = query({ prompt: '', options: { ...settings, resume: session } })
  for await (const message of again) {
    void message
    const preview = await again.rewindFiles(checkpoint, { dryRun: true })
    return preview.canRewind ? again.rewindFiles(checkpoint) : preview
  }
  return undefined
}
