//! Tools of this process: typed arguments, hints, errors, images, structured results.

import { createSdkMcpServer, query, tool, type Options } from 'native-agent-sdk'
import { z } from 'zod'

const temperature = tool(
  'get_temperature',
  'The temperature at a place',
  { latitude: z.number().describe('north'), longitude: z.number(), unit: z.enum(['C', 'F']).default('C'), days: z.array(z.number()).optional() },
  async ({ latitude, longitude, unit, days }) => {
    const place: number = latitude + longitude
    const ahead: number = days?.length ?? 0
    if (place > 270) return { content: [{ type: 'text', text: 'There is no such place.' }], isError: true }
    return { content: [{ type: 'text', text: `${place}${unit.toLowerCase()} for ${ahead} days` }], structuredContent: { place } }
  },
  { annotations: { readOnlyHint: true, openWorldHint: true } },
)

const picture = tool('picture', 'A picture', {}, async () => ({
  content: [
    { type: 'image', data: '', mimeType: 'image/png' },
    { type: 'resource', resource: { uri: 'file:///a.md', mimeType: 'text/markdown', text: '# a' } },
  ],
}))

export async function run(options: Options): Promise<string> {
  const weather = createSdkMcpServer({ name: 'weather', version: '1.0.0', tools: [temperature, picture] })
  for await (const message of query({ prompt: 'How warm is it?', options: { ...options, mcpServers: { weather }, allowedTools: ['mcp__weather__get_temperature'] } })) {
    if (message.type === 'result' && message.subtype === 'success') return message.result
  }
  return ''
}
