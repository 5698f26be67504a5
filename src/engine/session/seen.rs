//! Files that are watched by looking at them now and then: what each was when it was last seen.

use crate::engine::io::fs;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// What tells one state of a file from another, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    size: u64,
    /// Another one after an atomic replacement.
    number: u64,
}

/// The watched files, each with its state; `None` is a file that was not there.
#[derive(Debug, Default)]
pub struct Seen(Mutex<BTreeMap<PathBuf, Option<Stamp>>>);

/// A file that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: PathBuf,
    /// `add`, `change` or `unlink`.
    pub event: &'static str,
    now: Option<Stamp>,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Option<Stamp>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which of `paths` have changed. One that is new among them is taken as it is, one that is gone is forgotten. A change
    /// is found again until it is settled. Takes a few microseconds a file.
    pub fn changes(&self, paths: &[PathBuf]) -> Vec<Change> {
        let mut seen = self.lock();
        seen.retain(|path, _| paths.contains(path));
        let mut changes = Vec::new();
        for path in paths {
            let now = stamp(path);
            let before = *seen.entry(path.clone()).or_insert(now);
            let event = match (before, now) {
                (before, now) if before == now => continue,
                (None, _) => "add",
                (Some(_), None) => "unlink",
                (Some(_), Some(_)) => "change",
            };
            changes.push(Change { path: path.clone(), event, now });
        }
        changes
    }

    /// A change has been dealt with.
    pub fn settle(&self, change: &Change) {
        if let Some(seen) = self.lock().get_mut(&change.path) {
            *seen = change.now;
        }
    }

    /// A watched file is what the engine itself has just made of it.
    pub fn note(&self, path: &Path) {
        if let Some(seen) = self.lock().get_mut(path) {
            *seen = stamp(path);
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let meta = fs::metadata(path).ok()?;
    Some(Stamp { modified: meta.modified().ok(), size: meta.len(), number: number(&meta) })
}

#[cfg(unix)]
fn number(meta: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn number(_meta: &std::fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
#[path = "seen_tests.rs"]
mod tests;
