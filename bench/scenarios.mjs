//! What the scripted API answers in each workload; every contestant gets the same.

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const TURNS = 100
export const DELTAS = 20_000
export const SESSIONS = 100
export const CALLS = 200
export const TOOLS = 200
/** Hooks whose matcher covers none of the calls. */
export const HOOKS = 100
export const SESSION_TURNS = 5
/** Where every session of the memory workload is held: in its last reply. */
export const GATE = 'held'

/** A folder with one file of 40 lines (about 2 KB) for each turn; `remove` takes it away. */
export function plantFiles() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'native-agent-sdk-bench-')))
  const line = (file, number) => `line ${number} of file ${file}: the quick brown fox and so on`
  for (let file = 0; file < TURNS; file += 1) {
    writeFileSync(fileOf(folder, file), `${Array.from({ length: 40 }, (_, number) => line(file, number + 1)).join('\n')}\n`)
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Not checked and not recorded: least work for the server. */
const scenario = (rules) => ({ strict: false, record: false, rules })
const says = (text) => ({ content: [{ type: 'text', text }] })
const fileOf = (folder, number) => join(folder, `file-${number}.txt`)
const reads = (folder, number) => ({
  content: [
    { type: 'text', text: 'I will read the next file.' },
    { type: 'tool_use', name: 'Read', input: { file_path: fileOf(folder, number) } },
  ],
})

/** One short reply for every request. */
export const short = () => scenario([{ times: 'any', reply: says('Hello.') }])

/** Many calls of tools of the caller's own in one reply, one after another and the tools in turn. */
export const toolCalls = (names = ['next']) =>
  scenario([
    { reply: { content: Array.from({ length: CALLS }, (_, n) => ({ type: 'tool_use', name: `mcp__bench__${names[n % names.length]}`, input: { n } })) } },
    { reply: says('Done.') },
  ])

/** A reply that never ends once its text has begun. */
export const unending = () =>
  scenario([{ times: 'any', reply: { content: [{ type: 'text', text: 'word '.repeat(50) }], gates: [{ at: 'end', name: GATE }] } }])

/** A command that never ends, after it has said that it runs by making a file named `running`. */
export const endlessCommand = () =>
  scenario([{ times: 'any', reply: { content: [{ type: 'tool_use', name: 'Bash', input: { command: 'touch running; sleep 1000' } }] } }])

/** A file to read for each of the turns, then a text. */
export const readLoop = (folder) =>
  scenario([...Array.from({ length: TURNS }, (_, turn) => ({ reply: reads(folder, turn) })), { reply: says('Done.') }])

/** One reply of many text deltas. */
export const deltas = () =>
  scenario([{ times: 'any', reply: { content: [{ type: 'text', repeat: { text: 'word ', times: DELTAS } }] } }])

/** Sessions side by side: four files to read, then a last reply that is held until the gate is open. */
export const sessions = (folder) =>
  scenario([
    ...Array.from({ length: SESSION_TURNS - 1 }, (_, turn) => ({
      when: { messages: turn * 2 + 1 },
      times: 'any',
      reply: reads(folder, turn),
    })),
    {
      when: { messages: SESSION_TURNS * 2 - 1 },
      times: 'any',
      reply: { ...says('Done.'), gates: [{ at: 'end', name: GATE }] },
    },
  ])
