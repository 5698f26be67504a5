//! What went wrong in an executor, as the rest of the engine takes it.

use std::io::{self, ErrorKind};

/// What an executor threw, or why it could not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The `code` of the error, if it had one.
    pub code: Option<String>,
    /// Its message.
    pub message: String,
}

/// The codes that mean the same as on this machine, so that the model reads the same words.
const CODES: [(&str, ErrorKind); 12] = [
    ("EABORTED", ErrorKind::Interrupted),
    ("EACCES", ErrorKind::PermissionDenied),
    ("EEXIST", ErrorKind::AlreadyExists),
    ("EISDIR", ErrorKind::IsADirectory),
    ("ENAMETOOLONG", ErrorKind::InvalidFilename),
    ("ENOENT", ErrorKind::NotFound),
    ("ENOSPC", ErrorKind::StorageFull),
    ("ENOTDIR", ErrorKind::NotADirectory),
    ("ENOTEMPTY", ErrorKind::DirectoryNotEmpty),
    ("EPERM", ErrorKind::PermissionDenied),
    ("EROFS", ErrorKind::ReadOnlyFilesystem),
    ("ETIMEDOUT", ErrorKind::TimedOut),
];

impl Fault {
    /// A fault without a code.
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: None, message: message.into() }
    }

    /// What the answer of `method` should have been.
    pub fn garbage(method: &str, wanted: &str) -> Self {
        Self::new(format!("options.executors.{method} must return {wanted}"))
    }

    /// In words for the model.
    pub fn text(&self) -> String {
        match &self.code {
            Some(code) if !self.message.contains(code.as_str()) => format!("{code}: {}", self.message),
            Some(_) | None => self.message.clone(),
        }
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        let known = CODES.iter().find(|(code, _)| fault.code.as_deref() == Some(code));
        // `ErrorKind::Uncategorized` cannot be named; `Other` shows the text as it is.
        let kind = known.map_or(ErrorKind::Other, |(_, kind)| *kind);
        Self::new(kind, fault.text())
    }
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
