//! A started command in the foreground: until it ends, runs out of time, is cancelled or moves to the background.

use super::background::{self, Moved};
use super::command::Shell;
use super::output::{Printed, Ran};
use super::{Plan, command};
use crate::engine::io::process::{Ended, Exit, Pipes};
use crate::engine::io::words::why;
use crate::engine::tool::{ToolContext, ToolError, ToolOutput, progress};
use std::time::Duration;

/// Why waiting for a command was given up.
enum Stop {
    Cancelled,
    TimedOut,
    /// The embedder asked for it.
    Moved,
}

/// Runs the command of `plan`.
pub(super) async fn run(plan: Plan, shell: Shell, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
    let began = cx.clock.elapsed();
    let mut running = match shell.start(&plan, Pipes::Apart, cx) {
        Ok(running) => running,
        Err(error) => {
            command::close(shell, None, false, cx).await;
            return Err(not_started(&error));
        }
    };
    let (ended, place, stays) = match wait(&mut running, &plan, began, cx).await {
        Ok(waited) => waited,
        Err(error) => {
            command::close(shell, None, false, cx).await;
            return Err(not_started(&error));
        }
    };
    if let Some(place) = place {
        command::close(shell, None, false, cx).await;
        return background::take_over(running, plan, place, cx).await;
    }
    let exit = match ended {
        Ended::Exited(exit) => Some(exit),
        Ended::Flooded | Ended::Stopped(_) => None,
    };
    let (stdout, stderr) = running.take_outputs();
    let last = running.last_directory();
    // What does not end by itself is ended here, before the directory of this call goes.
    drop(running);
    let notice = command::close(shell, last, exit.is_some(), cx).await;
    let notice = stays.into_iter().chain(notice).reduce(|one, other| format!("{one}\n{other}"));
    if matches!(ended, Ended::Stopped(Stop::Cancelled)) {
        return Err(ToolError::Cancelled);
    }
    let printed = Printed { stdout, stderr };
    let end = end_of(exit, matches!(ended, Ended::Flooded), &plan);
    super::output::render(Ran { end, printed, commands: plan.commands, notice }, cx).await
}

/// How waiting has ended; where the command goes on, if it moves to the background; and why it has not moved though it was
/// to.
type Waited = (Ended<Stop>, Option<(Moved, background::Place)>, Option<String>);

/// Waits in the foreground. A command that is to move but for whose output no file can be made stays.
async fn wait(
    running: &mut command::Command,
    plan: &Plan,
    began: Duration,
    cx: &ToolContext,
) -> std::io::Result<Waited> {
    let mut stays = None;
    loop {
        let movable = (plan.background_allowed && stays.is_none()).then(|| cx.tasks.movable(&cx.tool_use_id));
        let left = (began + plan.timeout).saturating_sub(cx.clock.elapsed());
        let stop = async {
            let moved = async {
                match &movable {
                    Some(movable) => movable.moved.cancelled().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = cx.cancel.cancelled() => Stop::Cancelled,
                () = moved => Stop::Moved,
                () = cx.clock.sleep(left) => Stop::TimedOut,
            }
        };
        let ended = progress::told(running.wait(stop), "Bash", began, cx).await?;
        drop(movable);
        let moved = match &ended {
            Ended::Stopped(Stop::Moved) => Moved::ByHost,
            Ended::Stopped(Stop::TimedOut) if plan.moves_at_timeout => Moved::AtTimeout,
            Ended::Stopped(Stop::TimedOut | Stop::Cancelled) | Ended::Exited(_) | Ended::Flooded => {
                return Ok((ended, None, stays));
            }
        };
        match background::place(cx).await {
            Ok(place) => return Ok((ended, Some((moved, place)), None)),
            Err(error) => {
                let why = why(&error);
                stays = Some(format!(
                    "(The command could not move to the background, as no file could be made for its output: {why}.)"
                ));
            }
        }
        if moved == Moved::AtTimeout {
            return Ok((ended, None, stays));
        }
    }
}

fn end_of(exit: Option<Exit>, flooded: bool, plan: &Plan) -> super::output::End {
    match exit {
        Some(exit) => super::output::End::Exited(exit),
        None if flooded => super::output::End::Flooded,
        None => super::output::End::TimedOut(plan.timeout),
    }
}

pub(super) fn not_started(error: &std::io::Error) -> ToolError {
    ToolError::Respond(format!("The command could not be started: {error}"))
}
