//! `resolveSettings()`: what settings say together, without starting a run.

import type * as Api from '../../index.js'
import { errorFromNative, errorFromWire } from './errors.ts'
import { engine, type NativeEngine } from './native.ts'
import { lowerSettingsQuestion } from './options.ts'

/** Joins the settings that a query with the same options would load. */
export const resolveSettings: typeof Api.resolveSettings = (options = {}) => resolveOn(engine, options)

/** `resolveSettings()` on a given engine. */
export async function resolveOn(onEngine: () => NativeEngine, options: unknown): Promise<Api.ResolvedSettings> {
  const question = lowerSettingsQuestion(options)
  let text: string
  try {
    text = await onEngine().resolveSettings(question)
  } catch (thrown) {
    throw errorFromNative(thrown)
  }
  const answer = JSON.parse(text) as { ok?: Api.ResolvedSettings; error?: { code: string; message: string } }
  if (answer.ok === undefined) throw errorFromWire(answer.error ?? { code: 'internal_error', message: text })
  return answer.ok
}
