//! What a host may say: a prompt, or a loose user message of a streaming prompt (row 546).

use crate::engine::clock::new_uuid;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::message::sdk::{ReplayContent, ReplayMessage};
use crate::engine::plain::plain;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// When a message that arrives during a turn is read (row 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// At once: the running turn is interrupted.
    Now,
    /// At the next step: together with the results of the calls that run now.
    #[default]
    Next,
    /// After the running turn.
    Later,
}

/// What a host may add to a message; all of it comes back in a replay.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Extras {
    /// When to read it; absent is `next`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// `false`: no turn of its own; it goes to the model with the next message that asks for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub should_query: Option<bool>,
    /// Not typed by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_synthetic: Option<bool>,
    /// When the host made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Value>,
    /// The host has composed it: no commands, no mentions (row 27).
    #[serde(rename = "client_composed", skip_serializing_if = "Option::is_none")]
    pub client_composed: Option<bool>,
}

/// One user message, checked and ready to start a turn.
#[derive(Debug)]
pub struct UserInput {
    /// The message's id: the host's own, or a fresh one.
    pub uuid: String,
    /// Content blocks as final JSON.
    pub content: Vec<Box<RawValue>>,
    /// Whether the content was given as a plain string.
    pub plain: bool,
    /// The rest of what the host said.
    pub extras: Extras,
    /// What goes to the model instead, if the message was a command.
    pub expanded: Option<Vec<Box<RawValue>>>,
}

impl UserInput {
    /// A plain text prompt.
    pub fn text(text: &str) -> Result<Self, EngineError> {
        Ok(Self {
            uuid: new_uuid(),
            content: vec![text_block(text)?],
            plain: true,
            extras: Extras::default(),
            expanded: None,
        })
    }

    /// The echo of this message.
    pub fn replay(&self) -> Result<ReplayMessage, EngineError> {
        let content = match (self.plain, &*self.content) {
            (true, [block]) => {
                let block: Value = serde_json::from_str(block.get()).unwrap_or_default();
                raw(&block["text"])?
            }
            _ => serde_json::value::to_raw_value(&self.content).map_err(unserialisable)?,
        };
        Ok(ReplayMessage {
            message: ReplayContent { role: "user", content },
            parent_tool_use_id: None,
            extras: self.extras.clone(),
            is_replay: true,
        })
    }

    /// When it is read.
    pub fn priority(&self) -> Priority {
        self.extras.priority.unwrap_or_default()
    }

    /// Its texts.
    pub fn prompt(&self) -> String {
        let text = |block: &RawValue| {
            let block: Value = serde_json::from_str(block.get()).ok()?;
            block.get("text").and_then(Value::as_str).map(str::to_owned)
        };
        self.content.iter().filter_map(|block| text(block)).collect::<Vec<_>>().join("\n")
    }

    /// Whether it asks for a turn.
    pub fn queries(&self) -> bool {
        self.extras.should_query != Some(false)
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
        let uuid = value.get("uuid").and_then(Value::as_str).filter(|uuid| !uuid.is_empty());
        let uuid = uuid.map_or_else(new_uuid, str::to_owned);
        let extras = Extras::deserialize(&value).map_err(|error| {
            invalid(format!(
                "{} (`priority` is 'now', 'next' or 'later', `shouldQuery` a boolean)",
                plain(&error)
            ))
        })?;
        let content = match message.get("content") {
            Some(Value::String(text)) if text.trim().is_empty() => Vec::new(),
            Some(Value::String(text)) => vec![text_block(text)?],
            Some(Value::Array(blocks)) => {
                blocks.iter().filter_map(|block| checked(block).transpose()).collect::<Result<_, _>>()?
            }
            _ => {
                return Err(invalid(
                    "its `message.content` must be a string or an array of content blocks".into(),
                ));
            }
        };
        if content.is_empty() {
            return Err(invalid("its `message.content` is empty".into()));
        }
        let plain = message.get("content").is_some_and(Value::is_string);
        Ok(Self { uuid, content, plain, extras, expanded: None })
    }
}

/// A block of a message; `None` for a text without text, which the API refuses.
fn checked(block: &Value) -> Result<Option<Box<RawValue>>, EngineError> {
    match block.get("type").and_then(Value::as_str) {
        None => Err(invalid("every block of `message.content` needs a `type`".into())),
        // It would stand where no call is open, and the API would refuse this and every later request.
        Some(kind @ ("tool_result" | "tool_use" | "thinking" | "redacted_thinking")) => Err(invalid(
            format!("a {kind} block cannot come from the user: the engine runs the calls itself"),
        )),
        Some("text") => match block.get("text").and_then(Value::as_str) {
            None => Err(invalid("a text block needs `text`, a string".into())),
            Some(text) if text.trim().is_empty() => Ok(None),
            Some(_) => raw(block).map(Some),
        },
        Some(_) => raw(block).map(Some),
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
    serde_json::value::to_raw_value(value).map_err(unserialisable)
}

fn unserialisable(error: serde_json::Error) -> EngineError {
    EngineError::new(ErrorKind::InternalError, format!("cannot serialise: {error}"))
}
