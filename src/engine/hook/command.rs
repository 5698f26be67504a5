//! Hooks of settings files that are commands: JSON in by standard input, exit code and JSON out.

use super::event::{ExitTwo, HookEvent};
use super::merge::Said;
use super::output::{self, Answer, Output};
use super::report;
use super::run::{Ran, Why};
use super::table::{Hook, OnFailure};
use crate::engine::env::Env;
use crate::engine::io::process::{self, CommandSpec};
use crate::engine::session::run::Session;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What is kept of each output.
const MOST_OUTPUT: usize = 1024 * 1024;
/// Its own limit is the hook's: this one never comes first.
const NO_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

/// A command.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// A line for `sh -c`, or the program when there are arguments.
    pub command: String,
    /// With arguments no shell is involved (row 176).
    pub args: Option<Vec<String>>,
    /// Variables that it gets beside the query's; the only way to a provider's credential.
    pub env: Vec<(String, String)>,
    /// The agent does not wait for it (row 181).
    pub background: bool,
}

impl Command {
    /// Runs it in the current directory.
    pub async fn run(
        &self,
        session: &Session,
        event: HookEvent,
        input: Arc<str>,
        cancel: &CancellationToken,
    ) -> Ran {
        let spec = self.spec(session, input);
        let (processes, clock) = (Arc::clone(&session.processes), session.clock.clone());
        if self.background {
            // It ends with its time-out or with the engine.
            let limit = event.default_timeout(false).unwrap_or(NO_LIMIT);
            let spec = CommandSpec { timeout: limit, ..spec };
            let never = CancellationToken::new();
            tokio::spawn(async move { drop(process::run(spec, &processes, &clock, &never).await) });
            return Ran::Background;
        }
        match process::run(spec, &processes, &clock, cancel).await {
            Ok(finished) => match finished.exit {
                Some(exit) => Ran::Command(Ended {
                    code: exit.code(),
                    stdout: finished.stdout.text(),
                    stderr: finished.stderr.text(),
                }),
                None => Ran::Cancelled,
            },
            Err(error) => Ran::Failed(Why { text: format!("could not be started: {error}"), stack: None }),
        }
    }

    fn spec(&self, session: &Session, input: Arc<str>) -> CommandSpec {
        let (program, args) = match &self.args {
            Some(args) => (PathBuf::from(&self.command), args.iter().map(OsString::from).collect()),
            None => (PathBuf::from("/bin/sh"), vec!["-c".into(), OsString::from(&self.command)]),
        };
        CommandSpec {
            program,
            args,
            cwd: session.workspace.current(),
            env: self.environment(&session.env, &session.workspace.original().to_string_lossy(), &session.id),
            timeout: NO_LIMIT,
            max_output: MOST_OUTPUT,
            input: Some(input),
        }
    }

    /// The query's variables without credentials and telemetry, what the hook is told, and its own (row 174).
    fn environment(&self, env: &Env, project: &str, session: &str) -> Vec<(String, String)> {
        let told =
            [("CLAUDE_PROJECT_DIR", project), ("CLAUDE_CODE_SESSION_ID", session), ("CLAUDECODE", "1")];
        let own = |name: &str| self.env.iter().any(|(own, _)| own == name);
        let mut vars: Vec<(String, String)> = env
            .iter()
            .filter(|(name, _)| !name.starts_with("OTEL_") && !Env::is_credential(name) && !own(name))
            .filter(|(name, value)| !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0'))
            .filter(|(name, _)| told.iter().all(|(told, _)| told != name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        vars.extend(told.map(|(name, value)| (name.to_owned(), value.to_owned())));
        vars.extend(self.env.iter().cloned());
        vars
    }
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// 128 + n for signal n.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl Ended {
    /// What it means; faults are told to the consumer.
    pub fn said(self, session: &Session, hook: &Hook, event: HookEvent) -> Said {
        let blocking = hook.on_failure == Some(OnFailure::Block) && !event.ignores_on_failure();
        let (said, faults) = self.meaning(event, blocking);
        for fault in faults {
            let text = format!("The {} hook {} {fault}", event.name(), hook.origin);
            report::inform(session, text, "warning");
        }
        said
    }

    /// Exit code and output as the documents read them (rows 199 to 202), and what went wrong. `blocking`: a failure
    /// blocks.
    pub fn meaning(self, event: HookEvent, blocking: bool) -> (Said, Vec<String>) {
        let mut faults = Vec::new();
        let text = self.stdout.trim();
        let mut output = Output::default();
        if text.starts_with('{') {
            let parsed = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"));
            match parsed.and_then(|value| output::parse(&value, event)) {
                Ok(Answer::Output(parsed)) => output = *parsed,
                Ok(Answer::Background) => {}
                Err(error) => faults.push(format!("printed what does not fit: {error}")),
            }
        } else if self.code == 0 && event.plain_output_is_context() && !text.is_empty() {
            output.specific.additional_context = Some(text.to_owned());
        }
        let complaint = self.stderr.trim();
        match (self.code, event.exit_2()) {
            (0, _) => {}
            (2, ExitTwo::Blocks) => {
                let reason = output.reason.take().or_else(|| output.specific.permission_reason.take());
                let reason = reason.unwrap_or_else(|| complaint.to_owned());
                return (Said::Refuses(reason), faults);
            }
            (2, ExitTwo::TellsModel) => {
                output.approve = Some(false);
                output.reason.get_or_insert_with(|| complaint.to_owned());
            }
            (2, ExitTwo::TellsUser) => faults.push(format!("says: {complaint}")),
            (2, ExitTwo::Ignored) => {}
            (code, _) => faults.push(format!("failed with exit code {code}: {complaint}")),
        }
        let failed = self.code != 0 && self.code != 2 || !faults.is_empty() && self.code == 0;
        if blocking && failed {
            return (Said::Refuses(faults.join("; ")), faults);
        }
        (Said::Output(Box::new(output)), faults)
    }
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
