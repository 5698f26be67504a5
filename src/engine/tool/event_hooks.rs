//! Hooks of what single tools do beside their result: tasks that come and end, worktrees that come and go.

use super::call_hooks::Beside;
use super::dispatch::Answer;
use super::session::worktree::{Planned, made_up_name};
use crate::engine::cancel::Cancelled;
use crate::engine::hook::input::TaskAtHand;
use crate::engine::hook::{HookEvent, Merged, Occurrence};
use crate::engine::io::{self, fs};
use crate::engine::session::run::Session;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// Before an allowed call runs. The error answers the call instead.
pub async fn before(
    tool: &str,
    input: &Value,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<(), Answer> {
    match tool {
        "EnterWorktree" => worktree_create(input, beside, session, cancel).await,
        "TaskUpdate" => task_completed(input, beside, session, cancel).await,
        _ => Ok(()),
    }
}

/// After a call has run; a hook may take back what it did.
pub async fn after(
    tool: &str,
    answer: Answer,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Answer {
    let Answer::Output { structured, is_error: false, .. } = &answer else { return answer };
    match tool {
        "TaskCreate" => match task_created(structured, beside, session, cancel).await {
            Ok(()) => answer,
            Err(instead) => instead,
        },
        "ExitWorktree" => {
            worktree_removed(structured, beside, session, cancel).await;
            answer
        }
        _ => answer,
    }
}

/// Fires, and keeps what goes beside the result.
async fn fire(
    occurrence: &Occurrence<'_>,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Merged, Answer> {
    beside.fire(session, occurrence, cancel).await.map_err(|Cancelled| Answer::Cancelled)
}

/// The reason of a hook that blocks.
fn objection(merged: &Merged) -> Option<&str> {
    merged.block.as_ref().map(|reason| reason.as_deref().unwrap_or("it gave no reason"))
}

fn none(session: &Session, event: HookEvent) -> bool {
    session.hooks.table().of(event).is_empty()
}

/// A hook that blocks deletes the task (row 213).
async fn task_created(
    structured: &Value,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<(), Answer> {
    let text = |field: &str| structured["task"][field].as_str().unwrap_or_default();
    if none(session, HookEvent::TaskCreated) {
        return Ok(());
    }
    let id = text("id");
    let task = TaskAtHand {
        task_id: id,
        task_subject: text("subject"),
        task_description: Some(text("description")),
    };
    let merged = fire(&Occurrence::TaskCreated(task), beside, session, cancel).await?;
    match objection(&merged) {
        None => Ok(()),
        Some(reason) => {
            session.services.tasks.remove(id);
            Err(Answer::Failed(format!(
                "A TaskCreated hook does not want this task, so it is deleted: {reason}"
            )))
        }
    }
}

/// A hook that blocks keeps the task open (row 213).
async fn task_completed(
    input: &Value,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<(), Answer> {
    if input["status"] != "completed" || none(session, HookEvent::TaskCompleted) {
        return Ok(());
    }
    let id = input["taskId"].as_str().unwrap_or_default();
    let Some((subject, description)) = session.services.tasks.open(id) else { return Ok(()) };
    let task = TaskAtHand { task_id: id, task_subject: &subject, task_description: Some(&description) };
    let merged = fire(&Occurrence::TaskCompleted(task), beside, session, cancel).await?;
    match objection(&merged) {
        None => Ok(()),
        Some(reason) => Err(Answer::Failed(format!(
            "A TaskCompleted hook keeps task {id} open; nothing was changed: {reason}"
        ))),
    }
}

/// Hooks may make the directory in git's place, or only watch (rows 215 and 559).
async fn worktree_create(
    input: &Value,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<(), Answer> {
    // Of a call that was cancelled before it ran.
    session.services.worktree.take_plan();
    let existing = input.get("path").is_some_and(Value::is_string);
    if existing || session.services.worktree.is_inside() || none(session, HookEvent::WorktreeCreate) {
        return Ok(());
    }
    let given = input.get("name").and_then(Value::as_str);
    let name = given.map_or_else(made_up_name, str::to_owned);
    let merged = fire(&Occurrence::WorktreeCreate { name: &name }, beside, session, cancel).await?;
    let failed =
        |why: &str| Answer::Failed(format!("A WorktreeCreate hook did not make the worktree: {why}"));
    if beside.stop {
        return Err(failed("it stopped the agent"));
    }
    if let Some(reason) = objection(&merged) {
        return Err(failed(reason));
    }
    let path = match merged.worktree_path {
        None => None,
        Some(path) => {
            let here = session.workspace.current();
            let checked = io::blocking(move || Ok(usable(&path, &here))).await;
            let checked = checked.unwrap_or_else(|error| Err(error.to_string()));
            Some(checked.map_err(|why| failed(&why))?)
        }
    };
    session.services.worktree.plan(Planned { name, path });
    Ok(())
}

/// The directory that a hook names. It must be what it says: no link and no `..` on the way there. Blocks.
fn usable(path: &str, here: &Path) -> Result<PathBuf, String> {
    if path.is_empty() || path.contains('\0') {
        return Err("it named no directory".to_owned());
    }
    if path.split('/').any(|part| matches!(part, "." | "..")) {
        return Err(format!("its directory {path} has a `.` or `..` in it"));
    }
    let path = here.join(path);
    let shown = path.display();
    match fs::canonicalize(&path) {
        Ok(real) if real != path => Err(format!("its directory {shown} is reached through a symbolic link")),
        Ok(real) if fs::metadata(&real).is_ok_and(|meta| meta.is_dir()) => Ok(real),
        Ok(_) => Err(format!("{shown} is no directory")),
        Err(error) => Err(format!("its directory {shown} cannot be used: {error}")),
    }
}

/// Tells hooks of a worktree that git has removed, or lets those remove it that made it.
async fn worktree_removed(
    structured: &Value,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) {
    if structured["action"] != "remove" {
        return;
    }
    let worktree_path = structured["worktreePath"].as_str().unwrap_or_default();
    // The worktree is left by now, whatever they say.
    let _ = fire(&Occurrence::WorktreeRemove { worktree_path }, beside, session, cancel).await;
}
