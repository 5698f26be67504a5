//! Checks the package as users get it, with publint and attw. The addon itself is left out: packing it says nothing and takes long.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bin, root, run } from './setup.mjs'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const stage = mkdtempSync(join(tmpdir(), 'native-agent-sdk-package-'))
try {
  process.exitCode = (await check()) ? 0 : 1
} finally {
  rmSync(stage, { recursive: true, force: true })
}

async function check() {
  const files = manifest.files.filter((name) => !name.endsWith('.node'))
  const missing = files.filter((name) => !existsSync(join(root, name)))
  if (missing.length > 0) {
    console.error(`package.json lists files that do not exist: ${missing.join(', ')}`)
    return false
  }
  for (const name of [...files, 'LICENSE']) {
    mkdirSync(dirname(join(stage, name)), { recursive: true })
    cpSync(join(root, name), join(stage, name), { recursive: true })
  }
  writeFileSync(join(stage, 'package.json'), JSON.stringify({ ...manifest, files }, null, 2))
  // The package is ESM only: what a CommonJS importer would see is not looked at.
  const codes = [await run(bin('publint'), [stage, '--strict']), await run(bin('attw'), ['--pack', stage, '--profile', 'esm-only'])]
  return codes.every((code) => code === 0)
}
