//! Replacing the content of a file: atomically where that keeps what the file is, else in place.

use super::{Fault, resolve, trip};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// Replaces the content of `path`, or creates it.
///
/// The new content is written to a file beside it, which is renamed over it: nobody sees a half-written file, and one
/// that does not fit on the disk leaves the old one as it was. Links are followed, so that the file they point to is
/// replaced and the link stays. The mode is kept. Where a new file could not stand in for the old one (it has more
/// names, or another owner) or cannot be made (the directory is not writable), the old one is overwritten in place, and
/// gets its old content back if that fails.
pub fn write_atomic(path: &Path, content: &[u8]) -> io::Result<()> {
    let target = resolve(path);
    let existing = std::fs::metadata(&target).ok();
    if existing.as_ref().is_some_and(|meta| meta.permissions().readonly()) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    match &existing {
        Some(meta) if has_more_names(meta) => in_place(&target, content),
        Some(meta) => match replace(&target, content, Some(meta)) {
            Err(error) if no_file_beside(&error) => in_place(&target, content),
            done => done,
        },
        None => replace(&target, content, None),
    }
}

/// Whether the owner may write the file, as its mode says; true where there are no modes.
pub fn owner_may_write(meta: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o200 != 0;
    #[cfg(not(unix))]
    return !meta.permissions().readonly();
}

fn has_more_names(meta: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::nlink(meta) > 1;
    #[cfg(not(unix))]
    return {
        let _ = meta;
        false
    };
}

/// Whether it was the new file that could not be made or could not become the old one's.
fn no_file_beside(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::Unsupported
    )
}

fn replace(target: &Path, content: &[u8], existing: Option<&Metadata>) -> io::Result<()> {
    let parent = target.parent().unwrap_or(Path::new("/"));
    // Not named after the target: its name may be as long as a name may be.
    let temporary = parent.join(format!(".{:016x}.tmp", fastrand::u64(..)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if existing.is_some() {
        // Until it has the mode of the file that it replaces, the new one is for nobody else.
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let result = (|| {
        trip(Fault::Create, target)?;
        let mut file = options.open(&temporary)?;
        trip(Fault::Write, target)?;
        file.write_all(content)?;
        if let Some(existing) = existing {
            keep_owner(&file, existing)?;
            file.set_permissions(existing.permissions())?;
        }
        drop(file);
        trip(Fault::Rename, target)?;
        // An open file cannot be replaced everywhere.
        let old = if cfg!(unix) && existing.is_some() { File::open(target).ok() } else { None };
        std::fs::rename(&temporary, target)?;
        old.into_iter().for_each(let_go);
        Ok(())
    })();
    if result.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    result
}

/// Lets go of a file that has lost its name. Its room on the disk is given back then, which takes milliseconds: behind the
/// caller's back, where there is somebody to do it.
fn let_go(old: File) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        drop(runtime.spawn_blocking(move || drop(old)));
    }
}

/// Gives the new file the owner and group of the old one; fails when it has others and may not change them.
fn keep_owner(file: &File, existing: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (existing.uid(), existing.gid())
            && fchown(file, Some(existing.uid()), Some(existing.gid())).is_err()
        {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the file belongs to somebody else"));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, existing);
    Ok(())
}

fn in_place(target: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(target)?;
    let mut old = Vec::new();
    file.read_to_end(&mut old)?;
    let result = overwrite(&mut file, target, content);
    if result.is_err() {
        // The disk had room for it a moment ago.
        let _ =
            file.rewind().and_then(|()| file.write_all(&old)).and_then(|()| file.set_len(old.len() as u64));
    }
    result
}

fn overwrite(file: &mut File, target: &Path, content: &[u8]) -> io::Result<()> {
    file.rewind()?;
    let half = content.len() / 2;
    file.write_all(&content[..half])?;
    trip(Fault::Write, target)?;
    file.write_all(&content[half..])?;
    file.set_len(content.len() as u64)?;
    file.flush()
}

#[cfg(test)]
#[path = "fs_write_tests.rs"]
mod tests;
