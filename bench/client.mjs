//! What both Node contestants share: takes orders as JSON lines on stdin and answers on stdout, so that they and the Rust
//! one are measured alike. `clock` values are microseconds of this process's own clock.

import { createInterface } from 'node:readline'

const micros = () => Number(process.hrtime.bigint() / 1000n)

/**
 * Runs orders with `contestant`: `ask(url, folder)` runs one query to its end and returns the final text; `deltas(url)`
 * resolves to the number of text deltas that the consumer saw; `ping(url)` is one small GET. `tools(url, clock, others)` and
 * `start(url, count)` are for a contestant that has tools of the caller's own, `interrupt(url, folder)` for one that can be
 * interrupted.
 */
export function takeOrders(contestant) {
  const orders = {
    /** One GET after another, each with the times before and after it: what ties this clock to the server's. */
    pings: ({ url, count }) => inTurn(count, () => contestant.ping(url)),
    /** One query after another, each with the times before and after it. */
    queries: ({ url, folder, count }) => inTurn(count, () => contestant.ask(url, folder)),
    /** Many queries at once. */
    sessions: async ({ url, folder, count }) => {
      const texts = await Promise.all(Array.from({ length: count }, () => contestant.ask(url, folder)))
      return texts.filter((text) => text === 'Done.').length
    },
    deltas: async ({ url }) => {
      const before = micros()
      const seen = await contestant.deltas(url)
      return { seen, micros: micros() - before }
    },
    tools: ({ url, others }) => contestant.tools(url, micros, others),
    /** One query after another with a server of so many tools, each with the times before and after it. */
    starts: ({ url, count, tools }) => inTurn(count, () => contestant.start(url, tools)),
    /** How long interrupt() took to settle, so many times, each in a query of its own. */
    interrupts: async ({ url, folder, count }) => {
      const times = []
      for (let n = 0; n < count; n += 1) times.push(await contestant.interrupt(url, folder, micros))
      return times
    },
    collect: () => {
      // Twice: the first run only finds what finalizers let go of.
      globalThis.gc?.()
      globalThis.gc?.()
    },
  }
  createInterface({ input: process.stdin }).on('line', async (line) => {
    const { id, order, ...args } = JSON.parse(line)
    try {
      const value = await orders[order](args)
      process.stdout.write(`${JSON.stringify({ id, value })}\n`)
    } catch (error) {
      process.stdout.write(`${JSON.stringify({ id, error: String(error?.stack ?? error) })}\n`)
    }
  })
}

async function inTurn(count, run) {
  const times = []
  for (let n = 0; n < count; n += 1) {
    const before = micros()
    await run()
    times.push([before, micros()])
  }
  return times
}
