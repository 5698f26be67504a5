//! Tool search: which definitions are kept back, how the model finds them, in both ways.

use crate::mcp::embedded;
use crate::support::{Bench, calls, drain, next, only, says, tool_result, until_result, user};
use native_agent_sdk::engine::host::McpCall;
use serde_json::{Value, json};

/// A server with many tools; one of them always loads, one has a hint.
fn hub(call: &McpCall) -> Result<Value, String> {
    let tool = |name: String, meta: Value| {
        let schema =
            json!({ "type": "object", "properties": { "id": { "type": "integer" } }, "required": ["id"] });
        json!({ "name": name, "description": "x".repeat(200), "inputSchema": schema, "_meta": meta })
    };
    Ok(match call.method.as_str() {
        "connect" => json!({ "capabilities": { "tools": {} } }),
        "tools/list" => {
            let mut tools: Vec<Value> = (0..20).map(|n| tool(format!("thing_{n}"), json!({}))).collect();
            tools.push(tool("open_ticket".into(), json!({ "anthropic/searchHint": "jira" })));
            tools.push(tool("pinned".into(), json!({ "anthropic/alwaysLoad": true })));
            json!({ "tools": tools })
        }
        "tools/call" => json!({ "content": [{ "type": "text", "text": "ran" }] }),
        other => return Err(format!("no {other}")),
    })
}

async fn bench(rules: Value) -> Bench {
    let bench = Bench::new(rules).await;
    bench.host.serve(hub);
    bench
}

fn options(env: Value, more: Value) -> Value {
    let mut options = json!({ "mcpServers": embedded(&["hub"]), "allowedTools": ["mcp__hub"], "env": env,
        "model": "claude-opus-4-5" });
    for (name, value) in more.as_object().unwrap() {
        options[name] = value.clone();
    }
    options
}

/// Names of the tools of a request, and of those that it keeps back.
fn sent(body: &Value) -> (Vec<String>, Vec<String>) {
    let tools = body["tools"].as_array().cloned().unwrap_or_default();
    let names = |back: bool| {
        let wanted = tools.iter().filter(|tool| (tool["defer_loading"] == true) == back);
        wanted.map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    };
    (names(false), names(true))
}

#[tokio::test]
async fn references_are_used_where_the_host_vouches_for_them_row_341_row_347() {
    let bench = bench(json!([
        calls("c1", "ToolSearch", json!({ "query": "jira" })),
        calls("c2", "mcp__hub__open_ticket", json!({ "id": 1 })),
        calls("c3", "ToolSearch", json!({ "query": "nothing like that" })),
        says("ok"),
    ]))
    .await;
    let messages = bench.run("Go", options(json!({ "ENABLE_TOOL_SEARCH": "true" }), json!({}))).await;
    let (shown, back) = sent(&bench.body(0));
    assert!(
        shown.contains(&"ToolSearch".to_owned()) && shown.contains(&"mcp__hub__pinned".to_owned()),
        "{shown:?}"
    );
    assert!(shown.contains(&"Read".to_owned()) && !back.contains(&"Read".to_owned()));
    assert_eq!(back.len(), 21);
    let search =
        bench.body(0)["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "ToolSearch").cloned();
    let text = search.unwrap()["description"].as_str().unwrap().to_owned();
    assert!(text.contains("21 tools can be found") && text.contains("mcp__hub__open_ticket"), "{text}");
    let answer = bench.body(1)["messages"].as_array().unwrap().last().unwrap()["content"][0].clone();
    assert_eq!(
        answer["content"],
        json!([{ "type": "tool_reference", "tool_name": "mcp__hub__open_ticket" }])
    );
    // The definitions stay as they are: nothing that was cached is lost.
    assert_eq!(bench.body(0)["tools"], bench.body(2)["tools"]);
    assert!(!tool_result(&messages, "c2").1);
    assert!(tool_result(&messages, "c3").0.contains("No tool fits"));
    assert!(only(&messages, "system/init")["tools"].to_string().contains("ToolSearch"));
    let output = messages.iter().find(|message| message["tool_use_result"]["matches"].is_array()).unwrap();
    assert_eq!(
        output["tool_use_result"],
        json!({ "matches": ["mcp__hub__open_ticket"], "query": "jira", "total_deferred_tools": 21 })
    );
}

#[tokio::test]
async fn elsewhere_found_definitions_are_added_row_341_row_342() {
    let without = [
        (json!({ "CLAUDE_CODE_MAX_CONTEXT_TOKENS": "5000" }), json!({})),
        (json!({ "ENABLE_TOOL_SEARCH": "true", "CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS": "1" }), json!({})),
        (json!({ "ENABLE_TOOL_SEARCH": "true" }), json!({ "model": "claude-sonnet-4-20250514" })),
    ];
    for (env, more) in without {
        let bench = bench(json!([
            calls("c1", "ToolSearch", json!({ "query": "select:mcp__hub__thing_3,mcp__hub__open_ticket" })),
            calls("c2", "mcp__hub__thing_3", json!({ "id": 1 })),
            says("ok"),
        ]))
        .await;
        let messages = bench.run("Go", options(env.clone(), more)).await;
        let found = ["mcp__hub__thing_3".to_owned(), "mcp__hub__open_ticket".to_owned()];
        let (before, back) = sent(&bench.body(0));
        assert!(back.is_empty() && before.contains(&"ToolSearch".to_owned()), "{env}: {before:?}");
        assert!(before.iter().all(|name| !found.contains(name)), "{env}: {before:?}");
        let (after, _) = sent(&bench.body(1));
        assert_eq!(after.iter().filter(|name| found.contains(name)).count(), 2, "{env}: {after:?}");
        assert_eq!(after.len(), before.len() + 2);
        assert!(tool_result(&messages, "c1").0.contains("mcp__hub__thing_3: xxx"));
        assert!(!tool_result(&messages, "c2").1);
    }
}

#[tokio::test]
async fn nothing_is_kept_back_below_the_share_or_without_the_search_row_345() {
    for (env, more) in [
        (json!({}), json!({})),
        (json!({ "ENABLE_TOOL_SEARCH": "auto:90", "CLAUDE_CODE_MAX_CONTEXT_TOKENS": "5000" }), json!({})),
        (json!({ "ENABLE_TOOL_SEARCH": "false", "CLAUDE_CODE_MAX_CONTEXT_TOKENS": "5000" }), json!({})),
        (json!({ "ENABLE_TOOL_SEARCH": "true" }), json!({ "disallowedTools": ["ToolSearch"] })),
        (json!({ "ENABLE_TOOL_SEARCH": "true" }), json!({ "tools": ["Read"] })),
        (json!({ "ENABLE_TOOL_SEARCH": "true" }), {
            let mut servers = embedded(&["hub"]);
            servers["hub"]["alwaysLoad"] = true.into();
            json!({ "mcpServers": servers })
        }),
    ] {
        let bench = bench(json!([says("ok")])).await;
        let messages = bench.run("Go", options(env.clone(), more.clone())).await;
        let (shown, back) = sent(&bench.body(0));
        assert!(
            back.is_empty() && shown.contains(&"mcp__hub__thing_7".to_owned()),
            "{env} {more}: {shown:?}"
        );
        assert!(!shown.contains(&"ToolSearch".to_owned()), "{env} {more}");
        assert!(!only(&messages, "system/init")["tools"].to_string().contains("ToolSearch"));
    }
}

#[tokio::test]
async fn five_are_found_unless_more_are_wanted_row_343() {
    let bench = bench(json!([
        calls("c1", "ToolSearch", json!({ "query": "thing" })),
        calls("c2", "ToolSearch", json!({ "query": "thing", "max_results": 7 })),
        says("ok"),
    ]))
    .await;
    let messages = bench.run("Go", options(json!({ "ENABLE_TOOL_SEARCH": "true" }), json!({}))).await;
    let found: Vec<usize> = messages
        .iter()
        .filter_map(|message| Some(message["tool_use_result"]["matches"].as_array()?.len()))
        .collect();
    assert_eq!(found, [5, 7]);
}

#[tokio::test]
async fn a_call_without_a_search_runs_or_is_told_the_schema() {
    let bench = bench(json!([
        calls("c1", "mcp__hub__thing_1", json!({ "id": 1 })),
        calls("c2", "mcp__hub__thing_1", json!({ "number": 1 })),
        calls("c3", "Read", json!({ "number": 1 })),
        says("ok"),
    ]))
    .await;
    let messages = bench.run("Go", options(json!({ "ENABLE_TOOL_SEARCH": "true" }), json!({}))).await;
    assert!(!tool_result(&messages, "c1").1);
    let (text, failed) = tool_result(&messages, "c2");
    assert!(failed && text.contains("The schema of its input is: {\"type\":\"object\""), "{text}");
    assert!(!tool_result(&messages, "c3").0.contains("schema of its input is"));
}

#[tokio::test]
async fn what_the_conversation_refers_to_keeps_its_definition() {
    let bench = bench(json!([])).await;
    bench.add_rules(json!([calls("c1", "ToolSearch", json!({ "query": "jira" })), says("ok"), says("ok")]));
    let query = bench.stream(options(json!({ "ENABLE_TOOL_SEARCH": "true" }), json!({})));
    query.push(&user("One")).unwrap();
    until_result(&query).await;
    query
        .ask(&json!({ "type": "toggle_mcp_server", "serverName": "hub", "enabled": false }).to_string())
        .await
        .unwrap();
    query.push(&user("Two")).unwrap();
    query.end_input();
    drain(&query).await;
    let (_, back) = sent(&bench.body(2));
    assert_eq!(back, ["mcp__hub__open_ticket"]);
}

#[tokio::test]
async fn a_search_names_servers_that_could_not_be_connected_row_346() {
    let bench = bench(json!([calls("c1", "ToolSearch", json!({ "query": "weather" })), says("ok")])).await;
    let mut servers = embedded(&["hub"]);
    servers["forecast"] = json!({ "command": "no-such-program-anywhere" });
    let more = json!({ "mcpServers": servers });
    let messages = bench.run("Go", options(json!({ "ENABLE_TOOL_SEARCH": "true" }), more)).await;
    let (text, _) = tool_result(&messages, "c1");
    assert!(text.contains("forecast") && text.contains("no-such-program-anywhere"), "{text}");
}

#[tokio::test]
async fn what_is_kept_back_takes_no_room() {
    let size = async |env: Value| {
        let bench = bench(json!([says("ok")])).await;
        let query = bench.query("Go", options(env, json!({}))).unwrap();
        next(&query).await;
        let usage = query.control(&json!({ "type": "get_context_usage" }).to_string()).unwrap();
        drain(&query).await;
        let categories = usage["categories"].as_array().unwrap().clone();
        categories.iter().find(|row| row["id"] == "mcp_tools").unwrap()["tokens"].as_u64().unwrap()
    };
    let all = size(json!({ "ENABLE_TOOL_SEARCH": "false" })).await;
    let few = size(json!({ "ENABLE_TOOL_SEARCH": "true" })).await;
    assert!(few * 10 < all, "{few} of {all}");
}

#[tokio::test]
async fn a_value_that_there_is_not_is_told() {
    let bench = bench(json!([says("ok")])).await;
    bench.run("Go", options(json!({ "ENABLE_TOOL_SEARCH": "sometimes" }), json!({}))).await;
    assert!(bench.host.logged().iter().any(|text| text.contains("ENABLE_TOOL_SEARCH is \"sometimes\"")));
}
