//! Pure functions about settings: which models a deny list blocks, and a project's escalating mode.

import type * as Api from '../../index.js'
import { AgentSdkError } from './errors.ts'

/** The weakest first. */
const LAYERS: Api.ResolvedSettingSource[] = ['user', 'project', 'local', 'flag', 'managed']
const ESCALATING = new Set(['bypassPermissions', 'auto', 'acceptEdits'])

/** The effective settings without an escalation of the mode that files of the project set; a weaker layer's mode counts then. */
export const filterEscalatingDefaultMode: typeof Api.filterEscalatingDefaultMode = (resolved) => {
  const { effective, sources } = resolved
  if (effective.permissions?.defaultMode === undefined) return effective
  const strongestFirst = sources.toSorted((one, other) => LAYERS.indexOf(other.source) - LAYERS.indexOf(one.source))
  const { defaultMode: _dropped, ...permissions } = effective.permissions
  for (const { source, settings } of strongestFirst) {
    const defaultMode = settings.permissions?.defaultMode
    if (defaultMode === undefined) continue
    const ofProject = source === 'project' || source === 'local'
    if (!ofProject || !ESCALATING.has(defaultMode)) return { ...effective, permissions: { ...permissions, defaultMode } }
  }
  return { ...effective, permissions }
}

/** Which of the models a deny list blocks. */
export const matchDeniedModels: typeof Api.matchDeniedModels = async (models, deniedModels) => {
  checkNames('models', models)
  checkNames('deniedModels', deniedModels ?? [])
  const entries = (deniedModels ?? []).map(plain)
  const patterns = entries.filter((entry) => entry !== '').map(pattern)
  return {
    denied: models.map((model) => patterns.some((denies) => denies.test(plain(model)))),
    warnings: entries.flatMap((entry, index) => (entry === '' ? [`deniedModels[${index}] is empty and blocks nothing`] : [])),
  }
}

function checkNames(name: string, values: readonly string[]): void {
  if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return
  throw new AgentSdkError('invalid_input', `${name}: must be an array of strings`)
}

/** A name in lower case, without a window mark and a provider's prefix. */
function plain(name: string): string {
  return name.trim().toLowerCase().replace(/\[[^\]]*\]$/, '').replace(/^.*\banthropic[./]/, '')
}

/** An alias stands for its family; anything else for itself and what follows it after a separator. */
function pattern(entry: string): RegExp {
  const literal = entry.replaceAll(/[.+?^${}()|[\]\\/]/g, '\\$&').replaceAll('*', '.*')
  const isAlias = /^[a-z]+$/.test(entry) && entry !== 'claude'
  return new RegExp(isAlias ? `^(?:${literal}$|claude-(?:.*-)?${literal}(?:$|[-@:]))` : `^${literal}(?:$|[-@:])`)
}
