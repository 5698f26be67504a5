//! The result of a call as content blocks that the API takes; what it does not take goes to a file.

use base64::Engine as _;
use serde_json::{Value, json};

/// How an image is called where it cannot be shown.
const IMAGE: &str = "Image";

/// One block for the model, or bytes that must be looked at or saved first.
#[derive(Debug, PartialEq)]
pub enum Part {
    /// Ready.
    Block(Value),
    /// Said to be an image, which is for the bytes to tell: the API refuses a conversation with one that is none. A file
    /// if it is none that can be shown.
    Image(Bytes),
    /// For a file; the model is told where it is.
    File(Bytes),
}

/// Bytes of a result.
#[derive(Debug, PartialEq)]
pub struct Bytes {
    /// What they are, e.g. `Audio (audio/wav)`.
    pub what: String,
    /// The end of the name of a file of them.
    pub extension: String,
    /// Themselves.
    pub bytes: Vec<u8>,
}

impl Part {
    fn text(text: impl Into<String>) -> Option<Self> {
        let text: String = text.into();
        // The API refuses empty text.
        (!text.trim().is_empty()).then(|| Self::Block(json!({ "type": "text", "text": text })))
    }
}

/// The blocks of a `CallToolResult` (rows 306, 311 and 558).
pub fn parts(result: &Value) -> Result<Vec<Part>, String> {
    let content = match result.get("content") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(content)) => content.as_slice(),
        Some(_) => return Err("`content` is no list of blocks".to_owned()),
    };
    if result.get("content").is_none() && result.get("structuredContent").is_none() {
        return Err("it has neither `content` nor `structuredContent`".to_owned());
    }
    let structured = result.get("structuredContent").filter(|value| !value.is_null());
    let mut parts = Vec::with_capacity(content.len() + 1);
    if let Some(structured) = structured {
        parts.extend(Part::text(structured.to_string()));
    }
    for block in content {
        if structured.is_some_and(|structured| says_the_same(block, structured)) {
            continue;
        }
        parts.extend(part(block));
    }
    Ok(parts)
}

/// Whether a text block is the structured content as text.
fn says_the_same(block: &Value, structured: &Value) -> bool {
    let text = block.get("text").and_then(Value::as_str).filter(|_| kind(block) == "text");
    text.is_some_and(|text| serde_json::from_str::<Value>(text).is_ok_and(|value| value == *structured))
}

fn kind(block: &Value) -> &str {
    block.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn part(block: &Value) -> Option<Part> {
    let text = |name: &str| block.get(name).and_then(Value::as_str).unwrap_or_default();
    match kind(block) {
        "text" => Part::text(text("text")),
        "image" => Some(match block.get("source") {
            // As the API has them: what this package tells hooks of a result, and takes back from them.
            Some(source) => {
                let text = |name: &str| source.get(name).and_then(Value::as_str).unwrap_or_default();
                binary(IMAGE, text("media_type"), text("data"))
            }
            None => binary(IMAGE, text("mimeType"), text("data")),
        }),
        "audio" => Some(binary("Audio", text("mimeType"), text("data"))),
        "resource" => resource(block.get("resource").unwrap_or(&Value::Null)),
        "resource_link" => {
            let described = match text("description") {
                "" => String::new(),
                description => format!(": {description}"),
            };
            Part::text(format!("[Resource {} at {}{described}]", text("name"), text("uri")))
        }
        // A kind of a later version of the protocol.
        _ => Part::text(block.to_string()),
    }
}

/// An embedded resource. Its URI is a label: nothing is read from there.
pub fn resource(resource: &Value) -> Option<Part> {
    let text = |name: &str| resource.get(name).and_then(Value::as_str);
    let uri = text("uri").unwrap_or_default();
    match (text("text"), text("blob")) {
        (Some(body), _) => Part::text(format!("[Resource from {uri}]\n{body}")),
        (None, Some(blob)) => {
            Some(binary(&format!("Resource {uri}"), text("mimeType").unwrap_or_default(), blob))
        }
        (None, None) => Part::text(format!("[Resource {uri} without content]")),
    }
}

/// The bytes of base64, with or without white space and padding.
pub fn decoded(data: &str) -> Option<Vec<u8>> {
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
    );
    let compact: String = data.split_ascii_whitespace().collect();
    engine.decode(&compact).ok()
}

/// Base64 bytes: an image by what the server says, or a file.
fn binary(what: &str, media_type: &str, data: &str) -> Part {
    let Some(bytes) = decoded(data) else {
        let text = format!("[{what} ({media_type}) whose data is not base64]");
        return Part::Block(json!({ "type": "text", "text": text }));
    };
    let shown = if media_type.is_empty() { "unknown type" } else { media_type };
    let all = Bytes { what: format!("{what} ({shown})"), extension: extension(media_type), bytes };
    if what == IMAGE || media_type.starts_with("image/") { Part::Image(all) } else { Part::File(all) }
}

/// The usual end of the name of a file of this type.
pub fn extension(media_type: &str) -> String {
    let plain = media_type.split(';').next().unwrap_or_default().trim();
    let known = match plain {
        "audio/mpeg" => "mp3",
        "text/plain" => "txt",
        "image/svg+xml" => "svg",
        "application/octet-stream" | "" => "bin",
        other => other.rsplit(['/', '+']).next().unwrap_or("bin").trim_start_matches("x-"),
    };
    known.chars().filter(char::is_ascii_alphanumeric).take(16).collect()
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
