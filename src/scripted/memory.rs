//! What the server remembers of its own replies, so that it can tell whether a request changed or dropped thinking.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::blocks::{kind, text_of};

/// Thinking sent so far.
#[derive(Debug, Default)]
pub struct Memory {
    signed: HashMap<String, String>,
    redacted: HashSet<String>,
    thought_before: HashMap<String, Vec<String>>,
}

impl Memory {
    /// Starts with thinking that was sent elsewhere: signature → text, `*` for any text.
    pub fn knowing(signatures: &BTreeMap<String, String>) -> Self {
        let signed = signatures.iter().map(|(signature, text)| (signature.clone(), text.clone())).collect();
        Self { signed, ..Self::default() }
    }

    /// Remembers the blocks of a message that is about to be sent.
    pub fn remember(&mut self, blocks: &[Value]) {
        let mut marks = Vec::new();
        for block in blocks {
            match kind(block) {
                "thinking" => {
                    let signature = text_of(block, "signature").to_owned();
                    marks.push(signature.clone());
                    self.signed.insert(signature, text_of(block, "thinking").to_owned());
                }
                "redacted_thinking" => {
                    let data = text_of(block, "data").to_owned();
                    marks.push(data.clone());
                    self.redacted.insert(data);
                }
                "tool_use" if !marks.is_empty() => {
                    self.thought_before.insert(text_of(block, "id").to_owned(), marks.clone());
                }
                _ => {}
            }
        }
    }

    /// Remembers the blocks that a list of hand-written stream events adds up to.
    pub fn remember_events<'a>(&mut self, events: impl Iterator<Item = &'a Value>) {
        let mut blocks: Vec<Value> = Vec::new();
        for data in events {
            if kind(data) == "content_block_start" {
                blocks.push(data.get("content_block").cloned().unwrap_or_default());
            }
            let (Some(block), Some(delta)) = (blocks.last_mut(), data.get("delta")) else { continue };
            let field = match kind(delta) {
                "thinking_delta" => "thinking",
                "signature_delta" => "signature",
                _ => continue,
            };
            let joined = format!("{}{}", text_of(block, field), text_of(delta, field));
            if let Some(fields) = block.as_object_mut() {
                fields.insert(field.to_owned(), Value::from(joined));
            }
        }
        self.remember(&blocks);
    }

    /// The thinking text that belongs to a signature, `*` if any text does.
    pub fn thinking(&self, signature: &str) -> Option<&str> {
        self.signed.get(signature).map(String::as_str)
    }

    /// Whether this redacted thinking was sent.
    pub fn has_redacted(&self, data: &str) -> bool {
        self.redacted.contains(data)
    }

    /// Signatures (or redacted data) of the thinking that was sent before this tool_use in the same message.
    pub fn thought_before(&self, tool_use_id: &str) -> &[String] {
        self.thought_before.get(tool_use_id).map_or(&[], Vec::as_slice)
    }
}
