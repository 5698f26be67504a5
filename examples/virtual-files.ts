//! An agent that works on files which are on no disk: Read, Edit, Glob and Grep act in memory.

import { query } from 'native-agent-sdk'
import { calls, connect, says } from './support/api.ts'
import { MemoryFs } from './support/memory-fs.ts'

const fs = new MemoryFs({
  '/project/src/greet.ts': "export const greet = (name: string) => 'Hello ' + nme\n",
  '/project/src/index.ts': "import { greet } from './greet.ts'\nconsole.log(greet('Ada'))\n",
})

const file = '/project/src/greet.ts'
const api = await connect(
  { reply: calls('', ['Grep', { pattern: 'nme', output_mode: 'content' }]) },
  { reply: calls('', ['Read', { file_path: file }]) },
  { reply: calls('', ['Edit', { file_path: file, old_string: 'nme', new_string: 'name' }]) },
  { reply: says('The typing error in greet.ts is corrected.') },
)

const options = {
  env: api.env,
  cwd: '/project',
  permissionMode: 'acceptEdits' as const,
  // No exec and no fetch: Bash and WebFetch are not offered, so that nothing touches this machine.
  executors: { fs },
}
for await (const message of query({ prompt: 'Does greet() work?', options })) {
  if (message.type === 'system' && message.subtype === 'init') console.log(`has Bash: ${message.tools.includes('Bash')}`)
  if (message.type === 'result' && message.subtype === 'success') console.log(message.result)
}
console.log(`in memory: ${fs.text(file).trim()}`)
await api[Symbol.asyncDispose]()
