//! One started command: its outputs are read until it ends, into memory and later, if it is moved there, into a log.

use super::group::Group;
use super::log::Log;
use super::memory::ControlGroup;
use super::{Captured, CommandSpec, Exit, ProcessTable};
use crate::engine::clock::Clock;
use futures::FutureExt;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{ChildStderr, ChildStdout};

/// How long the rest of a group may keep the pipes open after its leader has exited.
const DRAIN_GRACE: Duration = Duration::from_millis(200);
/// How much is read at once.
const CHUNK: usize = 16 * 1024;

/// How the two outputs of a command reach us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipes {
    /// Each through its own pipe, so that they can be told apart.
    Apart,
    /// Both through one, so that their order is kept; all of it counts as standard output.
    Joined,
}

/// Why waiting for a command is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<T> {
    /// It exited, and what it left in its group is killed.
    Exited(Exit),
    /// It has written more than it may.
    Flooded,
    /// What was to stop the waiting came first. The command still runs.
    Stopped(T),
}

/// A command that runs. Dropping it ends its group: TERM, a grace, KILL.
pub struct Running {
    /// `None` once the command has exited.
    group: Option<Group>,
    out: Option<ChildStdout>,
    err: Option<ChildStderr>,
    stdout: Captured,
    stderr: Captured,
    kept: usize,
    log: Option<Arc<Log>>,
    written: AtomicU64,
    allowed: u64,
    clock: Clock,
}

/// More was written than is allowed.
struct Flood;

impl Running {
    /// Starts a command.
    pub fn start(
        spec: CommandSpec,
        pipes: Pipes,
        table: &Arc<ProcessTable>,
        clock: &Clock,
    ) -> io::Result<Self> {
        Self::start_within(None, spec, pipes, table, clock)
    }

    /// Starts a command within a limit on memory.
    pub fn start_within(
        memory: Option<Arc<ControlGroup>>,
        spec: CommandSpec,
        pipes: Pipes,
        table: &Arc<ProcessTable>,
        clock: &Clock,
    ) -> io::Result<Self> {
        let kept = spec.max_output;
        let (mut group, out) = match pipes {
            Pipes::Apart => (Group::start(memory, spec, (Stdio::piped(), Stdio::piped()), table)?, None),
            Pipes::Joined => joined(memory, spec, table)?,
        };
        let out = out.or_else(|| group.child.stdout.take());
        let err = group.child.stderr.take();
        Ok(Self {
            group: Some(group),
            out,
            err,
            stdout: Captured::default(),
            stderr: Captured::default(),
            kept,
            log: None,
            written: AtomicU64::new(0),
            allowed: u64::MAX,
            clock: clock.clone(),
        })
    }

    /// How many bytes it may write to both outputs together before waiting ends with [`Ended::Flooded`].
    pub fn allow_output(&mut self, bytes: u64) {
        self.allowed = bytes;
    }

    /// Waits until the command exits or `stop` settles. May be called again after [`Ended::Stopped`].
    ///
    /// When the command exits while children of it still hold the pipes, what they have written is read for a short
    /// while, then they are killed.
    pub async fn wait<T>(&mut self, stop: impl Future<Output = T>) -> io::Result<Ended<T>> {
        let Some(group) = &mut self.group else {
            return Err(io::Error::other("the command has ended before"));
        };
        let rules =
            Rules { kept: self.kept, log: self.log.as_ref(), written: &self.written, allowed: self.allowed };
        let ended = {
            let reading = async {
                tokio::try_join!(
                    drain(&mut self.out, &mut self.stdout, &rules),
                    drain(&mut self.err, &mut self.stderr, &rules)
                )
                .is_err()
            };
            let mut reading = pin!(reading.fuse());
            let exiting = async {
                let mut drained = false;
                // Both at once: a child that has filled a pipe does not exit before it is read.
                let status = loop {
                    tokio::select! {
                        status = group.exited() => break status?,
                        flooded = &mut reading, if !drained => {
                            if flooded {
                                return Ok(Ended::Flooded);
                            }
                            drained = true;
                        }
                    }
                };
                if !drained {
                    tokio::select! {
                        biased;
                        _ = &mut reading => {}
                        () = self.clock.sleep(DRAIN_GRACE) => {}
                    }
                }
                Ok::<_, io::Error>(Ended::Exited(exit_of(status)))
            };
            let ended = tokio::select! {
                biased;
                stopped = stop => Ended::Stopped(stopped),
                ended = exiting => ended?,
            };
            // One more turn, so that what lies in the pipes by now is not lost.
            tokio::select! {
                biased;
                _ = &mut reading => {}
                () = tokio::task::yield_now() => {}
            }
            ended
        };
        if matches!(ended, Ended::Exited(_)) {
            self.group = None;
        }
        Ok(ended)
    }

    /// Writes what was kept so far to `log`, and everything that follows.
    pub async fn move_to(&mut self, log: &Arc<Log>) {
        let (stdout, stderr) = (self.stdout.text(), self.stderr.text());
        let to = Arc::clone(log);
        let moved = crate::engine::io::blocking(move || {
            to.append(stdout.as_bytes());
            to.append(stderr.as_bytes());
            Ok(())
        });
        // It fails only with the runtime, which takes the command with it.
        let _ = moved.await;
        self.log = Some(Arc::clone(log));
    }

    /// What both outputs are so far.
    pub fn so_far(&self) -> (String, String) {
        (self.stdout.text(), self.stderr.text())
    }

    /// What was kept of both outputs.
    pub fn take_outputs(&mut self) -> (Captured, Captured) {
        (std::mem::take(&mut self.stdout), std::mem::take(&mut self.stderr))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Without a runtime there is nobody to wait for the grace: dropping the group kills it at once.
        if let Some(group) = self.group.take()
            && tokio::runtime::Handle::try_current().is_ok()
        {
            group.terminate(self.clock.clone());
        }
    }
}

/// Starts a command whose outputs share one pipe.
#[cfg(unix)]
fn joined(
    memory: Option<Arc<ControlGroup>>,
    spec: CommandSpec,
    table: &Arc<ProcessTable>,
) -> io::Result<(Group, Option<ChildStdout>)> {
    let (reader, writer) = io::pipe()?;
    let group = Group::start(memory, spec, (writer.try_clone()?.into(), writer.into()), table)?;
    let reader = std::process::ChildStdout::from(std::os::fd::OwnedFd::from(reader));
    Ok((group, Some(ChildStdout::from_std(reader)?)))
}

/// Starts a command whose outputs are read side by side.
#[cfg(not(unix))]
fn joined(
    memory: Option<Arc<ControlGroup>>,
    spec: CommandSpec,
    table: &Arc<ProcessTable>,
) -> io::Result<(Group, Option<ChildStdout>)> {
    Ok((Group::start(memory, spec, (Stdio::piped(), Stdio::piped()), table)?, None))
}

/// What is done with what was read.
struct Rules<'a> {
    kept: usize,
    log: Option<&'a Arc<Log>>,
    written: &'a AtomicU64,
    allowed: u64,
}

async fn drain(
    pipe: &mut Option<impl AsyncRead + Unpin>,
    into: &mut Captured,
    rules: &Rules<'_>,
) -> Result<(), Flood> {
    let Some(pipe) = pipe else { return Ok(()) };
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = match pipe.read(&mut buffer).await {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // A pipe that cannot be read any more is an output that has ended.
            Err(_) => return Ok(()),
        };
        match rules.log {
            None => into.push(&buffer[..read], rules.kept),
            Some(log) => {
                let (log, bytes) = (Arc::clone(log), buffer[..read].to_vec());
                // The file may be on a slow disk. A failure is kept by the log.
                let _ = crate::engine::io::blocking(move || {
                    log.append(&bytes);
                    Ok(())
                })
                .await;
            }
        }
        if rules.written.fetch_add(read as u64, Ordering::Relaxed) + read as u64 > rules.allowed {
            return Err(Flood);
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

#[cfg(test)]
#[path = "process_running_tests.rs"]
mod tests;
