//! A session without a disk, for the tests of permissions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::{
    Call, Decision, HookDecision, PermissionBehavior, PermissionMode, PermissionUpdateDestination,
    PolicyContext, Reason, Rule, RuleSet, Verdict, decide,
};
use crate::engine::tool::{Access, ServerTool};
use serde_json::{Value, json};
use std::path::{Component, Path, PathBuf};

/// Works in `/home/me/app` beside `/srv/lib`; `link` leads to `/etc`, `inner` to `src`, `deep` to `src/p/q`,
/// `out.txt` to `/etc/passwd`. Beside them `src` and `db` are directories.
pub(super) struct Session {
    pub mode: PermissionMode,
    pub rules: RuleSet,
    /// As a tool of a server may say; AskUserQuestion and ExitPlanMode always do.
    pub needs_person: bool,
    /// Where a command starts.
    pub current: &'static str,
}

impl Session {
    pub(super) fn new(mode: PermissionMode) -> Self {
        Self { mode, rules: RuleSet::default(), needs_person: false, current: "/home/me/app" }
    }

    pub(super) fn with(mut self, behavior: PermissionBehavior, rules: &[&str]) -> Self {
        for rule in rules {
            self.rules
                .add(Rule::parse(rule).unwrap(), behavior, PermissionUpdateDestination::CliArg)
                .unwrap();
        }
        self
    }

    pub(super) fn allow(self, rules: &[&str]) -> Self {
        self.with(PermissionBehavior::Allow, rules)
    }

    pub(super) fn deny(self, rules: &[&str]) -> Self {
        self.with(PermissionBehavior::Deny, rules)
    }

    pub(super) fn ask(self, rules: &[&str]) -> Self {
        self.with(PermissionBehavior::Ask, rules)
    }

    pub(super) fn decide(&self, tool: &str, input: &Value, access: &Access) -> Decision {
        self.decide_after(None, tool, input, access)
    }

    pub(super) fn decide_after(
        &self,
        hook: Option<&HookDecision>,
        tool: &str,
        input: &Value,
        access: &Access,
    ) -> Decision {
        let path = match access {
            Access::ReadPath(path) | Access::WritePath(path) => Some(path.clone()),
            Access::None | Access::RunCommand(_) | Access::ReachHost(_) => None,
        };
        let resolved = path.as_deref().map(resolve);
        let pair = tool.strip_prefix("mcp__").and_then(|rest| rest.split_once("__"));
        let pair = pair.map(|(server, tool)| ServerTool { server: server.into(), tool: tool.into() });
        let call = Call {
            tool,
            input,
            access,
            resolved: resolved.as_deref(),
            as_given: path.as_deref(),
            server_tool: pair.as_ref(),
            line: None,
            needs_person: self.needs_person || matches!(tool, "AskUserQuestion" | "ExitPlanMode"),
        };
        let additional = [PathBuf::from("/srv/lib")];
        decide(
            &call,
            &PolicyContext {
                mode: self.mode,
                rules: &self.rules,
                cwd: Path::new("/home/me/app"),
                current: Path::new(self.current),
                additional: &additional,
                handed: None,
                home: Some(Path::new("/home/me")),
                resolve: &|path| super::Resolved::by(path, resolve),
                linked: &|dir, pattern| {
                    dir == Path::new("/home/me/app")
                        && ["link", "inner", "deep", "out.txt", "hooks"]
                            .iter()
                            .any(|name| super::may_find(pattern, name))
                },
                folder: &|path| match path.strip_prefix("/home/me/app") {
                    Ok(rest) => match rest.to_string_lossy().as_ref() {
                        "" | "src" | "db" => Some(true),
                        "a" | "b" | "src/a.rs" | ".env" | "db/.env" => Some(false),
                        _ => None,
                    },
                    Err(_) => (path == Path::new("/srv/lib")).then_some(true),
                },
            },
            hook,
        )
    }

    pub(super) fn bash(&self, line: &str) -> Decision {
        self.decide("Bash", &json!({ "command": line }), &Access::RunCommand(line.to_owned()))
    }

    pub(super) fn read(&self, path: &str) -> String {
        short(&self.decide("Read", &json!({ "file_path": path }), &Access::ReadPath(path.into())))
    }

    pub(super) fn write(&self, path: &str) -> String {
        short(&self.decide("Write", &json!({ "file_path": path }), &Access::WritePath(path.into())))
    }
}

/// Symlinks of the imagined disk, followed as a kernel does: `..` leads up from where a link led to.
fn resolve(path: &Path) -> PathBuf {
    let links = [
        ("/home/me/app/link", "/etc"),
        ("/home/me/app/inner", "/home/me/app/src"),
        ("/home/me/app/deep", "/home/me/app/src/p/q"),
        ("/home/me/app/out.txt", "/etc/passwd"),
        ("/home/me/app/hooks", "/home/me/app/.git/hooks"),
        ("/mnt/app", "/home/me/app"),
        ("/home/me/into", "/home/me/app/src/a.rs"),
    ];
    let mut at = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(at.pop()),
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => at.push(part),
        }
        if let Some((_, target)) = links.iter().find(|(link, _)| Path::new(link) == at) {
            at = target.into();
        }
    }
    at
}

/// Verdict and kind of reason in two words.
pub(super) fn short(decision: &Decision) -> String {
    let verdict = match decision.verdict {
        Verdict::Allow => "allow",
        Verdict::Deny => "deny",
        Verdict::Ask => "ask",
    };
    let reason = match &decision.reason {
        Reason::Rule { .. } => "rule",
        Reason::Hook { .. } => "hook",
        Reason::Classifier { .. } => "classifier",
        Reason::NeedsPerson => "person",
        Reason::Mode(_) => "mode",
        Reason::ReadOnly => "reads",
        Reason::WorkingDirectory => "inside",
        Reason::HandedOver => "handed",
        Reason::NoPermissionNeeded => "free",
        Reason::ProtectedPath => "protected",
        Reason::CriticalRemoval => "critical",
        Reason::OutsideWorkingDirectories => "outside",
        Reason::Unparsable(_) => "unclear",
        Reason::Confined => "confined",
        Reason::PlanMode => "plan",
        Reason::NothingAllows => "nothing",
    };
    format!("{verdict} {reason}")
}
