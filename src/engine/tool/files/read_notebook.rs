//! Notebooks for Read: cells in order with their outputs, images among them.

use super::image_file::{self, Shown};
use crate::engine::tool::{ToolContent, ToolContext, ToolOutput};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// Characters of one output that are shown.
const OUTPUT_CHARS: usize = 10_000;

/// Text blocks and image blocks in the making.
#[derive(Default)]
struct Blocks {
    done: Vec<Value>,
    text: String,
    /// Bytes of text so far.
    length: usize,
}

impl Blocks {
    fn text(&mut self, text: &str) {
        self.length += text.len();
        self.text.push_str(text);
    }

    fn image(&mut self, image: &Shown) {
        self.close();
        let source = json!({ "type": "base64", "media_type": image.media_type, "data": image.base64 });
        self.done.push(json!({ "type": "image", "source": source }));
    }

    fn close(&mut self) {
        if !self.text.is_empty() {
            self.done.push(json!({ "type": "text", "text": std::mem::take(&mut self.text) }));
        }
    }

    fn finish(mut self) -> ToolContent {
        if self.done.is_empty() {
            return ToolContent::Text(self.text);
        }
        self.close();
        ToolContent::Blocks(self.done)
    }
}

/// The cells of the notebook in `text`. `tokens` and `most` are what one result may have, in tokens and in bytes.
pub(super) fn render(
    path: &Path,
    text: &str,
    (tokens, most): (u64, usize),
    cx: &ToolContext,
) -> Result<ToolOutput, String> {
    let wrong = |why: &str| format!("{} is no valid notebook: {why}.", path.display());
    let json: Value = serde_json::from_str(text).map_err(|error| wrong(&error.to_string()))?;
    let cells = json.get("cells").and_then(Value::as_array).ok_or_else(|| wrong("it has no cells"))?;
    if cells.is_empty() {
        let structured = json!({ "type": "notebook", "file": { "filePath": path, "cells": cells } });
        return Ok(ToolOutput::text("The notebook has no cells.", structured));
    }
    let mut blocks = Blocks::default();
    for (i, cell) in cells.iter().enumerate() {
        if cx.cancel.is_cancelled() {
            return Err("The call was cancelled.".to_owned());
        }
        let id = cell_id(cell, i);
        let kind = cell.get("cell_type").and_then(Value::as_str).unwrap_or("raw");
        blocks
            .text(&format!("<cell id=\"{id}\" type=\"{kind}\">\n{}\n</cell>\n", joined(cell.get("source"))));
        for output in cell.get("outputs").and_then(Value::as_array).into_iter().flatten() {
            push_output(&mut blocks, &id, output, cx);
        }
        if blocks.length > most {
            return Err(format!(
                "{} has more than the {tokens} tokens that one result may have. Read its JSON in parts with offset \
                 and limit, or search with Grep.",
                path.display()
            ));
        }
    }
    let structured = json!({ "type": "notebook", "file": { "filePath": path, "cells": cells } });
    Ok(ToolOutput { content: blocks.finish(), structured, is_error: false })
}

/// The id of a cell; cells of old formats have none and are called by their place, counted from 0.
pub(super) fn cell_id(cell: &Value, place: usize) -> String {
    cell.get("id").and_then(Value::as_str).map_or_else(|| format!("cell-{place}"), str::to_owned)
}

fn push_output(blocks: &mut Blocks, id: &str, output: &Value, cx: &ToolContext) {
    let data = output.get("data");
    let image = ["image/png", "image/jpeg"].into_iter().find_map(|kind| data?.get(kind));
    if let Some(image) = image {
        let bytes = image_file::from_base64(&joined(Some(image)));
        let fitted = bytes.and_then(|bytes| image_file::fit(&bytes, &|| cx.cancel.is_cancelled()).ok());
        if let Some(image) = fitted {
            blocks.text(&format!("<output of=\"{id}\">an image:</output>\n"));
            blocks.image(&image);
            return;
        }
    }
    let plain = data.and_then(|data| data.get("text/plain"));
    let mut text = joined(output.get("text").or(plain).or(output.get("traceback")));
    if text.is_empty() && image.is_some() {
        "(an image that cannot be shown)".clone_into(&mut text);
    }
    if text.is_empty() {
        return;
    }
    if let Some((end, _)) = text.char_indices().nth(OUTPUT_CHARS) {
        text.truncate(end);
        let _ = write!(
            text,
            "\n[This output is longer than {OUTPUT_CHARS} characters and was cut. Use jq in Bash for all of it.]"
        );
    }
    blocks.text(&format!("<output of=\"{id}\">\n{text}\n</output>\n"));
}

/// Notebook texts are a string or a list of lines.
pub(super) fn joined(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}
