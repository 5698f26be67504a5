//! Where hooks leave variables for later commands (`CLAUDE_ENV_FILE`): a file for each hook, in the session's own directory.

use super::event::HookEvent;
use crate::engine::io::{fs, process::scratch};
use std::io;
use std::path::{Path, PathBuf};

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
    let found = directory(base, session).and_then(|dir| fs::list(&dir).map(|names| (dir, names)));
    let Ok((dir, mut names)) = found else { return Vec::new() };
    names.sort();
    names.into_iter().map(|name| dir.join(name)).collect()
}

fn directory(base: &Path, session: &str) -> io::Result<PathBuf> {
    Ok(scratch::session_dir(base, session)?.join("hook-env"))
}
