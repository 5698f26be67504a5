//! The Bash tool: one shell command line, in the foreground or in the background.

#[path = "bash_background.rs"]
mod background;
#[path = "bash_command.rs"]
mod command;
#[path = "bash_git.rs"]
mod git;
#[path = "bash_output.rs"]
mod output;
#[path = "bash_run.rs"]
mod run;
#[path = "bash_shell.rs"]
mod shell;
#[path = "bash_snapshot.rs"]
mod snapshot;
#[path = "bash_words.rs"]
mod words;

use crate::engine::cancel::OrCancel;
use crate::engine::tool::{Access, Declared, Tool, ToolContent, ToolContext, ToolError, ToolOutput};
use crate::engine::{env::Env, workspace::Workspace};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::time::Duration;

const DEFAULT_TIMEOUT_MS: u64 = 120_000;
const MAX_TIMEOUT_MS: u64 = 600_000;
/// The same for commands in the background (row 233).
const BACKGROUND_TIMEOUT_MS: u64 = 30 * 60_000;
const MAX_BACKGROUND_TIMEOUT_MS: u64 = 2 * 60 * 60_000;
/// What is kept of each output of a command; also the most that is saved to a file.
const MAX_KEPT: usize = 64 * 1024 * 1024;
/// A command that writes more bytes than this is killed (row 239).
const MAX_WRITTEN: u64 = 5 * 1024 * 1024 * 1024;

/// Runs shell commands.
#[derive(Debug)]
pub struct Bash {
    schema: Value,
}

#[derive(serde::Deserialize)]
struct BashInput {
    command: String,
    timeout: Option<f64>,
    description: Option<String>,
    #[serde(default)]
    run_in_background: bool,
}

/// A checked call: what is to run, and how.
#[derive(Debug)]
struct Plan {
    command: String,
    /// The simple commands of the line.
    commands: Vec<Vec<String>>,
    description: Option<String>,
    /// How long it may take in the foreground.
    timeout: Duration,
    /// How long it may take in the background, counted from when it got there.
    background_limit: Duration,
    in_background: bool,
    background_allowed: bool,
    moves_at_timeout: bool,
}

impl Plan {
    fn new(input: BashInput, env: &Env) -> Self {
        let commands = words::simple_commands(&input.command);
        let background_allowed = !env.flag("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS");
        let in_background = input.run_in_background && background_allowed;
        let moves_at_timeout = background_allowed
            && env.flag("CLAUDE_AUTO_BACKGROUND_TASKS")
            && words::may_move(&input.command, &commands);
        // A time that was asked for a command in the foreground says nothing about its time in the background.
        let asked = input.timeout.filter(|_| in_background);
        Self {
            timeout: timeout(input.timeout, env),
            background_limit: milliseconds(asked, BACKGROUND_TIMEOUT_MS, MAX_BACKGROUND_TIMEOUT_MS),
            command: input.command,
            commands,
            description: input.description.filter(|text| !text.trim().is_empty()),
            in_background,
            background_allowed,
            moves_at_timeout,
        }
    }
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
                        "description": "Milliseconds after which the command is killed. Default 120000, at most 600000; in the background 1800000 and 7200000."
                    },
                    "description": {
                        "type": "string",
                        "description": "What the command does, in five to ten words, for the person who reads along."
                    },
                    "run_in_background": {
                        "type": "boolean",
                        "description": "Start the command and go on at once. You are told when it ends."
                    },
                    "dangerouslyDisableSandbox": {
                        "type": "boolean",
                        "description": "Ask for the command to run outside the sandbox. Has an effect only where commands are sandboxed."
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
        include_str!("../text/bash.md").trim_ascii_end()
    }

    fn result_limit(&self) -> Option<usize> {
        None
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        let input = parse(input)?;
        Ok(Declared { access: Access::RunCommand(input.command), parallel: false })
    }

    fn shown<'a>(&'a self, output: &'a Value, _: &'a Env, _: &'a str) -> BoxFuture<'a, Option<ToolContent>> {
        Box::pin(std::future::ready(output::shown(output)))
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(async move {
            let plan = Plan::new(parse(&input)?, &cx.env);
            let Ok(shell) = command::open(&plan.commands, cx).or_cancel(&cx.cancel).await else {
                return Err(ToolError::Cancelled);
            };
            let shell = shell?;
            if plan.in_background {
                background::start(plan, shell, cx).await
            } else {
                run::run(plan, shell, cx).await
            }
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

/// The time a command gets in the foreground: what was asked for, within the ceiling.
fn timeout(asked_ms: Option<f64>, env: &Env) -> Duration {
    let positive = |name: &str, fallback| env.number(name).filter(|&ms| ms > 0).unwrap_or(fallback);
    let default = positive("BASH_DEFAULT_TIMEOUT_MS", DEFAULT_TIMEOUT_MS);
    let ceiling = positive("BASH_MAX_TIMEOUT_MS", MAX_TIMEOUT_MS).max(default);
    milliseconds(asked_ms, default, ceiling)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of f64 saturates")]
fn milliseconds(asked: Option<f64>, default: u64, ceiling: u64) -> Duration {
    Duration::from_millis(asked.map_or(default, |ms| ms as u64).clamp(1, ceiling))
}

#[cfg(test)]
#[path = "bash_tests.rs"]
mod tests;
