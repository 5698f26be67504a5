#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;
use crate::engine::mcp::config::{Transport, parse_servers};
use crate::engine::mcp::name;
use serde_json::json;

fn plugin(name: &str) -> Arc<Plugin> {
    Arc::new(Plugin { name: name.into(), root: "/plugins/x".into(), data: "/data/x".into() })
}

fn entries(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

#[test]
fn a_plugins_server_has_the_plugin_in_its_name() {
    let mut servers = parse_servers(&json!({ "db": { "command": "own" } }), "mcpServers").unwrap();
    add(&mut servers, &plugin("my tools"), entries(&json!({ "db": { "command": "theirs" } })));
    let keys: Vec<_> = servers.iter().map(|server| server.key.as_str()).collect();
    assert_eq!(keys, ["db", "plugin:my tools:db"]);
    let tool = name::full(&name::normalise(&servers[1].key), "query");
    assert_eq!(tool, "mcp__plugin_my_tools_db__query");
    assert_eq!(servers[1].scope.as_str(), "plugin");
    assert!(matches!(&servers[1].transport, Transport::Stdio { command, .. } if command == "theirs"));
}

#[test]
fn plugins_cannot_take_each_others_names() {
    let mut servers = Vec::new();
    add(&mut servers, &plugin("a_b"), entries(&json!({ "c": { "command": "x" } })));
    add(
        &mut servers,
        &plugin("a"),
        entries(&json!({ "b_c": { "command": "y" }, "d__e": { "command": "z" } })),
    );
    let unusable: Vec<_> =
        servers.iter().map(|server| matches!(server.transport, Transport::Unusable(_))).collect();
    assert_eq!(unusable, [false, true, true]);
}
