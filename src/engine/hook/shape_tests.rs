#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::output::parse;
use super::*;
use serde_json::json;

fn specific(event: HookEvent, name: &str, value: Value) -> Value {
    let mut fields = json!({ "hookEventName": event.name() });
    fields[name] = value;
    json!({ "hookSpecificOutput": fields })
}

#[test]
fn what_may_be_a_misspelt_refusal_is_no_answer_row_218() {
    use HookEvent::{PermissionRequest, PreToolUse, UserPromptExpansion, UserPromptSubmit};
    let decision = |decision: Value| specific(PermissionRequest, "decision", decision);
    for (event, value, named, told) in [
        (
            PreToolUse,
            json!({ "behavior": "deny", "message": "no" }),
            "`behavior`",
            "permissionDecision: 'allow'",
        ),
        (PreToolUse, json!({ "message": "no" }), "`message`", "permissionDecision: 'allow'"),
        (PreToolUse, json!({ "permission": "deny" }), "`permission`", "permissionDecision: 'allow'"),
        (
            PreToolUse,
            json!({ "hook_specific_output": {} }),
            "`hook_specific_output`",
            "mean `hookSpecificOutput`?",
        ),
        (PreToolUse, json!({ "stop_reason": "x" }), "`stop_reason`", "mean `stopReason`?"),
        (
            PreToolUse,
            specific(PreToolUse, "permisionDecision", json!("deny")),
            "`permisionDecision` in `hookSpecificOutput`",
            "mean `permissionDecision`?",
        ),
        (
            PreToolUse,
            specific(PreToolUse, "permission_decision", json!("deny")),
            "`permission_decision` in `hookSpecificOutput`",
            "mean `permissionDecision`?",
        ),
        (
            PreToolUse,
            specific(PreToolUse, "decision", json!("deny")),
            "`decision` in `hookSpecificOutput`",
            "permissionDecision: 'allow'",
        ),
        (
            PreToolUse,
            json!({ "async": true, "decision": "block" }),
            "`decision`",
            "`async: true` decides nothing",
        ),
        (
            PreToolUse,
            json!({ "async": true, "continue": false }),
            "`continue`",
            "`async: true` decides nothing",
        ),
        (PermissionRequest, json!({ "behavior": "deny" }), "`behavior`", "decision: { behavior: 'allow' }"),
        (
            PermissionRequest,
            json!({ "decision": "block" }),
            "`decision`",
            "hookEventName: 'PermissionRequest'",
        ),
        (
            PermissionRequest,
            decision(json!({ "behavior": "allow", "updated_input": {} })),
            "`updated_input` in `hookSpecificOutput.decision`",
            "mean `updatedInput`?",
        ),
        (
            UserPromptSubmit,
            specific(UserPromptSubmit, "permissionDecision", json!("deny")),
            "`permissionDecision` in `hookSpecificOutput`",
            "`decision: 'block'`",
        ),
        (UserPromptExpansion, json!({ "block": true }), "`block`", "`decision: 'block'`"),
    ] {
        assert!(parse(&value, event).is_ok(), "it can be read otherwise: {value}");
        let error = check(&value, event).expect_err(&value.to_string());
        assert!(error.contains(named) && error.contains(told), "{value}: {error}");
    }
}

#[test]
fn every_documented_member_is_taken_row_184() {
    let whole = json!({
        "continue": true, "suppressOutput": true, "stopReason": "x", "decision": "approve", "systemMessage": "x", "reason": "x",
        "terminalSequence": "x", "async": false, "asyncTimeout": 1, "behavior": null,
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse", "permissionDecision": "allow", "permissionDecisionReason": "x", "updatedInput": {},
            "additionalContext": "x", "nothing": null,
        },
    });
    assert_eq!(check(&whole, HookEvent::PreToolUse), Ok(()));
    assert_eq!(
        check(&json!({ "async": true, "asyncTimeout": 1, "continue": true }), HookEvent::PreToolUse),
        Ok(())
    );
    for decision in [
        json!({ "behavior": "allow", "updatedInput": {}, "updatedPermissions": [] }),
        json!({ "behavior": "deny", "message": "x", "interrupt": true }),
    ] {
        let value = specific(HookEvent::PermissionRequest, "decision", decision);
        assert_eq!(check(&value, HookEvent::PermissionRequest), Ok(()), "{value}");
    }
    for name in ["additionalContext", "sessionTitle", "suppressOriginalPrompt"] {
        let value = specific(HookEvent::UserPromptSubmit, name, json!("x"));
        assert_eq!(check(&value, HookEvent::UserPromptSubmit), Ok(()), "{name}");
    }
}

#[test]
fn events_that_guard_nothing_take_any_member() {
    assert_eq!(check(&json!({ "behavior": "deny" }), HookEvent::PostToolUse), Ok(()));
}
