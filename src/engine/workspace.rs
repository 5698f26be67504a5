//! Where one session works: the original directory, the shell's current one, and the additional ones.

use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io;
use crate::engine::io::files::{Files, HostFiles, Overlaid};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};
use tokio_util::sync::CancellationToken;

/// The directories of one session. Shared by tools and permissions; every path in it is absolute and resolved.
#[derive(Debug)]
pub struct Workspace {
    given: PathBuf,
    /// `given` resolved, where that takes asking the embedder.
    settled: OnceLock<PathBuf>,
    handed: Option<PathBuf>,
    /// What file tools work in, and what paths are resolved through.
    files: Arc<dyn Files>,
    /// What paths in command lines are resolved through.
    shell_files: Arc<dyn Files>,
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
        let files: Arc<dyn Files> = Arc::new(HostFiles);
        let shell_files = Arc::clone(&files);
        let (settled, handed) = (OnceLock::new(), None);
        Self { given: cwd, settled, handed, files, shell_files, inner: RwLock::new(inner) }
    }

    /// The same in other file systems: that of the file tools, and that of shell commands.
    #[must_use]
    pub fn within(self, files: Arc<dyn Files>, shell_files: Arc<dyn Files>) -> Self {
        Self { files, shell_files, ..self }
    }

    /// The same, with the directory of the files that the engine hands to the model.
    #[must_use]
    pub fn handing(mut self, dir: &Path) -> Self {
        self.handed = Some(io::fs::resolve(dir));
        if !self.files.is_host() {
            self.files = Arc::new(Overlaid::new(self.files, dir));
        }
        self
    }

    /// What file tools work in, and what their paths are resolved through.
    pub fn files(&self) -> &Arc<dyn Files> {
        &self.files
    }

    /// What paths in command lines are resolved through.
    pub fn shell_files(&self) -> &Arc<dyn Files> {
        &self.shell_files
    }

    /// Whether resolving a path means asking the embedder, which takes a while.
    pub fn is_elsewhere(&self) -> bool {
        !self.files.is_host() || !self.shell_files.is_host()
    }

    /// Resolves the directories in a file system of the embedder's, before anything is judged by them. Blocks.
    ///
    /// # Errors
    /// Says why the original directory cannot be used.
    pub fn settle(&self, cancel: &CancellationToken) -> Result<(), String> {
        if self.files.is_host() || !self.files.can_be_seen() {
            return Ok(());
        }
        let files = io::files::until(&self.files, cancel);
        let cwd = files
            .resolve(&self.given)
            .and_then(|path| files.stat(&path).map(|stat| (path, stat)))
            .map_err(|error| error.to_string())
            .and_then(|(path, stat)| {
                stat.is_dir().then_some(path).ok_or_else(|| "it is not a directory".to_owned())
            })
            .map_err(|why| {
                format!(
                    "options.cwd {} cannot be used in the file system of options.executors.fs: {why}.",
                    self.given.display()
                )
            })?;
        let additional = self.additional();
        // One that cannot be resolved contains no resolved path, so it lets nothing through.
        let resolved = additional.into_iter().map(|dir| files.resolve(&dir).unwrap_or(dir)).collect();
        self.write(|inner| {
            inner.current = cwd.clone();
            inner.additional = resolved;
        });
        let _ = self.settled.set(cwd);
        Ok(())
    }

    /// Where files are that the engine hands to the model.
    pub fn handed(&self) -> Option<&Path> {
        self.handed.as_deref()
    }

    /// Where the shell starts, and goes back to when it strays: the worktree that was entered, else [`Self::original`].
    pub fn home(&self) -> PathBuf {
        self.read(|inner| inner.worktree.clone()).unwrap_or_else(|| self.original().to_path_buf())
    }

    /// Enters a worktree, or leaves it with `None`.
    pub fn set_worktree(&self, dir: Option<PathBuf>) {
        self.write(|inner| inner.worktree = dir);
    }

    fn read<T>(&self, what: impl FnOnce(&Inner) -> T) -> T {
        what(&self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn write(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.inner.write().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    /// `options.cwd`: never changes once it is settled.
    pub fn original(&self) -> &Path {
        self.settled.get().unwrap_or(&self.given)
    }

    /// The directory in which the next shell command starts.
    pub fn current(&self) -> PathBuf {
        self.read(|inner| inner.current.clone())
    }

    /// Keeps the directory in which a shell command ended.
    pub fn set_current(&self, dir: PathBuf) {
        self.write(|inner| inner.current = dir);
    }

    /// The directories beside the original one.
    pub fn additional(&self) -> Vec<PathBuf> {
        self.read(|inner| inner.additional.clone())
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

    /// Directories with links and `..` resolved. One that nobody can resolve stays as it is: no resolved path lies in it,
    /// so it lets nothing through.
    pub async fn resolved(&self, dirs: Vec<PathBuf>) -> Vec<PathBuf> {
        let stop = CancellationToken::new();
        let _stop_on_drop = stop.clone().drop_guard();
        let files = io::files::until(&self.files, &stop);
        let resolve = move |dirs: Vec<PathBuf>| -> Vec<PathBuf> {
            dirs.into_iter().map(|dir| files.resolve(&dir).unwrap_or(dir)).collect()
        };
        if self.files.is_host() {
            return resolve(dirs);
        }
        let unresolved = dirs.clone();
        io::blocking(move || Ok(resolve(dirs))).await.unwrap_or(unresolved)
    }

    /// Whether a resolved path lies in the original or an additional directory.
    pub fn contains(&self, resolved: &Path) -> bool {
        resolved.starts_with(self.original())
            || self.read(|inner| inner.additional.iter().any(|dir| resolved.starts_with(dir)))
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
