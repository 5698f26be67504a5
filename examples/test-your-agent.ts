//! Testing an agent without a network and without a key: the scripted API answers, and checks what it is asked.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { query } from 'native-agent-sdk'
import { startScriptedApi } from 'native-agent-sdk/testing'
import { calls, says } from './support/api.ts'
import { plant } from './support/folder.ts'

/** The code under test: an agent that writes a change log. */
async function writeChangelog(cwd: string, env: Record<string, string | undefined>): Promise<string> {
  const options = { cwd, env, allowedTools: ['Read'], permissionMode: 'acceptEdits' as const }
  for await (const message of query({ prompt: 'Write CHANGELOG.md from commits.txt.', options })) {
    if (message.type === 'result') return message.subtype === 'success' ? message.result : message.subtype
  }
  return 'no result'
}

test('the change log is written', async () => {
  const cwd = plant({ 'commits.txt': 'fix: the door opens again\n' })
  const api = await startScriptedApi({
    rules: [
      { when: { userText: 'CHANGELOG.md', tool: 'Write' }, reply: calls('', ['Read', { file_path: join(cwd, 'commits.txt') }]) },
      { when: { toolResult: 'the door' }, reply: calls('', ['Write', { file_path: join(cwd, 'CHANGELOG.md'), content: '- The door opens again.\n' }]) },
      { reply: says('Written.') },
    ],
  })
  assert.equal(await writeChangelog(cwd, api.env()), 'Written.')
  assert.equal(readFileSync(join(cwd, 'CHANGELOG.md'), 'utf8'), '- The door opens again.\n')
  // Every rule was used, and no request broke a rule of the real API.
  await api.assertComplete()
  const [first] = await api.requests()
  assert.match(JSON.stringify(first?.body?.['messages']), /commits\.txt/)
  await api.close()
})

test('an overloaded API is tried again', async () => {
  const overloaded = { error: { status: 529, headers: { 'retry-after-ms': '1' } } }
  const api = await startScriptedApi({ rules: [{ reply: overloaded }, { reply: says('Nothing to do.') }] })
  assert.equal(await writeChangelog(plant(), api.env()), 'Nothing to do.')
  assert.equal((await api.requests()).length, 2)
  await api.close()
})
