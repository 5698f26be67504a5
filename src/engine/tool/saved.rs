//! Files that stand for what is too long to show: private to the user, in the session's own directory.

use crate::engine::clock::new_uuid;
use crate::engine::env::Env;
use crate::engine::io::process::scratch;
use std::io;
use std::path::{Path, PathBuf};

/// Where temporary files go.
pub fn temp_base(env: &Env) -> PathBuf {
    ["CLAUDE_CODE_TMPDIR", "TMPDIR"]
        .into_iter()
        .filter_map(|name| env.get(name).map(PathBuf::from))
        .find(|path| path.is_absolute())
        .unwrap_or_else(|| PathBuf::from("/tmp"))
}

/// The directory of a session's saved results, created when it is missing. Blocks.
pub fn results_dir(base: &Path, session: &str) -> io::Result<PathBuf> {
    let dir = scratch::session_dir(base, session)?.join("tool-results");
    scratch::create_private(&dir)?;
    Ok(dir)
}

/// Writes `bytes` to a new directory of its own below the session's results and returns the file's path. Leaves nothing
/// behind when that fails. Blocks.
pub fn save(base: &Path, session: &str, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let dir = results_dir(base, session)?.join(new_uuid());
    scratch::create_private(&dir)?;
    let path = dir.join(name);
    match scratch::write_private(&path, &[bytes]) {
        Ok(()) => Ok(path),
        Err(error) => {
            let _ = scratch::remove_dir(&dir);
            Err(error)
        }
    }
}
