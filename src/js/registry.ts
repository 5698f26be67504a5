//! Knows the living queries, by number and by signal, without keeping them alive.

import type { Run } from './run.ts'

interface Leftovers {
  readonly id: number
  readonly ref: WeakRef<Run>
  readonly signal: WeakRef<AbortSignal> | undefined
}

interface Listeners {
  readonly refs: Set<WeakRef<Run>>
  readonly onAbort: () => void
}

const runs = new Map<number, WeakRef<Run>>()
// One listener however many queries share a signal: Node warns of a leak from the eleventh on.
const listening = new WeakMap<AbortSignal, Listeners>()
let lastId = 0

// What is held here for an abandoned query must not lead back to it, or it would never be collected: hence the WeakRef of
// the signal, on which the caller may hang listeners that know the query.
const abandoned = new FinalizationRegistry<Leftovers>(({ id, ref, signal }) => {
  runs.delete(id)
  const living = signal?.deref()
  if (living) unlisten(living, ref)
})

/** A number no other query of this environment has. */
export function nextId(): number {
  lastId += 1
  return lastId
}

/** Makes a query findable and lets its signal abort it; returns how to end both. */
export function register(id: number, run: Run, signal: AbortSignal | undefined): () => void {
  const ref = new WeakRef(run)
  runs.set(id, ref)
  if (signal) listen(signal, ref)
  abandoned.register(run, { id, ref, signal: signal && new WeakRef(signal) }, ref)
  return () => {
    runs.delete(id)
    abandoned.unregister(ref)
    if (signal) unlisten(signal, ref)
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

function listen(signal: AbortSignal, ref: WeakRef<Run>): void {
  let listeners = listening.get(signal)
  if (listeners === undefined) {
    const refs = new Set<WeakRef<Run>>()
    listeners = {
      refs,
      // A copy: each aborted query takes itself out of the set.
      onAbort: () => [...refs].forEach((each) => each.deref()?.abort(signal.reason)),
    }
    listening.set(signal, listeners)
    signal.addEventListener('abort', listeners.onAbort, { once: true })
  }
  listeners.refs.add(ref)
}

function unlisten(signal: AbortSignal, ref: WeakRef<Run>): void {
  const listeners = listening.get(signal)
  if (listeners === undefined) return
  listeners.refs.delete(ref)
  if (listeners.refs.size > 0) return
  listening.delete(signal)
  signal.removeEventListener('abort', listeners.onAbort)
}
