//! A `signal` for callbacks that is made when it is looked at: making one takes longer than the rest of a round trip, and few
//! callbacks look.

/** `target` with the signal of `controller` as a property like any other. */
export function withSignal<T extends object>(target: T, controller: AbortController): T & { signal: AbortSignal } {
  const describe = (rest: PropertyDescriptor): PropertyDescriptor => ({ enumerable: true, configurable: true, ...rest })
  return Object.defineProperty(
    target,
    'signal',
    describe({
      get: () => controller.signal,
      set: (value: unknown) => Object.defineProperty(target, 'signal', describe({ value, writable: true })),
    }),
  ) as T & { signal: AbortSignal }
}
