//! What is allowed: rules, modes and the decision for one call. Pure.
//!
//! [`decide`] is the whole of it: one call, the rules, the mode and what hooks said in; allow, deny or ask out, with the
//! reason. Paths are
//! resolved by the caller, before and (for paths found in command lines) through [`PolicyContext::resolve`].

pub mod auto;
mod decide;
mod decide_other;
mod decide_path;
mod decide_shell;
mod explain;
mod hook;
mod lint;
mod meeting;
mod offer;
mod path_rule;
mod programs;
mod protected;
mod quiet;
mod read_filter;
mod reason;
mod rule;
mod script;
mod set;
mod shell;
mod shell_command;
mod shell_follow;
mod shell_part;
mod shell_parts;
mod shell_paths;
mod shell_rule;
mod split;
#[cfg(test)]
mod testing;
mod update;
mod update_read;
mod word;

pub use decide::{concerns, decide};
pub use decide_shell::CommandLine;
pub use explain::{ExplainedHook, Explanation};
pub use hook::HookDecision;
pub use lint::warning as rule_warning;
pub use read_filter::ReadFilter;
pub use reason::{Reason, denial_text};
pub use rule::{Rule, RuleError, canonical_tool_name, glob_text};
pub use set::{Confinement, RuleSet, SourcedRule};
pub(crate) use shell_paths::joined;
pub use shell_paths::may_find;
pub use update::{
    PermissionBehavior, PermissionMode, PermissionRuleValue, PermissionUpdate, PermissionUpdateDestination,
};

use crate::engine::tool::{Access, ServerTool};
use serde_json::Value;
use std::fmt;
use std::path::{Path, PathBuf};

/// One tool call to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The tool's name as the model called it; old names are understood.
    pub tool: &'a str,
    /// The input, which fits the tool's schema.
    pub input: &'a Value,
    /// What the call touches.
    pub access: &'a Access,
    /// For a path: the target after symlinks and `..`. Falls back to the path of `access`, lexically normalised.
    pub resolved: Option<&'a Path>,
    /// For a path: absolute, as the model gave it, symlinks not followed.
    pub as_given: Option<&'a Path>,
    /// Whether only a person can answer the call, so that neither mode nor allow rules let it run.
    pub needs_person: bool,
    /// For a tool of an MCP server: which one.
    pub server_tool: Option<&'a ServerTool>,
    /// For a command: the line, parsed already. Without it the line of `access` is parsed once more.
    pub line: Option<&'a CommandLine>,
}

/// Everything but the call that a decision depends on.
#[derive(Clone, Copy)]
pub struct PolicyContext<'a> {
    /// The mode in force.
    pub mode: PermissionMode,
    /// The rules in force.
    pub rules: &'a RuleSet,
    /// The session's original directory, resolved.
    pub cwd: &'a Path,
    /// Where a shell command would start, resolved.
    pub current: &'a Path,
    /// The other working directories, resolved.
    pub additional: &'a [PathBuf],
    /// Where the engine keeps files that it hands to the model, resolved: they are read unasked.
    pub handed: Option<&'a Path>,
    /// The home directory, for `~`.
    pub home: Option<&'a Path>,
    /// Resolves an absolute path found in a command line: symlinks and `..` gone, missing tails kept.
    pub resolve: &'a dyn Fn(&Path) -> Resolved,
    /// Whether a directory holds a symbolic link that a shell pattern may find.
    pub linked: &'a dyn Fn(&Path, &str) -> bool,
    /// Whether a resolved path is a directory. `None` when nothing is there; what nobody can tell may be one.
    pub folder: &'a dyn Fn(&Path) -> Option<bool>,
}

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// After symlinks and `..`.
    pub target: PathBuf,
    /// The name itself: its directory resolved, and the name as it stands, be it a link or not.
    pub entry: PathBuf,
}

impl Resolved {
    /// Finds both with a function that resolves a path.
    pub fn by(path: &Path, resolve: impl Fn(&Path) -> PathBuf) -> Self {
        let target = resolve(path);
        let entry = match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => resolve(parent).join(name),
            _ => target.clone(),
        };
        Self { target, entry }
    }
}

impl fmt::Debug for PolicyContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyContext")
            .field("mode", &self.mode)
            .field("cwd", &self.cwd)
            .finish_non_exhaustive()
    }
}

impl PolicyContext<'_> {
    /// Whether a resolved path lies in a working directory.
    pub(crate) fn inside(&self, resolved: &Path) -> bool {
        resolved.starts_with(self.cwd) || self.additional.iter().any(|dir| resolved.starts_with(dir))
    }
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It runs.
    Allow,
    /// It does not run.
    Deny,
    /// Somebody must be asked.
    Ask,
}

/// The judgement on one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What happens.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// For an Ask: the updates that would avoid the same question next time.
    pub suggestions: Vec<PermissionUpdate>,
    /// The path that caused an Ask or Deny, when one did.
    pub blocked_path: Option<PathBuf>,
    /// For an Ask: neither a mode (its classifier included) nor an allow rule can answer it.
    pub firm: bool,
}

impl Decision {
    fn new(verdict: Verdict, reason: Reason) -> Self {
        Self { verdict, reason, suggestions: Vec::new(), blocked_path: None, firm: false }
    }

    fn allow(reason: Reason) -> Self {
        Self::new(Verdict::Allow, reason)
    }

    /// What the reviewer of mode `auto` said.
    pub fn reviewed(allowed: bool, reason: String) -> Self {
        let verdict = if allowed { Verdict::Allow } else { Verdict::Deny };
        Self::new(verdict, Reason::Classifier { allowed, reason })
    }

    /// Whether the call must not run even though a person approved it: a rule, a hook or plan mode says so. (A mode that
    /// merely asks nobody does not take back an approval that came with it.)
    pub fn forbidden(&self) -> bool {
        self.verdict == Verdict::Deny
            && match &self.reason {
                Reason::Rule { behavior, .. } | Reason::Hook { behavior, .. } => {
                    *behavior == PermissionBehavior::Deny
                }
                Reason::PlanMode | Reason::Confined => true,
                Reason::Classifier { .. }
                | Reason::NeedsPerson
                | Reason::Mode(_)
                | Reason::ReadOnly
                | Reason::WorkingDirectory
                | Reason::HandedOver
                | Reason::NoPermissionNeeded
                | Reason::ProtectedPath
                | Reason::CriticalRemoval
                | Reason::OutsideWorkingDirectories
                | Reason::Unparsable(_)
                | Reason::NothingAllows => false,
            }
    }

    fn deny(reason: Reason) -> Self {
        Self::new(Verdict::Deny, reason)
    }

    fn ask(reason: Reason) -> Self {
        Self::new(Verdict::Ask, reason)
    }

    fn with_path(mut self, path: Option<&Path>) -> Self {
        self.blocked_path = path.map(Path::to_path_buf);
        self
    }
}
