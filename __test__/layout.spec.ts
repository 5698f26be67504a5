//! Rules about the shape of the repository that only a machine keeps.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/typescript.ts'

/** Everything that is, or is about to be, committed. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((name) => name !== '')
const sources = files.filter((name) => /^src\/.*\.(rs|ts)$/.test(name))
const read = (name: string): string => readFileSync(`${root}${name}`, 'utf8')
const offenders = (names: string[], offends: (text: string, name: string) => boolean): string[] => names.filter((name) => offends(read(name), name))

const LIMIT = 500
const LIMITS: Record<string, number> = { 'src/engine/turn/driver.rs': 150 }

/** Lines of a file without the tests in it. */
function lines(text: string): number {
  const code = text.split(/^#\[cfg\(test\)\]\nmod \w+ \{$/m)[0] ?? ''
  return code.trimEnd().split('\n').length
}

it('there is something to look at', () => {
  expect(sources.length).toBeGreaterThan(20)
})

it('no source file is too long', () => {
  const long = sources.filter((name) => !name.endsWith('_tests.rs')).map((name) => [name, lines(read(name))] as const)
  expect(long.filter(([name, count]) => count > (LIMITS[name] ?? LIMIT))).toEqual([])
})

it('every source file says in its first line what its one job is', () => {
  const silent = (text: string, name: string): boolean => !name.endsWith('_tests.rs') && !/^(\/\/! \S|\/\/ \S|\/\*\* ?\S?)/.test(text)
  expect(offenders(sources, silent)).toEqual([])
})

it('napi is in src/node alone', () => {
  const rust = sources.filter((name) => name.endsWith('.rs') && !name.startsWith('src/node/'))
  expect(offenders(rust, (text) => /\bnapi(_derive)?(::|\b.*;)/.test(text.replaceAll(/^\s*\/\/.*$/gm, '')))).toEqual([])
})

it('the engine knows neither the binding nor the scripted API, and the scripted API not the engine', () => {
  const within = (folder: string): string[] => sources.filter((name) => name.startsWith(`src/${folder}/`) && !name.endsWith('_tests.rs'))
  expect(offenders(within('engine'), (text) => /crate::(node|scripted)\b/.test(text))).toEqual([])
  expect(offenders(within('scripted'), (text) => /crate::(node|engine)\b/.test(text))).toEqual([])
})

it('src/js imports Node and itself, nothing else', () => {
  const specifiers = sources
    .filter((name) => name.startsWith('src/js/'))
    .flatMap((name) => [...read(name).matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? ''))
  expect(specifiers.length).toBeGreaterThan(10)
  expect(specifiers.filter((name) => !/^(node:|\.\/|\.\.\/[\w-]+\.ts$|(\.\.\/){2,3}(index|testing)\.js$)/.test(name))).toEqual([])
})

it('docs/architecture.md names every folder of the engine', () => {
  const folders = new Set(sources.filter((name) => /^src\/engine\/.+\//.test(name)).map((name) => dirname(name).slice('src/engine/'.length)))
  expect(folders.size).toBeGreaterThan(15)
  const page = read('docs/architecture.md')
  expect([...folders].filter((folder) => !page.includes(`\`${folder}\``))).toEqual([])
})

it('no folder holds more than a reader can take in', () => {
  const counts = new Map<string, number>()
  for (const name of sources.filter((name) => !name.endsWith('_tests.rs'))) counts.set(dirname(name), (counts.get(dirname(name)) ?? 0) + 1)
  expect([...counts].filter(([, count]) => count > 40)).toEqual([])
})

it('no public type is declared twice', () => {
  const declared = (text: string): string[] => [...text.matchAll(/^export (?:declare )?(?:type|interface|class) (\w+)/gm)].map((match) => match[1] ?? '')
  const api = new Set(files.filter((name) => /^types\/.*\.d\.ts$/.test(name)).flatMap((name) => declared(read(name))))
  expect(api.size).toBeGreaterThan(100)
  // Classes have a body here and a declaration there.
  const again = sources.filter((name) => name.startsWith('src/js/')).flatMap((name) => [...read(name).matchAll(/^export (?:type|interface) (\w+)/gm)].map((match) => match[1] ?? ''))
  expect(again.filter((name) => api.has(name))).toEqual([])
})

it('the top level holds what is expected there', () => {
  const known = [
    /^(\.ci|\.github|__test__|bench|docs|internal-docs|examples|fuzz|scripts|src|types)\//,
    /^(Cargo\.(toml|lock)|build\.rs|clippy\.toml|deny\.toml|rustfmt\.toml|rust-toolchain\.toml)$/,
    /^(package(-lock)?\.json|tsconfig(\.\w+)?\.json|vitest\.config\.ts|\.npmrc|\.gitignore|\.gitattributes|\.editorconfig)$/,
    /^(index|testing|sdk-tools)\.d\.ts$/,
    /^sdk-tools\.js$/,
    /^(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md$/,
    /^LICENSE$/,
  ]
  expect(files.filter((name) => !known.some((pattern) => pattern.test(name)))).toEqual([])
})

it('nothing names a path of one machine', () => {
  // The checkout itself and the home folder of whoever runs this, unless they are too short to mean anything.
  const paths = [dirname(root), homedir()].filter((path) => path.split('/').length > 2 || path.length > 8)
  const machine = new RegExp(['/(?:home|Users)/(?!user\\b|me\\b|alice\\b|you\\b)\\w+/', ...paths.map((path) => `${path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}/`)].join('|'))
  const texts = files.filter((name) => !/\.(png|jpg|gif|ico|lock|node|pdf)$/.test(name) && name !== 'package-lock.json')
  expect(offenders(texts, (text, name) => name !== '__test__/layout.spec.ts' && machine.test(text))).toEqual([])
})
