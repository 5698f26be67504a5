//! Read: a file as the model can use it: numbered lines, an image, a PDF, or the cells of a notebook.

use super::file_target::{Present, absolute, cannot, look, missing, on_disk, seen_lines, target};
use super::image_file::{self, Unfit};
use super::text_file::{self, TextFile};
use super::{pdf_file, read_changed, read_notebook};
use crate::engine::env::Env;
use crate::engine::tool::{Access, Declared, Tool, ToolContent, ToolContext, ToolError, ToolOutput, saved};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use memchr::memchr_iter;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Bytes of a file that is read without another thread, if it is in memory.
const AT_ONCE: usize = 64 * 1024;
/// Lines of a whole-file read.
const LINES: usize = 2000;
/// Characters of a line that are shown.
const LINE_CHARS: usize = 2000;
/// Bytes that the number of a line takes with what stands around it, at a guess.
const NUMBER: usize = 8;
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
    pages: Option<String>,
    allow_large: Option<bool>,
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
                "limit": { "type": "integer", "minimum": 1, "description": "How many lines to show." },
                "pages": { "type": "string", "description": "For a PDF: the page or range of pages to show, such as \"3\" or \"1-5\". At most 20 pages a call." },
                "allow_large": { "type": "boolean", "description": "Show the whole text or range asked for even if it is long. Only when you really need all of it at once." }
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
        include_str!("../text/read.md")
    }

    fn result_limit(&self) -> Option<usize> {
        None
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, workspace: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::ReadPath(absolute(input, workspace)?), parallel: true })
    }

    fn shown<'a>(&'a self, output: &'a Value, _: &'a Env, _: &'a str) -> BoxFuture<'a, Option<ToolContent>> {
        read_changed::shown(output).boxed()
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        async move {
            let path = absolute(&input, &cx.workspace)?;
            let input: ReadInput =
                serde_json::from_value(input).map_err(|error| ToolError::Fatal(error.to_string()))?;
            let asked = Asked {
                offset: line_number(input.offset),
                limit: line_number(input.limit),
                // Models that fill in every field give an empty text for none.
                pages: input.pages.filter(|pages| !pages.trim().is_empty()),
                large: input.allow_large == Some(true),
            };
            // Handing a file that is in memory to another thread would take longer than reading it.
            if let Some(output) = small_text(&path, &asked, cx) {
                return output.map_err(ToolError::Respond);
            }
            let cx = cx.clone();
            on_disk(move || read(&path, &asked, &cx)).await
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
struct Asked {
    offset: Option<usize>,
    limit: Option<usize>,
    pages: Option<String>,
    large: bool,
}

impl Asked {
    /// Whether it names lines.
    fn explicit(&self) -> bool {
        self.offset.is_some() || self.limit.is_some()
    }

    /// The tokens that the result may have, and as how many bytes they count.
    fn most(&self, cx: &ToolContext) -> (u64, usize) {
        if self.large {
            return (u64::MAX, usize::MAX);
        }
        let given = cx.env.number("CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS").filter(|tokens| *tokens > 0);
        let tokens = given.unwrap_or(TOKENS);
        (tokens, usize::try_from(tokens.saturating_mul(BYTES_A_TOKEN)).unwrap_or(usize::MAX))
    }
}

/// Reads a small file of text that can be had at once. `None`: it takes its time. Resolving and looking at the path is what
/// the decision on the call has done a moment ago, so that the system knows the answers.
fn small_text(path: &Path, asked: &Asked, cx: &ToolContext) -> Option<Result<ToolOutput, String>> {
    if !cx.files.is_host() || asked.pages.is_some() || is_notebook(path, asked) {
        return None;
    }
    let resolved = target(path, cx).ok()?;
    let present = look(&*cx.files, &resolved, path).ok()??;
    let bytes = cx.files.read_at_once(&resolved, AT_ONCE)?;
    if bytes.starts_with(b"%PDF-") || image_file::media_type(&bytes).is_some() {
        return None;
    }
    Some(show(text_file::decode(bytes)?, path, resolved, &present, asked, cx))
}

fn is_notebook(path: &Path, asked: &Asked) -> bool {
    path.extension().is_some_and(|extension| extension == "ipynb") && !asked.explicit()
}

fn read(path: &Path, asked: &Asked, cx: &ToolContext) -> Result<ToolOutput, String> {
    let resolved = target(path, cx)?;
    let Some(present) = look(&*cx.files, &resolved, path)? else { return Err(missing(path, cx)) };
    let as_notebook = is_notebook(path, asked);
    if as_notebook && present.seen.size > LARGEST_NOTEBOOK {
        let mb = present.seen.size / (1024 * 1024);
        return Err(format!(
            "{} is a notebook of {mb} MB; the limit is 100 MB. Use Grep, or jq in Bash.",
            path.display()
        ));
    }
    let bytes = cx.files.read(&resolved).map_err(|error| cannot("read", path, &error))?;
    if cx.cancel.is_cancelled() {
        return Err("The call was cancelled.".to_owned());
    }
    if bytes.starts_with(b"%PDF-") {
        return pdf(path, bytes, asked, cx);
    }
    if asked.pages.is_some() {
        return Err(format!("{} is no PDF, so it has no pages. Leave pages out.", path.display()));
    }
    if image_file::media_type(&bytes).is_some() {
        let output = image(path, &bytes, cx)?;
        cx.read_state.record(resolved, present.seen);
        return Ok(output);
    }
    let Some(file) = text_file::decode(bytes) else {
        return Err(format!(
            "{} is a binary file. Look at it with a command such as file, strings or xxd in Bash.",
            path.display()
        ));
    };
    if as_notebook {
        let output = read_notebook::render(path, &file.text, asked.most(cx), cx)?;
        cx.read_state.record(resolved, present.seen);
        return Ok(output);
    }
    show(file, path, resolved, &present, asked, cx)
}

/// Shows text, and remembers which lines the model has seen.
fn show(
    file: TextFile,
    path: &Path,
    resolved: PathBuf,
    present: &Present,
    asked: &Asked,
    cx: &ToolContext,
) -> Result<ToolOutput, String> {
    let (output, lines, cut) = text(path, file.text, asked, cx)?;
    let seen = seen_lines(&cx.read_state, &resolved, present, lines, cut);
    cx.read_state.record(resolved, seen);
    Ok(output)
}

fn pdf(path: &Path, bytes: Vec<u8>, asked: &Asked, cx: &ToolContext) -> Result<ToolOutput, String> {
    if asked.explicit() {
        return Err(format!(
            "{} is a PDF: choose a part of it with pages, not with offset and limit.",
            path.display()
        ));
    }
    let size = bytes.len();
    let range = asked.pages.as_deref().map(pdf_file::parse).transpose()?;
    let pages = pdf_file::select(bytes, range, path)?;
    let data = image_file::base64(&pages.bytes);
    let whole = |data: &str| json!({ "type": "pdf", "file": { "filePath": path, "base64": data, "originalSize": size } });
    let structured = if pages.part {
        let name = format!("pages-{}-{}.pdf", pages.range.start(), pages.range.end());
        match saved::save(&saved::temp_base(&cx.env), &cx.session_id, &name, &pages.bytes) {
            Ok(file) => {
                let file = json!({
                    "filePath": path, "originalSize": size, "count": pages.count(), "outputDir": file.parent()
                });
                json!({ "type": "parts", "file": file, "firstPage": pages.range.start() })
            }
            // The file is for the embedder: the model sees the pages all the same.
            Err(_) => whole(&data),
        }
    } else {
        whole(&data)
    };
    let source = json!({ "type": "base64", "media_type": "application/pdf", "data": data });
    let content = ToolContent::Blocks(vec![json!({ "type": "document", "source": source })]);
    Ok(ToolOutput { content, structured, is_error: false })
}

fn image(path: &Path, bytes: &[u8], cx: &ToolContext) -> Result<ToolOutput, String> {
    let shown = image_file::fit(bytes, &|| cx.cancel.is_cancelled()).map_err(|unfit| match unfit {
        Unfit::Damaged => {
            format!("{} begins like an image, but it is damaged or cut off.", path.display())
        }
        Unfit::TooLarge(width, height) => format!(
            "{} is an image of {width} by {height} pixels, too large to be scaled down here. Scale it down first.",
            path.display()
        ),
        Unfit::Cancelled => "The call was cancelled.".to_owned(),
    })?;
    let (original, display) = (shown.original, shown.display);
    let file = json!({
        "base64": shown.base64,
        "type": shown.media_type,
        "originalSize": bytes.len(),
        "dimensions": {
            "originalWidth": original.0, "originalHeight": original.1,
            "displayWidth": display.0, "displayHeight": display.1
        }
    });
    let source = json!({ "type": "base64", "media_type": shown.media_type, "data": shown.base64 });
    let mut blocks = vec![json!({ "type": "image", "source": source })];
    if original != display {
        // Positions in the picture are of use only with the scale.
        let text = format!(
            "[Scaled down from {} by {} to {} by {} pixels.]",
            original.0, original.1, display.0, display.1
        );
        blocks.push(json!({ "type": "text", "text": text }));
    }
    let structured = json!({ "type": "image", "file": file });
    Ok(ToolOutput { content: ToolContent::Blocks(blocks), structured, is_error: false })
}

/// First line, number of lines, and lines of the file.
type Lines = (u64, u64, u64);

/// Numbered lines, which lines they are, and whether one of them was cut.
fn text(
    path: &Path,
    text: String,
    asked: &Asked,
    cx: &ToolContext,
) -> Result<(ToolOutput, Lines, bool), String> {
    let total = count_lines(&text);
    let start = asked.offset.unwrap_or(1).max(1);
    if total == 0 || start > total {
        return Ok((nothing(path, start, total), (start as u64, 0, total as u64), false));
    }
    let limit = asked.limit.unwrap_or(if asked.large { usize::MAX } else { LINES });
    let wanted = limit.min(total - (start - 1));
    let (tokens, most) = asked.most(cx);
    let mut numbered = String::with_capacity(room(&text, wanted, total, most));
    let (mut count, mut cut) = (0, 0);
    for line in lines(&text).skip(start - 1).take(wanted) {
        let before = numbered.len();
        let long = push_line(&mut numbered, start + count, line);
        if numbered.len() > most {
            if asked.explicit() {
                return Err(format!(
                    "Lines {start} to {} of {} have more than the {tokens} tokens that one result may have. Ask for \
                     fewer lines with offset and limit, search with Grep, or set allow_large if you need all of them.",
                    start + wanted - 1,
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
        cut += usize::from(long);
        count += 1;
    }
    let last = start - 1 + count;
    match cut {
        0 => {}
        1 => numbered.push_str(&format!("\n[1 line is longer than {LINE_CHARS} characters and was cut.]")),
        n => {
            numbered.push_str(&format!("\n[{n} lines are longer than {LINE_CHARS} characters and were cut.]"))
        }
    }
    let token_capped = count < wanted;
    if !asked.explicit() && last < total {
        let _ = write!(
            numbered,
            "\n[PARTIAL view: lines {start} to {last} of {total}. Continue with offset {}, or search with Grep.]",
            last + 1
        );
    }
    let mut file = json!({ "filePath": path, "content": "", "numLines": count, "startLine": start, "totalLines": total });
    // Moved, as `json!` would copy it.
    file["content"] = Value::String(lines_of(text, start, count, total));
    if token_capped {
        file["truncatedByTokenCap"] = true.into();
    }
    let output = ToolOutput::text(numbered, json!({ "type": "text", "file": file }));
    Ok((output, (start as u64, count as u64, total as u64), cut > 0))
}

/// The same as [`str::lines`], in half the time.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    let rest = (!text.is_empty() && !text.ends_with('\n')).then_some(text.len());
    let ends = memchr_iter(b'\n', text.as_bytes()).chain(rest);
    ends.map(move |end| {
        let line = &text[from..end];
        from = end + 1;
        if end < text.len() { line.strip_suffix('\r').unwrap_or(line) } else { line }
    })
}

/// As many lines as [`str::lines`] finds.
fn count_lines(text: &str) -> usize {
    memchr_iter(b'\n', text.as_bytes()).count() + usize::from(!text.is_empty() && !text.ends_with('\n'))
}

/// How many bytes `wanted` of `total` numbered lines take, at a guess: growing would copy a large text again and again.
fn room(text: &str, wanted: usize, total: usize, most: usize) -> usize {
    let share = if wanted == total { text.len() } else { text.len() / total * wanted };
    (share + wanted * NUMBER).min(most.saturating_add(LINE_CHARS))
}

/// The lines alone, parted by line feeds. Where the file has no other line breaks they are a piece of it.
fn lines_of(mut text: String, start: usize, count: usize, total: usize) -> String {
    let end = if text.ends_with('\n') { text.len() - 1 } else { text.len() };
    if text.contains('\r') {
        return text.lines().skip(start - 1).take(count).collect::<Vec<_>>().join("\n");
    }
    let breaks = |text: &str, n: usize| memchr_iter(b'\n', text.as_bytes()).nth(n);
    let from = start.checked_sub(2).and_then(|n| breaks(&text, n)).map_or(0, |at| at + 1);
    let to = match count {
        0 => from,
        _ if start + count > total => end,
        _ => breaks(&text[from..], count - 1).map_or(end, |at| from + at),
    };
    text.truncate(to);
    text.drain(..from);
    if text.len() < text.capacity() / 2 {
        // A piece must not hold the room of a large file.
        text.shrink_to_fit();
    }
    text
}

/// Appends `number`, a tab and the line; `true` when the line was cut.
pub(super) fn push_line(out: &mut String, number: usize, line: &str) -> bool {
    if !out.is_empty() {
        out.push('\n');
    }
    push_number(out, number);
    out.push('\t');
    // Most lines have fewer bytes than a line may have characters: then nothing has to be counted.
    match (line.len() > LINE_CHARS).then(|| line.char_indices().nth(LINE_CHARS)).flatten() {
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

/// Appends digits without the machinery of formats, which would take longer than the rest of the line.
fn push_number(out: &mut String, number: usize) {
    if number >= 10 {
        push_number(out, number / 10);
    }
    out.push(char::from(b"0123456789"[number % 10]));
}

fn nothing(path: &Path, start: usize, total: usize) -> ToolOutput {
    let text = match total {
        0 => "The file exists and is empty.".to_owned(),
        1 => format!("The file has 1 line, so there is nothing at line {start}."),
        _ => format!("The file has {total} lines, so there is nothing at line {start}."),
    };
    let file =
        json!({ "filePath": path, "content": "", "numLines": 0, "startLine": start, "totalLines": total });
    ToolOutput::text(text, json!({ "type": "text", "file": file }))
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
