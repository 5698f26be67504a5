//! Where one session works: the original directory, the shell's current one, and the additional ones.

use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io;
use std::path::{Path, PathBuf};
use std::sync::RwLock;

/// The directories of one session. Shared by tools and permissions; every path in it is absolute and resolved.
#[derive(Debug)]
pub struct Workspace {
    original: PathBuf,
    handed: Option<PathBuf>,
    inner: RwLock<Inner>,
}

#[derive(Debug, Clone)]
struct Inner {
    current: PathBuf,
    additional: Vec<PathBuf>,
    /// The worktree that the session is in.
    worktree: Option<PathBuf>,
}

impl Workspace {
    /// A workspace at `cwd` with `additional` directories. Both must be absolute; `cwd` must be resolved already.
    pub fn new(cwd: PathBuf, additional: Vec<PathBuf>) -> Self {
        let inner = Inner { current: cwd.clone(), additional, worktree: None };
        Self { original: cwd, handed: None, inner: RwLock::new(inner) }
    }

    /// The same, with the directory of the files that the engine hands to the model.
    #[must_use]
    pub fn handing(self, dir: &Path) -> Self {
        Self { handed: Some(io::fs::resolve(dir)), ..self }
    }

    /// Where files are that the engine hands to the model.
    pub fn handed(&self) -> Option<&Path> {
        self.handed.as_deref()
    }

    /// Where the shell starts, and goes back to when it strays: the worktree that was entered, else [`Self::original`].
    pub fn home(&self) -> PathBuf {
        self.read().worktree.unwrap_or_else(|| self.original.clone())
    }

    /// Enters a worktree, or leaves it with `None`.
    pub fn set_worktree(&self, dir: Option<PathBuf>) {
        self.write(|inner| inner.worktree = dir);
    }

    fn read(&self) -> Inner {
        self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn write(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.inner.write().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    /// `options.cwd`: never changes.
    pub fn original(&self) -> &Path {
        &self.original
    }

    /// The directory in which the next shell command starts.
    pub fn current(&self) -> PathBuf {
        self.read().current
    }

    /// Keeps the directory in which a shell command ended.
    pub fn set_current(&self, dir: PathBuf) {
        self.write(|inner| inner.current = dir);
    }

    /// The directories beside the original one.
    pub fn additional(&self) -> Vec<PathBuf> {
        self.read().additional
    }

    /// Adds directories (resolved by the caller); those already there are not repeated.
    pub fn add(&self, dirs: impl IntoIterator<Item = PathBuf>) {
        self.write(|inner| {
            for dir in dirs {
                if !inner.additional.contains(&dir) {
                    inner.additional.push(dir);
                }
            }
        });
    }

    /// Removes directories; the original one cannot be removed.
    pub fn remove(&self, dirs: &[PathBuf]) {
        self.write(|inner| inner.additional.retain(|dir| !dirs.contains(dir)));
    }

    /// Whether a resolved path lies in the original or an additional directory.
    pub fn contains(&self, resolved: &Path) -> bool {
        resolved.starts_with(&self.original)
            || self.read().additional.iter().any(|dir| resolved.starts_with(dir))
    }
}

/// `options.cwd`, resolved.
///
/// # Errors
/// `CwdUnavailable` when it is no directory that can be used.
pub fn directory(cwd: &Path) -> Result<PathBuf, EngineError> {
    let unusable = |why: String| {
        let text =
            format!("options.cwd {} cannot be used: {why}. Give an existing directory.", cwd.display());
        Err(EngineError::new(ErrorKind::CwdUnavailable, text))
    };
    if !cwd.is_absolute() {
        return unusable("it is not an absolute path".to_owned());
    }
    match io::fs::canonicalize(cwd).and_then(|path| io::fs::metadata(&path).map(|meta| (path, meta))) {
        Ok((path, meta)) if meta.is_dir() => Ok(path),
        Ok(_) => unusable("it is not a directory".to_owned()),
        Err(error) => unusable(error.to_string()),
    }
}
