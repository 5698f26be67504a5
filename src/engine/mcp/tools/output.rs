//! What the model sees of a result: within the limit, and with the rest in files.

use super::content::{self, Bytes, Part};
use crate::engine::env::Env;
use crate::engine::io::{self, process::scratch, words::why};
use crate::engine::tool::files::image_file;
use crate::engine::tool::{ToolContent, ToolOutput};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Tokens of a result unless `MAX_MCP_OUTPUT_TOKENS` says otherwise (row 326).
const TOKENS: u64 = 25_000;
/// Tokens from which on the consumer is warned.
const MANY_TOKENS: u64 = 10_000;
/// Bytes of text that count as one token here.
const BYTES_A_TOKEN: u64 = 4;
/// How far a tool may raise the limit for itself, in characters.
const MOST_CHARS: u64 = 500_000;
/// Characters of a text too long that are shown all the same.
const PREVIEW: usize = 2000;

/// What applies to the results of one tool.
pub struct Limits {
    /// Bytes of text at most.
    bytes: u64,
    /// Where files go.
    base: PathBuf,
    session: String,
}

impl Limits {
    /// The limits by the environment, and by what the tool's `_meta` asks for.
    pub fn new(env: &Env, meta: &Value, session: &str) -> Self {
        let by_env = env.number("MAX_MCP_OUTPUT_TOKENS").filter(|tokens| *tokens > 0).unwrap_or(TOKENS);
        let own = meta.get("anthropic/maxResultSizeChars").and_then(Value::as_u64);
        let bytes = by_env.saturating_mul(BYTES_A_TOKEN).max(own.unwrap_or(0).min(MOST_CHARS));
        let base = ["CLAUDE_CODE_TMPDIR", "TMPDIR"]
            .iter()
            .filter_map(|name| env.get(name).map(PathBuf::from))
            .find(|path| path.is_absolute());
        Self { bytes, base: base.unwrap_or_else(|| "/tmp".into()), session: session.to_owned() }
    }

    /// Writes a private file; returns its path.
    pub async fn save(&self, extension: &str, bytes: Vec<u8>) -> std::io::Result<PathBuf> {
        let (base, session) = (self.base.clone(), self.session.clone());
        let name = format!("mcp-{:016x}.{extension}", fastrand::u64(..));
        io::blocking(move || {
            let path = scratch::session_dir(&base, &session)?.join(name);
            scratch::write_private(&path, &[&bytes])?;
            Ok(path)
        })
        .await
    }

    /// Saves bytes and says in one line where they are.
    pub async fn saved(&self, what: &str, extension: &str, bytes: Vec<u8>) -> (String, Option<PathBuf>) {
        let size = bytes.len();
        match self.save(extension, bytes).await {
            Ok(path) => (format!("[{what}, {size} bytes, saved to {}]", path.display()), Some(path)),
            Err(error) => (format!("[{what}, {size} bytes, could not be saved: {}]", why(&error)), None),
        }
    }

    /// A part as the model sees it: an image that can be shown as one, other bytes as a line that says where they are.
    pub async fn block(&self, part: Part) -> Value {
        let all = match part {
            Part::Block(block) => return block,
            Part::Image(all) => match image(all).await {
                Ok(block) => return block,
                Err(all) => all,
            },
            Part::File(all) => all,
        };
        text_block(&self.saved(&all.what, &all.extension, all.bytes).await.0)
    }
}

/// The block of an image, made fit for the API on a blocking thread; the bytes, if they are none that can be shown.
async fn image(all: Bytes) -> Result<Value, Bytes> {
    let given_up = CancellationToken::new();
    let asked = given_up.clone();
    // When nobody waits any more, the work ends too.
    let _guard = given_up.drop_guard();
    let bytes = Arc::new(all.bytes);
    let work = Arc::clone(&bytes);
    let fitted = io::blocking(move || Ok(image_file::fit(&work, &|| asked.is_cancelled()))).await;
    match fitted {
        Ok(Ok(shown)) => {
            let source = json!({ "type": "base64", "media_type": shown.media_type, "data": shown.base64 });
            Ok(json!({ "type": "image", "source": source }))
        }
        Ok(Err(_)) | Err(_) => Err(Bytes { bytes: Arc::unwrap_or_clone(bytes), ..all }),
    }
}

/// A finished output, and a warning for the consumer if it is large.
pub struct Finished {
    /// For the model.
    pub output: ToolOutput,
    /// For people.
    pub warning: Option<String>,
}

/// What a hook has put in the place of a result, as a `CallToolResult`: one it is, or its content, or anything else as text.
pub fn as_result(output: &Value) -> Value {
    let blocks = |value: &Value| {
        let block = |block: &Value| block.get("type").is_some_and(Value::is_string);
        value.as_array().is_some_and(|blocks| blocks.iter().all(block))
    };
    let content = output.get("content");
    if content.is_some_and(blocks) || (content.is_none() && output.get("structuredContent").is_some()) {
        return output.clone();
    }
    if blocks(output) {
        return json!({ "content": output });
    }
    let text = output.as_str().or_else(|| content?.as_str());
    json!({ "content": [text_block(&text.map_or_else(|| output.to_string(), str::to_owned))] })
}

/// Turns a `CallToolResult` into what the model sees.
pub async fn finish(tool: &str, result: &Value, limits: &Limits) -> Result<Finished, String> {
    let is_error = result.get("isError").and_then(Value::as_bool).unwrap_or(false);
    let mut blocks = Vec::new();
    for part in content::parts(result)? {
        blocks.push(limits.block(part).await);
    }
    let size: u64 =
        blocks.iter().filter_map(|block| block["text"].as_str()).map(|text| text.len() as u64).sum();
    let tokens = size / BYTES_A_TOKEN;
    let warning = (tokens > MANY_TOKENS).then(|| {
        format!(
            "{tool} returned about {tokens} tokens. Results over {} tokens go to a file; MAX_MCP_OUTPUT_TOKENS changes that.",
            limits.bytes / BYTES_A_TOKEN
        )
    });
    if size > limits.bytes {
        blocks = shortened(blocks, size, limits).await;
    }
    if blocks.is_empty() {
        let nothing =
            if is_error { "The tool failed and said nothing." } else { "The tool returned nothing." };
        blocks.push(text_block(nothing));
    }
    let structured = match result.get("structuredContent") {
        Some(structured) if !structured.is_null() && warning.is_none() => structured.clone(),
        _ => json!(blocks),
    };
    let content = match blocks.as_slice() {
        [only] if only["type"] == "text" => {
            ToolContent::Text(only["text"].as_str().unwrap_or_default().to_owned())
        }
        _ => ToolContent::Blocks(blocks),
    };
    Ok(Finished { output: ToolOutput { content, structured, is_error }, warning })
}

fn text_block(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// The texts in a file and their beginning in their place; other blocks stay.
async fn shortened(blocks: Vec<Value>, size: u64, limits: &Limits) -> Vec<Value> {
    let texts: Vec<&str> = blocks.iter().filter_map(|block| block["text"].as_str()).collect();
    let whole = texts.join("\n");
    let preview: String = whole.chars().take(PREVIEW).collect();
    let others = blocks.iter().filter(|block| block["text"].as_str().is_none()).cloned();
    let tokens = limits.bytes / BYTES_A_TOKEN;
    let extension =
        if serde_json::from_str::<&serde_json::value::RawValue>(&whole).is_ok() { "json" } else { "txt" };
    let head = match limits.save(extension, whole.into_bytes()).await {
        Ok(path) => format!(
            "The result has {size} characters, more than the {tokens} tokens that one result may have. It was saved to \
             {}. Read it in parts, or search it. It begins:",
            path_text(&path)
        ),
        Err(error) => format!(
            "The result has {size} characters, more than the {tokens} tokens that one result may have, and it could not \
             be saved ({}). Ask the tool for less. It begins:",
            why(&error)
        ),
    };
    std::iter::once(text_block(&format!("{head}\n\n{preview}\n…"))).chain(others).collect()
}

fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
