//! Shows per section of the behaviour checklist how many rows have a passing test, and which rows wait for parts that are not
//! there yet. Reads what the last test run left behind. Fails if a test names a row that does not exist or does not apply.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup.mjs'

const results = join(root, 'target', 'check')
const { sections } = readJson(join(root, '__test__', 'checklist', 'rows.json'))
const notApplicable = readJson(join(root, '__test__', 'checklist', 'not-applicable.json'))
/** Rows about parts that are not there yet, and which part. */
const waiting = readJson(join(root, '__test__', 'checklist', 'waiting.json'))

const passing = new Set()
const failing = new Set()
for (const { name, passed } of [...cargoTests(), ...vitestTests()]) {
  for (const row of rowsOf(name)) (passed ? passing : failing).add(row)
}

const all = new Set(sections.flatMap(({ rows }) => rows))
let total = 0
let covered = 0
for (const { id, title, rows } of sections) {
  const applicable = rows.filter((row) => !(row in notApplicable))
  const done = applicable.filter((row) => passing.has(row) && !failing.has(row)).length
  const late = rows.filter((row) => row in waiting && !passing.has(row)).map((row) => `${row}: ${waiting[row]}`)
  total += applicable.length
  covered += done
  console.log(`${id.padEnd(3)}${`${done}/${applicable.length}`.padStart(8)}  ${title}${late.length > 0 ? ` (waiting for ${late.join('; ')})` : ''}`)
}
console.log(`${covered} of ${total} checklist rows have a passing test; ${Object.keys(notApplicable).length} do not apply.`)

const arrived = Object.keys(waiting).filter((row) => passing.has(Number(row)))
if (arrived.length > 0) {
  console.error(`Rows that have a test by now still stand in waiting.json: ${arrived.join(', ')}`)
  process.exitCode = 1
}
const wrong = [...passing, ...failing].filter((row) => !all.has(row) || row in notApplicable)
if (wrong.length > 0) {
  console.error(`Tests name rows that do not exist or do not apply: ${wrong.join(', ')}`)
  process.exitCode = 1
}

/** Row numbers in a test name: `[row 12]` in vitest, `_row_12` in cargo. */
function rowsOf(name) {
  return [...name.matchAll(/(?:\[row |_row_)(\d+)/g)].map((match) => Number(match[1]))
}

function cargoTests() {
  if (!existsSync(results)) return []
  const logs = readdirSync(results).filter((name) => name.endsWith('.log'))
  const lines = logs.flatMap((name) => readFileSync(join(results, name), 'utf8').split('\n'))
  return lines.flatMap((line) => {
    const match = /^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED)/.exec(line)
    return match ? [{ name: match[1], passed: match[2] === 'ok' }] : []
  })
}

function vitestTests() {
  const path = join(results, 'vitest.json')
  if (!existsSync(path)) return []
  const tests = readJson(path).testResults.flatMap(({ assertionResults }) => assertionResults)
  return tests
    .filter(({ status }) => status === 'passed' || status === 'failed')
    .map(({ fullName, status }) => ({ name: fullName, passed: status === 'passed' }))
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
