//! Walking a directory of a file system that the embedder brings: by listings, with the ignore rules of the host's walk.

use super::walk::Limit;
use crate::engine::io::files::{Entry, Files, Kind};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{Match, types::Types};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Questions to the embedder at a time: most of the time is spent waiting for its answers.
const AT_ONCE: usize = 8;

/// A walk of a directory below its root only; links are not followed, `.git` is skipped.
pub struct Tree<'a> {
    /// The file system.
    pub files: &'a dyn Files,
    /// The directory, which exists.
    pub root: &'a Path,
    /// Whether names that begin with a dot are visited.
    pub hidden: bool,
    /// Whether `.gitignore`, `.ignore` and `.git/info/exclude` have a say.
    pub ignoring: bool,
    /// How many names deep the walk goes.
    pub depth: Option<usize>,
    /// Types of files to visit.
    pub types: Option<Types>,
    /// Whether to look at an entry, or into a directory.
    pub enter: &'a (dyn Fn(&Path, bool) -> bool + Sync),
    /// When to end.
    pub limit: &'a Limit,
}

/// A directory to list, or an entry to visit.
enum Task {
    List(PathBuf, usize, Option<Arc<Level>>),
    Visit(PathBuf, Kind),
}

#[derive(Default)]
struct Queue {
    tasks: Vec<Task>,
    working: usize,
}

impl Tree<'_> {
    /// Gives every entry that is no directory to `visit`, several at a time, until the limit is reached.
    pub fn run(&self, visit: &(dyn Fn(&Path, Kind) + Sync)) {
        let above = self.ignoring.then(|| self.above()).flatten();
        let first = Task::List(self.root.to_path_buf(), 1, above);
        let queue = Mutex::new(Queue { tasks: vec![first], working: 0 });
        let changed = Condvar::new();
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| self.work(&queue, &changed, visit));
            }
        });
    }

    fn work(&self, queue: &Mutex<Queue>, changed: &Condvar, visit: &(dyn Fn(&Path, Kind) + Sync)) {
        let mut held = lock(queue);
        loop {
            // What is found last is done first, so that the queue stays short.
            let Some(task) = held.tasks.pop() else {
                if held.working == 0 {
                    changed.notify_all();
                    return;
                }
                held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            held.working += 1;
            drop(held);
            let done = Done { queue, changed };
            let new = match task {
                _ if self.limit.reached() => Vec::new(),
                Task::List(dir, depth, above) => self.list(&dir, depth, above),
                Task::Visit(path, kind) => {
                    if !self.limit.hides(&path) {
                        visit(&path, kind);
                    }
                    Vec::new()
                }
            };
            lock(queue).tasks.extend(new);
            drop(done);
            held = lock(queue);
        }
    }

    /// What is to be done in a directory. One that cannot be read is skipped: the rest of the tree is still of interest.
    fn list(&self, dir: &Path, depth: usize, above: Option<Arc<Level>>) -> Vec<Task> {
        let entries = match self.files.entries(dir) {
            Ok(entries) => entries,
            Err(error) => {
                self.limit.miss(dir, &error);
                return Vec::new();
            }
        };
        let level = if self.ignoring {
            let has = |name: &str| entries.iter().any(|entry| entry.name == name);
            Level::read(self.files, dir, above, &has)
        } else {
            None
        };
        let wanted = |entry: &Entry| self.wanted(&dir.join(&entry.name), entry, level.as_deref());
        let mut tasks = Vec::new();
        for entry in entries.iter().filter(|entry| entry.name != ".git" && wanted(entry)) {
            let path = dir.join(&entry.name);
            if entry.kind != Kind::Directory {
                tasks.push(Task::Visit(path, entry.kind));
            } else if self.depth.is_none_or(|most| depth < most) {
                tasks.push(Task::List(path, depth + 1, level.clone()));
            }
        }
        tasks
    }

    fn wanted(&self, path: &Path, entry: &Entry, level: Option<&Level>) -> bool {
        let is_dir = entry.kind == Kind::Directory;
        let ruled = level.map_or(Match::None, |level| level.matched(path, is_dir));
        let typed = self.types.as_ref().map_or(Match::None, |types| types.matched(path, is_dir).map(|_| ()));
        if ruled.is_ignore() || typed.is_ignore() {
            return false;
        }
        let hidden = !self.hidden && entry.name.starts_with('.');
        (!hidden || ruled.is_whitelist() || typed.is_whitelist()) && (self.enter)(path, is_dir)
    }

    /// The rules of the directories above the root.
    fn above(&self) -> Option<Arc<Level>> {
        let mut above: Vec<&Path> = self.root.ancestors().skip(1).collect();
        above.reverse();
        above.into_iter().fold(None, |level, dir| {
            Level::read(self.files, dir, level, &|name| name != ".git" || self.has(dir))
        })
    }

    fn has(&self, dir: &Path) -> bool {
        self.files.stat(&dir.join(".git")).is_ok()
    }
}

/// Counts a task as done also when its visit panics: the other threads would wait for it for ever.
struct Done<'a> {
    queue: &'a Mutex<Queue>,
    changed: &'a Condvar,
}

impl Drop for Done<'_> {
    fn drop(&mut self) {
        lock(self.queue).working -= 1;
        self.changed.notify_all();
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The rules of a directory, and of those above it.
struct Level {
    above: Option<Arc<Self>>,
    /// Of `.ignore`.
    plain: Gitignore,
    /// Of `.gitignore`.
    git: Gitignore,
    /// Of `.git/info/exclude`.
    exclude: Gitignore,
    /// Whether a repository begins here.
    is_repository: bool,
}

impl Level {
    /// The rules of `dir`, whose entries `has` knows.
    fn read(
        files: &dyn Files,
        dir: &Path,
        above: Option<Arc<Self>>,
        has: &dyn Fn(&str) -> bool,
    ) -> Option<Arc<Self>> {
        let rules = |name: &str, file: &str| {
            if !has(name) {
                return Gitignore::empty();
            }
            let Ok(bytes) = files.read(&dir.join(file)) else { return Gitignore::empty() };
            let mut builder = GitignoreBuilder::new(dir);
            for line in String::from_utf8_lossy(&bytes).lines() {
                // A line that is no pattern is passed over, as git does.
                let _ = builder.add_line(None, line);
            }
            builder.build().unwrap_or_else(|_| Gitignore::empty())
        };
        let level = Self {
            plain: rules(".ignore", ".ignore"),
            git: rules(".gitignore", ".gitignore"),
            exclude: rules(".git", ".git/info/exclude"),
            is_repository: has(".git"),
            above,
        };
        let empty = level.plain.is_empty() && level.git.is_empty() && !level.is_repository;
        if empty { level.above } else { Some(Arc::new(level)) }
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |level| level.above.as_deref())
    }

    /// What the rules say of a path: `.ignore` files first, then those of git up to where the repository begins; of one
    /// kind the nearest file that says anything decides.
    fn matched(&self, path: &Path, is_dir: bool) -> Match<()> {
        let plain = self.chain().map(|level| level.plain.matched(path, is_dir).map(|_| ()));
        let plain = { plain }.find(|said| !said.is_none()).unwrap_or(Match::None);
        let Some(last) = self.chain().position(|level| level.is_repository) else { return plain };
        let repository = || self.chain().take(last + 1);
        let said = |rules: fn(&Self) -> &Gitignore| {
            let mut said = repository().map(|level| rules(level).matched(path, is_dir).map(|_| ()));
            said.find(|said| !said.is_none()).unwrap_or(Match::None)
        };
        plain.or(said(|level| &level.git)).or(said(|level| &level.exclude))
    }
}

#[cfg(test)]
#[path = "walk_files_tests.rs"]
mod tests;
