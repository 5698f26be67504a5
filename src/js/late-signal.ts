//! A `signal` for callbacks that is made when it is looked at: making one takes longer than the rest of a round trip, and few
//! callbacks look. (An AbortController makes its own only then, too.)

const CONTROLLER = Symbol('controller')

interface Signalled {
  readonly [CONTROLLER]: AbortController
}

// One for all objects: with functions of its own, each would be of a shape of its own to V8.
const SIGNAL: PropertyDescriptor & ThisType<Signalled> = {
  enumerable: true,
  configurable: true,
  get() {
    return this[CONTROLLER].signal
  },
  set(value: unknown) {
    Object.defineProperty(this, 'signal', { enumerable: true, configurable: true, writable: true, value })
  },
}

/** `target` with the signal of `controller` as a property like any other. */
export function withSignal<T extends object>(target: T, controller: AbortController): T & { signal: AbortSignal } {
  Object.defineProperty(target, CONTROLLER, { value: controller })
  return Object.defineProperty(target, 'signal', SIGNAL) as T & { signal: AbortSignal }
}
