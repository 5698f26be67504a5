#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn read_flags(options: &Value) -> Result<Expanded, EngineError> {
    expand(options.as_object().unwrap(), Path::new("/nowhere"))
}

#[test]
fn flags_become_the_options_they_stand_for() {
    let table = [
        (json!({ "model": "opus" }), json!({ "model": "opus" })),
        (json!({ "--model": "opus" }), json!({ "model": "opus" })),
        (
            json!({ "max-turns": "3", "-max-budget-usd": "0.5" }),
            json!({ "maxTurns": 3, "maxBudgetUsd": 0.5 }),
        ),
        (json!({ "include-partial-messages": null }), json!({ "includePartialMessages": true })),
        (json!({ "include-partial-messages": "false" }), json!({ "includePartialMessages": false })),
        (json!({ "no-session-persistence": "" }), json!({ "persistSession": false })),
        (
            json!({ "allowedTools": "Read, Bash(git add:*) Bash(echo a, b)" }),
            json!({ "allowedTools": ["Read", "Bash(git add:*)", "Bash(echo a, b)"] }),
        ),
        (
            json!({ "mcp-config": "{\"mcpServers\":{\"s\":{\"command\":\"c\"}}}" }),
            json!({ "mcpServers": { "s": { "command": "c" } } }),
        ),
        (
            json!({ "json-schema": "{\"type\":\"object\"}" }),
            json!({ "outputFormat": { "type": "json_schema", "schema": { "type": "object" } } }),
        ),
        (json!({ "agents": "{\"a\":{}}" }), json!({ "agents": { "a": {} } })),
        (json!({ "plugin-dir": "/p" }), json!({ "plugins": [{ "type": "local", "path": "/p" }] })),
        (json!({ "task-budget": "9" }), json!({ "taskBudget": { "total": 9 } })),
        (json!({ "thinking": "disabled" }), json!({ "thinking": { "type": "disabled" } })),
        (
            json!({ "dangerously-skip-permissions": null }),
            json!({ "permissionMode": "bypassPermissions", "allowDangerouslySkipPermissions": true }),
        ),
        (json!({ "setting-sources": "" }), json!({ "settingSources": [] })),
        (json!({ "tools": "Read,Glob" }), json!({ "tools": ["Read", "Glob"] })),
        (json!({ "add-dir": "/a b" }), json!({ "additionalDirectories": ["/a b"] })),
    ];
    for (flags, expected) in table {
        let mut options = read_flags(&json!({ "extraArgs": flags })).unwrap().options;
        options.remove("extraArgs");
        assert_eq!(Value::Object(options), expected, "{flags}");
    }
}

#[test]
fn a_value_wins_over_the_option_and_lists_and_records_are_added_to() {
    let given = json!({
        "model": "sonnet",
        "allowedTools": ["Glob"],
        "tools": { "type": "preset", "preset": "claude_code" },
        "mcpServers": { "a": { "command": "x" } },
        "extraArgs": { "model": "opus", "allowed-tools": "Read", "tools": "Read", "mcp-config": "{\"mcpServers\":{\"b\":{}}}" },
    });
    let options = read_flags(&given).unwrap().options;
    assert_eq!(options["model"], "opus");
    assert_eq!(options["allowedTools"], json!(["Glob", "Read"]));
    assert_eq!(options["tools"], json!(["Read"]));
    assert_eq!(options["mcpServers"], json!({ "a": { "command": "x" }, "b": {} }));
}

#[test]
fn files_are_read_relative_to_the_working_directory() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("prompt.txt"), "From a file.").unwrap();
    std::fs::write(dir.path().join("mcp.json"), r#"{"mcpServers":{"f":{"command":"c"}}}"#).unwrap();
    let given = json!({ "extraArgs": {
        "system-prompt-file": "prompt.txt", "append-system-prompt-file": "prompt.txt", "mcp-config": "mcp.json",
    } });
    let read = expand(given.as_object().unwrap(), dir.path()).unwrap();
    assert_eq!(read.options["systemPrompt"], "From a file.");
    assert_eq!(read.append_system_prompt.as_deref(), Some("From a file."));
    assert_eq!(read.options["mcpServers"], json!({ "f": { "command": "c" } }));
}

#[test]
fn flags_of_the_command_line_alone_are_said_to_have_no_effect() {
    let read =
        read_flags(&json!({ "extraArgs": { "verbose": null, "output-format": "stream-json" } })).unwrap();
    assert_eq!(read.notices.len(), 2);
    assert!(read.notices.iter().any(|text| text.contains("`verbose`")));
    assert!(!read.replay_user_messages);
}

#[test]
fn what_cannot_be_used_is_named() {
    let secret = "{\"mcpServers\": {\"s\": {\"env\": {\"KEY\": \"hunter2\"}}}";
    let table = [
        (json!({ "modle": "opus" }), ErrorKind::UnknownOption, "`modle` is no flag. Did you mean `model`?"),
        (json!({ "teleport": null }), ErrorKind::UnknownOption, "`teleport`"),
        (json!({ "model": null }), ErrorKind::InvalidOption, "`model` needs a value"),
        (json!({ "json-schema": null }), ErrorKind::InvalidOption, "`json-schema` needs a value"),
        (json!({ "max-turns": "three" }), ErrorKind::InvalidOption, "`max-turns` must be a number"),
        (json!({ "task-budget": "-1" }), ErrorKind::InvalidOption, "`task-budget`"),
        (json!({ "replay-user-messages": "yes" }), ErrorKind::InvalidOption, "is a switch"),
        (json!({ "continue": "now" }), ErrorKind::InvalidOption, "is a switch"),
        (json!({ "model": 7 }), ErrorKind::InvalidOption, "`model` must have a string"),
        (json!({ "json-schema": "[]" }), ErrorKind::InvalidOption, "JSON object"),
        (json!({ "mcp-config": "{}" }), ErrorKind::InvalidOption, "mcpServers"),
        (json!({ "mcp-config": secret }), ErrorKind::InvalidOption, "JSON object"),
        (json!({ "mcp-config": "no-such-file.json" }), ErrorKind::InvalidOption, "cannot be read"),
        (json!("model"), ErrorKind::InvalidOption, "options.extraArgs must be an object"),
    ];
    for (flags, kind, text) in table {
        let error = read_flags(&json!({ "extraArgs": flags })).unwrap_err();
        assert_eq!(error.kind, kind, "{flags}");
        assert!(error.message.contains(text) && error.message.contains("extraArgs"), "{}", error.message);
        assert!(!error.message.contains("hunter2"), "{}", error.message);
    }
}
