//! Knows the living queries by number without keeping them alive.

import type { Run } from './run.ts'

interface Leftovers {
  readonly id: number
  readonly signal: WeakRef<AbortSignal> | undefined
  readonly onAbort: (() => void) | undefined
}

const runs = new Map<number, WeakRef<Run>>()
let lastId = 0

// What is held here for an abandoned query must not lead back to it, or it would never be collected: hence the WeakRef of
// the signal, on which the caller may hang listeners that know the query.
const abandoned = new FinalizationRegistry<Leftovers>(({ id, signal, onAbort }) => {
  runs.delete(id)
  if (onAbort) signal?.deref()?.removeEventListener('abort', onAbort)
})

/** A number no other query of this environment has. */
export function nextId(): number {
  lastId += 1
  return lastId
}

/** Makes a query findable; returns how to end that and to stop listening to its signal. */
export function register(id: number, run: Run, signal: AbortSignal | undefined): () => void {
  const ref = new WeakRef(run)
  const onAbort = signal && (() => ref.deref()?.abort(signal.reason))
  if (onAbort) signal.addEventListener('abort', onAbort, { once: true })
  runs.set(id, ref)
  abandoned.register(run, { id, signal: signal && new WeakRef(signal), onAbort }, ref)
  return () => {
    runs.delete(id)
    abandoned.unregister(ref)
    if (onAbort) signal.removeEventListener('abort', onAbort)
  }
}

/** The query of that number, if it is running and somebody still has it. */
export function findRun(id: number): Run | undefined {
  return runs.get(id)?.deref()
}

/** How many queries are known; for tests of leaks. */
export function registeredRuns(): number {
  return runs.size
}
