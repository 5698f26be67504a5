//! Private places for the files that go with child processes: only the user may enter them.

use super::super::fs::{Fault, trip};
use crate::engine::clock::new_uuid;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many empty directories are kept for later calls.
const SPARES: usize = 8;

/// Private directories that belong to one call at a time. One that a call leaves empty is kept for the next call of its
/// session, as making and removing it costs more than all that is done in it.
#[derive(Debug, Default)]
pub struct CallDirs {
    spare: Mutex<Vec<PathBuf>>,
}

impl CallDirs {
    /// A directory for one call, in that of the session. Blocks.
    pub fn take(&self, base: &Path, session: &str) -> io::Result<PathBuf> {
        let within = session_path(base, session);
        let spare = {
            let mut spare = self.lock();
            let at = spare.iter().position(|dir| dir.parent() == Some(&within));
            at.map(|at| spare.swap_remove(at))
        };
        // Somebody may have tidied up since.
        if let Some(dir) = spare.filter(|dir| dir.is_dir()) {
            return Ok(dir);
        }
        let dir = session_dir(base, session)?.join(format!("shell-{}", new_uuid()));
        create_private(&dir)?;
        Ok(dir)
    }

    /// Keeps a directory that is empty, and that nobody writes to any more. Blocks.
    pub fn give_back(&self, dir: PathBuf) {
        let mut spare = self.lock();
        if spare.len() < SPARES {
            return spare.push(dir);
        }
        drop(spare);
        let _ = remove_dir(&dir);
    }

    /// Removes what is kept. Blocks.
    pub fn clear(&self) {
        for dir in std::mem::take(&mut *self.lock()) {
            let _ = remove_dir(&dir);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CallDirs {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Where the directory of a session is, made or not.
pub fn session_path(base: &Path, session: &str) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    base.join(format!("native-agent-sdk-{}", user())).join(session.chars().map(plain).collect::<String>())
}

/// A session's directory below `base` (created when missing): `native-agent-sdk-<uid>/<session>`. A new one sweeps away
/// those that nobody has used for long.
///
/// Fails when the part that has the user's number in its name is not a real directory of that user: on a shared
/// temporary directory somebody else could have put it there.
pub fn session_dir(base: &Path, session: &str) -> io::Result<PathBuf> {
    trip(Fault::MakeDir, base)?;
    std::fs::create_dir_all(base)?;
    let root = base.join(format!("native-agent-sdk-{}", user()));
    create_private(&root)?;
    check_owner(&root)?;
    let dir = session_path(base, session);
    if !dir.exists() {
        create_private(&dir)?;
        sweep(&root);
    }
    Ok(dir)
}

/// Directories of sessions that have run nothing for this long are removed: outputs stay readable after their query.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Removes the directories of old sessions. What cannot be removed stays.
fn sweep(root: &Path) {
    let Ok(entries) = std::fs::read_dir(root) else { return };
    for entry in entries.flatten() {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let old = modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > KEPT));
        if old && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let _ = remove_dir(&entry.path());
        }
    }
}

/// Creates a directory that only the user may enter; one that exists is fine.
pub fn create_private(dir: &Path) -> io::Result<()> {
    trip(Fault::MakeDir, dir)?;
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Writes a new file that only the user may read, with the parts one after the other. None is left when that fails.
pub fn write_private(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = create_private_file(path)?;
    let written = parts.iter().try_for_each(|part| write_to(&mut file, path, part));
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written
}

/// Writes to the file of a path.
pub(super) fn write_to(file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
    trip(Fault::Write, path)?;
    file.write_all(bytes)
}

/// Creates a file that only the user may read. One that exists already is an error.
pub(super) fn create_private_file(path: &Path) -> io::Result<File> {
    trip(Fault::Create, path)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens a file for reading.
pub(super) fn open(path: &Path) -> io::Result<File> {
    trip(Fault::Read, path)?;
    File::open(path)
}

/// Removes a directory and what is in it.
pub fn remove_dir(dir: &Path) -> io::Result<()> {
    std::fs::remove_dir_all(dir)
}

fn user() -> u32 {
    #[cfg(unix)]
    return nix::unistd::getuid().as_raw();
    #[cfg(not(unix))]
    return 0;
}

fn check_owner(dir: &Path) -> io::Result<()> {
    let metadata = std::fs::symlink_metadata(dir)?;
    #[cfg(unix)]
    let ours = std::os::unix::fs::MetadataExt::uid(&metadata) == user();
    #[cfg(not(unix))]
    let ours = true;
    if metadata.is_dir() && ours {
        return Ok(());
    }
    Err(io::Error::other(format!("{} is not a directory of this user", dir.display())))
}

#[cfg(test)]
#[path = "process_scratch_tests.rs"]
mod tests;
