#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::{PermissionBehavior, PermissionMode, PermissionUpdate};
use super::RuleSet;
use serde_json::{Value, json};

fn texts(set: &RuleSet, behavior: PermissionBehavior) -> Vec<String> {
    set.rules(behavior).iter().map(|entry| format!("{} {}", entry.rule, entry.source.as_str())).collect()
}

#[test]
fn updates_have_the_documented_shape_row_90() {
    for value in [
        json!({ "type": "addRules", "rules": [{ "toolName": "Bash", "ruleContent": "ls:*" }, { "toolName": "Read" }],
            "behavior": "allow", "destination": "userSettings" }),
        json!({ "type": "replaceRules", "rules": [], "behavior": "deny", "destination": "projectSettings" }),
        json!({ "type": "removeRules", "rules": [{ "toolName": "Read" }], "behavior": "ask",
            "destination": "localSettings" }),
        json!({ "type": "setMode", "mode": "acceptEdits", "destination": "session" }),
        json!({ "type": "addDirectories", "directories": ["/a"], "destination": "cliArg" }),
        json!({ "type": "removeDirectories", "directories": ["/a"], "destination": "session" }),
    ] {
        let update: PermissionUpdate = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&update).unwrap(), value);
    }
}

#[test]
fn mode_names_row_79() {
    for name in ["default", "acceptEdits", "bypassPermissions", "plan", "dontAsk", "auto"] {
        let mode: PermissionMode = serde_json::from_value(json!(name)).unwrap();
        assert_eq!(mode.as_str(), name);
        assert_eq!(serde_json::to_value(mode).unwrap(), json!(name));
    }
    let manual: PermissionMode = serde_json::from_value(json!("manual")).unwrap();
    assert_eq!(manual, PermissionMode::Default);
    assert!(serde_json::from_value::<PermissionMode>(json!("yolo")).is_err());
}

#[test]
fn updates_change_rules_by_destination_row_90_row_131() {
    let mut set = RuleSet::from_options(&["Read".into()], &["Bash(rm:*)".into()]).unwrap();
    let mut apply = |kind: &str, rules: Value, behavior: &str, destination: &str| {
        let update: PermissionUpdate = serde_json::from_value(
            json!({ "type": kind, "rules": rules, "behavior": behavior, "destination": destination }),
        )
        .unwrap();
        let result = set.apply(&update);
        (result, texts(&set, PermissionBehavior::Allow))
    };
    let read = json!([{ "toolName": "Read" }]);
    let bash = json!([{ "toolName": "Bash", "ruleContent": "ls:*" }]);
    assert_eq!(apply("addRules", read.clone(), "allow", "session").1, ["Read cliArg", "Read session"]);
    assert_eq!(apply("addRules", read.clone(), "allow", "session").1, ["Read cliArg", "Read session"]);
    assert_eq!(apply("replaceRules", bash, "allow", "session").1, ["Read cliArg", "Bash(ls:*) session"]);
    assert_eq!(apply("removeRules", read, "allow", "cliArg").1, ["Bash(ls:*) session"]);
    let (result, after) =
        apply("replaceRules", json!([{ "toolName": "Edit" }, { "toolName": "mcp__*" }]), "allow", "session");
    assert!(result.is_err());
    assert_eq!(after, ["Bash(ls:*) session"]);
    assert_eq!(texts(&set, PermissionBehavior::Deny), ["Bash(rm:*) cliArg"]);
}
