//! Knows which queries somebody waits for, and tells them when the engine has messages for them.

/** A query that messages are waited for. */
export interface Receiver {
  /** Takes what the engine has. Must not throw: nothing of the caller is above it. */
  receive(): void
}

// Strong references: whoever waits for the next message may hold nothing but that promise.
const waiting = new Map<number, Receiver>()

/** From now on the query of that number is told, once. */
export function expectArrival(id: number, receiver: Receiver): void {
  waiting.set(id, receiver)
}

/** The engine has messages for the query of that number, or it has ended. */
export function arrived(id: number): void {
  const receiver = waiting.get(id)
  waiting.delete(id)
  receiver?.receive()
}
