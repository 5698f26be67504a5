//! Which files the model has seen in this session, and in what state: what Edit and Write check before they change one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

/// What is known of a file since the model last saw or wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Modification time of the file when it was seen.
    pub modified: SystemTime,
    /// Its size in bytes at that time.
    pub size: u64,
    /// Whether the model saw the whole file (rows 259 and 261).
    pub whole: bool,
    /// The line range that was shown, when it was not the whole file: first line (1-based) and number of lines.
    pub range: Option<(u64, u64)>,
}

/// Files by resolved path.
#[derive(Debug, Default)]
pub struct ReadState(Mutex<HashMap<PathBuf, Seen>>);

impl ReadState {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<PathBuf, Seen>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// What is known of `resolved`, if the model has seen it.
    pub fn get(&self, resolved: &Path) -> Option<Seen> {
        self.with(|map| map.get(resolved).cloned())
    }

    /// Records that the model has seen `resolved`.
    pub fn record(&self, resolved: PathBuf, seen: Seen) {
        self.with(|map| map.insert(resolved, seen));
    }
}
