//! Faults that tests put into file work below a directory of theirs: a full disk, a file that vanishes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What is to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Reading a file.
    Read,
    /// Making a new file.
    Create,
    /// Writing to a file.
    Write,
    /// Renaming a file over another.
    Rename,
    /// Making a directory.
    MakeDir,
    /// Asking what a path is.
    Stat,
    /// Listing a directory.
    List,
}

static FAULTS: Mutex<Vec<(PathBuf, Fault, io::ErrorKind)>> = Mutex::new(Vec::new());

/// Makes `what` fail below `dir` until the guard is dropped.
#[must_use]
pub fn inject(dir: &Path, what: Fault, kind: io::ErrorKind) -> Guard {
    faults(|list| list.push((dir.to_path_buf(), what, kind)));
    Guard(dir.to_path_buf())
}

/// Ends the faults of one directory.
#[derive(Debug)]
pub struct Guard(PathBuf);

impl Drop for Guard {
    fn drop(&mut self) {
        faults(|list| list.retain(|(dir, _, _)| *dir != self.0));
    }
}

/// Fails when a test said so.
pub fn trip(what: Fault, path: &Path) -> io::Result<()> {
    let found = faults(|list| {
        list.iter().find(|(dir, fault, _)| *fault == what && path.starts_with(dir)).map(|(_, _, kind)| *kind)
    });
    found.map_or(Ok(()), |kind| Err(kind.into()))
}

fn faults<T>(work: impl FnOnce(&mut Vec<(PathBuf, Fault, io::ErrorKind)>) -> T) -> T {
    work(&mut FAULTS.lock().unwrap_or_else(PoisonError::into_inner))
}
