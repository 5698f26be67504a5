//! The Grep tool: file contents by regular expression, on ripgrep's own crates.

#[path = "grep_format.rs"]
mod format;
#[path = "grep_search.rs"]
mod search;

use crate::engine::cancel::OrCancel;
use crate::engine::io::{blocking, files};
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput, search::walk};
use crate::engine::workspace::Workspace;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::path::PathBuf;

/// How many lines or entries are returned when the input does not say.
const DEFAULT_HEAD_LIMIT: usize = 250;

/// Searches file contents.
#[derive(Debug)]
pub struct Grep {
    schema: Value,
}

/// What the model gets back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Content,
    #[default]
    FilesWithMatches,
    Count,
}

#[derive(serde::Deserialize)]
struct GrepInput {
    pattern: String,
    path: Option<String>,
    glob: Option<String>,
    #[serde(default)]
    output_mode: Mode,
    #[serde(rename = "-B")]
    before: Option<f64>,
    #[serde(rename = "-A")]
    after: Option<f64>,
    #[serde(rename = "-C")]
    around: Option<f64>,
    context: Option<f64>,
    #[serde(rename = "-n")]
    line_numbers: Option<bool>,
    #[serde(rename = "-i", default)]
    ignore_case: bool,
    #[serde(rename = "-o", default)]
    only_matching: bool,
    #[serde(rename = "type")]
    file_type: Option<String>,
    head_limit: Option<f64>,
    offset: Option<f64>,
    #[serde(default)]
    multiline: bool,
}

/// The input, made plain.
#[derive(Debug)]
struct Request {
    pattern: String,
    path: PathBuf,
    globs: Vec<String>,
    file_type: Option<String>,
    mode: Mode,
    before: usize,
    after: usize,
    line_numbers: bool,
    ignore_case: bool,
    only_matching: bool,
    multiline: bool,
    /// `None`: everything.
    limit: Option<usize>,
    offset: usize,
}

impl Request {
    /// How many lines or entries from the start can be needed.
    fn window(&self) -> usize {
        self.limit.map_or(usize::MAX, |limit| self.offset.saturating_add(limit))
    }
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct GrepOutput {
    mode: Mode,
    num_files: usize,
    filenames: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_lines: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_matches: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_limit: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_offset: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_files: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_lines: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    timed_out: bool,
}

impl Default for Grep {
    fn default() -> Self {
        Self::new()
    }
}

impl Grep {
    /// The tool.
    pub fn new() -> Self {
        let lines = |text: &str| json!({ "type": "integer", "minimum": 0, "description": text });
        let yes_no = |text: &str| json!({ "type": "boolean", "description": text });
        let string = |text: &str| json!({ "type": "string", "description": text });
        Self {
            schema: json!({
                "type": "object",
                "properties": {
                    "pattern": string("Regular expression (Rust syntax) to look for. Escape literal braces and parentheses."),
                    "path": string("File or directory to search. Leave it out to search the current working directory."),
                    "glob": string("Only files whose path matches, e.g. `*.ts` or `*.{c,h}`. Several are separated by commas or spaces; `!` in front excludes."),
                    "type": string("Only files of this type, e.g. `rust`, `js`, `py`."),
                    "output_mode": {
                        "type": "string",
                        "enum": ["content", "files_with_matches", "count"],
                        "description": "`files_with_matches` (default): file names, newest first. `content`: matching lines. `count`: matching lines per file."
                    },
                    "-B": lines("Lines to show before each match (content mode)."),
                    "-A": lines("Lines to show after each match (content mode)."),
                    "-C": lines("Lines to show before and after each match (content mode)."),
                    "context": lines("Same as -C."),
                    "-n": yes_no("Show line numbers (content mode). Default true."),
                    "-i": yes_no("Ignore case."),
                    "-o": yes_no("Show only the matching part of a line (content mode)."),
                    "multiline": yes_no("Let matches span lines; `.` then matches line breaks too. Default false."),
                    "head_limit": lines("Return at most this many lines (content) or entries (other modes). Default 250; 0 for no limit."),
                    "offset": lines("Skip this many lines or entries first. Default 0.")
                },
                "required": ["pattern"],
                "additionalProperties": false
            }),
        }
    }
}

impl Tool for Grep {
    fn name(&self) -> &str {
        "Grep"
    }

    fn description(&self) -> &str {
        include_str!("../text/grep.md").trim_ascii_end()
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, workspace: &Workspace) -> Result<Declared, ToolError> {
        let request = parse(input, workspace)?;
        Ok(Declared { access: Access::ReadPath(request.path), parallel: true })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(async move {
            let request = parse(&input, &cx.workspace)?;
            // Dropping this future stops the search as well.
            let stop = cx.cancel.child_token();
            let _stop_on_drop = stop.clone().drop_guard();
            let files = files::until(&cx.files, &stop);
            let limit = walk::Limit::new(cx.clock.clone(), stop).hiding(&cx.unreadable).within(&files);
            let work = blocking(move || {
                let found = search::search(&request, &*files, &limit);
                Ok(found.map(|found| format::render(&request, found, &limit)))
            });
            match work.or_cancel(&cx.cancel).await {
                Err(_) => Err(ToolError::Cancelled),
                Ok(result) => result.map_err(ToolError::bug)?,
            }
        })
    }
}

fn parse(input: &Value, workspace: &Workspace) -> Result<Request, ToolError> {
    let input: GrepInput = serde::Deserialize::deserialize(input)
        .map_err(|error| ToolError::Respond(format!("The input of Grep does not fit: {error}")))?;
    walk::refuse_nul("pattern", Some(&input.pattern))?;
    walk::refuse_nul("path", input.path.as_deref())?;
    walk::refuse_nul("glob", input.glob.as_deref())?;
    if input.pattern.is_empty() {
        return Err(ToolError::Respond("`pattern` is empty. Give a regular expression to look for.".into()));
    }
    // Only content mode has lines to put a context around.
    let content = input.output_mode == Mode::Content;
    let around = input.around.or(input.context);
    let context = |side: Option<f64>| if content { whole(side.or(around)).unwrap_or(0) } else { 0 };
    let limit = whole(input.head_limit).unwrap_or(DEFAULT_HEAD_LIMIT);
    Ok(Request {
        path: walk::absolute(input.path.as_deref(), &workspace.current()),
        globs: input.glob.as_deref().map(split_globs).unwrap_or_default(),
        file_type: input.file_type.filter(|name| !name.is_empty()),
        mode: input.output_mode,
        before: context(input.before),
        after: context(input.after),
        line_numbers: input.line_numbers.unwrap_or(true),
        ignore_case: input.ignore_case,
        only_matching: input.only_matching && content,
        multiline: input.multiline,
        limit: (limit > 0).then_some(limit),
        offset: whole(input.offset).unwrap_or(0),
        pattern: input.pattern,
    })
}

/// A whole number that may have arrived as `5.0`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of f64 saturates")]
fn whole(number: Option<f64>) -> Option<usize> {
    number.map(|n| n as usize)
}

/// Splits a list of globs at commas and spaces, but not inside braces.
fn split_globs(list: &str) -> Vec<String> {
    let mut globs = vec![String::new()];
    let mut depth = 0_usize;
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (c == ',' || c.is_whitespace()) {
            globs.push(String::new());
        } else if let Some(glob) = globs.last_mut() {
            glob.push(c);
        }
    }
    globs.retain(|glob| !glob.is_empty());
    globs
}

#[cfg(test)]
#[path = "grep_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "grep_rg_tests.rs"]
mod rg_tests;
