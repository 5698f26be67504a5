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
  return new Lowerer(how, path).value(value)
}

class Lowerer {
  readonly #how: Lowering
  readonly #open = new Set<object>()
  /** The way to the value in hand; a text is made of it only for a fault. */
  readonly #path: (string | number)[]

  constructor(how: Lowering, path: string) {
    this.#how = how
    this.#path = [path]
  }

  value(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        if (!Number.isFinite(value)) throw this.#fault(`${value} is not a finite number`)
        return value
      case 'function':
        if (this.#how.functions === 'refuse') throw this.#fault('a function cannot be sent')
        return FUNCTION_MARK
      case 'undefined':
        return null
      case 'bigint':
      case 'symbol':
        throw this.#fault(`a ${typeof value} cannot be sent as JSON`)
      case 'object':
        return value === null ? null : this.#object(value)
    }
  }

  #object(object: object): unknown {
    if (this.#how.opaque?.(this.#at())) return OBJECT_MARK
    if (this.#open.has(object)) throw this.#fault('the value contains itself')
    this.#open.add(object)
    try {
      if (Array.isArray(object)) return object.map((item: unknown, index) => this.#below(index, item))
      if ('toJSON' in object && typeof object.toJSON === 'function') return this.value(object.toJSON(String(this.#path.at(-1))))
      const tag = isPlain(object) ? PLAIN : Object.prototype.toString.call(object)
      if (tag !== PLAIN) throw this.#fault(`${tag.slice(8, -1)} values cannot be sent as JSON`)
      return this.#properties(object)
    } finally {
      this.#open.delete(object)
    }
  }

  #properties(object: object): unknown {
    const copy: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(object)) {
      if (value !== undefined) put(copy, key, this.#below(key, value))
    }
    return copy
  }

  #below(key: string | number, value: unknown): unknown {
    this.#path.push(key)
    const lowered = this.value(value)
    this.#path.pop()
    return lowered
  }

  #fault(problem: string): Error {
    return this.#how.fail(this.#at(), problem)
  }

  #at(): string {
    return this.#path.reduce<string>((path, key) => (typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`), '')
  }
}

const PLAIN = '[object Object]'

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === Object.prototype || prototype === null
}

/** Sets a property of an object that started empty. A plain assignment to `__proto__` would set the prototype and lose the entry. */
export function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

// What JSON.stringify writes for half of a surrogate pair. An even number of backslashes before it is text.
const HALF = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/** The JSON text of `value`. Half a surrogate pair is no Unicode and has no UTF-8: U+FFFD stands in its place. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.includes('\\ud') ? text.replaceAll(HALF, '$1\ufffd') : text
}
