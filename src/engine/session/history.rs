//! The conversation as immutable segments of final JSON text, normalised as they are appended.
//!
//! A request body is a concatenation of segments: nothing walks or serialises the history again. What must hold
//! for every request holds after every append: each `tool_use` is answered first thing in the next user message,
//! no result without its call, no empty text block, no empty message.

use serde_json::value::RawValue;
use std::sync::Arc;

/// Who speaks in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The user, or the engine on the user's side: prompts, tool results.
    User,
    /// The model.
    Assistant,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message of the conversation as final JSON. Never changes.
#[derive(Debug)]
pub struct Segment {
    /// Who speaks.
    pub role: Role,
    /// `{"role":...,"content":[...]}`.
    pub json: Box<str>,
    /// Where `,"cache_control":...` may be inserted into the last block; `None` when that block cannot carry it.
    pub cache_at: Option<usize>,
}

impl Segment {
    /// Whether it holds anything but texts.
    pub fn has_media(&self) -> bool {
        let message: serde_json::Value = serde_json::from_str(&self.json).unwrap_or_default();
        let blocks = message.get("content").and_then(serde_json::Value::as_array);
        blocks.is_some_and(|blocks| blocks.iter().any(|block| block["type"] != "text"))
    }
}

/// A block of a user message.
#[derive(Debug)]
pub enum UserBlock {
    /// The answer to a call; goes first in its message.
    ToolResult {
        /// The call it answers.
        tool_use_id: String,
        /// The whole block as final JSON.
        json: Box<RawValue>,
    },
    /// Text, image, document, ...
    Other(Box<RawValue>),
}

/// A block of a reply.
#[derive(Debug, Clone)]
pub struct AssistantBlock {
    /// Set when the block is a client tool call.
    pub tool_use_id: Option<String>,
    /// Whether it is a text block without text.
    pub empty_text: bool,
    /// The whole block as final JSON.
    pub json: Box<RawValue>,
}

/// What the model is told about a call that nobody answered, for example because the process was interrupted.
const UNANSWERED: &str = "The tool call was interrupted before it finished; it may have had effects.";

/// All segments of one conversation. Cloning shares them.
#[derive(Debug, Clone, Default)]
pub struct History {
    segments: Vec<Arc<Segment>>,
    bytes: usize,
    /// Calls of the last reply that are not answered yet, in the order asked.
    open: Vec<String>,
}

impl History {
    /// The segments in order.
    pub fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// Size of all segments in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes back what came after the first `len` messages: a message that the API will not take would spoil every
    /// later request. Must not take back a reply without its results, nor results without their reply.
    pub fn truncate(&mut self, len: usize) {
        for segment in self.segments.drain(len.min(self.segments.len())..) {
            self.bytes -= segment.json.len();
        }
    }

    /// Appends a user message. Results go first, in the order the calls were asked; calls that `blocks` leaves
    /// open are answered with an error, results without an open call are dropped, as are empty texts.
    pub fn push_user(&mut self, blocks: Vec<UserBlock>) {
        let mut results = Vec::new();
        let mut others = Vec::new();
        for block in blocks {
            match block {
                UserBlock::ToolResult { tool_use_id, json } => results.push((tool_use_id, json)),
                UserBlock::Other(json) if is_empty_text(&json) => {}
                UserBlock::Other(json) => others.push(json),
            }
        }
        let mut content = Vec::with_capacity(results.len() + others.len());
        for id in std::mem::take(&mut self.open) {
            match results.iter().position(|(result, _)| *result == id) {
                Some(at) => content.push(results.swap_remove(at).1),
                None => content.extend(unanswered(&id)),
            }
        }
        content.extend(others);
        self.append(Role::User, &content);
    }

    /// Appends a reply. Must not be called while calls are open: they are answered with an error first.
    pub fn push_assistant(&mut self, blocks: &[AssistantBlock]) {
        if !self.open.is_empty() {
            self.push_user(Vec::new());
        }
        let kept: Vec<_> = blocks.iter().filter(|block| !block.empty_text).collect();
        self.open = kept.iter().filter_map(|block| block.tool_use_id.clone()).collect();
        let content: Vec<_> = kept.into_iter().map(|block| block.json.clone()).collect();
        self.append(Role::Assistant, &content);
    }

    fn append(&mut self, role: Role, content: &[Box<RawValue>]) {
        if content.is_empty() {
            return;
        }
        let size: usize = content.iter().map(|block| block.get().len() + 1).sum();
        let mut json = String::with_capacity(size + 40);
        json.push_str("{\"role\":\"");
        json.push_str(role.name());
        json.push_str("\",\"content\":[");
        for (i, block) in content.iter().enumerate() {
            if i > 0 {
                json.push(',');
            }
            json.push_str(block.get());
        }
        let end_of_last = json.len();
        json.push_str("]}");
        let cacheable = content.last().is_some_and(|block| carries_cache_control(block));
        self.bytes += json.len();
        self.segments.push(Arc::new(Segment {
            role,
            json: json.into_boxed_str(),
            cache_at: cacheable.then(|| end_of_last - 1),
        }));
    }
}

#[derive(serde::Deserialize)]
struct Head<'a> {
    r#type: &'a str,
    #[serde(default, borrow)]
    text: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, borrow)]
    cache_control: Option<&'a RawValue>,
}

fn is_empty_text(json: &RawValue) -> bool {
    serde_json::from_str::<Head<'_>>(json.get())
        .is_ok_and(|head| head.r#type == "text" && head.text.is_none_or(|text| text.trim().is_empty()))
}

/// Thinking blocks may not be marked; a block that the host has marked itself keeps its own mark.
fn carries_cache_control(json: &RawValue) -> bool {
    json.get().ends_with('}')
        && serde_json::from_str::<Head<'_>>(json.get()).is_ok_and(|head| {
            matches!(head.r#type, "text" | "tool_result" | "image" | "document" | "tool_use")
                && head.cache_control.is_none()
        })
}

fn unanswered(id: &str) -> Option<Box<RawValue>> {
    tool_result(id, &serde_json::Value::String(UNANSWERED.into()), true)
}

/// A `tool_result` block as final JSON. `None` never happens for valid ids and contents: both are strings and JSON.
pub fn tool_result(id: &str, content: &serde_json::Value, is_error: bool) -> Option<Box<RawValue>> {
    let mut block = serde_json::json!({ "type": "tool_result", "tool_use_id": id, "content": content });
    if is_error {
        block["is_error"] = true.into();
    }
    serde_json::value::to_raw_value(&block).ok()
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
