//! The door to the file system. Everything here blocks: call it inside [`super::blocking`].
#![expect(clippy::disallowed_methods, reason = "this file is the door that the ban points to")]

#[cfg(test)]
#[path = "fs_fault.rs"]
pub mod fault;
#[path = "fs_write.rs"]
mod write;

#[cfg(test)]
pub use fault::{Fault, inject, trip};
use std::fs::Metadata;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
pub use write::{owner_may_write, write_atomic};

/// What tests let fail; see the file of the same name.
#[cfg(not(test))]
#[derive(Clone, Copy)]
pub(super) enum Fault {
    Read,
    Create,
    Write,
    Rename,
    MakeDir,
    Stat,
    List,
}

#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "fails in tests only")]
pub(super) fn trip(_what: Fault, _path: &Path) -> io::Result<()> {
    Ok(())
}

/// The whole file.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    trip(Fault::Read, path)?;
    std::fs::read(path)
}

/// The whole of a regular file of at most `most` bytes, if the system has the way to it and all of it in memory: no disk is
/// waited for. `None` says nothing about the file.
#[cfg(target_os = "linux")]
pub fn read_from_memory(path: &Path, most: usize) -> Option<Vec<u8>> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
    use rustix::io::{ReadWriteFlags, preadv2};
    trip(Fault::Read, path).ok()?;
    // Opening a pipe would wait for somebody to write into it.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok()?;
    let file = std::fs::File::from(file);
    let meta = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let size = usize::try_from(meta.len()).ok().filter(|size| *size <= most)?;
    // One more than there should be, to see that there is no more.
    let mut bytes = vec![0; size + 1];
    let mut read = 0;
    loop {
        let mut rest = [std::io::IoSliceMut::new(&mut bytes[read..])];
        match preadv2(&file, &mut rest, read as u64, ReadWriteFlags::NOWAIT).ok()? {
            0 => break,
            n => read += n,
        }
    }
    bytes.truncate(read);
    (read == size).then_some(bytes)
}

/// Where nobody can say whether a disk would be waited for.
#[cfg(not(target_os = "linux"))]
pub fn read_from_memory(_: &Path, _: usize) -> Option<Vec<u8>> {
    None
}

/// The first `most` bytes of the file, and whether there are more.
pub fn read_head(path: &Path, most: usize) -> io::Result<(Vec<u8>, bool)> {
    trip(Fault::Read, path)?;
    let file = std::fs::File::open(path)?;
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    let more = bytes.len() > most;
    bytes.truncate(most);
    Ok((bytes, more))
}

/// The file as a stream, for whom may stop inside it.
pub fn open(path: &Path) -> io::Result<std::fs::File> {
    trip(Fault::Read, path)?;
    std::fs::File::open(path)
}

/// Metadata of what the path points to (links followed).
pub fn metadata(path: &Path) -> io::Result<Metadata> {
    trip(Fault::Stat, path)?;
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

/// [`resolve`] for an entry of a directory that is resolved already.
pub fn follow(entry: &Path) -> PathBuf {
    match (std::fs::read_link(entry), entry.parent()) {
        (Ok(target), Some(dir)) => resolve(&dir.join(target)),
        (Ok(_) | Err(_), _) => entry.to_path_buf(),
    }
}

/// Creates a directory and its parents.
pub fn create_dir_all(path: &Path) -> io::Result<()> {
    trip(Fault::MakeDir, path)?;
    std::fs::create_dir_all(path)
}

/// Names of the entries of a directory, sorted.
pub fn list(path: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    trip(Fault::List, path)?;
    let mut names: Vec<_> =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    names.sort();
    Ok(names)
}

/// The entries of a directory, sorted by name. Those whose names are no text are left out.
pub fn entries(path: &Path) -> io::Result<Vec<super::files::Entry>> {
    trip(Fault::List, path)?;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string() {
            found.push(super::files::Entry { name, kind: super::files::kind(entry.file_type()?) });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Whether the path itself is a symbolic link.
pub fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink())
}

/// Removes a file or a link.
pub fn remove_file(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)
}

/// Whether a directory holds a symbolic link with a name that `wanted` takes. One that cannot be read may hold any.
pub fn links(dir: &Path, wanted: impl Fn(&str) -> bool) -> bool {
    #[expect(clippy::disallowed_methods, reason = "the one place that lists links")]
    let Ok(entries) = std::fs::read_dir(dir) else { return true };
    entries.flatten().any(|entry| {
        entry.file_type().map_or(true, |kind| kind.is_symlink())
            && wanted(&entry.file_name().to_string_lossy())
    })
}

#[cfg(all(test, target_os = "linux"))]
#[path = "fs_tests.rs"]
mod tests;
