//! What every command needs first: the tools of the machine, the installed packages, the built addon.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const OLDEST_NODE = 20
const RUSTUP = 'install Rust with rustup, the installer of the Rust project'

/** Ends the process with a list of what is missing and its cure, if anything is. `lint`: rustfmt and clippy count too. */
export function requireTools({ lint = false } = {}) {
  const missing = []
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    missing.push(`Node.js ${OLDEST_NODE} or newer (this is ${process.versions.node}): https://nodejs.org`)
  }
  const rustc = version('rustc', ['--version'])
  const wanted = /^rust-version = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'))?.[1] ?? '1.0'
  if (version('cargo', ['--version']) === undefined || rustc === undefined) missing.push(`cargo and rustc: ${RUSTUP}`)
  else if (isOlder(rustc, wanted)) missing.push(`Rust ${wanted} or newer (this is ${rustc}): rustup update`)
  if (lint && version('cargo', ['fmt', '--version']) === undefined) missing.push('rustfmt: rustup component add rustfmt')
  if (lint && version('cargo', ['clippy', '--version']) === undefined) missing.push('clippy: rustup component add clippy')
  if (process.platform !== 'win32' && !hasCompiler()) {
    missing.push('a C compiler (cc): for example `apt install build-essential`, `dnf install gcc`, `xcode-select --install`')
  }
  if (missing.length === 0) return
  console.error(`Missing on this machine:\n${missing.map((line) => `  - ${line}`).join('\n')}`)
  process.exit(1)
}

/** Runs `npm ci` unless node_modules is what the lock file says. */
export async function ensurePackages() {
  if (packagesMatchLock()) return
  await must('npm', ['ci', '--no-audit', '--no-fund'])
}

/**
 * Builds the addon and the bundles. Without a profile: in the profile that is there, else release. cargo does nothing if
 * nothing has changed.
 */
export async function ensureBuilt(profile = builtProfile() ?? 'release') {
  await must(process.execPath, [join(root, 'scripts', 'build.mjs'), ...(profile === 'debug' ? ['--debug'] : [])])
}

/** The path of a command that an installed package brings. */
export function bin(name) {
  return join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)
}

/** Runs a command in the repository, or in `cwd`, with this terminal; resolves to its exit code. */
export function run(command, args, { cwd = root, env = process.env, onOutput } = {}) {
  return new Promise((resolve) => {
    const stdio = onOutput ? ['ignore', 'pipe', 'inherit'] : ['ignore', 'inherit', 'inherit']
    const child = spawn(command, args, { cwd, env, stdio, shell: process.platform === 'win32' })
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text)
      onOutput(text)
    })
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`)
      resolve(1)
    })
    // `close`, not `exit`: all output has been read by then.
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** Runs a command and ends the process if it fails. */
export async function must(command, args) {
  const code = await run(command, args)
  if (code !== 0) process.exit(code)
}

function builtProfile() {
  try {
    return JSON.parse(readFileSync(join(root, 'dist', 'build.json'), 'utf8')).profile
  } catch {
    return undefined
  }
}

function packagesMatchLock() {
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'))
  const locked = readLock(join(root, 'package-lock.json'))
  if (!installed || !locked) return false
  return Object.entries(locked).every(
    ([path, { version, optional }]) =>
      path === '' ||
      installed[path]?.version === version ||
      // Packages for other platforms are left out by npm.
      (optional === true && installed[path] === undefined),
  )
}

function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined
}

function hasCompiler() {
  return [process.env.CC, 'cc', 'gcc', 'clang'].some((name) => name && version(name, ['--version']) !== undefined)
}

/** The version a tool prints, an empty string if it prints none, undefined if it does not run. */
function version(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  return status === 0 ? (/\d+(\.\d+)+/.exec(stdout)?.[0] ?? '') : undefined
}

function isOlder(version, wanted) {
  const parts = (text) => text.split('.').map(Number)
  const [has, needs] = [parts(version), parts(wanted)]
  const differing = needs.findIndex((part, index) => (has[index] ?? 0) !== part)
  return differing !== -1 && (has[differing] ?? 0) < needs[differing]
}
