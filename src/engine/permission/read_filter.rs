//! Which files a search must leave out: those that a deny or ask rule keeps from being read unasked.

use super::decide_path::{path_rule, reads_of};
use super::path_rule::{Anchors, PathRule};
use super::set::RuleSet;
use super::update::PermissionBehavior;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The rules about reading paths, as far as they stop it. A search that was allowed for a directory asks for each file.
#[derive(Debug, Clone, Default)]
pub struct ReadFilter {
    rules: Vec<(PathRule, Option<Arc<Path>>)>,
    cwd: PathBuf,
    home: Option<PathBuf>,
}

impl ReadFilter {
    /// The deny and ask rules of `rules` about reading paths.
    pub fn new(rules: &RuleSet, cwd: &Path, home: Option<&Path>) -> Self {
        let stopping = [PermissionBehavior::Deny, PermissionBehavior::Ask];
        let rules = stopping
            .into_iter()
            .flat_map(|behavior| rules.rules(behavior))
            .filter(|entry| reads_of(&entry.rule))
            .filter_map(|entry| Some((path_rule(entry)?.clone(), entry.root.clone())))
            .collect();
        Self { rules, cwd: cwd.to_path_buf(), home: home.map(Path::to_path_buf) }
    }

    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether an absolute path free of `..` must be left out. Ask for the path as found and for what it links to.
    pub fn hides(&self, path: &Path) -> bool {
        self.rules.iter().any(|(rule, root)| {
            let source = root.as_deref().unwrap_or(&self.cwd);
            rule.stops(path, Anchors { cwd: &self.cwd, home: self.home.as_deref(), source })
        })
    }
}

#[cfg(test)]
#[path = "read_filter_tests.rs"]
mod tests;
