//! Executors over the real boundary: bytes, errors, signals and output of the caller's functions.

import { describe, expect, it } from 'vitest'
import { AgentSdkError, explainPermission, query, type Executors, type FsExecutor, type SDKMessage } from 'native-agent-sdk'
import { MemoryFs } from '../examples/support/memory-fs.ts'
import { against, scripted } from './support/scripted.ts'

type Call = [name: string, input: Record<string, unknown>]

/** What the model reads of each call. */
async function results(executors: Executors, steps: Call[], more: object = {}): Promise<string[]> {
  const rules = steps.map(([name, input], n) => ({ reply: { content: [{ type: 'tool_use', id: `c${n}`, name, input }] } }))
  const api = await scripted([...rules, { reply: { content: [{ type: 'text', text: 'done' }] } }])
  const messages: SDKMessage[] = []
  const options = { ...against(api), cwd: '/project', permissionMode: 'acceptEdits' as const, executors, ...more }
  for await (const message of query({ prompt: 'Go', options })) messages.push(message)
  return messages.flatMap((message) => {
    if (message.type !== 'user' || !Array.isArray(message.message.content)) return []
    return message.message.content.flatMap((block) => (block.type === 'tool_result' ? [String(block.content)] : []))
  })
}

const files = (more: Record<string, string> = {}): MemoryFs => new MemoryFs({ '/project/a.txt': 'one\n', ...more })

describe('fs', () => {
  it('carries text and bytes both ways, to methods of a class', async () => {
    const fs = files()
    await fs.writeFile('/project/latin.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a))
    const path = '/project/latin.txt'
    const said = await results({ fs }, [
      ['Read', { file_path: path }],
      ['Edit', { file_path: path, old_string: 'caf', new_string: 'Caf' }],
      ['Glob', { pattern: '*.txt' }],
    ])
    expect(said[0]).toBe('1\tcafé')
    expect([...(await fs.readFile(path))]).toEqual([0x43, 0x61, 0x66, 0xe9, 0x0a])
    expect(said[2]?.split('\n').toSorted()).toEqual(['/project/a.txt', path])
  })

  it.each<[string, () => unknown, string]>([
    ['a code', () => { throw Object.assign(new Error('EACCES: no'), { code: 'EACCES' }) }, 'Cannot read /project/a.txt: the operating system denies access.'],
    ['another error', () => Promise.reject(new Error('the disk is on fire')), 'Cannot read /project/a.txt: the disk is on fire.'],
    ['garbage', () => 7, 'Cannot read /project/a.txt: fs.readFile must return a Uint8Array.'],
    ['nothing', () => undefined, 'Cannot read /project/a.txt: fs.readFile must return a Uint8Array.'],
  ])('%s of a callback becomes the text of the tool', async (_name, readFile, text) => {
    const fs = files()
    fs.readFile = readFile as FsExecutor['readFile'] as MemoryFs['readFile']
    expect(await results({ fs }, [['Read', { file_path: '/project/a.txt' }]])).toEqual([text])
  })

  it('aborts the signal of a callback that does not answer, and does not wait for it', async () => {
    const fs = files()
    let signal: AbortSignal | undefined
    let began = (): void => {}
    const reading = new Promise<void>((resolve) => (began = resolve))
    const never: FsExecutor['readFile'] = (_path, options) => {
      signal = options?.signal
      began()
      return new Promise<never>(() => {})
    }
    fs.readFile = never as MemoryFs['readFile']
    const api = await scripted([{ reply: { content: [{ type: 'tool_use', id: 'c', name: 'Read', input: { file_path: '/project/a.txt' } }] } }])
    const run = query({ prompt: 'Go', options: { ...against(api), cwd: '/project', executors: { fs } } })
    const aborted = reading.then(() => run.interrupt())
    for await (const message of run) if (message.type === 'result') break
    await aborted
    expect(signal?.aborted).toBe(true)
  })

  it('a query explains permissions through it, and nothing without a query does', async () => {
    const api = await scripted([])
    const options = { ...against(api), cwd: '/project', executors: { fs: files() } }
    const run = query({ prompt: (async function* () {})(), options })
    expect((await run.explainPermission('Read', { file_path: '/project/a.txt' })).behavior).toBe('allow')
    run.close()
    await expect(explainPermission('Read', { file_path: '/project/a.txt' }, options)).rejects.toThrow(/cannot ask options\.executors\.fs/)
  })

  it('names the method that is missing', async () => {
    const { lstat: _, ...rest } = { ...methods(files()) }
    expect(() => query({ prompt: 'x', options: { executors: { fs: rest as unknown as FsExecutor } } })).toThrow(AgentSdkError)
    expect(() => query({ prompt: 'x', options: { executors: { fs: rest as unknown as FsExecutor } } })).toThrow('options.executors.fs.lstat must be a function')
  })
})

function methods(fs: MemoryFs): FsExecutor {
  const names = ['lstat', 'mkdir', 'readFile', 'readdir', 'realpath', 'rename', 'stat', 'unlink', 'writeFile'] as const
  return Object.fromEntries(names.map((name) => [name, fs[name].bind(fs)])) as unknown as FsExecutor
}

describe('exec', () => {
  it('gets a request and a way to print, and its answer is the end of the command', async () => {
    const asked: object[] = []
    const said = await results(
      {
        exec: async (request, io) => {
          asked.push(request)
          io.stdout('out ')
          io.stdout(new TextEncoder().encode('put'))
          io.stderr(Uint8Array.of(0xff))
          return { exitCode: 2 }
        },
        fetch: 'host',
      },
      [['Bash', { command: 'false', timeout: 5000 }]],
      { allowedTools: ['Bash'] },
    )
    expect(said).toEqual(['Exit code 2\nout put\n\ufffd'])
    const request = { command: expect.stringContaining("eval 'false'"), cwd: '/project', timeoutMs: 5000, toolUseID: 'c0', env: expect.objectContaining({ CLAUDECODE: '1' }) }
    expect(asked).toEqual([request])
    expect(JSON.stringify(asked)).not.toContain('ANTHROPIC_API_KEY')
  })
})

describe('fetch', () => {
  it('gets a request like that of the web, and a Response of the web is an answer', async () => {
    const asked: unknown[] = []
    const fetch: Executors['fetch'] = async (url, { signal: _, ...request }) => {
      asked.push([url, request])
      return new Response('# Title', { headers: { 'content-type': 'text/markdown' } }) as Awaited<ReturnType<Exclude<Executors['fetch'], 'host' | undefined>>>
    }
    const api = await scripted([
      { reply: { content: [{ type: 'tool_use', id: 'c', name: 'WebFetch', input: { url: 'https://docs.internal/', prompt: 'What?' } }] } },
      { reply: { content: [{ type: 'text', text: 'A title.' }] } },
      { reply: { content: [{ type: 'text', text: 'done' }] } },
    ])
    const texts: string[] = []
    for await (const message of query({ prompt: 'Go', options: { ...against(api), allowedTools: ['WebFetch'], executors: { fetch, exec: 'host', fs: 'host' } } })) {
      if (message.type === 'user') texts.push(JSON.stringify(message.message.content))
    }
    expect(texts.join()).toContain('A title.')
    expect(asked).toEqual([['https://docs.internal/', { method: 'GET', redirect: 'manual', headers: { accept: expect.any(String) } }]])
  })
})
