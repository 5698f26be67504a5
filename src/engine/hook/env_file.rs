//! Where hooks leave variables for later commands (`CLAUDE_ENV_FILE`): a file for each hook, in the session's own directory.

use super::event::HookEvent;
use crate::engine::io::{fs, process::scratch};
use std::io;
use std::path::{Path, PathBuf};

/// The folder in that of the session.
const FOLDER: &str = "hook-env";

/// The file of one hook; `origin` tells it from others of its event. The directory is created. Blocks.
pub fn of(event: HookEvent, origin: &str, base: &Path, session: &str) -> io::Result<PathBuf> {
    let dir = directory(base, session)?;
    scratch::create_private(&dir)?;
    // They are read in this order: what is known later counts.
    let first = [HookEvent::Setup, HookEvent::SessionStart];
    let order = first.iter().position(|known| *known == event).unwrap_or(first.len());
    let name: String = origin.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Ok(dir.join(format!("{order}-{name}.sh")))
}

/// The files that there are, in the order in which they count. Blocks.
pub fn all(base: &Path, session: &str) -> Vec<PathBuf> {
    scratch::session_dir(base, session).map_or_else(|_| Vec::new(), |dir| all_in(&dir))
}

/// The same, in the directory of a session that is known to be ours. Blocks.
pub fn all_in(session_dir: &Path) -> Vec<PathBuf> {
    let dir = session_dir.join(FOLDER);
    let Ok(mut names) = fs::list(&dir) else { return Vec::new() };
    names.sort();
    names.into_iter().map(|name| dir.join(name)).collect()
}

fn directory(base: &Path, session: &str) -> io::Result<PathBuf> {
    Ok(scratch::session_dir(base, session)?.join(FOLDER))
}
