//! EnterWorktree and ExitWorktree: work on a branch of its own, in a directory of its own, and back.

use crate::engine::io::{blocking, fs};
use crate::engine::tool::git::{Done, Git};
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long git may take to fill a directory.
const PATIENCE: Duration = Duration::from_secs(120);
/// Where worktrees are made, below the top of the repository.
const PLACE: &str = ".claude/worktrees";
const LONGEST_NAME: usize = 64;

/// The worktree that a session is in.
#[derive(Debug, Default)]
pub struct Entered {
    now: Mutex<Option<Worktree>>,
    planned: Mutex<Option<Planned>>,
}

/// The worktree that the next call makes.
#[derive(Debug)]
pub struct Planned {
    /// Its name.
    pub name: String,
    /// Its directory, if a hook has made it already.
    pub path: Option<PathBuf>,
}

#[derive(Debug, Clone)]
struct Worktree {
    path: PathBuf,
    branch: Option<String>,
    /// The commit it began at, if this session made it.
    made_at: Option<String>,
    /// Where the shell was before.
    before: PathBuf,
    /// Whether its directory became a working directory with it.
    added: bool,
    /// Made by a hook, so that git knows nothing of it.
    by_hook: bool,
}

impl Entered {
    fn get(&self) -> Option<Worktree> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, now: Option<Worktree>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Whether there is one.
    pub fn is_inside(&self) -> bool {
        self.get().is_some()
    }

    /// Says how the call that is about to run makes its worktree.
    pub fn plan(&self, planned: Planned) {
        *self.planned.lock().unwrap_or_else(PoisonError::into_inner) = Some(planned);
    }

    /// What was said of it, once.
    pub fn take_plan(&self) -> Option<Planned> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Enters a worktree.
#[derive(Debug)]
pub struct EnterWorktree {
    schema: Value,
}

impl Default for EnterWorktree {
    fn default() -> Self {
        let schema = json!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "description": "A name for a new worktree: letters, digits, `.`, `_` and `-`, at most 64. Left out: one is made up." },
                "path": { "type": "string", "description": "The absolute path of a worktree of this repository that exists already. Not together with name." }
            },
            "additionalProperties": false
        });
        Self { schema }
    }
}

impl Tool for EnterWorktree {
    fn name(&self) -> &'static str {
        "EnterWorktree"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/enter_worktree.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        match (text(input, "name"), text(input, "path")) {
            (Some(_), Some(_)) => {
                return respond("Give name (for a new worktree) or path (for an existing one), not both.");
            }
            (Some(name), None) => check_name(name)?,
            (None, Some(path)) if path.contains('\0') => {
                return respond("path contains a NUL byte. Give the absolute path of a worktree.");
            }
            (None, Some(path)) if !Path::new(path).is_absolute() => {
                return respond(&format!("path must be absolute, and {path} is not."));
            }
            (None, Some(_) | None) => {}
        }
        Ok(Declared { access: Access::None, parallel: false })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        enter(input, cx).boxed()
    }
}

/// Leaves the worktree that EnterWorktree entered.
#[derive(Debug)]
pub struct ExitWorktree {
    schema: Value,
}

impl Default for ExitWorktree {
    fn default() -> Self {
        let schema = json!({
            "type": "object",
            "properties": {
                "action": { "type": "string", "enum": ["keep", "remove"], "description": "`keep` leaves directory and branch as they are; `remove` deletes both." },
                "discard_changes": { "type": "boolean", "description": "Needed to remove a worktree with work that is in no other branch." }
            },
            "required": ["action"],
            "additionalProperties": false
        });
        Self { schema }
    }
}

impl Tool for ExitWorktree {
    fn name(&self) -> &'static str {
        "ExitWorktree"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/exit_worktree.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::None, parallel: false })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        exit(input, cx).boxed()
    }
}

fn respond<T>(text: &str) -> Result<T, ToolError> {
    Err(ToolError::Respond(text.to_owned()))
}

fn text<'a>(input: &'a Value, field: &str) -> Option<&'a str> {
    input.get(field).and_then(Value::as_str)
}

/// A name must do as a directory and as a part of a branch.
fn check_name(name: &str) -> Result<(), ToolError> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let edge = name.starts_with(['.', '-']) || name.ends_with('.') || name.ends_with(".lock");
    if name.is_empty() || name.len() > LONGEST_NAME || !plain || edge || name.contains("..") {
        return respond(
            "name must have 1 to 64 letters, digits, `.`, `_` or `-`, begin with a letter, a digit or `_`, and have no \
             `..` and no `.` or `.lock` at its end.",
        );
    }
    Ok(())
}

/// Runs git; a failure is told to the model in git's words.
async fn git(git: &Git<'_>, args: &[&OsStr], cx: &ToolContext) -> Result<String, ToolError> {
    match git.run(args).await {
        Some(Done { code: 0, out, .. }) => Ok(out),
        _ if cx.cancel.is_cancelled() => Err(ToolError::Cancelled),
        Some(Done { error, .. }) => respond(&format!("git refused: {error}")),
        None => respond("git did not answer, or not in time."),
    }
}

async fn git_in<'a>(dir: &Path, cx: &'a ToolContext) -> Result<Git<'a>, ToolError> {
    let found = Git::at(dir, PATIENCE, cx).await;
    found.ok_or_else(|| ToolError::Respond("Worktrees need git, and there is none in PATH.".to_owned()))
}

/// The top of the main worktree of the repository that `dir` is in, and paths and branches of all its worktrees.
async fn worktrees(dir: &Git<'_>) -> Option<(PathBuf, Vec<(PathBuf, Option<String>)>)> {
    let list: [&OsStr; 4] = ["worktree".as_ref(), "list".as_ref(), "--porcelain".as_ref(), "-z".as_ref()];
    let done = dir.run(&list).await.filter(|done| done.code == 0)?;
    let mut found: Vec<(PathBuf, Option<String>)> = Vec::new();
    for line in done.out.split('\0') {
        if let Some(path) = line.strip_prefix("worktree ") {
            found.push((PathBuf::from(path), None));
        } else if let (Some(branch), Some(last)) = (line.strip_prefix("branch refs/heads/"), found.last_mut())
        {
            last.1 = Some(branch.to_owned());
        }
    }
    Some((found.first()?.0.clone(), found))
}

async fn enter(input: Value, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
    let planned = cx.services.worktree.take_plan();
    if let Some(Worktree { path, .. }) = cx.services.worktree.get() {
        return respond(&format!(
            "The session is in the worktree {} already. Leave it with ExitWorktree first.",
            path.display()
        ));
    }
    let before = cx.workspace.current();
    let mut entered = match planned {
        Some(Planned { path: Some(path), .. }) => {
            Worktree { path, branch: None, made_at: None, before, added: false, by_hook: true }
        }
        Some(Planned { name, path: None }) => by_git(&input, Some(&name), before, cx).await?,
        None => by_git(&input, text(&input, "name"), before, cx).await?,
    };
    entered.added = !cx.workspace.contains(&entered.path);
    if entered.added {
        cx.workspace.add([entered.path.clone()]);
    }
    cx.workspace.set_worktree(Some(entered.path.clone()));
    cx.workspace.set_current(entered.path.clone());
    let shown = entered.path.display();
    let on = entered.branch.as_ref().map(|branch| format!(" on branch {branch}")).unwrap_or_default();
    let message = format!("You are in the worktree {shown}{on} now. Leave it with ExitWorktree.");
    let mut structured = json!({ "worktreePath": entered.path.to_string_lossy(), "message": message });
    if let Some(branch) = &entered.branch {
        structured["worktreeBranch"] = branch.as_str().into();
    }
    cx.services.worktree.set(Some(entered));
    Ok(ToolOutput::text(message, structured))
}

async fn by_git(
    input: &Value,
    name: Option<&str>,
    before: PathBuf,
    cx: &ToolContext,
) -> Result<Worktree, ToolError> {
    let here = git_in(&before, cx).await?;
    let Some((top, known)) = worktrees(&here).await else {
        return respond(&format!("{} is in no git repository, so it has no worktrees.", before.display()));
    };
    match text(input, "path") {
        Some(path) => existing(PathBuf::from(path), known, before).await,
        None => made(name, &top, before, &here, cx).await,
    }
}

/// A name for a worktree that nobody has named.
pub fn made_up_name() -> String {
    format!("{:08x}", fastrand::u32(..))
}

async fn existing(
    path: PathBuf,
    known: Vec<(PathBuf, Option<String>)>,
    before: PathBuf,
) -> Result<Worktree, ToolError> {
    let given = path.display().to_string();
    let resolved = blocking(move || Ok(fs::resolve(&path))).await;
    let resolved = resolved.map_err(ToolError::bug)?;
    // The first one is the repository's own directory.
    match known.iter().skip(1).find(|(path, _)| *path == resolved) {
        Some((path, branch)) => {
            let (path, branch) = (path.clone(), branch.clone());
            Ok(Worktree { path, branch, made_at: None, before, added: false, by_hook: false })
        }
        None => {
            let names: Vec<_> = known.iter().skip(1).map(|(path, _)| path.display().to_string()).collect();
            let offer = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            respond(&format!("{given} is no worktree of this repository. It has: {offer}."))
        }
    }
}

async fn made(
    name: Option<&str>,
    top: &Path,
    before: PathBuf,
    here: &Git<'_>,
    cx: &ToolContext,
) -> Result<Worktree, ToolError> {
    let name = name.map_or_else(made_up_name, str::to_owned);
    let head = git(here, &["rev-parse".as_ref(), "--verify".as_ref(), "HEAD^{commit}".as_ref()], cx).await;
    let head = head.map_err(|error| match error {
        ToolError::Respond(_) => ToolError::Respond("The repository has no commit to begin at.".to_owned()),
        ToolError::Cancelled | ToolError::Fatal(_) => error,
    })?;
    let head = head.trim().to_owned();
    let place = top.join(PLACE);
    let path = fs::resolve(&place).join(&name);
    let ready = blocking(move || {
        fs::create_dir_all(&place)?;
        let ignore = place.join(".gitignore");
        // Else `git add` in the repository would take the worktrees for a part of it.
        if fs::metadata(&ignore).is_err() { fs::write_atomic(&ignore, b"*\n") } else { Ok(()) }
    });
    if let Err(error) = ready.await {
        return respond(&format!("{PLACE} cannot be made in {}: {error}.", top.display()));
    }
    let branch = format!("worktree-{name}");
    let add: [&OsStr; 7] = [
        "worktree".as_ref(),
        "add".as_ref(),
        "--quiet".as_ref(),
        "-b".as_ref(),
        branch.as_ref(),
        path.as_os_str(),
        head.as_ref(),
    ];
    git(here, &add, cx).await?;
    Ok(Worktree { path, branch: Some(branch), made_at: Some(head), before, added: false, by_hook: false })
}

/// What would be lost with the worktree: files that differ from the last commit, and commits.
async fn unsaved(worktree: &Worktree, base: &str, cx: &ToolContext) -> Result<(usize, usize), ToolError> {
    let inside = git_in(&worktree.path, cx).await?;
    let status: [&OsStr; 5] = [
        "status".as_ref(),
        "--porcelain".as_ref(),
        "-z".as_ref(),
        "--no-renames".as_ref(),
        "--untracked-files=all".as_ref(),
    ];
    let files = git(&inside, &status, cx).await?.split('\0').filter(|line| !line.is_empty()).count();
    let range = format!("{base}..HEAD");
    let commits = git(&inside, &["rev-list".as_ref(), "--count".as_ref(), range.as_ref()], cx).await?;
    Ok((files, commits.trim().parse().unwrap_or(0)))
}

async fn exit(input: Value, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
    let Some(worktree) = cx.services.worktree.get() else {
        return respond("The session is in no worktree that EnterWorktree entered.");
    };
    let remove = text(&input, "action") == Some("remove");
    let discard = input.get("discard_changes") == Some(&Value::Bool(true));
    let shown = worktree.path.display().to_string();
    let before = worktree.before.display().to_string();
    let mut structured = json!({
        "action": if remove { "remove" } else { "keep" },
        "originalCwd": before,
        "worktreePath": shown
    });
    if let Some(branch) = &worktree.branch {
        structured["worktreeBranch"] = branch.as_str().into();
    }
    let mut message = format!("You are back in {before}. The worktree {shown} is kept.");
    if remove {
        let (files, commits) = removed(&worktree, discard, cx).await?;
        let end = if worktree.by_hook { "left to the hooks that made it" } else { "removed" };
        message = format!("You are back in {before}. The worktree {shown} is {end}.");
        if files + commits > 0 {
            message.push_str(&format!(" Lost with it: {}.", counted(files, commits)));
            (structured["discardedFiles"], structured["discardedCommits"]) = (files.into(), commits.into());
        }
    }
    cx.services.worktree.set(None);
    cx.workspace.set_worktree(None);
    cx.workspace.set_current(worktree.before.clone());
    if worktree.added {
        cx.workspace.remove(std::slice::from_ref(&worktree.path));
    }
    structured["message"] = message.as_str().into();
    Ok(ToolOutput::text(message, structured))
}

/// Removes directory and branch; how many files and commits went with them.
async fn removed(worktree: &Worktree, discard: bool, cx: &ToolContext) -> Result<(usize, usize), ToolError> {
    if worktree.by_hook && !discard {
        return respond(
            "A hook made this worktree, so nobody can tell what would be lost with it. Ask the user whether it can go, then \
             set discard_changes to true; or use action `keep`.",
        );
    }
    if worktree.by_hook {
        return Ok((0, 0));
    }
    let Some(base) = &worktree.made_at else {
        return respond(
            "This worktree was there before the session entered it, so it is not removed. Call ExitWorktree with \
             action `keep`.",
        );
    };
    let (files, commits) = unsaved(worktree, base, cx).await?;
    if files + commits > 0 && !discard {
        return respond(&format!(
            "The worktree has {}. Ask the user whether they can go, then set discard_changes to true; or use action `keep`.",
            counted(files, commits)
        ));
    }
    let back = git_in(&worktree.before, cx).await?;
    let path = worktree.path.as_os_str();
    git(&back, &["worktree".as_ref(), "remove".as_ref(), "--force".as_ref(), path], cx).await?;
    if let Some(branch) = &worktree.branch {
        git(&back, &["branch".as_ref(), "-D".as_ref(), "--quiet".as_ref(), branch.as_ref()], cx).await?;
    }
    Ok((files, commits))
}

fn counted(files: usize, commits: usize) -> String {
    let some = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    format!("{} and {}", some(files, "uncommitted file"), some(commits, "new commit"))
}

#[cfg(test)]
#[path = "worktree_tests.rs"]
mod tests;
