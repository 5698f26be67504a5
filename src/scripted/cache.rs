//! Token estimates, with prompt caching simulated from the request's `cache_control` breakpoints.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

use super::blocks::text_of;

/// How many blocks before a breakpoint an earlier prefix is looked for, as the API documents.
const LOOK_BACK: usize = 20;

/// The prefixes that this server has "cached". There is no expiry and no minimum length, so that tests see caching at work
/// with short prompts.
#[derive(Debug, Default)]
pub struct PromptCache {
    known: HashSet<u64>,
}

/// Estimated input of one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InputTokens {
    pub uncached: usize,
    pub written_5m: usize,
    pub written_1h: usize,
    pub read: usize,
}

impl InputTokens {
    /// The estimate when nothing is looked at but the length of the body.
    pub fn of_length(bytes: usize) -> Self {
        Self { uncached: bytes.div_ceil(4), ..Self::default() }
    }

    /// All input tokens, cached or not.
    pub fn total(self) -> usize {
        self.uncached + self.written_5m + self.written_1h + self.read
    }

    /// The `usage` object of `message_start`.
    pub fn usage(self) -> Map<String, Value> {
        let usage = json!({
            "input_tokens": self.uncached,
            "cache_creation_input_tokens": self.written_5m + self.written_1h,
            "cache_read_input_tokens": self.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.written_5m,
                "ephemeral_1h_input_tokens": self.written_1h,
            },
            "output_tokens": 1,
            "service_tier": "standard",
        });
        usage.as_object().cloned().unwrap_or_default()
    }
}

struct Prefix {
    hash: u64,
    tokens: usize,
    /// The ttl of the breakpoint on this block.
    breakpoint: Option<String>,
}

impl PromptCache {
    /// Counts the input of a request and remembers the prefixes that it caches.
    pub fn count(&mut self, body: &Value) -> InputTokens {
        let prefixes = prefixes(body);
        let total = prefixes.last().map_or(0, |prefix| prefix.tokens).max(1);
        let breakpoints: Vec<usize> =
            (0..prefixes.len()).filter(|at| prefixes[*at].breakpoint.is_some()).collect();
        let read = breakpoints
            .iter()
            .flat_map(|at| at.saturating_sub(LOOK_BACK)..=*at)
            .filter(|at| self.known.contains(&prefixes[*at].hash))
            .map(|at| prefixes[at].tokens)
            .max()
            .unwrap_or(0);
        let mut tokens = InputTokens { read, ..InputTokens::default() };
        let mut counted = read;
        for at in breakpoints {
            let prefix = &prefixes[at];
            self.known.insert(prefix.hash);
            let added = prefix.tokens.saturating_sub(counted);
            counted += added;
            if prefix.breakpoint.as_deref() == Some("1h") {
                tokens.written_1h += added;
            } else {
                tokens.written_5m += added;
            }
        }
        tokens.uncached = total.saturating_sub(counted);
        tokens
    }
}

/// The prompt's prefixes in the API's order: tools, system, messages; one for each block.
fn prefixes(body: &Value) -> Vec<Prefix> {
    let mut hasher = DefaultHasher::new();
    text_of(body, "model").hash(&mut hasher);
    let mut prefixes = Vec::new();
    let mut bytes = 0;
    let mut add = |part: &Value, salt: &str| {
        let mut bare = part.clone();
        let control = bare.as_object_mut().and_then(|fields| fields.shift_remove("cache_control"));
        let text = bare.to_string();
        bytes += text.len();
        salt.hash(&mut hasher);
        text.hash(&mut hasher);
        let breakpoint = control
            .filter(|control| !control.is_null())
            .map(|control| control.get("ttl").and_then(Value::as_str).unwrap_or("5m").to_owned());
        prefixes.push(Prefix { hash: hasher.clone().finish(), tokens: bytes.div_ceil(4), breakpoint });
    };
    for tool in body.get("tools").and_then(Value::as_array).into_iter().flatten() {
        add(tool, "tool");
    }
    for_each_block(body.get("system"), |block| add(block, "system"));
    for message in body.get("messages").and_then(Value::as_array).into_iter().flatten() {
        let role = text_of(message, "role");
        for_each_block(message.get("content"), |block| add(block, role));
    }
    // A top-level cache_control marks the last block of the prompt.
    if let Some(control) = body.get("cache_control").filter(|control| !control.is_null())
        && let Some(last) = prefixes.last_mut()
    {
        let ttl = control.get("ttl").and_then(Value::as_str).unwrap_or("5m");
        last.breakpoint.get_or_insert_with(|| ttl.to_owned());
    }
    prefixes
}

/// Visits the blocks of a content field; a string counts as one text block.
fn for_each_block(content: Option<&Value>, mut visit: impl FnMut(&Value)) {
    match content {
        Some(Value::Array(blocks)) => blocks.iter().for_each(visit),
        Some(Value::String(text)) => visit(&json!({ "type": "text", "text": text })),
        _ => {}
    }
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
