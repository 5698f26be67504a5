//! Edit: replaces exact text in a file that the model has read.

#[path = "edit_hint.rs"]
mod hint;

use super::file_target::{self, Knowledge, absolute, knowledge, look, missing, on_disk, target};
use super::patch::{self, Hunk};
use super::{git_diff, text_file};
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Changed lines that the result shows to the model.
const SNIPPET_LINES: usize = 40;
/// Characters of such a line that are shown.
const SNIPPET_CHARS: usize = 500;

/// Edits files.
#[derive(Debug)]
pub struct Edit {
    schema: Value,
}

#[derive(serde::Deserialize)]
struct EditInput {
    old_string: String,
    new_string: String,
    #[serde(default)]
    replace_all: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EditOutput {
    file_path: PathBuf,
    old_string: String,
    new_string: String,
    original_file: Option<String>,
    structured_patch: Vec<Hunk>,
    user_modified: bool,
    replace_all: bool,
}

impl Default for Edit {
    fn default() -> Self {
        Self::new()
    }
}

impl Edit {
    /// The tool.
    pub fn new() -> Self {
        let schema = json!({
            "type": "object",
            "properties": {
                "file_path": { "type": "string", "description": "Absolute path of the file." },
                "old_string": { "type": "string", "description": "The exact text to replace, line breaks and indentation included." },
                "new_string": { "type": "string", "description": "What to put in its place." },
                "replace_all": { "type": "boolean", "description": "Replace every occurrence. Default false: the text must occur exactly once." }
            },
            "required": ["file_path", "old_string", "new_string"],
            "additionalProperties": false
        });
        Self { schema }
    }
}

impl Tool for Edit {
    fn name(&self) -> &'static str {
        "Edit"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/edit.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, workspace: &Workspace) -> Result<Declared, ToolError> {
        let path = absolute(input, workspace)?;
        if input.get("old_string") == input.get("new_string") {
            let text = "old_string and new_string are the same, so there is nothing to change.";
            return Err(ToolError::Respond(text.to_owned()));
        }
        Ok(Declared { access: Access::WritePath(path), parallel: false })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        async move {
            let path = absolute(&input, &cx.workspace)?;
            let input: EditInput =
                serde_json::from_value(input).map_err(|error| ToolError::Fatal(error.to_string()))?;
            let (context, edited) = (cx.clone(), path.clone());
            let mut output = on_disk(move || edit(path, input, &context)).await?;
            git_diff::add(&mut output.structured, &edited, cx).await;
            Ok(output)
        }
        .boxed()
    }
}

fn edit(path: PathBuf, input: EditInput, cx: &ToolContext) -> Result<ToolOutput, String> {
    let resolved = target(&path, cx)?;
    let Some(present) = look(&*cx.files, &resolved, &path)? else {
        if input.old_string.is_empty() {
            return create(path, resolved, input, cx);
        }
        return Err(missing(&path, cx));
    };
    let known = knowledge(&cx.read_state, &resolved, &present);
    known_or_refused(known, &path)?;
    let bytes = cx.files.read(&resolved).map_err(|error| file_target::cannot("read", &path, &error))?;
    let Some(file) = text_file::decode(bytes) else {
        return Err(format!("{} is a binary file, which cannot be edited as text.", path.display()));
    };
    if input.old_string.is_empty() {
        return if file.text.is_empty() {
            create(path, resolved, input, cx)
        } else {
            Err(format!("old_string is empty, but {} is not. Give the text to replace.", path.display()))
        };
    }
    let (old_string, new_string) = line_ends_of(&file.text, &input);
    let found = find(&file.text, &old_string, input.replace_all, &path, known)?;
    let new_text = replaced(&file.text, &found, &new_string);
    let hunks = patch::of_replacements(&file.text, &found, &new_string);
    let bytes = text_file::encode(&new_text, file.encoding);
    file_target::write(resolved, &path, &bytes, known, cx)?;
    let mut text = match found.len() {
        1 => format!("Edited {}.", path.display()),
        n => format!("Edited {}: {n} replacements.", path.display()),
    };
    if known == Knowledge::Stale {
        text.push_str(" The file had changed since it was read; the edit was made in its present content.");
    }
    text.push_str(text_file::recoded(&new_text, file.encoding));
    text.push_str(&snippet(&hunks));
    let output = EditOutput {
        file_path: path,
        old_string: input.old_string,
        new_string: input.new_string,
        original_file: None,
        structured_patch: hunks,
        user_modified: false,
        replace_all: input.replace_all,
    };
    let mut structured = serde_json::to_value(output).map_err(|error| error.to_string())?;
    // Moved, as serde would copy it.
    structured["originalFile"] = Value::String(file.text);
    Ok(ToolOutput::text(text, structured))
}

/// A file may be edited by a model that has seen every line of it (row 259), be it in an earlier state (row 260).
fn known_or_refused(known: Knowledge, path: &Path) -> Result<(), String> {
    match known {
        Knowledge::LinesCut | Knowledge::Stale | Knowledge::Current => Ok(()),
        Knowledge::None => {
            Err(format!("{} has not been read yet. Read it first, then edit it.", path.display()))
        }
        Knowledge::Partial => Err(format!(
            "Only a part of {} has been read. Read the other lines too (several calls with offset and limit will do), \
             then edit it.",
            path.display()
        )),
    }
}

/// An empty `old_string` makes a new file, or fills an empty one.
fn create(
    path: PathBuf,
    resolved: PathBuf,
    input: EditInput,
    cx: &ToolContext,
) -> Result<ToolOutput, String> {
    file_target::write(resolved, &path, input.new_string.as_bytes(), Knowledge::Current, cx)?;
    let text = format!("Created {}.", path.display());
    let output = EditOutput {
        structured_patch: patch::diff("", &input.new_string),
        file_path: path,
        old_string: input.old_string,
        new_string: input.new_string,
        original_file: None,
        user_modified: false,
        replace_all: input.replace_all,
    };
    Ok(ToolOutput::text(text, serde_json::to_value(output).map_err(|error| error.to_string())?))
}

/// The model sees lines without their ends: in a file with CRLF its line breaks mean CRLF.
fn line_ends_of(text: &str, input: &EditInput) -> (String, String) {
    let crlf = text.contains("\r\n") && !input.old_string.contains('\r') && !input.new_string.contains('\r');
    let adapted = |string: &str| if crlf { string.replace('\n', "\r\n") } else { string.to_owned() };
    (adapted(&input.old_string), adapted(&input.new_string))
}

/// Where the text stands; it must stand once, or at least once when all are to be replaced (row 258).
fn find(
    text: &str,
    old: &str,
    all: bool,
    path: &Path,
    known: Knowledge,
) -> Result<Vec<Range<usize>>, String> {
    let places = memchr::memmem::find_iter(text.as_bytes(), old);
    let found: Vec<_> = places.map(|at| at..at + old.len()).collect();
    let again = match known {
        Knowledge::Stale => " The file has been modified since it was read: read it again.",
        Knowledge::None | Knowledge::Partial | Knowledge::LinesCut | Knowledge::Current => "",
    };
    match found.len() {
        0 => {
            let hint = hint::nearest(text, old).map(|hint| format!(" {hint}")).unwrap_or_default();
            Err(format!(
                "old_string does not occur in {}: {}.{again} It must match exactly, with the same indentation and line \
                 breaks.{hint}",
                path.display(),
                shortened(old)
            ))
        }
        1 => Ok(found),
        _ if all && known != Knowledge::Stale => Ok(found),
        count => Err(format!(
            "old_string occurs {count} times in {}, in {}: {}.{again} Add lines around it until it is unique, or set \
             replace_all to change every occurrence.",
            path.display(),
            hint::places(text, &found),
            shortened(old)
        )),
    }
}

fn shortened(text: &str) -> String {
    let head: String = text.chars().take(120).collect();
    if head.len() < text.len() { format!("{head:?}…") } else { format!("{head:?}") }
}

fn replaced(text: &str, ranges: &[Range<usize>], with: &str) -> String {
    let mut new = String::with_capacity(text.len() + ranges.len() * with.len());
    let mut copied = 0;
    for range in ranges {
        new.push_str(&text[copied..range.start]);
        new.push_str(with);
        copied = range.end;
    }
    new.push_str(&text[copied..]);
    new
}

/// The changed places as they are now, with line numbers, so that the model need not read them again.
fn snippet(hunks: &[Hunk]) -> String {
    let mut out = String::new();
    let mut shown = 0;
    for (i, hunk) in hunks.iter().enumerate() {
        out.push_str(if i == 0 { "" } else { "\n…" });
        let present = hunk.lines.iter().filter(|line| !line.starts_with(['-', '\\']));
        for (number, line) in (hunk.new_start..).zip(present) {
            if shown == SNIPPET_LINES {
                out.push_str("\n…");
                return out;
            }
            let line = line[1..].trim_end_matches('\r');
            let _ = match line.char_indices().nth(SNIPPET_CHARS) {
                Some((end, _)) => write!(out, "\n{number}\t{}…", &line[..end]),
                None => write!(out, "\n{number}\t{line}"),
            };
            shown += 1;
        }
    }
    out
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
