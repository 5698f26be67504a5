//! A process group from its start to its end: TERM, a grace, KILL, and nobody left.

use super::memory::ControlGroup;
use super::tree::{self, Process, Signal};
use super::{CommandSpec, ProcessTable};
use crate::engine::clock::Clock;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// How long a group may take to end after TERM before it gets KILL.
pub(super) const KILL_GRACE: Duration = Duration::from_secs(2);
/// How long after TERM a group is looked at for the first time.
const FIRST_POLL: Duration = Duration::from_millis(10);
/// How often it is looked at later.
pub(super) const POLL: Duration = Duration::from_millis(50);

/// Lets the command start a session of its own, which is a process group of its own as well.
#[cfg(unix)]
#[expect(unsafe_code, reason = "there is no safe way to start a session between fork and exec")]
fn detach(command: &mut Command) {
    // SAFETY: the closure runs in the child and calls nothing but setsid(2), which is async-signal-safe; turning an
    // errno into an error allocates nothing.
    unsafe {
        command.pre_exec(|| nix::unistd::setsid().map(drop).map_err(io::Error::from));
    }
}

/// A started command. Dropping it kills its whole group and takes it off the table.
pub(super) struct Group {
    leader: i32,
    pub(super) child: Child,
    reaped: bool,
    escaped: Vec<Process>,
    table: Arc<ProcessTable>,
    /// Goes after the command, as it can be removed only when nobody is in it.
    _memory: Option<Arc<ControlGroup>>,
}

impl Group {
    /// Starts the command with these outputs; its input is written behind the caller's back.
    pub(super) fn start(
        memory: Option<Arc<ControlGroup>>,
        spec: CommandSpec,
        outputs: (Stdio, Stdio),
        table: &Arc<ProcessTable>,
    ) -> io::Result<Self> {
        let mut command = Command::new(&spec.program);
        command.args(&spec.args).current_dir(&spec.cwd).env_clear().envs(spec.env);
        let input = spec.input;
        let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
        command.stdin(stdin).stdout(outputs.0).stderr(outputs.1).kill_on_drop(true);
        #[cfg(unix)]
        if spec.detached {
            detach(&mut command);
        } else {
            command.process_group(0);
        }
        if let Some(memory) = &memory {
            memory.receive(&mut command);
        }
        // The lock is held over the start, so that `kill_all` cannot miss a group that is being born.
        let (mut child, leader) = table.with(|leaders| {
            let child = match &memory {
                Some(memory) => memory.spawn(&mut command)?,
                None => command.spawn()?,
            };
            let leader = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
            leaders.insert(leader);
            Ok::<_, io::Error>((child, leader))
        })?;
        if let (Some(input), Some(mut pipe)) = (input, child.stdin.take()) {
            // A command that does not read its input, or exits first, breaks the pipe: that is its own affair.
            tokio::spawn(async move { drop(pipe.write_all(input.as_bytes()).await) });
        }
        let table = Arc::clone(table);
        Ok(Self { leader, child, reaped: false, escaped: Vec::new(), table, _memory: memory })
    }

    /// Waits for the leader's exit.
    pub(super) async fn exited(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await;
        self.reaped = true;
        status
    }

    /// Ends the group behind the caller's back: TERM, a grace, KILL.
    pub(super) fn terminate(mut self, clock: Clock) {
        // A runtime that goes away drops the task, and with it the group: KILL at once.
        tokio::spawn(async move {
            let leader = self.leader;
            // Before TERM: once parents are gone, nothing leads to their escaped children.
            self.escaped =
                super::super::blocking(move || Ok(tree::escaped(&[leader]))).await.unwrap_or_default();
            tree::signal_group(leader, Signal::Term);
            tree::signal_each(&self.escaped, Signal::Term);
            let deadline = clock.elapsed() + KILL_GRACE;
            let mut pause = FIRST_POLL;
            while clock.elapsed() < deadline {
                tokio::select! {
                    () = self.reap(), if !self.reaped => {}
                    () = clock.sleep(pause) => pause = POLL.min(pause * 2),
                }
                let escaped = self.escaped.clone();
                let alive = move || Ok(tree::group_alive(leader) || escaped.iter().any(|p| p.alive()));
                if self.reaped && !super::super::blocking(alive).await.unwrap_or(true) {
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
