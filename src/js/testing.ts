//! The scripted Messages API for tests: starts it in the addon and speaks its commands.

import type * as Testing from '../../testing.js'
import { AgentSdkError, errorFromNative } from './errors.ts'
import { engine, type NativeScripted } from './native.ts'

/** Starts a scripted Messages API on a free port of the loopback interface. */
export const startScriptedApi: typeof Testing.startScriptedApi = async (scenario) => {
  const native = await start(JSON.stringify(scenario ?? { rules: [] }))
  const url = await command<string>(native, { command: 'url' })
  return new ScriptedApi(native, url)
}

async function start(scenario: string): Promise<NativeScripted> {
  try {
    return await engine().startScripted(scenario)
  } catch (thrown) {
    throw errorFromNative(thrown)
  }
}

class ScriptedApi implements Testing.ScriptedApi {
  readonly url: string
  readonly #native: NativeScripted

  constructor(native: NativeScripted, url: string) {
    this.#native = native
    this.url = url
  }

  env(extra: Record<string, string | undefined> = {}): Record<string, string | undefined> {
    return { PATH: process.env['PATH'], ANTHROPIC_BASE_URL: this.url, ANTHROPIC_API_KEY: 'sk-test', ...extra }
  }

  requests(options: { since?: number; bodies?: boolean } = {}): Promise<Testing.CapturedRequest[]> {
    return command(this.#native, { command: 'requests', ...options })
  }

  violations(): Promise<Testing.Violation[]> {
    return command(this.#native, { command: 'violations' })
  }

  unused(): Promise<string[]> {
    return command(this.#native, { command: 'unused' })
  }

  async assertComplete(): Promise<void> {
    await command(this.#native, { command: 'assertComplete' })
  }

  async openGate(name: string): Promise<void> {
    await command(this.#native, { command: 'openGate', name })
  }

  async waitGate(name: string, count = 1): Promise<void> {
    await command(this.#native, { command: 'waitGate', name, count })
  }

  async pushRules(...rules: Testing.Rule[]): Promise<void> {
    await command(this.#native, { command: 'pushRules', rules })
  }

  async reset(scenario?: Testing.Scenario): Promise<void> {
    await command(this.#native, { command: 'reset', ...(scenario && { scenario }) })
  }

  async close(): Promise<void> {
    await command(this.#native, { command: 'close' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

async function command<T>(native: NativeScripted, request: { command: string } & Record<string, unknown>): Promise<T> {
  const answer = JSON.parse(await native.command(JSON.stringify(request))) as { ok: boolean; value: T; error?: string }
  if (!answer.ok) throw new AgentSdkError('scripted_api', answer.error ?? `${request.command} failed`)
  return answer.value
}
