//! Hooks of settings files that are commands: JSON in by standard input, exit code and JSON out.

use super::env_file;
use super::event::{ExitTwo, HookEvent};
use super::later::Later;
use super::merge::Said;
use super::output::{self, Answer, Output};
use super::report::Told;
use super::run::{Ran, Why};
use super::table::{Hook, Kind, OnFailure};
use crate::engine::clock::Clock;
use crate::engine::context::request;
use crate::engine::emit::Emitter;
use crate::engine::env::Env;
use crate::engine::io;
use crate::engine::io::process::{self, CommandSpec, Pipes, ProcessTable, Running};
use crate::engine::session::run::Session;
use crate::engine::tool::saved;
use std::ffi::OsString;
use std::path::PathBuf;
use std::pin::pin;
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
    /// Run by PowerShell instead of `sh`.
    pub powershell: bool,
    /// The agent does not wait for it (row 181).
    pub background: bool,
    /// When it then exits with code 2, the model gets a turn.
    pub wakes: bool,
}

/// How often the consumer is told what a command has printed so far, if there is news.
const PROGRESS: Duration = Duration::from_secs(1);

impl Command {
    /// Runs it in the current directory.
    pub async fn run(
        &self,
        session: &Session,
        hook: &Hook,
        event: HookEvent,
        input: Arc<str>,
        told: &Told,
        cancel: &CancellationToken,
    ) -> Ran {
        let spec = self.spec(session, input, env_file(session, hook, event).await);
        let (processes, clock) = (&session.processes, &session.clock);
        let stopped = cancel.cancelled();
        match watched(spec, processes, clock, told, stopped).await {
            Ok(Some(ended)) => Ran::Command(ended),
            Ok(None) => Ran::Cancelled,
            Err(error) => Ran::Failed(Why { text: format!("could not be started: {error}"), stack: None }),
        }
    }

    /// Starts it and goes on; what it says arrives when the model is next spoken to.
    pub fn start(
        self: &Arc<Self>,
        session: &Session,
        hook: &Hook,
        event: HookEvent,
        input: Arc<str>,
        told: Told,
    ) -> Ran {
        let limit = hook.timeout.or_else(|| event.default_timeout(Kind::Command)).unwrap_or(NO_LIMIT);
        let later = Later {
            origin: hook.origin.clone(),
            event,
            told: told.clone(),
            emitter: session.emitter.clone(),
            notes: session.hooks.notes(),
            hold: self.wakes.then(|| session.tasks.hold()),
            place: (Arc::clone(&session.env), Arc::clone(&session.id)),
        };
        let spec = self.spec(session, input, None);
        let (processes, clock) = (Arc::clone(&session.processes), session.clock.clone());
        // It ends with its time-out or with the engine.
        tokio::spawn(async move {
            let ended = watched(spec, &processes, &clock, &told, clock.sleep(limit)).await;
            later.ended(ended, limit).await;
        });
        Ran::Later
    }

    fn spec(&self, session: &Session, input: Arc<str>, env_file: Option<PathBuf>) -> CommandSpec {
        let text = OsString::from(&self.command);
        let (program, args) = match &self.args {
            Some(args) => (self.command.as_str(), args.iter().map(OsString::from).collect()),
            None if self.powershell => {
                ("pwsh", vec!["-NoProfile".into(), "-NonInteractive".into(), "-Command".into(), text])
            }
            None => ("/bin/sh", vec!["-c".into(), text]),
        };
        let effort = request::effort(session, &session.live.get()).map(str::to_owned);
        let told = Environment {
            project: session.settings.places().project_root().to_string_lossy().into_owned(),
            session: session.id.to_string(),
            effort,
            env_file: env_file.map(|path| path.to_string_lossy().into_owned()),
        };
        CommandSpec {
            program: PathBuf::from(program),
            args,
            cwd: session.workspace.current(),
            env: self.environment(&session.env, &told),
            timeout: NO_LIMIT,
            max_output: MOST_OUTPUT,
            input: Some(input),
            detached: true,
        }
    }

    /// The query's variables without credentials and telemetry, what the hook is told, and its own (row 174).
    fn environment(&self, env: &Env, told: &Environment) -> Vec<(String, String)> {
        let told: Vec<(&str, &str)> = [
            ("CLAUDE_PROJECT_DIR", Some(told.project.as_str())),
            ("CLAUDE_CODE_SESSION_ID", Some(&told.session)),
            ("CLAUDECODE", Some("1")),
            ("CLAUDE_EFFORT", told.effort.as_deref()),
            ("CLAUDE_ENV_FILE", told.env_file.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
        let own = |name: &str| self.env.iter().any(|(own, _)| own == name);
        let mut vars: Vec<(String, String)> = env
            .iter()
            .filter(|(name, _)| !name.starts_with("OTEL_") && !Env::is_credential(name) && !own(name))
            .filter(|(name, value)| !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0'))
            // The user's script for all commands is not the hook's to write.
            .filter(|(name, _)| *name != "CLAUDE_ENV_FILE" && told.iter().all(|(told, _)| told != name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        vars.extend(told.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        vars.extend(self.env.iter().cloned());
        vars
    }
}

/// What a hook is told by its environment.
#[derive(Debug)]
struct Environment {
    project: String,
    session: String,
    effort: Option<String>,
    env_file: Option<String>,
}

/// Where the hook may leave variables for later commands, if it may (row 175).
async fn env_file(session: &Session, hook: &Hook, event: HookEvent) -> Option<PathBuf> {
    if !event.sets_environment() {
        return None;
    }
    let (base, id, origin) = (saved::temp_base(&session.env), Arc::clone(&session.id), hook.origin.clone());
    io::blocking(move || env_file::of(event, &origin, &base, &id)).await.ok()
}

/// Runs a command to its end, or until `stop`, which is no end.
async fn watched(
    spec: CommandSpec,
    processes: &Arc<ProcessTable>,
    clock: &Clock,
    told: &Told,
    stop: impl Future<Output = ()>,
) -> std::io::Result<Option<Ended>> {
    let mut running = Running::start(spec, Pipes::Apart, processes, clock)?;
    let mut stop = pin!(stop);
    let mut shown = (String::new(), String::new());
    loop {
        let pause =
            async { if told.wanted() { clock.sleep(PROGRESS).await } else { std::future::pending().await } };
        let why = async {
            tokio::select! {
                biased;
                () = &mut stop => true,
                () = pause => false,
            }
        };
        match running.wait(why).await? {
            process::Ended::Exited(exit) => {
                let (stdout, stderr) = running.take_outputs();
                let (stdout, stderr) = (stdout.text(), stderr.text());
                return Ok(Some(Ended { code: exit.code(), stdout, stderr }));
            }
            process::Ended::Stopped(true) => return Ok(None),
            process::Ended::Stopped(false) => {
                let now = running.so_far();
                if now != shown {
                    told.progress(now.0.clone(), now.1.clone());
                    shown = now;
                }
            }
            process::Ended::Flooded => return Err(std::io::Error::other("its output is too large")),
        }
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
    pub fn said(self, emitter: &Emitter, hook: &Hook, event: HookEvent) -> Said {
        let blocking = hook.on_failure == Some(OnFailure::Block) && !event.ignores_on_failure();
        let (said, faults) = self.meaning(event, blocking);
        for fault in faults {
            let text = format!("The {} hook {} {fault}", event.name(), hook.origin);
            emitter.warn(text);
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
        } else if self.code == 0 && event == HookEvent::WorktreeCreate {
            // What else it prints is for people.
            output.specific.worktree_path = text.lines().last().map(|line| line.trim().to_owned());
        }
        let complaint = self.stderr.trim();
        match (self.code, event.exit_2()) {
            (0, _) => {}
            (2, ExitTwo::Blocks) => {
                let reason = output.reason.take().or_else(|| output.specific.permission_reason.take());
                let reason = reason.unwrap_or_else(|| complaint.to_owned());
                return (Said::Refuses { reason, beside: Box::new(output.undecided()) }, faults);
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
        // A directory that is half made is no place to work in (row 200).
        let blocking = blocking || event == HookEvent::WorktreeCreate;
        if blocking && failed {
            let beside = Box::new(output.undecided());
            return (Said::Refuses { reason: faults.join("; "), beside }, faults);
        }
        (Said::Output(Box::new(output)), faults)
    }
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
