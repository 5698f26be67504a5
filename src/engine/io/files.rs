//! A file system that tools work in: the machine's own, or one that the embedder brings.

use super::fs;
use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tokio_util::sync::CancellationToken;

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, in listings only.
    Link,
    /// A device, socket or pipe.
    Other,
}

/// What is known of a path, links followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// When its content changed last.
    pub modified: SystemTime,
    /// Whether the mode lets the owner write; true where there are no modes.
    pub owner_may_write: bool,
}

impl Stat {
    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.kind == Kind::Directory
    }

    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }
}

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is; links are not followed.
    pub kind: Kind,
}

/// A file system. Every path is absolute. Everything here blocks: call it inside [`super::blocking`].
pub trait Files: Send + Sync + Debug {
    /// Whether it is the machine's own, and so may be walked without asking for every entry.
    fn is_host(&self) -> bool {
        false
    }

    /// Whether anything can be learned from it.
    fn can_be_seen(&self) -> bool {
        true
    }

    /// The same, with work that ends with an error when `cancel` is cancelled. `None`: this one never waits for anybody.
    fn until(&self, _cancel: &CancellationToken) -> Option<Arc<dyn Files>> {
        None
    }

    /// The whole file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The whole of a regular file of at most `most` bytes, if it can be had without waiting for a disk or anybody else.
    /// `None` says nothing about the file. The one thing here that does not block.
    fn read_at_once(&self, _path: &Path, _most: usize) -> Option<Vec<u8>> {
        None
    }

    /// The first `most` bytes of the file, and whether there are more.
    fn read_head(&self, path: &Path, most: usize) -> io::Result<(Vec<u8>, bool)>;

    /// What the path points to.
    fn stat(&self, path: &Path) -> io::Result<Stat>;

    /// Resolves links and `..` of the longest existing part of the path and appends the rest.
    ///
    /// An error means that nobody can say where the path leads: it must not be used.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;

    /// The entries of a directory, sorted by name.
    fn entries(&self, path: &Path) -> io::Result<Vec<Entry>>;

    /// Creates a directory and its parents.
    fn create_dir_all(&self, path: &Path) -> io::Result<()>;

    /// Replaces the content of a resolved path, or creates it: nobody sees it half written, and the mode is kept.
    fn write_atomic(&self, path: &Path, content: &[u8]) -> io::Result<()>;

    /// Whether a directory holds a symbolic link with a name that `wanted` takes. One that cannot be read may hold any.
    fn links(&self, dir: &Path, wanted: &dyn Fn(&str) -> bool) -> bool {
        self.entries(dir).map_or(true, |entries| {
            entries.iter().any(|entry| entry.kind == Kind::Link && wanted(&entry.name))
        })
    }
}

/// `files`, with work that ends when `cancel` is cancelled.
pub fn until(files: &Arc<dyn Files>, cancel: &CancellationToken) -> Arc<dyn Files> {
    files.until(cancel).unwrap_or_else(|| Arc::clone(files))
}

/// The machine's own file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct HostFiles;

impl Files for HostFiles {
    fn is_host(&self) -> bool {
        true
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn read_at_once(&self, path: &Path, most: usize) -> Option<Vec<u8>> {
        fs::read_from_memory(path, most)
    }

    fn read_head(&self, path: &Path, most: usize) -> io::Result<(Vec<u8>, bool)> {
        fs::read_head(path, most)
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let meta = fs::metadata(path)?;
        Ok(Stat {
            kind: kind(meta.file_type()),
            size: meta.len(),
            modified: meta.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            owner_may_write: fs::owner_may_write(&meta),
        })
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(fs::resolve(path))
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<Entry>> {
        fs::entries(path)
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn write_atomic(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        fs::write_atomic(path, content)
    }

    fn links(&self, dir: &Path, wanted: &dyn Fn(&str) -> bool) -> bool {
        fs::links(dir, wanted)
    }
}

/// What a type of the standard library is here.
pub(super) fn kind(of: std::fs::FileType) -> Kind {
    if of.is_file() {
        Kind::File
    } else if of.is_dir() {
        Kind::Directory
    } else if of.is_symlink() {
        Kind::Link
    } else {
        Kind::Other
    }
}

/// No file system that can be seen: commands run in a place whose files nobody has given. Paths are taken as written.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl NoFiles {
    fn none<T>() -> io::Result<T> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "options.executors gives no file system"))
    }
}

impl Files for NoFiles {
    fn can_be_seen(&self) -> bool {
        false
    }

    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Self::none()
    }

    fn read_head(&self, _: &Path, _: usize) -> io::Result<(Vec<u8>, bool)> {
        Self::none()
    }

    fn stat(&self, _: &Path) -> io::Result<Stat> {
        Self::none()
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(lexical(path))
    }

    fn entries(&self, _: &Path) -> io::Result<Vec<Entry>> {
        Self::none()
    }

    fn create_dir_all(&self, _: &Path) -> io::Result<()> {
        Self::none()
    }

    fn write_atomic(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Self::none()
    }
}

/// The path without `.` and `..`, links not looked at.
pub fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            std::path::Component::Prefix(_)
            | std::path::Component::RootDir
            | std::path::Component::Normal(_) => out.push(part),
        }
    }
    out
}

/// An embedder's file system in which one directory of the host's can be read: the files that the engine hands to the
/// model (long results, outputs of tasks) are there.
#[derive(Debug)]
pub struct Overlaid {
    files: Arc<dyn Files>,
    /// As the model is told of it, and resolved.
    handed: [PathBuf; 2],
}

impl Overlaid {
    /// `files` with the host's `handed` in it.
    pub fn new(files: Arc<dyn Files>, handed: &Path) -> Self {
        Self { files, handed: [handed.to_path_buf(), fs::resolve(handed)] }
    }

    fn inside(&self, path: &Path) -> bool {
        let path = lexical(path);
        self.handed.iter().any(|handed| path.starts_with(handed))
    }

    fn of(&self, path: &Path) -> &dyn Files {
        if self.inside(path) { &HostFiles } else { &*self.files }
    }

    fn writable(&self, path: &Path) -> io::Result<&dyn Files> {
        if self.inside(path) {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        Ok(&*self.files)
    }
}

impl Files for Overlaid {
    fn can_be_seen(&self) -> bool {
        self.files.can_be_seen()
    }

    fn until(&self, cancel: &CancellationToken) -> Option<Arc<dyn Files>> {
        let files = self.files.until(cancel)?;
        Some(Arc::new(Self { files, handed: self.handed.clone() }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.of(path).read(path)
    }

    fn read_head(&self, path: &Path, most: usize) -> io::Result<(Vec<u8>, bool)> {
        self.of(path).read_head(path, most)
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        self.of(path).stat(path)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        // The host decides only about what stays inside: what leads out of there is the other's to resolve.
        if !self.inside(path) {
            return self.files.resolve(path);
        }
        let resolved = HostFiles.resolve(path)?;
        if self.inside(&resolved) {
            return Ok(resolved);
        }
        Err(io::Error::other("it leads out of the directory of saved outputs"))
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<Entry>> {
        self.of(path).entries(path)
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        self.writable(path)?.create_dir_all(path)
    }

    fn write_atomic(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.writable(path)?.write_atomic(path, content)
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
