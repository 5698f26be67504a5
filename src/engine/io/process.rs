//! The door to child processes: every one in a group of its own, none left behind.
//!
//! A process that leaves its group (`setsid`) is still found on Linux as long as its chain of parents leads to the
//! group. One that has cut that chain too (a double fork) is a daemon of the user's making and stays: nothing short
//! of a container holds it.
#![expect(clippy::disallowed_methods, reason = "this file is the door that the ban points to")]

#[path = "process_group.rs"]
mod group;
#[path = "process_log.rs"]
pub mod log;
#[path = "process_memory.rs"]
pub mod memory;
#[path = "process_piped.rs"]
pub mod piped;
#[path = "process_running.rs"]
mod running;
#[path = "process_scratch.rs"]
pub mod scratch;
#[path = "process_tree.rs"]
pub mod tree;

pub use running::{Ended, Pipes, Running};

use crate::engine::clock::Clock;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tree::Signal;

/// What is kept of the end of an output that is larger than `max_output`.
const TAIL_KEPT: usize = 64 * 1024;

/// The live process groups of one engine; killed together when the engine's environment goes away.
#[derive(Default)]
pub struct ProcessTable {
    leaders: Mutex<HashSet<i32>>,
    found: Mutex<HashMap<String, Found>>,
    /// Where shells write down where they have ended.
    pub call_dirs: scratch::CallDirs,
}

/// What a program has told us once, for the whole engine.
pub type Found = Shared<BoxFuture<'static, Option<Arc<str>>>>;

impl std::fmt::Debug for ProcessTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProcessTable").field("leaders", &self.leaders).finish_non_exhaustive()
    }
}

impl ProcessTable {
    /// Sends KILL to every live group and what has escaped from it, before it returns.
    pub fn kill_all(&self) {
        let leaders: Vec<i32> = self.with(|set| set.iter().copied().collect());
        let escaped = tree::escaped(&leaders);
        for leader in leaders {
            tree::signal_group(leader, Signal::Kill);
        }
        tree::signal_each(&escaped, Signal::Kill);
        self.call_dirs.clear();
    }

    /// How many groups are alive or being ended.
    pub fn len(&self) -> usize {
        self.with(|set| set.len())
    }

    /// Whether no group is alive.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was found out under `key`, or is being found out; the first to ask starts `find`.
    pub fn once(&self, key: &str, find: impl FnOnce() -> BoxFuture<'static, Option<Arc<str>>>) -> Found {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        match found.get(key) {
            Some(found) => found.clone(),
            None => found.entry(key.to_owned()).or_insert(find().shared()).clone(),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashSet<i32>) -> T) -> T {
        work(&mut self.leaders.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A command to run.
#[derive(Debug, Clone)]
pub struct CommandSpec {
    /// The program: a path.
    pub program: PathBuf,
    /// Its arguments, without the program's name.
    pub args: Vec<OsString>,
    /// The directory it starts in.
    pub cwd: PathBuf,
    /// Its whole environment: nothing is inherited.
    pub env: Vec<(String, String)>,
    /// After this long its group is ended.
    pub timeout: Duration,
    /// How many bytes from the start of each output are kept.
    pub max_output: usize,
    /// What it reads from standard input.
    pub input: Option<Arc<str>>,
    /// It gets a session of its own, and with it no controlling terminal.
    pub detached: bool,
}

/// How a command ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this code.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

impl Exit {
    /// The code as a shell reports it: 128 + n for signal n.
    pub fn code(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal,
        }
    }
}

/// One output of a command: its start and, when it was larger than what may be kept, its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// The first bytes, at most `max_output`.
    pub head: Vec<u8>,
    /// The last bytes of what came after `head`.
    pub tail: Vec<u8>,
    /// How many bytes the command wrote.
    pub total: u64,
}

impl Captured {
    /// Bytes that were read and not kept, between `head` and `tail`.
    pub fn dropped(&self) -> u64 {
        self.total.saturating_sub((self.head.len() + self.tail.len()) as u64)
    }

    /// The output as text: what is not UTF-8 is replaced, and a gap is named.
    pub fn text(&self) -> String {
        let head = String::from_utf8_lossy(&self.head);
        if self.tail.is_empty() {
            return head.into_owned();
        }
        let tail = String::from_utf8_lossy(&self.tail);
        match self.dropped() {
            0 => format!("{head}{tail}"),
            gap => format!("{head}\n[{gap} bytes of output were not kept]\n{tail}"),
        }
    }

    /// Takes in what came next: the start and the end of all of it are kept.
    pub fn push(&mut self, mut bytes: &[u8], max: usize) {
        self.total += bytes.len() as u64;
        let room = max.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        bytes = &bytes[room..];
        self.tail.extend_from_slice(bytes);
        if self.tail.len() > 2 * TAIL_KEPT {
            self.tail.drain(..self.tail.len() - TAIL_KEPT);
        }
    }
}

/// What came of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finished {
    /// How it ended; `None` when it was cancelled or ran out of time.
    pub exit: Option<Exit>,
    /// What it wrote to standard output until then.
    pub stdout: Captured,
    /// What it wrote to standard error until then.
    pub stderr: Captured,
    /// It was cancelled, perhaps before it started.
    pub interrupted: bool,
    /// It ran out of time.
    pub timed_out: bool,
}

/// Runs a command until it exits, is cancelled or runs out of time, and ends everything it started.
///
/// On cancel and time-out this returns at once; behind it the group gets TERM and, after a grace, KILL. When the
/// command exits while children of it still hold the pipes, what they have written is read for a short while, then
/// they are killed. A dropped future ends the group in the same way.
///
/// An error means that the command could not be started or waited for.
pub async fn run(
    spec: CommandSpec,
    table: &Arc<ProcessTable>,
    clock: &Clock,
    cancel: &CancellationToken,
) -> io::Result<Finished> {
    if cancel.is_cancelled() {
        return Ok(Finished { interrupted: true, ..Finished::default() });
    }
    let timeout = spec.timeout;
    let mut running = Running::start(spec, Pipes::Apart, table, clock)?;
    let stop = async {
        tokio::select! {
            biased;
            () = cancel.cancelled() => true,
            () = clock.sleep(timeout) => false,
        }
    };
    let ended = running.wait(stop).await?;
    let (stdout, stderr) = running.take_outputs();
    let mut finished = Finished { stdout, stderr, ..Finished::default() };
    match ended {
        Ended::Exited(exit) => finished.exit = Some(exit),
        Ended::Stopped(cancelled) => (finished.interrupted, finished.timed_out) = (cancelled, !cancelled),
        Ended::Flooded => return Err(io::Error::other("its output is too large")),
    }
    Ok(finished)
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
