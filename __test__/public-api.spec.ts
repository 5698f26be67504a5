//! The package exports what the contract names, in types and at run time.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as api from 'native-agent-sdk'
import { moduleExports } from './support/public-types.ts'
import { compile, complaints, root } from './support/typescript.ts'

interface Names {
  main: string[]
  tools: string[]
  ours: string[]
  leftOut: Record<string, string>
}

const read = (name: string): string => readFileSync(`${root}${name}`, 'utf8')
const names = JSON.parse(read('__test__/types/exports.json')) as Names
const program = compile({}, ['index.d.ts', 'sdk-tools.d.ts'])
const inMain = moduleExports(program, `${root}index.d.ts`)
const inTools = moduleExports(program, `${root}sdk-tools.d.ts`)

describe('names of the contract', () => {
  it('there are as many as the documents list', () => {
    // 266 names of the newest version, and what was only in the older documents.
    expect(names.main.length).toBeGreaterThan(250)
    expect(names.tools.length).toBeGreaterThan(55)
  })

  it('are exported by the main entry', () => {
    const missing = [...names.main, ...names.tools, ...names.ours].filter((name) => !inMain.has(name))
    expect(missing).toEqual([])
  })

  it('of tools are exported by sdk-tools too', () => {
    expect(names.tools.filter((name) => !inTools.has(name))).toEqual([])
    expect([...inTools.keys()].filter((name) => !inMain.has(name))).toEqual([])
  })

  it('are left out only with a reason', () => {
    const present = Object.keys(names.leftOut).filter((name) => inMain.has(name) || inTools.has(name))
    expect(present).toEqual([])
    expect(Object.values(names.leftOut).filter((reason) => reason.length < 10)).toEqual([])
  })
})

it('every public type, function and constant says what it is', () => {
  const checker = program.getTypeChecker()
  const silent = [...inMain].filter(([, symbol]) => symbol.getDocumentationComment(checker).length === 0)
  expect(silent.map(([name]) => name)).toEqual([])
})

describe('what is not built yet', () => {
  const later = [...read('src/js/later.ts').matchAll(/^export const (\w+) = (rejects|throws|classThatThrows)\('(\w+)'\)/gm)]

  it('is exported under its own name', () => {
    expect(later.map(([, name]) => name)).toEqual(later.map(([, , , name]) => name))
  })

  it.each(later.map(([, name = '', kind = '']) => [name, kind] as const))('%s refuses with a typed error', async (name, kind) => {
    const value = (api as unknown as Record<string, (...args: unknown[]) => unknown>)[name]
    if (value === undefined) throw new Error(`${name} is not exported`)
    const attempt = async (): Promise<unknown> => (kind === 'classThatThrows' ? Reflect.construct(value, []) : value('x', {}))
    await expect(attempt()).rejects.toMatchObject({ name: 'AgentSdkError', code: 'not_available', message: expect.stringContaining(name) })
    if (kind === 'throws') expect(() => value('x', {})).toThrow(api.AgentSdkError)
  })
})

describe('constants', () => {
  it('cannot be changed', () => {
    for (const list of [api.HOOK_EVENTS, api.EXIT_REASONS, api.BUILTIN_TOOL_NAMES, api.LEGACY_TOOL_NAME_ALIASES]) expect(Object.isFrozen(list)).toBe(true)
  })

  it('have the lengths of the documents', () => {
    expect([api.HOOK_EVENTS.length, new Set(api.HOOK_EVENTS).size]).toEqual([33, 33])
    expect([api.BUILTIN_TOOL_NAMES.length, new Set(api.BUILTIN_TOOL_NAMES).size]).toEqual([54, 54])
    expect(api.EXIT_REASONS).toHaveLength(5)
  })

  it('are the same in the engine', () => {
    const engine = read('src/engine/options/mod.rs')
    expect(engine).toContain(`SYSTEM_PROMPT_DYNAMIC_BOUNDARY: &str = "${api.SYSTEM_PROMPT_DYNAMIC_BOUNDARY}"`)
  })
})

it('each hook event has an input type, and no other', () => {
  const text = `import type { HookEvent, HookInput } from '../../index.js'
    export const inputs: { [Event in HookEvent]: Extract<HookInput, { hook_event_name: Event }>['hook_event_name'] } = {
      ${api.HOOK_EVENTS.map((event) => `${event}: '${event}'`).join(',')} }
    export const events: HookInput['hook_event_name'] extends HookEvent ? true : false = true`
  expect(complaints(compile({ '__test__/types/events.check.ts': text }), '__test__/types/events.check.ts')).toEqual([])
})

it('every option has its place in the table of options', () => {
  const options = inMain.get('Options')
  if (options === undefined) throw new Error('no Options')
  const properties = program.getTypeChecker().getDeclaredTypeOfSymbol(options).getProperties()
  const table = new Set([...read('docs/options.md').matchAll(/^\| `(\w+)` \| /gm)].map((row) => row[1] ?? ''))
  expect(properties.length).toBeGreaterThan(70)
  expect(properties.map(({ name }) => name).filter((name) => !table.has(name))).toEqual([])
})
