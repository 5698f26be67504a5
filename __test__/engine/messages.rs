//! The shapes of messages: blocks of one reply, partial messages, init.

use crate::support::{Bench, kinds, only, says};
use serde_json::{Value, json};

fn mixed() -> Value {
    json!({ "content": [
        { "type": "thinking", "thinking": "Let me see." },
        { "type": "text", "text": "I look." },
        { "type": "tool_use", "id": "c1", "name": "Glob", "input": { "pattern": "*.rs" } },
    ] })
}

#[tokio::test]
async fn one_assistant_message_a_block_with_the_replys_final_usage_row_15_row_478() {
    let bench = Bench::new(json!([{ "reply": mixed() }, says("done")])).await;
    let messages = bench.run("Go", json!({})).await;
    let blocks: Vec<_> = messages.iter().filter(|m| m["type"] == "assistant").take(3).collect();
    let types: Vec<_> = blocks.iter().map(|m| m["message"]["content"][0]["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["thinking", "text", "tool_use"]);
    for block in &blocks {
        assert_eq!(block["message"]["id"], blocks[0]["message"]["id"]);
        assert_eq!(block["message"]["usage"], blocks[0]["message"]["usage"]);
        assert_eq!(block["message"]["stop_reason"], "tool_use");
        assert_eq!(block["message"]["content"].as_array().unwrap().len(), 1);
        assert_eq!(block["parent_tool_use_id"], Value::Null, "row 18");
        assert!(block["request_id"].is_string());
    }
    let usage = &bench.api.requests();
    assert_eq!(usage.len(), 2);
}

#[tokio::test]
async fn thinking_goes_back_unchanged() {
    let bench = Bench::new(json!([{ "reply": mixed() }, says("done")])).await;
    let messages = bench.run("Go", json!({})).await;
    let seen = &messages[1]["message"]["content"][0];
    assert_eq!(&bench.body(1)["messages"][1]["content"][0], seen);
    assert!(seen["signature"].as_str().is_some_and(|signature| !signature.is_empty()));
}

#[tokio::test]
async fn unknown_blocks_and_events_are_kept_and_never_fatal() {
    let events = json!([
        { "data": { "type": "message_start", "message": { "id": "msg_1", "type": "message", "role": "assistant",
            "model": "claude-opus-5-5", "content": [], "stop_reason": null, "stop_sequence": null,
            "usage": { "input_tokens": 1, "output_tokens": 1 } } } },
        { "data": { "type": "weather_report", "sky": "blue" } },
        { "data": { "type": "content_block_start", "index": 0, "content_block": { "type": "hologram", "colour": "red" } } },
        { "data": { "type": "content_block_delta", "index": 0, "delta": { "type": "hologram_delta", "x": 1 } } },
        { "data": { "type": "content_block_stop", "index": 0 } },
        { "data": { "type": "content_block_start", "index": 1, "content_block": { "type": "text", "text": "" } } },
        { "data": { "type": "content_block_delta", "index": 1, "delta": { "type": "text_delta", "text": "ok" } } },
        { "data": { "type": "content_block_stop", "index": 1 } },
        { "data": { "type": "message_delta", "delta": { "stop_reason": "end_turn", "stop_sequence": null }, "usage": { "output_tokens": 5 } } },
        { "data": { "type": "message_stop" } },
    ]);
    let bench = Bench::new(json!([{ "reply": { "events": events } }])).await;
    let messages = bench.run("Go", json!({ "includePartialMessages": true })).await;
    let block = messages.iter().find(|m| m["type"] == "assistant").unwrap();
    assert_eq!(block["message"]["content"][0]["colour"], "red");
    assert_eq!(only(&messages, "result/success")["result"], "ok");
    assert!(messages.iter().any(|m| m["event"]["type"] == "weather_report" && m["event"]["sky"] == "blue"));
}

#[tokio::test]
async fn partial_messages_are_the_raw_events_in_order_row_33_row_34() {
    let bench = Bench::new(json!([{ "reply": mixed() }, says("Nothing here.")])).await;
    let messages = bench.run("Go", json!({ "includePartialMessages": true })).await;
    let mut rebuilt = String::new();
    let mut order = Vec::new();
    for message in &messages {
        if let Some(delta) = message.as_array() {
            assert_eq!(delta.len(), 4);
            order.push(format!("delta {} {}", delta[1], delta[2]));
            rebuilt.push_str(delta[3].as_str().unwrap());
        } else if message["type"] == "stream_event" {
            order.push(message["event"]["type"].as_str().unwrap().to_owned());
        } else {
            order.push(message["type"].as_str().unwrap().to_owned());
        }
    }
    order.dedup();
    let first: Vec<_> = order.iter().map(String::as_str).take(16).collect();
    assert_eq!(
        first,
        [
            "system",
            "message_start",
            "content_block_start",
            "delta 0 1",
            "content_block_delta",
            "content_block_stop",
            "content_block_start",
            "delta 1 0",
            "content_block_stop",
            "content_block_start",
            "delta 2 2",
            "content_block_stop",
            "message_delta",
            "message_stop",
            "assistant",
            "user",
        ]
    );
    assert!(rebuilt.starts_with("Let me see.I look.{\"pattern\":\"*.rs\"}"), "{rebuilt}");
    let start = messages.iter().find(|m| m["event"]["type"] == "message_start").unwrap();
    assert!(start["ttft_ms"].is_u64());
    assert!(kinds(&messages).contains(&"system/status".to_owned()), "row 38");
}

#[tokio::test]
async fn init_has_the_documented_fields_row_13() {
    let bench = Bench::new(json!([says("hi")])).await;
    let id = "0b5c1c4e-7d4e-4a53-9f0e-0d6a9e0c8b11";
    let messages = bench
        .run("Hi", json!({ "sessionId": id, "tools": ["Read", "Bash"], "permissionMode": "plan" }))
        .await;
    let mut init = messages[0].clone();
    init["uuid"] = Value::Null;
    let expected = json!({
        "type": "system", "subtype": "init", "uuid": null, "session_id": id,
        "apiKeySource": "ANTHROPIC_API_KEY", "claude_code_version": env!("CARGO_PKG_VERSION"), "cwd": bench.cwd(),
        "tools": ["Bash", "Read"], "mcp_servers": [], "model": "claude-opus-5-5", "permissionMode": "plan",
        "slash_commands": [], "output_style": "default", "skills": [], "plugins": [],
    });
    assert_eq!(init, expected);
}
