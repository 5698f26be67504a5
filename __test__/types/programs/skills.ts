//! Skills from the file system.

import { query, type Options } from 'native-agent-sdk'

export async function run(options: Options): Promise<string[]> {
  for await (const message of query({ prompt: 'Which skills are there?', options: { ...options, settingSources: ['user', 'project'], skills: 'all', allowedTools: ['Skill', 'Read'] } })) {
    if (message.type === 'system' && message.subtype === 'init') return message.skills
  }
  return []
}
