//! Servers and tools that would be known by the same name.

use crate::mcp::embedded;
use crate::support::{Bench, calls, says, tool_result, until_result, user};
use native_agent_sdk::engine::host::McpCall;
use serde_json::{Value, json};

/// Every object has the tool `t`, which says which server it was called at.
fn tell(call: &McpCall) -> Result<Value, String> {
    Ok(match call.method.as_str() {
        "connect" => json!({ "capabilities": { "tools": {} } }),
        "tools/list" => json!({ "tools": [{ "name": "t", "inputSchema": { "type": "object" } }] }),
        "tools/call" => json!({ "content": [{ "type": "text", "text": call.server }] }),
        other => return Err(format!("no {other}")),
    })
}

fn object(handle: u64) -> Value {
    json!({ "type": "sdk", "name": "n", "instance": { "$handle": handle } })
}

#[tokio::test]
async fn a_server_added_later_does_not_take_anothers_tools_row_312() {
    let bench = Bench::new(json!([calls("c1", "mcp__a_b__t", json!({})), says("ok")])).await;
    bench.host.serve(tell);
    // The one of the options stays, because it is no object: what it is does not matter here.
    let stays = json!({ "type": "ws", "url": "ws://h" });
    let query = bench.stream(json!({ "mcpServers": { "o.p": stays }, "allowedTools": ["mcp__a_b"] }));
    let servers =
        json!({ "a.b": object(1), "a b": object(2), "a_b": object(3), "o p": object(4), "c": object(5) });
    let request = json!({ "type": "set_mcp_servers", "servers": servers });
    let answer = query.ask(&request.to_string()).await.unwrap();
    assert_eq!(answer["added"], json!(["a.b", "a b", "a_b", "o p", "c"]));
    let errors = answer["errors"].as_object().unwrap();
    for (key, other, normal) in [("a b", "a.b", "a_b"), ("a_b", "a.b", "a_b"), ("o p", "o.p", "o_p")] {
        let why = errors[key].as_str().unwrap();
        assert!(why.contains(&format!("{other:?}: both keys become {normal:?}. Rename one")), "{why}");
    }
    assert_eq!(errors.len(), 3, "{errors:?}");
    let status = query.ask(r#"{"type":"mcp_server_status"}"#).await.unwrap();
    let rows: Vec<_> = status.as_array().unwrap().iter().map(|row| (&row["name"], &row["status"])).collect();
    let row = |name: &str| rows.iter().find(|(key, _)| *key == name).unwrap().1;
    for (name, word) in
        [("a.b", "connected"), ("a b", "failed"), ("a_b", "failed"), ("o p", "failed"), ("c", "connected")]
    {
        assert_eq!(row(name), word, "{name}");
    }
    query.push(&user("go")).unwrap();
    let messages = until_result(&query).await;
    assert_eq!(tool_result(&messages, "c1").0, "a.b");
    // What stood in the way is gone: the name is free.
    let request = json!({ "type": "set_mcp_servers", "servers": { "a b": object(2) } });
    let answer = query.ask(&request.to_string()).await.unwrap();
    assert_eq!(answer["errors"], json!({}));
}

#[tokio::test]
async fn a_tool_that_another_servers_covers_is_told_of_once() {
    for (env, keys, tool, advice) in [
        (json!({}), ["a", "a__b"], "mcp__a__b__c", false),
        (json!({ "CLAUDE_AGENT_SDK_MCP_NO_PREFIX": "1" }), ["a", "b"], "t", true),
    ] {
        let bench = Bench::new(json!([calls("c1", tool, json!({})), says("ok"), says("again")])).await;
        bench.host.serve(move |call| match (call.method.as_str(), call.server.as_str(), advice) {
            ("tools/list", "a", false) => {
                Ok(json!({ "tools": [{ "name": "b__c", "inputSchema": { "type": "object" } }] }))
            }
            ("tools/list", _, false) => {
                Ok(json!({ "tools": [{ "name": "c", "inputSchema": { "type": "object" } }] }))
            }
            _ => tell(call),
        });
        let allowed: Vec<String> = keys.iter().map(|key| format!("mcp__{key}")).collect();
        let options = json!({ "mcpServers": embedded(&keys), "allowedTools": allowed, "env": env });
        let query = bench.stream(options);
        query.push(&user("go")).unwrap();
        let messages = until_result(&query).await;
        assert_eq!(tool_result(&messages, "c1").0, "a");
        // Published anew, and still said once.
        query.ask(r#"{"type":"toggle_mcp_server","serverName":"b","enabled":true}"#).await.ok();
        query.ask(r#"{"type":"mcp_changed","handle":1}"#).await.unwrap();
        query.push(&user("again")).unwrap();
        until_result(&query).await;
        let logged = bench.host.logged();
        let said: Vec<_> = logged.iter().filter(|line| line.contains("both have a tool")).collect();
        let [line] = said.as_slice() else { panic!("{logged:?}") };
        assert!(line.contains(&format!("{:?} and {:?}", keys[0], keys[1])) && line.contains(tool), "{line}");
        assert_eq!(line.contains("CLAUDE_AGENT_SDK_MCP_NO_PREFIX"), advice, "{line}");
    }
}

#[tokio::test]
async fn a_resource_is_wanted_where_there_are_no_servers() {
    let bench = Bench::new(json!([says("ok")])).await;
    let query = bench.stream(json!({}));
    let request = json!({ "type": "read_mcp_resource", "server": "lib", "uri": "x://1" });
    let error = query.ask(&request.to_string()).await.unwrap_err();
    assert_eq!(error.message, "No MCP server is named \"lib\". There are none.");
}
