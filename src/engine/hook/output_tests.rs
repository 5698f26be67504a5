#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

fn output(value: Value, event: HookEvent) -> Output {
    match parse(&value, event).unwrap() {
        Answer::Output(output) => *output,
        Answer::Background => panic!("background"),
    }
}

#[test]
fn an_empty_object_is_no_opinion_row_155() {
    assert_eq!(output(json!({}), HookEvent::PreToolUse), Output::default());
}

#[test]
fn the_fields_of_pre_tool_use_row_184() {
    let specific = output(
        json!({ "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": "no",
            "updatedInput": { "a": 1 },
            "additionalContext": "note",
        } }),
        HookEvent::PreToolUse,
    )
    .specific;
    assert_eq!(specific.permission, Some(Permission::Deny));
    assert_eq!(specific.permission_reason.as_deref(), Some("no"));
    assert_eq!(specific.updated_input, Some(json!({ "a": 1 })));
    assert_eq!(specific.additional_context.as_deref(), Some("note"));
}

#[test]
fn top_level_fields_row_194_row_195() {
    let found = output(
        json!({
            "continue": false, "stopReason": "enough", "suppressOutput": true, "systemMessage": "hi",
            "decision": "block", "reason": "because", "terminalSequence": "\u{7}",
        }),
        HookEvent::PostToolUse,
    );
    let expected = Output {
        stop: true,
        stop_reason: Some("enough".into()),
        approve: Some(false),
        reason: Some("because".into()),
        system_message: Some("hi".into()),
        specific: Specific::default(),
    };
    assert_eq!(found, expected);
}

#[test]
fn async_answers_row_217() {
    let answer = parse(&json!({ "async": true, "asyncTimeout": 30000 }), HookEvent::PreToolUse);
    assert_eq!(answer, Ok(Answer::Background));
}

#[test]
fn what_does_not_fit_is_named() {
    let specific = |fields: Value| {
        let mut fields = fields;
        fields["hookEventName"] = "PreToolUse".into();
        json!({ "hookSpecificOutput": fields })
    };
    for (value, expected) in [
        (json!("allow"), "it is a string, not an object"),
        (json!(null), "it is null, not an object"),
        (json!([]), "it is an array, not an object"),
        (json!({ "continue": "no" }), "`continue` is a string, not a boolean"),
        (json!({ "decision": "deny" }), "`decision` is \"deny\"; it must be one of approve, block"),
        (json!({ "systemMessage": 1 }), "`systemMessage` is a number, not a string"),
        (json!({ "permissionDecision": "deny" }), "`permissionDecision` belongs into `hookSpecificOutput`"),
        (json!({ "updatedInput": {} }), "`updatedInput` belongs into `hookSpecificOutput`"),
        (json!({ "hookSpecificOutput": 1 }), "`hookSpecificOutput` is a number, not an object"),
        (
            json!({ "hookSpecificOutput": { "permissionDecision": "deny" } }),
            "in hookSpecificOutput: `hookEventName` is missing; it must be \"PreToolUse\"",
        ),
        (
            json!({ "hookSpecificOutput": { "hookEventName": "Stop" } }),
            "in hookSpecificOutput: `hookEventName` is \"Stop\" in the answer to PreToolUse",
        ),
        (
            specific(json!({ "permissionDecision": "maybe" })),
            "in hookSpecificOutput: `permissionDecision` is \"maybe\"; it must be one of allow, deny, ask, defer",
        ),
        (
            specific(json!({ "updatedInput": [] })),
            "in hookSpecificOutput: `updatedInput` is an array, not an object",
        ),
    ] {
        assert_eq!(parse(&value, HookEvent::PreToolUse), Err(expected.to_owned()), "{value}");
    }
}

#[test]
fn permission_requests_row_209() {
    let parsed = |decision: Value| {
        let value =
            json!({ "hookSpecificOutput": { "hookEventName": "PermissionRequest", "decision": decision } });
        parse(&value, HookEvent::PermissionRequest).map(|answer| match answer {
            Answer::Output(output) => output.specific.request,
            Answer::Background => None,
        })
    };
    assert_eq!(
        parsed(json!({ "behavior": "allow", "updatedInput": { "x": 1 } })),
        Ok(Some(RequestDecision::Allow { updated_input: Some(json!({ "x": 1 })), updates: Vec::new() }))
    );
    assert_eq!(
        parsed(json!({ "behavior": "deny", "message": "no", "interrupt": true })),
        Ok(Some(RequestDecision::Deny { message: Some("no".into()), interrupt: true }))
    );
    assert!(parsed(json!({ "behavior": "ask" })).is_err());
    assert!(parsed(json!({})).is_err());
    assert!(parsed(json!("allow")).is_err());
    assert!(parsed(json!({ "behavior": "allow", "updatedPermissions": [{ "type": "nonsense" }] })).is_err());
}

#[test]
fn fields_of_other_events_are_read_for_them_only() {
    let of = |event: HookEvent, name: &str, value: Value| {
        let mut fields = json!({ "hookEventName": event.name() });
        fields[name] = value;
        output(json!({ "hookSpecificOutput": fields }), event).specific
    };
    assert_eq!(of(HookEvent::PostToolUse, "updatedToolOutput", json!("x")).updated_output, Some(json!("x")));
    assert_eq!(
        of(HookEvent::PostToolUse, "updatedMCPToolOutput", json!([])).updated_mcp_output,
        Some(json!([]))
    );
    assert!(of(HookEvent::PermissionDenied, "retry", json!(true)).retry);
    assert!(of(HookEvent::UserPromptSubmit, "suppressOriginalPrompt", json!(true)).suppress_prompt);
    assert_eq!(
        of(HookEvent::SessionStart, "initialUserMessage", json!("hi")).initial_user_message.as_deref(),
        Some("hi")
    );
    assert_eq!(
        of(HookEvent::MessageDisplay, "displayContent", json!("x")).display_content.as_deref(),
        Some("x")
    );
    assert_eq!(of(HookEvent::Stop, "updatedInput", json!({})).updated_input, None);
}
