//! What a tool takes: the JSON Schema that the model sees, and the check of what it sent.

import { describe } from '../errors.ts'
import { put } from '../json.ts'
import { fromZod, isOptional } from './zod.ts'

export type JsonSchema = Record<string, unknown>

/** The input of one tool. */
export interface InputSchema {
  readonly json: JsonSchema
  /** The input as the handler gets it; throws `InvalidInput`. */
  check(input: unknown): Promise<unknown>
}

/** The input does not fit; the message says what to change. */
export class InvalidInput extends Error {}

/** Something with its own check: zod, or any other Standard Schema. */
interface Checker {
  readonly '~standard'?: Standard
  readonly safeParseAsync?: (value: unknown) => Promise<{ success: boolean; data?: unknown; error?: { issues: readonly Issue[] } }>
}

interface Standard {
  readonly validate: (value: unknown) => Outcome | Promise<Outcome>
  readonly jsonSchema?: { readonly input: (options: { target: string }) => JsonSchema }
}

interface Issue {
  readonly message: string
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
}

type Outcome = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

/** Reads what `tool()` was given as its input; throws if no JSON Schema can be made of it. */
export function inputSchema(given: object): InputSchema {
  if (isChecker(given)) return { json: objectSchema(toJson(given)), check: async (input) => unwrap(await run(given, input), []) }
  if (isJsonSchema(given)) return { json: given, check: async (input) => input }
  return shapeSchema(given as Record<string, unknown>)
}

function isChecker(value: unknown): value is Checker {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return '~standard' in value || ('safeParseAsync' in value && typeof value.safeParseAsync === 'function')
}

function isJsonSchema(value: object): value is JsonSchema {
  if (Object.values(value).some(isChecker)) return false
  return ('type' in value && value.type === 'object') || '$schema' in value || ('properties' in value && typeof value.properties === 'object')
}

/** A raw shape: `{ name: schema }`. */
function shapeSchema(shape: Record<string, unknown>): InputSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  const fields = Object.entries(shape)
  for (const [name, field] of fields) {
    if (!isChecker(field)) throw new TypeError(`the parameter ${JSON.stringify(name)} is not described by a schema`)
    put(properties, name, rebased(toJson(field), `#/properties/${escaped(name)}`))
    if (!isOptional(field)) required.push(name)
  }
  return {
    json: { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false },
    check: (input) => checkShape(fields as [string, Checker][], input),
  }
}

async function checkShape(fields: ReadonlyArray<[string, Checker]>, input: unknown): Promise<unknown> {
  const given = (input ?? {}) as Record<string, unknown>
  const checked: Record<string, unknown> = {}
  for (const [name, field] of fields) {
    const present = Object.hasOwn(given, name)
    const value = unwrap(await run(field, present ? given[name] : undefined), [name])
    if (present || value !== undefined) put(checked, name, value)
  }
  return checked
}

async function run(schema: Checker, value: unknown): Promise<Outcome> {
  const standard = schema['~standard']
  if (standard) return standard.validate(value)
  const result = await schema.safeParseAsync?.(value)
  if (result?.success) return { value: result.data }
  return { issues: result?.error?.issues ?? [{ message: 'cannot be checked' }] }
}

function unwrap(outcome: Outcome, path: readonly PropertyKey[]): unknown {
  if (outcome.issues === undefined) return outcome.value
  const lines = outcome.issues.map(({ message, path: below = [] }) => {
    const keys = [...path, ...below.map((part) => (typeof part === 'object' ? part.key : part))]
    return keys.length > 0 ? `${keys.map(String).join('.')}: ${message}` : message
  })
  throw new InvalidInput(lines.join('\n'))
}

/** The JSON Schema of the input of one schema: by the standard way if it has one, else by our own for zod. */
function toJson(schema: Checker): JsonSchema {
  const convert = schema['~standard']?.jsonSchema?.input
  let failure: unknown
  if (convert !== undefined) {
    for (const target of ['draft-2020-12', 'draft-07']) {
      try {
        const { $schema, ...json } = convert({ target })
        return json
      } catch (thrown) {
        failure ??= thrown
      }
    }
  }
  const own = fromZod(schema)
  if (own !== undefined) return own
  throw failure instanceof Error ? failure : new TypeError(failure === undefined ? 'this kind of schema cannot be turned into JSON Schema' : describe(failure))
}

function objectSchema(json: JsonSchema): JsonSchema {
  return json['type'] === undefined && json['$ref'] === undefined ? { type: 'object', ...json } : json
}

/** References of a schema that has moved below `base` of another. */
function rebased(json: JsonSchema, base: string): JsonSchema {
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move)
    if (typeof value !== 'object' || value === null) return value
    const copy: Record<string, unknown> = {}
    for (const [key, inner] of Object.entries(value)) {
      put(copy, key, key === '$ref' && typeof inner === 'string' && inner.startsWith('#') ? `${base}${inner.slice(1)}` : move(inner))
    }
    return copy
  }
  return JSON.stringify(json).includes('"$ref"') ? (move(json) as JsonSchema) : json
}

function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}
