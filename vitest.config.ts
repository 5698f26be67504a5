//! How vitest runs: one process per spec file, so that a crash of the addon names its file. `--pool=threads` must pass too.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    // The package under test, as users import it.
    alias: [
      { find: /^native-agent-sdk$/, replacement: file('./index.js') },
      { find: /^native-agent-sdk\/testing$/, replacement: file('./testing.js') },
    ],
  },
  test: {
    include: ['__test__/**/*.spec.ts'],
    // Needs packages that scripts/conformance.mjs installs.
    exclude: process.env['CONFORMANCE_PACKAGES'] ? [] : ['__test__/conformance/**'],
    pool: 'forks',
    testTimeout: 30_000,
    server: { deps: { external: [/\/(index|testing|dist\/core)\.js$/] } },
  },
})
