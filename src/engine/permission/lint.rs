//! Rules that are well-formed and still do nothing, or not what their author thinks: said once, when a query starts.

use super::rule::{Rule, Specifier};
use super::set::RuleSet;
use super::update::PermissionBehavior;

/// Tools that rules may name (row 105). A name with `_` or `*` is not looked up: it is a server's.
const TOOLS: [&str; 45] = [
    "Agent",
    "AskUserQuestion",
    "Bash",
    "Config",
    "CronCreate",
    "CronDelete",
    "CronList",
    "Edit",
    "EnterPlanMode",
    "EnterWorktree",
    "ExitPlanMode",
    "ExitWorktree",
    "Glob",
    "Grep",
    "LSP",
    "ListAgents",
    "ListMcpResources",
    "ListMcpResourcesTool",
    "Monitor",
    "MultiEdit",
    "NotebookEdit",
    "PowerShell",
    "PushNotification",
    "Read",
    "ReadMcpResource",
    "ReadMcpResourceDirTool",
    "ReadMcpResourceTool",
    "RemoteTrigger",
    "SendMessage",
    "SetGoal",
    "Skill",
    "StructuredOutput",
    "TaskCreate",
    "TaskGet",
    "TaskList",
    "TaskOutput",
    "TaskStop",
    "TaskUpdate",
    "TodoWrite",
    "ToolSearch",
    "WaitForMcpServers",
    "WebFetch",
    "WebSearch",
    "Workflow",
    "Write",
];

/// What a person should know about the rules of a set, one sentence each.
pub(super) fn warnings(rules: &RuleSet) -> Vec<String> {
    let behaviors = [PermissionBehavior::Allow, PermissionBehavior::Deny, PermissionBehavior::Ask];
    behaviors
        .into_iter()
        .flat_map(|behavior| rules.rules(behavior).iter().map(move |entry| (behavior, &entry.rule)))
        .filter_map(|(behavior, rule)| warning(behavior, rule))
        .collect()
}

fn warning(behavior: PermissionBehavior, rule: &Rule) -> Option<String> {
    let tool = rule.tool();
    if behavior != PermissionBehavior::Allow && !tool.contains(['_', '*']) && !TOOLS.contains(&tool) {
        return Some(format!("The permission rule `{rule}` names no known tool: is `{tool}` misspelt?"));
    }
    if let Some(field) = primary_field(rule) {
        return Some(format!(
            "The permission rule `{rule}` is ignored: `{field}` cannot be compared as a parameter. Write what it must match \
             between the parentheses, without `{field}:`."
        ));
    }
    let unused = matches!(tool, "Write" | "NotebookEdit" | "Glob" | "MultiEdit");
    if behavior == PermissionBehavior::Allow && unused && matches!(rule.specifier, Specifier::Path(_)) {
        let instead = if tool == "Glob" { "Read" } else { "Edit" };
        return Some(format!(
            "The permission rule `{rule}` allows nothing: paths are allowed by `{instead}(...)`."
        ));
    }
    None
}

/// The main field of a tool that a rule names like a parameter (row 103).
pub(super) fn primary_field(rule: &Rule) -> Option<&'static str> {
    let fields: &[&str] = match rule.tool() {
        "Bash" | "Monitor" => &["command"],
        "Read" | "Edit" | "Write" | "MultiEdit" => &["file_path"],
        "NotebookEdit" => &["notebook_path"],
        "Glob" | "Grep" => &["path"],
        "WebFetch" => &["url"],
        _ => &[],
    };
    let (name, _) = rule.content()?.split_once(':')?;
    fields.iter().find(|field| **field == name.trim()).copied()
}

#[cfg(test)]
#[path = "lint_tests.rs"]
mod tests;
