//! The door to child processes: every one in a group of its own, none left behind.
//!
//! A process that leaves its group (`setsid`) is still found on Linux as long as its chain of parents leads to the
//! group. One that has cut that chain too (a double fork) is a daemon of the user's making and stays: nothing short
//! of a container holds it.
#![expect(clippy::disallowed_methods, reason = "this file is the door that the ban points to")]

#[path = "process_piped.rs"]
pub mod piped;
#[path = "process_scratch.rs"]
pub mod scratch;
#[path = "process_tree.rs"]
pub mod tree;

use crate::engine::clock::Clock;
use futures::FutureExt;
use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;
use tree::{Process, Signal};

/// How long the rest of a group may keep the pipes open after its leader has exited.
const DRAIN_GRACE: Duration = Duration::from_millis(200);
/// How long a group may take to end after TERM before it gets KILL.
const KILL_GRACE: Duration = Duration::from_secs(2);
/// How often a group that was told to end is looked at.
const POLL: Duration = Duration::from_millis(50);
/// What is kept of the end of an output that is larger than `max_output`.
const TAIL_KEPT: usize = 64 * 1024;

/// The live process groups of one engine; killed together when the engine's environment goes away.
#[derive(Debug, Default)]
pub struct ProcessTable {
    leaders: Mutex<HashSet<i32>>,
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
    }

    /// How many groups are alive or being ended.
    pub fn len(&self) -> usize {
        self.with(|set| set.len())
    }

    /// Whether no group is alive.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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

    fn push(&mut self, mut bytes: &[u8], max: usize) {
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

enum Ended {
    Exited(io::Result<ExitStatus>),
    Cancelled,
    TimedOut,
}

/// Runs a command with no input until it exits, is cancelled or runs out of time, and ends everything it started.
///
/// On cancel and time-out this returns at once; behind it the group gets TERM and, after a grace, KILL. When the
/// command exits while children of it still hold the pipes, what they have written is read for a short while, then
/// they are killed. A dropped future kills the group on the spot.
///
/// An error means that the command could not be started or waited for.
pub async fn run(
    spec: CommandSpec,
    table: &Arc<ProcessTable>,
    clock: &Clock,
    cancel: &CancellationToken,
) -> io::Result<Finished> {
    let mut finished = Finished::default();
    if cancel.is_cancelled() {
        finished.interrupted = true;
        return Ok(finished);
    }
    let (timeout, max) = (spec.timeout, spec.max_output);
    let mut group = Group::start(spec, table)?;
    let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
    let (stdout, stderr) = (&mut finished.stdout, &mut finished.stderr);
    let ended = {
        let reading = async { tokio::join!(drain(out, stdout, max), drain(err, stderr, max)) };
        let mut reading = pin!(reading.fuse());
        let exiting = async {
            let mut drained = false;
            // Both at once: a child that has filled a pipe does not exit before it is read.
            let status = loop {
                tokio::select! {
                    status = group.child.wait() => break status,
                    _ = &mut reading, if !drained => drained = true,
                }
            };
            group.reaped = true;
            if !drained {
                tokio::select! {
                    biased;
                    _ = &mut reading => {}
                    () = clock.sleep(DRAIN_GRACE) => {}
                }
            }
            status
        };
        let ended = tokio::select! {
            biased;
            () = cancel.cancelled() => Ended::Cancelled,
            status = exiting => Ended::Exited(status),
            () = clock.sleep(timeout) => Ended::TimedOut,
        };
        // One more turn, so that what lies in the pipes by now is not lost.
        tokio::select! {
            biased;
            _ = &mut reading => {}
            () = tokio::task::yield_now() => {}
        }
        ended
    };
    match ended {
        Ended::Exited(status) => finished.exit = Some(exit_of(status?)),
        Ended::Cancelled => {
            finished.interrupted = true;
            group.terminate(clock.clone());
        }
        Ended::TimedOut => {
            finished.timed_out = true;
            group.terminate(clock.clone());
        }
    }
    Ok(finished)
}

async fn drain(pipe: Option<impl AsyncRead + Unpin>, into: &mut Captured, max: usize) {
    let Some(mut pipe) = pipe else { return };
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match pipe.read(&mut buffer).await {
            Ok(0) => return,
            Ok(n) => into.push(&buffer[..n], max),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A pipe that cannot be read any more is an output that has ended.
            Err(_) => return,
        }
    }
}

fn exit_of(status: ExitStatus) -> Exit {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Exit::Signal(signal);
    }
    Exit::Code(status.code().unwrap_or(-1))
}

/// A started command. Dropping it kills its whole group and takes it off the table.
struct Group {
    leader: i32,
    child: Child,
    reaped: bool,
    escaped: Vec<Process>,
    table: Arc<ProcessTable>,
}

impl Group {
    fn start(spec: CommandSpec, table: &Arc<ProcessTable>) -> io::Result<Self> {
        let mut command = Command::new(&spec.program);
        command.args(&spec.args).current_dir(&spec.cwd).env_clear().envs(spec.env);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        // The lock is held over the start, so that `kill_all` cannot miss a group that is being born.
        let (child, leader) = table.with(|leaders| {
            let child = command.spawn()?;
            let leader = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
            leaders.insert(leader);
            Ok::<_, io::Error>((child, leader))
        })?;
        Ok(Self { leader, child, reaped: false, escaped: Vec::new(), table: Arc::clone(table) })
    }

    /// Ends the group behind the caller's back: TERM, a grace, KILL.
    fn terminate(mut self, clock: Clock) {
        // A runtime that goes away drops the task, and with it the group: KILL at once.
        tokio::spawn(async move {
            let leader = self.leader;
            // Before TERM: once parents are gone, nothing leads to their escaped children.
            self.escaped = super::blocking(move || Ok(tree::escaped(&[leader]))).await.unwrap_or_default();
            tree::signal_group(leader, Signal::Term);
            tree::signal_each(&self.escaped, Signal::Term);
            let deadline = clock.elapsed() + KILL_GRACE;
            while clock.elapsed() < deadline {
                tokio::select! {
                    () = self.reap(), if !self.reaped => {}
                    () = clock.sleep(POLL) => {}
                }
                if self.reaped && !tree::group_alive(leader) && self.escaped.iter().all(|p| !p.alive()) {
                    break;
                }
            }
            self.kill();
            self.reap().await;
        });
    }

    /// Waits for the leader, so that it leaves no zombie.
    async fn reap(&mut self) {
        if !self.reaped {
            let _ = self.child.wait().await;
            self.reaped = true;
        }
    }

    fn kill(&mut self) {
        if !self.reaped {
            self.escaped.extend(tree::escaped(&[self.leader]));
        }
        tree::signal_group(self.leader, Signal::Kill);
        tree::signal_each(&self.escaped, Signal::Kill);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // After a normal exit too: what the command left in its group ends with it. The group's number cannot have
        // been given away, as it stays taken while a member lives and is not reused within this moment otherwise.
        self.kill();
        self.table.with(|leaders| leaders.remove(&self.leader));
    }
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
