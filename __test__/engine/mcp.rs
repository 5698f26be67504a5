//! What servers give beside tools: resources, prompts, modes of their own; and what rules and hooks compare.

use crate::support::{Bench, calls, drain, next, only, says, tool_result};
use native_agent_sdk::engine::host::McpCall;
use serde_json::{Value, json};

/// The servers of the options, by key.
pub fn embedded(keys: &[&str]) -> Value {
    let server = |(number, key): (usize, &&str)| {
        ((*key).to_owned(), json!({ "type": "sdk", "name": key, "instance": { "$handle": number } }))
    };
    Value::Object(keys.iter().enumerate().map(server).collect())
}

/// A server with a tool, two resources and two prompts.
fn library(call: &McpCall) -> Result<Value, String> {
    Ok(match call.method.as_str() {
        "connect" => json!({ "capabilities": { "tools": {}, "resources": {}, "prompts": {} } }),
        "tools/list" => json!({ "tools": [{ "name": "t", "inputSchema": { "type": "object" } }] }),
        "tools/call" => json!({ "content": [{ "type": "text", "text": "ran" }] }),
        "resources/list" => json!({ "resources": [
            { "uri": "note://1", "name": "One", "mimeType": "text/plain", "description": "The first.", "size": 3 },
            { "uri": "bin://2", "name": "Two" },
        ] }),
        "resources/read" => match call.params["uri"].as_str() {
            Some("note://1") => {
                json!({ "contents": [{ "uri": "note://1", "mimeType": "text/plain", "text": "remember the milk" }] })
            }
            Some("bin://2") => {
                json!({ "contents": [{ "uri": "bin://2", "mimeType": "application/zip", "blob": "UEsDBA==" }] })
            }
            _ => return Err("no such resource".to_owned()),
        },
        "prompts/list" => json!({ "prompts": [
            { "name": "review code", "description": "Looks at code.",
              "arguments": [{ "name": "file", "required": true }, { "name": "focus" }] },
            { "name": "empty" },
        ] }),
        "prompts/get" if call.params["name"] == "empty" => json!({ "messages": [] }),
        "prompts/get" => {
            let file = call.params["arguments"]["file"].as_str().unwrap_or_default();
            json!({ "messages": [
                { "role": "user", "content": { "type": "text", "text": format!("Review {file}.") } },
                { "role": "assistant", "content": { "type": "text", "text": "Gladly." } },
                { "role": "user", "content": { "type": "resource", "resource": { "uri": "note://1", "text": "milk" } } },
            ] })
        }
        other => return Err(format!("no {other}")),
    })
}

async fn bench(rules: Value) -> Bench {
    let bench = Bench::new(rules).await;
    bench.host.serve(library);
    bench
}

#[tokio::test]
async fn resources_are_listed_and_read_row_330() {
    let bench = bench(json!([
        calls("c1", "ListMcpResourcesTool", json!({})),
        calls("c2", "ReadMcpResource", json!({ "server": "my lib", "uri": "note://1" })),
        calls("c3", "ReadMcpResourceTool", json!({ "server": "my_lib", "uri": "bin://2" })),
        calls("c4", "ReadMcpResourceTool", json!({ "server": "my lib", "uri": "x://3" })),
        calls("c5", "ListMcpResources", json!({ "server": "gone" })),
        says("ok"),
    ]))
    .await;
    // Needs no permission, not even in plan mode.
    let options = json!({ "mcpServers": embedded(&["my lib"]), "permissionMode": "plan" });
    let messages = bench.run("Go", options).await;
    let tools = only(&messages, "system/init")["tools"].to_string();
    assert!(tools.contains("ListMcpResourcesTool") && tools.contains("ReadMcpResourceTool"), "{tools}");
    let structured = |id: &str| {
        let answer = |message: &&Value| message["message"]["content"][0]["tool_use_id"] == id;
        messages.iter().find(answer).unwrap()["tool_use_result"].clone()
    };
    assert_eq!(
        structured("c1"),
        json!([
            { "uri": "note://1", "name": "One", "mimeType": "text/plain", "description": "The first.", "server": "my lib" },
            { "uri": "bin://2", "name": "Two", "server": "my lib" },
        ])
    );
    assert!(tool_result(&messages, "c1").0.contains("\"uri\":\"bin://2\""));
    assert!(tool_result(&messages, "c2").0.contains("remember the milk"));
    let row = json!({ "uri": "note://1", "mimeType": "text/plain", "text": "remember the milk" });
    assert_eq!(structured("c2"), json!({ "contents": [row] }));
    let saved = structured("c3")["contents"][0]["blobSavedTo"].as_str().unwrap().to_owned();
    assert_eq!(std::fs::read(&saved).unwrap(), b"PK\x03\x04");
    assert!(saved.ends_with(".zip") && tool_result(&messages, "c3").0.contains(&saved));
    let (text, failed) = tool_result(&messages, "c4");
    assert!(failed && text.contains("no such resource"), "{text}");
    let (text, failed) = tool_result(&messages, "c5");
    assert!(failed && text.contains("No MCP server is named \"gone\"") && text.contains("my lib"), "{text}");
}

#[tokio::test]
async fn what_lies_below_a_uri_is_listed_row_330() {
    let bench = Bench::new(json!([
        calls("c1", "ReadMcpResourceDirTool", json!({ "server": "lib", "uri": "file:///docs" })),
        calls("c2", "ReadMcpResourceDirTool", json!({ "server": "lib", "uri": "file:///none/" })),
        calls("c3", "ReadMcpResourceDirTool", json!({ "server": "gone", "uri": "file:///docs" })),
        says("ok"),
    ]))
    .await;
    bench.host.serve(|call| {
        Ok(match call.method.as_str() {
            "connect" => json!({ "capabilities": { "resources": {} } }),
            "resources/list" => json!({ "resources": [
                { "uri": "file:///docs", "name": "docs", "mimeType": "inode/directory" },
                { "uri": "file:///docs/a.md", "name": "a", "mimeType": "text/markdown", "description": "A." },
                { "uri": "file:///docs/deep/b.md", "name": "b" },
                { "uri": "file:///docs2/c.md", "name": "c" },
            ] }),
            _ => json!({ "tools": [] }),
        })
    });
    let messages =
        bench.run("Go", json!({ "mcpServers": embedded(&["lib"]), "permissionMode": "plan" })).await;
    let answer = |message: &&Value| message["message"]["content"][0]["tool_use_id"] == "c1";
    assert_eq!(
        messages.iter().find(answer).unwrap()["tool_use_result"],
        json!({ "resources": [
            { "uri": "file:///docs/a.md", "name": "a", "mimeType": "text/markdown" },
            { "uri": "file:///docs/deep/b.md", "name": "b" },
        ] })
    );
    assert!(tool_result(&messages, "c1").0.contains("file:///docs/deep/b.md"));
    assert_eq!(tool_result(&messages, "c2").0, "The MCP server lib lists no resources below file:///none/.");
    let (text, failed) = tool_result(&messages, "c3");
    assert!(failed && text.contains("No MCP server is named"), "{text}");
}

/// A server with one tool, described like this.
async fn with_tool(rules: Value, tool: Value) -> Bench {
    let bench = Bench::new(rules).await;
    bench.host.serve(move |call| {
        Ok(match call.method.as_str() {
            "connect" => json!({ "capabilities": { "tools": {} }, "instructions": "i".repeat(3000) }),
            "tools/list" => json!({ "tools": [tool] }),
            _ => json!({ "content": [{ "type": "text", "text": "ran" }] }),
        })
    });
    bench
}

#[tokio::test]
async fn long_texts_of_servers_are_cut_row_327() {
    let tool = json!({ "name": "t", "description": "d".repeat(3000), "inputSchema": { "type": "object" } });
    let bench = with_tool(json!([says("ok")]), tool).await;
    bench.run("Go", json!({ "mcpServers": embedded(&["s"]), "tools": [] })).await;
    let body = bench.body(0);
    let description = body["tools"][0]["description"].as_str().unwrap();
    assert_eq!((description.chars().count(), description.ends_with('…')), (2048, true));
    let said = body["messages"].to_string();
    assert!(said.contains(&format!("{}…", "i".repeat(2047))) && !said.contains(&"i".repeat(2048)));
}

#[tokio::test]
async fn a_tool_that_needs_a_person_always_asks_row_329() {
    let tool = json!({
        "name": "t", "inputSchema": { "type": "object" }, "_meta": { "anthropic/requiresUserInteraction": true },
    });
    for (options, asked, runs) in [
        (json!({ "permissionMode": "default", "allowedTools": ["mcp__s__t"] }), 1, true),
        (
            json!({ "permissionMode": "bypassPermissions", "allowDangerouslySkipPermissions": true, "env": { "IS_SANDBOX": "1" } }),
            1,
            true,
        ),
        (json!({ "permissionMode": "dontAsk", "allowedTools": ["mcp__s__t"] }), 0, false),
    ] {
        let bench = with_tool(json!([calls("c1", "mcp__s__t", json!({})), says("ok")]), tool.clone()).await;
        let mut options = options;
        options["mcpServers"] = embedded(&["s"]);
        options["canUseTool"] = json!({ "$function": true });
        let messages = bench.run("Go", options.clone()).await;
        assert_eq!(bench.host.asked().len(), asked, "{options}");
        assert_eq!(tool_result(&messages, "c1").1, !runs, "{options}");
    }
}

#[tokio::test]
async fn resource_tools_are_offered_only_if_wanted_and_useful_row_330() {
    let plain = |call: &McpCall| match call.method.as_str() {
        "connect" => Ok(json!({ "capabilities": { "tools": {} } })),
        _ => Ok(json!({ "tools": [] })),
    };
    for (with, options, offered) in [
        (true, json!({}), true),
        (true, json!({ "tools": [] }), false),
        (true, json!({ "tools": ["ReadMcpResource", "ListMcpResourcesTool"] }), true),
        (
            true,
            json!({ "disallowedTools": ["ListMcpResources", "ReadMcpResourceTool", "ReadMcpResourceDirTool"] }),
            false,
        ),
        (false, json!({}), false),
    ] {
        let bench = bench(json!([says("ok")])).await;
        if !with {
            bench.host.serve(plain);
        }
        let mut options = options;
        options["mcpServers"] = embedded(&["lib"]);
        let messages = bench.run("Go", options.clone()).await;
        let tools = only(&messages, "system/init")["tools"].to_string();
        assert_eq!(tools.contains("McpResource"), offered, "{options}");
    }
}

#[tokio::test]
async fn the_host_reads_a_resource() {
    let bench = bench(json!([says("ok")])).await;
    let query = bench.query("Go", json!({ "mcpServers": embedded(&["lib"]) })).unwrap();
    next(&query).await;
    let ask = |uri: &str| json!({ "type": "read_mcp_resource", "server": "lib", "uri": uri }).to_string();
    let read = query.ask(&ask("note://1")).await.unwrap();
    assert_eq!(read["contents"][0]["text"], "remember the milk");
    let plugins = query.ask(r#"{"type":"reload_plugins"}"#).await.unwrap();
    let row = &plugins["mcpServers"][0];
    assert_eq!((&row["name"], &row["status"]), (&json!("lib"), &json!("connected")));
    let error = query.ask(&ask("x://3")).await.unwrap_err();
    assert!(error.message.contains("no such resource"), "{}", error.message);
    drain(&query).await;
}

#[tokio::test]
async fn a_mentioned_resource_goes_with_the_prompt_row_331() {
    for (options, attached) in [
        (json!({}), true),
        (json!({ "verbatimPrompts": true }), false),
        (json!({ "env": { "CLAUDE_CODE_DISABLE_ATTACHMENTS": "1" } }), false),
    ] {
        let bench = bench(json!([says("ok")])).await;
        let mut options = options;
        options["mcpServers"] = embedded(&["lib"]);
        bench.run("What does @lib:note://1 say, and @lib:x://3, and @other:x://1?", options.clone()).await;
        let body = bench.body(0)["messages"].to_string();
        assert_eq!(body.contains("remember the milk"), attached, "{options}: {body}");
        assert_eq!(body.contains("could not be read"), attached, "{body}");
        assert!(body.contains("What does @lib:note://1 say"), "{body}");
    }
}

#[tokio::test]
async fn a_message_that_the_host_composed_is_taken_as_it_is() {
    for (content, composed) in [
        ("What does @lib:note://1 say?", true),
        ("What does @lib:note://1 say?", false),
        ("/mcp__lib__empty", true),
    ] {
        let bench = bench(json!([says("ok")])).await;
        let query = bench.stream(json!({ "mcpServers": embedded(&["lib"]) }));
        let mut message = json!({ "type": "user", "message": { "role": "user", "content": content } });
        message["client_composed"] = json!(composed);
        query.push(&message.to_string()).unwrap();
        query.end_input();
        drain(&query).await;
        let body = bench.body(0)["messages"].to_string();
        assert!(body.contains(content), "{body}");
        assert_eq!(body.contains("remember the milk"), !composed, "{body}");
    }
}

#[tokio::test]
async fn a_prompt_of_a_server_is_a_slash_command_row_331() {
    let bench = bench(json!([says("ok")])).await;
    let options = json!({ "mcpServers": embedded(&["lib"]),
        "hooks": { "UserPromptExpansion": [{ "matcher": "mcp__lib__review_code", "hooks": [{ "$function": true }] }] } });
    bench.host.hooks_return(|_| {
        json!({ "hookSpecificOutput": { "hookEventName": "UserPromptExpansion", "additionalContext": "Be kind." } })
    });
    let query = bench.query("/mcp__lib__review_code main.rs only errors", options).unwrap();
    let messages = drain(&query).await;
    assert_eq!(
        only(&messages, "system/init")["slash_commands"],
        json!(["mcp__lib__review_code", "mcp__lib__empty"])
    );
    let content = bench.body(0)["messages"][0]["content"].to_string();
    for text in ["Review main.rs.", "Gladly.", "milk", "Be kind."] {
        assert!(content.contains(text), "{text} in {content}");
    }
    assert!(!content.contains("/mcp__lib"), "{content}");
    let get = bench.host.served().into_iter().find(|call| call.method == "prompts/get").unwrap();
    assert_eq!(
        get.params,
        json!({ "name": "review code", "arguments": { "file": "main.rs", "focus": "only errors" } })
    );
    let hook: Value = serde_json::from_str(&bench.host.hooked()[0].input).unwrap();
    assert_eq!(hook["expansion_type"], "mcp_prompt");
    assert_eq!(hook["command_name"], "mcp__lib__review_code");
    assert_eq!(hook["command_args"], "main.rs only errors");
    assert!(hook["prompt"].as_str().unwrap().starts_with("Review main.rs."));
}

#[tokio::test]
async fn a_command_that_cannot_be_expanded_sends_nothing_row_331() {
    for (prompt, hook, why) in [
        ("/mcp__lib__review_code", json!({}), "needs the argument file"),
        ("/mcp__lib__empty", json!({}), "empty prompt"),
        ("/mcp__lib__review_code a", json!({ "decision": "block", "reason": "not today" }), "not today"),
    ] {
        let bench = bench(json!([])).await;
        bench.host.hooks_return(move |_| hook.clone());
        let options = json!({ "mcpServers": embedded(&["lib"]),
            "hooks": { "UserPromptExpansion": [{ "hooks": [{ "$function": true }] }] } });
        let messages = bench.run(prompt, options).await;
        let text = only(&messages, "result/success")["result"].as_str().unwrap().to_owned();
        assert!(text.contains(why), "{prompt}: {text}");
    }
    // What no server has is a prompt like any other.
    let bench = bench(json!([says("ok")])).await;
    bench.run("/mcp__lib__nothing here", json!({ "mcpServers": embedded(&["lib"]) })).await;
    assert!(bench.body(0)["messages"].to_string().contains("/mcp__lib__nothing here"));
}

#[tokio::test]
async fn commands_are_listed_with_their_arguments() {
    let bench = bench(json!([says("ok")])).await;
    let query = bench.query("Go", json!({ "mcpServers": embedded(&["lib"]) })).unwrap();
    next(&query).await;
    let commands = query.control(&json!({ "type": "supported_commands" }).to_string()).unwrap();
    assert_eq!(
        commands[0],
        json!({ "name": "mcp__lib__review_code", "description": "Looks at code.", "argumentHint": "<file> [focus]" })
    );
    drain(&query).await;
}

#[tokio::test]
async fn one_server_may_have_a_mode_of_its_own() {
    // The mode of the session, that of the server, whether the host is asked, whether the call runs.
    for (mode, server, asked, runs) in [
        ("default", Value::Null, 1, true),
        ("bypassPermissions", json!("default"), 1, true),
        ("bypassPermissions", Value::Null, 0, true),
        ("dontAsk", json!("auto"), 0, false),
        ("plan", json!("default"), 0, false),
    ] {
        let bench = bench(json!([])).await;
        bench.add_rules(json!([calls("c1", "mcp__lib__t", json!({})), says("ok")]));
        let query = bench.stream(json!({ "mcpServers": embedded(&["lib"]), "permissionMode": mode,
            "allowDangerouslySkipPermissions": true, "canUseTool": { "$function": true },
            "env": { "IS_SANDBOX": "1" } }));
        let set = |server: &Value| {
            let request =
                json!({ "type": "set_mcp_permission_mode_override", "server": "lib", "mode": server });
            query.control(&request.to_string()).unwrap()
        };
        set(&json!("auto"));
        let warning = set(&server)["warning"].as_str().unwrap_or_default().to_owned();
        assert_eq!(warning.contains("no longer"), matches!(mode, "dontAsk" | "plan"), "{mode}: {warning}");
        query.push(&crate::support::user("Go")).unwrap();
        query.end_input();
        let messages = drain(&query).await;
        assert_eq!(bench.host.asked().len(), asked, "{mode} {server}");
        assert_eq!(!tool_result(&messages, "c1").1, runs, "{mode} {server}");
    }
}

#[tokio::test]
async fn a_mode_for_a_server_that_is_not_there_warns() {
    let bench = bench(json!([])).await;
    let query = bench.stream(json!({}));
    let request = json!({ "type": "set_mcp_permission_mode_override", "server": "lib", "mode": "auto" });
    let warning = query.control(&request.to_string()).unwrap();
    assert!(warning["warning"].as_str().unwrap().contains("No MCP server is named \"lib\""));
    let wrong = json!({ "type": "set_mcp_permission_mode_override", "server": "lib", "mode": "plan" });
    assert!(query.control(&wrong.to_string()).is_err());
}

#[tokio::test]
async fn hooks_and_hosts_are_told_the_server_and_matchers_compare_it_row_162() {
    let bench = bench(json!([])).await;
    bench.add_rules(json!([calls("c1", "mcp__a__b__t", json!({})), says("ok")]));
    let hook = |matcher: &str| json!({ "matcher": matcher, "hooks": [{ "$function": true }] });
    let options = json!({ "mcpServers": embedded(&["a__b"]), "canUseTool": { "$function": true },
        "hooks": { "PreToolUse": [hook("mcp__a"), hook("mcp__a__b"), hook("mcp__a__b__t")] } });
    bench.run("Go", options).await;
    let hooked = bench.host.hooked();
    assert_eq!(hooked.iter().map(|hook| hook.matcher).collect::<Vec<_>>(), [1, 2]);
    let input: Value = serde_json::from_str(&hooked[0].input).unwrap();
    assert_eq!(input["mcp_server"], json!({ "name": "a__b", "source": "sdk" }));
    let asked = serde_json::to_value(&bench.host.asked()[0]).unwrap();
    assert_eq!(asked["options"]["mcpServer"], json!({ "name": "a__b", "source": "sdk" }));
}
