//! Signals to process groups, and the descendants that have left them.

#[cfg(unix)]
use nix::sys::signal::{Signal as Native, kill, killpg};
#[cfg(unix)]
use nix::unistd::Pid;

/// How a process is told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// It may clean up.
    Term,
    /// It is gone.
    Kill,
}

#[cfg(unix)]
impl Signal {
    fn native(self) -> Native {
        match self {
            Self::Term => Native::SIGTERM,
            Self::Kill => Native::SIGKILL,
        }
    }
}

/// A process that cannot be mistaken for a later one with the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    pid: i32,
    started: u64,
}

impl Process {
    /// Whether it still runs.
    pub fn alive(self) -> bool {
        stat(self.pid).is_some_and(|stat| stat.started == self.started && !stat.dead)
    }
}

/// Sends `signal` to every member of a group; a group that is gone is no error.
pub fn signal_group(leader: i32, signal: Signal) {
    // 0 and 1 would mean our own group and every process: never.
    if leader > 1 {
        #[cfg(unix)]
        let _ = killpg(Pid::from_raw(leader), signal.native());
        #[cfg(not(unix))]
        let _ = signal;
    }
}

/// Sends `signal` to each process that still is the one that was found.
pub fn signal_each(processes: &[Process], signal: Signal) {
    for process in processes.iter().filter(|process| process.pid > 1 && process.alive()) {
        #[cfg(unix)]
        let _ = kill(Pid::from_raw(process.pid), signal.native());
        #[cfg(not(unix))]
        let _ = (process, signal);
    }
}

/// Whether a group has living members. Where that cannot be seen, dead ones that nobody has reaped yet count too.
pub fn group_alive(leader: i32) -> bool {
    #[cfg(unix)]
    let any = leader > 1 && !matches!(killpg(Pid::from_raw(leader), None), Err(nix::errno::Errno::ESRCH));
    #[cfg(not(unix))]
    let any = false;
    // The init process of a container may take its time to reap what it has inherited.
    any && (!cfg!(target_os = "linux") || snapshot().iter().any(|p| p.group == leader && !p.dead))
}

/// Descendants of the groups' members that are in no group of these, as far as `/proc` shows them; nothing off Linux.
pub fn escaped(leaders: &[i32]) -> Vec<Process> {
    let all = snapshot();
    let mut known: Vec<i32> = all.iter().filter(|p| leaders.contains(&p.group)).map(|p| p.pid).collect();
    let mut next = 0;
    let mut found = Vec::new();
    while let Some(&parent) = known.get(next) {
        next += 1;
        for child in all.iter().filter(|p| p.parent == parent && !leaders.contains(&p.group)) {
            known.push(child.pid);
            found.push(Process { pid: child.pid, started: child.started });
        }
    }
    found
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    pid: i32,
    parent: i32,
    group: i32,
    started: u64,
    dead: bool,
}

/// The fields of `/proc/<pid>/stat` that matter here. The name before the last `)` may hold anything.
fn parse(pid: i32, text: &str) -> Option<Stat> {
    let mut fields = text.get(text.rfind(')')? + 1..)?.split_ascii_whitespace();
    let dead = matches!(fields.next()?, "Z" | "X");
    let parent = fields.next()?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    // Field 22 of the whole line: 16 fields after the group.
    let started = fields.nth(16)?.parse().ok()?;
    Some(Stat { pid, parent, group, started, dead })
}

fn stat(pid: i32) -> Option<Stat> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let bytes = super::super::fs::read(std::path::Path::new(&format!("/proc/{pid}/stat"))).ok()?;
    parse(pid, &String::from_utf8_lossy(&bytes))
}

fn snapshot() -> Vec<Stat> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok()))
        .filter_map(stat)
        .collect()
}

/// The name and the command line of this process, as `pkill` would match them.
pub fn own_names() -> (String, String) {
    let read = |path: &str| {
        let bytes = super::super::fs::read(std::path::Path::new(path)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).trim_end().replace('\0', " ")
    };
    (read("/proc/self/comm"), read("/proc/self/cmdline").trim_end().to_owned())
}

#[cfg(test)]
#[path = "process_tree_tests.rs"]
mod tests;
