//! The decision for a tool that reads or writes one path, and the path rules that commands share with it.

use super::decide::{Subject, because, covers};
use super::meeting::Found;
use super::path_rule::{Anchors, PathRule, lexical, pattern_for};
use super::protected::is_protected;
use super::rule::{Rule, Specifier};
use super::set::SourcedRule;
use super::update::{
    PermissionBehavior, PermissionMode, PermissionRuleValue, PermissionUpdate, PermissionUpdateDestination,
};
use super::{Call, Decision, PolicyContext, Reason};
use std::path::{Path, PathBuf};

/// What is done to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    Read,
    Write,
}

/// A call that touches one path.
pub(super) struct Paths<'a> {
    call: &'a Call<'a>,
    cx: &'a PolicyContext<'a>,
    touch: Touch,
    /// As given, and with links resolved.
    both: [PathBuf; 2],
    inside: bool,
}

impl<'a> Paths<'a> {
    pub(super) fn new(call: &'a Call, cx: &'a PolicyContext, path: &Path, write: bool) -> Self {
        let touch = if write { Touch::Write } else { Touch::Read };
        let given = call.as_given.map_or_else(|| lexical(path), lexical);
        let resolved = call.resolved.map_or_else(|| lexical(path), Path::to_path_buf);
        let inside = cx.inside(&resolved);
        Self { call, cx, touch, both: [under_cwd(cx, given), resolved], inside }
    }

    fn resolved(&self) -> &Path {
        &self.both[1]
    }

    fn by_tool(&self, behavior: PermissionBehavior) -> Option<Reason> {
        self.cx
            .rules
            .rules(behavior)
            .iter()
            .find(|entry| covers(&entry.rule, self.call, behavior))
            .map(|entry| because(entry, behavior))
    }

    /// Whether settings close off what is outside the working directories.
    fn confined(&self) -> bool {
        let (confinement, resolved) = (self.cx.rules.confinement(), self.resolved());
        let handed = || self.cx.handed.is_some_and(|dir| resolved.starts_with(dir));
        let exempt =
            || confinement.exempt.iter().any(|dir| resolved.starts_with((self.cx.resolve)(dir).target));
        !self.inside
            && match self.touch {
                Touch::Read => confinement.reads && !handed() && !exempt(),
                Touch::Write => confinement.writes,
            }
    }

    /// The allow rule over a whole family of file tools that this call belongs to.
    fn governed(&self) -> Option<Reason> {
        let behavior = PermissionBehavior::Allow;
        let mut rules = self.cx.rules.rules(behavior).iter();
        rules.find(|entry| governs(&entry.rule, self.touch)).map(|entry| because(entry, behavior))
    }
}

impl Subject for Paths<'_> {
    fn stopped(&self, behavior: PermissionBehavior) -> Option<Decision> {
        if behavior == PermissionBehavior::Deny && self.confined() {
            return Some(Decision::deny(Reason::Confined).with_path(Some(self.resolved())));
        }
        let notebook = self.call.tool == "NotebookEdit";
        let reason = self.by_tool(behavior).or_else(|| {
            self.both.iter().find_map(|path| stop(self.cx, path, self.touch, behavior, notebook))
        })?;
        let decision = match behavior {
            PermissionBehavior::Deny => Decision::deny(reason),
            PermissionBehavior::Ask | PermissionBehavior::Allow => Decision::ask(reason),
        };
        Some(decision.with_path(Some(self.resolved())))
    }

    fn only_looks(&self) -> bool {
        self.touch == Touch::Read
    }

    fn unsafe_reason(&self) -> Option<Decision> {
        (self.touch == Touch::Write && self.both.iter().any(|path| is_protected(path)))
            .then(|| Decision::ask(Reason::ProtectedPath).with_path(Some(self.resolved())))
    }

    fn permitted(&self) -> Decision {
        let (cx, inside) = (self.cx, self.inside);
        let write = self.touch == Touch::Write;
        if write && inside && cx.mode == PermissionMode::AcceptEdits {
            return Decision::allow(Reason::Mode(cx.mode));
        }
        let rule = self
            .by_tool(PermissionBehavior::Allow)
            .or_else(|| self.governed())
            .or_else(|| allowed(cx, &[&self.both[0], &self.both[1]], self.touch));
        if let Some(reason) = rule {
            return Decision::allow(reason);
        }
        if !write && inside && cx.mode != PermissionMode::DontAsk {
            return Decision::allow(Reason::WorkingDirectory);
        }
        let handed = cx.handed.is_some_and(|dir| self.resolved().starts_with(dir));
        if !write && handed && cx.mode != PermissionMode::DontAsk {
            return Decision::allow(Reason::HandedOver);
        }
        let reason = if inside { Reason::NothingAllows } else { Reason::OutsideWorkingDirectories };
        let mut decision = Decision::ask(reason).with_path((!inside).then_some(self.resolved()));
        decision.suggestions = vec![suggestion(&[&self.both[0], self.resolved()], inside, self.touch)];
        decision
    }
}

/// The update that would avoid the next question about a file, given by all its names.
pub(super) fn suggestion(names: &[&Path], inside: bool, touch: Touch) -> PermissionUpdate {
    if inside && touch == Touch::Write {
        return PermissionUpdate::SetMode {
            mode: PermissionMode::AcceptEdits,
            destination: PermissionUpdateDestination::Session,
        };
    }
    let mut rules: Vec<PermissionRuleValue> = Vec::new();
    for name in names {
        let rule = match touch {
            Touch::Write => {
                PermissionRuleValue { tool_name: "Edit".to_owned(), rule_content: Some(pattern_for(name)) }
            }
            Touch::Read => {
                let directory = name.parent().filter(|parent| parent.parent().is_some()).unwrap_or(name);
                let pattern = format!("{}/**", pattern_for(directory).trim_end_matches('/'));
                PermissionRuleValue { tool_name: "Read".to_owned(), rule_content: Some(pattern) }
            }
        };
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    PermissionUpdate::AddRules {
        rules,
        behavior: PermissionBehavior::Allow,
        destination: PermissionUpdateDestination::Session,
    }
}

/// `path` with the working directory as the policy knows it, when it was given through a link to that directory.
fn under_cwd(cx: &PolicyContext, given: PathBuf) -> PathBuf {
    for root in std::iter::once(cx.cwd).chain(cx.additional.iter().map(PathBuf::as_path)) {
        if given.starts_with(root) {
            return given;
        }
    }
    for ancestor in given.ancestors().skip(1) {
        let target = (cx.resolve)(ancestor).target;
        let known = target == cx.cwd || cx.additional.contains(&target);
        if known && let Ok(rest) = given.strip_prefix(ancestor) {
            return target.join(rest);
        }
    }
    given
}

/// The path rules that stop touching `path`. A rule about reading stops writing as well, except in a notebook.
pub(super) fn stop(
    cx: &PolicyContext,
    path: &Path,
    touch: Touch,
    behavior: PermissionBehavior,
    notebook: bool,
) -> Option<Reason> {
    let covers = |rule: &PathRule, anchors: Anchors| rule.stops(path, anchors);
    stopped_by(cx, touch, behavior, notebook, &covers)
}

/// The path rules that may stop touching something that a pattern in a command finds.
pub(super) fn may_stop(
    cx: &PolicyContext,
    found: &Found,
    touch: Touch,
    behavior: PermissionBehavior,
) -> Option<Reason> {
    let covers = |rule: &PathRule, anchors: Anchors| rule.may_stop(found, anchors);
    stopped_by(cx, touch, behavior, false, &covers)
}

fn stopped_by(
    cx: &PolicyContext,
    touch: Touch,
    behavior: PermissionBehavior,
    notebook: bool,
    covers: &dyn Fn(&PathRule, Anchors) -> bool,
) -> Option<Reason> {
    let about = |rule: &Rule| match (touch, rule.tool()) {
        (Touch::Read, _) if reads_of(rule) => true,
        (Touch::Write, "Edit" | "Write" | "NotebookEdit" | "MultiEdit") => true,
        (Touch::Write, "Read") => behavior == PermissionBehavior::Deny && !notebook,
        (Touch::Read | Touch::Write, _) => false,
    };
    cx.rules
        .rules(behavior)
        .iter()
        .find(|entry| {
            about(&entry.rule) && path_rule(entry).is_some_and(|rule| covers(rule, anchors(cx, entry)))
        })
        .map(|entry| because(entry, behavior))
}

/// Whether any rule of that kind is about a path.
pub(super) fn has_path_rules(cx: &PolicyContext, behavior: PermissionBehavior) -> bool {
    cx.rules.rules(behavior).iter().any(|entry| path_rule(entry).is_some())
}

/// Whether a rule with a path is about reading.
pub(super) fn reads_of(rule: &Rule) -> bool {
    matches!(rule.tool(), "Read" | "Glob" | "Grep" | "LSP")
}

/// Whether rules about reading paths exist that a glob in a command could run into.
pub(super) fn guards_reads(cx: &PolicyContext) -> bool {
    [PermissionBehavior::Deny, PermissionBehavior::Ask].iter().any(|behavior| {
        cx.rules
            .rules(*behavior)
            .iter()
            .any(|entry| entry.rule.tool() == "Read" && path_rule(entry).is_some())
    })
}

/// The allow rule for touching all of `paths`, the names of one file.
pub(super) fn allowed(cx: &PolicyContext, paths: &[&Path], touch: Touch) -> Option<Reason> {
    let about = |rule: &Rule| match (touch, rule.tool()) {
        (Touch::Read | Touch::Write, "Edit") | (Touch::Read, "Read") => true,
        (Touch::Read | Touch::Write, _) => false,
    };
    let mut found = None;
    for path in paths {
        let entry = cx.rules.rules(PermissionBehavior::Allow).iter().find(|entry| {
            about(&entry.rule) && path_rule(entry).is_some_and(|rule| rule.allows(path, anchors(cx, entry)))
        })?;
        found = Some(because(entry, PermissionBehavior::Allow));
    }
    found
}

fn anchors<'a>(cx: &PolicyContext<'a>, entry: &'a SourcedRule) -> Anchors<'a> {
    Anchors { cwd: cx.cwd, home: cx.home, source: entry.root.as_deref().unwrap_or(cx.cwd) }
}

/// Whether an allow rule without a path governs the call: `Edit` covers all that write files, and like `Read` all that
/// read them (row 123). Deny and ask rules without a path name their own tool alone: they take it away.
fn governs(rule: &Rule, touch: Touch) -> bool {
    rule.content().is_none()
        && match touch {
            Touch::Read => matches!(rule.tool(), "Read" | "Edit"),
            Touch::Write => rule.tool() == "Edit",
        }
}

pub(super) fn path_rule(entry: &SourcedRule) -> Option<&PathRule> {
    match &entry.rule.specifier {
        Specifier::Path(rule) => Some(rule),
        Specifier::Bare | Specifier::Shell(_) | Specifier::Text => None,
    }
}
