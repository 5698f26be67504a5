//! Calls of MCP servers that take very long.

use crate::mcp::embedded;
use crate::support::host::FakeHost;
use crate::support::{Bench, calls, next, only, says, tool_result, until_result, user};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// A server whose one tool answers when it is told to; says that it was called.
fn slow(host: &FakeHost) -> (Arc<Notify>, Arc<Notify>) {
    let (called, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (calls, ends) = (Arc::clone(&called), Arc::clone(&done));
    host.serve_in_time(move |call| match call.method.as_str() {
        "connect" => Box::pin(async { Ok(json!({ "capabilities": { "tools": {} } })) }),
        "tools/list" => {
            let tools = json!({ "tools": [{ "name": "t", "inputSchema": { "type": "object" } }] });
            Box::pin(async { Ok(tools) })
        }
        _ => {
            let ends = Arc::clone(&ends);
            calls.notify_one();
            Box::pin(async move {
                ends.notified().await;
                Ok(json!({ "content": [{ "type": "text", "text": "it took long" }] }))
            })
        }
    });
    (called, done)
}

fn options(auto: &str) -> Value {
    json!({
        "mcpServers": embedded(&["s"]), "allowedTools": ["mcp__s"],
        "env": { "CLAUDE_AUTO_BACKGROUND_TASKS": auto },
    })
}

#[tokio::test]
async fn a_long_call_stays_in_the_foreground_row_340() {
    let bench = Bench::manual(json!([calls("c1", "mcp__s__t", json!({})), says("ok")])).await;
    let (called, done) = slow(&bench.host);
    let query = bench.stream(options("0"));
    query.push(&user("Go")).unwrap();
    let results = until_result(&query);
    let told = async {
        called.notified().await;
        bench.clock.advance(Duration::from_secs(3600));
        done.notify_one();
    };
    let (messages, ()) = futures::join!(results, told);
    assert_eq!(tool_result(&messages, "c1"), ("it took long".to_owned(), false));
    query.abort();
}

#[tokio::test]
async fn it_moves_after_two_minutes_if_the_environment_says_so_row_340() {
    let bench = Bench::manual(json!([calls("c1", "mcp__s__t", json!({})), says("ok"), says("seen")])).await;
    let (called, done) = slow(&bench.host);
    let query = bench.stream(options("1"));
    query.push(&user("Go")).unwrap();
    let results = until_result(&query);
    let told = async {
        called.notified().await;
        while bench.clock.elapsed() < Duration::from_secs(121) {
            bench.clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    let (messages, ()) = futures::join!(results, told);
    let (text, failed) = tool_result(&messages, "c1");
    assert!(!failed && text.contains("goes on in the background as task"), "{text}");
    let id = only(&messages, "system/task_started")["task_id"].as_str().unwrap().to_owned();
    done.notify_one();
    let mut after = Vec::new();
    while !after.iter().any(|message: &Value| message["subtype"] == "task_notification") {
        after.extend(next(&query).await.unwrap());
    }
    let ended = only(&after, "system/task_notification");
    assert_eq!((&ended["task_id"], &ended["status"]), (&json!(id), &json!("completed")));
    let file = ended["output_file"].as_str().unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "it took long\n");
    query.abort();
}
