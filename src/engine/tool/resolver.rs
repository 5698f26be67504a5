//! Resolves the paths of one decision, and remembers when a file system could not say where one leads.

use crate::engine::io::files::{Files, lexical};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The paths of one decision. Blocks.
pub struct Resolver {
    /// Where they are resolved.
    pub files: Arc<dyn Files>,
    fault: RefCell<Option<String>>,
}

impl Resolver {
    /// A resolver that asks `files`.
    pub fn new(files: Arc<dyn Files>) -> Self {
        Self { files, fault: RefCell::new(None) }
    }

    /// `path` with links and `..` resolved. A failure makes [`Resolver::finish`] one.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.files.resolve(path).unwrap_or_else(|error| {
            let text = || format!("Cannot resolve {}: {error}.", path.display());
            self.fault.borrow_mut().get_or_insert_with(text);
            lexical(path)
        })
    }

    /// `decided`, unless it was built on a path that nobody could resolve.
    pub fn finish<T>(self, decided: T) -> Result<T, String> {
        self.fault.into_inner().map_or(Ok(decided), Err)
    }
}
