#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;
use crate::engine::mcp::config::parse_servers;
use serde_json::json;
use std::path::PathBuf;

fn layer(source: Source, settings: Value) -> Layer {
    let Value::Object(settings) = settings else { panic!("an object") };
    Layer { source, path: None, root: PathBuf::new(), raw: settings.clone(), settings, rules: Vec::new() }
}

fn refused(layers: &[Layer], server: Value) -> bool {
    let env = Env::new([("HOST".to_owned(), "api.example.com".to_owned())]);
    let config = parse_servers(&json!({ "s": server }), "mcpServers").unwrap().remove(0);
    ServerPolicy::of_layers(layers).unwrap().refuses(&config, &env).is_some()
}

#[test]
fn lists_match_names_commands_and_urls_row_339() {
    let node = json!({ "command": "node", "args": ["a.js"] });
    let http = json!({ "type": "http", "url": "https://${HOST}/mcp" });
    let allow = |list: Value| json!({ "allowedMcpServers": list });
    let deny = |list: Value| json!({ "deniedMcpServers": list });
    for (settings, server, wanted) in [
        (json!({}), &node, false),
        (allow(json!([])), &node, true),
        (allow(json!([{ "serverName": "s" }])), &node, false),
        (allow(json!([{ "serverName": "t" }])), &node, true),
        (allow(json!([{ "serverCommand": ["node", "a.js"] }])), &node, false),
        (allow(json!([{ "serverCommand": ["node"] }])), &node, true),
        // A name does not help where commands are listed.
        (allow(json!([{ "serverCommand": ["node"] }, { "serverName": "s" }])), &node, true),
        (allow(json!([{ "serverCommand": ["node"] }, { "serverName": "s" }])), &http, false),
        (allow(json!([{ "serverUrl": "https://*.example.com/*" }])), &http, false),
        (allow(json!([{ "serverUrl": "https://API.example.com" }])), &http, true),
        (allow(json!([{ "serverUrl": "https://api.example.com/mcp" }])), &http, false),
        (deny(json!([{ "serverName": "s" }])), &node, true),
        (deny(json!([{ "serverCommand": ["node", "a.js"] }])), &node, true),
        (deny(json!([{ "serverUrl": "https://*.example.com/*" }])), &http, true),
        (deny(json!([{ "serverUrl": "http://*" }])), &http, false),
        (
            json!({ "allowedMcpServers": [{ "serverName": "s" }], "deniedMcpServers": [{ "serverName": "s" }] }),
            &node,
            true,
        ),
    ] {
        assert_eq!(refused(&[layer(Source::User, settings.clone())], server.clone()), wanted, "{settings}");
    }
    // Part of a path does not pass for a host.
    let evil = json!({ "type": "http", "url": "https://evil.com/x.example.com/mcp" });
    assert!(refused(
        &[layer(Source::User, allow(json!([{ "serverUrl": "https://*.example.com/*" }])))],
        evil
    ));
}

#[test]
fn every_list_has_to_admit_unless_the_policy_alone_counts_row_339() {
    let allow = |name: &str| json!({ "allowedMcpServers": [{ "serverName": name }] });
    let server = json!({ "command": "node" });
    let user = layer(Source::User, allow("t"));
    assert!(refused(&[user.clone(), layer(Source::Managed, allow("s"))], server.clone()));
    let mut only = allow("s");
    only["allowManagedMcpServersOnly"] = true.into();
    assert!(!refused(&[user.clone(), layer(Source::Managed, only.clone())], server.clone()));
    // Only a policy can say so.
    assert!(refused(&[user, layer(Source::Project, only)], server));
}

#[test]
fn servers_of_the_program_are_its_own_affair_row_339() {
    let denied = json!({ "deniedMcpServers": [{ "serverName": "s" }], "allowedMcpServers": [] });
    let server = json!({ "type": "sdk", "name": "s", "instance": { "$handle": 1 } });
    assert!(!refused(&[layer(Source::Managed, denied)], server));
}

#[test]
fn a_list_that_cannot_be_understood_is_an_error() {
    for list in
        [json!({}), json!(["s"]), json!([{}]), json!([{ "serverName": 1 }]), json!([{ "serverCommand": [] }])]
    {
        let error = ServerPolicy::of_layers(&[layer(Source::Flag, json!({ "deniedMcpServers": list }))]);
        assert!(error.unwrap_err().message.contains("deniedMcpServers"), "{list}");
    }
}
