//! Errors of the disk in plain words: what every tool says of them.

use std::io::{Error, ErrorKind};

const IN_WORDS: [(ErrorKind, &str); 7] = [
    (ErrorKind::NotFound, "it is not there any more"),
    (ErrorKind::QuotaExceeded, "the quota of the disk is used up"),
    (ErrorKind::ReadOnlyFilesystem, "the file system is read-only"),
    (ErrorKind::InvalidFilename, "the name is too long, or has characters that a name cannot have"),
    (ErrorKind::PermissionDenied, "the operating system denies access"),
    (ErrorKind::StorageFull, "the disk is full"),
    (ErrorKind::NotADirectory, "a part of the path is a file, not a directory"),
];

/// Why something could not be done, to follow a colon or to stand in brackets: no capital letter, no full stop.
pub fn why(error: &Error) -> String {
    let known = IN_WORDS.iter().find(|(kind, _)| *kind == error.kind());
    known.map_or_else(|| error.to_string(), |(_, words)| (*words).to_owned())
}
