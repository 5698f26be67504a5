//! Loads the native addon and holds the one engine of this JavaScript environment.

import { createRequire } from 'node:module'
import { arrived } from './arrivals.ts'
import { AgentSdkError, describe } from './errors.ts'
import { answerHost } from './host.ts'

/** One running query. Dropping it cancels the work behind it. */
export interface NativeQuery {
  /** Has the host told by the query's number, later and once, when there is something to take. The process stays alive until it is taken. */
  wait(): void
  /** The batch that has come; see `wire.ts`. */
  take(): string
  push(message: string): void
  endInput(): void
  control(request: string): Promise<string>
  abort(): void
  /** Settles when nothing of it runs any more. */
  ended(): Promise<void>
}

/** One scripted Messages API. */
export interface NativeScripted {
  command(command: string): Promise<string>
}

/** The engine: one per environment, so that every crossing costs the same however many queries are open. */
export interface NativeEngine {
  /** The answer to a question that the host was asked. */
  answer(id: number, answer: string): void
  startQuery(config: string): NativeQuery
  resolveSettings(question: string): Promise<string>
  explainPermission(config: string, call: string): string
  startScripted(scenario: string): Promise<NativeScripted>
  shutdown(): void
  version(): string
}

/** What the addon exports. */
export interface NativeModule {
  /** `host` gets a question, or the number of a query that has messages. */
  NativeEngine: new (host: (request: string | number) => void) => NativeEngine
}

let shared: NativeEngine | undefined

/** The engine of this environment, loaded at first use; throws `native_addon_missing` if there is none for this platform. */
export function engine(): NativeEngine {
  if (shared === undefined) {
    const { NativeEngine } = loadAddon((path) => createRequire(import.meta.url)(path))
    const reply = (id: number, answer: string): void => started.answer(id, answer)
    const started: NativeEngine = new NativeEngine((request) => {
      if (typeof request === 'number') arrived(request)
      else void answerHost(request, reply)
    })
    // Commands that still run must not outlive the process that started them.
    process.once('exit', () => started.shutdown())
    shared = started
  }
  return shared
}

/** Loads the addon with the given loader; a failure becomes an error that says what to do. */
export function loadAddon(load: (path: string) => unknown): NativeModule {
  try {
    return load('./native.cjs') as NativeModule
  } catch (cause) {
    const text =
      `The native addon of native-agent-sdk for ${process.platform}-${process.arch} could not be loaded (${describe(cause)}). ` +
      'Install the package again without --omit=optional (or --no-optional) on the machine that runs it; ' +
      'in a checkout of the repository run `npm run build`.'
    throw new AgentSdkError('native_addon_missing', text, { cause })
  }
}
