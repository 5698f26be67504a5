//! Tools of your own: functions of this process that the model may call, with their input checked by zod.

import { createSdkMcpServer, query, tool } from 'native-agent-sdk'
import { z } from 'zod'
import { calls, connect, says } from './support/api.ts'

const stock = new Map([['tea', 12], ['coffee', 0]])

const lookUp = tool(
  'look_up',
  'Says how many packets of a product are in stock.',
  { product: z.string().describe('Name of the product, in lower case') },
  async ({ product }) => {
    const count = stock.get(product)
    if (count === undefined) return { content: [{ type: 'text', text: `There is no product named ${product}.` }], isError: true }
    return { content: [{ type: 'text', text: `${count} packets of ${product}` }] }
  },
  // It changes nothing, so calls may run side by side.
  { annotations: { readOnlyHint: true } },
)

const order = tool('order', 'Orders packets of a product.', { product: z.string(), packets: z.number().int().min(1).default(10) }, async ({ product, packets }) => {
  stock.set(product, (stock.get(product) ?? 0) + packets)
  return { content: [{ type: 'text', text: `Ordered ${packets} packets of ${product}.` }] }
})

const shop = createSdkMcpServer({ name: 'shop', version: '1.0.0', tools: [lookUp, order] })
const api = await connect(
  { reply: calls('', ['mcp__shop__look_up', { product: 'tea' }], ['mcp__shop__look_up', { product: 'coffee' }]) },
  { when: { toolResult: '0 packets of coffee' }, reply: calls('Coffee is out of stock.', ['mcp__shop__order', { product: 'coffee' }]) },
  { when: { toolResult: 'Ordered 10' }, reply: says('There was no coffee left, so I ordered 10 packets.') },
)

for await (const message of query({
  prompt: 'Look up tea and coffee, and order what is missing.',
  options: { env: api.env, mcpServers: { shop }, tools: [], allowedTools: ['mcp__shop__*'] },
})) {
  if (message.type === 'assistant') {
    for (const block of message.message.content) if (block.type === 'tool_use') console.log(`tool: ${block.name} ${JSON.stringify(block.input)}`)
  }
  if (message.type === 'result') console.log(message.subtype === 'success' ? message.result : message.errors.join(', '))
}
console.log(`coffee in stock: ${stock.get('coffee')}`)
await api[Symbol.asyncDispose]()
