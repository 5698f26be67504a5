//! `explainPermission()`: the engine's judgement on a call, without a query.

import type * as Api from '../../index.js'
import { AgentSdkError, errorFromNative, invalidOption } from './errors.ts'
import { engine } from './native.ts'
import { lowerParams } from './options.ts'

export const explainPermission: typeof Api.explainPermission = async (toolName, input, options) => {
  if (typeof toolName !== 'string') throw new AgentSdkError('invalid_input', 'explainPermission() takes the name of a tool')
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidOption('input', 'must be the input of the tool: an object')
  }
  const { config } = lowerParams({ prompt: '', options })
  const call = JSON.stringify({ toolName, input })
  try {
    return JSON.parse(engine().explainPermission(JSON.stringify({ id: 0, ...config }), call)) as Api.PermissionExplanation
  } catch (thrown) {
    throw errorFromNative(thrown)
  }
}
