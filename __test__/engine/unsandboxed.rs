//! `dangerouslyDisableSandbox` of Bash where there is no sandbox: the call goes through permissions as any other, and whoever
//! decides sees the field.

use crate::hook_calls::{hooks, input};
use crate::support::host::{allow, deny};
use crate::support::{Bench, calls, says, tool_result};
use native_agent_sdk::engine::host::{PermissionAnswer, PermissionResult};
use serde_json::{Value, json};
use std::path::Path;

/// Runs `command` with the field under `options`: whether the host was asked, whether it ran, and what the model was told.
async fn one(command: &str, field: Option<bool>, options: &Value) -> (usize, bool, String) {
    let bench = Bench::new(json!([])).await;
    run(&bench, command, field, options).await
}

async fn run(bench: &Bench, command: &str, field: Option<bool>, options: &Value) -> (usize, bool, String) {
    let mut input = json!({ "command": command });
    if let Some(field) = field {
        input["dangerouslyDisableSandbox"] = json!(field);
    }
    bench.add_rules(json!([calls("c1", "Bash", input), says("ok")]));
    let mut options = options.clone();
    options["canUseTool"] = json!({ "$function": true });
    let messages = bench.run("Go", options).await;
    let ran = Path::new(&bench.path("made")).exists();
    (bench.host.asked().len(), ran, tool_result(&messages, "c1").0)
}

#[tokio::test]
async fn the_field_changes_no_decision_of_rules_and_modes() {
    let bypass = json!({
        "permissionMode": "bypassPermissions", "allowDangerouslySkipPermissions": true, "env": { "IS_SANDBOX": "1" }
    });
    for (options, asked, runs) in [
        (json!({}), 1, true),
        (json!({ "permissionMode": "acceptEdits" }), 0, true),
        (json!({ "permissionMode": "plan" }), 0, false),
        (json!({ "permissionMode": "dontAsk" }), 0, false),
        (json!({ "permissionPrompts": "none" }), 0, false),
        (bypass.clone(), 0, true),
        (json!({ "allowedTools": ["Bash"] }), 0, true),
        (json!({ "allowedTools": ["Bash(touch:*)"] }), 0, true),
        (json!({ "allowedTools": ["Bash(touch made)"] }), 0, true),
        (json!({ "allowedTools": ["Bash(make:*)"] }), 1, true),
        (json!({ "disallowedTools": ["Bash(touch:*)"] }), 0, false),
        (json!({ "allowedTools": ["Bash"], "disallowedTools": ["Bash(touch:*)"] }), 0, false),
        (
            json!({ "allowedTools": ["Bash"], "settings": { "permissions": { "ask": ["Bash(touch:*)"] } } }),
            1,
            true,
        ),
        (
            {
                let mut options = bypass;
                options["disallowedTools"] = json!(["Bash(touch:*)"]);
                options
            },
            0,
            false,
        ),
    ] {
        let plain = one("touch made", None, &options).await;
        assert_eq!((plain.0, plain.1), (asked, runs), "{options}");
        for field in [true, false] {
            assert_eq!(one("touch made", Some(field), &options).await, plain, "{field} {options}");
        }
    }
    // What runs unasked needs nobody's leave with the field either.
    let (asked, _, said) = one("echo hi", Some(true), &json!({})).await;
    assert_eq!((asked, said.as_str()), (0, "hi"));
}

#[tokio::test]
async fn whoever_decides_sees_the_field_and_may_take_it_away() {
    let bench = Bench::new(json!([])).await;
    bench.host.answer(|question| {
        let unsandboxed = question.input["dangerouslyDisableSandbox"] == true;
        Some(if unsandboxed { deny("Not outside the sandbox.", false) } else { allow() })
    });
    let (_, ran, said) = run(&bench, "touch made", Some(true), &json!({})).await;
    assert!(!ran && said.contains("Not outside the sandbox."), "{said}");
    let bench = Bench::new(json!([])).await;
    let instead = json!({ "command": "touch made; echo inside" });
    bench.host.answer(move |_| {
        Some(PermissionAnswer::Decided(PermissionResult::Allow {
            updated_input: Some(serde_json::from_value(instead.clone()).unwrap()),
            updated_permissions: Vec::new(),
        }))
    });
    assert_eq!(run(&bench, "touch made", Some(true), &json!({})).await, (1, true, "inside".to_owned()));
}

#[tokio::test]
async fn hooks_see_the_field_before_anybody_is_asked() {
    let bench = Bench::new(json!([])).await;
    bench.host.hooks_return(|request| {
        let unsandboxed = input(request)["tool_input"]["dangerouslyDisableSandbox"] == true;
        let decision = if unsandboxed { "deny" } else { "allow" };
        json!({ "hookSpecificOutput": {
            "hookEventName": "PreToolUse", "permissionDecision": decision, "permissionDecisionReason": "by the hook",
        } })
    });
    let options = json!({ "hooks": hooks(&[("PreToolUse", json!({ "matcher": "Bash" }))]) });
    let (asked, ran, said) = run(&bench, "touch made", Some(true), &options).await;
    assert!(asked == 0 && !ran && said.contains("by the hook"), "{said}");
}
