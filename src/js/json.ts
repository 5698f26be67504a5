//! Turns a value of the caller into plain JSON data, or says where that is impossible.

/** What stands for a function: the engine only needs to know that there is one. */
export const FUNCTION_MARK = Object.freeze({ $function: true })

/** What stands for an object that stays on this side (a store, a server instance). */
export const OBJECT_MARK = Object.freeze({ $object: true })

/** How to lower; `opaque` says which paths stay on this side. */
export interface Lowering {
  readonly functions: 'mark' | 'refuse'
  readonly opaque?: (path: string) => boolean
  /** The error for the value at `path`. */
  readonly fail: (path: string, problem: string) => Error
}

/** A JSON copy of `value`. Absent and `undefined` properties are the same; in arrays `undefined` is null, as in JSON. */
export function lower(value: unknown, path: string, how: Lowering): unknown {
  return new Lowerer(how).value(value, path)
}

class Lowerer {
  readonly #how: Lowering
  readonly #open = new Set<object>()

  constructor(how: Lowering) {
    this.#how = how
  }

  value(value: unknown, path: string): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        if (!Number.isFinite(value)) throw this.#how.fail(path, `${value} is not a finite number`)
        return value
      case 'function':
        if (this.#how.functions === 'refuse') throw this.#how.fail(path, 'a function cannot be sent')
        return FUNCTION_MARK
      case 'undefined':
        return null
      case 'bigint':
      case 'symbol':
        throw this.#how.fail(path, `a ${typeof value} cannot be sent as JSON`)
      case 'object':
        return value === null ? null : this.#object(value, path)
    }
  }

  #object(object: object, path: string): unknown {
    if (this.#how.opaque?.(path)) return OBJECT_MARK
    if (this.#open.has(object)) throw this.#how.fail(path, 'the value contains itself')
    this.#open.add(object)
    try {
      if (Array.isArray(object)) return object.map((item: unknown, index) => this.value(item, `${path}[${index}]`))
      if ('toJSON' in object && typeof object.toJSON === 'function') return this.value(object.toJSON(lastKey(path)), path)
      const tag = Object.prototype.toString.call(object)
      if (tag !== '[object Object]') throw this.#how.fail(path, `${tag.slice(8, -1)} values cannot be sent as JSON`)
      return this.#properties(object, path)
    } finally {
      this.#open.delete(object)
    }
  }

  #properties(object: object, path: string): unknown {
    const copy: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(object)) {
      if (value === undefined) continue
      const lowered = this.value(value, path === '' ? key : `${path}.${key}`)
      // A plain assignment to `__proto__` would set the prototype and lose the entry.
      Object.defineProperty(copy, key, { value: lowered, enumerable: true, configurable: true, writable: true })
    }
    return copy
  }
}

// What JSON.stringify writes for half of a surrogate pair. An even number of backslashes before it is text.
const HALF = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/** The JSON text of `value`. Half a surrogate pair is no Unicode and has no UTF-8: U+FFFD stands in its place. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.includes('\\ud') ? text.replaceAll(HALF, '$1\ufffd') : text
}

function lastKey(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}
