//! A value instead of a text, checked by the schema it was asked with.

import { query, type Options } from 'native-agent-sdk'
import { z } from 'zod'

const Plan = z.object({ feature: z.string(), steps: z.array(z.object({ title: z.string(), risk: z.enum(['low', 'high']) })) })

export async function run(options: Options): Promise<z.infer<typeof Plan> | string> {
  const schema = z.toJSONSchema(Plan)
  for await (const message of query({ prompt: 'Plan it.', options: { ...options, outputFormat: { type: 'json_schema', schema } } })) {
    if (message.type !== 'result') continue
    if (message.subtype === 'success' && message.structured_output) return Plan.parse(message.structured_output)
    if (message.subtype === 'error_max_structured_output_retries') return 'no value'
  }
  return 'no result'
}
