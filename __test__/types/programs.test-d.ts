//! Compiled, never run: programs as the documents show them, with only the import changed.

import { AbortError, AgentSdkError, query, type CanUseTool, type Options, type SDKUserMessage } from '../../index.js'

export async function quickstart(): Promise<void> {
  for await (const message of query({
    prompt: 'Review utils.py for bugs that would cause crashes. Fix any issues you find.',
    options: { allowedTools: ['Read', 'Edit', 'Glob'], permissionMode: 'acceptEdits' },
  })) {
    if (message.type === 'assistant' && message.message?.content) {
      for (const block of message.message.content) {
        if ('text' in block) console.log(block.text)
        else if ('name' in block) console.log(`Tool: ${block.name}`)
      }
    } else if (message.type === 'result') {
      console.log(`Done: ${message.subtype}`)
    }
    if ('result' in message) console.log(message.result)
  }
}

const canUseTool: CanUseTool = async (toolName, input, { signal, suggestions, blockedPath }) => {
  if (signal.aborted || blockedPath) return { behavior: 'deny', message: 'no', interrupt: true }
  if (toolName === 'Bash' && input['dangerouslyDisableSandbox']) {
    return { behavior: 'deny' as const, message: 'Command not authorized for unsandboxed execution' }
  }
  return { behavior: 'allow', updatedInput: input, updatedPermissions: suggestions ?? [] }
}

async function* prompts(): AsyncGenerator<SDKUserMessage> {
  yield {
    type: 'user' as const,
    message: {
      role: 'user' as const,
      content: [
        { type: 'text', text: 'Review this diagram' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } },
      ],
    },
    parent_tool_use_id: null,
    session_id: '',
  }
}

export async function streaming(options: Options): Promise<number> {
  const run = query({ prompt: prompts(), options: { ...options, canUseTool, includePartialMessages: true } })
  await run.setPermissionMode('acceptEdits')
  try {
    for await (const message of run) {
      if (message.type === 'stream_event') {
        const event = message.event
        if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') console.log(event.content_block.name)
        else if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') process.stdout.write(event.delta.text)
      }
      if (message.type === 'system' && message.subtype === 'init') console.log(message.mcp_servers.map((server) => server.status))
      if (message.type === 'result') {
        for (const [model, usage] of Object.entries(message.modelUsage)) console.log(model, usage.costUSD.toFixed(4))
        return message.total_cost_usd + (message.usage.cache_read_input_tokens ?? 0)
      }
    }
  } catch (error) {
    if (error instanceof AbortError) return 0
    if (error instanceof AgentSdkError && error.code === 'missing_credentials') return 1
    throw error
  } finally {
    run.close()
  }
  await using disposed = query({ prompt: 'x' })
  await disposed.interrupt()
  return (await disposed.supportedModels()).length
}
