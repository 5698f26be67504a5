//! Resolves the paths of one decision, each once, and remembers when a file system could not say where one leads.

use crate::engine::io::files::{Files, lexical};
use crate::engine::io::fs;
use crate::engine::permission::{Resolved, joined};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// The paths of one decision. Blocks.
pub struct Resolver {
    /// Where they are resolved.
    pub files: Arc<dyn Files>,
    fault: RefCell<Option<String>>,
    /// Directories by their text, and what was asked elsewhere: most paths of a command line begin alike.
    known: RefCell<HashMap<OsString, Rc<Path>>>,
}

impl Resolver {
    /// A resolver that asks `files`.
    pub fn new(files: Arc<dyn Files>) -> Self {
        Self { files, fault: RefCell::default(), known: RefCell::default() }
    }

    /// `path` with links and `..` resolved. A failure makes [`Resolver::finish`] one.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.find(path).target
    }

    /// Where `path` leads, and which entry of which directory it names.
    pub fn find(&self, path: &Path) -> Resolved {
        match (path.parent(), path.file_name()) {
            // Elsewhere every directory would be a question of its own.
            (Some(parent), Some(name)) if self.files.is_host() && path.is_absolute() => {
                let entry = joined(&self.known(parent), name.as_ref());
                Resolved { target: fs::follow(&entry), entry }
            }
            _ => Resolved::by(path, |path| self.known(path).to_path_buf()),
        }
    }

    /// Whether a resolved path is a directory; `None` when nothing is there. What cannot be told may be one.
    pub fn folder(&self, path: &Path) -> Option<bool> {
        match self.files.stat(path) {
            Ok(stat) => Some(stat.is_dir()),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
            Err(_) => Some(true),
        }
    }

    /// The same as [`Resolver::resolve`], remembered.
    fn known(&self, path: &Path) -> Rc<Path> {
        if let Some(known) = self.known.borrow().get(path.as_os_str()) {
            return Rc::clone(known);
        }
        let by_directory = self.files.is_host() && path.is_absolute() && path.file_name().is_some();
        let resolved: Rc<Path> = if by_directory { self.resolve(path) } else { self.ask(path) }.into();
        self.known.borrow_mut().insert(path.as_os_str().to_owned(), Rc::clone(&resolved));
        resolved
    }

    fn ask(&self, path: &Path) -> PathBuf {
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

#[cfg(test)]
#[path = "resolver_tests.rs"]
mod tests;
