#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;
use serde_json::json;
use std::path::Path;

fn parse(options: &Value) -> Result<Options, EngineError> {
    Options::parse(options.as_object().unwrap(), Path::new("/project"))
}

/// The kind of the error and its text.
fn fault(options: &Value) -> (ErrorKind, String) {
    let error = parse(options).unwrap_err();
    (error.kind, error.message)
}

#[test]
fn values_of_the_wrong_type_or_range_are_named() {
    let function = json!({ "$function": true });
    let table = [
        ("allowedTools", json!("Read")),
        ("additionalDirectories", json!([1])),
        ("allowDangerouslySkipPermissions", json!("yes")),
        ("betas", json!({})),
        ("canUseTool", json!(true)),
        ("disallowedTools", json!([null])),
        ("effort", json!("enormous")),
        ("includePartialMessages", json!(1)),
        ("maxThinkingTokens", json!(-1)),
        ("maxTurns", json!(0)),
        ("maxTurns", json!(1.5)),
        ("maxTurns", json!("3")),
        ("model", json!("")),
        ("model", json!(7)),
        ("permissionMode", json!("yolo")),
        ("permissionPrompts", json!("maybe")),
        ("persistSession", json!("no")),
        ("sessionId", json!("not-a-uuid")),
        ("stderr", json!("x")),
        ("strictMcpConfig", json!(1)),
        ("systemPrompt", json!(3)),
        ("systemPrompt", json!({ "type": "preset", "preset": "other" })),
        ("systemPrompt", json!({ "type": "preset", "preset": "claude_code", "append": 1 })),
        ("thinking", json!("on")),
        ("thinking", json!({ "type": "sometimes" })),
        ("throwOnErrorResult", function),
        ("tools", json!("Read")),
        ("tools", json!({ "type": "preset", "preset": "other" })),
    ];
    for (name, value) in table {
        let (kind, text) = fault(&json!({ name: value }));
        assert_eq!(kind, ErrorKind::InvalidOption, "{name}: {text}");
        assert!(text.starts_with(&format!("options.{name} must be")), "{text}");
        assert!(text.contains("got "), "{text}");
    }
    let (_, text) = fault(&json!({ "thinking": { "type": "enabled", "budgetTokens": 10 } }));
    assert!(text.starts_with("options.thinking.budgetTokens must be"), "{text}");
}

#[test]
fn a_documented_option_that_is_not_built_is_refused_unless_it_asks_for_nothing() {
    let asking = [
        ("resume", json!("id")),
        ("continue", json!(true)),
        ("agents", json!({ "a": {} })),
        ("maxBudgetUsd", json!(1)),
        ("sandbox", json!({ "enabled": true })),
        ("sandbox", json!({ "network": {} })),
        (
            "systemPrompt",
            json!({ "type": "preset", "preset": "claude_code", "excludeDynamicSections": true }),
        ),
    ];
    for (name, value) in asking {
        let (kind, text) = fault(&json!({ name: value }));
        assert_eq!(kind, ErrorKind::UnsupportedOption, "{name}");
        assert!(text.contains(name), "{text}");
    }
    let nothing = json!({
        "hooks": {}, "mcpServers": {}, "resume": null, "continue": false, "agents": {}, "plugins": [],
        "sandbox": { "enabled": false }, "extraArgs": {}, "debug": false,
    });
    parse(&nothing).unwrap();
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_known_one() {
    let (kind, text) = fault(&json!({ "allowedTool": [] }));
    assert_eq!(
        (kind, text.contains("Did you mean `allowedTools`?")),
        (ErrorKind::UnknownOption, true),
        "{text}"
    );
    let (kind, text) = fault(&json!({ "zzz": 1 }));
    assert_eq!((kind, text.contains("index.d.ts")), (ErrorKind::UnknownOption, true), "{text}");
}

#[test]
fn options_of_a_child_process_are_accepted_with_a_notice_row_588() {
    let options = json!({ "executable": "bun", "pathToClaudeCodeExecutable": "/x", "spawnClaudeCodeProcess": { "$function": true } });
    let notices = parse(&options).unwrap().notices;
    assert_eq!(notices.len(), 3);
    assert!(notices[0].contains("`executable` has no effect"));
}

#[test]
fn a_malformed_rule_names_its_list_and_itself() {
    let (kind, text) = fault(&json!({ "allowedTools": ["Bash(ls"] }));
    assert_eq!(kind, ErrorKind::InvalidRule);
    assert!(text.starts_with("allowedTools: \"Bash(ls\""), "{text}");
    let (_, text) = fault(&json!({ "disallowedTools": ["("] }));
    assert!(text.starts_with("disallowedTools"), "{text}");
}

#[test]
fn null_counts_as_not_given_and_whole_floats_as_integers() {
    let options = parse(&json!({ "model": null, "maxTurns": 3.0, "canUseTool": null })).unwrap();
    assert_eq!((options.model, options.max_turns, options.can_use_tool), (None, Some(3), false));
}

#[test]
fn thinking_comes_from_either_option_row_48_row_49() {
    let table = [
        (json!({}), None),
        (json!({ "thinking": { "type": "disabled" } }), Some(Thinking::Disabled)),
        (
            json!({ "thinking": { "type": "adaptive", "display": "omitted" } }),
            Some(Thinking::Adaptive { display: Some("omitted".into()) }),
        ),
        (
            json!({ "thinking": { "type": "enabled", "budgetTokens": 2048 } }),
            Some(Thinking::Enabled { budget: Some(2048), display: None }),
        ),
        (json!({ "maxThinkingTokens": 0 }), Some(Thinking::Disabled)),
        (json!({ "maxThinkingTokens": 5000 }), Some(Thinking::Legacy { tokens: 5000, display: None })),
        (json!({ "maxThinkingTokens": 5000, "thinking": { "type": "disabled" } }), Some(Thinking::Disabled)),
    ];
    for (options, expected) in table {
        assert_eq!(parse(&options).unwrap().thinking, expected, "{options}");
    }
}

#[test]
fn the_rest_is_read_as_given() {
    let options = parse(&json!({
        "additionalDirectories": ["lib", "/abs"], "permissionMode": "manual", "permissionPrompts": "none",
        "disallowedTools": ["Bash", "Read(x)"], "sessionId": "0B5C1C4E-7D4E-4A53-9F0E-0D6A9E0C8B11",
        "systemPrompt": ["a", "b"], "tools": ["Read"], "throwOnErrorResult": true,
    }))
    .unwrap();
    assert_eq!(options.additional_directories, [Path::new("/project/lib"), Path::new("/abs")]);
    assert_eq!(options.mode, PermissionMode::Default, "row 79");
    assert!(options.never_ask);
    assert_eq!(options.hidden_tools, ["Bash"]);
    assert_eq!(options.session_id.as_deref(), Some("0b5c1c4e-7d4e-4a53-9f0e-0d6a9e0c8b11"));
    assert_eq!(options.system_prompt, SystemPrompt::Custom(vec!["a".into(), "b".into()]));
    assert_eq!(options.tools, ToolChoice::Only(vec!["Read".into()]));
}

#[test]
fn tool_config_is_read_field_by_field() {
    let parse = |config: Value| {
        let given = json!({ "toolConfig": config });
        Options::parse(given.as_object().unwrap(), Path::new("/")).map(|options| options.tool_config)
    };
    let config = parse(json!({ "gitDiff": true, "webFetch": { "allowPrivateHosts": [] } }));
    assert_eq!(*config.unwrap(), ToolConfig { git_diff: true, ..ToolConfig::default() });
    let hosts = parse(json!({ "webFetch": { "allowPrivateHosts": ["Local.Test", "[::1]", "10.0.0.1"] } }));
    assert_eq!(hosts.unwrap().private_hosts, ["local.test", "::1", "10.0.0.1"]);
    assert_eq!(*parse(json!({ "gitDiff": null, "webFetch": {} })).unwrap(), ToolConfig::default());
    for (config, said) in [
        (json!(3), "options.toolConfig must be an object; got 3."),
        (json!({ "gitDiff": "yes" }), "options.toolConfig.gitDiff must be a boolean; got \"yes\"."),
        (json!({ "webFetch": [] }), "options.toolConfig.webFetch must be an object; got []."),
        (
            json!({ "webFetch": { "allowPrivateHosts": ["http://a"] } }),
            "options.toolConfig.webFetch.allowPrivateHosts must be an array of host names or addresses, without scheme, port or path; got [\"http://a\"].",
        ),
        (
            json!({ "webFetch": { "allowPrivateHosts": ["a:80"] } }),
            "options.toolConfig.webFetch.allowPrivateHosts must be an array of host names",
        ),
        (json!({ "webFetch": { "proxy": "a" } }), "options.toolConfig.webFetch.proxy is not available"),
        (json!({ "bash": {} }), "options.toolConfig.bash is not available"),
    ] {
        let error = parse(config).unwrap_err();
        assert!(error.message.starts_with(said), "{}", error.message);
    }
}
