//! Decodes what `take` returns.

import type * as Api from '../../index.js'

/** A text, thinking or tool input delta: the three kinds that come by the thousand. */
export type DeltaTuple = readonly [uuid: string, index: number, kind: 0 | 1 | 2, text: string]

/** One batch of messages. `session` is there if an item is a tuple. */
export interface Batch {
  readonly messages: ReadonlyArray<Api.SDKMessage | DeltaTuple>
  readonly session?: string
  readonly done?: boolean
  readonly error?: { readonly code: string; readonly message: string }
}

/** Parses one batch; throws if it is none. */
export function decodeBatch(text: string): Batch {
  const batch = JSON.parse(text) as Batch
  if (!Array.isArray(batch.messages)) throw new TypeError('a batch without messages')
  return batch
}

/** The message behind one item of a batch. */
export function toMessage(item: Api.SDKMessage | DeltaTuple, session: string): Api.SDKMessage {
  return isTuple(item) ? deltaMessage(item, session) : item
}

function isTuple(item: Api.SDKMessage | DeltaTuple): item is DeltaTuple {
  return Array.isArray(item)
}

// One literal, so that all delta messages share a hidden class: several times faster than parsing each as JSON.
function deltaMessage(tuple: DeltaTuple, session: string): Api.SDKPartialAssistantMessage {
  return {
    type: 'stream_event',
    event: { type: 'content_block_delta', index: tuple[1], delta: delta(tuple[2], tuple[3]) },
    parent_tool_use_id: null,
    uuid: tuple[0] as Api.SDKPartialAssistantMessage['uuid'],
    session_id: session,
  }
}

type Delta =
  | { type: 'text_delta'; text: string }
  | { type: 'thinking_delta'; thinking: string }
  | { type: 'input_json_delta'; partial_json: string }

function delta(kind: 0 | 1 | 2, text: string): Delta {
  switch (kind) {
    case 0:
      return { type: 'text_delta', text }
    case 1:
      return { type: 'thinking_delta', thinking: text }
    case 2:
      return { type: 'input_json_delta', partial_json: text }
  }
}
