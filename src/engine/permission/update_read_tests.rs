#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::PermissionUpdate;
use serde_json::{Value, json};

#[test]
fn what_does_not_fit_is_named_by_its_place_row_90() {
    let rules = |rules: Value| json!([{ "type": "addRules", "behavior": "allow", "destination": "session", "rules": rules }]);
    for (value, said) in [
        (json!({}), "`updates` is an object; it must be an array"),
        (json!([1]), "`updates[0]` is a number; it must be an object"),
        (json!([{}]), "`updates[0].type` is missing; it must be one of addRules, "),
        (json!([{ "type": "nonsense" }]), "`updates[0].type` is \"nonsense\"; it must be one of addRules, "),
        (
            json!([{ "type": "setMode", "mode": "plan" }]),
            "`updates[0].destination` is missing; it must be one of userSettings, ",
        ),
        (
            json!([{ "type": "setMode", "mode": "yolo", "destination": "session" }]),
            "`updates[0].mode` is \"yolo\"; it must be one of default, ",
        ),
        (
            json!([{ "type": "addDirectories", "directories": "/a", "destination": "session" }]),
            "`updates[0].directories` is a string; it must be an array",
        ),
        (
            json!([{ "type": "addDirectories", "directories": [1], "destination": "session" }]),
            "`updates[0].directories[0]` is a number; it must be a string",
        ),
        (
            json!([{ "type": "addRules", "rules": [], "destination": "session" }]),
            "`updates[0].behavior` is missing; it must be one of allow, deny, ask",
        ),
        (rules(json!(["Bash"])), "`updates[0].rules[0]` is a string; it must be an object"),
        (rules(json!([{}])), "`updates[0].rules[0].toolName` is missing; it must be a string"),
        (
            rules(json!([{ "toolName": "Bash", "ruleContent": 1 }])),
            "`updates[0].rules[0].ruleContent` is a number; it must be a string",
        ),
    ] {
        let error = PermissionUpdate::read_all(&value, "updates").unwrap_err();
        assert!(error.starts_with(said), "{value}: {error}");
    }
}

#[test]
fn whatever_the_types_allow_is_read() {
    let every = json!([
        { "type": "addRules", "behavior": "ask", "destination": "cliArg", "rules": [{ "toolName": "Read" }] },
        { "type": "replaceRules", "behavior": "deny", "destination": "session", "rules": [{ "toolName": "Read", "ruleContent": "a" }] },
        { "type": "removeRules", "behavior": "allow", "destination": "localSettings", "rules": [] },
        { "type": "setMode", "mode": "acceptEdits", "destination": "projectSettings" },
        { "type": "addDirectories", "directories": ["/a"], "destination": "userSettings" },
        { "type": "removeDirectories", "directories": [], "destination": "session" },
    ]);
    let read = PermissionUpdate::read_all(&every, "updates").unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), every);
    for mode in ["default", "acceptEdits", "bypassPermissions", "plan", "dontAsk", "auto", "manual"] {
        let update = json!([{ "type": "setMode", "mode": mode, "destination": "session" }]);
        assert!(PermissionUpdate::read_all(&update, "updates").is_ok(), "{mode}");
    }
}
