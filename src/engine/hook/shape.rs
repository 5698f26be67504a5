//! What the answer of a guarding callback may consist of: a member that no document knows may be a refusal, misspelt.

use super::event::HookEvent;
use serde_json::{Map, Value};

/// The members of an answer to any event.
const TOP: &[&str] = &[
    "async",
    "asyncTimeout",
    "continue",
    "decision",
    "hookSpecificOutput",
    "reason",
    "stopReason",
    "suppressOutput",
    "systemMessage",
    "terminalSequence",
];
/// Those of `decision` in an answer to PermissionRequest.
const REQUEST: &[&str] = &["behavior", "interrupt", "message", "updatedInput", "updatedPermissions"];
/// How much of a name must fit a known one for it to be the one that was meant.
const ALIKE: f32 = 0.7;

/// Checks an answer to `event` that can be read otherwise. The error is a sentence that names what does not belong there
/// and says how to decide. Events that guard nothing take any member.
pub fn check(value: &Value, event: HookEvent) -> Result<(), String> {
    let Some(object) = value.as_object().filter(|_| event.guards()) else { return Ok(()) };
    only(object, TOP, "", event)?;
    if object.get("async") == Some(&Value::Bool(true)) {
        let decides = |name: &&str| match object.get(*name) {
            None | Some(Value::Null | Value::Bool(true)) => false,
            Some(_) => true,
        };
        if let Some(name) = ["decision", "continue", "hookSpecificOutput"].iter().find(|name| decides(name)) {
            return Err(format!(
                "an answer with `async: true` decides nothing: leave out `{name}`, or `async`"
            ));
        }
    }
    let specific = object.get("hookSpecificOutput").and_then(Value::as_object);
    if let Some(specific) = specific {
        only(specific, members(event), " in `hookSpecificOutput`", event)?;
    }
    if event == HookEvent::PermissionRequest {
        if object.get("decision").is_some_and(|decision| !decision.is_null()) {
            return Err(format!("`decision` at the top decides nothing here; {}", how(event)));
        }
        if let Some(decision) = specific.and_then(|specific| specific.get("decision")?.as_object()) {
            only(decision, REQUEST, " in `hookSpecificOutput.decision`", event)?;
        }
    }
    Ok(())
}

/// The members of `hookSpecificOutput` in an answer to an event that guards.
fn members(event: HookEvent) -> &'static [&'static str] {
    if event == HookEvent::PreToolUse {
        &[
            "hookEventName",
            "permissionDecision",
            "permissionDecisionReason",
            "updatedInput",
            "additionalContext",
        ]
    } else if event == HookEvent::PermissionRequest {
        &["hookEventName", "decision", "additionalContext"]
    } else {
        &["hookEventName", "additionalContext", "sessionTitle", "suppressOriginalPrompt"]
    }
}

/// A member that is `null` says nothing, whatever its name.
fn only(object: &Map<String, Value>, known: &[&str], place: &str, event: HookEvent) -> Result<(), String> {
    let unknown = object.iter().find(|(name, value)| !value.is_null() && !known.contains(&name.as_str()));
    let Some((name, _)) = unknown else { return Ok(()) };
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let wanted = plain(name);
    let meant = known
        .iter()
        .map(|known| (similar::TextDiff::from_chars(plain(known).as_str(), wanted.as_str()).ratio(), *known))
        .filter(|(ratio, _)| *ratio > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let shown: String = name.chars().take(60).collect();
    let hint = meant.map_or_else(String::new, |(_, known)| format!(", did you mean `{known}`?"));
    let end = if hint.is_empty() { "; " } else { " " };
    Err(format!("there is no member `{shown}`{place}{hint}{end}{}", how(event)))
}

/// How an answer to `event` decides.
fn how(event: HookEvent) -> &'static str {
    if event == HookEvent::PreToolUse {
        "to decide, return `hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow' | 'deny' | 'ask' | \
         'defer', permissionDecisionReason }`"
    } else if event == HookEvent::PermissionRequest {
        "to decide, return `hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'allow' } }` or \
         `{ behavior: 'deny', message }` in its place"
    } else {
        "to refuse, return `decision: 'block'` and `reason`"
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
