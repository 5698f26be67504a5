//! Finds the settings files of a working directory.

use super::source::Places;
use crate::engine::env::Env;
use crate::engine::io;
use std::path::{Path, PathBuf};

const FOLDER: &str = ".claude";
const SHARED: &str = "settings.json";
const LOCAL: &str = "settings.local.json";

/// The user's folder: `CLAUDE_CONFIG_DIR`, else `.claude` in the home directory.
pub fn config_folder(env: &Env, cwd: &Path) -> Option<PathBuf> {
    let named = env.get("CLAUDE_CONFIG_DIR").map(|dir| cwd.join(dir));
    named.or_else(|| env.home().map(|home| home.join(FOLDER)))
}

/// The settings files for `cwd`, which is resolved. `root` is `projectConfigRoot`: the project's files are there.
pub fn places(env: &Env, cwd: &Path, root: Option<&Path>, managed: &Path) -> Places {
    let user = config_folder(env, cwd);
    let home = env.home().map(|home| io::fs::resolve(&home));
    let folder = root.unwrap_or(cwd);
    let project = match root {
        Some(root) => root.join(FOLDER).join(SHARED),
        None => {
            let user = user.as_deref().map(io::fs::resolve);
            let has_settings = |dir: &Path| {
                let folder = dir.join(FOLDER);
                Some(io::fs::resolve(&folder)) != user && exists(&folder.join(SHARED))
            };
            nearest(cwd, home.as_deref(), has_settings)
                .unwrap_or_else(|| cwd.to_path_buf())
                .join(FOLDER)
                .join(SHARED)
        }
    };
    Places {
        user: user.map(|folder| folder.join(SHARED)),
        project,
        local: folder.join(FOLDER).join(LOCAL),
        managed: managed.to_path_buf(),
    }
}

/// Whether a project's file is in the user's own folder, so that it is never read as a project's (row 149).
pub fn is_users(file: &Path, env: &Env, cwd: &Path) -> bool {
    let folder = file.parent().map(io::fs::resolve);
    let home = env.home().map(|home| io::fs::resolve(&home.join(FOLDER)));
    let config = config_folder(env, cwd).map(|dir| io::fs::resolve(&dir));
    folder.is_some() && (folder == home || folder == config)
}

/// The nearest directory from `cwd` upward that a project's file is in (row 149). Ends at the root of the repository,
/// before the home directory, and outside a repository before a directory that everybody may write to.
pub fn nearest(cwd: &Path, home: Option<&Path>, has: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let in_repository = cwd.ancestors().any(|dir| exists(&dir.join(".git")));
    for dir in cwd.ancestors() {
        if Some(dir) == home || (dir != cwd && !in_repository && anybodys(dir)) {
            return None;
        }
        if has(dir) {
            return Some(dir.to_path_buf());
        }
        if exists(&dir.join(".git")) {
            return None;
        }
    }
    None
}

fn exists(path: &Path) -> bool {
    io::fs::metadata(path).is_ok()
}

#[cfg(unix)]
fn anybodys(dir: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    io::fs::metadata(dir).map_or(true, |meta| meta.permissions().mode() & 0o002 != 0)
}

#[cfg(not(unix))]
fn anybodys(_dir: &Path) -> bool {
    false
}

/// Whether the local file came with the repository: it is tracked by git, or its folder is a link (row 133).
pub fn repository_supplied(local: &Path) -> bool {
    let Some(folder) = local.parent() else { return true };
    if io::fs::is_link(folder) || io::fs::is_link(local) {
        return true;
    }
    let Some(root) = folder.ancestors().find(|dir| io::fs::metadata(&dir.join(".git")).is_ok()) else {
        return false;
    };
    let Ok(name) = local.strip_prefix(root) else { return true };
    let mut name = name.to_string_lossy().replace('\\', "/").into_bytes();
    // Names in the index end with a zero byte, and are whole in the formats that git writes by default.
    name.push(0);
    io::fs::read(&index(&root.join(".git")))
        .is_ok_and(|bytes| bytes.windows(name.len()).any(|window| window == name))
}

/// The index of a repository; in a worktree `.git` is a file that names the real folder.
fn index(git: &Path) -> PathBuf {
    let named = io::fs::read(git).ok().and_then(|bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.strip_prefix("gitdir:").map(|dir| git.parent().unwrap_or(git).join(dir.trim()))
    });
    named.unwrap_or_else(|| git.to_path_buf()).join("index")
}

#[cfg(test)]
#[path = "find_tests.rs"]
mod tests;
