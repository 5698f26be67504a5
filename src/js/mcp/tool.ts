//! `tool()`: a function of the caller as a tool, with its input described once and checked at every call.

import type * as Api from '../../../index.js'
import { AgentSdkError } from '../errors.ts'

/** Describes a tool for `createSdkMcpServer`. The input is a zod raw shape, a Standard Schema or a JSON Schema. */
export const tool = ((name: unknown, description: unknown, inputSchema: unknown, handler: unknown, extras?: unknown) => {
  if (typeof name !== 'string' || name === '') throw wrong('the first argument is the name of the tool, a text')
  if (typeof description !== 'string') throw wrong(`${name}: the second argument is the description of the tool, a text`)
  if (typeof inputSchema !== 'object' || inputSchema === null) {
    throw wrong(`${name}: the third argument describes the input: a zod shape such as { city: z.string() }, a Standard Schema or a JSON Schema`)
  }
  if (typeof handler !== 'function') throw wrong(`${name}: the fourth argument is the handler, a function`)
  const { annotations, searchHint, alwaysLoad } = (extras ?? {}) as { annotations?: object; searchHint?: string; alwaysLoad?: boolean }
  const meta = {
    ...(searchHint !== undefined && { 'anthropic/searchHint': searchHint }),
    ...(alwaysLoad !== undefined && { 'anthropic/alwaysLoad': alwaysLoad }),
  }
  return {
    name,
    description,
    inputSchema,
    handler,
    ...(annotations !== undefined && { annotations }),
    ...(Object.keys(meta).length > 0 && { _meta: meta }),
  }
}) as typeof Api.tool

function wrong(text: string): AgentSdkError {
  return new AgentSdkError('invalid_input', `tool(): ${text}`)
}
