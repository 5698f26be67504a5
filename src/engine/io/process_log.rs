//! The file that the output of a background command goes to: appended in order, read from any place.

use super::super::words::why;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An output file that only the user may read.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    state: Mutex<State>,
    written: AtomicU64,
}

#[derive(Debug)]
struct State {
    /// `None` once the log is closed.
    file: Option<File>,
    error: Option<String>,
}

impl Log {
    /// Creates the file; one that exists already is an error. Blocks.
    pub fn create(path: PathBuf) -> io::Result<Self> {
        let file = super::scratch::create_private_file(&path)?;
        let state = Mutex::new(State { file: Some(file), error: None });
        Ok(Self { path, state, written: AtomicU64::new(0) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes to the end. After a failure, of which [`Log::error`] tells, nothing more is written. Blocks.
    pub fn append(&self, bytes: &[u8]) {
        let mut state = self.lock();
        let Some(file) = &mut state.file else { return };
        match super::scratch::write_to(file, &self.path, bytes) {
            Ok(()) => {
                self.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            }
            Err(error) => {
                state.error = Some(why(&error));
                state.file = None;
            }
        }
    }

    /// Nothing is written any more; the descriptor is given back.
    pub fn close(&self) {
        self.lock().file = None;
    }

    /// Why output is missing, if it is.
    pub fn error(&self) -> Option<String> {
        self.lock().error.clone()
    }

    /// How many bytes it has.
    pub fn len(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// At most `max` bytes from `offset` on. Blocks.
    pub fn read(&self, offset: u64, max: u64) -> io::Result<Vec<u8>> {
        let mut file = super::scratch::open(&self.path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(max).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
#[path = "process_log_tests.rs"]
mod tests;
