#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;
use serde_json::json;

fn parse(value: &Value) -> Vec<ServerConfig> {
    parse_servers(value, "mcpServers").unwrap()
}

fn one(value: &Value) -> ServerConfig {
    parse(&json!({ "s": value })).remove(0)
}

#[test]
fn every_documented_type_is_read_row_316_row_592() {
    let stdio = one(&json!({ "command": "node", "args": ["a.js"], "env": { "A": "1" }, "timeout": 5000 }));
    let expected = Transport::Stdio {
        command: "node".into(),
        args: vec!["a.js".into()],
        env: vec![("A".into(), "1".into())],
    };
    assert_eq!((stdio.transport, stdio.timeout), (expected, Some(Duration::from_secs(5))));
    let remote =
        Remote { url: "http://h/mcp".into(), headers: vec![("X".into(), "y".into())], headers_helper: None };
    let with = |kind: Value| {
        let mut entry = json!({ "url": "http://h/mcp", "headers": { "X": "y" } });
        if !kind.is_null() {
            entry["type"] = kind;
        }
        one(&entry).transport
    };
    for kind in [json!("http"), json!("streamable-http"), Value::Null] {
        assert_eq!(with(kind), Transport::Http(remote.clone()));
    }
    assert_eq!(with(json!("sse")), Transport::Sse(remote));
    let sdk = one(&json!({ "type": "sdk", "name": "n", "instance": { "$handle": 3 } }));
    assert_eq!(sdk.transport, Transport::Embedded(3));
    assert_eq!(sdk.given, json!({ "type": "sdk", "name": "n" }));
}

#[test]
fn ws_gets_an_error_status_that_names_it() {
    let Transport::Unusable(why) = one(&json!({ "type": "ws", "url": "ws://h" })).transport else {
        panic!("ws was taken")
    };
    assert!(why.contains("\"ws\""), "{why}");
}

#[test]
fn keys_that_become_the_same_name_are_refused_row_312() {
    let servers = parse(&json!({ "a b": { "command": "x" }, "a.b": { "command": "y" } }));
    assert!(matches!(&servers[0].transport, Transport::Stdio { .. }));
    assert!(matches!(&servers[1].transport, Transport::Unusable(why) if why.contains("a_b")));
}

#[test]
fn a_malformed_entry_is_an_error_that_names_it_and_shows_no_value() {
    for (entry, path) in [
        (json!("sk-secret"), "mcpServers.s "),
        (json!({}), "mcpServers.s.command "),
        (json!({ "command": 3 }), "mcpServers.s.command "),
        (json!({ "command": "a", "args": "sk-secret" }), "mcpServers.s.args "),
        (json!({ "command": "a", "env": { "A": 1 } }), "mcpServers.s.env "),
        (json!({ "type": "http" }), "mcpServers.s.url "),
        (json!({ "type": "http", "url": "u", "headers": ["sk-secret"] }), "mcpServers.s.headers "),
        (json!({ "type": "sdk", "name": "n" }), "mcpServers.s.instance "),
        (json!({ "type": "carrier pigeon" }), "mcpServers.s.type "),
        (json!({ "command": "a", "timeout": "soon" }), "mcpServers.s.timeout "),
        (
            json!({ "command": "a", "tools": [{ "name": "t", "permission_policy": "maybe" }] }),
            "mcpServers.s.tools ",
        ),
    ] {
        let error = parse_servers(&json!({ "s": entry }), "options.mcpServers").unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidOption);
        assert!(error.message.starts_with(&format!("options.{path}")), "{}", error.message);
        assert!(!error.message.contains("sk-secret"), "{}", error.message);
    }
    assert!(parse_servers(&json!([]), "mcpServers").is_err());
}

#[test]
fn a_limit_under_a_second_is_ignored() {
    assert_eq!(one(&json!({ "command": "a", "timeout": 999 })).timeout, None);
    assert_eq!(one(&json!({ "command": "a", "timeout": 1000 })).timeout, Some(Duration::from_secs(1)));
}

#[test]
fn reserved_names_are_not_connected_row_336() {
    let servers = parse(&json!({ "workspace": { "command": "x" } }));
    assert!(matches!(&servers[0].transport, Transport::Unusable(why) if why.contains("reserved")));
}

#[test]
fn always_allow_is_a_rule_for_that_tool_alone() {
    let tools = json!([{ "name": "get it", "permission_policy": "always_allow" }]);
    let servers = parse(&json!({
        "a b": { "type": "http", "url": "http://h", "tools": tools },
        "mine": { "type": "sdk", "name": "n", "instance": { "$handle": 1 }, "tools": tools },
    }));
    let mut rules = RuleSet::default();
    allow_by_policy(&servers, &mut rules);
    let allowed: Vec<String> =
        rules.rules(PermissionBehavior::Allow).iter().map(|entry| entry.rule.to_string()).collect();
    assert_eq!(allowed, ["mcp__a_b__get_it"]);
}
