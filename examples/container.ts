//! An agent whose commands run in a container, through `docker exec`. Without CONTAINER a plain bash stands in for it.

import { spawn } from 'node:child_process'
import { query, type ExecExecutor } from 'native-agent-sdk'
import { calls, connect, says } from './support/api.ts'
import { plant } from './support/folder.ts'

/** The name of a running container that has bash. Its folder /work is where the agent works. */
const container = process.env['CONTAINER']

/** The program that takes a script to where it runs. */
function transport(cwd: string, env: Record<string, string>): [program: string, args: string[]] {
  if (container === undefined) return ['env', ['-C', cwd, ...Object.entries(env).map(([name, value]) => `${name}=${value}`), 'bash', '-c']]
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  return ['docker', ['exec', '--workdir', cwd, ...variables, container, 'bash', '-c']]
}

const exec: ExecExecutor = ({ command, cwd, env }, { signal, stdout, stderr }) => {
  const [program, args] = transport(cwd, env)
  const child = spawn(program, [...args, command], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  child.stdout.on('data', stdout)
  child.stderr.on('data', stderr)
  // Everything that the command has started ends with it.
  signal.addEventListener('abort', () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'))
  return new Promise((resolve, reject) => {
    child.on('error', () => reject(Object.assign(new Error(`${program} cannot be started`), { code: 'EUNAVAILABLE' })))
    child.on('close', (exitCode, name) => resolve({ exitCode, ...(name !== null && { signal: name }) }))
  })
}

const cwd = container === undefined ? plant({ 'notes.txt': 'one\ntwo\n' }) : '/work'
const api = await connect(
  { reply: calls('', ['Bash', { command: 'mkdir -p out && cd out && wc -l < ../notes.txt > count && echo counted' }]) },
  { reply: calls('', ['Bash', { command: 'cat count; basename "$PWD"' }]) },
  { reply: says('There are 2 lines; the number is in out/count.') },
)

// Only commands: the files of this machine are out of reach.
for await (const message of query({ prompt: 'Count the lines of notes.txt.', options: { cwd, env: api.env, allowedTools: ['Bash'], executors: { exec } } })) {
  if (message.type === 'user' && Array.isArray(message.message.content)) {
    for (const block of message.message.content) if (block.type === 'tool_result') console.log(`command: ${String(block.content).replaceAll('\n', ' ')}`)
  }
  if (message.type === 'result' && message.subtype === 'success') console.log(message.result)
}
await api[Symbol.asyncDispose]()
