//! The one test command: sets up, then runs every check in the order of cheapness. The last line sums all tests.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, ensurePackages, requireTools, root, run } from './setup.mjs'

const WITHOUT_NAPI = ['--no-default-features', '--features', 'scripted']
const results = join(root, 'target', 'check')
// What runs the addon inside the process of the tests: it must work in worker threads too.
const BOUNDARY = ['boundary', 'callbacks', 'hosts', 'interrupt', 'robust', 'streaming-input'].map((name) => `__test__/${name}.spec.ts`)
const totals = { passed: 0, failed: 0 }

requireTools({ lint: true })
await ensurePackages()
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

await step('rustfmt', 'cargo', ['fmt', '--check'])
await step('clippy without napi', 'cargo', ['clippy', '--locked', '--all-targets', ...WITHOUT_NAPI, '--', '-D', 'warnings'])
await step('clippy', 'cargo', ['clippy', '--locked', '--all-targets', '--', '-D', 'warnings'])
await step('debug build', process.execPath, ['scripts/build.mjs', '--debug'])
await step('tsc', bin('tsc'), ['--project', '.'])
await cargoTest('cargo test without napi', WITHOUT_NAPI)
await cargoTest('cargo test', [])
await vitest('vitest')
await vitest('vitest in threads', ['--pool=threads', ...BOUNDARY])
await step('checklist', process.execPath, ['scripts/checklist.mjs'])
await step('package', process.execPath, ['scripts/package-check.mjs'])

console.log(`\n${totals.passed} passed, ${totals.failed} failed`)
process.exitCode = totals.failed === 0 ? 0 : 1

/** A step without tests of its own: its failure counts as one. */
async function step(name, command, args) {
  heading(name)
  if ((await run(command, args)) !== 0) fail(name)
}

async function cargoTest(name, features) {
  heading(name)
  let output = ''
  const onOutput = (text) => (output += text)
  const code = await run('cargo', ['test', '--locked', '--no-fail-fast', ...features], { onOutput })
  const plain = output.replaceAll(/\u001b\[[0-9;]*m/g, '')
  writeFileSync(join(results, `${name.replaceAll(' ', '-')}.log`), plain)
  const sums = [...plain.matchAll(/^test result: .* (\d+) passed; (\d+) failed;/gm)]
  count(name, code, sum(sums, 1), sum(sums, 2))
}

async function vitest(name, args = []) {
  heading(name)
  const vitestReport = join(results, `${name.replaceAll(' ', '-')}.json`)
  const code = await run(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`, ...args])
  let report = { numPassedTests: 0, numFailedTests: 0 }
  try {
    report = JSON.parse(readFileSync(vitestReport, 'utf8'))
  } catch (error) {
    console.error(`vitest left no report: ${error.message}`)
  }
  count(name, code, report.numPassedTests, report.numFailedTests)
}

function count(name, code, passed, failed) {
  totals.passed += passed
  totals.failed += failed
  // What does not compile or breaks down outside a test fails no test, but it is a failure.
  if (code !== 0 && failed === 0) fail(name)
}

function fail(name) {
  totals.failed += 1
  console.error(`FAILED: ${name}`)
}

function sum(matches, group) {
  return matches.reduce((total, match) => total + Number(match[group]), 0)
}

function heading(name) {
  console.log(`\n== ${name}`)
}
