//! Compiled, never run: no public type is `any`, and SDKMessage narrows by `type` and `subtype`.

import type * as Api from '../../index.js'
import type { BashInput, FileEditOutput, GrepOutput } from '../../sdk-tools.js'
import type { ScriptedApi } from '../../testing.js'

type IsAny<T> = 0 extends 1 & T ? true : false
type Refuse<T extends false> = T

/** Each member of a union apart. */
type AnyMember<T> = T extends unknown ? IsAny<T> : never

export type Checks = [
  Refuse<IsAny<Api.SDKMessage>>,
  Refuse<AnyMember<Api.SDKMessage>>,
  Refuse<IsAny<Api.Options>>,
  Refuse<{ [Name in keyof Api.Options]-?: IsAny<NonNullable<Api.Options[Name]>> }[keyof Api.Options]>,
  Refuse<IsAny<Api.Query>>,
  Refuse<{ [Name in keyof Api.Query]-?: IsAny<Api.Query[Name]> }[keyof Api.Query]>,
  Refuse<IsAny<Api.SDKAssistantMessage['message']>>,
  Refuse<IsAny<Api.SDKAssistantMessage['message']['content'][number]>>,
  Refuse<IsAny<Api.SDKPartialAssistantMessage['event']>>,
  Refuse<IsAny<Api.SDKUserMessage['message']['content']>>,
  Refuse<IsAny<Api.PermissionResult>>,
  Refuse<IsAny<Api.PermissionUpdate>>,
  Refuse<IsAny<Api.CanUseTool>>,
  Refuse<IsAny<Api.HookInput>>,
  Refuse<AnyMember<Api.HookInput>>,
  Refuse<IsAny<Api.ToolInputSchemas>>,
  Refuse<IsAny<Api.ToolOutputSchemas>>,
  Refuse<IsAny<BashInput>>,
  Refuse<IsAny<FileEditOutput>>,
  Refuse<IsAny<GrepOutput>>,
  Refuse<IsAny<ScriptedApi>>,
]

/** Every type and subtype is reachable by narrowing, and nothing is left over. */
export function narrow(message: Api.SDKMessage): string {
  switch (message.type) {
    case 'assistant': {
      const [block] = message.message.content
      return block?.type === 'text' ? block.text : message.message.id
    }
    case 'user':
      return typeof message.message.content === 'string' ? message.message.content : 'blocks'
    case 'result':
      return message.subtype === 'success' ? message.result : message.errors.join()
    case 'stream_event':
      return message.event.type === 'content_block_delta' && message.event.delta.type === 'text_delta'
        ? message.event.delta.text
        : message.event.type
    case 'system':
      return system(message)
    case 'tool_progress':
      return message.tool_name
    case 'auth_status':
      return message.output.join()
    case 'tool_use_summary':
      return message.summary
    case 'rate_limit_event':
      return message.rate_limit_info.status
    case 'prompt_suggestion':
      return message.suggestion
    case 'conversation_reset':
      return message.new_conversation_id
    default:
      return message satisfies never
  }
}

function system(message: Extract<Api.SDKMessage, { type: 'system' }>): string {
  switch (message.subtype) {
    case 'init':
      return message.cwd
    case 'status':
      return message.status ?? 'idle'
    case 'api_retry':
      return message.error
    case 'permission_denied':
      return message.tool_name
    case 'informational':
    case 'model_refusal_fallback':
    case 'model_refusal_no_fallback':
    case 'local_command_output':
      return message.content
    case 'compact_boundary':
      return message.compact_metadata.trigger
    case 'hook_started':
    case 'hook_progress':
    case 'hook_response':
      return message.hook_name
    case 'task_notification':
    case 'task_started':
    case 'task_updated':
    case 'task_progress':
      return message.task_id
    case 'background_tasks_changed':
      return String(message.tasks.length)
    case 'thinking_tokens':
      return String(message.estimated_tokens)
    case 'session_state_changed':
      return message.state
    case 'commands_changed':
      return String(message.commands.length)
    case 'plugin_install':
      return message.status
    case 'memory_recall':
      return message.mode
    case 'notification':
      return message.text
    case 'files_persisted':
      return message.processed_at
    case 'elicitation_complete':
      return message.elicitation_id
    case 'mirror_error':
      return message.error
    case 'session_writes_lost':
      return message.error_code
    case 'worker_shutting_down':
      return message.reason
    default:
      return message satisfies never
  }
}
