//! Settings across the boundary: sources, updates that are written, and `resolveSettings()`.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { query, resolveSettings } from 'native-agent-sdk'
import type { PermissionUpdateDestination, Settings } from '../index.js'
import { calls, collect, folder, ofType, says, scripted, toolResults } from './support/scripted.ts'

/** A home and a project in it, with these files. */
function project(files: Record<string, Settings>): { home: string; cwd: string } {
  const home = folder()
  const cwd = join(home, 'project')
  mkdirSync(join(cwd, '.git'), { recursive: true })
  for (const [name, settings] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), JSON.stringify(settings))
  }
  return { home, cwd }
}

const allow: Settings = { permissions: { allow: ['Bash(touch:*)'] } }

it('settingSources chooses which files are read', async () => {
  const { home, cwd } = project({ '.claude/settings.json': allow, 'project/.claude/settings.json': { model: 'of-the-project' } })
  for (const [settingSources, model, runs] of [
    [undefined, false, false],
    [['project'], true, false],
    [['user', 'project'], true, true],
  ] as const) {
    const api = await scripted([{ reply: calls('Bash', { command: 'touch a' }) }, { reply: says('ok') }])
    const env = { ...api.env(), HOME: home }
    const messages = await collect(query({ prompt: 'Go', options: { env, cwd, ...(settingSources && { settingSources: [...settingSources] }) } }))
    expect(toolResults(messages)[0]?.is_error ?? false).toBe(!runs)
    const [init] = ofType(messages, 'system')
    expect(init?.subtype === 'init' && init.model === 'of-the-project').toBe(model)
  }
})

it.each<[PermissionUpdateDestination, string]>([
  ['userSettings', '.claude/settings.json'],
  ['projectSettings', 'project/.claude/settings.json'],
  ['localSettings', 'project/.claude/settings.local.json'],
])('[row 90] updatedPermissions for %s are written to its file', async (destination, file) => {
  const { home, cwd } = project({ [file]: { model: 'kept' } })
  const api = await scripted([{ reply: calls('Bash', { command: 'touch a' }) }, { reply: calls('Bash', { command: 'touch b' }) }, { reply: says('ok') }])
  let asked = 0
  const messages = await collect(
    query({
      prompt: 'Go',
      options: {
        env: { ...api.env(), HOME: home },
        cwd,
        canUseTool: async (_tool, updatedInput) => {
          asked += 1
          const rules = [{ toolName: 'Bash', ruleContent: 'touch:*' }]
          return { behavior: 'allow', updatedInput, updatedPermissions: [{ type: 'addRules', rules, behavior: 'allow', destination }] }
        },
      },
    }),
  )
  expect(toolResults(messages).map(({ is_error }) => is_error ?? false)).toEqual([false, false])
  expect(asked).toBe(1)
  expect(JSON.parse(readFileSync(join(home, file), 'utf8'))).toEqual({ model: 'kept', ...allow })
})

it('applyFlagSettings and updateSettings are methods of a query', async () => {
  const { home, cwd } = project({})
  // The call comes when everything is set.
  const reply = { ...calls('Bash', { command: 'touch a' }), gates: [{ at: 'start' as const, name: 'set' }] }
  const api = await scripted([{ reply }, { reply: says('ok') }])
  const running = query({ prompt: 'Go', options: { env: { ...api.env(), HOME: home }, cwd, settings: { model: 'm' } } })
  await running.applyFlagSettings(allow)
  await running.updateSettings('localSettings', { outputStyle: 'brief' })
  await expect(running.applyFlagSettings({ env: {} })).rejects.toMatchObject({ code: 'unsupported_option' })
  await expect(running.updateSettings('userSettings', { outputStyle: 'x' } as object)).rejects.toMatchObject({ code: 'invalid_input' })
  await api.openGate('set')
  expect(toolResults(await collect(running))[0]?.is_error ?? false).toBe(false)
  expect(JSON.parse(readFileSync(join(cwd, '.claude/settings.local.json'), 'utf8'))).toEqual({ outputStyle: 'brief' })
})

it('[row 153] resolveSettings says what counts and who said it', async () => {
  const { home, cwd } = project({ '.claude/settings.json': { model: 'u', ...allow }, 'project/.claude/settings.local.json': { language: 'de' } })
  const options = { cwd, env: { HOME: home } }
  const resolved = await resolveSettings({ ...options, settingSources: ['user', 'local'], settings: { model: 'f' } })
  expect(resolved.effective).toEqual({ ...allow, model: 'f', language: 'de' })
  expect(resolved.provenance).toEqual({
    model: { source: 'flag' },
    permissions: { source: 'user', path: join(home, '.claude/settings.json') },
    language: { source: 'local', path: join(cwd, '.claude/settings.local.json') },
  })
  expect(resolved.sources.map(({ source }) => source)).toEqual(['flag', 'local', 'user'])
  expect((await resolveSettings(options)).effective).toEqual({})
})

it('resolveSettings rejects what cannot be used', async () => {
  const { home, cwd } = project({})
  mkdirSync(join(home, '.claude'))
  writeFileSync(join(home, '.claude/settings.json'), '{\n  broken')
  const options = { cwd, env: { HOME: home } }
  await expect(resolveSettings({ ...options, settingSources: ['user'] })).rejects.toMatchObject({
    code: 'config_file_invalid',
    message: expect.stringContaining(`${join(home, '.claude/settings.json')}, line 2`),
  })
  expect(() => query({ prompt: 'x', options: { ...options, settingSources: ['user'] } })).toThrow(expect.objectContaining({ code: 'config_file_invalid' }))
  await expect(resolveSettings({ ...options, cwd: join(home, 'none') })).rejects.toMatchObject({ code: 'cwd_unavailable' })
  await expect(resolveSettings({ ...options, settingSources: ['all'] } as object)).rejects.toMatchObject({ code: 'invalid_option' })
  await expect(resolveSettings(null as unknown as object)).rejects.toMatchObject({ code: 'invalid_option' })
})
