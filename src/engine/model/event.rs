//! The events of a streamed reply, parsed from their JSON text.

use super::failure::{ApiFailure, FailureKind};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// One event of a reply, as text and as value.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamEvent {
    /// The event's JSON text, verbatim.
    pub raw: Box<str>,
    /// What it says.
    pub event: Event,
    plain: bool,
}

/// What an event says. `ping` never gets here, and `error` becomes an [`ApiFailure`].
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The reply begins.
    MessageStart(MessageStart),
    /// A content block begins.
    BlockStart {
        /// Its place in the reply.
        index: usize,
        /// The block as far as it is known, with every field that came.
        block: Map<String, Value>,
    },
    /// A piece of a content block.
    Delta {
        /// The block's place in the reply.
        index: usize,
        /// The piece.
        delta: Delta,
    },
    /// A content block is complete.
    BlockStop {
        /// Its place in the reply.
        index: usize,
    },
    /// Late facts about the whole reply.
    MessageDelta {
        /// Why the reply ended.
        stop_reason: Option<String>,
        /// The stop sequence that ended it.
        stop_sequence: Option<String>,
        /// Usage figures that replace those of the start.
        usage: Map<String, Value>,
        /// Further fields, of the delta and of the event.
        other: Map<String, Value>,
    },
    /// The reply is complete.
    MessageStop,
    /// An event of a type that is not known here, by its type.
    Unknown(String),
}

/// The head of a reply.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MessageStart {
    /// The reply's id.
    pub id: String,
    /// The model that answers.
    pub model: String,
    /// Usage so far.
    pub usage: Map<String, Value>,
    /// Further fields, e.g. `container`.
    pub extra: Map<String, Value>,
}

/// A piece of a content block.
#[derive(Debug, Clone, PartialEq)]
pub enum Delta {
    /// Text of a text block.
    Text(String),
    /// Text of a thinking block.
    Thinking(String),
    /// The signature of a thinking block.
    Signature(String),
    /// A piece of the JSON text of a tool's input.
    InputJson(String),
    /// Any other delta, with all its fields, `type` included.
    Other(Map<String, Value>),
}

/// The kinds of delta that may travel as a tuple.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeltaKind {
    /// `text_delta`
    Text,
    /// `thinking_delta`
    Thinking,
    /// `input_json_delta`
    InputJson,
}

/// A delta without further fields: by far the most frequent event.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    index: usize,
    #[serde(borrow)]
    delta: PlainDelta<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainDelta<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    text: Option<String>,
    thinking: Option<String>,
    partial_json: Option<String>,
}

impl StreamEvent {
    /// Parses the JSON text of one event. `Ok(None)` for a ping.
    ///
    /// # Errors
    /// The API's own failure for an `error` event, [`FailureKind::Garbage`] for what is no event.
    pub fn parse(raw: Box<str>) -> Result<Option<Self>, ApiFailure> {
        if let Some(event) = parse_usual(&raw).or_else(|| parse_plain(&raw)) {
            return Ok(Some(Self { raw, event, plain: true }));
        }
        if let Some(event) = parse_end(&raw) {
            return Ok(Some(Self { raw, event, plain: false }));
        }
        Ok(parse_any(&raw)?.map(|event| Self { raw, event, plain: false }))
    }

    /// Index, kind and text when the event is exactly a `content_block_delta` of one of the kinds of [`DeltaKind`]
    /// without further fields, so that it may travel as a tuple and be rebuilt without loss.
    pub fn plain_delta(&self) -> Option<(usize, DeltaKind, &str)> {
        match &self.event {
            Event::Delta { index, delta } if self.plain => match delta {
                Delta::Text(text) => Some((*index, DeltaKind::Text, text)),
                Delta::Thinking(text) => Some((*index, DeltaKind::Thinking, text)),
                Delta::InputJson(text) => Some((*index, DeltaKind::InputJson, text)),
                Delta::Signature(_) | Delta::Other(_) => None,
            },
            Event::MessageStart(_)
            | Event::BlockStart { .. }
            | Event::Delta { .. }
            | Event::BlockStop { .. }
            | Event::MessageDelta { .. }
            | Event::MessageStop
            | Event::Unknown(_) => None,
        }
    }
}

/// A plain delta written the way the API writes it, several times as fast as by a JSON parser: nearly all events of a
/// reply are this. `None` for anything else, which is then parsed properly.
fn parse_usual(raw: &str) -> Option<Event> {
    let rest = raw.strip_prefix(r#"{"type":"content_block_delta","index":"#)?;
    let (index, rest) = rest.split_once(',')?;
    let index = number(index)?;
    let (kind, rest) = rest.strip_prefix(r#""delta":{"type":""#)?.split_once('"')?;
    let (field, make): (&str, fn(String) -> Delta) = match kind {
        "text_delta" => (r#","text":"#, Delta::Text),
        "thinking_delta" => (r#","thinking":"#, Delta::Thinking),
        "input_json_delta" => (r#","partial_json":"#, Delta::InputJson),
        _ => return None,
    };
    let (text, rest) = json_string(rest.strip_prefix(field)?)?;
    // The API pads some events with blanks between the braces.
    let rest = rest.strip_prefix('}')?.trim_start_matches(' ');
    (rest == "}").then(|| Event::Delta { index, delta: make(text) })
}

/// The two events that hold nothing, written the way the API writes them. `None` for anything else.
fn parse_end(raw: &str) -> Option<Event> {
    let rest = match raw.strip_prefix(r#"{"type":"content_block_stop","index":"#) {
        Some(rest) => rest,
        None => return (raw == r#"{"type":"message_stop"}"#).then_some(Event::MessageStop),
    };
    let index = rest.strip_suffix('}')?.trim_end_matches(' ');
    Some(Event::BlockStop { index: number(index)? })
}

/// A whole number as JSON writes it.
fn number(text: &str) -> Option<usize> {
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    digits.then(|| text.parse().ok())?
}

/// The JSON string that `text` begins with, and what follows it.
fn json_string(text: &str) -> Option<(String, &str)> {
    let body = text.strip_prefix('"')?;
    let mut escaped = false;
    let mut bytes = body.bytes().enumerate();
    let end = loop {
        match bytes.next()? {
            (at, b'"') => break at,
            (_, b'\\') => {
                escaped = true;
                bytes.next();
            }
            (_, 0..=0x1f) => return None,
            _ => {}
        }
    };
    let rest = body.get(end + 1..)?;
    let value =
        if escaped { serde_json::from_str(text.get(..end + 2)?).ok()? } else { body.get(..end)?.to_owned() };
    Some((value, rest))
}

/// A plain delta in any spelling; `None` sends the text to [`parse_any`].
fn parse_plain(raw: &str) -> Option<Event> {
    // A failed attempt would cost more than the event itself.
    if !raw.contains("content_block_delta") {
        return None;
    }
    let event: PlainEvent<'_> = serde_json::from_str(raw).ok()?;
    if event.kind != "content_block_delta" {
        return None;
    }
    let body = event.delta;
    let delta = match (body.kind.as_ref(), body.text, body.thinking, body.partial_json) {
        ("text_delta", Some(text), None, None) => Delta::Text(text),
        ("thinking_delta", None, Some(text), None) => Delta::Thinking(text),
        ("input_json_delta", None, None, Some(text)) => Delta::InputJson(text),
        _ => return None,
    };
    Some(Event::Delta { index: event.index, delta })
}

fn parse_any(raw: &str) -> Result<Option<Event>, ApiFailure> {
    let mut map: Map<String, Value> = serde_json::from_str(raw)
        .map_err(|e| garbage(format!("an event of the reply is not a JSON object: {e}")))?;
    let kind = take_string(&mut map, "type").ok_or_else(|| garbage("an event of the reply has no type"))?;
    Ok(Some(match kind.as_str() {
        "ping" => return Ok(None),
        "error" => return Err(ApiFailure::from_error_event(&map)),
        "message_start" => Event::MessageStart(message_start(take_map(&mut map, "message"))?),
        "content_block_start" => Event::BlockStart {
            index: index(&map)?,
            block: take_map(&mut map, "content_block")
                .filter(|block| block.get("type").is_some_and(Value::is_string))
                .ok_or_else(|| garbage("a content block without a type"))?,
        },
        "content_block_delta" => Event::Delta {
            index: index(&map)?,
            delta: delta(
                take_map(&mut map, "delta").ok_or_else(|| garbage("a content_block_delta without delta"))?,
            ),
        },
        "content_block_stop" => Event::BlockStop { index: index(&map)? },
        "message_delta" => message_delta(map),
        "message_stop" => Event::MessageStop,
        _ => Event::Unknown(kind),
    }))
}

fn message_start(message: Option<Map<String, Value>>) -> Result<MessageStart, ApiFailure> {
    let mut extra = message.ok_or_else(|| garbage("a message_start without message"))?;
    let start = MessageStart {
        id: take_string(&mut extra, "id").unwrap_or_default(),
        model: take_string(&mut extra, "model").unwrap_or_default(),
        usage: take_map(&mut extra, "usage").unwrap_or_default(),
        extra: Map::new(),
    };
    for known in ["type", "role", "content", "stop_reason", "stop_sequence"] {
        extra.shift_remove(known);
    }
    Ok(MessageStart { extra, ..start })
}

fn message_delta(mut map: Map<String, Value>) -> Event {
    let mut other = take_map(&mut map, "delta").unwrap_or_default();
    let stop_reason = take_string(&mut other, "stop_reason");
    let stop_sequence = take_string(&mut other, "stop_sequence");
    let usage = take_map(&mut map, "usage").unwrap_or_default();
    other.extend(map);
    Event::MessageDelta { stop_reason, stop_sequence, usage, other }
}

fn delta(mut map: Map<String, Value>) -> Delta {
    let (field, make): (&str, fn(String) -> Delta) = match map.get("type").and_then(Value::as_str) {
        Some("text_delta") => ("text", Delta::Text),
        Some("thinking_delta") => ("thinking", Delta::Thinking),
        Some("signature_delta") => ("signature", Delta::Signature),
        Some("input_json_delta") => ("partial_json", Delta::InputJson),
        _ => return Delta::Other(map),
    };
    match map.get_mut(field) {
        Some(Value::String(text)) => make(std::mem::take(text)),
        _ => Delta::Other(map),
    }
}

fn index(map: &Map<String, Value>) -> Result<usize, ApiFailure> {
    map.get("index")
        .and_then(Value::as_u64)
        .and_then(|n| usize::try_from(n).ok())
        .ok_or_else(|| garbage("an event of a content block without index"))
}

fn take_string(map: &mut Map<String, Value>, name: &str) -> Option<String> {
    match map.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn take_map(map: &mut Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    match map.shift_remove(name) {
        Some(Value::Object(value)) => Some(value),
        _ => None,
    }
}

fn garbage(message: impl Into<String>) -> ApiFailure {
    ApiFailure::new(FailureKind::Garbage, message)
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
