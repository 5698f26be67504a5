//! Pure functions about settings.

import { describe, expect, it } from 'vitest'
import { filterEscalatingDefaultMode, matchDeniedModels, type PermissionMode, type ResolvedSettings, type ResolvedSettingSource } from '../index.js'

type Mode = PermissionMode | 'manual'

/** Settings of which some layers set a mode, and all a rule. */
function resolved(modes: Partial<Record<ResolvedSettingSource, Mode>>, effective: Mode | undefined): ResolvedSettings {
  const sources = (Object.entries(modes) as [ResolvedSettingSource, Mode][]).map(([source, defaultMode]) => ({ source, settings: { permissions: { defaultMode } } }))
  return { effective: { model: 'opus', permissions: { allow: ['Read'], ...(effective && { defaultMode: effective }) } }, provenance: {}, sources }
}

describe('filterEscalatingDefaultMode', () => {
  it.each<[string, Partial<Record<ResolvedSettingSource, Mode>>, Mode | undefined, Mode | undefined]>([
    ['no mode at all', {}, undefined, undefined],
    ['a mode of the user', { user: 'acceptEdits' }, 'acceptEdits', 'acceptEdits'],
    ['bypass of the project', { project: 'bypassPermissions' }, 'bypassPermissions', undefined],
    ['auto of the project', { project: 'auto' }, 'auto', undefined],
    ['acceptEdits of the project', { project: 'acceptEdits' }, 'acceptEdits', undefined],
    ['acceptEdits of the local file, which lies in the project too', { local: 'acceptEdits' }, 'acceptEdits', undefined],
    ['plan of the project', { project: 'plan' }, 'plan', 'plan'],
    ['the project over the user', { user: 'plan', project: 'auto' }, 'auto', 'plan'],
    ['the option over the project', { project: 'auto', flag: 'acceptEdits' }, 'acceptEdits', 'acceptEdits'],
    ['managed settings', { managed: 'bypassPermissions', project: 'auto' }, 'bypassPermissions', 'bypassPermissions'],
  ])('%s', (_name, modes, effective, expected) => {
    const before = resolved(modes, effective)
    const copy = structuredClone(before)
    const settings = filterEscalatingDefaultMode(before)
    expect(settings.permissions?.defaultMode).toBe(expected)
    expect([settings.model, settings.permissions?.allow]).toEqual(['opus', ['Read']])
    expect(before).toEqual(copy)
  })
})

describe('matchDeniedModels', () => {
  it.each<[string, string, boolean]>([
    ['opus', 'opus', true],
    ['claude-opus-5-5', 'opus', true],
    ['claude-3-opus-20240229', 'opus', true],
    ['claude-sonnet-5', 'opus', false],
    ['claude-opus-5-5', 'claude-opus-5-5', true],
    ['claude-opus-5-5-20260101', 'claude-opus-5-5', true],
    ['claude-opus-5-55', 'claude-opus-5-5', false],
    ['claude-opus-5-5', 'claude-opus-5-5-20260101', false],
    ['claude-opus-5-5', 'claude', true],
    ['Claude-Opus-5-5[1m]', 'claude-opus-5-5', true],
    ['claude-opus-5-5', 'CLAUDE-OPUS-5-5[1m]', true],
    ['us.anthropic.claude-opus-5-5-v1:0', 'claude-opus-5-5', true],
    ['claude-opus-5-5@20260101', 'claude-opus-5-5', true],
    ['claude-opus-5-5', 'claude-opus-*', true],
    ['claude-sonnet-5', 'claude-opus-*', false],
    ['a.b', 'axb', false],
    ['axb', 'a.b', false],
  ])('%s and %s: %s', async (model, entry, expected) => {
    expect(await matchDeniedModels([model], [entry])).toEqual({ denied: [expected], warnings: [] })
  })

  it('answers for each model; without a list for none', async () => {
    expect((await matchDeniedModels(['opus', 'haiku', 'sonnet'], ['opus', 'sonnet'])).denied).toEqual([true, false, true])
    expect(await matchDeniedModels(['opus'], undefined)).toEqual({ denied: [false], warnings: [] })
  })

  it('warns of an entry that names nothing, and refuses what is no list', async () => {
    expect(await matchDeniedModels(['opus'], ['  '])).toEqual({ denied: [false], warnings: ['deniedModels[0] is empty and blocks nothing'] })
    await expect(matchDeniedModels('opus' as never, [])).rejects.toMatchObject({ code: 'invalid_input', message: 'models: must be an array of strings' })
    await expect(matchDeniedModels([], [1 as never])).rejects.toMatchObject({ code: 'invalid_input' })
  })
})
