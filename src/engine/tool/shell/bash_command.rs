//! A command on this machine or elsewhere: opened, started, waited for and closed in the same way.

use super::shell::{self, Session, quote};
use super::{MAX_KEPT, MAX_WRITTEN, Plan, snapshot, words};
use crate::engine::clock::new_uuid;
use crate::engine::executor::exec::{Distant, Order};
use crate::engine::io::process::log::Log;
use crate::engine::io::process::memory::MemoryLimit;
use crate::engine::io::process::{self, Captured, CommandSpec, Ended, Pipes, Running};
use crate::engine::io::{blocking, files};
use crate::engine::tool::{ToolContext, ToolError};
use std::path::PathBuf;
use std::sync::Arc;

/// Where and how a command is about to run.
pub(super) enum Shell {
    /// On this machine.
    Here(Session),
    /// Where the embedder runs it.
    There {
        /// Where it starts.
        cwd: PathBuf,
        /// What its script prints before its last directory.
        mark: String,
    },
}

/// A command that runs. Dropping it ends it.
pub(super) enum Command {
    Here(Box<Running>),
    There(Box<Distant>),
}

/// What has to be known and in place before a command can start.
pub(super) async fn open(commands: &[Vec<String>], cx: &ToolContext) -> Result<Shell, ToolError> {
    if cx.services.elsewhere.runs_commands() {
        let mark = format!("native-agent-sdk {} ", new_uuid());
        return Ok(Shell::There { cwd: starting_there(cx).await?, mark });
    }
    let (env, workspace) = (Arc::clone(&cx.env), Arc::clone(&cx.workspace));
    let (session_id, services) = (Arc::clone(&cx.session_id), Arc::clone(&cx.services));
    let processes = Arc::clone(&cx.processes);
    let snapshot = snapshot::of(cx).await;
    let signals = words::signals_processes(commands).then(|| commands.to_vec());
    let opened = blocking(move || {
        if let Some(commands) = signals
            && let Some(refusal) =
                words::refuse_own_end(&commands, std::process::id(), &process::tree::own_names())
        {
            return Ok(Err(refusal));
        }
        let opened = Session::open(&env, &workspace, &session_id, snapshot.as_deref(), processes);
        Ok(opened.map(|mut session| {
            session.memory = services.memory.as_ref().and_then(MemoryLimit::group);
            Shell::Here(session)
        }))
    });
    opened.await.map_err(ToolError::bug)?.map_err(ToolError::Respond)
}

/// The current directory, or the original one when the current one has gone.
async fn starting_there(cx: &ToolContext) -> Result<PathBuf, ToolError> {
    let (current, home) = (cx.workspace.current(), cx.workspace.home());
    if current == home {
        return Ok(home);
    }
    let (files, dir) = (files::until(cx.workspace.shell_files(), &cx.cancel), current.clone());
    let gone = blocking(move || {
        Ok(files.stat(&dir).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound))
    });
    let gone = gone.await.map_err(ToolError::bug)?;
    Ok(if gone { home } else { current })
}

impl Shell {
    /// Starts the command of `plan`, with a limit on what it may write.
    pub(super) fn start(&self, plan: &Plan, pipes: Pipes, cx: &ToolContext) -> std::io::Result<Command> {
        match self {
            Self::Here(session) => {
                let spec = CommandSpec {
                    program: session.shell.clone(),
                    args: session.arguments(&plan.command),
                    cwd: session.cwd.clone(),
                    env: shell::environment(&cx.env, &cx.session_id, cx.effort.as_deref()),
                    timeout: plan.timeout,
                    max_output: MAX_KEPT,
                    input: None,
                    detached: false,
                };
                let memory = session.memory.clone();
                let mut running = Running::start_within(memory, spec, pipes, &cx.processes, &cx.clock)?;
                running.allow_output(MAX_WRITTEN);
                Ok(Command::Here(Box::new(running)))
            }
            Self::There { cwd, mark } => {
                let elsewhere = &cx.services.elsewhere;
                // A command in the background does not move the session.
                let mark = (!plan.in_background).then_some(mark);
                let order = Order {
                    script: script(&plan.command, mark),
                    mark: mark.cloned(),
                    cwd: cwd.clone(),
                    env: environment(cx),
                    timeout: if plan.in_background { plan.background_limit } else { plan.timeout },
                    tool_use_id: cx.tool_use_id.clone(),
                };
                let distant = Distant::start(elsewhere, order, MAX_KEPT, MAX_WRITTEN);
                Ok(Command::There(Box::new(distant)))
            }
        }
    }
}

/// The environment that the embedder has given, marked as ours.
fn environment(cx: &ToolContext) -> Vec<(String, String)> {
    let given = crate::engine::env::Env::new(cx.services.elsewhere.env().iter().cloned());
    let mut vars = shell::environment(&given, &cx.session_id, cx.effort.as_deref());
    // The number of a process here means nothing, or another one, there.
    vars.retain(|(name, _)| name != "CLAUDE_PID");
    vars
}

/// The command as a script that says at its end, in whatever way it comes, in which directory it is.
///
/// What it says goes to the standard output that the script began with, wherever the command has sent its own.
fn script(command: &str, mark: Option<&String>) -> String {
    let Some(mark) = mark else { return format!("\\exec </dev/null\n\\builtin eval {}", quote(command)) };
    let say = format!("\\builtin printf '\\n%s%s\\n' {} \"$(\\builtin pwd -P)\" >&19", quote(mark));
    format!(
        "\\exec 19>&1 </dev/null\n\\builtin trap -- {} EXIT\n\\builtin eval {}\n\
         {{ \\builtin set -- \"$?\"; \\builtin set +x; {say}; }} 2>/dev/null\n\\builtin exit \"$1\"",
        quote(&format!("{{ {say}; }} 2>/dev/null")),
        quote(command)
    )
}

/// Takes over the directory in which the command ended, if it ended by itself (`keep`), and cleans up. `last` is the
/// directory that a command elsewhere has told of. Gives a notice for the model when the directory was put back.
pub(super) async fn close(
    shell: Shell,
    last: Option<PathBuf>,
    keep: bool,
    cx: &ToolContext,
) -> Option<String> {
    let workspace = Arc::clone(&cx.workspace);
    let always_reset = cx.env.flag("CLAUDE_BASH_MAINTAIN_PROJECT_WORKING_DIR");
    let files = files::until(workspace.shell_files(), &cx.cancel);
    let closed = blocking(move || {
        Ok(match shell {
            Shell::Here(session) => session.close(&workspace, keep, always_reset),
            Shell::There { .. } if !keep => None,
            Shell::There { cwd, .. } => {
                // One that nobody can resolve is no directory to go on in.
                let last = last.map_or(Ok(cwd), |dir| files.resolve(&dir)).unwrap_or_default();
                shell::go_on_in(last, &workspace, always_reset)
            }
        })
    });
    closed.await.ok().flatten()
}

impl Command {
    /// See [`Running::wait`].
    pub(super) async fn wait<T>(&mut self, stop: impl Future<Output = T>) -> std::io::Result<Ended<T>> {
        match self {
            Self::Here(running) => running.wait(stop).await,
            Self::There(distant) => distant.wait(stop).await,
        }
    }

    /// See [`Running::move_to`].
    pub(super) async fn move_to(&mut self, log: &Arc<Log>) {
        match self {
            Self::Here(running) => running.move_to(log).await,
            Self::There(distant) => distant.move_to(log).await,
        }
    }

    /// What was kept of both outputs.
    pub(super) fn take_outputs(&mut self) -> (Captured, Captured) {
        match self {
            Self::Here(running) => running.take_outputs(),
            Self::There(distant) => distant.take_outputs(),
        }
    }

    /// The directory that a command elsewhere has ended in.
    pub(super) fn last_directory(&self) -> Option<PathBuf> {
        match self {
            Self::Here(_) => None,
            Self::There(distant) => distant.last_directory(),
        }
    }
}
