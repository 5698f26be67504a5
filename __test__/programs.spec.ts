//! Programs in the manner of the documents' pages: those whose parts exist run against the scripted API, the others are
//! known to wait for a part that is really missing. All of them are compiled with the project.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { query, type Options } from 'native-agent-sdk'
import type { Rule } from '../testing.js'
import { against, calls, collect, folder, says, scripted } from './support/scripted.ts'
import { root } from './support/typescript.ts'

interface Row {
  page: string
  program: string
  state?: 'runs'
  /** `option:`, `export:`, `tool:`, `command:` or `env:` (anything the engine's source must name) and a name. */
  waitsFor?: string[]
  /** What the page's own programs say that exact types cannot accept, and what our program says instead. */
  adapted?: string
}

const PROGRAMS = '__test__/types/programs'
const read = (name: string): string => readFileSync(`${root}${name}`, 'utf8')
const table = JSON.parse(read(`${PROGRAMS}/table.json`)) as Row[]
const waiting = table.filter((row) => row.waitsFor !== undefined)

async function program(name: string): Promise<(options: Options) => Promise<unknown>> {
  const module = (await import(`./types/programs/${name}.ts`)) as { run: (options: Options) => Promise<unknown> }
  return module.run
}

it('the table lists every program once, as running or as waiting', () => {
  const programs = readdirSync(`${root}${PROGRAMS}`).flatMap((name) => (name.endsWith('.ts') ? [name.slice(0, -3)] : []))
  expect(table.map((row) => row.program).toSorted()).toEqual(programs.toSorted())
  expect(table.filter((row) => (row.state === 'runs') === (row.waitsFor !== undefined))).toEqual([])
})

describe('programs that wait', () => {
  const unavailable = /const UNAVAILABLE: .*= &\[([^;]*?)\n\];/.exec(read('src/engine/options/read.rs'))?.[1] ?? ''
  const later = read('src/js/later.ts')

  /** What a query offers now. */
  async function offers(): Promise<{ tools: string[]; commands: string[] }> {
    const api = await scripted([{ reply: says('Hello.') }])
    const messages = await collect(query({ prompt: 'x', options: against(api) }))
    const init = messages.find((message) => message.type === 'system' && message.subtype === 'init')
    if (init?.type !== 'system' || init.subtype !== 'init') throw new Error('no init message')
    return { tools: init.tools, commands: init.slash_commands }
  }

  const missing = (part: string, { tools, commands }: { tools: string[]; commands: string[] }): boolean => {
    const [kind, name = ''] = part.split(':')
    switch (kind) {
      case 'option':
        return unavailable.includes(`"${name}"`)
      case 'export':
        return later.includes(`const ${name} = `)
      case 'tool':
        return !tools.includes(name)
      case 'command':
        return !commands.includes(name)
      case 'env':
        return !sources().some((text) => text.includes(name))
      default:
        throw new Error(`${part}: no such kind of part`)
    }
  }

  it.each(waiting.map((row) => [row.program, row] as const))('%s: a part is missing; if not, let it run', async (_name, row) => {
    const offered = await offers()
    expect(row.waitsFor?.some((part) => missing(part, offered))).toBe(true)
  })
})

/** The texts of the engine. */
function sources(): string[] {
  const names = readdirSync(`${root}src/engine`, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.rs')).map((name) => read(`src/engine/${name}`))
}

/** Rules that apply one after another. */
function inTurn(...replies: Rule['reply'][]): Rule[] {
  return replies.map((reply) => (reply === undefined ? {} : { reply }))
}

describe('programs that run', () => {
  const RUNS: Record<string, () => Promise<void>> = {
    quickstart: async () => {
      const cwd = folder()
      const file = join(cwd, 'sum.py')
      writeFileSync(file, 'print(1 - 1)\n')
      const api = await scripted(
        inTurn(calls('Read', { file_path: file }), calls('Edit', { file_path: file, old_string: '1 - 1', new_string: '1 + 1' }), says('Repaired.')),
      )
      const lines = await (await program('quickstart'))(against(api, { cwd }))
      expect(lines).toEqual(['calls Read', 'calls Edit', 'says Repaired.', 'ends with success', 'Repaired.'])
      expect(readFileSync(file, 'utf8')).toBe('print(1 + 1)\n')
    },

    permissions: async () => {
      const cwd = folder()
      const file = join(cwd, 'note.txt')
      const api = await scripted(
        inTurn(calls('Bash', { command: 'touch x' }), calls('Write', { file_path: file, content: 'a note' }), says('Done.')),
      )
      const asked = await (await program('permissions'))(against(api, { cwd }))
      expect(asked).toEqual([expect.stringMatching(/^Bash string false/), expect.stringMatching(/^Write string false/), 'refused Bash'])
      expect(readFileSync(file, 'utf8')).toBe('a note, checked')
    },

    'streaming-output': async () => {
      const cwd = folder()
      const api = await scripted(inTurn(calls('Glob', { pattern: '*' }), says('Once upon a time.')))
      const shown = await (await program('streaming-output'))(against(api, { cwd }))
      expect(shown).toBe('{"pattern":"*"} [Glob done]Once upon a time. [success]')
    },

    'streaming-input': async () => {
      const api = await scripted({ rules: [{ when: { userText: 'picture' }, times: 'any', reply: says('One pixel.') }, { times: 'any', reply: says('An empty folder.') }] })
      const results = await (await program('streaming-input'))(against(api))
      // The second message may join the first turn or get one of its own.
      expect((results as string[]).at(-1)).toBe('One pixel.')
      const requests = await api.requests()
      expect(JSON.stringify(requests.at(-1)?.body)).toContain('image/png')
    },

    'cost-tracking': async () => {
      const api = await scripted(
        inTurn({ ...calls('Glob', { pattern: '*' }), usage: { input_tokens: 100, output_tokens: 10 } }, { ...says('Small.'), usage: { input_tokens: 200, output_tokens: 20 } }),
      )
      const cost = (await (await program('cost-tracking'))(against(api, { model: 'sonnet' }))) as { tokens: number; total: number; models: string[] }
      // The scripted API counts cached tokens itself.
      expect(cost.tokens).toBeGreaterThanOrEqual(30)
      expect(cost.total).toBeGreaterThan(0)
      expect(cost.models).toEqual([expect.stringMatching(/^claude-sonnet\S* \d+ 30 \d+\.\d\d$/)])
    },

    'agent-loop': async () => {
      const api = await scripted(inTurn(calls('Read', { file_path: '/nowhere/at/all' }), says('There are no tests.')))
      const seen = await (await program('agent-loop'))(against(api))
      expect(seen).toEqual(['session of a model', '1 block', '1 block', 'There are no tests.'])
    },

    'modifying-system-prompts': async () => {
      const api = await scripted([{ times: 4, reply: says('Me.') }])
      expect(await (await program('modifying-system-prompts'))(against(api))).toBe(4)
      const systems = (await api.requests()).map(({ body }) => JSON.stringify(body?.['system']))
      expect(systems[0]).toContain('one word')
      expect(systems[2]).toContain('docstrings')
      expect(systems[3]).not.toContain('BOUNDARY')
    },

    'typescript-v2-preview': async () => {
      const api = await scripted([
        { when: { userText: '5 + 3' }, reply: says('8') },
        { when: { userText: 'Twice' }, reply: says('16') },
        { when: { userText: 'root' }, reply: says('3') },
      ])
      expect(await (await program('typescript-v2-preview'))(against(api))).toEqual(['8', '16', '3'])
    },

    'migration-guide': async () => {
      const home = folder()
      mkdirSync(join(home, '.claude'))
      writeFileSync(join(home, '.claude/settings.json'), '{ "model": "of-the-user" }')
      const api = await scripted([{ reply: says('Hello.') }])
      expect(await (await program('migration-guide'))(against(api, { env: { ...api.env(), HOME: home } }))).toBe(true)
      const [request] = await api.requests()
      expect(request?.body?.['model']).toBe('of-the-user')
    },

    'user-input': async () => {
      const options = [{ label: 'SQLite', description: 'A file', preview: '<b>one file</b>' }, { label: 'Postgres', description: 'A server' }]
      const questions = [{ question: 'Which database?', header: 'Database', options, multiSelect: false }]
      const api = await scripted(inTurn(calls('AskUserQuestion', { questions }), says('SQLite it is.')))
      expect(await (await program('user-input'))(against(api))).toBe('SQLite it is.')
      expect(JSON.stringify((await api.requests())[1]?.body)).toContain('SQLite: <b>one file</b>')
    },

    client: async () => {
      const api = await scripted([
        { when: { userText: 'My name' }, reply: says('Hello, Ada.') },
        { when: { userText: 'What is', messages: 3 }, reply: says('Ada.') },
      ])
      expect(await (await program('client'))(against(api))).toEqual(['Hello, Ada.', 'Ada.', '0'])
    },

    'custom-tools': async () => {
      const api = await scripted(inTurn(calls('mcp__weather__get_temperature', { latitude: 1, longitude: 2, days: [1] }), says('Three degrees.')))
      expect(await (await program('custom-tools'))(against(api))).toBe('Three degrees.')
      expect(JSON.stringify((await api.requests()).at(-1)?.body)).toContain('3c for 1 days')
    },

    mcp: async () => {
      const api = await scripted([{ times: 'any', reply: says('There are none.') }])
      // Servers of this machine in place of those that the program names.
      const server = { command: process.execPath, args: [join(root, '__test__', 'support', 'mcp-server.mjs')] }
      const options = against(api, { mcpServers: { files: server, docs: server, old: server } })
      options.env = api.env({ MCP_TIMEOUT: '20000' })
      const rows = (await (await program('mcp'))(options)) as { name: string; status: string }[]
      const states = Object.fromEntries(rows.map(({ name, status }) => [name, status]))
      expect(states).toEqual({ files: 'connected', docs: 'connected', old: 'disabled', more: 'failed' })
    },

    'todo-tracking': async () => {
      const todo = (content: string, status: string): object => ({ content, status, activeForm: `Doing ${content}` })
      const todos = [todo('one', 'completed'), todo('two', 'in_progress'), todo('three', 'pending')]
      const api = await scripted(inTurn(calls('TodoWrite', { todos }), says('Two is next.')))
      expect(await (await program('todo-tracking'))(against(api))).toEqual(['1. one', '2. Doing two', '3. three'])
    },

    hooks: async () => {
      const cwd = folder()
      const api = await scripted(inTurn(calls('Write', { file_path: join(cwd, '.env'), content: 'KEY=1' }), says('It may not be written.')))
      expect(await (await program('hooks'))(against(api, { cwd }))).toContain(cwd)
      expect(existsSync(join(cwd, '.env'))).toBe(false)
      expect(JSON.stringify((await api.requests()).at(-1)?.body)).toContain('Secrets live there.')
    },
  }

  it('are those that the table calls running', () => {
    expect(Object.keys(RUNS).toSorted()).toEqual(table.flatMap((row) => (row.state === 'runs' ? [row.program] : [])).toSorted())
  })

  it.each(Object.entries(RUNS))('%s', async (_name, run) => {
    await run()
  })
})
