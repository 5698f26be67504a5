//! The decision for a tool that touches neither files nor a shell: by its name, host and parameters.

use super::decide::{Subject, add_rule, because, covers};
use super::update::PermissionBehavior;
use super::{Call, Decision, PolicyContext, Reason};
use crate::engine::tool::Access;

/// Tools of ours that need no permission and that plan mode runs (row 221).
const FREE: [&str; 18] = [
    "Agent",
    "AskUserQuestion",
    "EnterPlanMode",
    "ExitPlanMode",
    "ListMcpResources",
    "ListMcpResourcesTool",
    "ReadMcpResource",
    "ReadMcpResourceDirTool",
    "ReadMcpResourceTool",
    "StructuredOutput",
    "TaskCreate",
    "TaskGet",
    "TaskList",
    "TaskOutput",
    "TaskUpdate",
    "TodoWrite",
    "ToolSearch",
    "WaitForMcpServers",
];
/// Tools of ours that need no permission, but change something that plan mode keeps.
const FREE_BUT_ACTIVE: [&str; 6] =
    ["CronCreate", "CronDelete", "CronList", "ExitWorktree", "TaskStop", "SendMessage"];

/// A call judged by tool name, host and parameters alone.
pub(super) struct Other<'a> {
    pub call: &'a Call<'a>,
    pub cx: &'a PolicyContext<'a>,
}

impl Other<'_> {
    fn rule(&self, behavior: PermissionBehavior) -> Option<Reason> {
        self.cx
            .rules
            .rules(behavior)
            .iter()
            .find(|entry| covers(&entry.rule, self.call, behavior))
            .map(|entry| because(entry, behavior))
    }
}

impl Subject for Other<'_> {
    fn stopped(&self, behavior: PermissionBehavior) -> Option<Decision> {
        let reason = self.rule(behavior)?;
        Some(match behavior {
            PermissionBehavior::Deny => Decision::deny(reason),
            PermissionBehavior::Ask | PermissionBehavior::Allow => Decision::ask(reason),
        })
    }

    fn only_looks(&self) -> bool {
        FREE.contains(&self.name()) || self.rule(PermissionBehavior::Allow).is_some()
    }

    fn unsafe_reason(&self) -> Option<Decision> {
        None
    }

    fn permitted(&self) -> Decision {
        if let Some(reason) = self.rule(PermissionBehavior::Allow) {
            return Decision::allow(reason);
        }
        if *self.call.access == Access::None
            && (FREE.contains(&self.name()) || FREE_BUT_ACTIVE.contains(&self.name()))
        {
            return Decision::allow(Reason::NoPermissionNeeded);
        }
        let mut decision = Decision::ask(Reason::NothingAllows);
        decision.suggestions = vec![add_rule(self.call.tool, self.specifier())];
        decision
    }
}

impl Other<'_> {
    fn name(&self) -> &str {
        super::rule::canonical_tool_name(self.call.tool)
    }

    /// What the suggested rule is narrowed to.
    fn specifier(&self) -> Option<String> {
        match self.call.access {
            Access::ReachHost(host) if self.call.tool == "WebFetch" => Some(format!("domain:{host}")),
            Access::None
            | Access::ReadPath(_)
            | Access::WritePath(_)
            | Access::RunCommand(_)
            | Access::ReachHost(_) => None,
        }
    }
}
