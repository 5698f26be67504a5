//! The examples of the documents' pages on permissions, hooks and user input, run as they stand there but for the import: whole
//! programs in processes of their own (`documents/`), parts of programs here.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { query } from 'native-agent-sdk'
import type { CanUseTool, HookCallback, HookCallbackMatcher, Options, PreToolUseHookInput, SDKMessage, SubagentStopHookInput } from '../index.js'
import type { Rule, ScriptedApi } from '../testing.js'
import { against, calls, collect, folder, ofType, says, scripted, toolResults } from './support/scripted.ts'
import { root } from './support/typescript.ts'

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const stub = pathToFileURL(join(root, '__test__/documents/fetch-stub.mjs')).href

/** Runs a program in `cwd`; whenever it asks something, it gets the next of the answers. */
function program(name: string, api: ScriptedApi, cwd: string, [question, answers]: [string, string[]] = ['', []]): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = join(root, '__test__/documents', `${name}.mts`)
    const child = spawn(process.execPath, ['--import', tsx, '--import', stub, path], { cwd, env: { ...process.env, ...api.env() } })
    const left = [...answers]
    let [output, read] = ['', 0]
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const at = question === '' ? -1 : output.indexOf(question, read)
      if (at < 0) return
      read = at + question.length
      child.stdin.write(`${left.shift() ?? ''}\n`)
      // A pipe that stays open keeps Node running; a terminal does not.
      if (left.length === 0) child.stdin.end()
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`${name} ended with ${code}: ${output}`))))
  })
}

/** Rules that apply one after another. */
const inTurn = (...replies: Rule['reply'][]): Rule[] => replies.map((reply) => (reply === undefined ? {} : { reply }))

const text = async (api: ScriptedApi, n: number): Promise<string> => JSON.stringify((await api.requests())[n]?.body)

/** Lets the model do the calls, and returns the messages. */
async function run(options: Options, cwd: string, ...replies: Rule['reply'][]): Promise<SDKMessage[]> {
  const api = await scripted(inTurn(...replies, says('Done.')))
  return collect(query({ prompt: 'Your prompt', options: against(api, { cwd, ...options }) }))
}

const refusals = (messages: SDKMessage[]): boolean[] => toolResults(messages).map(({ is_error }) => is_error === true)

/** Hooks by name that change nothing, and the names of those that ran. */
function noted(): { ran: string[]; named: (name: string) => HookCallback } {
  const ran: string[] = []
  const named = (name: string): HookCallback => async () => {
    ran.push(name)
    return {}
  }
  return { ran, named }
}

describe('whole programs', () => {
  it('permissions: a mode at the start', async () => {
    const cwd = folder()
    const api = await scripted(inTurn(calls('Write', { file_path: join(cwd, 'a'), content: '1' }), says('Refactored.')))
    expect(await program('mode', api, cwd)).toBe('Refactored.\n')
    expect(existsSync(join(cwd, 'a'))).toBe(false)
  })

  it('permissions: another mode on the way', async () => {
    const cwd = folder()
    const api = await scripted(inTurn(calls('Write', { file_path: join(cwd, 'a'), content: '1' }), says('Refactored.')))
    expect(await program('change-mode', api, cwd)).toBe('Refactored.\n')
    expect(readFileSync(join(cwd, 'a'), 'utf8')).toBe('1')
  })

  it('hooks: files that are protected', async () => {
    const cwd = folder()
    const api = await scripted(inTurn(calls('Write', { file_path: join(cwd, '.env'), content: '1' }), says('It is protected.')))
    expect(await program('protect', api, cwd)).toContain('It is protected.')
    expect(await text(api, 1)).toContain('Cannot modify .env files')
  })

  it('hooks: a service that hears of calls', async () => {
    const api = await scripted(inTurn(calls('Glob', { pattern: '*' }), says('Refactored.')))
    expect(await program('webhook', api, folder())).toMatch(/POST https:\/\/api\.example\.com\/webhook \{"tool":"Glob","timestamp":"\d{4}-[^"]+"\}/)
  })

  it('hooks: notifications for people', async () => {
    const api = await scripted(inTurn(says('Analyzed.')))
    // Nobody had to wait: there is nothing to notify of.
    const output = await program('notify', api, folder())
    expect(output).toContain('Analyzed.')
    expect(output).not.toContain('POST')
  })

  it('user input: questions in the terminal', async () => {
    const cwd = folder()
    const api = await scripted(inTurn(calls('Bash', { command: 'touch test', description: 'Creates it' }), calls('Bash', { command: 'rm test' }), says('Created.')))
    const output = await program('approve', api, cwd, ['Allow this action? (y/n): ', ['y', 'n']])
    expect(output).toContain('Tool: Bash\nCommand: touch test\nDescription: Creates it\n')
    expect(output).toContain('Created.')
    expect(existsSync(join(cwd, 'test'))).toBe(true)
    expect(await text(api, 2)).toContain('User denied this action')
  })

  const ask = (previews: (string | undefined)[]): Rule['reply'] => {
    const option = (label: string, n: number): object => ({ label, description: `It is ${label}.`, ...(previews[n] !== undefined && { preview: previews[n] }) })
    const questions = [
      { question: 'Which platform?', header: 'Platform', options: ['iOS', 'Android'].map(option), multiSelect: false },
      { question: 'Which parts?', header: 'Parts', options: ['Login', 'Maps'].map(option), multiSelect: true },
      { question: 'Which name?', header: 'Name', options: ['One', 'Two'].map(option), multiSelect: false },
    ]
    return calls('AskUserQuestion', { questions: previews.length > 0 ? questions.slice(0, 1) : questions })
  }

  it('user input: clarifying questions', async () => {
    const api = await scripted(inTurn(ask([]), says('A plan.')))
    const output = await program('clarify', api, folder(), ['Your choice: ', ['2', '1, 2', 'Something else']])
    expect(output).toContain('Platform: Which platform?\n  1. iOS - It is iOS.\n')
    expect(output).toContain('A plan.')
    const answered = await text(api, 1)
    for (const answer of ['Android', 'Login, Maps', 'Something else']) expect(answered).toContain(answer)
  })

  it('user input: previews', async () => {
    const card = '<div style="padding:12px;border:1px solid #ddd;border-radius:8px"><div style="font-size:12px;color:#666">Active users</div></div>'
    const api = await scripted(inTurn(ask([card, undefined]), says('As you like.')))
    await program('preview', api, folder())
    expect(await api.requests()).toHaveLength(2)
  })
})

describe('permissions', () => {
  it('an agent that is locked down', async () => {
    const options: Options = {
      allowedTools: ['Read', 'Glob', 'Grep'],
      permissionMode: 'dontAsk',
    }
    const cwd = folder()
    writeFileSync(join(cwd, 'a'), 'text')
    const messages = await run(options, cwd, calls('Read', { file_path: join(cwd, 'a') }), calls('Bash', { command: 'ls' }))
    expect(refusals(messages)).toEqual([false, true])
  })
})

describe('hooks', () => {
  const before = (...hooks: HookCallback[]): Options => ({ hooks: { PreToolUse: [{ hooks }] } })

  it('a matcher', async () => {
    const seen: string[] = []
    const myCallback: HookCallback = async (input) => {
      seen.push((input as PreToolUseHookInput).tool_name)
      return {}
    }
    const options: Options = {
      hooks: {
        PreToolUse: [{ matcher: 'Bash', hooks: [myCallback] }],
      },
    }
    await run(options, folder(), calls('Bash', { command: 'ls' }), calls('Glob', { pattern: '*' }))
    expect(seen).toEqual(['Bash'])
  })

  it('an answer that nobody waits for', async () => {
    const sent: unknown[] = []
    const sendToLoggingService = async (input: unknown): Promise<void> => void sent.push(input)
    const asyncHook: HookCallback = async (input, _toolUseID, { signal: _signal }) => {
      // Start a background task, then return immediately
      sendToLoggingService(input).catch(console.error)
      return { async: true, asyncTimeout: 30000 }
    }
    const messages = await run(before(asyncHook), folder(), calls('Glob', { pattern: '*' }))
    expect(sent).toHaveLength(1)
    expect(refusals(messages)).toEqual([false])
  })

  it('another input', async () => {
    const cwd = folder()
    const redirectToSandbox: HookCallback = async (input, _toolUseID, { signal: _signal }) => {
      if (input.hook_event_name !== 'PreToolUse') return {}

      const preInput = input as PreToolUseHookInput
      const toolInput = preInput.tool_input as Record<string, unknown>
      if (preInput.tool_name === 'Write') {
        const originalPath = toolInput['file_path'] as string
        return {
          hookSpecificOutput: {
            hookEventName: preInput.hook_event_name,
            permissionDecision: 'allow',
            updatedInput: {
              ...toolInput,
              // The page's sandbox is /sandbox.
              file_path: `${cwd}/sandbox${originalPath}`,
            },
          },
        }
      }
      return {}
    }
    await run(before(redirectToSandbox), cwd, calls('Write', { file_path: '/a.txt', content: 'text' }))
    expect(readFileSync(join(cwd, 'sandbox/a.txt'), 'utf8')).toBe('text')
  })

  it('a word for the conversation, and a refusal', async () => {
    const blockEtcWrites: HookCallback = async (input, _toolUseID, { signal: _signal }) => {
      const preInput = input as PreToolUseHookInput
      const toolInput = preInput.tool_input as Record<string, unknown>
      const filePath = toolInput?.['file_path'] as string

      if (filePath?.startsWith('/etc')) {
        return {
          // Top-level field: inject guidance into the conversation
          systemMessage: 'Remember: system directories like /etc are protected.',
          // hookSpecificOutput: block the operation
          hookSpecificOutput: {
            hookEventName: preInput.hook_event_name,
            permissionDecision: 'deny',
            permissionDecisionReason: 'Writing to /etc is not allowed',
          },
        }
      }
      return {}
    }
    const api = await scripted(inTurn(calls('Write', { file_path: '/etc/native-agent-sdk', content: 'x' }), says('Done.')))
    const messages = await collect(query({ prompt: 'Your prompt', options: against(api, before(blockEtcWrites)) }))
    expect(refusals(messages)).toEqual([true])
    const told = await text(api, 1)
    expect(told).toContain('Remember: system directories like /etc are protected.')
    expect(told).toContain('Writing to /etc is not allowed')
  })

  it('an approval of tools that read', async () => {
    const autoApproveReadOnly: HookCallback = async (input, _toolUseID, { signal: _signal }) => {
      if (input.hook_event_name !== 'PreToolUse') return {}

      const preInput = input as PreToolUseHookInput
      const readOnlyTools = ['Read', 'Glob', 'Grep']
      if (readOnlyTools.includes(preInput.tool_name)) {
        return {
          hookSpecificOutput: {
            hookEventName: preInput.hook_event_name,
            permissionDecision: 'allow',
            permissionDecisionReason: 'Read-only tool auto-approved',
          },
        }
      }
      return {}
    }
    // Outside the working directory: nobody else would allow it.
    const file = join(folder(), 'a')
    writeFileSync(file, 'text')
    const messages = await run(before(autoApproveReadOnly), folder(), calls('Read', { file_path: file }), calls('Bash', { command: 'touch a' }))
    expect(refusals(messages)).toEqual([false, true])
  })

  it('several hooks', async () => {
    const { ran, named } = noted()
    const [rateLimiter, authorizationCheck, inputSanitizer, auditLogger] = [named('limit'), named('authorize'), named('sanitize'), named('log')]
    const options: Options = {
      hooks: {
        PreToolUse: [
          { hooks: [rateLimiter] }, // First: check rate limits
          { hooks: [authorizationCheck] }, // Second: verify permissions
          { hooks: [inputSanitizer] }, // Third: sanitize inputs
          { hooks: [auditLogger] }, // Last: log the action
        ],
      },
    }
    await run(options, folder(), calls('Glob', { pattern: '*' }))
    expect(ran).toEqual(['limit', 'authorize', 'sanitize', 'log'])
  })

  it('several matchers', async () => {
    const { ran, named } = noted()
    const [fileSecurityHook, mcpAuditHook, globalLogger] = [named('files'), named('mcp'), named('all')]
    const options: Options = {
      hooks: {
        PreToolUse: [
          // Match file modification tools
          { matcher: 'Write|Edit|Delete', hooks: [fileSecurityHook] },

          // Match all MCP tools
          { matcher: '^mcp__', hooks: [mcpAuditHook] },

          // Match everything (no matcher)
          { hooks: [globalLogger] },
        ],
      },
    }
    const cwd = folder()
    await run(options, cwd, calls('Write', { file_path: join(cwd, 'a'), content: '' }), calls('Glob', { pattern: '*' }))
    expect(ran).toEqual(['files', 'all', 'all'])
  })

  it('a hook for the end of subagents', async () => {
    const lines: string[] = []
    const subagentTracker: HookCallback = async (input, toolUseID, { signal: _signal }) => {
      // Cast to SubagentStopHookInput to access subagent-specific fields
      const subInput = input as SubagentStopHookInput

      // Log subagent details when it finishes
      lines.push(`[SUBAGENT] Completed: ${subInput.agent_id}`)
      lines.push(`  Transcript: ${subInput.agent_transcript_path}`)
      lines.push(`  Tool use ID: ${toolUseID}`)
      lines.push(`  Stop hook active: ${subInput.stop_hook_active}`)
      return {}
    }
    const options: Options = {
      hooks: {
        SubagentStop: [{ hooks: [subagentTracker] }],
      },
    }
    await run(options, folder(), calls('Glob', { pattern: '*' }))
    expect(lines).toEqual([])
  })

  it('a filter by path, which no matcher is', async () => {
    const processed: string[] = []
    const myHook: HookCallback = async (input, _toolUseID, { signal: _signal }) => {
      const preInput = input as PreToolUseHookInput
      const toolInput = preInput.tool_input as Record<string, unknown>
      const filePath = toolInput?.['file_path'] as string
      if (!filePath?.endsWith('.md')) return {} // Skip non-markdown files
      // Process markdown files...
      processed.push(filePath)
      return {}
    }
    const cwd = folder()
    await run(before(myHook), cwd, calls('Read', { file_path: join(cwd, 'a.md') }), calls('Read', { file_path: join(cwd, 'a.txt') }))
    expect(processed).toEqual([join(cwd, 'a.md')])
  })

  it('an input in its right place', async () => {
    const change: HookCallback = async () => {
      return {
        hookSpecificOutput: {
          hookEventName: 'PreToolUse',
          permissionDecision: 'allow',
          // The page's command is `new command`.
          updatedInput: { command: 'echo new command' },
        },
      }
    }
    const messages = await run(before(change), folder(), calls('Bash', { command: 'rm -rf old' }))
    expect(toolResults(messages)[0]?.content).toBe('new command')
  })

  it('hooks of settings files', async () => {
    const cwd = folder()
    mkdirSync(join(cwd, '.claude'))
    const hooks = { PreToolUse: [{ hooks: [{ type: 'command', command: 'touch ran' }] }] }
    writeFileSync(join(cwd, '.claude/settings.json'), JSON.stringify({ hooks }))
    const options: Options = {
      settingSources: ['project'], // Loads .claude/settings.json including hooks
    }
    await run(options, cwd, calls('Glob', { pattern: '*' }))
    expect(existsSync(join(cwd, 'ran'))).toBe(true)
  })

  it('a limit for a slow hook', async () => {
    const matcher: HookCallbackMatcher = { matcher: 'Glob', hooks: [async () => ({})], timeout: 120 }
    const messages = await run({ hooks: { PreToolUse: [matcher] } }, folder(), calls('Glob', { pattern: '*' }))
    expect(refusals(messages)).toEqual([false])
  })
})

describe('user input', () => {
  const asking = (canUseTool: CanUseTool): Options => ({ canUseTool })
  const command = (input: Record<string, unknown>): string => input['command'] as string

  it.each([true, false])('approval and refusal: %s', async (approves) => {
    const asked: string[] = []
    const askUser = async (question: string): Promise<boolean> => {
      asked.push(question)
      return approves
    }
    const plain: CanUseTool = async (_toolName, input) => {
      const approved = await askUser('Allow this action?')

      if (approved) {
        return { behavior: 'allow', updatedInput: input }
      }
      return { behavior: 'deny', message: 'User declined' }
    }
    const byName: CanUseTool = async (toolName, input) => {
      const approved = await askUser(`Allow ${toolName}?`)

      if (!approved) {
        return {
          behavior: 'deny',
          message: 'User rejected this action',
        }
      }
      return { behavior: 'allow', updatedInput: input }
    }
    for (const canUseTool of [plain, byName]) {
      const cwd = folder()
      const messages = await run(asking(canUseTool), cwd, calls('Bash', { command: 'touch made' }))
      expect(existsSync(join(cwd, 'made'))).toBe(approves)
      const results = ofType(messages, 'result')[0]
      expect(results?.permission_denials).toHaveLength(approves ? 0 : 1)
    }
    expect(asked).toEqual(['Allow this action?', 'Allow Bash?'])
  })

  it('what the callback is told', async () => {
    const seen: unknown[] = []
    const handleToolRequest: CanUseTool = async (toolName, input, options) => {
      // options includes { signal: AbortSignal, suggestions?: PermissionUpdate[] }
      seen.push([toolName, input, options.signal instanceof AbortSignal, Array.isArray(options.suggestions)])
      return { behavior: 'allow', updatedInput: input }
    }
    const options: Options = { canUseTool: handleToolRequest }
    await run(options, folder(), calls('Bash', { command: 'touch made' }))
    expect(seen).toEqual([['Bash', { command: 'touch made' }, true, true]])
  })

  it('an approval with changes', async () => {
    const canUseTool: CanUseTool = async (toolName, input) => {
      if (toolName === 'Bash') {
        // User approved, but scope all commands to sandbox
        const sandboxedInput = {
          ...input,
          command: command(input).replace('/tmp', '/tmp/sandbox'),
        }
        return { behavior: 'allow', updatedInput: sandboxedInput }
      }
      return { behavior: 'allow', updatedInput: input }
    }
    const messages = await run(asking(canUseTool), folder(), calls('Bash', { command: 'printf %s /tmp/a > /dev/stdout; true > /dev/null; : > made' }))
    expect(toolResults(messages)[0]?.content).toBe('/tmp/sandbox/a')
  })

  it('another way that the user prefers', async () => {
    const canUseTool: CanUseTool = async (toolName, input) => {
      if (toolName === 'Bash' && command(input).includes('rm')) {
        // User doesn't want to delete, suggest archiving instead
        return {
          behavior: 'deny',
          message: "User doesn't want to delete files. They asked if you could compress them into an archive instead.",
        }
      }
      return { behavior: 'allow', updatedInput: input }
    }
    const messages = await run(asking(canUseTool), folder(), calls('Bash', { command: 'rm a' }))
    expect(toolResults(messages)[0]).toMatchObject({ is_error: true, content: expect.stringContaining('compress them into an archive') })
  })

  it('questions among other tools', async () => {
    const questions = [
      {
        question: 'How should I format the output?',
        header: 'Format',
        options: [
          { label: 'Summary', description: 'Brief overview' },
          { label: 'Detailed', description: 'Full explanation' },
        ],
        multiSelect: false,
      },
      {
        question: 'Which sections should I include?',
        header: 'Sections',
        options: [
          { label: 'Introduction', description: 'Opening context' },
          { label: 'Conclusion', description: 'Final summary' },
        ],
        multiSelect: true,
      },
    ]
    const handleClarifyingQuestions = (input: Record<string, unknown>): Awaited<ReturnType<CanUseTool>> => {
      return {
        behavior: 'allow',
        updatedInput: {
          questions: input['questions'],
          answers: {
            'How should I format the output?': 'Summary',
            'Which sections should I include?': 'Introduction, Conclusion',
          },
        },
      }
    }
    const promptForApproval: CanUseTool = async () => ({ behavior: 'deny', message: 'User rejected this action' })
    const canUseTool: CanUseTool = async (toolName, input, options) => {
      if (toolName === 'AskUserQuestion') {
        // Your implementation to collect answers from the user
        return handleClarifyingQuestions(input)
      }
      // Handle other tools normally
      return promptForApproval(toolName, input, options)
    }
    const api = await scripted(inTurn(calls('AskUserQuestion', { questions }), says('Done.')))
    // Include AskUserQuestion in your tools list
    const options = against(api, { tools: ['Read', 'Glob', 'Grep', 'AskUserQuestion'], canUseTool })
    await collect(query({ prompt: 'Analyze this codebase', options }))
    expect(await text(api, 1)).toContain('Introduction, Conclusion')
  })
})
