//! NotebookEdit: replaces, adds or removes one cell of a notebook that the model has read.

use super::file_target::{self, Knowledge, absolute_field, knowledge, look, missing, on_disk, target};
use super::notebook_file::{Kind, Notebook};
use super::text_file;
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Ids that an error lists.
const LISTED: usize = 30;

/// Edits notebooks.
#[derive(Debug)]
pub struct NotebookEdit {
    schema: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Replace,
    Insert,
    Delete,
}

#[derive(serde::Deserialize)]
struct Input {
    cell_id: Option<String>,
    new_source: String,
    cell_type: Option<Kind>,
    #[serde(default)]
    edit_mode: Mode,
}

#[derive(Serialize)]
struct Output {
    new_source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell_id: Option<String>,
    cell_type: &'static str,
    language: String,
    edit_mode: &'static str,
    notebook_path: PathBuf,
    original_file: String,
    updated_file: String,
}

impl Default for NotebookEdit {
    fn default() -> Self {
        Self::new()
    }
}

impl NotebookEdit {
    /// The tool.
    pub fn new() -> Self {
        let schema = json!({
            "type": "object",
            "properties": {
                "notebook_path": { "type": "string", "description": "Absolute path of the .ipynb file." },
                "cell_id": { "type": "string", "description": "The id of the cell, as Read shows it. With insert, the new cell comes after this one; without it, at the start." },
                "new_source": { "type": "string", "description": "The whole new source of the cell. Empty with delete." },
                "cell_type": { "type": "string", "enum": ["code", "markdown"], "description": "The type of the cell. Needed with insert; with replace it changes the type." },
                "edit_mode": { "type": "string", "enum": ["replace", "insert", "delete"], "description": "What to do. Default replace." }
            },
            "required": ["notebook_path", "new_source"],
            "additionalProperties": false
        });
        Self { schema }
    }
}

fn parse(input: &Value) -> Result<Input, ToolError> {
    let input: Input = serde::Deserialize::deserialize(input).map_err(ToolError::bug)?;
    let wrong = |text: &str| Err(ToolError::Respond(text.to_owned()));
    match (input.edit_mode, &input.cell_id, input.cell_type) {
        (Mode::Insert, _, None) => wrong("cell_type is missing: a new cell is code or markdown."),
        (Mode::Replace | Mode::Delete, None, _) => {
            wrong("cell_id is missing: say which cell, with its id as Read shows it.")
        }
        _ => Ok(input),
    }
}

impl Tool for NotebookEdit {
    fn name(&self) -> &'static str {
        "NotebookEdit"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/notebook_edit.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, workspace: &Workspace) -> Result<Declared, ToolError> {
        let path = absolute_field(input, "notebook_path", workspace)?;
        parse(input)?;
        if path.extension().is_none_or(|extension| extension != "ipynb") {
            return Err(ToolError::Respond(format!(
                "{} is no notebook: its name does not end in .ipynb. Use Edit for other files.",
                path.display()
            )));
        }
        Ok(Declared { access: Access::WritePath(path), parallel: false })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        async move {
            let path = absolute_field(&input, "notebook_path", &cx.workspace)?;
            let input = parse(&input)?;
            let cx = cx.clone();
            on_disk(move || edit(path, input, &cx)).await
        }
        .boxed()
    }
}

fn edit(path: PathBuf, input: Input, cx: &ToolContext) -> Result<ToolOutput, String> {
    let resolved = target(&path, cx)?;
    let Some(present) = look(&*cx.files, &resolved, &path)? else { return Err(missing(&path, cx)) };
    let known = knowledge(&cx.read_state, &resolved, &present);
    known_or_refused(known, &path)?;
    let bytes = cx.files.read(&resolved).map_err(|error| file_target::cannot("read", &path, &error))?;
    let Some(file) = text_file::decode(bytes) else {
        return Err(format!("{} is no valid notebook: it is a binary file.", path.display()));
    };
    let notebook = Notebook::parse(&file.text)
        .map_err(|why| format!("{} is no valid notebook: {why}.", path.display()))?;
    let place = match &input.cell_id {
        None => None,
        Some(id) => Some(notebook.find(id).ok_or_else(|| no_cell(&notebook, id, &path))?),
    };
    let changed = change(&notebook, place, &input)
        .ok_or_else(|| format!("{} is no valid notebook: the cell is no object.", path.display()))?;
    let bytes = text_file::encode(&changed.text, file.encoding);
    file_target::write(resolved, &path, &bytes, known, cx)?;
    let recoded = text_file::recoded(&changed.text, file.encoding);
    let output = Output {
        new_source: input.new_source,
        old_source: changed.old_source,
        cell_id: changed.id.clone(),
        cell_type: changed.kind,
        language: notebook.language.clone(),
        edit_mode: changed.mode,
        notebook_path: path.clone(),
        original_file: file.text.clone(),
        updated_file: changed.text,
    };
    let id = changed.id.unwrap_or_default();
    let text = match input.edit_mode {
        Mode::Replace => format!("Replaced the source of cell {id} in {}.", path.display()),
        Mode::Insert => format!("Added {} cell {id} to {}.", article(changed.kind), path.display()),
        Mode::Delete => format!("Removed cell {id} from {}.", path.display()),
    };
    let text = text + recoded;
    Ok(ToolOutput::text(text, serde_json::to_value(output).map_err(|error| error.to_string())?))
}

fn article(kind: &str) -> String {
    format!("a {kind}")
}

struct Changed {
    text: String,
    id: Option<String>,
    kind: &'static str,
    mode: &'static str,
    old_source: Option<String>,
}

/// `None` when the cell is no object.
fn change(notebook: &Notebook<'_>, place: Option<usize>, input: &Input) -> Option<Changed> {
    // The types know two kinds; a raw cell that keeps its kind is nearest to markdown: it does not run.
    let kind_at = |place: usize| if notebook.kind(place) == "code" { "code" } else { "markdown" };
    let id_at = |place: usize| notebook.ids().into_iter().nth(place);
    match (input.edit_mode, place) {
        (Mode::Insert, place) => {
            let kind = input.cell_type?;
            let (text, id) = notebook.inserted(place.map_or(0, |place| place + 1), &input.new_source, kind);
            Some(Changed { text, id: Some(id), kind: kind.name(), mode: "insert", old_source: None })
        }
        (Mode::Replace, Some(place)) => Some(Changed {
            text: notebook.replaced(place, &input.new_source, input.cell_type)?,
            id: id_at(place),
            kind: input.cell_type.map_or_else(|| kind_at(place), Kind::name),
            mode: "replace",
            old_source: Some(notebook.source(place)),
        }),
        (Mode::Delete, Some(place)) => Some(Changed {
            text: notebook.deleted(place)?,
            id: id_at(place),
            kind: kind_at(place),
            mode: "delete",
            old_source: Some(notebook.source(place)),
        }),
        // Refused by `parse`.
        (Mode::Replace | Mode::Delete, None) => None,
    }
}

fn no_cell(notebook: &Notebook<'_>, id: &str, path: &Path) -> String {
    let ids = notebook.ids();
    let more = if ids.len() > LISTED { format!(" and {} more", ids.len() - LISTED) } else { String::new() };
    let listed: Vec<&str> = ids.iter().take(LISTED).map(String::as_str).collect();
    if listed.is_empty() {
        return format!(
            "{} has no cells. Add one with edit_mode insert and without cell_id.",
            path.display()
        );
    }
    format!("{} has no cell {id:?}. Its cells are: {}{more}.", path.display(), listed.join(", "))
}

/// Cells are named by ids that the model must have seen in the present state of the notebook (row 261).
fn known_or_refused(known: Knowledge, path: &Path) -> Result<(), String> {
    let path = path.display();
    match known {
        Knowledge::Current | Knowledge::LinesCut => Ok(()),
        Knowledge::None => Err(format!("{path} has not been read yet. Read it first, then edit it.")),
        Knowledge::Partial => {
            Err(format!("Only a part of {path} has been read. Read all of it first, then edit it."))
        }
        Knowledge::Stale => {
            Err(format!("{path} has been modified since it was read. Read it again, then edit it."))
        }
    }
}

#[cfg(test)]
#[path = "notebook_edit_tests.rs"]
mod tests;
