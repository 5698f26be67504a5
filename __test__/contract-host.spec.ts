//! What a host says, as the engine gets it: samples of all of it, complete by their types, are written to
//! `__test__/fixtures/host`, where cargo tests read them. `UPDATE_FIXTURES=1` rewrites the files.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { AgentSdkError, query } from 'native-agent-sdk'
import type { Query } from '../index.js'
import { lower } from '../src/js/json.ts'
import { lowerMessage } from '../src/js/options.ts'
import { fakeQuery } from './support/fake-engine.ts'
import * as samples from './support/host-samples.ts'
import { against, scripted } from './support/scripted.ts'
import { root } from './support/typescript.ts'

const FOLDER = `${root}__test__/fixtures/host`

const plain = (value: unknown): unknown => lower(value, '', { functions: 'refuse', fail: (path, problem) => new Error(`${path}: ${problem}`) })

/** The requests that the methods of a query make. */
async function controlRequests(): Promise<Record<string, unknown[]>> {
  const requests: Record<string, unknown[]> = {}
  for (const [method, calls] of Object.entries(samples.controlCalls)) {
    const { query, native } = fakeQuery()
    for (const args of calls) await (query[method as keyof Query] as (...args: unknown[]) => Promise<unknown>).apply(query, args)
    requests[method] = native.controls
  }
  return requests
}

function each<T>(values: Record<string, T>, of: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, of(value)]))
}

const files: Record<string, () => unknown> = {
  'permission-updates': () => each(samples.permissionUpdates, plain),
  'permission-results': () => each(samples.permissionResults, plain),
  'hook-outputs': () => each(samples.hookOutputs, plain),
  'hook-outputs-other': () => each(samples.otherHookOutputs, plain),
  'user-messages': () => each(samples.userMessages, (message) => JSON.parse(lowerMessage(message)) as unknown),
  'control-requests': controlRequests,
  options: () => each(samples.optionSamples, (options) => fakeQuery({ prompt: 'x', options }).native.config.options),
}

it.each(Object.keys(files))('%s: what cargo reads is what the types allow', async (name) => {
  const text = `${JSON.stringify(await files[name]?.(), null, 2)}\n`
  const path = `${FOLDER}/${name}.json`
  if (process.env['UPDATE_FIXTURES'] !== undefined) {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(path, text)
  }
  expect(readFileSync(path, 'utf8'), 'stale: run vitest with UPDATE_FIXTURES=1').toBe(text)
})

it('there are no other files', () => {
  expect(readdirSync(FOLDER).toSorted()).toEqual(Object.keys(files).map((name) => `${name}.json`).toSorted())
})

describe('a wrong value is refused with a typed error that names the option, before anything is sent', () => {
  it.each(Object.entries(samples.wrongOptions))('%s', async (name, values) => {
    const api = await scripted([])
    for (const value of values) {
      // The environment itself has to be right for everything else to be looked at.
      const options = { ...against(api), [name]: value }
      let thrown: unknown
      try {
        query({ prompt: 'x', options }).close()
      } catch (error) {
        thrown = error
      }
      const shown = `${name}: ${String(JSON.stringify(value))}`
      expect(thrown, shown).toBeInstanceOf(AgentSdkError)
      const { code, message } = thrown as AgentSdkError
      expect(['invalid_option', 'invalid_rule', 'unsupported_option', 'unknown_option', 'cwd_unavailable'], shown).toContain(code)
      expect(message, shown).toMatch(new RegExp(`^(options\\.)?${name}\\b`))
    }
    expect(await api.requests()).toEqual([])
  })
})
