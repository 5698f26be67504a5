//! Builds the addon and the JavaScript bundles. Flags go to `napi build`; `--debug` instead of a release build, `--js-only`
//! leaves the addon alone.
//!
//! dist/ holds the addon, its loader and the code that both entry points share: so the addon is loaded once, from one place.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, ensurePackages, must, requireTools, root } from './setup.mjs'

const flags = process.argv.slice(2)
const debug = flags.includes('--debug')
const jsOnly = flags.includes('--js-only')
const dist = join(root, 'dist')

if (!jsOnly) requireTools()
await ensurePackages()
mkdirSync(dist, { recursive: true })
if (!jsOnly) await buildAddon()
await bundle()

async function buildAddon() {
  const forwarded = flags.filter((flag) => flag !== '--debug')
  await must(bin('napi'), [
    'build',
    '--platform',
    ...['--output-dir', 'dist', '--js', 'native.cjs', '--dts', 'native.d.cts'],
    ...(debug ? [] : ['--release']),
    ...forwarded,
    ...(forwarded.includes('--') ? [] : ['--', '--locked']),
  ])
  writeFileSync(join(dist, 'build.json'), `${JSON.stringify({ profile: debug ? 'debug' : 'release' })}\n`)
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
