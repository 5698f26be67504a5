//! What the documents list must be what the code knows.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/typescript.ts'

const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const code = (name: string): string[] => [...read(name).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')

/** The options whose row of the table begins with this state. */
function optionsOf(state: string): string[] {
  return [...read('docs/options.md').matchAll(/^\| `(\w+)` \| (honoured|no effect|accepted|not yet)\b/gm)].filter((row) => row[2] === state).map((row) => row[1] ?? '')
}

/** Names in one constant of the reader of options. */
function names(constant: string): string[] {
  const [, body = ''] = new RegExp(`const ${constant}: .*= &\\[([^;]*?)\\n\\];`).exec(read('src/engine/options/read.rs')) ?? []
  return [...body.replaceAll(/\/\/.*$/gm, '').matchAll(/^ {4}\(?"(\w+)"/gm)].map((match) => match[1] ?? '')
}

it('the table lists the options that are refused, without effect, and elsewhere, as the engine does', () => {
  expect(optionsOf('not yet')).toEqual(names('UNAVAILABLE').toSorted())
  expect(optionsOf('no effect')).toEqual(names('WITHOUT_EFFECT').toSorted())
  const elsewhere = [...optionsOf('accepted'), 'stderr', 'throwOnErrorResult']
  expect(elsewhere.toSorted()).toEqual(names('ELSEWHERE').toSorted())
  expect(names('UNAVAILABLE').length).toBeGreaterThan(5)
})

it('the table lists the options that are honoured as the engine does', () => {
  const engine = [...read('src/engine/options/mod.rs').matchAll(/\br\.\w+\("(\w+)"/g)].map((match) => match[1] ?? '')
  // Read on the JavaScript side, or travelling beside the options.
  const javascript = ['abortController', 'cwd', 'env', 'stderr', 'throwOnErrorResult']
  expect(optionsOf('honoured')).toEqual([...engine, ...javascript].toSorted())
})

it('the guide to the scripted API lists every strict rule', () => {
  const rules = [...read('src/scripted/rules.rs').matchAll(/\brule\("([\w.]+)", /g)].map((match) => match[1] ?? '')
  expect(rules.length).toBeGreaterThan(40)
  const listed = code('docs/scripted-api.md')
  expect(rules.filter((id) => !listed.includes(id))).toEqual([])
})

it('the guide to the scripted API names every field of a scenario', () => {
  const documented = read('docs/scripted-api.md')
  const fields = [...read('testing.d.ts').replaceAll(/\/\*\*.*?\*\//gs, '').matchAll(/\b(\w+)\??: /g)].map((match) => match[1] ?? '')
  // What a captured request and a violation hold is said by their types.
  const types = /^(scenario|options|since|url|extra|name|count|status|type|method|headers|body|bodyBytes|\w+Micros|rule|httpVersion|field|message)$/
  const missing = fields.filter((field) => !types.test(field) && !new RegExp(`\\b${field}\\b`).test(documented))
  expect(missing).toEqual([])
})

it('the guide to settings lists the keys as the engine knows them', () => {
  const keys = (constant: string): string[] => {
    const [, body = ''] = new RegExp(`const ${constant}: &\\[&str\\] = &\\[([^;]*?)\\n\\];`).exec(read('src/engine/settings/keys.rs')) ?? []
    return [...body.matchAll(/"([\w.]+)"/g)].map((match) => match[1] ?? '')
  }
  const [, table = '', rest = ''] = /## Keys\n([^]*?)\n\n(These have[^]*?)\n\n/.exec(read('docs/settings.md')) ?? []
  expect([...table.matchAll(/^\| `([\w.]+)` \|/gm)].map((match) => match[1])).toEqual(keys('HONOURED'))
  const listed = [...rest.slice(rest.indexOf('stream: ')).matchAll(/`([\w.]+)`/g)].map((match) => match[1])
  expect(listed).toEqual(keys('WAITING'))
  expect(keys('HONOURED').length).toBeGreaterThan(10)
  expect(keys('GUARDS').filter((key) => !keys('WAITING').includes(key))).toEqual([])
})

it('the guide for migrating lists every code of an error, as the types and the engine have them', () => {
  const [, union = ''] = /export type ErrorCode =\n([^]*?)\n\n/.exec(read('types/errors.d.ts')) ?? []
  const codes = [...union.matchAll(/\| '(\w+)'/g)].map((match) => match[1] ?? '')
  const [, table = ''] = /## Errors\n([^]*)$/.exec(read('docs/migrating.md')) ?? []
  expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1])).toEqual(codes.toSorted())
  const engine = [...read('src/engine/error.rs').matchAll(/Self::\w+ => "(\w+)"/g)].map((match) => match[1] ?? '')
  expect(engine.filter((code) => !codes.includes(code))).toEqual([])
  expect(engine.length).toBeGreaterThan(10)
})

it('methods that are refused are said in both guides', () => {
  const known = [...read('src/engine/message/control.rs').matchAll(/^ {12}"(\w+)",$/gm)].map((match) => match[1] ?? '')
  const asked = [...read('src/js/query.ts').matchAll(/this\.#(?:ask|tell)\('(\w+)'/g)].map((match) => match[1] ?? '')
  const refused = asked.filter((name) => !known.includes(name)).map((name) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()))
  expect(asked.length).toBeGreaterThan(20)
  expect([...read('README.md').matchAll(/Of the methods of a query, (.*?) (?:is|are) refused/gs)].flatMap((match) => [...(match[1] ?? '').matchAll(/`(\w+)`/g)].map((name) => name[1]))).toEqual(refused)
  expect([...(/^- Methods of a query: (.*?) (?:is|are) refused/ms.exec(read('docs/migrating.md'))?.[1] ?? '').matchAll(/`(\w+)\(\)`/g)].map((match) => match[1])).toEqual(refused)
})

it('links of the documents lead to files', () => {
  for (const name of ['README.md', ...readdirSync(join(root, 'docs')).map((file) => `docs/${file}`)]) {
    const targets = [...read(name).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1] ?? '')
    expect(targets.filter((target) => !existsSync(join(root, dirname(name), target)))).toEqual([])
  }
})

it('the two commands of the README stand alone', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const blocks = [...read('README.md').matchAll(/^```sh\n(.*?)\n```$/gms)].map((match) => match[1])
  expect(blocks).toEqual(['npm run demo', 'npm test'])
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['demo', 'test', 'bench', 'build', 'checklist']))
})
