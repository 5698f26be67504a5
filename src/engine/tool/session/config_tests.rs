#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;
use crate::engine::tool::test_support;

fn settings() -> Settings {
    (*test_support::context(std::path::Path::new("/")).live).clone()
}

#[test]
fn a_wrong_setting_or_value_is_said_and_changes_nothing() {
    for (input, word) in [
        (json!({ "setting": "theme" }), "no setting"),
        (json!({ "setting": "theme", "value": "dark" }), "no setting"),
        (json!({ "setting": "model", "value": "opus" }), "only be read"),
        (json!({ "setting": "permissions.defaultMode", "value": "bypassPermissions" }), "only be read"),
        (json!({ "setting": "effortLevel", "value": "huge" }), "low, medium"),
        (json!({ "setting": "effortLevel", "value": 3 }), "low, medium"),
        (json!({ "setting": "alwaysThinkingEnabled", "value": "yes" }), "true or false"),
    ] {
        let output = answer(&input, &settings());
        assert!(output.is_error, "{input}");
        assert_eq!(output.structured["success"], false);
        assert!(output.structured["error"].as_str().unwrap().contains(word), "{}", output.structured);
        assert_eq!(Config::default().settings_after(&output.structured), None);
    }
}

#[test]
fn reading_says_the_value_and_setting_says_both_row_584() {
    let now = settings();
    for (setting, value) in [
        ("model", json!(now.model.id)),
        ("permissions.defaultMode", json!("default")),
        ("effortLevel", Value::Null),
        ("alwaysThinkingEnabled", json!(true)),
    ] {
        let output = answer(&json!({ "setting": setting }), &now);
        let expected = json!({ "success": true, "operation": "get", "setting": setting, "value": value });
        assert_eq!(output.structured, expected);
        assert_eq!(Config::default().settings_after(&output.structured), None);
    }
    for (setting, given, before, new) in [
        ("effortLevel", json!("high"), Value::Null, json!("high")),
        ("alwaysThinkingEnabled", json!(false), json!(true), json!(false)),
        ("alwaysThinkingEnabled", json!("false"), json!(true), json!(false)),
    ] {
        let output = answer(&json!({ "setting": setting, "value": given }), &now);
        let expected = json!({
            "success": true, "operation": "set", "setting": setting, "previousValue": before, "newValue": new,
        });
        assert_eq!(output.structured, expected);
        assert_eq!(Config::default().settings_after(&output.structured).unwrap()[setting], new);
    }
}
