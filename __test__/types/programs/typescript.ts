//! The reference page: control methods, a sandbox, and what each returns.

import { AbortError, query, type Options, type SandboxSettings, type SDKControlInitializeResponse } from 'native-agent-sdk'

const sandbox: SandboxSettings = {
  enabled: true,
  autoAllowBashIfSandboxed: true,
  excludedCommands: ['docker'],
  network: { allowLocalBinding: true, allowUnixSockets: ['/var/run/docker.sock'], allowedDomains: ['example.com'] },
  filesystem: { denyRead: ['~/.ssh'] },
}

export async function run(options: Options): Promise<string[]> {
  const abortController = new AbortController()
  const run = query({ prompt: 'Hello', options: { ...options, sandbox, abortController, thinking: { type: 'adaptive' } } })
  const started: SDKControlInitializeResponse = await run.initializationResult()
  const names = [...started.commands, ...(await run.supportedAgents())].map(({ name }) => name)
  names.push(...(await run.supportedModels()).map(({ value }) => value), (await run.accountInfo()).email ?? 'nobody')
  await run.setModel('haiku')
  await run.setModel()
  await run.setMaxThinkingTokens(null)
  await run.interrupt()
  try {
    abortController.abort()
    for await (const message of run) names.push(message.type)
  } catch (error) {
    if (!(error instanceof AbortError)) throw error
  }
  run.close()
  return names
}
