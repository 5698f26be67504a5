//! Types of `native-agent-sdk/testing`: a strict scripted Messages API for tests without the network.

/** Starts a scripted Messages API on a free port of the loopback interface. Omitted: no rules yet. */
export declare function startScriptedApi(scenario?: Scenario): Promise<ScriptedApi>

/** A running scripted API. It does not keep the process alive; it stops at `close()` or when it is garbage collected. */
export interface ScriptedApi extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** An `options.env` that points at this server; `extra` adds to it. */
  env(extra?: Record<string, string | undefined>): Record<string, string | undefined>
  /** The requests so far. */
  requests(options?: { since?: number; bodies?: boolean }): Promise<CapturedRequest[]>
  /** The requests that broke a rule of the API without a scenario rule expecting it, or that no rule answered. */
  violations(): Promise<Violation[]>
  /** The scenario rules that were not used as often as they say. */
  unused(): Promise<string[]>
  /** Rejects if there is a violation or an unused rule. */
  assertComplete(): Promise<void>
  /** Lets the replies go on that wait at this gate, now and later. */
  openGate(name: string): Promise<void>
  /** Resolves when `count` replies have come to this gate. */
  waitGate(name: string, count?: number): Promise<void>
  /** Adds rules behind the ones there are. */
  pushRules(...rules: Rule[]): Promise<void>
  /** Forgets requests and uses of rules; with a scenario, starts over with that one. */
  reset(scenario?: Scenario): Promise<void>
  /** Closes the port and all connections. */
  close(): Promise<void>
}

/** What a scripted API answers. */
export interface Scenario {
  rules?: Rule[]
  /** False: requests are not checked (for benchmarks). Default true. */
  strict?: boolean
  /** False: bodies and headers of requests are not kept. Default true. */
  record?: boolean
  /** Any other key gets 401. Omitted: any key will do. */
  apiKey?: string
  /** Thinking sent earlier by another server: signature to text; `*` stands for any text. */
  signatures?: Record<string, string>
  /** `anthropic-beta` values to accept besides the published ones. */
  betas?: string[]
  /** Every streamed reply waits `delayMs` after each `events` events. */
  pace?: { events: number; delayMs: number }
}

/** The first rule that matches a request and is not used up answers it. */
export interface Rule {
  name?: string
  /** All conditions given must hold. */
  when?: {
    userText?: string
    toolResult?: string
    hasToolResult?: string
    system?: string
    model?: string
    tool?: string
    request?: number
    messages?: number
    path?: string
    header?: Record<string, string>
    stream?: boolean
  }
  /** How often it may answer; default 1. `always`: at least once; `any`: also never. */
  times?: number | 'always' | 'any'
  /** The id of the strict rule that must refuse this request; `reply` may then be left out. */
  expectInvalid?: string
  reply?: Reply
}

/** One answer. */
export type Reply = ContentReply | ErrorReply | EventsReply | RawReply

/** An assistant message, streamed if the request asks for it. */
export interface ContentReply extends Obstacles {
  /** Content blocks as the API writes them; `rawInput` of a tool_use is streamed as it is; `repeat` makes many deltas. */
  content: Array<{ type: string; [field: string]: unknown }>
  stop_reason?: string
  stop_sequence?: string
  usage?: Record<string, unknown>
  model?: string
  id?: string
  /** Characters per delta; default 40. */
  chunk?: number
  headers?: Record<string, string>
}

/** An error in the API's shape. */
export interface ErrorReply {
  error: { status: number; type?: string; message?: string; headers?: Record<string, string>; body?: unknown }
}

/** Server-sent events as given. */
export interface EventsReply extends Obstacles {
  events: Array<{ event?: string; data: unknown } | { raw: string }>
  headers?: Record<string, string>
}

/** Any HTTP answer. */
export interface RawReply extends Obstacles {
  raw: { status?: number; headers?: Record<string, string>; body?: unknown }
}

/** What holds up or breaks a reply on its way. */
export interface Obstacles {
  gates?: Array<{ at: 'start' | 'message_start' | 'end' | number | { block: number; delta?: number } | { event: number }; name: string }>
  faults?: {
    dropBeforeHeaders?: boolean
    dropAfterBytes?: number
    dropAfterEvents?: number
    endAfterEvents?: number
    errorAfterEvents?: { events: number; type: string; message: string }
    garbageAfterEvents?: { events: number; text: string }
    slow?: { bytes: number; delayMs: number }
    split?: number
    crlf?: boolean
    comments?: boolean
  }
}

/** A request as it arrived; times are microseconds since the server started. */
export interface CapturedRequest {
  method: string
  /** Path and query. */
  path: string
  /** Names in lower case. */
  headers: Record<string, string>
  /** The parsed body. */
  body: Record<string, unknown> | null
  bodyBytes: number
  arrivedMicros: number
  wholeMicros: number
  firstByteMicros: number | null
  doneMicros: number | null
  busyMicros: number | null
  status: number | null
  rule: number | null
  httpVersion: string
}

/** A request that the real API would have refused. */
export interface Violation {
  /** Index in `requests()`. */
  request: number
  /** Id of the strict rule, or `scenario.unmatched`, `scenario.expected_invalid`. */
  rule: string
  message: string
}
