//! Runs the demo, after doing what a fresh clone needs for it.

import { bin, ensureBuilt, ensurePackages, requireTools, run } from './setup.mjs'

requireTools()
await ensurePackages()
await ensureBuilt()
process.exit(await run(bin('tsx'), ['examples/demo.ts', ...process.argv.slice(2)]))
