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
    /// How much of it.
    pub extent: Extent,
}

/// How much of a file the model has seen (rows 259 and 261).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Every line, but long lines only in part.
    LinesCut,
    /// These lines (numbers from 1, ends excluded; ascending and apart), of which some may have been cut.
    Lines {
        /// Ranges of lines.
        ranges: Vec<(u64, u64)>,
        /// Whether a line of them was cut.
        cut: bool,
        /// Whether all of an earlier state of the file had been seen.
        earlier: bool,
    },
}

impl Extent {
    /// Some lines of a file of `total` lines, beside what has been seen of the same state before.
    pub fn of_lines(start: u64, count: u64, total: u64, cut: bool, before: Option<&Self>) -> Self {
        let (mut ranges, cut, earlier) = match before {
            Some(Self::Whole) => return Self::Whole,
            Some(Self::LinesCut) => return if cut || count < total { Self::LinesCut } else { Self::Whole },
            Some(Self::Lines { ranges, cut: before, earlier }) => (ranges.clone(), cut || *before, *earlier),
            None => (Vec::new(), cut, false),
        };
        if count > 0 {
            ranges.push((start, start + count));
        }
        ranges.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::with_capacity(ranges.len());
        for (from, to) in ranges {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        let all = total == 0 || merged.first().is_some_and(|(from, to)| *from <= 1 && *to > total);
        match (all, cut) {
            (true, false) => Self::Whole,
            (true, true) => Self::LinesCut,
            (false, _) => Self::Lines { ranges: merged, cut, earlier },
        }
    }
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

#[cfg(test)]
#[path = "read_state_tests.rs"]
mod tests;
