//! The Glob tool: file names by pattern, newest first.

use crate::engine::cancel::OrCancel;
use crate::engine::env::Env;
use crate::engine::io::blocking;
use crate::engine::io::files::{self, Files};
use crate::engine::tool::{
    Access, Declared, Tool, ToolContent, ToolContext, ToolError, ToolOutput, search::walk,
    search::walk_files::Tree,
};
use crate::engine::workspace::Workspace;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many names one call returns.
const MAX_NAMES: usize = 100;

/// Finds files by name pattern.
#[derive(Debug)]
pub struct Glob {
    schema: Value,
}

#[derive(serde::Deserialize)]
struct GlobInput {
    pattern: String,
    path: Option<String>,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct GlobOutput {
    duration_ms: u64,
    num_files: usize,
    filenames: Vec<String>,
    truncated: bool,
    #[serde(skip)]
    missed: String,
    total_matches: u64,
    count_is_complete: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    timed_out: bool,
}

impl Default for Glob {
    fn default() -> Self {
        Self::new()
    }
}

impl Glob {
    /// The tool.
    pub fn new() -> Self {
        Self {
            schema: json!({
                "type": "object",
                "properties": {
                    "pattern": {
                        "type": "string",
                        "description": "Glob pattern, e.g. `**/*.rs` or `src/**/*.{ts,tsx}`. `*` stays within one directory, `**` crosses them."
                    },
                    "path": {
                        "type": "string",
                        "description": "Directory to search. Leave it out to search the current working directory."
                    }
                },
                "required": ["pattern"],
                "additionalProperties": false
            }),
        }
    }
}

impl Tool for Glob {
    fn name(&self) -> &str {
        "Glob"
    }

    fn description(&self) -> &str {
        include_str!("../text/glob.md").trim_ascii_end()
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, workspace: &Workspace) -> Result<Declared, ToolError> {
        let input = parse(input)?;
        let target = Target::of(&input, &workspace.current());
        Ok(Declared { access: Access::ReadPath(target.root), parallel: true })
    }

    fn shown<'a>(&'a self, output: &'a Value, _: &'a Env, _: &'a str) -> BoxFuture<'a, Option<ToolContent>> {
        let names = output["filenames"].as_array().map(|names| names.iter().filter_map(Value::as_str));
        let text = names.map(|names| listed(&names.collect::<Vec<_>>()));
        Box::pin(std::future::ready(text.map(ToolContent::Text)))
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(async move {
            let input = parse(&input)?;
            let target = Target::of(&input, &cx.workspace.current());
            let options = Options {
                hidden: !walk::switched_off(&cx.env, "CLAUDE_CODE_GLOB_HIDDEN"),
                respect_ignore: walk::switched_off(&cx.env, "CLAUDE_CODE_GLOB_NO_IGNORE"),
            };
            // Dropping this future stops the walk as well.
            let stop = cx.cancel.child_token();
            let _stop_on_drop = stop.clone().drop_guard();
            let files = files::until(&cx.files, &stop);
            let limit = walk::Limit::new(cx.clock.clone(), stop).hiding(&cx.unreadable).within(&files);
            let search = blocking(move || Ok(search(&target, &options, &*files, &limit)));
            match search.or_cancel(&cx.cancel).await {
                Err(_) => Err(ToolError::Cancelled),
                Ok(result) => result.map_err(ToolError::bug)?.map(render),
            }
        })
    }
}

fn parse(input: &Value) -> Result<GlobInput, ToolError> {
    let input: GlobInput = serde::Deserialize::deserialize(input)
        .map_err(|error| ToolError::Respond(format!("The input of Glob does not fit: {error}")))?;
    walk::refuse_nul("pattern", Some(&input.pattern))?;
    walk::refuse_nul("path", input.path.as_deref())?;
    if input.pattern.trim().is_empty() {
        return Err(ToolError::Respond("`pattern` is empty. Give a glob pattern such as `**/*.ts`.".into()));
    }
    Ok(input)
}

/// Where to search and for what: the literal directories at the front of the pattern belong to the place.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    /// The directory given as `path`, or the current one.
    base: PathBuf,
    root: PathBuf,
    pattern: String,
}

impl Target {
    fn of(input: &GlobInput, current: &Path) -> Self {
        let base = walk::absolute(input.path.as_deref(), current);
        let mut rest = input.pattern.as_str();
        let mut root = base.clone();
        if rest.starts_with('/') {
            root = PathBuf::from("/");
            rest = rest.trim_start_matches('/');
        }
        while let Some((dir, after)) = rest.split_once('/') {
            if dir.contains(['*', '?', '[', ']', '{', '}', '\\']) {
                break;
            }
            if !dir.is_empty() && dir != "." {
                root.push(dir);
            }
            rest = after;
        }
        Self { base, root, pattern: rest.to_owned() }
    }

    /// How deep a match can lie below the root, when the pattern says so.
    fn depth(&self) -> Option<usize> {
        let open = self.pattern.contains("**") || self.pattern.contains(['{', '[', '\\']);
        (!open).then(|| self.pattern.split('/').count())
    }
}

struct Options {
    hidden: bool,
    respect_ignore: bool,
}

fn search(
    target: &Target,
    options: &Options,
    files: &dyn Files,
    limit: &walk::Limit,
) -> Result<GlobOutput, ToolError> {
    let refused = |text: String| Err(ToolError::Respond(text));
    match files.stat(&target.base) {
        Err(error) => return refused(walk::no_place(&target.base, &error)),
        Ok(stat) if !stat.is_dir() => {
            return refused(format!("Path is not a directory: {}", target.base.display()));
        }
        Ok(_) => {}
    }
    let matcher = globset::GlobBuilder::new(&target.pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|error| ToolError::Respond(format!("Invalid glob pattern: {error}")))?
        .compile_matcher();
    let found = Mutex::new(walk::Newest::new(MAX_NAMES));
    let visit = |path: &Path| {
        let Ok(relative) = path.strip_prefix(&target.root) else { return };
        if relative.as_os_str().is_empty() || !matcher.is_match(relative) {
            return;
        }
        // Through links: a link to a file is a file to whoever asks for names.
        match files.stat(path) {
            Ok(stat) if stat.is_file() => {
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.push(stat.modified, path.to_path_buf());
            }
            Ok(_) => {}
            Err(error) => limit.miss(path, &error),
        }
    };
    // A root that is not there holds no matches: only the literal front of the pattern can have named it.
    if files.stat(&target.root).is_ok_and(|stat| stat.is_dir()) {
        walk_all(target, options, files, limit, &visit);
    }
    limit.check_cancelled()?;
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let total_matches = found.total();
    let filenames: Vec<String> =
        found.into_paths().into_iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let timed_out = limit.timed_out();
    Ok(GlobOutput {
        duration_ms: u64::try_from(limit.elapsed().as_millis()).unwrap_or(u64::MAX),
        num_files: filenames.len(),
        truncated: timed_out || total_matches > filenames.len() as u64,
        filenames,
        total_matches,
        count_is_complete: !timed_out,
        timed_out,
        missed: limit.missed_note(),
    })
}

/// Gives every entry below the root that is no directory to `visit`.
fn walk_all(
    target: &Target,
    options: &Options,
    files: &dyn Files,
    limit: &walk::Limit,
    visit: &(impl Fn(&Path) + Sync),
) {
    if files.is_host() {
        let mut builder = walk::builder(&target.root);
        builder.standard_filters(options.respect_ignore).git_global(false).hidden(!options.hidden);
        builder.max_depth(target.depth()).filter_entry(|entry| !walk::is_git_dir(entry));
        return walk::run(&builder, limit, &|entry| {
            if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
                visit(entry.path());
            }
        });
    }
    let tree = Tree {
        files,
        root: &target.root,
        hidden: options.hidden,
        ignoring: options.respect_ignore,
        depth: target.depth(),
        types: None,
        enter: &|_, _| true,
        limit,
    };
    tree.run(&|path, _| visit(path));
}

fn listed(names: &[impl std::borrow::Borrow<str>]) -> String {
    if names.is_empty() { "No files found".to_owned() } else { names.join("\n") }
}

fn render(output: GlobOutput) -> ToolOutput {
    let mut text = listed(&output.filenames);
    if !output.filenames.is_empty() && output.total_matches > output.num_files as u64 {
        let (shown, total) = (output.num_files, output.total_matches);
        text.push_str(&format!(
            "\n(The {shown} newest of {total} matches. Use a narrower pattern or path to see others.)"
        ));
    }
    if output.timed_out {
        text.push_str("\n(The search ran out of time: matches may be missing. Search a smaller directory.)");
    }
    text.push_str(&output.missed);
    let structured = serde_json::to_value(&output).unwrap_or_default();
    ToolOutput::text(text, structured)
}

#[cfg(test)]
#[path = "glob_tests.rs"]
mod tests;
