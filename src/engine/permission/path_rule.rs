//! Path specifiers with gitignore semantics: `//absolute`, `~/home`, `/from/the/folder/of/its/source`, `relative/to/cwd`.

use super::meeting::{Found, covered};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::{Component, Path, PathBuf};

/// Where a pattern starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Root,
    Home,
    /// Where the source of the rule is at home: the folder of its settings file, or the working directory.
    Source,
    Cwd,
}

/// A parsed path specifier.
#[derive(Debug, Clone)]
pub(super) struct PathRule {
    anchor: Anchor,
    /// How many directories above the anchor the pattern starts.
    up: usize,
    /// For allow rules: a directory pattern of one segment holds at the anchor only.
    narrow: Gitignore,
    /// For deny and ask rules: it holds at any depth.
    wide: Gitignore,
    /// The same as a line of a `.gitignore`.
    line: String,
}

/// The directories that patterns are relative to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchors<'a> {
    pub cwd: &'a Path,
    pub home: Option<&'a Path>,
    /// Where `/x` of the rule at hand starts.
    pub source: &'a Path,
}

impl PathRule {
    pub(super) fn new(content: &str) -> Result<Self, String> {
        let (anchor, pattern) = if let Some(rest) = content.strip_prefix("//") {
            (Anchor::Root, format!("/{rest}"))
        } else if content == "~" {
            (Anchor::Home, "/".to_owned())
        } else if let Some(rest) = content.strip_prefix("~/") {
            (Anchor::Home, format!("/{rest}"))
        } else if content.starts_with('/') {
            (Anchor::Source, content.to_owned())
        } else {
            (Anchor::Cwd, content.to_owned())
        };
        let mut pattern = pattern;
        let mut up = 0;
        while let Some(rest) = pattern.strip_prefix("../") {
            pattern = rest.to_owned();
            up += 1;
        }
        if up > 0 && !pattern.starts_with('/') {
            pattern.insert(0, '/');
        }
        if pattern.split('/').any(|part| part == "..") {
            return Err("`..` may only stand at the start of a path pattern".to_owned());
        }
        let bare = pattern.strip_prefix("./");
        let narrow = bare.map_or_else(|| pattern.clone(), |rest| format!("/{rest}"));
        let wide = bare.unwrap_or(&pattern);
        Ok(Self {
            anchor,
            up,
            narrow: compile(&narrow, true)?,
            wide: compile(wide, false)?,
            line: line(wide, false),
        })
    }

    /// Whether an allow rule with this specifier covers `path`, which is absolute and free of `..`.
    pub(super) fn allows(&self, path: &Path, anchors: Anchors) -> bool {
        self.matches(&self.narrow, path, anchors)
    }

    /// Whether a deny or ask rule with this specifier covers `path`, which is absolute and free of `..`.
    pub(super) fn stops(&self, path: &Path, anchors: Anchors) -> bool {
        self.matches(&self.wide, path, anchors)
    }

    /// Whether a deny or ask rule with this specifier may cover something that a pattern finds.
    pub(super) fn may_stop(&self, found: &Found, anchors: Anchors) -> bool {
        self.base(anchors).is_some_and(|base| found.meets(&covered(base, &self.line)))
    }

    /// The directory that the pattern starts in.
    fn base<'a>(&self, anchors: Anchors<'a>) -> Option<&'a Path> {
        let base = match self.anchor {
            Anchor::Root => Path::new("/"),
            Anchor::Home => anchors.home?,
            Anchor::Source => anchors.source,
            Anchor::Cwd => anchors.cwd,
        };
        base.ancestors().nth(self.up)
    }

    fn matches(&self, patterns: &Gitignore, path: &Path, anchors: Anchors) -> bool {
        let Some(base) = self.base(anchors) else { return false };
        let Ok(relative) = path.strip_prefix(base) else { return false };
        if relative.components().any(|part| !matches!(part, Component::Normal(_))) {
            return false;
        }
        if relative.as_os_str().is_empty() {
            // The anchor itself: only a pattern for everything covers it.
            return patterns.matched(Path::new("_"), true).is_ignore()
                && patterns.matched(Path::new("any/_"), true).is_ignore();
        }
        patterns.matched_path_or_any_parents(relative, false).is_ignore()
    }
}

/// Compiles one pattern. A directory pattern covers the directory and all below it.
fn compile(pattern: &str, narrow: bool) -> Result<Gitignore, String> {
    let line = line(pattern, narrow);
    let mut builder = GitignoreBuilder::new("");
    let failed =
        |error: ignore::Error| format!("the path pattern is not valid: {error} (`\\[` is a bracket itself)");
    // Git takes an open bracket for a pattern that nothing meets: a rule that stops nothing must not be accepted.
    builder.allow_unclosed_class(false);
    builder.case_insensitive(!narrow && cfg!(target_os = "macos")).map_err(failed)?;
    builder.add_line(None, &line).map_err(failed)?;
    builder.build().map_err(failed)
}

/// A pattern as a line of a `.gitignore`.
fn line(pattern: &str, narrow: bool) -> String {
    let mut text = pattern.trim_end_matches('/');
    let mut directory = text.len() < pattern.len();
    if text.is_empty() {
        text = "/**";
    }
    let mut line = if text == "/**" || text == "**" { "**".to_owned() } else { text.to_owned() };
    while line != "**" && line.ends_with("/**") {
        line.truncate(line.len() - 3);
        directory = true;
        if line.is_empty() {
            line = "**".to_owned();
        }
    }
    if directory && narrow && line != "**" && !line.contains('/') {
        line.insert(0, '/');
    }
    if line.starts_with('!') || line.starts_with('#') {
        line.insert(0, '\\');
    }
    line
}

/// `path` without `.` and `..`, judged by its text alone.
pub(super) fn lexical(path: &Path) -> PathBuf {
    // Most paths have nothing to take away.
    let bytes = path.as_os_str().as_encoded_bytes();
    let plain = cfg!(unix) && !bytes.windows(2).any(|pair| matches!(pair, b"//" | b"/."));
    if plain && path.is_absolute() && (bytes.len() == 1 || !bytes.ends_with(b"/")) {
        return path.to_path_buf();
    }
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    out
}

/// A pattern that fits exactly this path and what lies below it, for suggestions.
pub(super) fn pattern_for(path: &Path) -> String {
    let mut out = String::from("/");
    for c in path.to_string_lossy().chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\' | '{' | '}' | '!' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
#[path = "path_rule_tests.rs"]
mod tests;
