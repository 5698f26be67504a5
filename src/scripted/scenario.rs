//! The scenario format: what a test writes down, as data.
//!
//! A scenario is one JSON object. Unknown fields are refused everywhere, so that a typing error cannot go unnoticed.
//!
//! ```json
//! {
//!   "strict": true,            // false: no validation, least work per request (for benchmarks)
//!   "record": true,            // false: bodies and headers of requests are not kept (timings are)
//!   "apiKey": "sk-test",       // any other key (x-api-key or Bearer) gets 401; omitted: any key will do
//!   "signatures": { "sig": "thinking text" },  // thinking sent earlier by another server; `*` as text: any text
//!   "betas": ["my-beta-2026-01-01"],           // anthropic-beta values to accept besides the published ones
//!   "pace": { "events": 1, "delayMs": 5 },     // every streamed reply waits delayMs after each `events` events
//!   "rules": [ RULE, ... ]
//! }
//! ```
//!
//! # Rules
//!
//! `RULE = { "name"?, "when"?, "times"?, "expectInvalid"?, "reply" }`. The first rule in order that matches the request
//! and is not used up answers it. A request that no rule answers gets 400 and counts as a violation.
//!
//! - `times`: how often the rule may answer: a number (default 1; `assert_complete` wants all of them used),
//!   `"always"` (at least once), `"any"` (also never).
//! - `expectInvalid`: id of the strict rule that must refuse this request (`rules.rs` lists them). The request is then
//!   answered by that refusal instead of `reply`, which may be omitted, and is no violation.
//! - `when`: all conditions given must hold; without `when` every request matches.
//!
//! | condition | holds if |
//! | --- | --- |
//! | `userText` | the text of the last user message contains it |
//! | `toolResult` | a tool_result of the last message contains it |
//! | `hasToolResult` | the last message has a tool_result for this tool_use id |
//! | `system` | the system prompt contains it |
//! | `model` | the model is exactly this |
//! | `tool` | a tool of this name is offered |
//! | `request` | it is the n-th `POST /v1/messages` of this server, from 0 |
//! | `messages` | there are exactly this many messages |
//! | `path` | the path without query is this (default: `/v1/messages`; count_tokens and models need it named) |
//! | `header` | `{ name: substring }`: each header is there and contains the substring |
//! | `stream` | the request's `stream` is this (absent is false) |
//!
//! # Replies: exactly one of `content`, `error`, `events`, `raw`
//!
//! **`{ "content": [BLOCK, ...], "stop_reason"?, "stop_sequence"?, "usage"?, "model"?, "id"?, "chunk"?, "headers"?, "gates"?, "faults"? }`**:
//! an assistant message. Streamed as `message_start`, `ping`, per block `content_block_start`, deltas, `content_block_stop`,
//! then `message_delta`, `message_stop`; as one JSON message if the request does not say `stream: true`.
//! - Blocks are written as the API writes them. `text`, `thinking`, `tool_use`, `server_tool_use` and `mcp_tool_use` travel as
//!   deltas of `chunk` characters (default 40); any other type travels whole in its `content_block_start`.
//! - A `tool_use` without `id` gets a fresh one for every reply. `"rawInput": "{\"a\":"` instead of `input` streams
//!   exactly that text, also if it is no JSON. A `thinking` without `signature` gets one computed from its text.
//! - `{"type": "text", "repeat": {"text": "ab", "times": 20000}}` is a text block of `times` deltas of `text` each.
//! - `stop_reason` defaults to `tool_use` if there is a tool_use block, else `end_turn`.
//! - `usage`: given fields replace the estimates (4 bytes a token; prompt caching is simulated from `cache_control`).
//!
//! **`{ "error": { "status", "type"?, "message"?, "headers"?, "body"? } }`**: the API's error JSON with that status. `type` defaults
//! to the API's type for the status. `headers` may hold `retry-after`. `body` (string or JSON) replaces the error JSON.
//!
//! **`{ "events": [EVENT, ...], "headers"?, "gates"?, "faults"? }`**: server-sent events as given, status 200. `EVENT = { "event"?, "data" }`
//! (`data`: any JSON; `event` defaults to `data.type`) or `{ "raw": "bytes as they are" }`.
//!
//! **`{ "raw": { "status"?, "headers"?, "body"? }, "gates"?, "faults"? }`**: any HTTP answer; `body` is a string or JSON.
//!
//! # Gates
//!
//! `"gates": [{ "at": PLACE, "name": "g" }]` holds the reply at a place until the gate is opened; a gate once open stays open.
//! `PLACE` = `"start"` (before status and headers), `"message_start"` (after that event), `"end"` (before `message_delta`; for `events`
//! and `raw` after the last byte, before the body ends), `n` or `{"block": n}` (before block n starts), `{"block": n, "delta": k}` (after
//! k deltas of block n), `{"event": n}` (after n events, `ping` counts).
//! An unstreamed content reply passes all its gates before its body.
//!
//! # Faults
//!
//! | field | effect |
//! | --- | --- |
//! | `dropBeforeHeaders: true` | the connection closes without an answer |
//! | `dropAfterBytes: n`, `dropAfterEvents: n` | the connection (HTTP/2: the stream) breaks after that much of the body |
//! | `endAfterEvents: n` | the body ends cleanly there, without the rest |
//! | `errorAfterEvents: {events, type, message}` | an SSE `event: error` follows n events, then the body ends |
//! | `garbageAfterEvents: {events, text}` | `text` is put in between after n events |
//! | `slow: {bytes, delayMs}` | pieces of n bytes with a pause after each |
//! | `split: n` | pieces of n bytes, each flushed alone |
//! | `crlf: true`, `comments: true` | CRLF line ends; a comment line before every event |
//!
//! Faults that count events, `crlf` and `comments` act on streamed replies only; the others on every body.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// A whole scenario; see the module documentation for the format.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    #[serde(default)]
    pub rules: Vec<Rule>,
    #[serde(default = "yes")]
    pub strict: bool,
    #[serde(default = "yes")]
    pub record: bool,
    #[serde(default)]
    pub api_key: Option<String>,
    #[serde(default)]
    pub signatures: BTreeMap<String, String>,
    #[serde(default)]
    pub betas: Vec<String>,
    #[serde(default)]
    pub pace: Option<Pace>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            strict: true,
            record: true,
            api_key: None,
            signatures: BTreeMap::new(),
            betas: Vec::new(),
            pace: None,
        }
    }
}

impl Scenario {
    /// Parses a scenario from JSON text; the error says where it is wrong.
    pub fn from_json(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("scenario: {error}"))
    }

    /// Parses a scenario from a JSON value; the error says what is wrong.
    pub fn from_value(value: Value) -> Result<Self, String> {
        serde_json::from_value(value).map_err(|error| format!("scenario: {error}"))
    }
}

fn yes() -> bool {
    true
}

/// One rule: when → reply.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RuleText")]
pub struct Rule {
    pub name: Option<String>,
    pub when: When,
    pub times: Times,
    pub expect_invalid: Option<String>,
    pub reply: Reply,
}

impl Rule {
    /// Parses a list of rules from a JSON array.
    pub fn list_from_value(value: Value) -> Result<Vec<Self>, String> {
        serde_json::from_value(value).map_err(|error| format!("rules: {error}"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RuleText {
    name: Option<String>,
    #[serde(default)]
    when: When,
    #[serde(default)]
    times: Times,
    expect_invalid: Option<String>,
    reply: Option<Reply>,
}

impl TryFrom<RuleText> for Rule {
    type Error = String;

    fn try_from(text: RuleText) -> Result<Self, String> {
        let name = text.name;
        let reply = match (text.reply, &text.expect_invalid) {
            (Some(reply), _) => reply,
            (None, Some(_)) => Reply::Error(ErrorReply { status: 400, ..ErrorReply::default() }),
            (None, None) => {
                let label = name.as_deref().unwrap_or("without name");
                return Err(format!("rule {label}: `reply` is missing"));
            }
        };
        if let Some(id) = &text.expect_invalid
            && !super::rules::is_known(id)
        {
            return Err(format!("expectInvalid: no strict rule has the id {id:?}"));
        }
        Ok(Self { name, when: text.when, times: text.times, expect_invalid: text.expect_invalid, reply })
    }
}

/// How often a rule may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub enum Times {
    /// Exactly this often.
    Count(u64),
    /// Any number of times, at least once.
    Always,
    /// Any number of times, also never.
    Any,
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(1)
    }
}

impl TryFrom<Value> for Times {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        if let Some(count) = value.as_u64() {
            return Ok(Self::Count(count));
        }
        match value.as_str() {
            Some("always") => Ok(Self::Always),
            Some("any") => Ok(Self::Any),
            _ => Err(format!("times: a number, \"always\" or \"any\" is expected, not {value}")),
        }
    }
}

/// The conditions of a rule; all that are given must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct When {
    pub user_text: Option<String>,
    pub tool_result: Option<String>,
    pub has_tool_result: Option<String>,
    pub system: Option<String>,
    pub model: Option<String>,
    pub tool: Option<String>,
    pub request: Option<u64>,
    pub messages: Option<usize>,
    pub path: Option<String>,
    pub header: BTreeMap<String, String>,
    pub stream: Option<bool>,
}

/// What the server answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Value")]
pub enum Reply {
    /// An assistant message.
    Content(ContentReply),
    /// An API error.
    Error(ErrorReply),
    /// Server-sent events as given.
    Events(EventsReply),
    /// Any HTTP answer.
    Raw(RawReply),
}

impl TryFrom<Value> for Reply {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        const KINDS: [&str; 4] = ["content", "error", "events", "raw"];
        let kinds: Vec<&str> = KINDS.into_iter().filter(|kind| value.get(kind).is_some()).collect();
        let &[kind] = kinds.as_slice() else {
            return Err(format!("reply: exactly one of {KINDS:?} is expected, found {kinds:?}"));
        };
        match kind {
            "content" => serde_json::from_value(value).map(Self::Content),
            "error" => serde_json::from_value::<ErrorText>(value).map(|text| Self::Error(text.error)),
            "events" => serde_json::from_value(value).map(Self::Events),
            _ => serde_json::from_value(value).map(Self::Raw),
        }
        .map_err(|error| format!("reply.{kind}: {error}"))
    }
}

/// An assistant message, streamed or whole.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentReply {
    pub content: Vec<Value>,
    pub stop_reason: Option<String>,
    pub stop_sequence: Option<String>,
    pub usage: Option<Map<String, Value>>,
    pub model: Option<String>,
    pub id: Option<String>,
    pub chunk: Option<usize>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub gates: Vec<GateSpec>,
    #[serde(default)]
    pub faults: Faults,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorText {
    error: ErrorReply,
}

/// An error of the API.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorReply {
    pub status: u16,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub message: Option<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<Value>,
}

/// Server-sent events as given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsReply {
    pub events: Vec<EventSpec>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub gates: Vec<GateSpec>,
    #[serde(default)]
    pub faults: Faults,
}

/// One event of an `events` reply.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum EventSpec {
    /// Bytes as they are.
    Raw(RawEvent),
    /// A named event with data.
    Data(DataEvent),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEvent {
    pub raw: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataEvent {
    pub event: Option<String>,
    pub data: Value,
}

/// Any HTTP answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawReply {
    pub raw: RawAnswer,
    #[serde(default)]
    pub gates: Vec<GateSpec>,
    #[serde(default)]
    pub faults: Faults,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAnswer {
    pub status: Option<u16>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<Value>,
}

/// A place where a reply waits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateSpec {
    pub at: Place,
    pub name: String,
}

/// Where in a reply a gate stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Place {
    Named(NamedPlace),
    Block(usize),
    InBlock(InBlock),
    Event(AfterEvent),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedPlace {
    Start,
    MessageStart,
    End,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InBlock {
    pub block: usize,
    pub delta: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterEvent {
    pub event: usize,
}

/// What goes wrong on the wire.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Faults {
    pub drop_before_headers: bool,
    pub drop_after_bytes: Option<usize>,
    pub drop_after_events: Option<usize>,
    pub end_after_events: Option<usize>,
    pub error_after_events: Option<SseError>,
    pub garbage_after_events: Option<Garbage>,
    pub slow: Option<Slow>,
    pub split: Option<usize>,
    pub crlf: bool,
    pub comments: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SseError {
    pub events: usize,
    #[serde(rename = "type")]
    pub kind: String,
    pub message: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Garbage {
    pub events: usize,
    pub text: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Slow {
    pub bytes: usize,
    pub delay_ms: u64,
}

/// A steady pace for every streamed reply.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Pace {
    pub events: usize,
    pub delay_ms: u64,
}

#[cfg(test)]
#[path = "scenario_tests.rs"]
mod tests;
