//! One request as the server sees it, and whether a rule's conditions hold for it.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use super::blocks::{kind, text_of};
use super::scenario::When;

/// Where `POST /v1/messages` lives.
pub const MESSAGES: &str = "/v1/messages";
/// Where tokens are counted.
pub const COUNT_TOKENS: &str = "/v1/messages/count_tokens";
/// Where models are listed.
pub const MODELS: &str = "/v1/models";

/// A request that has arrived whole.
#[derive(Debug)]
pub struct Arrived {
    pub method: String,
    /// Path without query.
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub raw: Bytes,
    pub too_large: bool,
    /// The parsed body; null if it is no JSON or was not looked at.
    pub body: Value,
    /// Why the body is no JSON.
    pub parse_error: Option<String>,
    pub stream: bool,
    pub model: String,
    /// Its number among the `POST /v1/messages` of this server.
    pub index: u64,
}

impl Arrived {
    /// Whether it asks for a message.
    pub fn is_messages(&self) -> bool {
        self.method == "POST" && self.path == MESSAGES
    }

    /// Whether it asks for a token count.
    pub fn is_count(&self) -> bool {
        self.method == "POST" && self.path == COUNT_TOKENS
    }

    /// A line that tells a person which request this was.
    pub fn describe(&self) -> String {
        let messages = messages(&self.body);
        let text: String = last_user_text(messages).chars().take(120).collect();
        let results: String = tool_result_text(messages).chars().take(120).collect();
        format!(
            "{} {} (request {}, model {:?}, {} messages, stream {}, last user text {text:?}, tool results {results:?})",
            self.method,
            self.path,
            self.index,
            self.model,
            messages.len(),
            self.stream,
        )
    }
}

impl When {
    /// Whether judging these conditions takes the parsed body.
    pub fn reads_body(&self) -> bool {
        self.user_text.is_some()
            || self.tool_result.is_some()
            || self.has_tool_result.is_some()
            || self.system.is_some()
            || self.tool.is_some()
            || self.messages.is_some()
    }

    /// Whether all conditions hold.
    pub fn holds(&self, request: &Arrived) -> bool {
        let messages = messages(&request.body);
        let place = match &self.path {
            Some(path) => *path == request.path,
            None => request.is_messages(),
        };
        place
            && self.request.is_none_or(|index| request.is_messages() && index == request.index)
            && self.stream.is_none_or(|stream| stream == request.stream)
            && self.model.as_ref().is_none_or(|model| *model == request.model)
            && self.messages.is_none_or(|count| count == messages.len())
            && self.header.iter().all(|(name, part)| {
                request.headers.get(&name.to_lowercase()).is_some_and(|v| v.contains(part))
            })
            && self
                .has_tool_result
                .as_ref()
                .is_none_or(|id| last_results(messages).any(|block| text_of(block, "tool_use_id") == id))
            && self.tool.as_ref().is_none_or(|name| {
                let mut tools = request.body.get("tools").and_then(Value::as_array).into_iter().flatten();
                tools.any(|tool| text_of(tool, "name") == name)
            })
            && self
                .system
                .as_ref()
                .is_none_or(|part| request.body.get("system").is_some_and(|s| text_in(s).contains(part)))
            && self.user_text.as_ref().is_none_or(|part| last_user_text(messages).contains(part))
            && self.tool_result.as_ref().is_none_or(|part| tool_result_text(messages).contains(part))
    }
}

fn messages(body: &Value) -> &[Value] {
    body.get("messages").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The text of the last user message; blocks are joined by line ends.
fn last_user_text(messages: &[Value]) -> String {
    let last = messages.iter().rev().find(|message| text_of(message, "role") == "user");
    last.and_then(|message| message.get("content")).map(text_in).unwrap_or_default()
}

fn last_results(messages: &[Value]) -> impl Iterator<Item = &Value> {
    let content = messages.last().and_then(|message| message.get("content")).and_then(Value::as_array);
    content.into_iter().flatten().filter(|block| kind(block) == "tool_result")
}

/// The texts of the tool_results of the last message, joined by line ends.
fn tool_result_text(messages: &[Value]) -> String {
    let texts: Vec<String> =
        last_results(messages).filter_map(|block| block.get("content")).map(text_in).collect();
    texts.join("\n")
}

/// The text of a content field: the string, or its text blocks.
fn text_in(content: &Value) -> String {
    match content.as_array() {
        Some(blocks) => {
            let texts: Vec<&str> = blocks
                .iter()
                .filter(|block| kind(block) == "text")
                .map(|block| text_of(block, "text"))
                .collect();
            texts.join("\n")
        }
        None => content.as_str().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
