//! What a user's installation meets: the manifest, the lock file, a missing addon.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { AgentSdkError } from '../src/js/errors.ts'
import { loadAddon } from '../src/js/native.ts'
import { root } from './support/typescript.ts'

const read = (name: string): string => readFileSync(`${root}${name}`, 'utf8')
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>

describe('a missing addon', () => {
  it('is a typed error that names the platform and the cure', () => {
    const load = (): never => {
      throw new Error('Cannot find module')
    }
    const error = (() => {
      try {
        return loadAddon(load)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(AgentSdkError)
    expect(error).toMatchObject({ code: 'native_addon_missing', cause: expect.objectContaining({ message: 'Cannot find module' }) })
    for (const part of [process.platform, process.arch, '--omit=optional', 'npm run build']) expect((error as Error).message).toContain(part)
  })
})

describe('package.json', () => {
  it('needs nothing at run time and runs nothing at installation', () => {
    expect(manifest['dependencies']).toBeUndefined()
    expect(Object.keys(manifest['scripts'] ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(pre|post)?(install|prepare|pack|publish)/)]),
    )
  })

  it('lets itself be read, and each entry point has types', () => {
    const require = createRequire(`${root}package.json`)
    expect(require('native-agent-sdk/package.json')).toEqual(manifest)
    const entries = Object.entries(manifest['exports'] ?? {}).filter(([name]) => name !== './package.json')
    for (const [, entry] of entries) expect(Object.keys(entry)).toEqual(['types', 'default'])
    expect(entries.map(([name]) => name)).toEqual(['.', './testing', './sdk-tools', './sdk-tools.js'])
  })
})

it('the lock file names no registry', () => {
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string }> }
  expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([])
})
