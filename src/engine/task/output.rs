//! The output of a task in portions: each asks for what came since the last one.

use super::Task;
use crate::engine::io::blocking;
use std::io;
use std::sync::Arc;

/// New output of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portion {
    /// Its end, when there is more than was asked for. What is not UTF-8 is replaced.
    pub text: String,
    /// Bytes of new output before `text` that are only in the file.
    pub skipped: u64,
}

impl Task {
    /// What was written since the last call, at most `max` bytes of it: the last ones.
    pub async fn new_output(&self, max: u64) -> io::Result<Portion> {
        let mut seen = self.seen.lock().await;
        let log = Arc::clone(&self.new.log);
        let end = log.len();
        let start = (*seen).max(end.saturating_sub(max));
        let bytes = blocking(move || log.read(start, end.saturating_sub(start))).await?;
        let whole = if self.is_running() { whole_characters(&bytes) } else { bytes.len() };
        let head = if start > *seen { torn(&bytes) } else { 0 };
        let skipped = start + head as u64 - *seen;
        *seen = start + whole as u64;
        let text = bytes.get(head..whole).unwrap_or_default();
        Ok(Portion { text: String::from_utf8_lossy(text).into_owned(), skipped })
    }
}

/// How many bytes at the start belong to a character that begins before them.
fn torn(bytes: &[u8]) -> usize {
    bytes.iter().take(3).take_while(|byte| **byte & 0b1100_0000 == 0b1000_0000).count()
}

/// The length without a last character of which a part is still to come.
fn whole_characters(bytes: &[u8]) -> usize {
    for (back, byte) in bytes.iter().rev().take(3).enumerate().map(|(at, byte)| (at + 1, *byte)) {
        let needed = match byte {
            0x80..0xC0 => continue,
            0xF0.. => 4,
            0xE0..0xF0 => 3,
            0xC0..0xE0 => 2,
            0..0x80 => 1,
        };
        return if needed > back { bytes.len() - back } else { bytes.len() };
    }
    bytes.len()
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
