//! The client that the official conformance suite runs: an agent that uses every tool of the server it is given.

import { query } from 'native-agent-sdk'
import { startScriptedApi } from 'native-agent-sdk/testing'

const url = process.argv.at(-1)
const { toolCalls, client_id: clientId, client_secret: clientSecret } = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}')
const api = await startScriptedApi({ rules: [{ reply: says('Hello.') }] })

/** Messages of the user, as they are said. */
const said = []
let heard = () => {}
const say = (text) => {
  said.push(text)
  heard()
}
async function* prompt() {
  for (;;) {
    while (said.length === 0) await new Promise((resolve) => (heard = resolve))
    yield { type: 'user', message: { role: 'user', content: said.shift() }, parent_tool_use_id: null }
  }
}

const run = query({
  prompt: prompt(),
  options: {
    mcpServers: { s: { type: 'http', url } },
    allowedTools: ['mcp__s'],
    tools: [],
    env: api.env({ PATH: process.env.PATH }),
    stderr: (line) => process.stderr.write(line),
    onElicitation: async () => ({ action: 'accept' }),
    mcpOAuth: {
      redirectUrl: 'http://localhost:3000/callback',
      clientMetadataUrl: 'https://conformance-test.local/client-metadata.json',
      ...(clientId !== undefined && { clientId, clientSecret }),
      authorize: async (target) => {
        const answer = await fetch(target, { redirect: 'manual' })
        return answer.headers.get('location') ?? ''
      },
    },
  },
})

try {
  await turn('Hello.')
  const [row] = await run.mcpServerStatus()
  if (row.status !== 'connected') throw new Error(`the server is ${row.status}: ${row.error}`)
  const [first] = await api.requests({ bodies: true })
  const offered = first.body.tools ?? []
  const calls = toolCalls?.map(({ name, arguments: input }) => ({ name: `mcp__s__${name}`, input: given(input) })) ?? offered.map(({ name, input_schema: schema }) => ({ name, input: sample(schema) }))
  if (calls.length > 0) {
    const uses = calls.map(({ name, input = {} }) => ({ reply: { content: [{ type: 'tool_use', name, input }] } }))
    await api.pushRules(...uses, { reply: says('Done.') })
    await turn('Use your tools.')
  }
} catch (thrown) {
  console.error(thrown)
  process.exitCode = 1
} finally {
  run.close()
  await api.close()
}

/** One turn, to its result. */
async function turn(text) {
  say(text)
  for (;;) {
    const { value, done } = await run.next()
    if (done) throw new Error('the run has ended')
    if (value.type === 'user') console.log(JSON.stringify(value.message.content))
    if (value.type === 'result') return
  }
}

function says(text) {
  return { content: [{ type: 'text', text }] }
}

/** An input that fits a schema. */
function sample(schema) {
  if (schema.default !== undefined) return schema.default
  if (Array.isArray(schema.enum)) return schema.enum[0]
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, property]) => [name, sample(property)]))
    case 'array':
      return []
    case 'number':
    case 'integer':
      return 5
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return 'text'
  }
}

/** An input without what is null: a model leaves out what its schema does not let it say. */
function given(input = {}) {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null))
}
