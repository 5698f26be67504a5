//! Walking a directory for Glob and Grep: parallel, below its root only, ended by a token or a time limit.

use crate::engine::io::files::{Files, HostFiles};
use crate::engine::io::words::why;
use crate::engine::permission::ReadFilter;
use crate::engine::{clock::Clock, env::Env, tool::ToolError};
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio_util::sync::CancellationToken;

/// How long one search may take.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// When a search must end.
#[derive(Debug)]
pub struct Limit {
    clock: Clock,
    started: Duration,
    cancel: CancellationToken,
    timed_out: AtomicBool,
    unreadable: Arc<ReadFilter>,
    files: Arc<dyn Files>,
    missed: Mutex<Missed>,
}

/// What could not be read.
#[derive(Debug, Default)]
struct Missed {
    count: usize,
    /// The first by name, and why.
    first: Option<(PathBuf, String)>,
}

impl Limit {
    /// A limit that starts now.
    pub fn new(clock: Clock, cancel: CancellationToken) -> Self {
        let started = clock.elapsed();
        let (unreadable, files) = (Arc::default(), Arc::new(HostFiles));
        let (timed_out, missed) = (AtomicBool::new(false), Mutex::default());
        Self { clock, started, cancel, timed_out, unreadable, files, missed }
    }

    /// Resolves links in `files`.
    pub fn within(self, files: &Arc<dyn Files>) -> Self {
        Self { files: Arc::clone(files), ..self }
    }

    /// Leaves out the files that rules keep from being read (row 123).
    pub fn hiding(self, unreadable: &Arc<ReadFilter>) -> Self {
        Self { unreadable: Arc::clone(unreadable), ..self }
    }

    /// Whether a rule keeps `path`, or what it links to, from being read.
    pub fn hides(&self, path: &Path) -> bool {
        // What nobody can resolve may be such a file.
        let target = || self.files.resolve(path).map_or(true, |target| self.unreadable.hides(&target));
        !self.unreadable.is_empty() && (self.unreadable.hides(path) || target())
    }

    /// Whether to stop: cancelled, or out of time.
    pub fn reached(&self) -> bool {
        if self.cancel.is_cancelled() || self.timed_out() {
            return true;
        }
        let late = self.elapsed() >= TIME_LIMIT;
        if late {
            self.timed_out.store(true, Ordering::Relaxed);
        }
        late
    }

    /// Remembers what could not be read. What has gone since it was listed is not missed: it is not there to be found. Nor is
    /// what the model must not know of.
    pub fn miss(&self, path: &Path, error: &io::Error) {
        if error.kind() == io::ErrorKind::NotFound || self.cancel.is_cancelled() || self.hides(path) {
            return;
        }
        let mut missed = self.missed();
        missed.count += 1;
        if missed.first.as_ref().is_none_or(|(first, _)| path < first.as_path()) {
            missed.first = Some((path.to_path_buf(), why(error)));
        }
    }

    fn missed(&self) -> MutexGuard<'_, Missed> {
        self.missed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What could not be read, for the model, to stand below what was found; empty when nothing was missed.
    pub fn missed_note(&self) -> String {
        let missed = self.missed();
        let Some((first, why)) = &missed.first else { return String::new() };
        let first = first.display();
        match missed.count {
            1 => format!("\n(Left out, as it cannot be read: {first}: {why}.)"),
            n => format!(
                "\n({n} files or directories are left out, as they cannot be read, such as {first}: {why}.)"
            ),
        }
    }

    /// Whether the search was cut by the clock.
    pub fn timed_out(&self) -> bool {
        self.timed_out.load(Ordering::Relaxed)
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.started)
    }

    /// `Err` when the call was cancelled.
    pub fn check_cancelled(&self) -> Result<(), ToolError> {
        if self.cancel.is_cancelled() { Err(ToolError::Cancelled) } else { Ok(()) }
    }
}

/// A builder for a walk of `root`: links are not followed, `.git` is skipped, nothing depends on the host's environment.
pub fn builder(root: &Path) -> WalkBuilder {
    let mut builder = WalkBuilder::new(root);
    // The global excludes file is found through the host's environment, which is not the query's.
    builder.git_global(false).hidden(false).follow_links(false);
    builder
}

/// Whether an entry is a `.git` below the root: never of interest, and often huge.
pub fn is_git_dir(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name() == ".git"
}

/// Walks in parallel and gives every entry that can be read to `visit`, until the limit is reached.
pub fn run(builder: &WalkBuilder, limit: &Limit, visit: &(impl Fn(&DirEntry) + Sync)) {
    builder.build_parallel().visit(&mut Factory { limit, visit });
}

struct Factory<'a, F> {
    limit: &'a Limit,
    visit: &'a F,
}

impl<'a, F: Fn(&DirEntry) + Sync> ParallelVisitorBuilder<'a> for Factory<'a, F> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Visitor { limit: self.limit, visit: self.visit })
    }
}

struct Visitor<'a, F> {
    limit: &'a Limit,
    visit: &'a F,
}

impl<F: Fn(&DirEntry) + Sync> ParallelVisitor for Visitor<'_, F> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.limit.reached() {
            return WalkState::Quit;
        }
        match entry {
            Ok(entry) if self.limit.hides(entry.path()) => {}
            Ok(entry) => (self.visit)(&entry),
            // What cannot be read is skipped: the rest of the tree is still worth searching.
            Err(error) => {
                if let (Some(path), Some(error)) = (place(&error), error.io_error()) {
                    self.limit.miss(path, error);
                }
            }
        }
        WalkState::Continue
    }
}

/// The path that an error of a walk is about.
fn place(error: &ignore::Error) -> Option<&Path> {
    if let ignore::Error::WithPath { path, .. } = error {
        return Some(path);
    }
    if let ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } = error {
        return place(err);
    }
    None
}

/// The newest of the files that were seen, with a count of all.
#[derive(Debug)]
pub struct Newest {
    keep: usize,
    files: Vec<(SystemTime, PathBuf)>,
    total: u64,
}

impl Newest {
    /// Keeps the `keep` newest files.
    pub fn new(keep: usize) -> Self {
        Self { keep, files: Vec::new(), total: 0 }
    }

    /// Adds a file.
    pub fn push(&mut self, modified: SystemTime, path: PathBuf) {
        self.total += 1;
        self.files.push((modified, path));
        if self.files.len() >= self.keep.saturating_mul(2).saturating_add(1024) {
            self.shrink();
        }
    }

    /// How many were added.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The kept files, newest first, then by name.
    pub fn into_paths(mut self) -> Vec<PathBuf> {
        self.shrink();
        self.files.into_iter().map(|(_, path)| path).collect()
    }

    fn shrink(&mut self) {
        self.files.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        self.files.truncate(self.keep);
    }
}

/// `path` of an input as an absolute path: relative ones start at `current`.
pub fn absolute(path: Option<&str>, current: &Path) -> PathBuf {
    path.filter(|path| !path.is_empty()).map_or_else(|| current.to_path_buf(), |path| current.join(path))
}

/// What the model is told of a place to search in that cannot be looked at.
pub fn no_place(path: &Path, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound {
        return format!("Path does not exist: {}", path.display());
    }
    crate::engine::tool::files::file_target::cannot("search", path, error)
}

/// Whether `name` says no: `0`, `false`, `no` or `off`, in any case.
pub fn switched_off(env: &Env, name: &str) -> bool {
    env.get(name).is_some_and(|v| ["0", "false", "no", "off"].iter().any(|word| v.eq_ignore_ascii_case(word)))
}

/// Refuses text that no path and no pattern can hold.
pub fn refuse_nul(field: &str, text: Option<&str>) -> Result<(), ToolError> {
    match text {
        Some(text) if text.contains('\0') => {
            Err(ToolError::Respond(format!("`{field}` contains a NUL character. Remove it.")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
