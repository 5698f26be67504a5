//! Events to message: the one accumulator.

use super::event::{Delta, Event};
use super::failure::{ApiFailure, FailureKind};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// A reply may not grow beyond this many bytes of content.
const MAX_REPLY: usize = 256 * 1024 * 1024;

/// A whole reply, or what there is of it.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// The reply's id.
    pub id: String,
    /// The model that answered.
    pub model: String,
    /// Its content.
    pub blocks: Vec<Block>,
    /// Why it ended.
    pub stop_reason: Option<String>,
    /// The stop sequence that ended it.
    pub stop_sequence: Option<String>,
    /// Usage: what the start said, overlaid with what the end said.
    pub usage: Map<String, Value>,
    /// Further message fields, e.g. `container`.
    pub extra: Map<String, Value>,
}

/// One content block.
#[derive(Debug, Clone)]
pub struct Block {
    /// What the engine needs to know of it.
    pub kind: BlockKind,
    /// The block's final JSON, for the history.
    pub json: Box<RawValue>,
}

/// What a content block is.
#[derive(Debug, Clone, PartialEq)]
pub enum BlockKind {
    /// Text for the reader.
    Text(String),
    /// Signed thinking.
    Thinking,
    /// Thinking that only the API can read.
    RedactedThinking,
    /// A call of one of our tools.
    ToolUse {
        /// Id of the call.
        id: String,
        /// Name of the tool.
        name: String,
        /// Its input; `Err` holds the text that is no JSON object, and then the block's JSON has the input `{}`.
        input: Result<Value, String>,
    },
    /// A call of a tool on the server's side, or its result.
    ServerTool,
    /// Any other block, by its type.
    Other(String),
}

/// Collects the events of one reply.
#[derive(Debug, Default)]
pub struct Accumulator {
    reply: Reply,
    open: Vec<(usize, Open)>,
    done: Vec<(usize, Block)>,
    size: usize,
    started: bool,
    stopped: bool,
}

/// A block that still grows: its fields so far, with the growing texts kept apart.
#[derive(Debug, Default)]
struct Open {
    fields: Map<String, Value>,
    text: String,
    thinking: String,
    json: String,
}

impl Accumulator {
    /// Takes the next event.
    ///
    /// # Errors
    /// [`FailureKind::Garbage`] when the event does not fit those before it.
    pub fn push(&mut self, event: &Event) -> Result<(), ApiFailure> {
        if !self.started && !matches!(event, Event::MessageStart(_) | Event::Unknown(_)) {
            return Err(garbage("an event came before message_start"));
        }
        match event {
            Event::MessageStart(start) => {
                if std::mem::replace(&mut self.started, true) {
                    return Err(garbage("a second message_start"));
                }
                self.reply.id.clone_from(&start.id);
                self.reply.model.clone_from(&start.model);
                self.reply.usage.clone_from(&start.usage);
                self.reply.extra.clone_from(&start.extra);
            }
            Event::BlockStart { index, block } => self.start(*index, block)?,
            Event::Delta { index, delta } => self.grow(*index, delta)?,
            Event::BlockStop { index } => {
                let place = self.place(*index)?;
                let (index, open) = self.open.swap_remove(place);
                self.done.push((index, open.close()?));
            }
            Event::MessageDelta { stop_reason, stop_sequence, usage, other } => {
                if stop_reason.is_some() {
                    self.reply.stop_reason.clone_from(stop_reason);
                    self.reply.stop_sequence.clone_from(stop_sequence);
                }
                overlay(&mut self.reply.usage, usage);
                overlay(&mut self.reply.extra, other);
            }
            Event::MessageStop => self.stopped = true,
            Event::Unknown(_) => {}
        }
        Ok(())
    }

    /// The whole reply.
    ///
    /// # Errors
    /// [`FailureKind::Connection`] when the events ended before `message_stop`.
    pub fn finish(mut self) -> Result<Reply, ApiFailure> {
        if !self.stopped {
            let failure = ApiFailure::new(FailureKind::Connection, "the reply ended before message_stop");
            return Err(ApiFailure { partial: self.started, ..failure });
        }
        // The message is declared complete: a block whose stop is missing is taken as complete too.
        for (index, open) in std::mem::take(&mut self.open) {
            self.done.push((index, open.close()?));
        }
        Ok(self.into_reply())
    }

    /// What is usable of an unfinished reply: its complete blocks and the text of a text block that was still growing.
    pub fn abandon(mut self) -> Reply {
        for (index, open) in std::mem::take(&mut self.open) {
            let has_text = !open.text.is_empty() || open.fields.get("text").is_some_and(|t| t != "");
            if open.block_type() == "text" && has_text {
                self.done.extend(open.close().ok().map(|block| (index, block)));
            }
        }
        self.done.retain(|(_, block)| block.kind != BlockKind::Thinking || is_signed(&block.json));
        self.into_reply()
    }

    fn into_reply(mut self) -> Reply {
        self.done.sort_by_key(|(index, _)| *index);
        self.reply.blocks = self.done.into_iter().map(|(_, block)| block).collect();
        self.reply
    }

    fn start(&mut self, index: usize, block: &Map<String, Value>) -> Result<(), ApiFailure> {
        let taken =
            self.open.iter().map(|(i, _)| i).chain(self.done.iter().map(|(i, _)| i)).any(|i| *i == index);
        if taken {
            return Err(garbage("two content blocks with the same index"));
        }
        self.open.push((index, Open { fields: block.clone(), ..Open::default() }));
        Ok(())
    }

    fn grow(&mut self, index: usize, delta: &Delta) -> Result<(), ApiFailure> {
        let place = self.place(index)?;
        let Some((_, open)) = self.open.get_mut(place) else { return Ok(()) };
        let piece = match delta {
            Delta::Text(text) => {
                open.text.push_str(text);
                text.len()
            }
            Delta::Thinking(text) => {
                open.thinking.push_str(text);
                text.len()
            }
            Delta::InputJson(text) => {
                open.json.push_str(text);
                text.len()
            }
            Delta::Signature(text) => {
                open.fields.insert("signature".to_owned(), Value::String(text.clone()));
                0
            }
            Delta::Other(fields) => {
                open.merge(fields);
                fields.values().filter_map(Value::as_str).map(str::len).sum::<usize>() + 64
            }
        };
        self.size += piece;
        if self.size > MAX_REPLY {
            return Err(garbage("the reply is larger than 256 MB"));
        }
        Ok(())
    }

    fn place(&self, index: usize) -> Result<usize, ApiFailure> {
        self.open
            .iter()
            .rposition(|(i, _)| *i == index)
            .ok_or_else(|| garbage("an event for a content block that is not open"))
    }
}

impl Open {
    fn block_type(&self) -> &str {
        self.fields.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    /// Takes in a delta of no kind of its own: a citation is appended to `citations`, strings are appended to
    /// strings, and everything else replaces what was there.
    fn merge(&mut self, delta: &Map<String, Value>) {
        if let (Some("citations_delta"), Some(citation)) =
            (delta.get("type").and_then(Value::as_str), delta.get("citation"))
        {
            match self.fields.get_mut("citations") {
                Some(Value::Array(list)) => list.push(citation.clone()),
                _ => {
                    self.fields.insert("citations".to_owned(), Value::Array(vec![citation.clone()]));
                }
            }
            return;
        }
        for (name, value) in delta.iter().filter(|(name, _)| *name != "type") {
            match (self.fields.get_mut(name), value) {
                (Some(Value::String(old)), Value::String(more)) => old.push_str(more),
                _ => {
                    self.fields.insert(name.clone(), value.clone());
                }
            }
        }
    }

    fn close(mut self) -> Result<Block, ApiFailure> {
        append(&mut self.fields, "text", std::mem::take(&mut self.text));
        append(&mut self.fields, "thinking", std::mem::take(&mut self.thinking));
        let input = self.close_input();
        let kind = match self.block_type() {
            "text" => BlockKind::Text(string(&self.fields, "text").unwrap_or_default()),
            "thinking" => BlockKind::Thinking,
            "redacted_thinking" => BlockKind::RedactedThinking,
            "tool_use" => BlockKind::ToolUse {
                id: string(&self.fields, "id").ok_or_else(|| garbage("a tool_use block without id"))?,
                name: string(&self.fields, "name").ok_or_else(|| garbage("a tool_use block without name"))?,
                input: input.unwrap_or_else(|| Ok(Value::Object(Map::new()))),
            },
            "server_tool_use" | "mcp_tool_use" => BlockKind::ServerTool,
            other if other.ends_with("_tool_result") => BlockKind::ServerTool,
            other => BlockKind::Other(other.to_owned()),
        };
        let json = serde_json::value::to_raw_value(&self.fields)
            .map_err(|e| garbage(format!("a content block cannot be written as JSON: {e}")))?;
        Ok(Block { kind, json })
    }

    /// The input of a tool call, put into the fields as well. `None` when the block has no input at all.
    fn close_input(&mut self) -> Option<Result<Value, String>> {
        let is_tool = self.block_type() == "tool_use";
        let text = std::mem::take(&mut self.json);
        let input = if text.is_empty() {
            match self.fields.get("input") {
                None if !is_tool => return None,
                None | Some(Value::Null) => Ok(Value::Object(Map::new())),
                Some(value @ Value::Object(_)) => return Some(Ok(value.clone())),
                Some(value) => Err(value.to_string()),
            }
        } else {
            match serde_json::from_str::<Value>(&text) {
                Ok(value @ Value::Object(_)) => Ok(value),
                Ok(_) | Err(_) => Err(text),
            }
        };
        let written = input.as_ref().map_or_else(|_| Value::Object(Map::new()), Value::clone);
        self.fields.insert("input".to_owned(), written);
        Some(input)
    }
}

fn append(fields: &mut Map<String, Value>, name: &str, more: String) {
    if more.is_empty() {
        return;
    }
    match fields.get_mut(name) {
        Some(Value::String(old)) => old.push_str(&more),
        _ => {
            fields.insert(name.to_owned(), Value::String(more));
        }
    }
}

fn overlay(base: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (name, value) in over {
        if !value.is_null() || !base.contains_key(name) {
            base.insert(name.clone(), value.clone());
        }
    }
}

fn string(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn is_signed(json: &RawValue) -> bool {
    let fields: Map<String, Value> = serde_json::from_str(json.get()).unwrap_or_default();
    fields.get("signature").and_then(Value::as_str).is_some_and(|s| !s.is_empty())
}

fn garbage(message: impl Into<String>) -> ApiFailure {
    ApiFailure::new(FailureKind::Garbage, message)
}

#[cfg(test)]
#[path = "accumulate_tests.rs"]
mod tests;
