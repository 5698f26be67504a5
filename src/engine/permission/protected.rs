//! Places whose change is always asked: files that configure tools, and directories whose removal is a disaster.

use super::shell_paths::may_find;
use std::path::{Component, Path};

const DIRECTORIES: [&str; 9] =
    [".git", ".vscode", ".idea", ".husky", ".cargo", ".devcontainer", ".yarn", ".mvn", ".claude"];

const FILES: [&str; 58] = [
    ".gitconfig",
    ".gitmodules",
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".bash_aliases",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".zshenv",
    ".zlogin",
    ".zlogout",
    ".kshrc",
    ".mkshrc",
    ".cshrc",
    ".tcshrc",
    ".login",
    ".logout",
    ".inputrc",
    "config.fish",
    ".envrc",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".pnpmrc",
    ".pnpmfile.cjs",
    "pnpmfile.js",
    ".pnp.cjs",
    ".pnp.js",
    ".pnp.loader.mjs",
    "bunfig.toml",
    ".bunfig.toml",
    ".bazelrc",
    "user.bazelrc",
    ".bazeliskrc",
    ".pre-commit-config.yaml",
    ".pre-commit-config.yml",
    "lefthook.yml",
    "lefthook.yaml",
    "lefthook.toml",
    "lefthook.json",
    ".lefthook.yml",
    ".lefthook.yaml",
    ".lefthook.toml",
    ".lefthook.json",
    "lefthook-local.yml",
    "lefthook-local.yaml",
    "lefthook-local.toml",
    "lefthook-local.json",
    "gradle-wrapper.properties",
    "maven-wrapper.properties",
    ".devcontainer.json",
    ".ripgreprc",
    "pyrightconfig.json",
    ".mcp.json",
    ".claude.json",
    ".xprofile",
];

/// Whether a change of `path` is always asked. File systems that ignore case are taken into account.
pub(super) fn is_protected(path: &Path) -> bool {
    let parts: Vec<String> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().to_lowercase()),
            Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
        })
        .collect();
    let next = |at: usize| parts.get(at + 1).map(String::as_str);
    for (at, part) in parts.iter().enumerate() {
        let worktree = part == ".claude" && next(at) == Some("worktrees");
        if DIRECTORIES.contains(&part.as_str()) && !worktree {
            return true;
        }
        if part == ".config" && next(at) == Some("git") {
            return true;
        }
    }
    parts.last().is_some_and(|name| FILES.contains(&name.as_str()))
}

/// Whether a glob may stand for a protected place: one of its components starts with a dot.
pub(super) fn may_be_protected(pattern: &str) -> bool {
    pattern
        .split('/')
        .any(|part| part.starts_with('.') && part.contains(['*', '?', '[', super::word::UNKNOWN]))
}

/// Whether what a pattern finds in a directory may be protected wherever it lies: files that are known by their names, or
/// anything hidden. Those names hold no capital letters, but a file system may ignore case.
pub(super) fn may_find_protected(pattern: &str) -> bool {
    let pattern = pattern.to_lowercase();
    // A pattern finds hidden files only if it says so. `git` is protected in `.config`.
    let names = FILES.iter().filter(|name| !name.starts_with('.')).chain(&["git"]);
    pattern.starts_with('.') || names.into_iter().any(|name| may_find(&pattern, name))
}

/// What `rm` and `rmdir` are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a> {
    pub cwd: &'a Path,
    pub additional: &'a [std::path::PathBuf],
    pub home: Option<&'a Path>,
}

impl Places<'_> {
    /// Whether removing this resolved directory is critical: the root, a top-level directory, the home directory, a
    /// working directory or a parent of one.
    pub(super) fn is_critical(&self, path: &Path) -> bool {
        is_top(path)
            || self.home.is_some_and(|home| home.starts_with(path))
            || self.cwd.starts_with(path)
            || self.additional.iter().any(|dir| dir.starts_with(path))
    }

    /// Whether removing what a glob finds directly in this resolved directory is critical.
    pub(super) fn is_critical_glob(&self, directory: &Path, pattern: &str) -> bool {
        let anything = !pattern.contains(|c: char| c.is_alphanumeric());
        directory.parent().is_none()
            || (anything && is_top(directory))
            || self.home.is_some_and(|home| home.starts_with(directory) && !self.cwd.starts_with(home))
            || self.home == Some(directory)
            || (self.cwd != directory && self.cwd.starts_with(directory))
            || self.additional.iter().any(|dir| dir.starts_with(directory))
    }
}

fn is_top(path: &Path) -> bool {
    path.components().filter(|part| matches!(part, Component::Normal(_))).count() <= 1
}
