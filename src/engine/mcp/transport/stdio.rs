//! Starts a server as a child process and speaks over its pipes.

use super::client::{Behind, Client, Handler};
use super::connection::{Ended, Failure};
use super::lines::{self, Lines};
use crate::engine::clock::Clock;
use crate::engine::env::Env;
use crate::engine::io::process::ProcessTable;
use crate::engine::io::process::piped::{self, PipedSpec};
use crate::engine::mcp::config::expand::expand;
use rmcp::service::ClientLifecycleMode;
use rmcp::transport::async_rw::AsyncRwTransport;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Where a server starts, and what it shares.
pub struct Place<'a> {
    /// The working directory of the query.
    pub cwd: &'a Path,
    /// The directory of its project.
    pub project: &'a Path,
    /// The environment of the query.
    pub env: &'a Env,
    /// Where children are registered.
    pub processes: &'a Arc<ProcessTable>,
    /// The engine's clock.
    pub clock: &'a Clock,
}

/// Starts `command` and shakes hands.
pub async fn connect(
    (command, args, own): (&str, &[String], &[(String, String)]),
    place: Place<'_>,
    handler: Handler,
    missing: &mut Vec<String>,
) -> Result<Client, Failure> {
    let mut expanded = |text: &str| expand(text, place.env, missing);
    let program = expanded(command);
    let args = args.iter().map(|arg| expanded(arg).into()).collect();
    let own: Vec<(String, String)> =
        own.iter().map(|(name, value)| (name.clone(), expanded(value))).collect();
    let env = environment(place.env, &own, place.project);
    let spec = PipedSpec { program: program.clone(), args, cwd: place.cwd.to_owned(), env };
    let (process, stdin, stdout) = piped::start(spec, place.processes)
        .map_err(|error| Failure::Refused(format!("`{program}` could not be started: {error}")))?;
    let ended = Ended::default();
    let stdout = Lines::new(stdout, Arc::clone(&ended), lines::LONGEST);
    let transport = AsyncRwTransport::new(stdout, stdin).with_max_line_length(lines::LONGEST);
    let behind = Behind { process: Some(process), ended };
    Client::connect(transport, handler, ClientLifecycleMode::Initialize, behind, place.clock.clone()).await
}

/// What a server gets with `CLAUDE_CODE_MCP_ALLOWLIST_ENV=1`, beside its own variables.
const SAFE: [&str; 12] = [
    "HOME",
    "LANG",
    "LOGNAME",
    "PATH",
    "PATHEXT",
    "SHELL",
    "SYSTEMROOT",
    "TEMP",
    "TERM",
    "TMPDIR",
    "USER",
    "USERPROFILE",
];

/// The environment of the query without credentials of model providers, then what the server's own `env` names (row 338).
fn environment(env: &Env, own: &[(String, String)], project: &Path) -> Vec<(String, String)> {
    let only_safe = env.flag("CLAUDE_CODE_MCP_ALLOWLIST_ENV");
    let passes = |name: &str| {
        if only_safe { SAFE.contains(&name) } else { !Env::is_credential(name) }
    };
    let mut vars: BTreeMap<String, String> = env
        .iter()
        .filter(|(name, _)| passes(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    vars.insert("CLAUDE_PROJECT_DIR".to_owned(), project.to_string_lossy().into_owned());
    vars.insert("CLAUDECODE".to_owned(), "1".to_owned());
    vars.extend(own.iter().cloned());
    vars.into_iter().collect()
}

#[cfg(test)]
#[path = "stdio_tests.rs"]
mod tests;
