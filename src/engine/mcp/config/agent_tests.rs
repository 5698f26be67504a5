#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;
use crate::engine::mcp::config::plugin::Plugin;
use serde_json::json;
use std::sync::Arc;

fn keys(servers: &[ServerConfig]) -> Vec<&str> {
    servers.iter().map(|server| server.key.as_str()).collect()
}

#[test]
fn an_agent_names_servers_and_brings_its_own() {
    let given = json!(["db", { "a": { "command": "x" }, "b": { "url": "http://h" } }, "web", { "c": { "command": "y" } }]);
    let servers = AgentServers::parse(&given, &Scope::Dynamic, "agents.r.mcpServers").unwrap();
    assert_eq!(servers.of_session, ["db", "web"]);
    assert_eq!(keys(&servers.own), ["a", "b", "c"]);
    assert!(servers.warnings.is_empty());
}

#[test]
fn what_an_agent_brings_must_be_well_formed() {
    for (given, wanted) in [
        (json!("db"), "agents.r.mcpServers must be an array"),
        (json!([7]), "agents.r.mcpServers[0] must be the name of a server or an object"),
        (json!(["db", { "a": 7 }]), "agents.r.mcpServers[1].a must be a server configuration"),
        (json!([{ "a": { "command": "" } }]), "agents.r.mcpServers[0].a.command must be a non-empty string"),
    ] {
        let error = AgentServers::parse(&given, &Scope::Dynamic, "agents.r.mcpServers").unwrap_err();
        assert!(error.message.starts_with(wanted), "{}", error.message);
    }
}

#[test]
fn one_name_is_one_server_and_objects_of_the_program_belong_to_the_options() {
    let sdk = json!({ "type": "sdk", "name": "mine", "instance": { "$handle": 1 } });
    let given = json!([{ "a b": { "command": "x" } }, { "a_b": { "command": "y" }, "mine": sdk }]);
    let servers = AgentServers::parse(&given, &Scope::Dynamic, "p").unwrap();
    assert_eq!(keys(&servers.own), ["a b", "a_b"]);
    assert!(matches!(&servers.own[1].transport, Transport::Unusable(why) if why.contains("\"a b\"")));
    assert!(servers.warnings[0].contains("\"mine\" is an object of the program"), "{:?}", servers.warnings);
}

#[test]
fn an_agent_of_a_file_has_servers_of_a_file() {
    let plugin = Plugin { name: "p".into(), root: "/p".into(), data: "/d".into() };
    for scope in [Scope::Local, Scope::Project, Scope::User, Scope::Plugin(Arc::new(plugin))] {
        let allowing =
            json!({ "url": "http://h", "tools": [{ "name": "t", "permission_policy": "always_allow" }] });
        let given = json!([{ "a__b": { "command": "x" }, "c": { "command": 7 }, "d": allowing }]);
        let servers = AgentServers::parse(&given, &scope, "p").unwrap();
        let unusable = |server: &ServerConfig| matches!(server.transport, Transport::Unusable(_));
        assert_eq!(servers.own.iter().map(unusable).collect::<Vec<_>>(), [true, true, false]);
        assert!(servers.own.iter().all(|server| server.scope == scope));
        assert!(servers.own[2].policies.is_empty(), "a file does not approve its own tools");
    }
}
