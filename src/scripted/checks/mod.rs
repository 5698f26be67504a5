//! The checks behind the table of strict rules, and what they share.

pub mod fields;
pub mod headers;
pub mod media;
pub mod messages;
pub mod pairing;
pub mod params;
pub mod thinking;
pub mod tools;

use serde_json::Value;

use super::blocks;
use super::rules::Context;

/// The message of a broken rule, in the API's style.
#[derive(Debug)]
pub struct Failure(pub String);

/// Breaks the rule with this message.
pub fn fail<T>(message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure(message.into()))
}

/// A content block and where it is.
pub struct Placed<'a> {
    /// Index of its message.
    pub message: usize,
    pub role: &'a str,
    pub path: String,
    pub block: &'a Value,
}

impl<'a> Placed<'a> {
    pub fn kind(&self) -> &'a str {
        blocks::kind(self.block)
    }

    pub fn text(&self, field: &str) -> &'a str {
        blocks::text_of(self.block, field)
    }
}

impl<'a> Context<'a> {
    /// A top-level field that is there and not null.
    pub fn field(&self, name: &str) -> Option<&'a Value> {
        self.request.body.get(name).filter(|value| !value.is_null())
    }

    /// The messages, or none if they have another shape.
    pub fn messages(&self) -> &'a [Value] {
        self.field("messages").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The tools, or none if they have another shape.
    pub fn tools(&self) -> &'a [Value] {
        self.field("tools").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Whether thinking is enabled or adaptive.
    pub fn thinks(&self) -> bool {
        let kind = self.field("thinking").map(blocks::kind);
        matches!(kind, Some("enabled" | "adaptive"))
    }

    /// All content blocks of the messages, without those inside tool_results.
    pub fn blocks(&self) -> impl Iterator<Item = Placed<'a>> + use<'a> {
        self.messages().iter().enumerate().flat_map(|(message, value)| {
            let role = blocks::text_of(value, "role");
            content(value).iter().enumerate().map(move |(index, block)| Placed {
                message,
                role,
                path: format!("messages.{message}.content.{index}"),
                block,
            })
        })
    }

    /// All content blocks of the messages, those inside tool_results among them.
    pub fn all_blocks(&self) -> Vec<Placed<'a>> {
        let mut all = Vec::new();
        for placed in self.blocks() {
            let (message, role) = (placed.message, placed.role);
            let inner = if placed.kind() == "tool_result" { content(placed.block) } else { &[] };
            let path = format!("{}.tool_result.content", placed.path);
            all.push(placed);
            all.extend(inner.iter().enumerate().map(|(index, block)| Placed {
                message,
                role,
                path: format!("{path}.{index}"),
                block,
            }));
        }
        all
    }

    /// The blocks of the system prompt, if it has any.
    pub fn system_blocks(&self) -> &'a [Value] {
        self.field("system").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// The content blocks of a message or tool_result; none if its content is a string.
pub fn content(value: &Value) -> &[Value] {
    value.get("content").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Refuses fields that are not in the list.
pub fn only_fields(value: &Value, path: &str, known: &[&str]) -> Result<(), Failure> {
    let unknown = value.as_object().into_iter().flat_map(|fields| fields.keys());
    match unknown.into_iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => fail(format!("{path}.{name}: Extra inputs are not permitted")),
        None => Ok(()),
    }
}

/// Wants a non-empty string field.
pub fn want_text(value: &Value, path: &str, field: &str) -> Result<(), Failure> {
    match value.get(field) {
        None => fail(format!("{path}.{field}: Field required")),
        Some(Value::String(text)) if text.is_empty() => {
            fail(format!("{path}.{field}: String should have at least 1 character"))
        }
        Some(Value::String(_)) => Ok(()),
        Some(_) => fail(format!("{path}.{field}: Input should be a valid string")),
    }
}
