//! Resolves the paths of one decision, each once, and remembers when a file system could not say where one leads.

use crate::engine::io::files::{Files, lexical};
use crate::engine::io::fs;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The paths of one decision. Blocks.
pub struct Resolver {
    /// Where they are resolved.
    pub files: Arc<dyn Files>,
    fault: RefCell<Option<String>>,
    /// A command line is looked at several times, and most of its paths begin alike.
    known: RefCell<HashMap<PathBuf, PathBuf>>,
}

impl Resolver {
    /// A resolver that asks `files`.
    pub fn new(files: Arc<dyn Files>) -> Self {
        Self { files, fault: RefCell::default(), known: RefCell::default() }
    }

    /// `path` with links and `..` resolved. A failure makes [`Resolver::finish`] one.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone();
        }
        let resolved = match (path.parent(), path.file_name()) {
            // Elsewhere every directory would be a question of its own.
            (Some(parent), Some(name)) if self.files.is_host() && path.is_absolute() => {
                fs::resolve_in(&self.resolve(parent), name)
            }
            _ => self.files.resolve(path).unwrap_or_else(|error| {
                let text = || format!("Cannot resolve {}: {error}.", path.display());
                self.fault.borrow_mut().get_or_insert_with(text);
                lexical(path)
            }),
        };
        self.known.borrow_mut().insert(path.to_path_buf(), resolved.clone());
        resolved
    }

    /// `decided`, unless it was built on a path that nobody could resolve.
    pub fn finish<T>(self, decided: T) -> Result<T, String> {
        self.fault.into_inner().map_or(Ok(decided), Err)
    }
}

#[cfg(test)]
#[path = "resolver_tests.rs"]
mod tests;
