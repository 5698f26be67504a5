//! The order in which hooks, rules, modes and safety checks decide one call.

use super::hook::HookDecision;
use super::rule::{Rule, Specifier};
use super::set::SourcedRule;
use super::update::{
    PermissionBehavior, PermissionMode, PermissionRuleValue, PermissionUpdate, PermissionUpdateDestination,
};
use super::{Call, Decision, PolicyContext, Reason, Verdict, decide_other, decide_path, decide_shell, offer};
use crate::engine::tool::Access;
use serde_json::Value;

/// What the order asks about one kind of call.
pub(super) trait Subject {
    /// The deny rule (or ask rule) that the call meets.
    fn stopped(&self, behavior: PermissionBehavior) -> Option<Decision>;

    /// Whether a rule of that kind may be met by what nobody can see.
    fn in_doubt(&self, _: PermissionBehavior) -> bool {
        false
    }

    /// Whether plan mode lets it run.
    fn only_looks(&self) -> bool;

    /// Whether it must be asked whatever mode and allow rules say.
    fn unsafe_reason(&self) -> Option<Decision>;

    /// What mode `acceptEdits`, allow rules and freedom from permission make of it; else a question with suggestions.
    fn permitted(&self) -> Decision;
}

/// Judges one call.
///
/// `hook` is what the PreToolUse hooks said together, if anything. A hook's deny comes first, then deny rules, then
/// what plan mode does not allow, then what must be asked (ask rules, a hook's ask, tools that need a person, critical
/// removals, protected places), then a hook's allow, the mode, allow rules and what needs no permission. What is left
/// is asked, and in `dontAsk` every question is a denial.
pub fn decide(call: &Call, cx: &PolicyContext, hook: Option<&HookDecision>) -> Decision {
    if let Some(HookDecision::Deny { .. }) = hook {
        return Decision::deny(Reason::of_hook(PermissionBehavior::Deny, hook));
    }
    let mut decision = match call.access {
        Access::ReadPath(path) => in_order(&decide_path::Paths::new(call, cx, path, false), call, cx, hook),
        Access::WritePath(path) => in_order(&decide_path::Paths::new(call, cx, path, true), call, cx, hook),
        Access::RunCommand(line) => {
            let judged = |cx: &PolicyContext| {
                decide_shell::with_line(call, cx, line, |subject| in_order(subject, call, cx, hook))
            };
            offer::that_work(judged(cx), line, cx, judged)
        }
        Access::None | Access::ReachHost(_) => in_order(&decide_other::Other { call, cx }, call, cx, hook),
    };
    if decision.verdict == Verdict::Ask && cx.mode == PermissionMode::DontAsk {
        decision.verdict = Verdict::Deny;
        decision.suggestions.clear();
    }
    decision
}

/// Whether a call meets one of the ask rules of `cx`, as a rule that stops does: wherever a command hides, and also when
/// nobody can say.
pub fn concerns(call: &Call, cx: &PolicyContext) -> bool {
    let met = |subject: &dyn Subject| {
        subject.stopped(PermissionBehavior::Ask).is_some() || subject.in_doubt(PermissionBehavior::Ask)
    };
    match call.access {
        Access::ReadPath(path) => met(&decide_path::Paths::new(call, cx, path, false)),
        Access::WritePath(path) => met(&decide_path::Paths::new(call, cx, path, true)),
        Access::RunCommand(line) => decide_shell::with_line(call, cx, line, met),
        Access::None | Access::ReachHost(_) => met(&decide_other::Other { call, cx }),
    }
}

fn in_order(subject: &dyn Subject, call: &Call, cx: &PolicyContext, hook: Option<&HookDecision>) -> Decision {
    if let Some(denied) = subject.stopped(PermissionBehavior::Deny) {
        return denied;
    }
    if cx.mode == PermissionMode::Plan && !subject.only_looks() {
        return Decision::deny(Reason::PlanMode);
    }
    if let Some(asked) = must_ask(subject, call, hook) {
        return Decision { firm: true, ..asked };
    }
    if let Some(HookDecision::Allow { .. }) = hook {
        return Decision::allow(Reason::of_hook(PermissionBehavior::Allow, hook));
    }
    if cx.mode == PermissionMode::BypassPermissions {
        return Decision::allow(Reason::Mode(cx.mode));
    }
    subject.permitted()
}

/// The question that neither mode nor allow rules silence.
fn must_ask(subject: &dyn Subject, call: &Call, hook: Option<&HookDecision>) -> Option<Decision> {
    if let Some(asked) = subject.stopped(PermissionBehavior::Ask) {
        return Some(asked);
    }
    if let Some(HookDecision::Ask { .. }) = hook {
        return Some(Decision::ask(Reason::of_hook(PermissionBehavior::Ask, hook)));
    }
    let answered = matches!(hook, Some(HookDecision::Allow { answered: true, .. }));
    if call.needs_person && !(answered && answers(call)) {
        return Some(Decision::ask(Reason::NeedsPerson));
    }
    subject.unsafe_reason()
}

/// Whether a hook that allows a call with this input has done what the person would have (rows 187 and 291).
fn answers(call: &Call) -> bool {
    match call.tool {
        "ExitPlanMode" => true,
        // The model's own are taken away: these are the hook's.
        "AskUserQuestion" => call.input.get("answers").or_else(|| call.input.get("response")).is_some(),
        _ => false,
    }
}

/// The reason that a rule gives.
pub(super) fn because(entry: &SourcedRule, behavior: PermissionBehavior) -> Reason {
    Reason::Rule { rule: entry.rule.clone(), behavior, source: entry.source }
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
    let named = match call.server_tool {
        Some(pair) => rule.names_server_tool(call.tool, pair, behavior),
        None => rule.names_tool(call.tool),
    };
    if !named {
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

#[cfg(test)]
#[path = "order_tests.rs"]
mod order_tests;
