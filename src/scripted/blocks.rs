//! Content blocks of a reply: fills in what a scenario may leave out, and splits them into stream events.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

/// Characters per delta when a reply names no `chunk`.
pub const DEFAULT_CHUNK: usize = 40;

/// The events of all blocks of a reply as bytes, with the places that gates refer to.
#[derive(Debug, Clone, Default)]
pub struct BlockEvents {
    pub bytes: bytes::Bytes,
    /// Where each event ends in `bytes`.
    pub ends: Vec<usize>,
    /// For each block, how many events come before its `content_block_start`.
    pub starts: Vec<usize>,
}

/// Whether every reply built from these blocks is the same bytes.
pub fn is_static(blocks: &[Value]) -> bool {
    !blocks.iter().any(|block| kind(block) == "tool_use" && block.get("id").is_none())
}

/// Gives blocks the ids and signatures that the scenario left out; `serial` makes ids fresh.
pub fn complete(blocks: &[Value], serial: u64) -> Vec<Value> {
    let mut blocks = blocks.to_vec();
    for (index, block) in blocks.iter_mut().enumerate() {
        match kind(block) {
            "tool_use" if block.get("id").is_none() => {
                block["id"] = Value::from(format!("toolu_scripted_{serial:06}_{index:02}"));
            }
            "thinking" if block.get("signature").is_none() => {
                let thinking = text_of(block, "thinking");
                block["signature"] = Value::from(signature_for(thinking));
            }
            _ => {}
        }
    }
    blocks
}

/// The signature of a thinking block that names none: a function of its text.
pub fn signature_for(thinking: &str) -> String {
    let mut hasher = DefaultHasher::new();
    thinking.hash(&mut hasher);
    format!("c2NyaXB0ZWQ{:016x}", hasher.finish())
}

/// The block as a whole, the way an unstreamed message and the next request hold it.
pub fn whole(block: &Value) -> Value {
    let mut block = block.clone();
    if let Some(repeat) = block.get("repeat") {
        let (text, times) = repeated(repeat);
        return json!({ "type": "text", "text": text.repeat(times) });
    }
    if let Some(raw) = block.get("rawInput") {
        let input = raw.as_str().and_then(|raw| serde_json::from_str(raw).ok());
        if let Some(fields) = block.as_object_mut() {
            fields.remove("rawInput");
            fields.insert("input".to_owned(), input.unwrap_or_else(|| json!({})));
        }
    }
    block
}

/// A rough count of the tokens in a block: four bytes of payload each.
pub fn weight(block: &Value) -> usize {
    if let Some(repeat) = block.get("repeat") {
        let (text, times) = repeated(repeat);
        return text.len() * times / 4;
    }
    match kind(block) {
        "text" => text_of(block, "text").len() / 4,
        "thinking" => text_of(block, "thinking").len() / 4,
        _ => block.to_string().len() / 4,
    }
}

/// Splits completed blocks into events.
pub fn render(blocks: &[Value], chunk: usize) -> BlockEvents {
    let mut out = Writer::default();
    for (index, block) in blocks.iter().enumerate() {
        out.starts.push(out.ends.len());
        match kind(block) {
            "text" => text(&mut out, index, block, chunk),
            "thinking" => thinking(&mut out, index, block, chunk),
            "tool_use" | "server_tool_use" | "mcp_tool_use" => tool_use(&mut out, index, block, chunk),
            _ => out.start(index, block),
        }
        out.event("content_block_stop", &json!({ "type": "content_block_stop", "index": index }));
    }
    BlockEvents { bytes: out.bytes.into(), ends: out.ends, starts: out.starts }
}

/// One server-sent event.
pub fn event(name: &str, data: &Value) -> Vec<u8> {
    format!("event: {name}\ndata: {data}\n\n").into_bytes()
}

fn text(out: &mut Writer, index: usize, block: &Value, chunk: usize) {
    let mut head = without(block, &["text", "citations", "repeat"]);
    head.insert("text".to_owned(), Value::from(""));
    out.start(index, &Value::Object(head));
    if let Some(repeat) = block.get("repeat") {
        let (text, times) = repeated(repeat);
        let from = out.bytes.len();
        out.delta(index, "text_delta", "text", text);
        let one = out.bytes[from..].to_vec();
        if times == 0 {
            out.bytes.truncate(from);
            out.ends.pop();
        }
        for _ in 1..times {
            out.bytes.extend_from_slice(&one);
            out.ends.push(out.bytes.len());
        }
        return;
    }
    for piece in pieces(text_of(block, "text"), chunk) {
        out.delta(index, "text_delta", "text", piece);
    }
    for citation in block.get("citations").and_then(Value::as_array).into_iter().flatten() {
        let delta = json!({ "type": "citations_delta", "citation": citation });
        out.event(
            "content_block_delta",
            &json!({ "type": "content_block_delta", "index": index, "delta": delta }),
        );
    }
}

fn thinking(out: &mut Writer, index: usize, block: &Value, chunk: usize) {
    out.start(index, &json!({ "type": "thinking", "thinking": "", "signature": "" }));
    for piece in pieces(text_of(block, "thinking"), chunk) {
        out.delta(index, "thinking_delta", "thinking", piece);
    }
    out.delta(index, "signature_delta", "signature", text_of(block, "signature"));
}

fn tool_use(out: &mut Writer, index: usize, block: &Value, chunk: usize) {
    let mut head = without(block, &["input", "rawInput"]);
    head.insert("input".to_owned(), json!({}));
    out.start(index, &Value::Object(head));
    let input = match (block.get("rawInput").and_then(Value::as_str), block.get("input")) {
        (Some(raw), _) => raw.to_owned(),
        (None, Some(input)) if input.as_object().is_none_or(|fields| !fields.is_empty()) => input.to_string(),
        _ => String::new(),
    };
    // The API opens with an empty delta; a tool without arguments sends nothing else.
    out.delta(index, "input_json_delta", "partial_json", "");
    for piece in pieces(&input, chunk) {
        out.delta(index, "input_json_delta", "partial_json", piece);
    }
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    starts: Vec<usize>,
}

impl Writer {
    fn event(&mut self, name: &str, data: &Value) {
        self.bytes.extend(event(name, data));
        self.ends.push(self.bytes.len());
    }

    fn start(&mut self, index: usize, block: &Value) {
        self.event(
            "content_block_start",
            &json!({ "type": "content_block_start", "index": index, "content_block": block }),
        );
    }

    fn delta(&mut self, index: usize, kind: &str, field: &str, text: &str) {
        let delta = json!({ "type": kind, field: text });
        self.event(
            "content_block_delta",
            &json!({ "type": "content_block_delta", "index": index, "delta": delta }),
        );
    }
}

fn without(block: &Value, fields: &[&str]) -> Map<String, Value> {
    let mut copy = block.as_object().cloned().unwrap_or_default();
    copy.retain(|name, _| !fields.contains(&name.as_str()));
    copy
}

fn repeated(repeat: &Value) -> (&str, usize) {
    let times = repeat.get("times").and_then(Value::as_u64).unwrap_or(1);
    (text_of(repeat, "text"), usize::try_from(times).unwrap_or(usize::MAX))
}

fn pieces(text: &str, chunk: usize) -> impl Iterator<Item = &str> {
    let chunk = chunk.max(1);
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let cut = rest.char_indices().nth(chunk).map_or(rest.len(), |(at, _)| at);
        let (piece, tail) = rest.split_at(cut);
        rest = tail;
        Some(piece)
    })
}

/// The `type` of a block, or nothing.
pub fn kind(block: &Value) -> &str {
    text_of(block, "type")
}

/// A text field of an object, or nothing.
pub fn text_of<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
#[path = "blocks_tests.rs"]
mod tests;
