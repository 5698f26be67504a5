//! The order in which rules, modes and safety checks decide one call.

use super::rule::{Rule, Specifier};
use super::set::SourcedRule;
use super::update::{
    PermissionBehavior, PermissionMode, PermissionRuleValue, PermissionUpdate, PermissionUpdateDestination,
};
use super::{Call, Decision, PolicyContext, Reason, Verdict, decide_path, decide_shell};
use crate::engine::tool::Access;
use serde_json::Value;

/// Judges one call.
///
/// Deny rules come first, then what plan mode does not allow, then what must be asked (ask rules, protected places,
/// critical removals), then the mode, then allow rules and what needs no permission. What is left is asked, and in
/// `dontAsk` denied.
pub fn decide(call: &Call, cx: &PolicyContext) -> Decision {
    let mut decision = match call.access {
        Access::ReadPath(path) => decide_path::decide(call, cx, path, false),
        Access::WritePath(path) => decide_path::decide(call, cx, path, true),
        Access::RunCommand(line) => decide_shell::decide(call, cx, line),
        Access::None | Access::ReachHost(_) => decide_other(call, cx),
    };
    if decision.verdict == Verdict::Ask && cx.mode == PermissionMode::DontAsk {
        decision.verdict = Verdict::Deny;
        decision.suggestions.clear();
    }
    decision
}

/// The reason that a rule gives.
pub(super) fn because(entry: &SourcedRule, behavior: PermissionBehavior) -> Reason {
    Reason::Rule { rule: entry.rule.clone(), behavior, source: entry.source }
}

/// A call judged by tool name, host and parameters alone.
fn decide_other(call: &Call, cx: &PolicyContext) -> Decision {
    let find = |behavior| {
        cx.rules
            .rules(behavior)
            .iter()
            .find(|entry| covers(&entry.rule, call, behavior))
            .map(|entry| because(entry, behavior))
    };
    if let Some(reason) = find(PermissionBehavior::Deny) {
        return Decision::deny(reason);
    }
    let free = *call.access == Access::None && !call.tool.starts_with("mcp__");
    let allowed = find(PermissionBehavior::Allow);
    if cx.mode == PermissionMode::Plan && !free && allowed.is_none() {
        return Decision::deny(Reason::PlanMode);
    }
    if let Some(reason) = find(PermissionBehavior::Ask) {
        return Decision::ask(reason);
    }
    if cx.mode == PermissionMode::BypassPermissions {
        return Decision::allow(Reason::Mode(cx.mode));
    }
    match allowed {
        Some(reason) => Decision::allow(reason),
        None if free => Decision::allow(Reason::NoPermissionNeeded),
        None => {
            let mut decision = Decision::ask(Reason::NothingAllows);
            decision.suggestions = vec![add_rule(call.tool, host_rule(call))];
            decision
        }
    }
}

fn host_rule(call: &Call) -> Option<String> {
    match call.access {
        Access::ReachHost(host) if call.tool == "WebFetch" => Some(format!("domain:{host}")),
        Access::None
        | Access::ReadPath(_)
        | Access::WritePath(_)
        | Access::RunCommand(_)
        | Access::ReachHost(_) => None,
    }
}

/// The update that allows one rule for this session.
pub(super) fn add_rule(tool: &str, content: Option<String>) -> PermissionUpdate {
    PermissionUpdate::AddRules {
        rules: vec![PermissionRuleValue { tool_name: tool.to_owned(), rule_content: content }],
        behavior: PermissionBehavior::Allow,
        destination: PermissionUpdateDestination::Session,
    }
}

/// Whether a rule covers a call, as far as tool name, host, agent, skill and parameters go.
pub(super) fn covers(rule: &Rule, call: &Call, behavior: PermissionBehavior) -> bool {
    if !rule.names_tool(call.tool) {
        return false;
    }
    let Some(content) = rule.content() else { return true };
    match &rule.specifier {
        Specifier::Bare => true,
        Specifier::Shell(_) | Specifier::Path(_) => covers_parameter(content, call, behavior),
        Specifier::Text => {
            covers_text(content, rule.tool(), call) || covers_parameter(content, call, behavior)
        }
    }
}

fn covers_text(content: &str, tool: &str, call: &Call) -> bool {
    let field = |names: &[&str]| names.iter().find_map(|name| call.input.get(name).and_then(Value::as_str));
    match tool {
        "WebFetch" => match call.access {
            Access::ReachHost(host) => covers_host(content, host),
            Access::None | Access::ReadPath(_) | Access::WritePath(_) | Access::RunCommand(_) => false,
        },
        "Agent" => field(&["subagent_type"]).unwrap_or("general-purpose") == content,
        "Skill" => field(&["skill", "command"]).is_some_and(|given| {
            let given = given.trim_start_matches('/');
            match content.strip_suffix(":*").or_else(|| content.strip_suffix(" *")) {
                Some(prefix) => given
                    .strip_prefix(prefix)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':'])),
                None => given == content,
            }
        }),
        _ => false,
    }
}

/// Whether `domain:pattern` covers `host`: `*.h` covers subdomains at any depth but not `h`, `*` elsewhere stays inside
/// one label.
fn covers_host(content: &str, host: &str) -> bool {
    let Some(pattern) = content.strip_prefix("domain:") else { return false };
    let tidy = |text: &str| text.trim().trim_end_matches('.').to_ascii_lowercase();
    let (pattern, host) = (tidy(pattern), tidy(host));
    if pattern == "*" {
        return true;
    }
    if let Some(parent) = pattern.strip_prefix("*.") {
        let labels = parent.split('.').count();
        let given: Vec<&str> = host.split('.').collect();
        return given.len() > labels && labels_fit(parent, &given[given.len() - labels..]);
    }
    labels_fit(&pattern, &host.split('.').collect::<Vec<_>>())
}

fn labels_fit(pattern: &str, labels: &[&str]) -> bool {
    let patterns: Vec<&str> = pattern.split('.').collect();
    patterns.len() == labels.len()
        && patterns.iter().zip(labels).all(|(pattern, label)| super::rule::glob_text(pattern, label))
}

/// Deny and ask rules may name one scalar field of the input: `Tool(field:value)`, with `*` in the value.
fn covers_parameter(content: &str, call: &Call, behavior: PermissionBehavior) -> bool {
    if behavior == PermissionBehavior::Allow {
        return false;
    }
    let Some((name, pattern)) = content.split_once(':') else { return false };
    let name = name.trim();
    if matches!(name, "command" | "file_path" | "path" | "notebook_path" | "url") {
        return false;
    }
    let text = match call.input.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(value) if value.is_number() || value.is_boolean() => value.to_string(),
        Some(_) | None => return false,
    };
    super::rule::glob_text(pattern.trim(), &text)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
