//! `apiKeyHelper`: a command that prints the credential, run again when it is old or was refused (rows 154 and 525).

use super::auth::Credentials;
use super::failure::{ApiFailure, FailureKind};
use crate::engine::clock::Clock;
use crate::engine::env::Env;
use crate::engine::io::process::{self, CommandSpec, Exit, ProcessTable};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

const DEFAULT_TTL_MS: u64 = 300_000;
/// A helper that takes longer has hung.
const LONGEST: Duration = Duration::from_secs(60);
/// No credential is longer.
const MAX_OUTPUT: usize = 64 * 1024;

/// Runs the command and keeps what it printed. Its `Debug` shows neither.
pub struct KeyHelper {
    command: std::sync::Mutex<String>,
    cwd: PathBuf,
    env: Vec<(String, String)>,
    table: Arc<ProcessTable>,
    clock: Clock,
    ttl: Duration,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    /// The command that printed it.
    command: String,
    credentials: Credentials,
    since: Duration,
}

impl std::fmt::Debug for KeyHelper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyHelper").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

impl KeyHelper {
    /// A helper that runs `command` in a shell in `cwd`; `CLAUDE_CODE_API_KEY_HELPER_TTL_MS` says how long its answer
    /// holds.
    pub fn new(command: String, cwd: PathBuf, env: &Env, table: Arc<ProcessTable>, clock: Clock) -> Self {
        let ttl = env.number("CLAUDE_CODE_API_KEY_HELPER_TTL_MS").unwrap_or(DEFAULT_TTL_MS);
        let env = env
            .iter()
            .filter(|(name, value)| !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0'));
        Self {
            command: std::sync::Mutex::new(command),
            cwd,
            env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            table,
            clock,
            ttl: Duration::from_millis(ttl),
            kept: Mutex::new(None),
        }
    }

    /// The credential, from the command if what it said is too old. Requests that come together wait for one run.
    pub async fn credentials(&self) -> Result<Credentials, ApiFailure> {
        let mut kept = self.kept.lock().await;
        let now = self.clock.elapsed();
        let command = self.command();
        let holds = |known: &&Kept| now.saturating_sub(known.since) < self.ttl && known.command == command;
        if let Some(known) = kept.as_ref().filter(holds) {
            return Ok(known.credentials.clone());
        }
        let credentials = self.run(&command).await.map_err(|fault| {
            let text = format!(
                "apiKeyHelper of the settings {fault}. It must print an API key and nothing else; run it in a shell to see why."
            );
            ApiFailure::new(FailureKind::AuthenticationFailed, text)
        })?;
        *kept = Some(Kept { command, credentials: credentials.clone(), since: self.clock.elapsed() });
        Ok(credentials)
    }

    fn command(&self) -> String {
        self.command.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes another command from the next request on.
    pub fn change(&self, command: &str) {
        command.clone_into(&mut self.command.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Forgets a credential that was refused.
    pub async fn forget(&self, refused: &Credentials) {
        let mut kept = self.kept.lock().await;
        // Another request may have fetched a newer one meanwhile.
        if kept.as_ref().is_some_and(|known| known.credentials.same(refused)) {
            *kept = None;
        }
    }

    async fn run(&self, command: &str) -> Result<Credentials, String> {
        let spec = CommandSpec {
            program: PathBuf::from("/bin/sh"),
            args: vec!["-c".into(), command.into()],
            cwd: self.cwd.clone(),
            env: self.env.clone(),
            timeout: LONGEST,
            max_output: MAX_OUTPUT,
            input: None,
            detached: true,
        };
        // A dropped request drops this future, and that ends the command.
        let finished = process::run(spec, &self.table, &self.clock, &CancellationToken::new())
            .await
            .map_err(|error| format!("could not be started ({error})"))?;
        match finished.exit {
            Some(Exit::Code(0)) => {}
            Some(exit) => return Err(format!("failed with exit code {}", exit.code())),
            None => return Err(format!("gave no answer within {} s", LONGEST.as_secs())),
        }
        // What it printed is never shown.
        let text = finished.stdout.text();
        match text.trim() {
            "" => Err("printed nothing".to_owned()),
            key => Credentials::from_helper(key)
                .map_err(|error| format!("printed what cannot be sent: {}", error.message)),
        }
    }
}

#[cfg(test)]
#[path = "key_helper_tests.rs"]
mod tests;
