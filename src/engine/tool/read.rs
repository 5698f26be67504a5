//! Read: a file as the model can use it: numbered lines, an image, or the cells of a notebook.

use super::file_target::{Knowledge, absolute, cannot, knowledge, look, missing, on_disk, target};
use super::read_state::Seen;
use super::{Access, Declared, Tool, ToolContent, ToolContext, ToolError, ToolOutput, image_file, text_file};
use crate::engine::io::fs;
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// Lines of a whole-file read.
const LINES: usize = 2000;
/// Characters of a line that are shown.
const LINE_CHARS: usize = 2000;
/// Tokens of a result, unless `CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS` says otherwise (row 250).
const TOKENS: u64 = 25_000;
/// Bytes of a notebook that is taken apart (row 254).
const LARGEST_NOTEBOOK: u64 = 100 * 1024 * 1024;
/// Bytes of text that count as one token here.
const BYTES_A_TOKEN: u64 = 4;

/// Reads files.
#[derive(Debug)]
pub struct Read {
    schema: Value,
}

#[derive(serde::Deserialize)]
struct ReadInput {
    offset: Option<f64>,
    limit: Option<f64>,
}

impl Default for Read {
    fn default() -> Self {
        Self::new()
    }
}

impl Read {
    /// The tool.
    pub fn new() -> Self {
        let schema = json!({
            "type": "object",
            "properties": {
                "file_path": { "type": "string", "description": "Absolute path of the file." },
                "offset": { "type": "integer", "minimum": 0, "description": "First line to show, counted from 1." },
                "limit": { "type": "integer", "minimum": 1, "description": "How many lines to show." }
            },
            "required": ["file_path"],
            "additionalProperties": false
        });
        Self { schema }
    }
}

impl Tool for Read {
    fn name(&self) -> &'static str {
        "Read"
    }

    fn description(&self) -> &'static str {
        include_str!("text/read.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, workspace: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::ReadPath(absolute(input, workspace)?), parallel: true })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        async move {
            let path = absolute(&input, &cx.workspace)?;
            let input: ReadInput =
                serde_json::from_value(input).map_err(|error| ToolError::Fatal(error.to_string()))?;
            let range = Range { offset: line_number(input.offset), limit: line_number(input.limit) };
            let cx = cx.clone();
            on_disk(move || read(&path, range, &cx)).await
        }
        .boxed()
    }
}

/// The schema has made sure that it is a whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, which is what is wanted"
)]
fn line_number(given: Option<f64>) -> Option<usize> {
    given.map(|number| number as usize)
}

/// What part of a file is asked for.
#[derive(Clone, Copy)]
struct Range {
    offset: Option<usize>,
    limit: Option<usize>,
}

impl Range {
    fn explicit(self) -> bool {
        self.offset.is_some() || self.limit.is_some()
    }
}

/// The tokens that one result may have, and as how many bytes they count.
fn limit(cx: &ToolContext) -> (u64, usize) {
    let given = cx.env.number("CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS").filter(|tokens| *tokens > 0);
    let tokens = given.unwrap_or(TOKENS);
    (tokens, usize::try_from(tokens.saturating_mul(BYTES_A_TOKEN)).unwrap_or(usize::MAX))
}

fn read(path: &Path, range: Range, cx: &ToolContext) -> Result<ToolOutput, String> {
    let resolved = target(path, cx)?;
    let Some(present) = look(&resolved, path)? else { return Err(missing(path, cx)) };
    let as_notebook = path.extension().is_some_and(|extension| extension == "ipynb") && !range.explicit();
    if as_notebook && present.seen.size > LARGEST_NOTEBOOK {
        let mb = present.seen.size / (1024 * 1024);
        return Err(format!(
            "{} is a notebook of {mb} MB; the limit is 100 MB. Use Grep, or jq in Bash.",
            path.display()
        ));
    }
    let bytes = fs::read(&resolved).map_err(|error| cannot("read", path, &error))?;
    if image_file::media_type(&bytes).is_some() {
        let output = image(path, &bytes)?;
        cx.read_state.record(resolved, present.seen);
        return Ok(output);
    }
    if bytes.starts_with(b"%PDF-") {
        return Err(format!(
            "{} is a PDF, which this tool cannot show. Extract its text with a command such as pdftotext in Bash.",
            path.display()
        ));
    }
    let Some(file) = text_file::decode(bytes) else {
        return Err(format!(
            "{} is a binary file. Look at it with a command such as file, strings or xxd in Bash.",
            path.display()
        ));
    };
    if as_notebook {
        let output = notebook(path, &file.text, limit(cx))?;
        cx.read_state.record(resolved, present.seen);
        return Ok(output);
    }
    let (output, shown) = text(path, &file.text, range, cx)?;
    // A second look at a part of what was seen whole takes nothing away.
    if shown.is_none() || knowledge(&cx.read_state, &resolved, &present) != Knowledge::Current {
        cx.read_state.record(resolved, Seen { whole: shown.is_none(), range: shown, ..present.seen });
    }
    Ok(output)
}

fn image(path: &Path, bytes: &[u8]) -> Result<ToolOutput, String> {
    if bytes.len() > image_file::LARGEST_IMAGE {
        return Err(format!(
            "{} is an image of {} KB; the limit is {} KB. Scale it down first.",
            path.display(),
            bytes.len() / 1024,
            image_file::LARGEST_IMAGE / 1024
        ));
    }
    let media_type = image_file::media_type(bytes).unwrap_or_default();
    let data = image_file::base64(bytes);
    let mut file = json!({ "base64": data, "type": media_type, "originalSize": bytes.len() });
    let dimensions = image_file::dimensions(bytes);
    // The API refuses such an image, and with it every later request of the session. WebP tells nothing here.
    if media_type != "image/webp" && dimensions.is_none_or(|(width, height)| width == 0 || height == 0) {
        return Err(format!("{} begins like an image, but it is damaged or cut off.", path.display()));
    }
    if let Some((width, height)) = dimensions {
        let most = image_file::LARGEST_SIDE;
        if width > most || height > most {
            return Err(format!(
                "{} is an image of {width} by {height} pixels; the limit is {most} each way. Scale it down first.",
                path.display()
            ));
        }
        file["dimensions"] = json!({
            "originalWidth": width, "originalHeight": height, "displayWidth": width, "displayHeight": height
        });
    }
    let source = json!({ "type": "base64", "media_type": media_type, "data": data });
    let content = ToolContent::Blocks(vec![json!({ "type": "image", "source": source })]);
    Ok(ToolOutput { content, structured: json!({ "type": "image", "file": file }), is_error: false })
}

/// Cells in order, each with its source and the text of its outputs.
fn notebook(path: &Path, text: &str, (tokens, most): (u64, usize)) -> Result<ToolOutput, String> {
    let wrong = |why: &str| format!("{} is no valid notebook: {why}.", path.display());
    let json: Value = serde_json::from_str(text).map_err(|error| wrong(&error.to_string()))?;
    let cells = json.get("cells").and_then(Value::as_array).ok_or_else(|| wrong("it has no cells"))?;
    let mut shown = String::new();
    for (i, cell) in cells.iter().enumerate() {
        let id = cell.get("id").and_then(Value::as_str).map_or_else(|| format!("cell-{i}"), str::to_owned);
        let kind = cell.get("cell_type").and_then(Value::as_str).unwrap_or("raw");
        let _ =
            writeln!(shown, "<cell id=\"{id}\" type=\"{kind}\">\n{}\n</cell>", joined(cell.get("source")));
        for output in cell.get("outputs").and_then(Value::as_array).into_iter().flatten() {
            let data = output.get("data").and_then(|data| data.get("text/plain"));
            let text = joined(output.get("text").or(data).or(output.get("traceback")));
            if !text.is_empty() {
                let _ = writeln!(shown, "<output of=\"{id}\">\n{text}\n</output>");
            }
        }
    }
    if shown.len() > most {
        return Err(format!(
            "{} has more than the {tokens} tokens that one result may have. Read its JSON in parts with offset and \
             limit, or search with Grep.",
            path.display()
        ));
    }
    let structured = json!({ "type": "notebook", "file": { "filePath": path, "cells": cells } });
    Ok(ToolOutput::text(shown, structured))
}

/// Notebook texts are a string or a list of lines.
fn joined(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

type Shown = Option<(u64, u64)>;

/// Numbered lines, and the range shown if it is not the whole file.
fn text(path: &Path, text: &str, range: Range, cx: &ToolContext) -> Result<(ToolOutput, Shown), String> {
    let all: Vec<&str> = text.lines().collect();
    let total = all.len();
    let start = range.offset.unwrap_or(1).max(1);
    if total == 0 || start > total {
        return Ok(nothing(path, start, total));
    }
    let limit = range.limit.unwrap_or(LINES);
    let (tokens, most) = self::limit(cx);
    let wanted = &all[start - 1..total.min((start - 1).saturating_add(limit))];
    let mut numbered = String::new();
    let mut count = 0;
    let mut cut = 0;
    for line in wanted {
        let before = numbered.len();
        cut += usize::from(push_line(&mut numbered, start + count, line));
        if numbered.len() > most {
            if range.explicit() {
                return Err(format!(
                    "Lines {start} to {} of {} have more than the {tokens} tokens that one result may have. Ask for \
                     fewer lines with offset and limit, or search with Grep.",
                    start + wanted.len() - 1,
                    path.display()
                ));
            }
            if count == 0 {
                return Err(format!(
                    "Line 1 of {} has more than the {tokens} tokens that one result may have. Search with Grep, or \
                     show a part of it with cut in Bash.",
                    path.display()
                ));
            }
            numbered.truncate(before);
            break;
        }
        count += 1;
    }
    let content: String = all[start - 1..start - 1 + count].join("\n");
    let last = start - 1 + count;
    let whole = start == 1 && count == total && cut == 0;
    if cut > 0 {
        let _ = write!(numbered, "\n[{cut} lines are longer than {LINE_CHARS} characters and were cut.]");
    }
    let token_capped = count < wanted.len();
    if !range.explicit() && last < total {
        let _ = write!(
            numbered,
            "\n[PARTIAL view: lines {start} to {last} of {total}. Continue with offset {}, or search with Grep.]",
            last + 1
        );
    }
    let mut file = json!({
        "filePath": path, "content": content, "numLines": count, "startLine": start, "totalLines": total
    });
    if token_capped {
        file["truncatedByTokenCap"] = true.into();
    }
    let shown = (!whole).then_some((start as u64, count as u64));
    Ok((ToolOutput::text(numbered, json!({ "type": "text", "file": file })), shown))
}

/// Appends `number`, a tab and the line; `true` when the line was cut.
fn push_line(out: &mut String, number: usize, line: &str) -> bool {
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = write!(out, "{number}\t");
    match line.char_indices().nth(LINE_CHARS) {
        Some((end, _)) => {
            out.push_str(&line[..end]);
            out.push('…');
            true
        }
        None => {
            out.push_str(line);
            false
        }
    }
}

fn nothing(path: &Path, start: usize, total: usize) -> (ToolOutput, Shown) {
    let text = match total {
        0 => "The file exists and is empty.".to_owned(),
        1 => format!("The file has 1 line, so there is nothing at line {start}."),
        _ => format!("The file has {total} lines, so there is nothing at line {start}."),
    };
    let file =
        json!({ "filePath": path, "content": "", "numLines": 0, "startLine": start, "totalLines": total });
    let shown = (total > 0).then_some((start as u64, 0));
    (ToolOutput::text(text, json!({ "type": "text", "file": file })), shown)
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
