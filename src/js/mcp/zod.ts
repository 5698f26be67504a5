//! Zod schemas as JSON Schema where zod itself does not say it: zod 3, and zod 4 before it had the standard way.

type Json = Record<string, unknown>

/** The definition behind a zod schema, of either version. */
interface Definition {
  readonly [name: string]: unknown
}

/** The JSON Schema of the input; `undefined` if it is no zod schema. Throws for what JSON Schema cannot say. */
export function fromZod(schema: unknown): Json | undefined {
  return isZod(schema) ? convert(schema, []) : undefined
}

/** Whether an object may leave the field out. */
export function isOptional(schema: unknown): boolean {
  const internals = (schema as { _zod?: { optin?: unknown } })._zod
  if (internals !== undefined) return internals.optin !== undefined
  const { isOptional: ask } = schema as { isOptional?: () => boolean }
  try {
    return typeof ask === 'function' && ask.call(schema)
  } catch {
    // A check that is asynchronous cannot be asked so; a required field is the safe guess.
    return false
  }
}

function isZod(schema: unknown): schema is object {
  return definition(schema) !== undefined
}

function definition(schema: unknown): Definition | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  const { _zod, _def } = schema as { _zod?: { def?: Definition }; _def?: Definition }
  const def = _zod?.def ?? _def
  return def !== undefined && kindOf(def) !== undefined ? def : undefined
}

/** `string`, `object`, `discriminatedunion` …, whatever the version calls it. */
function kindOf(def: Definition): string | undefined {
  const name = def['typeName'] ?? def['type']
  return typeof name === 'string' ? name.replace(/^Zod/, '').toLowerCase() : undefined
}

function convert(schema: unknown, open: readonly unknown[]): Json {
  const def = definition(schema)
  if (def === undefined) throw new TypeError('a part of the schema is no zod schema')
  if (open.includes(schema)) throw new TypeError('the schema contains itself')
  const text = (schema as { description?: unknown }).description ?? def['description']
  const json = body(kindOf(def) ?? '', def, (inner) => convert(inner, [...open, schema]))
  return typeof text === 'string' ? { ...json, description: text } : json
}

type Inner = (schema: unknown) => Json

function body(kind: string, def: Definition, inner: Inner): Json {
  switch (kind) {
    case 'string':
      return { type: 'string', ...checks(def, STRING) }
    case 'number':
    case 'int': {
      const { type = 'number', ...rest } = checks(def, NUMBER)
      return { type, ...rest }
    }
    case 'boolean':
      return { type: 'boolean' }
    case 'null':
      return { type: 'null' }
    case 'any':
    case 'unknown':
      return {}
    case 'literal':
      return literal((def['values'] as unknown[] | undefined) ?? [def['value']])
    case 'enum':
    case 'nativeenum':
      return enumeration((def['entries'] ?? def['values']) as object)
    case 'array':
      return { type: 'array', items: inner(def['element'] ?? def['type']), ...arraySize(def) }
    case 'set':
      return { type: 'array', uniqueItems: true, items: inner(def['valueType']) }
    case 'tuple':
      return tuple(def, inner)
    case 'object':
      return object(def, inner)
    case 'record':
      return { type: 'object', additionalProperties: inner(def['valueType']) }
    case 'union':
    case 'discriminatedunion':
      return { anyOf: [...((def['options'] as Iterable<unknown> | Map<unknown, unknown>) instanceof Map ? (def['options'] as Map<unknown, unknown>).values() : (def['options'] as Iterable<unknown>))].map(inner) }
    case 'intersection':
      return { allOf: [inner(def['left']), inner(def['right'])] }
    case 'default':
    case 'prefault':
      return { ...inner(def['innerType']), ...defaultOf(def['defaultValue']) }
    case 'nullable':
      return { anyOf: [inner(def['innerType']), { type: 'null' }] }
    case 'optional':
    case 'exactoptional':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
    case 'success':
      return inner(def['innerType'])
    case 'branded':
      return inner(def['type'])
    case 'effects':
      return inner(def['schema'])
    case 'pipeline':
    case 'pipe':
      return inner(def['in'])
    case 'lazy':
      return inner((def['getter'] as () => unknown)())
    case 'transform':
      return {}
    default:
      throw new TypeError(`a ${kind} cannot be represented in JSON Schema`)
  }
}

/** One check of either version: version 4 keeps its definition a step away. */
function checkList(def: Definition): Definition[] {
  const list = (def['checks'] as unknown[] | undefined) ?? []
  const own = [def, ...list.map((check) => (check as { _zod?: { def: Definition } })._zod?.def ?? (check as { def?: Definition }).def ?? (check as Definition))]
  return own.filter((check) => check['kind'] !== undefined || check['check'] !== undefined)
}

function checks(def: Definition, table: Record<string, (check: Definition) => Json>): Json {
  const json: Json = {}
  for (const check of checkList(def)) {
    const name = String(check['kind'] ?? check['format'] ?? check['check'])
    Object.assign(json, table[name]?.(check))
  }
  return json
}

const source = (pattern: unknown): string => (pattern instanceof RegExp ? pattern.source : String(pattern))
const literalText = (text: unknown): string => String(text).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

const STRING: Record<string, (check: Definition) => Json> = {
  min: ({ value }) => ({ minLength: value }),
  max: ({ value }) => ({ maxLength: value }),
  length: ({ value }) => ({ minLength: value, maxLength: value }),
  min_length: ({ minimum }) => ({ minLength: minimum }),
  max_length: ({ maximum }) => ({ maxLength: maximum }),
  length_equals: ({ length }) => ({ minLength: length, maxLength: length }),
  email: () => ({ format: 'email' }),
  url: () => ({ format: 'uri' }),
  uuid: () => ({ format: 'uuid' }),
  guid: () => ({ format: 'uuid' }),
  datetime: () => ({ format: 'date-time' }),
  date: () => ({ format: 'date' }),
  time: () => ({ format: 'time' }),
  ipv4: () => ({ format: 'ipv4' }),
  ipv6: () => ({ format: 'ipv6' }),
  regex: ({ regex, pattern }) => ({ pattern: source(regex ?? pattern) }),
  startsWith: ({ value }) => ({ pattern: `^${literalText(value)}` }),
  endsWith: ({ value }) => ({ pattern: `${literalText(value)}$` }),
  includes: ({ value, includes }) => ({ pattern: literalText(value ?? includes) }),
  starts_with: ({ prefix }) => ({ pattern: `^${literalText(prefix)}` }),
  ends_with: ({ suffix }) => ({ pattern: `${literalText(suffix)}$` }),
}

const atLeast = ({ value, inclusive }: Definition): Json => (inclusive === false ? { exclusiveMinimum: value } : { minimum: value })
const atMost = ({ value, inclusive }: Definition): Json => (inclusive === false ? { exclusiveMaximum: value } : { maximum: value })

const NUMBER: Record<string, (check: Definition) => Json> = {
  int: () => ({ type: 'integer' }),
  safeint: () => ({ type: 'integer' }),
  int32: () => ({ type: 'integer' }),
  uint32: () => ({ type: 'integer', minimum: 0 }),
  min: atLeast,
  max: atMost,
  greater_than: atLeast,
  less_than: atMost,
  multipleOf: ({ value }) => ({ multipleOf: value }),
  multiple_of: ({ value }) => ({ multipleOf: value }),
}

function literal(values: unknown[]): Json {
  for (const value of values) {
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) throw new TypeError(`the literal ${String(value)} cannot be represented in JSON Schema`)
  }
  return values.length === 1 ? { const: values[0] } : { enum: values }
}

function enumeration(entries: object): Json {
  if (Array.isArray(entries)) return { type: 'string', enum: entries }
  // TypeScript's numeric enums also map numbers back to names.
  const values = Object.entries(entries).filter(([key]) => typeof (entries as Record<string, unknown>)[String((entries as Record<string, unknown>)[key])] !== 'number').map(([, value]) => value as unknown)
  return values.every((value) => typeof value === 'string') ? { type: 'string', enum: values } : { enum: values }
}

function arraySize(def: Definition): Json {
  const size = (name: string): unknown => (def[name] as { value?: unknown } | null | undefined)?.value
  const exact = size('exactLength')
  const json: Json = {}
  const min = exact ?? size('minLength')
  const max = exact ?? size('maxLength')
  if (min !== undefined) json['minItems'] = min
  if (max !== undefined) json['maxItems'] = max
  for (const check of checkList(def)) {
    if (check['check'] === 'min_length') json['minItems'] = check['minimum']
    if (check['check'] === 'max_length') json['maxItems'] = check['maximum']
    if (check['check'] === 'length_equals') Object.assign(json, { minItems: check['length'], maxItems: check['length'] })
  }
  return json
}

function tuple(def: Definition, inner: Inner): Json {
  const items = (def['items'] as unknown[]).map(inner)
  const rest = def['rest']
  const more = rest === null || rest === undefined ? { items: false, maxItems: items.length } : { items: inner(rest) }
  return { type: 'array', prefixItems: items, minItems: items.length, ...more }
}

function object(def: Definition, inner: Inner): Json {
  const given = def['shape']
  const shape = (typeof given === 'function' ? (given as () => object)() : given) as Record<string, unknown>
  const properties: Json = {}
  const required: string[] = []
  for (const [name, field] of Object.entries(shape)) {
    Object.defineProperty(properties, name, { value: inner(field), enumerable: true, configurable: true, writable: true })
    if (!isOptional(field)) required.push(name)
  }
  const loose = def['unknownKeys'] === 'passthrough' || kindOf((definition(def['catchall']) ?? {}) as Definition) === 'unknown'
  return { type: 'object', properties, ...(required.length > 0 && { required }), ...(!loose && { additionalProperties: false }) }
}

function defaultOf(given: unknown): Json {
  const value: unknown = typeof given === 'function' ? (given as () => unknown)() : given
  return value === undefined ? {} : { default: value }
}
