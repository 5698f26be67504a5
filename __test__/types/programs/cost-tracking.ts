//! What a run cost: usage once for each reply, totals by model from the result.

import { query, type ModelUsage, type NonNullableUsage, type Options } from 'native-agent-sdk'

export async function run(options: Options): Promise<{ tokens: number; total: number; models: string[] }> {
  const seen = new Set<string>()
  let tokens = 0
  for await (const message of query({ prompt: 'Sum up the project.', options })) {
    if (message.type === 'assistant' && !seen.has(message.message.id)) {
      seen.add(message.message.id)
      tokens += message.message.usage.output_tokens
    }
    if (message.type === 'result') {
      const usage: NonNullableUsage = message.usage
      const byModel: [string, ModelUsage][] = Object.entries(message.modelUsage)
      const cached = usage.cache_read_input_tokens + (usage.cache_creation_input_tokens ?? 0)
      return {
        tokens: tokens + cached,
        total: message.total_cost_usd,
        models: byModel.map(([model, { costUSD, inputTokens, outputTokens }]) => `${model} ${inputTokens} ${outputTokens} ${costUSD.toFixed(2)}`),
      }
    }
  }
  throw new Error('no result')
}
