//! Commands in the background: started there, or moved there while they run.

use super::command::{self, Command, Shell};
use super::output::{self, BashOutput, Printed};
use super::run::not_started;
use super::shell::temp_base;
use super::{Plan, words};
use crate::engine::clock::Clock;
use crate::engine::io::process::{Ended, Pipes, log::Log};
use crate::engine::io::words::why;
use crate::engine::task::{Handle, NewTask, Outcome, Status, Stopper, files};
use crate::engine::tool::{ToolContext, ToolError, ToolOutput};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// How often a running task is heard of.
const PROGRESS: Duration = Duration::from_secs(30);

/// Why a command that ran in the foreground runs in the background now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// The embedder asked for it.
    ByHost,
    /// Its time in the foreground was over.
    AtTimeout,
}

/// Starts the command of `plan` in the background.
pub(super) async fn start(plan: Plan, shell: Shell, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
    let (id, log) = place(cx).await.map_err(|error| {
        let why = why(&error);
        ToolError::Respond(format!(
            "The command was not started, as no file could be made for its output: {why}. It can run in the foreground."
        ))
    })?;
    let mut running = match shell.start(&plan, Pipes::Joined, cx) {
        Ok(running) => running,
        Err(error) => {
            command::close(shell, None, false, cx).await;
            return Err(not_started(&error));
        }
    };
    running.move_to(&log).await;
    let mut output = BashOutput::default();
    output.background_task_id = Some(id.clone());
    let mut text = format!(
        "The command runs in the background as task {id}. Its output goes to {}.",
        log.path().display()
    );
    text.push_str(WHAT_NEXT);
    hint(&plan, &mut output, &mut text, cx);
    attend(running, &plan, Some(shell), id, log, cx);
    Ok(ToolOutput::text(text, output::to_value(&output)))
}

/// Goes on with a command that has run in the foreground so far.
pub(super) async fn take_over(
    mut running: Command,
    plan: Plan,
    (why, (id, log)): (Moved, Place),
    cx: &ToolContext,
) -> Result<ToolOutput, ToolError> {
    running.move_to(&log).await;
    let (stdout, stderr) = running.take_outputs();
    let printed = Printed { stdout, stderr };
    let (mut output, said) = printed.cut(None);
    output.background_task_id = Some(id.clone());
    let reason = match why {
        Moved::ByHost => {
            output.backgrounded_by_user = true;
            "The user moved the command to the background".to_owned()
        }
        Moved::AtTimeout => {
            output.timed_out_after_ms = Some(output::millis(plan.timeout));
            let seconds = plan.timeout.as_secs_f64();
            format!("The command ran longer than {seconds} s and was moved to the background")
        }
    };
    let mut text = format!(
        "{reason} as task {id}, where it goes on. All of its output is in {}.{WHAT_NEXT}",
        log.path().display()
    );
    hint(&plan, &mut output, &mut text, cx);
    if !said.is_empty() {
        text.push_str(&format!("\nIt has printed so far:\n{said}"));
    }
    attend(running, &plan, None, id, log, cx);
    Ok(ToolOutput::text(text, output::to_value(&output)))
}

const WHAT_NEXT: &str = " You will be told when it ends; there is no need to ask again and again. TaskOutput reads \
                         what it has printed, TaskStop ends it.";

/// Says that a `cd` of such a command has no effect on later ones (row 234).
fn hint(plan: &Plan, output: &mut BashOutput, text: &mut String, cx: &ToolContext) {
    if words::changes_directory(&plan.commands) {
        let hint = format!(
            "A `cd` in a background command does not carry over: the working directory is still {}.",
            cx.workspace.current().display()
        );
        text.push_str(&format!("\n{hint}"));
        output.background_cwd_hint = Some(hint);
    }
}

/// What a task in the background has: an id and a file for its output.
pub(super) type Place = (String, Arc<Log>);

/// Creates the output file of a new task: `<session's temporary directory>/tasks/<id>.output`.
pub(super) async fn place(cx: &ToolContext) -> std::io::Result<Place> {
    files::open_log(temp_base(&cx.env), Arc::clone(&cx.session_id)).await
}

/// Registers the task and stays with it until it ends.
fn attend(running: Command, plan: &Plan, shell: Option<Shell>, id: String, log: Arc<Log>, cx: &ToolContext) {
    let handle = cx.tasks.begin(NewTask {
        id,
        kind: "local_bash",
        description: plan.description.clone().unwrap_or_else(|| title(&plan.command)),
        command: Some(plan.command.clone()),
        tool_use_id: cx.tool_use_id.clone(),
        log,
    });
    let (commands, limit, clock) = (plan.commands.clone(), plan.background_limit, cx.clock.clone());
    tokio::spawn(async move {
        let outcome = wait(running, &handle, limit, &commands, &clock).await;
        // Not before the command has ended: it writes to the directory of its call.
        drop(shell);
        handle.finish(outcome);
    });
}

/// A command line as a title: one line of it, not too long.
fn title(command: &str) -> String {
    let line = command.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(100) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line,
    }
}

enum Stop {
    Asked,
    TimedOut,
}

async fn wait(
    mut running: Command,
    handle: &Handle,
    limit: Duration,
    commands: &[Vec<String>],
    clock: &Clock,
) -> Outcome {
    let task = handle.task();
    let stop = async {
        tokio::select! {
            biased;
            () = task.stop.cancelled() => Stop::Asked,
            () = clock.sleep(limit) => Stop::TimedOut,
        }
    };
    let ended = {
        let mut waiting = pin!(running.wait(stop));
        loop {
            tokio::select! {
                biased;
                ended = &mut waiting => break ended,
                () = clock.sleep(PROGRESS) => handle.tell_progress(),
            }
        }
    };
    drop(running);
    task.new.log.close();
    let failed = |how: String| Outcome { status: Status::Failed, exit_code: None, how };
    let outcome = match ended {
        Ok(Ended::Exited(exit)) => {
            let code = exit.code();
            match words::benign(commands, code) {
                Some(meaning) => Outcome {
                    status: Status::Completed,
                    exit_code: Some(code),
                    how: format!("completed (exit code {code}: {meaning})"),
                },
                None if code == 0 => Outcome {
                    status: Status::Completed,
                    exit_code: Some(0),
                    how: "completed (exit code 0)".to_owned(),
                },
                None => Outcome { exit_code: Some(code), ..failed(format!("failed with exit code {code}")) },
            }
        }
        Ok(Ended::Stopped(Stop::Asked)) => Outcome {
            status: Status::Stopped,
            exit_code: None,
            how: match task.stopper() {
                Some(Stopper::Host) => "was stopped by the user".to_owned(),
                Some(Stopper::Model) | None => "was stopped".to_owned(),
            },
        },
        Ok(Ended::Stopped(Stop::TimedOut)) => {
            failed(format!("was killed after its time limit of {} s", limit.as_secs_f64()))
        }
        Ok(Ended::Flooded) => failed("was killed because it printed more than 5 GB".to_owned()),
        Err(error) => failed(format!("was lost: {error}")),
    };
    match task.new.log.error() {
        Some(error) => Outcome {
            how: format!("{}; part of its output could not be saved: {error}", outcome.how),
            ..outcome
        },
        None => outcome,
    }
}

#[cfg(test)]
#[path = "bash_background_tests.rs"]
mod tests;
