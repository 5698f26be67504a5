//! The door to the file system. Everything here blocks: call it inside [`super::blocking`].
#![expect(clippy::disallowed_methods, reason = "this file is the door that the ban points to")]

use std::fs::Metadata;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The whole file.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// Metadata of what the path points to (links followed).
pub fn metadata(path: &Path) -> io::Result<Metadata> {
    std::fs::metadata(path)
}

/// The path with every link and `..` resolved; fails when it does not exist.
pub fn canonicalize(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

/// Resolves links and `..` of the longest existing part of an absolute path and appends the rest.
///
/// Works for files that do not exist yet. `..` in the missing part is applied lexically; a dangling link is
/// followed to where it points, so that a write through it is judged by its real target.
pub fn resolve(path: &Path) -> PathBuf {
    let mut hops = 0;
    resolve_within(path, &mut hops)
}

fn resolve_within(path: &Path, hops: &mut u32) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                resolved.pop();
            }
            std::path::Component::CurDir => {}
            std::path::Component::Prefix(_) | std::path::Component::RootDir => resolved.push(part),
            std::path::Component::Normal(name) => {
                let next = resolved.join(name);
                // 40 hops is where Linux gives up with ELOOP.
                match std::fs::read_link(&next) {
                    Ok(target) if *hops < 40 => {
                        *hops += 1;
                        let absolute = resolved.join(target);
                        resolved = resolve_within(&absolute, hops);
                    }
                    _ => resolved = next,
                }
            }
        }
    }
    resolved
}

/// Creates a directory and its parents.
pub fn create_dir_all(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Replaces the content of `path` atomically: written to a new file beside it, then renamed over it.
///
/// Links are followed, so the file they point to is replaced and the link stays. The mode of an existing file is kept.
pub fn write_atomic(path: &Path, content: &[u8]) -> io::Result<()> {
    let target = resolve(path);
    let parent = target.parent().unwrap_or(Path::new("/"));
    // Not named after the target: its name may be as long as a name may be.
    let temporary = parent.join(format!(".{:016x}.tmp", fastrand::u64(..)));
    let existing = std::fs::metadata(&target).ok();
    if existing.as_ref().is_some_and(|meta| meta.permissions().readonly()) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if existing.is_some() {
        // Until it has the mode of the file that it replaces, the new one is for nobody else.
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let result = (|| {
        let mut file = options.open(&temporary)?;
        file.write_all(content)?;
        if let Some(existing) = &existing {
            file.set_permissions(existing.permissions())?;
        }
        drop(file);
        std::fs::rename(&temporary, &target)
    })();
    if result.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    result
}

/// Names of the entries of a directory, sorted.
pub fn list(path: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let mut names: Vec<_> =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    names.sort();
    Ok(names)
}

/// Whether the path itself is a symbolic link.
pub fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink())
}

/// Removes a file or a link.
pub fn remove_file(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)
}
