//! `gitDiff`: what git makes of a file that was just changed, compared with the last commit.

use super::ToolContext;
use crate::engine::io::blocking;
use crate::engine::io::fs;
use crate::engine::io::process::{self, CommandSpec, Exit};
use serde_json::{Value, json};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long one call of git may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a patch that is passed on.
const LARGEST: usize = 1024 * 1024;

/// Adds `gitDiff` to the output of a tool that changed `path`, if the host asked for it and git has an answer.
pub(super) async fn add(structured: &mut Value, path: &Path, cx: &ToolContext) {
    if cx.tool_config.git_diff
        && let Some(diff) = diff(path, cx).await
    {
        structured["gitDiff"] = diff;
    }
}

async fn diff(path: &Path, cx: &ToolContext) -> Option<Value> {
    let (path, search) = (path.to_path_buf(), cx.env.get("PATH").unwrap_or_default().to_owned());
    let (file, git) = blocking(move || Ok((fs::resolve(&path), find("git", &search)))).await.ok()?;
    let git = Git { program: git?, dir: file.parent()?.to_path_buf(), cx };
    let (code, top) = git.run(&["rev-parse".as_ref(), "--show-toplevel".as_ref()]).await?;
    let top = (code == 0).then(|| PathBuf::from(top.trim_end_matches('\n')))?;
    let name = file.strip_prefix(&top).ok()?.to_str()?.to_owned();
    let committed = git.run(&["cat-file".as_ref(), "-e".as_ref(), format!("HEAD:{name}").as_ref()]).await?;
    let (status, patch) = if committed.0 == 0 {
        ("modified", git.patch(&["HEAD".as_ref(), "--".as_ref(), file.as_os_str()]).await?)
    } else {
        (
            "added",
            git.patch(&["--no-index".as_ref(), "--".as_ref(), "/dev/null".as_ref(), file.as_os_str()])
                .await?,
        )
    };
    let (additions, deletions) = count(&patch);
    Some(json!({
        "filename": name,
        "status": status,
        "additions": additions,
        "deletions": deletions,
        "changes": additions + deletions,
        "patch": patch
    }))
}

struct Git<'a> {
    program: PathBuf,
    dir: PathBuf,
    cx: &'a ToolContext,
}

impl Git<'_> {
    /// Exit code and output; `None` when git could not be run to its end.
    async fn run(&self, args: &[&OsStr]) -> Option<(i32, String)> {
        // Nothing that the repository's configuration names is run: no monitor, no external diff, no pager.
        let fixed =
            ["--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"];
        let args: Vec<OsString> =
            fixed.iter().map(OsString::from).chain(args.iter().map(|arg| (*arg).to_owned())).collect();
        let spec = CommandSpec {
            program: self.program.clone(),
            args,
            cwd: self.dir.clone(),
            env: self.cx.env.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            timeout: PATIENCE,
            max_output: LARGEST,
            input: None,
            detached: false,
        };
        let done = process::run(spec, &self.cx.processes, &self.cx.clock, &self.cx.cancel).await.ok()?;
        match done.exit? {
            Exit::Code(code) if done.stdout.tail.is_empty() => Some((code, done.stdout.text())),
            Exit::Code(_) | Exit::Signal(_) => None,
        }
    }

    /// The hunks of a diff, without the lines before them.
    async fn patch(&self, what: &[&OsStr]) -> Option<String> {
        let diff: [&OsStr; 5] = [
            "diff".as_ref(),
            "--no-color".as_ref(),
            "--no-ext-diff".as_ref(),
            "--no-textconv".as_ref(),
            "--no-renames".as_ref(),
        ];
        let args: Vec<&OsStr> = diff.into_iter().chain(what.iter().copied()).collect();
        let (code, text) = self.run(&args).await?;
        if !(0..=1).contains(&code) {
            return None;
        }
        let start = text.find("\n@@ ").map_or(text.len(), |at| at + 1);
        Some(text[start..].to_owned())
    }
}

/// Lines added and taken away.
fn count(patch: &str) -> (usize, usize) {
    let lines = |sign| patch.lines().filter(|line| line.starts_with(sign)).count();
    (lines('+'), lines('-'))
}

/// The program `name` in a list of directories as `PATH` has it.
fn find(name: &str, search: &str) -> Option<PathBuf> {
    std::env::split_paths(search)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(name))
        .find(|path| fs::metadata(path).is_ok_and(|meta| meta.is_file()))
}

#[cfg(test)]
#[path = "git_diff_tests.rs"]
mod tests;
