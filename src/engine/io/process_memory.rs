//! A limit on the memory of all shell commands of a query together: a control group of Linux (cgroup v2).
//!
//! The group is made when the first command starts and goes when the query and the last command have ended. Where there can
//! be none, commands run without a limit, which is told once.

use crate::engine::clock::new_uuid;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::process::{Child, Command};

/// The variable that sets the limit.
pub const VARIABLE: &str = "CLAUDE_CODE_TOOL_MEMORY_LIMIT";
/// What the names of our groups begin with; the number of the process follows.
const PREFIX: &str = "native-agent-sdk-";
/// How often, and how many times, the removal of a group is tried whose last processes have just been killed.
const RETRY: (Duration, u32) = (Duration::from_millis(50), 100);

/// Bytes that the value of [`VARIABLE`] stands for, `None` for a word that switches it off. An error says what is wrong.
pub fn parse(text: &str) -> Result<Option<u64>, String> {
    let text = text.trim();
    if ["off", "false", "no", "none"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Ok(None);
    }
    let wrong = || {
        format!(
            "{VARIABLE} is {text:?}, which is no size. Give a number of bytes, or one with K, M, G or T such as 4G; 0 or \
             off for no limit."
        )
    };
    let (digits, power) = match text.char_indices().last() {
        Some((at, unit)) if unit.is_ascii_alphabetic() => {
            let power = ['K', 'M', 'G', 'T'].iter().position(|known| unit.eq_ignore_ascii_case(known));
            (&text[..at], power.ok_or_else(wrong)? + 1)
        }
        _ => (text, 0),
    };
    // `parse` would take a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let bytes = number.checked_mul(1 << (10 * power)).ok_or_else(wrong)?;
    Ok((bytes > 0).then_some(bytes))
}

type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// The limit of one query.
pub struct MemoryLimit {
    bytes: u64,
    /// Where the machine's files begin: `/`, but for tests.
    root: PathBuf,
    tell: Tell,
    state: Mutex<State>,
}

enum State {
    Unmade,
    Made(Arc<ControlGroup>),
    /// There is none, or no more.
    Without,
}

impl std::fmt::Debug for MemoryLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryLimit").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl MemoryLimit {
    /// A limit of `bytes`; `tell` hears of it when there can be none.
    pub fn new(bytes: u64, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { bytes, root: PathBuf::from("/"), tell: Arc::new(tell), state: Mutex::new(State::Unmade) }
    }

    /// Takes `root` for the place where the machine's files begin.
    #[must_use]
    pub fn below(self, root: PathBuf) -> Self {
        Self { root, ..self }
    }

    /// The group for a command that is about to start, if there can be one. Blocks.
    pub fn group(&self) -> Option<Arc<ControlGroup>> {
        let mut state = self.lock();
        if matches!(*state, State::Unmade) {
            *state = match ControlGroup::make(&self.root, self.bytes, &self.tell) {
                Ok(group) => State::Made(Arc::new(group)),
                Err(why) => {
                    (self.tell)(&without(&why));
                    State::Without
                }
            };
        }
        match &*state {
            State::Made(group) => Some(Arc::clone(group)),
            State::Unmade | State::Without => None,
        }
    }

    /// No more commands will start: the group goes with the last one that runs.
    pub fn close(&self) {
        *self.lock() = State::Without;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn without(why: &str) -> String {
    format!("{VARIABLE} has no effect, and commands run without a limit on their memory: {why}.")
}

/// A group of our own with a limit. Dropping it removes it.
pub struct ControlGroup {
    dir: PathBuf,
    /// Its `cgroup.procs`: a process that writes 0 to it moves there.
    procs: Arc<File>,
    /// Processes could not be moved there.
    unusable: Arc<AtomicBool>,
    tell: Tell,
}

impl std::fmt::Debug for ControlGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ControlGroup").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl ControlGroup {
    /// Makes a group in that of this process or, as the kernel wants processes in the leaves only, beside it.
    fn make(root: &Path, bytes: u64, tell: &Tell) -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("this needs the control groups of Linux".to_owned());
        }
        let (mount, own) = find(root)?;
        let parent = own.parent().filter(|parent| own != mount && parent.starts_with(&mount));
        let mut whys = Vec::new();
        for place in [Some(own.as_path()), parent].into_iter().flatten() {
            match Self::make_in(place, place == own, root, bytes, tell) {
                Ok(group) => return Ok(group),
                Err(why) => whys.push(why),
            }
        }
        Err(whys.join("; "))
    }

    fn make_in(place: &Path, own: bool, root: &Path, bytes: u64, tell: &Tell) -> Result<Self, String> {
        let shown = place.display();
        let failed = |error: io::Error| format!("no group can be made in {shown}: {error}");
        let control = place.join("cgroup.subtree_control");
        let enabled = || {
            std::fs::read_to_string(&control)
                .map(|enabled| enabled.split_ascii_whitespace().any(|c| c == "memory"))
        };
        if !enabled().map_err(failed)? {
            // In a group that holds more than us that is not ours to do: it would be done to others.
            if !own || std::fs::write(&control, "+memory").is_err() || !enabled().map_err(failed)? {
                return Err(format!("the memory controller of cgroup v2 is not enabled in {shown}"));
            }
        }
        sweep(place, root);
        let id = new_uuid();
        let dir = place.join(format!("{PREFIX}{}-{}", std::process::id(), id.get(..8).unwrap_or(&id)));
        std::fs::create_dir(&dir).map_err(failed)?;
        let set = || {
            std::fs::write(dir.join("memory.max"), bytes.to_string())?;
            // Else the kernel would move to the disk what is over the limit, and the machine would crawl. Kernels without
            // swap do not have this file.
            let _ = std::fs::write(dir.join("memory.swap.max"), "0");
            std::fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(dir.join("cgroup.procs"))
        };
        match set() {
            Ok(procs) => {
                let (procs, unusable, tell) = (Arc::new(procs), Arc::default(), Arc::clone(tell));
                Ok(Self { dir, procs, unusable, tell })
            }
            Err(error) => {
                let _ = std::fs::remove_dir(&dir);
                Err(failed(error))
            }
        }
    }

    /// Lets the command move into the group before it becomes the program that it runs.
    #[cfg(unix)]
    #[expect(
        unsafe_code,
        reason = "only between fork and exec can the child move itself without missing a moment"
    )]
    pub(super) fn receive(&self, command: &mut Command) {
        let (procs, unusable) = (Arc::clone(&self.procs), Arc::clone(&self.unusable));
        // SAFETY: the closure runs in the child and does nothing but load an atomic and write(2) two bytes to an open
        // descriptor, which is async-signal-safe; turning an errno into an error allocates nothing.
        unsafe {
            command.pre_exec(move || {
                if unusable.load(Ordering::Relaxed) {
                    return Ok(());
                }
                (&*procs).write(b"0\n").map(drop)
            });
        }
    }

    #[cfg(not(unix))]
    pub(super) fn receive(&self, _: &mut Command) {}

    /// Starts a command that the group is to receive; without the group when that is what fails.
    pub(super) fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        let failed = match command.spawn() {
            Err(error) if !self.unusable.swap(true, Ordering::Relaxed) => error,
            done => return done,
        };
        let again = command.spawn();
        match again {
            Ok(_) => {
                (self.tell)(&without(&format!("{} does not take processes: {failed}", self.dir.display())))
            }
            // It was the command itself.
            Err(_) => self.unusable.store(false, Ordering::Relaxed),
        }
        again
    }
}

impl Drop for ControlGroup {
    fn drop(&mut self) {
        if std::fs::remove_dir(&self.dir).is_ok() {
            return;
        }
        // What was killed a moment ago is still in it. What has detached itself may stay for long: another query of
        // this machine then removes the group, see `sweep`.
        let dir = std::mem::take(&mut self.dir);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let clock = crate::engine::clock::Clock::real();
                for _ in 0..RETRY.1 {
                    clock.sleep(RETRY.0).await;
                    if std::fs::remove_dir(&dir).is_ok() {
                        return;
                    }
                }
            });
        }
    }
}

/// Where the file system of control groups is, and the group of this process in it.
fn find(root: &Path) -> Result<(PathBuf, PathBuf), String> {
    let read = |file: &str| {
        let path = root.join(file);
        std::fs::read_to_string(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
    };
    let mounts = read("proc/self/mountinfo")?;
    let (part, mount) =
        mounts.lines().find_map(mounted).ok_or_else(|| "cgroup v2 is not mounted here".to_owned())?;
    let groups = read("proc/self/cgroup")?;
    let own = groups.lines().find_map(|line| line.strip_prefix("0::"));
    let own = own.ok_or_else(|| "this process is in no group of cgroup v2".to_owned())?;
    // A mount may show a part of the tree only.
    let inside = own.strip_prefix(part.trim_end_matches('/')).unwrap_or(own).trim_start_matches('/');
    if inside.split('/').any(|name| name == "..") {
        return Err("the group of this process cannot be seen from here".to_owned());
    }
    let mount = root.join(mount.trim_start_matches('/'));
    let own = if inside.is_empty() { mount.clone() } else { mount.join(inside) };
    Ok((mount, own))
}

/// Which part of the tree of groups is mounted where, if the line of `mountinfo` is about that.
fn mounted(line: &str) -> Option<(&str, &str)> {
    let (mount, kind) = line.split_once(" - ")?;
    let mut fields = mount.split(' ').skip(3);
    (kind.split(' ').next() == Some("cgroup2")).then(|| Some((fields.next()?, fields.next()?)))?
}

/// Removes groups of processes that have ended. One that still has members cannot be removed and stays.
fn sweep(place: &Path, root: &Path) {
    let Ok(entries) = std::fs::read_dir(place) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process =
            name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-')?.0.parse::<u32>().ok());
        if process.is_some_and(|process| !root.join("proc").join(process.to_string()).exists()) {
            let _ = std::fs::remove_dir(entry.path());
        }
    }
}

#[cfg(test)]
#[path = "process_memory_tests.rs"]
mod tests;
