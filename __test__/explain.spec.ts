//! `explainPermission`, as a function and on a query: the judgement crosses the boundary unchanged, and nothing runs.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { AgentSdkError, explainPermission, query } from 'native-agent-sdk'
import { against, folder, scripted, says } from './support/scripted.ts'

it('explains a call without a credential and without a query', async () => {
  const cwd = folder()
  const options = { cwd, env: {}, allowedTools: ['Bash(npm run *)'], disallowedTools: ['Bash(rm:*)'] }
  expect(await explainPermission('Bash', { command: 'npm run build' }, options)).toEqual({
    behavior: 'allow',
    reasonType: 'rule',
    reason: 'the rule `Bash(npm run *)` (cliArg) allows it',
    mode: 'default',
    rule: { toolName: 'Bash', ruleContent: 'npm run *', behavior: 'allow', source: 'cliArg' },
  })
  expect(await explainPermission('Bash', { command: 'echo $(rm x)' }, options)).toMatchObject({ behavior: 'deny', rule: { ruleContent: 'rm:*' } })
  const touch = await explainPermission('Bash', { command: 'touch made' }, options)
  expect(touch).toMatchObject({ behavior: 'ask', asks: 'nobody' })
  expect(touch.suggestions?.length).toBeGreaterThan(0)
  const edits = await explainPermission('Bash', { command: 'touch made' }, { ...options, permissionMode: 'acceptEdits' })
  expect(edits.behavior).toBe('allow')
  expect(existsSync(join(cwd, 'made'))).toBe(false)
})

it.each([
  ['Bash', { command: 'ls' }, 'Bash'],
  ['Read', { file_path: '/a' }, 'Rea*'],
  ['WebFetch', {}, '*'],
  ['mcp__s__t', {}, 'mcp__s'],
])('names the rule that takes %s from the model', async (tool, input, rule) => {
  const explained = await explainPermission(tool, input, { env: {}, disallowedTools: [rule] })
  expect(explained).toMatchObject({ behavior: 'deny', reasonType: 'rule', rule: { toolName: rule, behavior: 'deny' } })
})

it('names the hooks that would have a say, and calls none', async () => {
  const called: string[] = []
  const hook = async (): Promise<object> => {
    called.push('hook')
    return {}
  }
  const hooks = { PreToolUse: [{ matcher: 'Bash', hooks: [hook] }], PermissionRequest: [{ hooks: [hook] }] }
  const named = [
    { event: 'PreToolUse', matcher: 'Bash', origin: 'options.hooks.PreToolUse[0].hooks[0]' },
    { event: 'PermissionRequest', matcher: '*', origin: 'options.hooks.PermissionRequest[0].hooks[0]' },
  ]
  const touch = { command: 'touch made' }
  const cwd = folder()
  const alone = await explainPermission('Bash', touch, { cwd, env: {}, hooks })
  expect(alone.hooks).toEqual(named)
  expect(alone.reason).toContain('PreToolUse hooks come first')
  expect((await explainPermission('Glob', { pattern: '*' }, { cwd, env: {} })).hooks).toBeUndefined()
  const api = await scripted([{ times: 'any', reply: says('Hello.') }])
  const running = query({ prompt: 'unread', options: against(api, { cwd, hooks }) })
  expect((await running.explainPermission('Bash', touch)).hooks).toEqual(named)
  running.close()
  expect(called).toEqual([])
})

it('refuses what it cannot judge with a typed error', async () => {
  const calls = [
    () => explainPermission('Nope', {}),
    () => explainPermission('Bash', { line: 'x' }),
    () => explainPermission('Bash', { command: 'x' }, { allowedTools: ['Bash('] }),
    () => explainPermission(1 as unknown as string, {}),
    () => explainPermission('Bash', null as unknown as Record<string, unknown>),
  ]
  const code = async (call: () => Promise<unknown>): Promise<string> =>
    await call().then(String, (thrown: unknown) => (thrown instanceof AgentSdkError ? thrown.code : String(thrown)))
  const codes = await Promise.all(calls.map(code))
  expect(codes).toEqual(['invalid_input', 'invalid_input', 'invalid_rule', 'invalid_input', 'invalid_option'])
})

it('on a query it knows the mode as it is now', async () => {
  const api = await scripted([{ times: 'any', reply: says('Hello.') }])
  const running = query({ prompt: 'unread', options: against(api, { cwd: folder() }) })
  const touch = { command: 'touch made' }
  expect((await running.explainPermission('Bash', touch)).behavior).toBe('ask')
  await running.setPermissionMode('acceptEdits')
  expect(await running.explainPermission('Bash', touch)).toMatchObject({ behavior: 'allow', reasonType: 'mode', mode: 'acceptEdits' })
  running.close()
})
