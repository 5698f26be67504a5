//! Messages of a run as lines for people.

import type { SDKMessage } from 'native-agent-sdk'

/** A hunk of `tool_use_result.structuredPatch` of Edit and Write. */
interface Hunk {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  lines: string[]
}

const MAIN_ARGUMENT = ['file_path', 'pattern', 'command', 'path']

/** What a reader wants to see of one message; an empty text if nothing. */
export function describe(message: SDKMessage): string {
  switch (message.type) {
    case 'assistant':
      return lines(message.message.content as Block[], said)
    case 'user':
      return [lines(message.message.content as Block[], answered), diff(message.tool_use_result)].filter(Boolean).join('\n')
    case 'result':
      return closing(message)
    default:
      return ''
  }
}

type Result = Extract<SDKMessage, { type: 'result' }>

interface Block {
  type: string
  text?: string
  name?: string
  input?: Record<string, unknown>
  content?: unknown
  is_error?: boolean
}

function lines(blocks: Block[] | string, show: (block: Block) => string): string {
  return typeof blocks === 'string' ? '' : blocks.map(show).filter(Boolean).join('\n')
}

function said({ type, text = '', name = '', input = {} }: Block): string {
  if (type === 'text') return `\n${text}`
  if (type !== 'tool_use') return ''
  const argument = MAIN_ARGUMENT.map((key) => input[key]).find((value) => typeof value === 'string')
  return `\n  > ${name}(${argument === undefined ? '' : String(argument)})`
}

function answered({ type, content, is_error }: Block): string {
  if (type !== 'tool_result') return ''
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const [first = '', ...rest] = text.split('\n')
  return `    ${is_error ? 'refused or failed: ' : ''}${first.slice(0, 100)}${rest.length > 0 ? ` … (${rest.length} more lines)` : ''}`
}

function diff(result: unknown): string {
  const hunks = (result as { structuredPatch?: Hunk[] } | undefined)?.structuredPatch ?? []
  return hunks.map((hunk) => [header(hunk), ...hunk.lines].map((line) => `    ${line}`).join('\n')).join('\n')
}

function header({ oldStart, oldLines, newStart, newLines }: Hunk): string {
  return `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`
}

function closing(result: Result): string {
  const seconds = (result.duration_ms / 1000).toFixed(2)
  const ending = result.is_error ? `failed: ${result.subtype}` : 'done'
  return `\n${ending} · ${result.num_turns} turns · ${seconds} s · $${result.total_cost_usd.toFixed(4)}`
}
