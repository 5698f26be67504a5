#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::event::HookEvent;
use super::super::output::{Answer, parse};
use super::*;
use serde_json::json;

fn said(value: Value, event: HookEvent) -> Said {
    match parse(&value, event).unwrap() {
        Answer::Output(output) => Said::Output(output),
        Answer::Background => Said::Nothing,
    }
}

fn pre(mut fields: Value) -> Said {
    fields["hookEventName"] = "PreToolUse".into();
    said(json!({ "hookSpecificOutput": fields }), HookEvent::PreToolUse)
}

fn decides(word: &str) -> Said {
    pre(json!({ "permissionDecision": word, "permissionDecisionReason": format!("why {word}") }))
}

#[test]
fn the_strongest_decision_wins_in_any_order_row_183() {
    use Permission::{Allow, Ask, Defer, Deny};
    let words = [("allow", Allow), ("ask", Ask), ("defer", Defer), ("deny", Deny)];
    for (first, a) in words {
        for (second, b) in words {
            let strongest = if b > a { (second, b) } else { (first, a) };
            let merged = merge(vec![decides(first), Said::Nothing, decides(second)]);
            assert_eq!(
                merged.permission,
                Some((strongest.1, Some(format!("why {}", strongest.0)))),
                "{first} then {second}"
            );
        }
    }
    assert_eq!(merge(vec![Said::Nothing, pre(json!({}))]), Merged::default());
}

#[test]
fn an_output_that_holds_both_forms_means_the_stricter_one_row_183_row_189() {
    let both = |decision: &str, permission: &str| {
        let value = json!({
            "decision": decision, "reason": "the old form",
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse", "permissionDecision": permission, "permissionDecisionReason": "the new form",
            },
        });
        merge(vec![said(value, HookEvent::PreToolUse)]).permission.unwrap()
    };
    for (decision, permission, strictest, form) in [
        ("block", "allow", Permission::Deny, "old"),
        ("block", "ask", Permission::Deny, "old"),
        ("block", "defer", Permission::Deny, "old"),
        ("block", "deny", Permission::Deny, "new"),
        ("approve", "deny", Permission::Deny, "new"),
        ("approve", "defer", Permission::Defer, "new"),
        ("approve", "ask", Permission::Ask, "new"),
        ("approve", "allow", Permission::Allow, "new"),
    ] {
        let expected = (strictest, Some(format!("the {form} form")));
        assert_eq!(both(decision, permission), expected, "{decision} and {permission}");
    }
}

#[test]
fn the_first_reason_of_equals_counts() {
    let reason = |text: &str| pre(json!({ "permissionDecision": "deny", "permissionDecisionReason": text }));
    assert_eq!(
        merge(vec![reason("one"), reason("two")]).permission,
        Some((Permission::Deny, Some("one".into())))
    );
}

#[test]
fn the_last_input_wins_and_needs_no_decision_row_186() {
    let input = |n: u32| pre(json!({ "updatedInput": { "n": n } }));
    let merged = merge(vec![input(1), decides("ask"), input(2), Said::Nothing]);
    assert_eq!(merged.updated_input, Some(json!({ "n": 2 })));
    assert_eq!(merge(vec![input(1), decides("defer")]).updated_input, None);
}

#[test]
fn only_a_hook_that_allows_with_an_input_has_answered_row_187() {
    let input = || pre(json!({ "updatedInput": { "n": 1 } }));
    let both = || pre(json!({ "permissionDecision": "allow", "updatedInput": { "n": 1 } }));
    for (said, answered) in [
        (vec![both()], true),
        (vec![decides("allow"), both()], true),
        (vec![decides("allow"), input()], false),
        (vec![input(), decides("allow")], false),
        (vec![input()], false),
    ] {
        assert_eq!(merge(said.clone()).answered, answered, "{said:?}");
    }
}

#[test]
fn every_context_and_message_is_kept_in_order_row_198() {
    let both = |n: u32| {
        said(
            json!({
                "systemMessage": format!("message {n}"),
                "hookSpecificOutput": { "hookEventName": "PreToolUse", "additionalContext": format!("context {n}") },
            }),
            HookEvent::PreToolUse,
        )
    };
    let blank = pre(json!({ "additionalContext": " " }));
    let merged = merge(vec![both(1), blank, both(2)]);
    assert_eq!(merged.contexts, ["context 1", "context 2"]);
    assert_eq!(merged.system_messages, ["message 1", "message 2"]);
}

#[test]
fn the_old_decision_maps_to_the_new_one_row_189() {
    let old = |word: &str| said(json!({ "decision": word, "reason": "why" }), HookEvent::PreToolUse);
    assert_eq!(merge(vec![old("block")]).permission, Some((Permission::Deny, Some("why".into()))));
    assert_eq!(merge(vec![old("approve")]).permission, Some((Permission::Allow, Some("why".into()))));
    assert_eq!(merge(vec![old("block")]).block, Some(Some("why".into())));
    assert_eq!(merge(vec![old("approve")]).block, None);
}

#[test]
fn one_stop_is_enough_and_the_first_reason_is_shown_row_194() {
    let stop = |reason: Option<&str>| {
        said(json!({ "continue": false, "stopReason": reason }), HookEvent::PostToolUse)
    };
    let goes_on = said(json!({ "continue": true }), HookEvent::PostToolUse);
    assert_eq!(merge(vec![goes_on.clone()]).stop, None);
    assert_eq!(merge(vec![stop(None)]).stop, Some(None));
    let merged = merge(vec![stop(None), goes_on, stop(Some("a")), stop(Some("b"))]);
    assert_eq!(merged.stop, Some(Some("a".into())));
}

#[test]
fn a_guard_that_failed_refuses_but_a_reasoned_deny_is_told_row_165() {
    let failed = || Said::Refuses { reason: "it threw".into(), beside: Box::default() };
    let merged = merge(vec![decides("allow"), failed()]);
    assert_eq!(merged.permission, Some((Permission::Deny, Some("it threw".into()))));
    assert_eq!(merged.block, Some(Some("it threw".into())));
    assert!(
        matches!(merged.request, Some(RequestDecision::Deny { message: Some(text), .. }) if text == "it threw")
    );
    let merged = merge(vec![failed(), decides("deny")]);
    assert_eq!(merged.permission, Some((Permission::Deny, Some("why deny".into()))));
}

#[test]
fn a_request_is_denied_if_one_hook_denies_row_209() {
    let request = |decision: Value| {
        said(
            json!({ "hookSpecificOutput": { "hookEventName": "PermissionRequest", "decision": decision } }),
            HookEvent::PermissionRequest,
        )
    };
    let allow = || request(json!({ "behavior": "allow" }));
    let deny = || request(json!({ "behavior": "deny", "message": "no" }));
    let denied = Some(RequestDecision::Deny { message: Some("no".into()), interrupt: false });
    assert_eq!(merge(vec![allow(), deny()]).request, denied);
    assert_eq!(merge(vec![deny(), allow()]).request, denied);
    assert!(matches!(merge(vec![allow()]).request, Some(RequestDecision::Allow { .. })));
}
