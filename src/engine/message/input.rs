//! What a host may say: a prompt, or a loose user message of a streaming prompt (row 546).

use crate::engine::clock::new_uuid;
use crate::engine::error::{EngineError, ErrorKind};
use serde_json::Value;
use serde_json::value::RawValue;

/// One user message, checked and ready to start a turn.
#[derive(Debug)]
pub struct UserInput {
    /// The message's id: the host's own, or a fresh one.
    pub uuid: String,
    /// Content blocks as final JSON.
    pub content: Vec<Box<RawValue>>,
}

impl UserInput {
    /// A plain text prompt.
    pub fn text(text: &str) -> Result<Self, EngineError> {
        Ok(Self { uuid: new_uuid(), content: vec![text_block(text)?] })
    }

    /// Nothing from the user: the turn is about something that the engine has to say.
    pub fn empty() -> Self {
        Self { uuid: new_uuid(), content: Vec::new() }
    }

    /// A message of a streaming prompt: `{type:'user', message:{role:'user', content}, uuid?, ...}`.
    pub fn parse(json: &str) -> Result<Self, EngineError> {
        let value: Value =
            serde_json::from_str(json).map_err(|error| invalid(format!("not JSON: {error}")))?;
        if value.get("type").and_then(Value::as_str) != Some("user") {
            return Err(invalid("its `type` must be \"user\"".into()));
        }
        let message = value.get("message").ok_or_else(|| invalid("it has no `message`".into()))?;
        if message.get("role").and_then(Value::as_str).is_some_and(|role| role != "user") {
            return Err(invalid("its `message.role` must be \"user\"".into()));
        }
        let uuid = value.get("uuid").and_then(Value::as_str).map_or_else(new_uuid, str::to_owned);
        let content = match message.get("content") {
            Some(Value::String(text)) => vec![text_block(text)?],
            Some(Value::Array(blocks)) => blocks
                .iter()
                .map(|block| {
                    if block.get("type").and_then(Value::as_str).is_none() {
                        return Err(invalid("every block of `message.content` needs a `type`".into()));
                    }
                    raw(block)
                })
                .collect::<Result<Vec<_>, _>>()?,
            _ => {
                return Err(invalid(
                    "its `message.content` must be a string or an array of content blocks".into(),
                ));
            }
        };
        if content.is_empty() {
            return Err(invalid("its `message.content` is empty".into()));
        }
        Ok(Self { uuid, content })
    }
}

fn invalid(what: String) -> EngineError {
    EngineError::new(ErrorKind::InvalidInput, format!("This is no valid user message: {what}."))
}

/// A text block as final JSON.
pub fn text_block(text: &str) -> Result<Box<RawValue>, EngineError> {
    raw(&serde_json::json!({ "type": "text", "text": text }))
}

/// Any value as final JSON.
pub fn raw(value: &Value) -> Result<Box<RawValue>, EngineError> {
    serde_json::value::to_raw_value(value)
        .map_err(|error| EngineError::new(ErrorKind::InternalError, format!("cannot serialise: {error}")))
}
