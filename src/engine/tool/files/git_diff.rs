//! `gitDiff`: what git makes of a file that was just changed, compared with the last commit.

use crate::engine::io::blocking;
use crate::engine::io::fs;
use crate::engine::tool::ToolContext;
use crate::engine::tool::git::Git;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long one call of git may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Adds `gitDiff` to the output of a tool that changed `path`, if the host asked for it and git has an answer.
pub(super) async fn add(structured: &mut Value, path: &Path, cx: &ToolContext) {
    if cx.tool_config.git_diff
        && cx.services.elsewhere.has_git()
        && let Some(diff) = diff(path, cx).await
    {
        structured["gitDiff"] = diff;
    }
}

async fn diff(path: &Path, cx: &ToolContext) -> Option<Value> {
    let path = path.to_path_buf();
    let file = blocking(move || Ok(fs::resolve(&path))).await.ok()?;
    let git = Git::at(file.parent()?, PATIENCE, cx).await?;
    let top = git.run(&["rev-parse".as_ref(), "--show-toplevel".as_ref()]).await?;
    let top = (top.code == 0).then(|| PathBuf::from(top.out.trim_end_matches('\n')))?;
    let name = file.strip_prefix(&top).ok()?.to_str()?.to_owned();
    let committed = git.run(&["cat-file".as_ref(), "-e".as_ref(), format!("HEAD:{name}").as_ref()]).await?;
    let (status, patch) = if committed.code == 0 {
        ("modified", hunks(&git, &["HEAD".as_ref(), "--".as_ref(), file.as_os_str()]).await?)
    } else {
        let new: [&OsStr; 4] = ["--no-index".as_ref(), "--".as_ref(), "/dev/null".as_ref(), file.as_os_str()];
        ("added", hunks(&git, &new).await?)
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

/// The hunks of a diff, without the lines before them.
async fn hunks(git: &Git<'_>, what: &[&OsStr]) -> Option<String> {
    let diff: [&OsStr; 5] = [
        "diff".as_ref(),
        "--no-color".as_ref(),
        "--no-ext-diff".as_ref(),
        "--no-textconv".as_ref(),
        "--no-renames".as_ref(),
    ];
    let args: Vec<&OsStr> = diff.into_iter().chain(what.iter().copied()).collect();
    let done = git.run(&args).await?;
    if !(0..=1).contains(&done.code) {
        return None;
    }
    let start = done.out.find("\n@@ ").map_or(done.out.len(), |at| at + 1);
    Some(done.out[start..].to_owned())
}

/// Lines added and taken away.
fn count(patch: &str) -> (usize, usize) {
    let lines = |sign| patch.lines().filter(|line| line.starts_with(sign)).count();
    (lines('+'), lines('-'))
}

#[cfg(test)]
#[path = "git_diff_tests.rs"]
mod tests;
