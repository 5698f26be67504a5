//! Rules that are well-formed and still do nothing, or not what their author thinks: those that no call can meet are
//! refused, of others people are told once, when a query starts.

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

/// The same of one rule.
pub fn warning(behavior: PermissionBehavior, rule: &Rule) -> Option<String> {
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

/// Why no call can ever meet the rule, and what would be right; `None` when one can (rows 102, 128 and 129).
pub(super) fn never_meets(rule: &Rule, behavior: PermissionBehavior) -> Option<String> {
    let content = rule.content()?;
    let tool = rule.tool();
    // Deny and ask rules may name a field of the input; allow rules may not.
    let field = content
        .split_once(':')
        .map(|(name, _)| name.trim())
        .filter(|_| behavior != PermissionBehavior::Allow);
    match tool {
        "WebFetch" => {
            if content.strip_prefix("domain:").is_some_and(|host| !host.trim().is_empty())
                || matches!(field, Some("prompt" | "url"))
            {
                return None;
            }
            Some("a WebFetch rule names a host: write `WebFetch(domain:example.com)`".to_owned())
        }
        "WebSearch" if field == Some("query") => None,
        "WebSearch" => Some("WebSearch takes no specifier: write `WebSearch` alone".to_owned()),
        _ if tool.starts_with("mcp__") && field.is_none() => {
            Some(format!("a tool of an MCP server takes no specifier: write `{tool}` alone"))
        }
        _ => None,
    }
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
