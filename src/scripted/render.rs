//! From a rule's reply and a request to the answer on the wire.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::blocks::{self, BlockEvents};
use super::cache::InputTokens;
use super::error;
use super::faults::{self, Step};
use super::scenario::{
    ContentReply, ErrorReply, EventSpec, EventsReply, GateSpec, NamedPlace, Pace, Place, RawReply, Reply,
};

/// What goes out: status, headers, and the steps of the body.
#[derive(Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// Gates to pass before the status is sent.
    pub start_gates: Vec<String>,
    /// The connection closes instead of an answer.
    pub drop_before_headers: bool,
    pub steps: Vec<Step>,
}

/// The part of a reply that is the same for every request, rendered once.
pub type Rendered = OnceLock<BlockEvents>;

/// What a reply takes from the request that it answers.
#[derive(Debug)]
pub struct Asked<'a> {
    pub stream: bool,
    pub model: &'a str,
    pub input: InputTokens,
    /// Number of this reply, for ids.
    pub serial: u64,
    pub request_id: &'a str,
    pub pace: Option<Pace>,
}

/// Events before the first block: `message_start` and `ping`.
const LEAD: usize = 2;

/// Builds the answer. `completed` are the reply's blocks with ids and signatures, for content replies.
pub fn answer(reply: &Reply, rendered: &Rendered, completed: &[Value], asked: &Asked<'_>) -> Answer {
    match reply {
        Reply::Content(content) if asked.stream => streamed(content, rendered, completed, asked),
        Reply::Content(content) => whole(content, completed, asked),
        Reply::Error(error) => api_error(error, asked.request_id),
        Reply::Events(reply) => events(reply, asked),
        Reply::Raw(reply) => raw(reply),
    }
}

/// The answer to a request that breaks a rule of the API.
pub fn refusal(status: u16, kind: &str, message: &str, request_id: &str) -> Answer {
    json_answer(status, &BTreeMap::new(), &error::body(kind, message, request_id))
}

/// A plain JSON answer.
pub fn json_answer(status: u16, extra: &BTreeMap<String, String>, body: &Value) -> Answer {
    Answer {
        status,
        headers: headers(Some("application/json"), extra),
        steps: vec![Step::Bytes(body.to_string().into())],
        ..Answer::default()
    }
}

fn api_error(error: &ErrorReply, request_id: &str) -> Answer {
    let kind = error.kind.as_deref().unwrap_or_else(|| error::kind_of(error.status));
    let message = error.message.as_deref().unwrap_or_else(|| error::default_message(error.status));
    match &error.body {
        Some(body) => Answer {
            status: error.status,
            headers: headers(json_type(body), &error.headers),
            steps: vec![Step::Bytes(literal(body))],
            ..Answer::default()
        },
        None => json_answer(error.status, &error.headers, &error::body(kind, message, request_id)),
    }
}

fn streamed(reply: &ContentReply, rendered: &Rendered, completed: &[Value], asked: &Asked<'_>) -> Answer {
    let chunk = reply.chunk.unwrap_or(blocks::DEFAULT_CHUNK);
    let fresh;
    let middle = if blocks::is_static(&reply.content) {
        rendered.get_or_init(|| blocks::render(completed, chunk))
    } else {
        fresh = blocks::render(completed, chunk);
        &fresh
    };
    let mut message = message(reply, asked, &[]);
    message["stop_reason"] = Value::Null;
    message["stop_sequence"] = Value::Null;
    message["usage"] = Value::Object(start_usage(reply, asked));
    let start = blocks::event("message_start", &json!({ "type": "message_start", "message": message }));
    let ping = blocks::event("ping", &json!({ "type": "ping" }));
    let delta = json!({
        "type": "message_delta",
        "delta": { "stop_reason": stop_reason(reply), "stop_sequence": reply.stop_sequence },
        "usage": final_usage(reply, asked),
    });
    let delta = blocks::event("message_delta", &delta);
    let stop = blocks::event("message_stop", &json!({ "type": "message_stop" }));
    let steps = if reply.gates.is_empty() && is_plain(reply) && asked.pace.is_none() {
        faults::plain([start, ping].concat().into(), middle.bytes.clone(), [delta, stop].concat().into())
    } else {
        let mut events = vec![Bytes::from(start), Bytes::from(ping)];
        let mut from = 0;
        for end in &middle.ends {
            events.push(middle.bytes.slice(from..*end));
            from = *end;
        }
        events.extend([Bytes::from(delta), Bytes::from(stop)]);
        let gates = places(&reply.gates, &middle.starts, events.len() - 2);
        faults::streamed(&events, &gates, &reply.faults, asked.pace)
    };
    Answer {
        status: 200,
        headers: headers(Some(EVENT_STREAM), &reply.headers),
        start_gates: start_gates(&reply.gates),
        drop_before_headers: reply.faults.drop_before_headers,
        steps,
    }
}

fn whole(reply: &ContentReply, completed: &[Value], asked: &Asked<'_>) -> Answer {
    let content: Vec<Value> = completed.iter().map(blocks::whole).collect();
    let body = message(reply, asked, &content).to_string();
    let gates = reply.gates.iter().filter(|gate| !is_start(gate)).map(|gate| gate.name.clone());
    Answer {
        status: 200,
        headers: headers(Some("application/json"), &reply.headers),
        start_gates: start_gates(&reply.gates),
        drop_before_headers: reply.faults.drop_before_headers,
        steps: faults::unstreamed(body.into(), gates, &reply.faults),
    }
}

fn events(reply: &EventsReply, asked: &Asked<'_>) -> Answer {
    let events: Vec<Bytes> = reply
        .events
        .iter()
        .map(|event| match event {
            EventSpec::Raw(raw) => Bytes::from(raw.raw.clone()),
            EventSpec::Data(data) => {
                let named = data.event.as_deref();
                let name = named.unwrap_or_else(|| blocks::kind(&data.data));
                Bytes::from(blocks::event(name, &data.data))
            }
        })
        .collect();
    let gates = places(&reply.gates, &[], events.len());
    Answer {
        status: 200,
        headers: headers(Some(EVENT_STREAM), &reply.headers),
        start_gates: start_gates(&reply.gates),
        drop_before_headers: reply.faults.drop_before_headers,
        steps: faults::streamed(&events, &gates, &reply.faults, asked.pace),
    }
}

fn raw(reply: &RawReply) -> Answer {
    let body = reply.raw.body.as_ref();
    let kind = body.and_then(json_type);
    let events = [body.map(literal).unwrap_or_default()];
    let gates = places(&reply.gates, &[], 1);
    Answer {
        status: reply.raw.status.unwrap_or(200),
        headers: headers(kind, &reply.raw.headers),
        start_gates: start_gates(&reply.gates),
        drop_before_headers: reply.faults.drop_before_headers,
        steps: faults::streamed(&events, &gates, &reply.faults, None),
    }
}

const EVENT_STREAM: &str = "text/event-stream; charset=utf-8";

/// The content type of a body given as JSON; a string body names its own.
fn json_type(body: &Value) -> Option<&'static str> {
    (!body.is_string()).then_some("application/json")
}

fn literal(body: &Value) -> Bytes {
    match body.as_str() {
        Some(text) => Bytes::from(text.to_owned()),
        None => Bytes::from(body.to_string()),
    }
}

fn headers(content_type: Option<&str>, extra: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> =
        extra.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
    if let Some(kind) = content_type
        && !headers.iter().any(|(name, _)| name == "content-type")
    {
        headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    headers
}

fn is_plain(reply: &ContentReply) -> bool {
    let faults = &reply.faults;
    faults.drop_after_bytes.is_none()
        && faults.drop_after_events.is_none()
        && faults.end_after_events.is_none()
        && faults.error_after_events.is_none()
        && faults.garbage_after_events.is_none()
        && faults.slow.is_none()
        && faults.split.is_none()
        && !faults.crlf
        && !faults.comments
}

fn is_start(gate: &GateSpec) -> bool {
    gate.at == Place::Named(NamedPlace::Start)
}

fn start_gates(gates: &[GateSpec]) -> Vec<String> {
    gates.iter().filter(|gate| is_start(gate)).map(|gate| gate.name.clone()).collect()
}

/// For each gate inside the body, how many events come before it. `end` is the count for `"end"` and for blocks that
/// the reply does not have.
fn places(gates: &[GateSpec], starts: &[usize], end: usize) -> Vec<(usize, String)> {
    let block = |index: usize| starts.get(index).map(|start| start + LEAD);
    gates
        .iter()
        .filter(|gate| !is_start(gate))
        .map(|gate| {
            let count = match &gate.at {
                Place::Named(NamedPlace::Start) => 0,
                Place::Named(NamedPlace::MessageStart) => 1,
                Place::Named(NamedPlace::End) => end,
                Place::Block(index) => block(*index).unwrap_or(end),
                Place::InBlock(place) => match (block(place.block), place.delta) {
                    (Some(start), Some(deltas)) => start + 1 + deltas,
                    (Some(start), None) => start,
                    (None, _) => end,
                },
                Place::Event(place) => place.event,
            };
            (count, gate.name.clone())
        })
        .collect()
}

fn stop_reason(reply: &ContentReply) -> &str {
    let calls = reply.content.iter().any(|block| blocks::kind(block) == "tool_use");
    reply.stop_reason.as_deref().unwrap_or(if calls { "tool_use" } else { "end_turn" })
}

fn message(reply: &ContentReply, asked: &Asked<'_>, content: &[Value]) -> Value {
    let id = reply.id.clone().unwrap_or_else(|| format!("msg_scripted_{:06}", asked.serial));
    json!({
        "id": id,
        "type": "message",
        "role": "assistant",
        "model": reply.model.as_deref().unwrap_or(asked.model),
        "content": content,
        "stop_reason": stop_reason(reply),
        "stop_sequence": reply.stop_sequence,
        "usage": whole_usage(reply, asked),
    })
}

/// The usage of `message_start`: the input is final, the output has only begun.
fn start_usage(reply: &ContentReply, asked: &Asked<'_>) -> Map<String, Value> {
    let mut usage = whole_usage(reply, asked);
    let begun = usage.get("output_tokens").and_then(Value::as_u64).unwrap_or(1).min(1);
    usage.insert("output_tokens".to_owned(), Value::from(begun));
    usage
}

fn whole_usage(reply: &ContentReply, asked: &Asked<'_>) -> Map<String, Value> {
    let mut usage = asked.input.usage();
    let output = reply.content.iter().map(blocks::weight).sum::<usize>().max(1);
    usage.insert("output_tokens".to_owned(), Value::from(output));
    for (name, value) in reply.usage.iter().flatten() {
        usage.insert(name.clone(), value.clone());
        if name == "cache_creation_input_tokens" {
            // The split by lifetime must agree with the sum; `cache_creation` itself may follow and say otherwise.
            let split =
                serde_json::json!({ "ephemeral_5m_input_tokens": value, "ephemeral_1h_input_tokens": 0 });
            usage.insert("cache_creation".to_owned(), split);
        }
    }
    usage
}

/// The usage of `message_delta`: cumulative counts.
fn final_usage(reply: &ContentReply, asked: &Asked<'_>) -> Map<String, Value> {
    let mut usage = whole_usage(reply, asked);
    usage.retain(|name, _| !matches!(name.as_str(), "cache_creation" | "service_tier"));
    usage
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
