//! Write: creates a file, or replaces all of one that the model knows.

use super::file_target::{self, Knowledge, absolute, knowledge, look, on_disk, target};
use super::patch::{self, Hunk};
use super::{git_diff, text_file};
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Writes files.
#[derive(Debug)]
pub struct Write {
    schema: Value,
}

#[derive(serde::Deserialize)]
struct WriteInput {
    content: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WriteOutput {
    r#type: &'static str,
    file_path: PathBuf,
    content: String,
    structured_patch: Vec<Hunk>,
    original_file: Option<String>,
}

impl Default for Write {
    fn default() -> Self {
        Self::new()
    }
}

impl Write {
    /// The tool.
    pub fn new() -> Self {
        let schema = json!({
            "type": "object",
            "properties": {
                "file_path": { "type": "string", "description": "Absolute path of the file." },
                "content": { "type": "string", "description": "The whole new content." }
            },
            "required": ["file_path", "content"],
            "additionalProperties": false
        });
        Self { schema }
    }
}

impl Tool for Write {
    fn name(&self) -> &'static str {
        "Write"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/write.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, workspace: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::WritePath(absolute(input, workspace)?), parallel: false })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        async move {
            let path = absolute(&input, &cx.workspace)?;
            let input: WriteInput = serde_json::from_value(input).map_err(ToolError::bug)?;
            let (context, written) = (cx.clone(), path.clone());
            let mut output = on_disk(move || write(path, input.content, &context)).await?;
            git_diff::add(&mut output.structured, &written, cx).await;
            Ok(output)
        }
        .boxed()
    }
}

fn write(path: PathBuf, content: String, cx: &ToolContext) -> Result<ToolOutput, String> {
    let resolved = target(&path, cx)?;
    let original = match look(&*cx.files, &resolved, &path)? {
        None => None,
        Some(present) => {
            known_or_refused(knowledge(&cx.read_state, &resolved, &present), &path)?;
            let bytes =
                cx.files.read(&resolved).map_err(|error| file_target::cannot("read", &path, &error))?;
            Some(bytes)
        }
    };
    let old = original.clone().and_then(text_file::decode);
    let adapted = old.as_ref().map(|old| (with_line_ends_of(&old.text, &content), old.encoding));
    let bytes = match &adapted {
        Some((text, encoding)) => text_file::encode(text, *encoding),
        None => content.as_bytes().into(),
    };
    file_target::write(resolved, &path, &bytes, Knowledge::Current, cx)?;
    let recoded = adapted.as_ref().map_or("", |(text, encoding)| text_file::recoded(text, *encoding));
    let (r#type, text) = match original {
        None => ("create", format!("Created {}.", path.display())),
        Some(_) => ("update", format!("Replaced the content of {}.{recoded}", path.display())),
    };
    let original_file = old.map(|file| file.text);
    let structured_patch = match &original_file {
        Some(old) => patch::diff(old, &with_line_ends_of(old, &content)),
        None => Vec::new(),
    };
    let output = WriteOutput { r#type, file_path: path, content, structured_patch, original_file };
    let structured = serde_json::to_value(output).map_err(|error| error.to_string())?;
    Ok(ToolOutput::text(text, structured))
}

/// The model sees lines without their ends: in a file with CRLF its line breaks mean CRLF.
fn with_line_ends_of<'a>(old: &str, content: &'a str) -> Cow<'a, str> {
    let (all, crlf) = (old.matches('\n').count(), old.matches("\r\n").count());
    if crlf * 2 > all && !content.contains('\r') {
        content.replace('\n', "\r\n").into()
    } else {
        content.into()
    }
}

/// An existing file may only be replaced by a model that has seen all of it as it is (row 261).
fn known_or_refused(knowledge: Knowledge, path: &Path) -> Result<(), String> {
    let path = path.display();
    match knowledge {
        Knowledge::Current => Ok(()),
        Knowledge::None => {
            Err(format!("{path} exists and has not been read yet. Read it first, then write it."))
        }
        Knowledge::Partial => Err(format!(
            "Only a part of {path} has been read. Read all of it first, or change a part with Edit."
        )),
        Knowledge::LinesCut => Err(format!(
            "{path} has lines that were too long to be shown whole, so replacing it would lose text. Change a part with \
             Edit."
        )),
        Knowledge::Stale => {
            Err(format!("{path} has been modified since it was read. Read it again, then write it."))
        }
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
