//! `permissionPromptToolName`: a tool of a server answers in the place of `canUseTool`.

use crate::mcp::embedded;
use crate::support::{Bench, calls, only, says, tool_result};
use native_agent_sdk::engine::host::McpCall;
use serde_json::{Value, json};

/// A server with a tool that is asked for permission and answers with `decision`, one that edits nothing, and one that
/// only a person may let run.
fn guard(decision: Value) -> impl Fn(&McpCall) -> Result<Value, String> + Send + Sync + 'static {
    move |call| {
        let tool = |name: &str, meta: Value| json!({ "name": name, "inputSchema": { "type": "object" }, "_meta": meta });
        Ok(match call.method.as_str() {
            "connect" => json!({ "capabilities": { "tools": {} } }),
            "tools/list" => json!({ "tools": [
                tool("ask", json!({})),
                tool("work", json!({})),
                tool("sign", json!({ "anthropic/requiresUserInteraction": true })),
            ] }),
            "tools/call" if call.params["name"] == "ask" => decision.clone(),
            "tools/call" => {
                json!({ "content": [{ "type": "text", "text": format!("ran with {}", call.params["arguments"]) }] })
            }
            other => return Err(format!("no {other}")),
        })
    }
}

fn text(decision: &Value) -> Value {
    json!({ "content": [{ "type": "text", "text": decision.to_string() }] })
}

fn options() -> Value {
    json!({ "mcpServers": embedded(&["g"]), "permissionPromptToolName": "mcp__g__ask" })
}

#[tokio::test]
async fn its_answer_decides_row_97() {
    // What the tool answers, whether the call runs, what the model reads.
    let table = [
        (text(&json!({ "behavior": "allow" })), true, "ran with {\\\"a\\\":1}"),
        (text(&json!({ "behavior": "allow", "updatedInput": { "a": 2 } })), true, "ran with {\\\"a\\\":2}"),
        (text(&json!({ "behavior": "deny", "message": "not on Sundays" })), false, "not on Sundays"),
        (text(&json!({ "behavior": "maybe" })), false, "must answer with JSON"),
        (
            text(&json!({ "behavior": "maybe" })),
            false,
            "`behavior` is \"maybe\"; it must be 'allow' or 'deny'",
        ),
        (text(&Value::Null), false, "must answer with JSON"),
        (json!({ "content": [] }), false, "must answer with JSON"),
        (json!({ "content": [{ "type": "text", "text": "yes" }] }), false, "must answer with JSON"),
        (
            json!({ "isError": true, "content": [{ "type": "text", "text": "{\"behavior\":\"allow\"}" }] }),
            false,
            "mcp__g__ask failed",
        ),
        (json!("nothing"), false, "mcp__g__ask failed"),
    ];
    for (answer, runs, wanted) in table {
        let bench = Bench::new(json!([calls("c1", "mcp__g__work", json!({ "a": 1 })), says("ok")])).await;
        bench.host.serve(guard(answer.clone()));
        let messages = bench.run("Go", options()).await;
        let (content, failed) = tool_result(&messages, "c1");
        assert_eq!(!failed, runs, "{answer}: {content}");
        let wanted = wanted.replace('\\', "");
        assert!(content.contains(&wanted), "{answer}: {content}");
        let asked = bench.host.served().into_iter().find(|call| call.params["name"] == "ask").unwrap();
        assert_eq!(
            asked.params["arguments"],
            json!({ "tool_name": "mcp__g__work", "input": { "a": 1 }, "tool_use_id": "c1" })
        );
        let denials = only(&messages, "result/success")["permission_denials"].as_array().unwrap().len();
        assert_eq!(denials, usize::from(!runs), "{answer}");
    }
}

#[tokio::test]
async fn rules_come_first_and_the_model_is_not_offered_it_row_97() {
    let bench = Bench::new(json!([calls("c1", "mcp__g__work", json!({})), says("ok")])).await;
    bench.host.serve(guard(text(&json!({ "behavior": "deny", "message": "no" }))));
    let mut options = options();
    options["allowedTools"] = json!(["mcp__g__work"]);
    let messages = bench.run("Go", options).await;
    assert!(!tool_result(&messages, "c1").1);
    assert!(bench.host.served().iter().all(|call| call.params["name"] != "ask"));
    let tools = bench.body(0)["tools"].to_string();
    assert!(tools.contains("mcp__g__work") && !tools.contains("mcp__g__ask"), "{tools}");
}

#[tokio::test]
async fn it_cannot_speak_for_a_person_row_98() {
    let bench = Bench::new(json!([calls("c1", "mcp__g__sign", json!({})), says("ok")])).await;
    bench.host.serve(guard(text(&json!({ "behavior": "allow" }))));
    let messages = bench.run("Go", options()).await;
    let (content, failed) = tool_result(&messages, "c1");
    assert!(failed && content.contains("needs a person"), "{content}");
    // The callback is a person.
    let bench = Bench::new(json!([calls("c1", "mcp__g__sign", json!({})), says("ok")])).await;
    bench.host.serve(guard(Value::Null));
    let options = json!({ "mcpServers": embedded(&["g"]), "canUseTool": { "$function": true } });
    let messages = bench.run("Go", options).await;
    assert!(!tool_result(&messages, "c1").1);
}

#[tokio::test]
async fn a_tool_that_is_not_there_ends_the_run_row_97() {
    let bench = Bench::new(json!([])).await;
    bench.host.serve(guard(Value::Null));
    let mut options = options();
    options["permissionPromptToolName"] = json!("mcp__g__gone");
    let messages = bench.run("Go", options).await;
    let result = only(&messages, "result/error_during_execution");
    let error = result["errors"][0].as_str().unwrap();
    assert!(error.contains("\"mcp__g__gone\"") && error.contains("mcp__g__ask, mcp__g__work"), "{error}");
    assert_eq!(result["terminal_reason"], "turn_setup_failed");
}

#[tokio::test]
async fn a_callback_beside_it_is_refused_row_97() {
    let bench = Bench::new(json!([])).await;
    let mut options = options();
    options["canUseTool"] = json!({ "$function": true });
    let Err(error) = bench.query("Go", options) else { panic!("it started") };
    assert!(error.message.contains("permissionPromptToolName") && error.message.contains("canUseTool"));
}
