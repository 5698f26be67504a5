//! The API's own messages: what replies, events and prompts are made of.
//!
//! With `@anthropic-ai/sdk` installed they are its types, so that values go to and from it. Without it they are those of
//! api-shapes.d.ts. The package is an optional peer, hence the `@ts-ignore`s: an import that is not found is `any`, and
//! `Vendor` never lets that through.

import type * as Shapes from './api-shapes.js'
// @ts-ignore
import type * as Beta from '@anthropic-ai/sdk/resources/beta/messages/messages'
// @ts-ignore
import type * as Messages from '@anthropic-ai/sdk/resources/messages/messages'

/**
 * `Theirs`, unless it was not found: then `Ours`. Asked of its keys, of which `any` has all: a type that was not found spoils
 * every condition that it stands in itself.
 */
type Vendor<Theirs, Ours> = string extends keyof Theirs ? Ours : Theirs

/** A reply of the API. */
// @ts-ignore
export type BetaMessage = Vendor<Beta.BetaMessage, Shapes.BetaMessage>

/** A content block of a reply, by `type`. Blocks of types unknown here are passed through as they came. */
export type BetaContentBlock = BetaMessage['content'][number]

/** Why a reply ended. */
export type BetaStopReason = NonNullable<BetaMessage['stop_reason']>

/** Token counts of one request. */
export type BetaUsage = BetaMessage['usage']

/** A raw event of the API's stream. Events of types unknown here are passed through as they came. */
// @ts-ignore
export type BetaRawMessageStreamEvent = Vendor<Beta.BetaRawMessageStreamEvent, Shapes.BetaRawMessageStreamEvent>

/** A piece of a content block. */
export type BetaRawContentBlockDelta = Extract<BetaRawMessageStreamEvent, { type: 'content_block_delta' }>['delta']

/** A message to the API. */
// @ts-ignore
export type MessageParam = Vendor<Messages.MessageParam, Shapes.MessageParam>

/** A content block of a message to the API. */
// @ts-ignore
export type ContentBlockParam = Vendor<Messages.ContentBlockParam, Shapes.ContentBlockParam>
/** A text. */
export type TextBlockParam = Extract<ContentBlockParam, { type: 'text' }>
/** An image: base64, a URL or a file of the API. */
export type ImageBlockParam = Extract<ContentBlockParam, { type: 'image' }>
/** A PDF or a text. */
export type DocumentBlockParam = Extract<ContentBlockParam, { type: 'document' }>
/** What a tool gave. */
export type ToolResultBlockParam = Extract<ContentBlockParam, { type: 'tool_result' }>

/** Token counts as the API gives them. */
export type Usage = {
  input_tokens: number | null
  output_tokens: number | null
  cache_creation_input_tokens?: number | null
  cache_read_input_tokens?: number | null
}

/** Sums over the requests of a turn (row 571). */
export type NonNullableUsage = {
  input_tokens: number
  output_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  server_tool_use: { web_search_requests: number; web_fetch_requests: number }
  service_tier: string
  cache_creation: { ephemeral_1h_input_tokens: number; ephemeral_5m_input_tokens: number }
  output_tokens_details?: { thinking_tokens: number }
  inference_geo?: string
  iterations?: unknown[]
  speed?: string
  fallback_credit?: unknown
}

/** Totals of one model over a `query()` call (row 479). */
export type ModelUsage = {
  inputTokens: number
  outputTokens: number
  cacheReadInputTokens: number
  cacheCreationInputTokens: number
  webSearchRequests: number
  /** US dollars; 0 when `costBasis` is `unknown`. */
  costUSD: number
  /** Tokens. */
  contextWindow: number
  maxOutputTokens: number
  thinkingTokens?: number
  cacheCreationEphemeral5mInputTokens?: number
  cacheCreationEphemeral1hInputTokens?: number
  /** The id of the API when a provider has another one. */
  canonicalModel?: string
  provider?: string
  costBasis?: 'list' | 'managed' | 'unknown'
}

// Keeps what is not exported above out of the module.
export {}
