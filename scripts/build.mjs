//! Builds the addon and the JavaScript bundles. Flags go to `napi build`; `--debug` instead of a release build, `--js-only`
//! leaves the addon alone.
//!
//! dist/ holds the addon, its loader and the code that both entry points share: so the addon is loaded once, from one place.

import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { bin, ensurePackages, requireTools, root, run } from './setup.mjs'

const flags = process.argv.slice(2)
const debug = flags.includes('--debug')
const jsOnly = flags.includes('--js-only')
const dist = join(root, 'dist')

if (!jsOnly) requireTools()
await ensurePackages()
mkdirSync(dist, { recursive: true })
if (!jsOnly) await buildAddon()
await bundle()

/** Processes may have the addon loaded: it is made beside and moved, so that its file never changes in place under them. */
async function buildAddon() {
  const forwarded = flags.filter((flag) => flag !== '--debug')
  // What a build left behind that was killed.
  for (const name of readdirSync(dist)) if (name.startsWith('.new-')) rmSync(join(dist, name), { recursive: true, force: true })
  const made = mkdtempSync(join(dist, '.new-'))
  const code = await run(bin('napi'), [
    'build',
    '--platform',
    ...['--output-dir', relative(root, made), '--js', 'native.cjs', '--dts', 'native.d.cts'],
    ...(debug ? [] : ['--release']),
    ...forwarded,
    ...(forwarded.includes('--') ? [] : ['--', '--locked']),
  ])
  if (code === 0) {
    writeFileSync(join(made, 'build.json'), `${JSON.stringify({ profile: debug ? 'debug' : 'release' })}\n`)
    for (const name of readdirSync(made)) renameSync(join(made, name), join(dist, name))
  }
  rmSync(made, { recursive: true, force: true })
  if (code !== 0) process.exit(code)
}

async function bundle() {
  const { build } = await import('esbuild')
  rmSync(join(dist, 'core.js'), { force: true })
  await build({
    entryPoints: { index: 'src/js/index.ts', testing: 'src/js/testing.ts' },
    absWorkingDir: root,
    outdir: '.',
    // One chunk, the code that both entry points use; a second one would collide with it and fail the build.
    splitting: true,
    chunkNames: 'dist/core',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'warning',
  })
}
