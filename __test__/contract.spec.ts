//! The public types are true: of the messages the engine writes, and of the names the modules export.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile, complaints, root, valueExports } from './support/typescript.ts'

const WIRE = '__test__/fixtures/wire'
const fixtures = readdirSync(`${root}${WIRE}`).filter((name) => name.endsWith('.json'))

/** A module that compiles only if the JSON text is a message. */
function asMessage(json: string): string {
  return `import type { SDKMessage } from '../../../index.js'\nexport const message = ${json.trim()} satisfies SDKMessage\n`
}

describe('every message variant that the engine writes satisfies SDKMessage', () => {
  const names = new Map(fixtures.map((name) => [name, `${WIRE}/${name.replace(/\.json$/, '')}.check.ts`]))
  const texts = [...names].map(([name, file]) => [file, asMessage(readFileSync(`${root}${WIRE}/${name}`, 'utf8'))])
  const program = compile(Object.fromEntries(texts))

  it('there are samples', () => {
    expect(fixtures.length).toBeGreaterThan(5)
  })

  it.each(fixtures)('%s', (name) => {
    expect(complaints(program, names.get(name) ?? '')).toEqual([])
  })
})

describe('the check itself', () => {
  it.each<[string, (message: Record<string, unknown>) => void]>([
    ['an extra field', (message) => (message['extra'] = 1)],
    ['a missing field', (message) => delete message['session_id']],
    ['a misspelt tag', (message) => (message['type'] = 'resullt')],
    ['a wrong type', (message) => (message['session_id'] = 7)],
  ])('sees %s', (_name, spoil) => {
    const sample = fixtures.find((name) => name.includes('result'))
    const message = JSON.parse(readFileSync(`${root}${WIRE}/${sample}`, 'utf8')) as Record<string, unknown>
    spoil(message)
    const name = `${WIRE}/spoilt.check.ts`
    expect(complaints(compile({ [name]: asMessage(JSON.stringify(message)) }), name)).not.toEqual([])
  })
})

describe('modules export the values that their types declare', () => {
  it.each(['index', 'testing', 'sdk-tools'])('%s', async (name) => {
    const program = compile({}, [`${name}.d.ts`])
    const module = (await import(`${root}${name}.js`)) as object
    expect(Object.keys(module).toSorted()).toEqual(valueExports(program, `${name}.d.ts`))
    expect(complaints(program, `${name}.d.ts`)).toEqual([])
  })
})

it('the addon has the interface that the façade expects', () => {
  const name = 'src/js/addon.check.ts'
  const text = `
    import type * as Addon from '../../dist/native.cjs'
    import type { NativeModule } from './native.ts'
    export const check = (addon: typeof Addon): NativeModule => addon`
  expect(complaints(compile({ [name]: text }), name)).toEqual([])
})
