//! A reply that came whole instead of streamed, as the events it would have been streamed as.

use super::event::StreamEvent;
use super::failure::{ApiFailure, FailureKind};
use super::sse::SseParser;
use super::stream::{parse, unreadable};
use serde_json::{Map, Value, json};

/// The events that `body` stands for: a whole JSON message, or an event stream under a wrong content type.
///
/// # Errors
/// The API's failure when the body is one, [`FailureKind::Garbage`] when it is neither message nor stream.
pub(super) fn events(body: &[u8]) -> Result<Vec<Result<StreamEvent, ApiFailure>>, ApiFailure> {
    if body.trim_ascii_start().starts_with(b"{") {
        let message: Map<String, Value> = serde_json::from_slice(body).map_err(|e| {
            ApiFailure::new(FailureKind::Garbage, format!("the answer is not valid JSON: {e}"))
        })?;
        return from_message(message);
    }
    let mut parser = SseParser::default();
    parser.push(body);
    let mut events = Vec::new();
    while let Some(item) = parser.next() {
        match item.map_err(unreadable).and_then(|event| parse(event.name, event.data)) {
            Ok(event) => events.extend(event.map(Ok)),
            Err(failure) => {
                events.push(Err(ApiFailure { partial: !events.is_empty(), ..failure }));
                return Ok(events);
            }
        }
    }
    if events.is_empty() {
        let head: String = String::from_utf8_lossy(body).split_whitespace().collect::<Vec<_>>().join(" ");
        let head: String = head.chars().take(120).collect();
        let text = format!("the answer is no reply of the Messages API; it begins: {head:?}");
        return Err(ApiFailure::new(FailureKind::Garbage, text));
    }
    if events.last().is_some_and(|e| !matches!(e, Ok(e) if e.event == super::Event::MessageStop)) {
        let failure = ApiFailure::new(FailureKind::Connection, "the reply ended before message_stop");
        events.push(Err(ApiFailure { partial: true, ..failure }));
    }
    Ok(events)
}

fn from_message(mut message: Map<String, Value>) -> Result<Vec<Result<StreamEvent, ApiFailure>>, ApiFailure> {
    if message.get("type").is_some_and(|t| t == "error") || message.contains_key("error") {
        return Err(ApiFailure::from_error_event(&message));
    }
    let content = match message.shift_remove("content") {
        Some(Value::Array(content)) if message.get("type").is_some_and(|t| t == "message") => content,
        _ => {
            let text = "the answer is JSON, but no message of the Messages API";
            return Err(ApiFailure::new(FailureKind::Garbage, text));
        }
    };
    let take =
        |message: &mut Map<String, Value>, name: &str| message.shift_remove(name).unwrap_or(Value::Null);
    let ending = json!({
        "stop_reason": take(&mut message, "stop_reason"),
        "stop_sequence": take(&mut message, "stop_sequence"),
    });
    let usage = message.get("usage").cloned().unwrap_or_else(|| json!({}));
    message.insert("content".to_owned(), json!([]));
    let mut values = vec![json!({ "type": "message_start", "message": message })];
    for (index, mut block) in content.into_iter().enumerate() {
        let deltas = split(&mut block);
        values.push(json!({ "type": "content_block_start", "index": index, "content_block": block }));
        for delta in deltas {
            values.push(json!({ "type": "content_block_delta", "index": index, "delta": delta }));
        }
        values.push(json!({ "type": "content_block_stop", "index": index }));
    }
    values.push(json!({ "type": "message_delta", "delta": ending, "usage": usage }));
    values.push(json!({ "type": "message_stop" }));
    values
        .into_iter()
        .filter_map(|value| StreamEvent::parse(value.to_string().into_boxed_str()).transpose())
        .map(|event| event.map(Ok))
        .collect()
}

/// Takes out of a block what streams as deltas, and returns the deltas.
fn split(block: &mut Value) -> Vec<Value> {
    let pieces: &[(&str, &str, &str)] = match block.get("type").and_then(Value::as_str) {
        Some("text") => &[("text", "text_delta", "text")],
        Some("thinking") => {
            &[("thinking", "thinking_delta", "thinking"), ("signature", "signature_delta", "signature")]
        }
        Some("tool_use" | "server_tool_use" | "mcp_tool_use") => {
            &[("input", "input_json_delta", "partial_json")]
        }
        _ => &[],
    };
    let mut deltas = Vec::new();
    for (field, kind, name) in pieces {
        let Some(value) = block.get_mut(*field) else { continue };
        let text = match value {
            Value::String(text) => std::mem::take(text),
            Value::Object(_) => std::mem::replace(value, json!({})).to_string(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => continue,
        };
        if !text.is_empty() {
            deltas.push(json!({ "type": kind, *name: text }));
        }
    }
    deltas
}

#[cfg(test)]
#[path = "whole_tests.rs"]
mod tests;
