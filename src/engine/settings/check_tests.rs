#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

fn file(text: &str) -> (Value, Result<Checked, EngineError>) {
    let mut settings = serde_json::from_str::<Value>(text).unwrap().as_object().unwrap().clone();
    let checked = check("/r/.claude/settings.json", Some(text), &mut settings);
    (Value::Object(settings), checked)
}

#[test]
fn malformed_allow_rules_are_skipped_one_by_one_row_106() {
    let text = "{\n  \"permissions\": {\n    \"allow\": [\n      \"Read\",\n      \"Bash(\",\n      7,\n      \"*\"\n    ],\n    \"deny\": [\"Edit\"]\n  },\n  \"other\": [1]\n}";
    let (left, checked) = file(text);
    let checked = checked.unwrap();
    assert_eq!(left, json!({ "permissions": { "allow": ["Read"], "deny": ["Edit"] }, "other": [1] }));
    let rules: Vec<_> = checked.rules.iter().map(|(b, rule)| format!("{b:?} {rule}")).collect();
    assert_eq!(rules, ["Allow Read", "Deny Edit"]);
    for (warning, (line, rule)) in checked.warnings.iter().zip([(5, "\"Bash(\""), (6, "7"), (7, "\"*\"")]) {
        let start = format!("/r/.claude/settings.json, line {line}: the allow rule {rule} is skipped: ");
        assert!(warning.starts_with(&start), "{warning}");
    }
    assert_eq!(checked.warnings.len(), 3);
}

#[test]
fn rules_that_do_nothing_are_told_with_their_place_row_103_row_105() {
    let text = "{ \"permissions\": { \"deny\": [\"Bsh(rm:*)\", \"Bash(command:rm)\", \"Bash(rm:*)\"], \"ask\": [\"Reed\"],\n\"allow\": [\"Write(a/**)\"] } }";
    let warnings = file(text).1.unwrap().warnings;
    let expected = [
        ("line 1", "`Bsh(rm:*)` names no known tool"),
        ("line 1", "`command` cannot be compared"),
        ("line 1", "`Reed` names no known tool"),
        ("line 2", "allowed by `Edit(...)`"),
    ];
    for (place, what) in expected {
        let told = |warning: &String| {
            warning.starts_with(&format!("/r/.claude/settings.json, {place}: ")) && warning.contains(what)
        };
        assert!(warnings.iter().any(told), "{what}: {warnings:#?}");
    }
    assert_eq!(warnings.len(), expected.len(), "{warnings:#?}");
}

#[test]
fn malformed_rules_that_forbid_stop_the_start_row_106_row_144() {
    for (key, rule) in [
        ("deny", "\"Bash(\""),
        ("ask", "\"\""),
        ("deny", "3"),
        ("deny", "\"WebFetch(x)\""),
        ("ask", "\"mcp__\""),
        ("deny", "\"Read([)\""),
    ] {
        let text = format!("{{\n\"permissions\": {{\n\"{key}\": [\"Read\",\n{rule}]}}}}");
        let error = file(&text).1.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ConfigFileInvalid);
        let start = format!("/r/.claude/settings.json, line 4: the {key} rule {rule} is invalid: ");
        assert!(error.message.starts_with(&start), "{}", error.message);
    }
    for text in [r#"{ "permissions": { "deny": "Bash" } }"#, r#"{ "permissions": [] }"#] {
        assert_eq!(file(text).1.unwrap_err().kind, ErrorKind::ConfigFileInvalid);
    }
    for list in ["allow", "deny", "ask"] {
        let mut settings = json!({ "permissions": { list: ["Bash("] } }).as_object().unwrap().clone();
        let error = check("options.settings", None, &mut settings).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRule);
        assert!(
            error.message.starts_with(&format!("options.settings: the {list} rule")),
            "{}",
            error.message
        );
    }
}

#[test]
fn single_bad_values_are_dropped_and_named_never_shown_row_144() {
    let text = r#"{
  "model": 7,
  "env": { "A": "1", "B": 2, "C": true, "D": ["hidden-value"], "E=F": "hidden-value" },
  "effortLevel": "huge",
  "hooks": [],
  "disableAllHooks": "yes",
  "apiKeyHelper": ["hidden-value"],
  "permissions": { "defaultMode": "fast", "additionalDirectories": "/x", "allow": "Read", "disableAutoMode": true },
  "unknown": { "kept": 1 }
}"#;
    let (left, checked) = file(text);
    assert_eq!(
        left,
        json!({ "env": { "A": "1", "B": "2", "C": "true" }, "permissions": {}, "unknown": { "kept": 1 } })
    );
    let warnings = checked.unwrap().warnings;
    let named = [
        "line 2: `model`",
        "line 4: `effortLevel`",
        "line 5: `hooks`",
        "line 6: `disableAllHooks`",
        "line 7: `apiKeyHelper`",
        "line 3: `env.D`",
        "line 3: `env.E=F`",
        "line 8: `permissions.defaultMode`",
        "line 8: `permissions.additionalDirectories`",
        "line 8: `permissions.disableAutoMode`",
        "line 8: `permissions.allow`",
    ];
    for name in named {
        assert!(warnings.iter().any(|warning| warning.contains(name)), "{name} in {warnings:#?}");
    }
    assert_eq!(warnings.len(), named.len());
    assert!(!warnings.concat().contains("hidden-value"));
}
