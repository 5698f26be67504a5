//! Every state of a run × every way to stop it. `TIMES=1` prints how long each took to settle.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { AbortError, query } from 'native-agent-sdk'
import type { HookCallback, HookEvent, Options, Query, SDKMessage } from '../index.js'
import type { Reply, ScriptedApi } from '../testing.js'
import { Chat, gone, longCommand, processes, signal, until } from './support/chat.ts'
import { against, calls, folder, ofType, says, scripted } from './support/scripted.ts'

/** A run in some state, and what is left over from it. */
interface Stage {
  api: ScriptedApi
  cwd: string
  run: Query
  chat: Chat
  controller: AbortController
  /** Messages that the consumer has seen. */
  messages: SDKMessage[]
  /** Settles when the consumer's loop is over. */
  consumed: Promise<void>
  pids: number[]
  /** Signals of questions to the host. */
  questions: AbortSignal[]
  /** Lets a consumer that has stopped reading go on. */
  resume: () => void
}

interface Setup {
  reply?: (cwd: string) => Reply
  /** What the model says after its first reply. */
  then?: Reply
  options?: Options
  /** Callbacks that never answer. */
  hook?: HookEvent
  /** MCP servers of the options. */
  servers?: (cwd: string) => NonNullable<Options['mcpServers']>
  /** The consumer stops reading after this message until it is told to go on. */
  pauseAt?: (message: SDKMessage) => boolean
  /** Nobody reads before `resume`. */
  unread?: boolean
  /** Resolves when the state is reached. */
  reached: (stage: Stage, cwd: string) => Promise<void>
  /** The turn is over: an interrupt has nothing to end. */
  idle?: boolean
  /** An interrupt leaves the processes alone. */
  survives?: boolean
  /** What has to happen before the next message can be answered. */
  beforeNext?: (cwd: string) => void
}

const held = (at: 'start' | 'message_start'): Reply => ({ ...says('never'), gates: [{ at, name: 'held' }] })
const saw = (stage: Stage, test: (message: SDKMessage) => boolean): Promise<void> => until(() => stage.messages.some(test))
const asked = (stage: Stage): Promise<void> => until(() => stage.questions.length > 0)
const delta = (message: SDKMessage): boolean => message.type === 'stream_event' && message.event.type === 'content_block_delta'

const STATES: Record<string, Setup> = {
  'before its first message is read': {
    unread: true,
    reply: () => held('start'),
    reached: (stage) => stage.api.waitGate('held'),
  },
  'before the headers of the answer': { reply: () => held('start'), reached: (stage) => stage.api.waitGate('held') },
  'after the headers of the answer': { reply: () => held('message_start'), reached: (stage) => stage.api.waitGate('held') },
  'in the middle of the answer': {
    reply: () => ({ content: [{ type: 'text', text: 'one two three four' }], chunk: 4, gates: [{ at: { block: 0, delta: 2 }, name: 'held' }] }),
    options: { includePartialMessages: true },
    reached: (stage) => saw(stage, delta),
  },
  'between two attempts': {
    reply: () => ({ error: { status: 529, headers: { 'retry-after': '50' } } }),
    reached: (stage) => saw(stage, (message) => message.type === 'system' && message.subtype === 'api_retry'),
  },
  'in a command': {
    reply: (cwd) => calls('Bash', { command: longCommand(join(cwd, 'pids')) }),
    reached: async (stage, cwd) => void stage.pids.push(...(await processes(join(cwd, 'pids')))),
  },
  'in a question that nobody answers': {
    reply: (cwd) => calls('Write', { file_path: join(cwd, 'new.txt'), content: 'x' }),
    reached: asked,
  },
  'in a PreToolUse hook that never answers': {
    reply: (cwd) => calls('Write', { file_path: join(cwd, 'new.txt'), content: 'x' }),
    hook: 'PreToolUse',
    reached: asked,
  },
  'in a UserPromptSubmit hook that never answers': { reply: () => says('never'), hook: 'UserPromptSubmit', reached: asked },
  'in a Stop hook that never answers': { reply: () => says('one'), hook: 'Stop', reached: asked },
  'in a PermissionRequest hook that never answers': {
    reply: (cwd) => calls('Write', { file_path: join(cwd, 'new.txt'), content: 'x' }),
    hook: 'PermissionRequest',
    reached: asked,
  },
  'while an MCP server of the options is starting': {
    reply: () => says('never'),
    // It notes its process, never says a word, and ends when it is told to.
    servers: (cwd) => ({ slow: { command: 'sh', args: ['-c', `echo $$ > "${cwd}/p"; mv "${cwd}/p" "${cwd}/pids"; while [ ! -e "${cwd}/go" ]; do sleep 0.05; done`] } }),
    reached: async (stage, cwd) => void stage.pids.push(...(await processes(join(cwd, 'pids')))),
    survives: true,
    beforeNext: (cwd) => writeFileSync(join(cwd, 'go'), ''),
  },
  'while a background task runs, in the answer': {
    reply: (cwd) => calls('Bash', { command: longCommand(join(cwd, 'pids')), run_in_background: true }),
    then: held('message_start'),
    reached: async (stage, cwd) => {
      stage.pids.push(...(await processes(join(cwd, 'pids'))))
      await stage.api.waitGate('held')
    },
    survives: true,
  },
  'while a background task runs, between turns': {
    reply: (cwd) => calls('Bash', { command: longCommand(join(cwd, 'pids')), run_in_background: true }),
    then: says('one'),
    reached: async (stage, cwd) => {
      stage.pids.push(...(await processes(join(cwd, 'pids'))))
      await saw(stage, ({ type }) => type === 'result')
    },
    idle: true,
    survives: true,
  },
  'between turns': {
    reply: () => says('one'),
    reached: (stage) => saw(stage, ({ type }) => type === 'result'),
    idle: true,
  },
  'with a consumer that has stopped reading': {
    reply: () => ({ content: [{ type: 'text', repeat: { text: 'many words '.repeat(400), times: 4000 } }], chunk: 4400 }),
    options: { includePartialMessages: true },
    pauseAt: delta,
    reached: (stage) => saw(stage, delta),
  },
}

async function stage(setup: Setup): Promise<Stage> {
  const cwd = folder()
  const reply = setup.reply?.(cwd)
  const api = await scripted([
    { when: { userText: 'first' }, times: setup.then ? 1 : 'any', ...(reply && { reply }) },
    ...(setup.then ? [{ when: { messages: 3 }, reply: setup.then }] : []),
    { when: { userText: 'second' }, times: 'any', reply: says('two') },
  ])
  const chat = new Chat('first')
  const controller = new AbortController()
  const questions: AbortSignal[] = []
  const options = against(api, {
    cwd,
    abortController: controller,
    canUseTool: async (name, _input, { signal }) => {
      if (name === 'Bash') return { behavior: 'allow' }
      questions.push(signal)
      return new Promise(() => {})
    },
    ...(setup.hook && { hooks: { [setup.hook]: [{ hooks: [onlyOnce(questions)] }] } }),
    ...(setup.servers && { mcpServers: setup.servers(cwd) }),
    ...setup.options,
  })
  const run = query({ prompt: chat, options })
  const messages: SDKMessage[] = []
  const paused = signal()
  const consume = async (): Promise<void> => {
    if (setup.unread) await paused.promise
    for await (const message of run) {
      messages.push(message)
      if (setup.pauseAt?.(message)) await paused.promise
    }
  }
  const consumed = consume()
  // What it rejects with is looked at by the test.
  consumed.catch(() => {})
  const made = { api, cwd, run, chat, controller, messages, consumed, pids: [], questions, resume: () => paused.resolve() }
  await setup.reached(made, cwd)
  return made
}

/** A hook that never answers its first call, and does nothing in later ones. */
function onlyOnce(questions: AbortSignal[]): HookCallback {
  return (_input, _id, { signal }) => {
    if (questions.length > 0) return Promise.resolve({})
    questions.push(signal)
    return new Promise(() => {})
  }
}

const times = new Map<string, number>()

/** Notes how long `action` takes; far above the 100 ms that are the aim, so that a busy machine fails nothing. */
async function timed<T>(name: string, action: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const value = await action()
  const time = performance.now() - start
  times.set(name, time)
  expect(time).toBeLessThan(2000)
  return value
}

function ended({ pids, questions }: Stage): Promise<void> {
  return until(() => pids.every(gone) && questions.every(({ aborted }) => aborted))
}

describe.each(Object.entries(STATES))('%s', (name, setup) => {
  it('[row 29] [row 30] interrupt() ends the turn alone, and the session goes on with the next message', async () => {
    const made = await stage(setup)
    const receipt = await timed(`${name}: interrupt()`, () => made.run.interrupt())
    expect(receipt).toEqual({ still_queued: [] })
    made.resume()
    const over = performance.now()
    await until(() => made.messages.some(({ type }) => type === 'result'))
    times.set(`${name}: interrupt() to result`, performance.now() - over)
    await (setup.survives ? until(() => made.questions.every(({ aborted }) => aborted)) : ended(made))
    setup.beforeNext?.(made.cwd)
    made.chat.say('second')
    await saw(made, (message) => message.type === 'result' && message.subtype === 'success' && message.result === 'two')
    if (setup.survives && !setup.beforeNext) expect(made.pids.some(gone)).toBe(false)
    for (const message of made.messages) if (message.type === 'system' && message.subtype === 'task_started') await made.run.stopTask(message.task_id)
    made.chat.end()
    await made.consumed
    const results = ofType(made.messages, 'result')
    expect(results.map(({ subtype }) => subtype)).toEqual([setup.idle ? 'success' : 'error_during_execution', 'success'])
    expect(results.at(-1)).toMatchObject({ result: 'two', is_error: false })
    if (!setup.idle) expect(results[0]?.terminal_reason).toMatch(/^aborted_(streaming|tools)$/)
  })

  it('[row 31] an abort throws AbortError', async () => {
    const made = await stage(setup)
    made.resume()
    const error = await timed(`${name}: abort`, () => {
      made.controller.abort('enough')
      return made.consumed.catch((thrown: unknown) => thrown)
    })
    expect(error).toBeInstanceOf(AbortError)
    expect(error).toMatchObject({ name: 'AbortError', cause: 'enough' })
    await afterTheEnd(made)
  })

  it('[row 31] close() ends it silently, however often', async () => {
    const made = await stage(setup)
    made.resume()
    await timed(`${name}: close()`, () => {
      made.run.close()
      made.run.close()
      return made.consumed
    })
    made.run.close()
    await afterTheEnd(made)
  })

  it('[row 31] return() ends it silently', async () => {
    const made = await stage(setup)
    made.resume()
    expect(await timed(`${name}: return()`, () => made.run.return())).toEqual({ done: true, value: undefined })
    await made.consumed
    await afterTheEnd(made)
  })

  it('[row 31] throw() ends it and gives the error back', async () => {
    const made = await stage(setup)
    made.resume()
    const error = new Error('mine')
    expect(await timed(`${name}: throw()`, () => made.run.throw(error).catch((thrown: unknown) => thrown))).toBe(error)
    await made.consumed
    await afterTheEnd(made)
  })
})

/** Everything of a query that is over has ended, and calls on it say so. */
async function afterTheEnd(made: Stage): Promise<void> {
  await ended(made)
  expect(made.chat.returned).toBe(1)
  expect(await made.run.next()).toEqual({ done: true, value: undefined })
  const closed = { code: 'query_closed', message: expect.stringContaining('Query closed before response received') }
  await expect(made.run.interrupt()).rejects.toMatchObject(closed)
  await expect(made.run.initializationResult()).rejects.toMatchObject(closed)
  await expect(made.run.streamInput(new Chat('late'))).rejects.toMatchObject({ code: 'query_closed' })
  expect(ofType(made.messages, 'result').filter(({ subtype }) => subtype !== 'success')).toEqual([])
}

describe('a text prompt', () => {
  it('[row 29] is interrupted before it has begun', async () => {
    // Whether the request leaves before the interrupt is a matter of chance.
    const api = await scripted([{ times: 'any', reply: held('start') }])
    const run = query({ prompt: 'first', options: against(api) })
    const receipt = timed('before the turn has begun: interrupt()', () => run.interrupt())
    const kinds: string[] = []
    for await (const message of run) kinds.push('subtype' in message ? `${message.type}/${message.subtype}` : message.type)
    expect(kinds).toEqual(['system/init', 'user', 'result/error_during_execution'])
    expect(await receipt).toEqual({ still_queued: [] })
  })

  it('[row 29] names the messages that go on waiting', async () => {
    const api = await scripted([{ reply: held('start') }, { times: 2, reply: says('more') }])
    const run = query({ prompt: 'first', options: against(api) })
    const uuids = ['0f5f6f8e-4d4e-4c0a-9b1c-1d2e3f4a5b6c', '1f5f6f8e-4d4e-4c0a-9b1c-1d2e3f4a5b6c'] as const
    const more = new Chat()
    for (const uuid of uuids) more.say({ type: 'user', message: { role: 'user', content: uuid }, uuid })
    more.end()
    await api.waitGate('held')
    await run.streamInput(more)
    expect(await run.interrupt()).toEqual({ still_queued: uuids })
    const subtypes: string[] = []
    for await (const message of run) if (message.type === 'result') subtypes.push(message.subtype)
    expect(subtypes).toEqual(['error_during_execution', 'success', 'success'])
  })
})

afterAll(() => {
  if (process.env['TIMES'] === undefined) return
  for (const [name, time] of times) console.log(`${time.toFixed(1).padStart(8)} ms  ${name}`)
})
