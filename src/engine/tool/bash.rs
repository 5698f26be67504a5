//! The Bash tool: one shell command line in the foreground.

#[path = "bash_git.rs"]
mod git;
#[path = "bash_output.rs"]
mod output;
#[path = "bash_shell.rs"]
mod shell;
#[path = "bash_words.rs"]
mod words;

use crate::engine::cancel::OrCancel;
use crate::engine::io::blocking;
use crate::engine::io::process::{self, CommandSpec, Finished};
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::{env::Env, workspace::Workspace};
use futures::future::BoxFuture;
use output::Ran;
use serde_json::{Value, json};
use shell::Session;
use std::time::Duration;

const DEFAULT_TIMEOUT_MS: u64 = 120_000;
const MAX_TIMEOUT_MS: u64 = 600_000;
/// What is kept of each output of a command; also the most that is saved to a file.
const MAX_KEPT: usize = 64 * 1024 * 1024;

/// Runs shell commands.
#[derive(Debug)]
pub struct Bash {
    schema: Value,
}

#[derive(serde::Deserialize)]
struct BashInput {
    command: String,
    timeout: Option<f64>,
}

impl Default for Bash {
    fn default() -> Self {
        Self::new()
    }
}

impl Bash {
    /// The tool.
    pub fn new() -> Self {
        Self {
            schema: json!({
                "type": "object",
                "properties": {
                    "command": { "type": "string", "description": "The command line to run." },
                    "timeout": {
                        "type": "number",
                        "exclusiveMinimum": 0,
                        "description": "Milliseconds after which the command is killed. Default 120000, at most 600000."
                    },
                    "description": {
                        "type": "string",
                        "description": "What the command does, in five to ten words, for the person who reads along."
                    }
                },
                "required": ["command"],
                "additionalProperties": false
            }),
        }
    }
}

impl Tool for Bash {
    fn name(&self) -> &str {
        "Bash"
    }

    fn description(&self) -> &str {
        include_str!("text/bash.md").trim_ascii_end()
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        let input = parse(input)?;
        Ok(Declared { access: Access::RunCommand(input.command), parallel: false })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(async move {
            let input = parse(&input)?;
            let commands = words::simple_commands(&input.command);
            let Ok(session) = open(&commands, cx).or_cancel(&cx.cancel).await else {
                return Err(ToolError::Cancelled);
            };
            let session = session?;
            let timeout = timeout(input.timeout, &cx.env);
            let spec = CommandSpec {
                program: session.shell.clone(),
                args: session.arguments(&input.command),
                cwd: session.cwd.clone(),
                env: shell::environment(&cx.env, &cx.session_id),
                timeout,
                max_output: MAX_KEPT,
            };
            let finished = process::run(spec, &cx.processes, &cx.clock, &cx.cancel).await;
            let notice = close(session, finished.as_ref().ok(), cx).await;
            let finished = finished
                .map_err(|error| ToolError::Respond(format!("The command could not be started: {error}")))?;
            if finished.interrupted {
                return Err(ToolError::Cancelled);
            }
            output::render(Ran { finished, commands, notice, timeout }, cx).await
        })
    }
}

fn parse(input: &Value) -> Result<BashInput, ToolError> {
    let input: BashInput = serde::Deserialize::deserialize(input)
        .map_err(|error| ToolError::Respond(format!("The input of Bash does not fit: {error}")))?;
    if input.command.trim().is_empty() {
        return Err(ToolError::Respond("`command` is empty. Give a command line to run.".into()));
    }
    if input.command.contains('\0') {
        return Err(ToolError::Respond("`command` contains a NUL character. Remove it.".into()));
    }
    Ok(input)
}

/// The time a command gets: what was asked for, within the ceiling.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of f64 saturates")]
fn timeout(asked_ms: Option<f64>, env: &Env) -> Duration {
    let positive = |name: &str, fallback| env.number(name).filter(|&ms| ms > 0).unwrap_or(fallback);
    let default = positive("BASH_DEFAULT_TIMEOUT_MS", DEFAULT_TIMEOUT_MS);
    let ceiling = positive("BASH_MAX_TIMEOUT_MS", MAX_TIMEOUT_MS).max(default);
    Duration::from_millis(asked_ms.map_or(default, |ms| ms as u64).clamp(1, ceiling))
}

/// What has to be known and in place before a command can start.
async fn open(commands: &[Vec<String>], cx: &ToolContext) -> Result<Session, ToolError> {
    let (env, workspace) = (std::sync::Arc::clone(&cx.env), std::sync::Arc::clone(&cx.workspace));
    let session_id = std::sync::Arc::clone(&cx.session_id);
    let signals = words::signals_processes(commands).then(|| commands.to_vec());
    let opened = blocking(move || {
        if let Some(commands) = signals
            && let Some(refusal) =
                words::refuse_own_end(&commands, std::process::id(), &process::tree::own_names())
        {
            return Ok(Err(refusal));
        }
        Ok(Session::open(&env, &workspace, &session_id))
    });
    opened.await.map_err(|error| ToolError::Fatal(error.to_string()))?.map_err(ToolError::Respond)
}

/// Takes over the directory in which the command ended and cleans up. Gives a notice for the model when the
/// directory was put back.
async fn close(session: Session, finished: Option<&Finished>, cx: &ToolContext) -> Option<String> {
    let keep = finished.is_some_and(|finished| finished.exit.is_some());
    let workspace = std::sync::Arc::clone(&cx.workspace);
    let always_reset = cx.env.flag("CLAUDE_BASH_MAINTAIN_PROJECT_WORKING_DIR");
    blocking(move || Ok(session.close(&workspace, keep, always_reset))).await.ok().flatten()
}

#[cfg(test)]
#[path = "bash_tests.rs"]
mod tests;
