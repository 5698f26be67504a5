//! Every kind of message of a run, and every way in which it can end.

import { query, type Options, type SDKResultMessage } from 'native-agent-sdk'

export function ending(result: SDKResultMessage): string {
  switch (result.subtype) {
    case 'success':
      return result.result
    case 'error_max_turns':
      return `stopped after ${result.num_turns} turns: go on with ${result.session_id}`
    case 'error_max_budget_usd':
      return `spent ${result.total_cost_usd}`
    case 'error_during_execution':
    case 'error_max_structured_output_retries':
      return result.errors.join()
  }
}

export async function run(options: Options): Promise<string[]> {
  const seen: string[] = []
  for await (const message of query({ prompt: 'Run the tests.', options: { ...options, allowedTools: ['Bash', 'Read'], maxTurns: 30, effort: 'high' } })) {
    if (message.type === 'system' && message.subtype === 'init') seen.push(`session of ${message.model.length > 0 ? 'a model' : 'nothing'}`)
    if (message.type === 'system' && message.subtype === 'compact_boundary') seen.push(`compacted ${message.compact_metadata.pre_tokens}`)
    if (message.type === 'assistant') seen.push(`${message.message.content.length} block`)
    if (message.type === 'result') seen.push(ending(message))
  }
  return seen
}
