//! The types as users meet them: never `any`, with and without the packages they have something to do with.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { errors, install } from './support/installed.ts'
import { anyTypes } from './support/public-types.ts'

// A compilation takes seconds on a busy machine.
vi.setConfig({ testTimeout: 180_000 })

const parent = mkdtempSync(join(tmpdir(), 'native-agent-sdk-types-'))
afterAll(() => rmSync(parent, { recursive: true, force: true }))

const alone = install([], parent)
const withVendor = install(['@anthropic-ai/sdk'], parent)
const withZod = install(['zod'], parent)

const ENTRIES = `
import * as main from 'native-agent-sdk'
import * as tools from 'native-agent-sdk/sdk-tools'
import type * as sameTools from 'native-agent-sdk/sdk-tools.js'
import * as testing from 'native-agent-sdk/testing'
export const modules = { main, tools, testing }
export type Same = sameTools.BashInput
`

/** The one place where the documents have \`any\` themselves: tools of different schemas stand side by side. */
const DOCUMENTED = /^(CreateSdkMcpServerOptions\.tools|createSdkMcpServer\(options\)\.tools)/

describe.each([
  ['alone', alone],
  ['with the vendor\'s package', withVendor],
])('installed %s', (_name, installation) => {
  it.each([false, true])('nothing is any, and everything compiles (skipLibCheck %s)', (skipLibCheck) => {
    const program = installation.compile({ 'main.ts': ENTRIES }, { skipLibCheck })
    expect(errors(program, (file) => file.startsWith(installation.types) || file.endsWith('/main.ts'))).toEqual([])
    for (const entry of ['index.d.ts', 'sdk-tools.d.ts', 'testing.d.ts']) {
      const found = anyTypes(program, `${installation.types}/${entry}`, installation.types)
      expect(found.filter((path) => !DOCUMENTED.test(path))).toEqual([])
    }
  })
})

it('the search for any finds one wherever it hides', () => {
  const text = `
    export type Property = { deep: { list: any[] } }
    export type Member = { kind: 'a' } | { kind: 'b'; value: any }
    export declare function parameter(input: { hidden?: any }): void
    export declare function answer(): Promise<any>
    export interface Class<T> { map: Map<string, any>; own: T }
    export type Whole = any
    export type Fine = { id: string }`
  const program = alone.compile({ 'hidden.ts': text })
  const file = program.getRootFileNames()[0] ?? ''
  const names = anyTypes(program, file, file.replace(/\/[^/]*$/, '')).map((path) => path.replace(/\W.*$/, ''))
  expect(new Set(names)).toEqual(new Set(['Property', 'Member', 'parameter', 'answer', 'Class', 'Whole']))
})

/** What the compiler has against one program. */
function complaintsOf(installation: typeof alone, text: string): string[] {
  return errors(installation.compile({ 'program.ts': text }, { skipLibCheck: true }), (file) => file.endsWith('/program.ts'))
}

describe('messages of the API', () => {
  const both = `
import type Anthropic from '@anthropic-ai/sdk'
import type * as Beta from '@anthropic-ai/sdk/resources/beta/messages/messages'
import type * as Messages from '@anthropic-ai/sdk/resources/messages/messages'
import { query, type SDKAssistantMessage, type SDKPartialAssistantMessage, type SDKUserMessage } from 'native-agent-sdk'

export const toTheirs = (message: SDKAssistantMessage): Beta.BetaMessage => message.message
export const namespaced = (message: SDKAssistantMessage): Anthropic.Beta.BetaMessage => message.message
export const fromTheirs = (message: Beta.BetaMessage): SDKAssistantMessage['message'] => message
export const event = (message: SDKPartialAssistantMessage): Beta.BetaRawMessageStreamEvent => message.event
export const prompt = (message: Messages.MessageParam): SDKUserMessage => ({ type: 'user', message, parent_tool_use_id: null })
export const history = (message: SDKUserMessage): Messages.MessageParam => message.message
export async function* stream(params: Anthropic.MessageParam[]) {
  for (const message of params) yield { type: 'user' as const, message, parent_tool_use_id: null }
}
export const run = query({ prompt: stream([]) })
`

  it('go to and from the types of the vendor\'s package', () => {
    expect(complaintsOf(withVendor, both)).toEqual([])
  })

  it('are as strict without that package', () => {
    const text = (type: string): string => `
import { query, type SDKMessage } from 'native-agent-sdk'
export async function run(): Promise<string> {
  for await (const message of query({ prompt: 'x' })) {
    if (message.type === 'assistant') for (const block of message.message.content) if (block.type === 'text') return block.${type}
  }
  return ''
}
export const typed = (message: SDKMessage): string => message.type`
    for (const installation of [alone, withVendor]) {
      expect(complaintsOf(installation, text('text'))).toEqual([])
      expect(complaintsOf(installation, text('txet'))).not.toEqual([])
    }
  })
})

describe('schemas of tools', () => {
  /** A program that proves the type of the arguments. */
  const proof = (imports: string, shape: string, type: string): string => `
${imports}
import { tool, type InferShape, type SdkMcpToolDefinition } from 'native-agent-sdk'
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const shape = ${shape}
export const proof: Equal<InferShape<typeof shape>, ${type}> = true
export const defined: SdkMcpToolDefinition<typeof shape> = tool('name', 'what', shape, async (args) => {
  const same: ${type} = args
  return { content: [{ type: 'text', text: String(same) }] }
})`

  const SHAPE = `{ a: z.string().describe('x'), b: z.number().optional(), c: z.enum(['x', 'y']).default('x'), d: z.array(z.object({ e: z.boolean() })), f: z.string().nullable(), g: z.union([z.string(), z.number()]) }`
  const TYPE = `{ a: string; c: 'x' | 'y'; d: { e: boolean }[]; f: string | null; g: string | number; b?: number | undefined }`

  it.each([
    ['zod 4', `import { z } from 'zod'`],
    ['zod 4 by its own path', `import * as z from 'zod/v4'`],
    ['zod 3', `import { z } from 'zod/v3'`],
  ])('%s', (_name, imports) => {
    expect(complaintsOf(withZod, proof(imports, SHAPE, TYPE))).toEqual([])
  })

  it('the small zod', () => {
    const shape = `{ a: z.string(), b: z.optional(z.number()) }`
    expect(complaintsOf(withZod, proof(`import * as z from 'zod/mini'`, shape, `{ a: string; b?: number | undefined }`))).toEqual([])
  })

  const STANDARD = `
interface Standard<Output> { readonly '~standard': { readonly version: 1; readonly vendor: string; readonly validate: (value: unknown) => unknown; readonly types?: { readonly input: Output; readonly output: Output } | undefined } }
declare const text: Standard<string>
declare const maybe: Standard<number | undefined>`

  it('any library of Standard Schema, without zod', () => {
    expect(complaintsOf(alone, proof(STANDARD, '{ text, maybe }', `{ text: string; maybe?: number | undefined }`))).toEqual([])
  })

  it('JSON Schema, whose arguments are not typed', () => {
    const text = `
import { tool } from 'native-agent-sdk'
export const defined = tool('name', 'what', { type: 'object', properties: { a: { type: 'string' } } }, async (args) => {
  const a: unknown = args['a']
  return { content: [{ type: 'text', text: String(a) }] }
})`
    expect(complaintsOf(alone, text)).toEqual([])
  })

  it('a schema of the whole object', () => {
    const text = `
import { z } from 'zod'
import { tool } from 'native-agent-sdk'
export const defined = tool('name', 'what', z.object({ a: z.string() }), async ({ a }, { signal }) => {
  const same: string = a
  const aborted: boolean = signal.aborted
  return { content: [{ type: 'text', text: same + String(aborted) }] }
})`
    expect(complaintsOf(withZod, text)).toEqual([])
  })

  it('a wrong use is refused', () => {
    const text = `
import { z } from 'zod'
import { createSdkMcpServer, tool } from 'native-agent-sdk'
const content: [] = []
// @ts-expect-error: no such argument
tool('a', 'b', { x: z.string() }, async ({ y }) => ({ content: [y] }))
// @ts-expect-error: no list of blocks
tool('a', 'b', { x: z.string() }, async ({ x }) => ({ content: x }))
// @ts-expect-error: no schema
tool('a', 'b', { x: 'string' }, async () => ({ content }))
const one = tool('a', 'b', { x: z.string() }, async ({ x }) => ({ content: [{ type: 'text', text: x }] }))
export const server = createSdkMcpServer({ name: 'a', tools: [one, tool('c', 'd', {}, async () => ({ content }))] })`
    expect(complaintsOf(withZod, text)).toEqual([])
  })
})

it('a server object of any library fits by its shape', () => {
  const text = `
import { query, type McpServerLike } from 'native-agent-sdk'
interface Transport { start(): Promise<void>; send(message: object): Promise<void> }
declare class McpServer { private inner: number; connect(transport: Transport): Promise<void>; close(): Promise<void>; registerTool(name: string): void }
const instance = new McpServer()
export const fits: McpServerLike = instance
export const run = query({ prompt: 'x', options: { mcpServers: { mine: { type: 'sdk', name: 'mine', instance } } } })
export const wrong = query({ prompt: 'x', options: { mcpServers: {
  // @ts-expect-error: no server object
  mine: { type: 'sdk', name: 'mine', instance: {} } } } })`
  expect(complaintsOf(alone, text)).toEqual([])
})
