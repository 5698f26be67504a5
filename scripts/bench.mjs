//! Measures the release build against a hand-written Node loop and a bare Rust loop, all in the same run, and prints one table.
//! Nothing here passes or fails: numbers depend on the machine.
//!
//! The scripted API runs in a process of its own on loopback with validation off, every contestant in another. A contestant's
//! own time of a turn is the gap between the arrivals of two requests less what the server was busy with the first.

import { fork, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DELTAS, GATE, HOOKS, SESSIONS, TOOLS, TURNS, deltas, endlessCommand, plantFiles, readLoop, sessions, short, toolCalls, unending } from '../bench/scenarios.mjs'
import { ensureBuilt, ensurePackages, must, requireTools, root } from './setup.mjs'

const RUNS = 5
const EXE = process.platform === 'win32' ? '.exe' : ''
// The addon is built for a named target: naming it here too lets both share what cargo has compiled.
const TARGET = /^host: (.+)$/m.exec(spawnSync('rustc', ['-vV'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? ''
const CONTESTANTS = {
  native: [process.execPath, ['--expose-gc', 'bench/native.mjs']],
  node: [process.execPath, ['--expose-gc', 'bench/plain-node.mjs']],
  floor: [join(root, 'target', TARGET, 'release', 'examples', `floor${EXE}`), []],
}

requireTools()
await ensurePackages()
// cargo does nothing if nothing has changed.
await ensureBuilt('release')
await must('cargo', ['build', '--locked', '--release', '--target', TARGET, '--example', 'floor', '--example', 'bash', '--example', 'permission', '--example', 'tools'])

const server = await startServer()
const files = plantFiles()
try {
  await bench()
} finally {
  files.remove()
  server.stop()
}

async function bench() {
  const rows = [
    await row('time from query() to the request, median', 'ms', '<= 3', startTime),
    await row(`own time per turn, ${TURNS}-turn Read loop, best of ${RUNS}`, 'ms', '<= 0.5', ownTime),
    await row(`${count(DELTAS)} text deltas, best of ${RUNS}`, 'events/s', '>= 400,000', eventRate),
    await row(`extra memory of each of ${SESSIONS} sessions at once`, 'MB', '<= 1', sessionMemory),
    await ownRow('round trip of an in-process tool beyond its handler, median', 'µs', '<= 120', toolRoundTrip),
    ...(await hookRows()),
    await ownRow(`what ${TOOLS} in-process tools add to a query, median`, 'ms', '<= 5', manyTools),
    await ownRow('interrupt() in the middle of a reply, worst of 20', 'ms', '<= 100', (client) => interruptTime(client, unending())),
    await ownRow('interrupt() of a running command, worst of 20', 'ms', '<= 100', (client) => interruptTime(client, endlessCommand())),
    { name: 'a command (`true`), median; bare: spawning bash', unit: 'ms', goal: '<= 1.5x', ...bashTime() },
    ...toolRows(),
    ...permissionRows(),
    { name: 'loading the addon, median', unit: 'ms', goal: '', native: loadTime() },
    { name: 'size of the addon', unit: 'MB', goal: '', native: addonSize() / 1e6 },
  ]
  print(rows)
}

/** What a permission decision on a pipeline of 20 commands costs: the engine alone, its paths on the disk. */
function permissionRows() {
  const path = join(root, 'target', TARGET, 'release', 'examples', `permission${EXE}`)
  const times = JSON.parse(spawnSync(path, { cwd: root, encoding: 'utf8' }).stdout)
  return [
    { name: 'permission for a pipeline of 20 commands, with its parse', unit: 'µs', goal: '<= 1500', native: times.withParseMicros },
    { name: 'permission for it when it is parsed', unit: 'µs', goal: '<= 50', native: times.afterParseMicros },
  ]
}

/** The file tools beside rg and GNU tools, in one process that plants its own files. */
function toolRows() {
  process.stderr.write('the file tools ...\n')
  const path = join(root, 'target', TARGET, 'release', 'examples', `tools${EXE}`)
  return JSON.parse(spawnSync(path, { cwd: root, encoding: 'utf8' }).stdout)
}

/** One line of the table: the same workload by each contestant, each in a fresh process. */
async function row(name, unit, goal, workload) {
  const values = {}
  for (const contestant of Object.keys(CONTESTANTS)) {
    process.stderr.write(`${name}: ${contestant} ...\n`)
    const client = startClient(...CONTESTANTS[contestant])
    try {
      values[contestant] = await workload(client)
    } finally {
      client.stop()
    }
  }
  return { name, unit, goal, ...values }
}

/** A line that only this package has. */
async function ownRow(name, unit, goal, workload) {
  process.stderr.write(`${name} ...\n`)
  const client = startClient(...CONTESTANTS.native)
  try {
    return { name, unit, goal, native: await workload(client) }
  } finally {
    client.stop()
  }
}

/** What callbacks add to a call: one that returns {} at once, and each of many whose matcher does not cover the call. */
async function hookRows() {
  const hook = await ownRow('what a hook that returns {} adds to a call, median; bare: a round trip of a promise in such a call', 'µs', '<= 1.3x', async (client) => {
    // All in one query and in turn, so that they find the process in the same state; none that counts follows the bare one.
    const gaps = await toolGaps(client, ['bare', 'after', 'next', 'hooked'])
    return { native: median(gaps.hooked) - median(gaps.next), floor: median(gaps.trips) }
  })
  const others = await ownRow(`what each of ${HOOKS} hooks adds whose matcher covers other calls`, 'µs', '<= 1', async (client) => {
    const without = await toolRoundTrip(client)
    return ((await toolRoundTrip(client, HOOKS)) - without) / HOOKS
  })
  return [{ ...hook, ...hook.native }, others]
}

/** From the end of one handler to the start of the next, of calls that run one after another. */
async function toolRoundTrip(client, others = 0) {
  return median((await toolGaps(client, ['next'], others)).next)
}

async function toolGaps(client, names, others = 0) {
  const all = { next: [], hooked: [], trips: [] }
  // One more: the first is a warm-up.
  for (let n = 0; n <= RUNS; n += 1) {
    await server.ask('reset', toolCalls(names))
    const measured = await client.obey('tools', { others })
    if (n === 0) continue
    for (const [what, times] of Object.entries(all)) times.push(...measured[what])
  }
  return all
}

/** Until interrupt() has settled, at worst. */
async function interruptTime(client, scenario) {
  await server.ask('reset', scenario)
  const times = await client.obey('interrupts', { count: 20, folder: files.folder })
  return Math.max(...times) / 1000
}

/** Whole queries with a server of many tools, less those without. */
async function manyTools(client) {
  const time = async (tools) => {
    await server.ask('reset', short())
    await client.obey('starts', { count: 10, tools })
    const times = await client.obey('starts', { count: 50, tools })
    return median(times.map(([before, after]) => after - before)) / 1000
  }
  const without = await time(0)
  return (await time(TOOLS)) - without
}

/**
 * From just before the call to the arrival of the request's head. Arrivals are in the server's clock: pings that were sent and
 * answered at known times of the client's clock tie the two together. Of what they leave open the later bound is taken.
 */
async function startTime(client) {
  await server.ask('reset', short())
  await client.obey('queries', { count: 20 })
  const pings = await timed('pings', 300)
  const offset = Math.min(...pings.map(({ after, arrived }) => after - arrived))
  const queries = await timed('queries', 100)
  return median(queries.map(({ before, arrived }) => arrived + offset - before)) / 1000

  async function timed(order, times) {
    await server.ask('reset')
    const sent = await client.obey(order, { count: times })
    const requests = await checkedRequests(times)
    return sent.map(([before, after], index) => ({ before, after, arrived: requests[index].arrived }))
  }
}

async function ownTime(client) {
  const perTurn = []
  // One more: the first is a warm-up.
  for (let n = 0; n <= RUNS; n += 1) {
    await server.ask('reset', readLoop(files.folder))
    await client.obey('queries', { count: 1 })
    const requests = await checkedRequests(TURNS + 1)
    const gaps = requests.slice(1).map(({ arrived }, index) => arrived - requests[index].arrived - requests[index].busy)
    perTurn.push(gaps.reduce((sum, gap) => sum + gap, 0) / TURNS / 1000)
  }
  return Math.min(...perTurn.slice(1))
}

/** Text deltas by the time from the call to the end of the consumer's loop. */
async function eventRate(client) {
  await server.ask('reset', deltas())
  const rates = []
  for (let n = 0; n <= RUNS; n += 1) {
    const { seen, micros } = await client.obey('deltas')
    if (seen !== DELTAS) throw new Error(`${seen} deltas arrived instead of ${DELTAS}`)
    rates.push((seen / micros) * 1e6)
  }
  return Math.max(...rates.slice(1))
}

/** Resident memory, after a collection, while all sessions wait in their last reply, less that after a warm-up. */
async function sessionMemory(client) {
  await server.ask('reset', sessions(files.folder))
  await server.ask('openGate', GATE)
  await client.obey('sessions', { count: 5 })
  await server.ask('reset', sessions(files.folder))
  await client.obey('collect')
  const before = residentBytes(client.pid)
  const all = client.obey('sessions', { count: SESSIONS })
  await Promise.race([server.ask('waitGate', GATE, SESSIONS), all])
  await client.obey('collect')
  const held = residentBytes(client.pid)
  await server.ask('openGate', GATE)
  const finished = await all
  if (finished !== SESSIONS) throw new Error(`${finished} of ${SESSIONS} sessions ended as they should`)
  return (held - before) / SESSIONS / 1e6
}

/** Loading the addon in a process that has done nothing else. */
function loadTime() {
  const code = `const { createRequire } = require('node:module')
const before = process.hrtime.bigint()
createRequire(process.argv[1])(process.argv[1])
console.log(Number(process.hrtime.bigint() - before) / 1e6)`
  const times = []
  for (let n = 0; n < 11; n += 1) {
    const { stdout } = spawnSync(process.execPath, ['-e', code, join(root, 'dist', 'native.cjs')], { encoding: 'utf8' })
    times.push(Number(stdout))
  }
  return median(times)
}

/** The Bash tool beside a bare spawn of bash, in one process. */
function bashTime() {
  const { stdout } = spawnSync(join(root, 'target', TARGET, 'release', 'examples', `bash${EXE}`), { encoding: 'utf8' })
  return JSON.parse(stdout)
}

function addonSize() {
  const name = readdirSync(join(root, 'dist')).find((file) => file.endsWith('.node'))
  return statSync(join(root, 'dist', name)).size
}

async function checkedRequests(expected) {
  const [requests, violations] = [await server.ask('requests'), await server.ask('violations')]
  const bad = requests.find(({ status }) => status !== 200)
  if (requests.length !== expected || violations.length > 0 || bad) {
    throw new Error(`${requests.length} requests instead of ${expected}; ${JSON.stringify([violations[0], bad])}`)
  }
  return requests
}

function startServer() {
  const child = fork(join(root, 'bench', 'server.mjs'), { cwd: root })
  const pending = new Map()
  let asked = 0
  const api = {
    ask(command, ...args) {
      return new Promise((resolve, reject) => {
        const id = (asked += 1)
        pending.set(id, { resolve, reject })
        child.send({ id, command, args })
      })
    },
    stop: () => child.disconnect(),
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      const error = new Error(`the server ended with ${code}`)
      reject(error)
      for (const waiting of pending.values()) waiting.reject(error)
    })
    child.on('message', async (message) => {
      if (message.ready) {
        api.url = await api.ask('url')
        resolve(api)
      } else settle(pending, message)
    })
  })
}

function startClient(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] })
  const pending = new Map()
  createInterface({ input: child.stdout }).on('line', (line) => settle(pending, JSON.parse(line)))
  child.on('error', fail)
  child.on('exit', (code) => fail(new Error(`${command} ended with ${code}`)))
  child.stdin.on('error', fail)
  let failure
  let orders = 0
  return {
    pid: child.pid,
    obey(order, details = {}) {
      return new Promise((resolve, reject) => {
        if (failure) return reject(failure)
        const id = (orders += 1)
        pending.set(id, { resolve, reject })
        child.stdin.write(`${JSON.stringify({ id, order, url: server.url, folder: files.folder, ...details })}\n`)
      })
    },
    stop: () => child.kill(),
  }

  function fail(error) {
    failure ??= error
    for (const waiting of pending.values()) waiting.reject(error)
    pending.clear()
  }
}

function settle(pending, { id, value, error }) {
  const waiting = pending.get(id)
  pending.delete(id)
  if (error === undefined) waiting?.resolve(value)
  else waiting?.reject(new Error(error))
}

/** Resident memory of a process; where /proc is missing `ps` knows. */
function residentBytes(pid) {
  const status = `/proc/${pid}/status`
  if (existsSync(status)) return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))[1]) * 1024
  return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout) * 1024
}

function print(rows) {
  const cells = rows.map(({ name, unit, goal, native, node, floor }) => [
    `${name} (${unit})`,
    figure(native, unit),
    goal,
    figure(node, unit),
    ratio(native, node),
    figure(floor, unit),
    ratio(native, floor),
  ])
  const head = ['', 'native-agent-sdk', 'goal', 'plain Node', 'ratio', 'bare Rust', 'ratio']
  const widths = head.map((_, column) => Math.max(3, ...[head, ...cells].map((line) => line[column].length)))
  const line = (texts) => `| ${texts.map((text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]))).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  console.log(`\n${[line(head), rule, ...cells.map(line)].join('\n')}`)
  const when = new Date().toISOString().slice(0, 10)
  console.log(`\n${when}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, Node.js ${process.versions.node}. A ratio is native-agent-sdk by the other.`)
}

function figure(value, unit) {
  if (value === undefined) return '-'
  return unit === 'events/s' ? count(Math.round(value / 1000) * 1000) : value.toFixed(value < 10 ? 2 : 1)
}

function ratio(native, other) {
  return other === undefined ? '-' : `${(native / other).toFixed(2)}x`
}

function count(number) {
  return number.toLocaleString('en-US')
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}
