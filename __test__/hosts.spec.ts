//! What published hosts of the compatible SDK rely on, and what keeps their tracing and their logs right.

import { AsyncLocalStorage } from 'node:async_hooks'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AbortError, AgentSdkError, query } from 'native-agent-sdk'
import type { CanUseTool, Options, Query, SDKMessage } from '../index.js'
import { Chat } from './support/chat.ts'
import { complaints, compile } from './support/typescript.ts'
import { against, calls, collect, folder, ofType, says, scripted, toolResults, userMessage } from './support/scripted.ts'

const HAIKU = 'claude-haiku-5-5'
const allow: CanUseTool = async () => ({ behavior: 'allow' })

/** Every control method that answers from what the session knows. */
const questions = (run: Query): Promise<unknown>[] => [
  run.initializationResult(),
  run.supportedCommands(),
  run.supportedModels(),
  run.supportedAgents(),
  run.mcpServerStatus(),
  run.accountInfo(),
]

describe('control calls', () => {
  it.each(['a text', 'a stream'])('[row 28] [row 541] come before the first message of %s is read, and hold', async (form) => {
    const cwd = folder()
    const file = join(cwd, 'new.txt')
    const api = await scripted([
      { reply: { ...calls('Write', { file_path: file, content: 'x' }), gates: [{ at: 'start', name: 'held' }] } },
      { when: { model: HAIKU }, reply: says('Done.') },
    ])
    // A text begins by itself: its first call is held back until the answers are there.
    const chat = new Chat()
    const run = query({ prompt: form === 'a text' ? 'go' : chat, options: against(api, { cwd }) })
    const answers = await Promise.all([...questions(run), run.setModel('haiku'), run.setPermissionMode('acceptEdits')])
    expect(answers).toHaveLength(8)
    chat.say('go')
    chat.end()
    await api.openGate('held')
    expect((await collect(run)).at(-1)).toMatchObject({ subtype: 'success', result: 'Done.' })
    expect(existsSync(file)).toBe(true)
  })

  it('[row 576] offer a default model among the others', async () => {
    const api = await scripted([])
    const run = query({ prompt: new Chat(), options: against(api) })
    const rows = await run.supportedModels()
    expect(rows[0]).toMatchObject({ value: 'default', displayName: expect.any(String), description: expect.any(String) })
    expect(await run.initializationResult()).toMatchObject({ models: rows, commands: expect.any(Array), agents: expect.any(Array) })
    run.close()
  })

  it('inside canUseTool are answered, all at once, and change what comes next', async () => {
    const cwd = folder()
    const write = (name: string): ReturnType<typeof calls> => calls('Write', { file_path: join(cwd, name), content: 'x' })
    const api = await scripted([{ reply: write('a') }, { reply: write('b') }, { reply: says('Done.') }])
    const asked: string[] = []
    const canUseTool: CanUseTool = async (name) => {
      asked.push(name)
      const answers = await Promise.all(questions(run))
      expect(answers).not.toContain(undefined)
      await run.setPermissionMode('acceptEdits')
      await run.setModel('haiku')
      return { behavior: 'allow' }
    }
    const run = query({ prompt: 'go', options: against(api, { cwd, canUseTool }) })
    const messages = await collect(run)
    expect(messages.at(-1)).toMatchObject({ subtype: 'success', result: 'Done.' })
    expect(asked).toEqual(['Write'])
    expect((await api.requests())[1]?.body?.['model']).toBe(HAIKU)
  })

  it.each<[string, (run: Query, controller: AbortController) => unknown, string]>([
    ['interrupt()', (run) => run.interrupt(), 'error_during_execution'],
    ['close()', (run) => run.close(), 'done'],
    ['return()', (run) => run.return(), 'done'],
    ['an abort', (_run, controller) => controller.abort(), 'AbortError'],
  ])('%s inside canUseTool ends what it should, without waiting for itself', async (_name, stop, end) => {
    const cwd = folder()
    const api = await scripted([{ reply: calls('Write', { file_path: join(cwd, 'a'), content: 'x' }) }])
    const abortController = new AbortController()
    const canUseTool: CanUseTool = async () => {
      await stop(run, abortController)
      return { behavior: 'allow' }
    }
    const run = query({ prompt: 'go', options: against(api, { cwd, canUseTool, abortController }) })
    const messages: SDKMessage[] = []
    const outcome = await (async () => {
      for await (const message of run) messages.push(message)
      return ofType(messages, 'result')[0]?.subtype ?? 'done'
    })().catch((thrown: unknown) => (thrown as Error).name)
    expect(outcome).toBe(end)
    expect(existsSync(join(cwd, 'a'))).toBe(false)
  })

  it('a whole query inside canUseTool runs to its end', async () => {
    const cwd = folder()
    const api = await scripted([
      { when: { userText: 'outer' }, reply: calls('Write', { file_path: join(cwd, 'a'), content: 'x' }) },
      { when: { userText: 'inner' }, reply: says('allow') },
      { reply: says('Done.') },
    ])
    const canUseTool: CanUseTool = async () => {
      const judged = await collect(query({ prompt: 'inner', options: against(api) }))
      return ofType(judged, 'result')[0]?.subtype === 'success' ? { behavior: 'allow' } : { behavior: 'deny', message: 'no' }
    }
    const messages = await collect(query({ prompt: 'outer', options: against(api, { cwd, canUseTool }) }))
    expect(messages.at(-1)).toMatchObject({ result: 'Done.' })
    expect(existsSync(join(cwd, 'a'))).toBe(true)
  })

  it('after the end reject with the text that hosts look for', async () => {
    const api = await scripted([])
    const run = query({ prompt: new Chat(), options: against(api) })
    const open = run.next()
    run.close()
    await open
    for (const call of [...questions(run), run.interrupt(), run.setModel('haiku'), run.setPermissionMode('plan')]) {
      await expect(call).rejects.toThrow('Query closed before response received')
    }
  })
})

describe('extraArgs', () => {
  it('[row 587] stand for options, with and without dashes', async () => {
    const api = await scripted([{ when: { model: HAIKU, system: 'Speak like a pirate.' }, reply: says('Arr.') }])
    const extraArgs = { model: 'haiku', '--append-system-prompt': 'Speak like a pirate.', '--include-partial-messages': null }
    const messages = await collect(query({ prompt: 'hi', options: against(api, { extraArgs }) }))
    expect(messages.at(-1)).toMatchObject({ result: 'Arr.' })
    expect(ofType(messages, 'stream_event').length).toBeGreaterThan(0)
    await api.assertComplete()
  })

  it.each<[string, Record<string, string | null>, string]>([
    ['teleport', { teleport: null }, 'unknown_option'],
    ['max-turns', { 'max-turns': 'many' }, 'invalid_option'],
    ['json-schema', { 'json-schema': '{' }, 'invalid_option'],
  ])('that cannot be read (%s) are refused by query()', async (name, extraArgs, code) => {
    const api = await scripted([])
    const start = (): Query => query({ prompt: 'hi', options: against(api, { extraArgs }) })
    expect(start).toThrow(expect.objectContaining({ name: 'AgentSdkError', code, message: expect.stringContaining(name) }))
  })
})

it('[row 39] a host that asks by environment is told when a session waits for it and when it is idle', async () => {
  const cwd = folder()
  const api = await scripted([{ reply: calls('Write', { file_path: join(cwd, 'a'), content: 'x' }) }, { reply: says('Done.') }])
  const chat = new Chat('go')
  const env = api.env({ CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: '1' })
  const states: string[] = []
  for await (const message of query({ prompt: chat, options: against(api, { cwd, env, canUseTool: allow }) })) {
    if (message.type === 'result') states.push('result')
    if (message.type !== 'system' || message.subtype !== 'session_state_changed') continue
    states.push(message.state)
    // What hosts do: their prompt is over with the first idle.
    if (message.state === 'idle') chat.end()
  }
  expect(states).toEqual(['running', 'requires_action', 'running', 'result', 'idle'])
})

it('[row 588] the path of an executable is neither run nor looked at', async () => {
  const cwd = folder()
  const script = join(cwd, 'agent.sh')
  writeFileSync(script, `#!/bin/sh\ntouch ${join(cwd, 'ran')}\n`, { mode: 0o755 })
  const lines: string[] = []
  for (const pathToClaudeCodeExecutable of [script, join(cwd, 'is-not-there')]) {
    const api = await scripted([{ reply: says('ok') }])
    const messages = await collect(query({ prompt: 'hi', options: against(api, { cwd, pathToClaudeCodeExecutable, stderr: (line) => lines.push(line) }) }))
    expect(messages.at(-1)).toMatchObject({ result: 'ok' })
  }
  expect(existsSync(join(cwd, 'ran'))).toBe(false)
  expect(lines.filter((line) => line.includes('pathToClaudeCodeExecutable'))).toHaveLength(2)
})

it('[row 540] the environment given is the whole environment of the commands', async () => {
  process.env['NATIVE_AGENT_SDK_TEST'] = 'of the process'
  const command = 'echo "${NATIVE_AGENT_SDK_TEST-none} ${HOME-none} ${MINE-none}"'
  const ran = async (env?: Record<string, string>): Promise<unknown> => {
    const api = await scripted([{ reply: calls('Bash', { command }) }, { reply: says('Done.') }])
    const outer = { ...process.env }
    if (env === undefined) Object.assign(process.env, api.env())
    try {
      const { env: given, ...options } = against(api, { canUseTool: allow })
      const messages = await collect(query({ prompt: 'go', options: { ...options, ...(env && { env: { ...given, ...env } }) } }))
      return toolResults(messages)[0]?.content
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in outer)) delete process.env[name]
    }
  }
  try {
    expect(await ran({ MINE: 'given' })).toBe('none none given')
    expect(await ran({ HOME: '/', NATIVE_AGENT_SDK_TEST: 'passed on' })).toBe('passed on / none')
    expect(await ran()).toBe(`of the process ${process.env['HOME'] ?? 'none'} none`)
  } finally {
    delete process.env['NATIVE_AGENT_SDK_TEST']
  }
})

it('[row 223] the outputs of tools have the shapes that diffs and terminals are drawn from', async () => {
  const cwd = folder()
  const file = join(cwd, 'a.txt')
  const api = await scripted([
    { reply: calls('Write', { file_path: file, content: 'one\n' }) },
    { reply: calls('Read', { file_path: file }) },
    { reply: calls('Edit', { file_path: file, old_string: 'one', new_string: 'two' }) },
    { reply: calls('Bash', { command: 'echo out; echo err >&2' }) },
    { reply: says('Done.') },
  ])
  const messages = await collect(query({ prompt: 'go', options: against(api, { cwd, canUseTool: allow }) }))
  expect(ofType(messages, 'user').map(({ tool_use_result }) => tool_use_result)).toMatchObject([
    { type: 'create', filePath: file, content: 'one\n', structuredPatch: [] },
    { type: 'text', file: { filePath: file, content: 'one' } },
    { filePath: file, oldString: 'one', newString: 'two', structuredPatch: [{ lines: ['-one', '+two'] }] },
    { stdout: 'out', stderr: 'err', interrupted: false },
  ])
})

it.each(['native-agent-sdk', 'native-agent-sdk/sdk-tools', 'native-agent-sdk/sdk-tools.js'])('the types of tools are found in %s', (from) => {
  const name = '__test__/tools.check.ts'
  const text = (field: string): string => `import type { BashInput } from '${from}'\nexport const input: BashInput = { ${field}: 'ls' }\n`
  expect(complaints(compile({ [name]: text('command') }), name)).toEqual([])
  expect(complaints(compile({ [name]: text('order') }), name)).not.toEqual([])
})

describe('what is handed over', () => {
  it('stays as it was: messages, whatever the engine does later', async () => {
    const cwd = folder()
    const file = join(cwd, 'a.txt')
    const api = await scripted([
      { reply: calls('Write', { file_path: file, content: 'x' }) },
      { reply: { content: [{ type: 'text', text: 'one two three' }], chunk: 3 } },
    ])
    const seen: [SDKMessage, string][] = []
    for await (const message of query({ prompt: 'go', options: against(api, { cwd, canUseTool: allow, includePartialMessages: true }) })) {
      seen.push([message, JSON.stringify(message)])
    }
    expect(seen.length).toBeGreaterThan(10)
    for (const [message, text] of seen) expect(JSON.stringify(message)).toBe(text)
    expect(new Set(seen.map(([message]) => message)).size).toBe(seen.length)
  })

  it('may be changed by its receiver without effect on the run', async () => {
    const cwd = folder()
    const file = join(cwd, 'a.txt')
    const api = await scripted([{ reply: calls('Write', { file_path: file, content: 'x' }) }, { reply: says('Done.') }])
    const spoil = (value: object): void => {
      for (const key of Object.keys(value)) (value as Record<string, unknown>)[key] = 'spoilt'
    }
    const canUseTool: CanUseTool = async (_name, input, options) => {
      spoil(input)
      spoil(options)
      return { behavior: 'allow' }
    }
    for await (const message of query({ prompt: 'go', options: against(api, { cwd, canUseTool }) })) spoil(message)
    expect(existsSync(file)).toBe(true)
    const { messages } = (await api.requests())[1]?.body as { messages: { content: { input?: unknown }[] }[] }
    expect(messages[1]?.content[0]?.input).toEqual({ file_path: file, content: 'x' })
  })

  it('of options is neither changed nor needed any more once query() has returned', async () => {
    const cwd = folder()
    const api = await scripted([{ reply: says('ok') }])
    const env = api.env()
    const options: Options = { cwd, env, allowedTools: ['Read'], systemPrompt: { type: 'preset', preset: 'claude_code' }, extraArgs: { verbose: null } }
    const frozen = freeze(options)
    const before = JSON.stringify(frozen)
    const run = query({ prompt: 'hi', options: frozen })
    expect(JSON.stringify(frozen)).toBe(before)
    expect((await collect(run)).at(-1)).toMatchObject({ result: 'ok' })
    const later: Options = { cwd, env: { ...env } }
    const api2 = await scripted([{ reply: says('ok') }])
    later.env = api2.env()
    const second = query({ prompt: 'hi', options: later })
    later.env['ANTHROPIC_BASE_URL'] = 'http://127.0.0.1:1'
    later.cwd = '/nowhere'
    expect((await collect(second)).at(-1)).toMatchObject({ result: 'ok' })
  })
})

describe('AsyncLocalStorage', () => {
  it('is that of query() in every callback, while the consumer runs in its own', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: Record<string, unknown> = {}
    const cwd = folder()
    const api = await scripted([{ reply: calls('Write', { file_path: join(cwd, 'a'), content: 'x' }) }, { reply: says('Done.') }])
    const canUseTool: CanUseTool = async () => {
      seen['canUseTool'] = storage.getStore()
      await new Promise((resolve) => setImmediate(resolve))
      seen['canUseTool later'] = storage.getStore()
      return { behavior: 'allow' }
    }
    const stderr = (): void => void (seen['stderr'] = storage.getStore())
    async function* prompt(): AsyncGenerator<ReturnType<typeof userMessage>> {
      seen['prompt'] = storage.getStore()
      yield userMessage('go')
    }
    const run = storage.run('span', () => query({ prompt: prompt(), options: against(api, { cwd, canUseTool, stderr, executable: 'node' }) }))
    await storage.run('consumer', async () => {
      for await (const _ of run) seen['consumer'] = storage.getStore()
    })
    expect(seen).toEqual({ prompt: 'span', canUseTool: 'span', 'canUseTool later': 'span', stderr: 'span', consumer: 'consumer' })
  })

  it('of many queries at once does not mix', async () => {
    const storage = new AsyncLocalStorage<number>()
    const cwd = folder()
    const wrong: unknown[] = []
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        storage.run(n, async () => {
          const api = await scripted([{ reply: calls('Write', { file_path: join(cwd, `${n}`), content: 'x' }) }, { reply: says('Done.') }])
          const canUseTool: CanUseTool = async (_name, input) => {
            if (!(input['file_path'] as string).endsWith(`/${storage.getStore()}`)) wrong.push([n, storage.getStore()])
            return { behavior: 'allow' }
          }
          await collect(query({ prompt: 'go', options: against(api, { cwd, canUseTool }) }))
        }),
      ),
    )
    expect(wrong).toEqual([])
  })
})

describe('errors', () => {
  async function failing(canUseTool: unknown, more: Options = {}): Promise<{ lines: string[]; messages: SDKMessage[] }> {
    const cwd = folder()
    const lines: string[] = []
    const api = await scripted([{ reply: calls('Write', { file_path: join(cwd, 'a'), content: 'x' }) }, { reply: says('Done.') }])
    const options = against(api, { cwd, canUseTool: canUseTool as CanUseTool, stderr: (line) => lines.push(line), ...more })
    return { messages: await collect(query({ prompt: 'go', options })), lines }
  }

  it('of a callback name it, and their stack goes to stderr', async () => {
    function guardOfTheHost(): never {
      throw new RangeError('out of bounds')
    }
    const { lines, messages } = await failing(guardOfTheHost)
    expect(toolResults(messages)).toMatchObject([{ is_error: true, content: expect.stringMatching(/canUseTool.*RangeError.*out of bounds/) }])
    expect(JSON.stringify(messages)).not.toContain('guardOfTheHost')
    expect(lines.filter((line) => /canUseTool threw: RangeError: out of bounds\n.*guardOfTheHost.*hosts\.spec/.test(line))).toHaveLength(1)
  })

  // Made when they are thrown: the test runner itself looks at the values of its table.
  it.each<[string, () => unknown]>([
    ['a string', () => 'text'],
    ['undefined', () => undefined],
    ['an object without a prototype', () => Object.create(null) as object],
    ['an error without a stack', () => Object.assign(new Error('x'), { stack: undefined })],
    ['an error whose properties throw', () => Object.defineProperties(new Error('x'), { name: { get: boom }, message: { get: boom }, stack: { get: boom } })],
    ['a proxy that throws', () => new Proxy({}, { get: boom, getPrototypeOf: boom })],
  ])('that are %s refuse the call like others', async (_name, make) => {
    const { messages } = await failing(() => {
      throw make()
    })
    expect(toolResults(messages)).toMatchObject([{ is_error: true, content: expect.stringContaining('canUseTool') }])
    expect(messages.at(-1)).toMatchObject({ subtype: 'success', result: 'Done.' })
  })

  it.each<[string, (line: string) => unknown]>([
    ['throws', boom],
    ['rejects', async () => boom()],
    ['returns what is no promise', () => ({ then: 3 })],
    ['never settles', () => new Promise(() => {})],
  ])('of a stderr that %s do no harm', async (_name, stderr) => {
    const { messages } = await failing(boom, { stderr: stderr as (line: string) => void, executable: 'node' })
    expect(messages.at(-1)).toMatchObject({ subtype: 'success', result: 'Done.' })
  })

  it('[row 8] [row 32] of the API are messages, and nothing is thrown', async () => {
    for (const status of [400, 401, 403, 404, 413]) {
      const api = await scripted([{ reply: { error: { status, message: 'because' } }, times: 'always' }])
      const env = api.env({ CLAUDE_CODE_MAX_RETRIES: '0' })
      const messages = await collect(query({ prompt: 'hi', options: against(api, { env }) }))
      expect(messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success', is_error: true, api_error_status: status })
      expect(ofType(messages, 'assistant').at(-1)).toMatchObject({ error: expect.any(String) })
      expect(JSON.stringify(messages)).not.toMatch(/exited with code/)
    }
  })

  it('are instances with a name, a code and the place of the call', async () => {
    const api = await scripted([])
    function whereItHappened(): Query {
      return query({ prompt: 'hi', options: against(api, { maxTurns: 0 }) })
    }
    const error = (() => {
      try {
        return whereItHappened()
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(AgentSdkError)
    expect(error).toMatchObject({ name: 'AgentSdkError', code: 'invalid_option', message: expect.stringContaining('maxTurns') })
    expect((error as Error).stack).toContain('whereItHappened')
    const abort = new AbortError('stop', { cause: 'why' })
    expect(abort).toMatchObject({ name: 'AbortError', code: 'aborted', message: 'stop', cause: 'why' })
    expect(abort).toBeInstanceOf(Error)
  })
})

function boom(): never {
  throw new Error('boom')
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part as object)
  return Object.freeze(value)
}
