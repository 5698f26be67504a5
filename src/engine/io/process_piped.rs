//! A child process that is spoken to over its pipes for as long as it is wanted: in a group of its own, and never left behind.

use super::ProcessTable;
use super::tree::{self, Signal};
use crate::engine::clock::Clock;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// How long a group may take to end after TERM before it gets KILL.
const KILL_GRACE: Duration = Duration::from_secs(2);
/// How often a group that was told to end is looked at.
const POLL: Duration = Duration::from_millis(50);
/// Bytes of the end of standard error that are kept.
const STDERR_KEPT: usize = 8 * 1024;

/// What to start.
#[derive(Debug, Clone)]
pub struct PipedSpec {
    /// The program: a path, or a name that the given `PATH` finds.
    pub program: String,
    /// Its arguments, without the program's name.
    pub args: Vec<OsString>,
    /// The directory it starts in.
    pub cwd: PathBuf,
    /// Its whole environment: nothing is inherited.
    pub env: Vec<(String, String)>,
}

/// A running child. Dropping it kills its whole group.
pub struct Piped {
    leader: i32,
    child: Child,
    stderr: Arc<Mutex<Vec<u8>>>,
    table: Arc<ProcessTable>,
}

/// Starts a child; returns it with what writes to it and what reads from it. Must be called inside a tokio runtime.
pub fn start(spec: PipedSpec, table: &Arc<ProcessTable>) -> io::Result<(Piped, ChildStdin, ChildStdout)> {
    let mut command = Command::new(&spec.program);
    command.args(&spec.args).current_dir(&spec.cwd).env_clear().envs(spec.env);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    // The lock is held over the start, so that `kill_all` cannot miss a group that is being born.
    let (child, leader) = table.with(|leaders| {
        let child = command.spawn()?;
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
        leaders.insert(leader);
        Ok::<_, io::Error>((child, leader))
    })?;
    let mut piped = Piped { leader, child, stderr: Arc::default(), table: Arc::clone(table) };
    let missing = || io::Error::other("a pipe is missing");
    let stdin = piped.child.stdin.take().ok_or_else(missing)?;
    let stdout = piped.child.stdout.take().ok_or_else(missing)?;
    if let Some(stderr) = piped.child.stderr.take() {
        tokio::spawn(keep_tail(stderr, Arc::clone(&piped.stderr)));
    }
    Ok((piped, stdin, stdout))
}

/// Reads all of it, so that the child never waits for us, and keeps the end.
async fn keep_tail(mut from: ChildStderr, tail: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = vec![0; 4096];
    while let Ok(n) = from.read(&mut buffer).await {
        if n == 0 {
            return;
        }
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend_from_slice(&buffer[..n]);
        let excess = tail.len().saturating_sub(STDERR_KEPT);
        tail.drain(..excess);
    }
}

impl Piped {
    /// The end of what it wrote to standard error.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.lock().unwrap_or_else(PoisonError::into_inner)).trim().to_owned()
    }

    /// Ends the group behind the caller's back: TERM, a grace, KILL.
    pub fn end(mut self, clock: Clock) {
        // A runtime that goes away drops the task, and with it the group: KILL at once.
        tokio::spawn(async move {
            tree::signal_group(self.leader, Signal::Term);
            let deadline = clock.elapsed() + KILL_GRACE;
            let mut reaped = false;
            while clock.elapsed() < deadline {
                tokio::select! {
                    _ = self.child.wait(), if !reaped => reaped = true,
                    () = clock.sleep(POLL) => {}
                }
                if reaped && !tree::group_alive(self.leader) {
                    break;
                }
            }
            tree::signal_group(self.leader, Signal::Kill);
            let _ = self.child.wait().await;
        });
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        let escaped = tree::escaped(&[self.leader]);
        tree::signal_group(self.leader, Signal::Kill);
        tree::signal_each(&escaped, Signal::Kill);
        self.table.with(|leaders| leaders.remove(&self.leader));
    }
}
