//! What goes wrong between the engine and the API, and what the model gets wrong: each ends in a message.

use crate::support::{Bench, absent, calls, drain, kinds, next, only, says, tool_result, until_result, user};
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};
use std::time::Duration;

fn no_retry() -> Value {
    json!({ "env": { "CLAUDE_CODE_MAX_RETRIES": "0" } })
}

fn fails(status: u16, message: &str) -> Value {
    json!({ "reply": { "error": { "status": status, "message": message } } })
}

/// Runs to the end and moves the clock by exactly what each retry waits for.
async fn through_retries(bench: &Bench, query: &Query) -> Vec<Value> {
    let mut all = Vec::new();
    while let Some(messages) = next(query).await {
        for retry in messages.iter().filter(|message| message["subtype"] == "api_retry") {
            bench.clock.advance(Duration::from_millis(retry["retry_delay_ms"].as_u64().unwrap() + 1));
        }
        all.extend(messages);
    }
    all
}

fn assert_failed(messages: &[Value], error: &str, status: Option<u16>) {
    let told = messages.iter().find(|message| message["type"] == "assistant").unwrap();
    assert_eq!(told["message"]["model"], "<synthetic>");
    assert_eq!(told["error"], error);
    let result = only(messages, "result/success");
    assert_eq!(result["is_error"], true);
    assert_eq!(result["api_error_status"], json!(status));
    assert_eq!(result["result"], told["message"]["content"][0]["text"]);
    assert!(!result["result"].as_str().unwrap().is_empty());
    assert_eq!(result["stop_reason"], "stop_sequence");
    assert_eq!(messages.last().unwrap(), result);
}

#[tokio::test]
async fn each_status_is_an_error_by_its_documented_name_row_8_row_16() {
    for (status, message, error, reason) in [
        (400, "messages: bad", "invalid_request", "api_error"),
        (400, "prompt is too long: 3 tokens > 2 maximum", "invalid_request", "prompt_too_long"),
        (400, "Your credit balance is too low to use the API", "billing_error", "api_error"),
        (401, "invalid x-api-key", "authentication_failed", "api_error"),
        (403, "no permission", "authentication_failed", "api_error"),
        (404, "model: claude-none", "model_not_found", "api_error"),
        (413, "too large", "invalid_request", "api_error"),
        (429, "slow down", "rate_limit", "api_error"),
        (500, "oops", "server_error", "api_error"),
        (529, "Overloaded", "overloaded", "api_error"),
    ] {
        let bench = Bench::new(json!([fails(status, message)])).await;
        let messages = bench.run("Hi", no_retry()).await;
        assert_eq!(kinds(&messages), ["system/init", "assistant", "result/success"], "{status}");
        assert_failed(&messages, error, Some(status));
        let result = messages.last().unwrap();
        assert_eq!(result["terminal_reason"], reason, "{status} {message}");
        let text = result["result"].as_str().unwrap();
        assert!(text.starts_with(&format!("API error ({status}): {message}")), "{text}");
        assert!(messages[1]["request_id"].is_string(), "{status}");
    }
}

#[tokio::test]
async fn an_error_answer_of_any_shape_is_told() {
    let html = "<html><body>Bad gateway</body></html>";
    for (status, body, shown) in [
        (502, json!(html), "Bad gateway"),
        (503, json!(""), "503"),
        (500, json!({ "error": "only a text" }), "only a text"),
        (418, json!({ "error": { "type": "new_error", "message": "teapot" } }), "teapot"),
    ] {
        let reply = json!({ "reply": { "error": { "status": status, "body": body } } });
        let bench = Bench::new(json!([reply])).await;
        let messages = bench.run("Hi", no_retry()).await;
        let result = only(&messages, "result/success");
        assert_eq!(result["api_error_status"], status);
        assert!(result["result"].as_str().unwrap().contains(shown), "{result}");
    }
}

#[tokio::test]
async fn what_may_pass_is_sent_again_row_517() {
    for (status, error) in [(429, "rate_limit"), (500, "server_error"), (529, "overloaded")] {
        let bench =
            Bench::manual(json!([fails(status, "later"), fails(status, "later"), says("Here.")])).await;
        let query = bench.query("Hi", json!({})).unwrap();
        let messages = through_retries(&bench, &query).await;
        assert_eq!(
            kinds(&messages),
            ["system/init", "system/api_retry", "system/api_retry", "assistant", "result/success"]
        );
        assert_eq!(only(&messages, "result/success")["result"], "Here.");
        for (message, attempt, least) in [(&messages[1], 1, 500), (&messages[2], 2, 1000)] {
            assert_eq!((&message["attempt"], &message["max_retries"]), (&json!(attempt), &json!(10)));
            assert_eq!((&message["error_status"], &message["error"]), (&json!(status), &json!(error)));
            let delay = message["retry_delay_ms"].as_u64().unwrap();
            assert!((least..=least * 5 / 4).contains(&delay), "{delay}");
        }
        assert_eq!(bench.body(0), bench.body(2), "the same request");
        bench.api.assert_complete().unwrap();
    }
}

#[tokio::test]
async fn what_cannot_pass_is_not_sent_again() {
    for status in [400, 401, 403, 404, 413] {
        let bench = Bench::new(json!([fails(status, "no")])).await;
        bench.run("Hi", json!({})).await;
        assert_eq!(bench.api.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn retries_end_at_the_limit_row_517() {
    let rule = json!({ "times": 4, "reply": { "error": { "status": 529 } } });
    let bench = Bench::manual(json!([rule])).await;
    let query = bench.query("Hi", json!({ "env": { "CLAUDE_CODE_MAX_RETRIES": "3" } })).unwrap();
    let messages = through_retries(&bench, &query).await;
    let attempts: Vec<_> = messages
        .iter()
        .filter(|m| m["subtype"] == "api_retry")
        .map(|m| m["attempt"].as_u64().unwrap())
        .collect();
    assert_eq!(attempts, [1, 2, 3]);
    assert_failed(&messages, "overloaded", Some(529));
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    for (name, value) in [("retry-after", "20"), ("retry-after-ms", "20000")] {
        let busy = json!({ "reply": { "error": { "status": 429, "headers": { name: value } } } });
        let bench = Bench::manual(json!([busy, says("Here.")])).await;
        let query = bench.query("Hi", json!({})).unwrap();
        let mut messages = next(&query).await.unwrap();
        while !messages.iter().any(|m| m["subtype"] == "api_retry") {
            messages.extend(next(&query).await.unwrap());
        }
        assert_eq!(only(&messages, "system/api_retry")["retry_delay_ms"], 20_000);
        bench.clock.advance(Duration::from_millis(19_999));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(bench.api.requests().len(), 1);
        bench.clock.advance(Duration::from_millis(1));
        assert_eq!(only(&drain(&query).await, "result/success")["result"], "Here.");
    }
}

#[tokio::test]
async fn a_broken_reply_is_asked_for_again_row_517() {
    for fault in [
        json!({ "dropBeforeHeaders": true }),
        json!({ "dropAfterEvents": 1 }),
        json!({ "dropAfterEvents": 4 }),
        json!({ "dropAfterBytes": 700 }),
        json!({ "endAfterEvents": 5 }),
        json!({ "errorAfterEvents": { "events": 0, "type": "overloaded_error", "message": "busy" } }),
        json!({ "errorAfterEvents": { "events": 4, "type": "api_error", "message": "oops" } }),
    ] {
        let broken = json!({ "content": [{ "type": "text", "text": "A text that is cut off somewhere." }], "faults": fault, "chunk": 4 });
        let bench = Bench::manual(json!([{ "reply": broken }, says("Whole.")])).await;
        let query = bench.query("Hi", json!({})).unwrap();
        let messages = through_retries(&bench, &query).await;
        assert_eq!(
            kinds(&messages),
            ["system/init", "system/api_retry", "assistant", "result/success"],
            "{fault}: the broken reply leaves nothing behind"
        );
        assert_eq!(messages[1]["error_status"], Value::Null, "{fault}");
        assert_eq!(only(&messages, "result/success")["result"], "Whole.");
        bench.api.assert_complete().unwrap();
    }
}

#[tokio::test]
async fn a_broken_reply_calls_no_tools() {
    let bench = Bench::manual(json!([])).await;
    let write = json!({ "type": "tool_use", "id": "c1", "name": "Write", "input": { "file_path": bench.path("a"), "content": "x" } });
    // All of the call arrives, the end of the reply does not.
    let events = json!({ "content": [write], "faults": { "dropAfterEvents": 7 } });
    bench.add_rules(json!([{ "reply": events }, says("No.")]));
    let query = bench.query("Hi", json!({ "permissionMode": "acceptEdits" })).unwrap();
    let messages = through_retries(&bench, &query).await;
    assert_eq!(only(&messages, "result/success")["result"], "No.");
    crate::support::absent(bench.path("a"));
}

#[tokio::test]
async fn an_error_event_is_an_error_of_its_kind() {
    let fault =
        json!({ "errorAfterEvents": { "events": 3, "type": "invalid_request_error", "message": "not so" } });
    let bench =
        Bench::new(json!([{ "reply": { "content": [{ "type": "text", "text": "a" }], "faults": fault } }]))
            .await;
    let messages = bench.run("Hi", json!({})).await;
    assert_failed(&messages, "invalid_request", None);
    assert!(only(&messages, "result/success")["result"].as_str().unwrap().contains("not so"));
}

#[tokio::test]
async fn an_answer_that_is_no_reply_ends_in_a_result() {
    let sse = json!({ "content-type": "text/event-stream" });
    let page = json!({ "content-type": "text/html" });
    let data = json!({ "content-type": "application/json" });
    for (headers, body) in [
        (&sse, "".to_owned()),
        (&sse, "garbage that is no event\n\nmore of it\n\n".to_owned()),
        (&sse, "data: {\"type\": \n\n".to_owned()),
        (&sse, "data: 7\n\n".to_owned()),
        (&sse, "event: message_start\ndata: {\"type\":\"message_start\"}\n\n".to_owned()),
        (&sse, "data: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}}\n\n".to_owned()),
        (&sse, "data: {\"type\":\"message_stop\"}\n\n".to_owned()),
        (&page, "<html>Welcome to the hotel network</html>".to_owned()),
        (&page, String::new()),
        (&data, "{\"a\":1}".to_owned()),
        (&data, "[1, 2".to_owned()),
        (&data, "null".to_owned()),
    ] {
        let raw = json!({ "reply": { "raw": { "status": 200, "headers": headers, "body": body } }, "times": "always" });
        let bench = Bench::new(json!([raw])).await;
        let messages = bench.run("Hi", no_retry()).await;
        assert_failed(&messages, "unknown", None);
    }
}

#[tokio::test]
async fn bytes_without_end_are_cut_off() {
    // One line of 65 MB that never ends: the gate stays shut.
    let long = json!({ "reply": { "raw": { "status": 200, "headers": { "content-type": "text/event-stream" },
        "body": format!("data: {}", "x".repeat(65 * 1024 * 1024)) }, "gates": [{ "at": "end", "name": "never" }] } });
    let bench = Bench::new(json!([long])).await;
    let messages = bench.run("Hi", no_retry()).await;
    assert_failed(&messages, "unknown", None);
}

#[tokio::test]
async fn silence_is_given_up() {
    for place in ["start", "message_start"] {
        let held = json!({ "content": [{ "type": "text", "text": "late" }], "gates": [{ "at": place, "name": "g" }] });
        let bench = Bench::manual(json!([{ "reply": held }])).await;
        let query = bench
            .query("Hi", json!({ "includePartialMessages": true, "env": { "CLAUDE_CODE_MAX_RETRIES": "0" } }))
            .unwrap();
        let wanted = if place == "start" { "init" } else { "message_start" };
        let mut messages = Vec::new();
        while !messages.iter().any(|m: &Value| m["subtype"] == wanted || m["event"]["type"] == wanted) {
            messages.extend(next(&query).await.unwrap());
        }
        bench.api.wait_gate("g").await;
        bench.clock.advance(Duration::from_secs(601));
        messages.extend(drain(&query).await);
        assert_failed(&messages, "unknown", None);
        bench.api.open_gate("g");
    }
}

#[tokio::test]
async fn a_whole_json_message_is_a_reply() {
    let message = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-opus-5-5", "stop_reason": "end_turn",
        "stop_sequence": null, "content": [{ "type": "text", "text": "Whole." }],
        "usage": { "input_tokens": 3, "output_tokens": 2 }
    });
    let raw = json!({ "status": 200, "headers": { "content-type": "application/json" }, "body": message });
    let bench = Bench::new(json!([{ "reply": { "raw": raw } }])).await;
    let messages = bench.run("Hi", json!({})).await;
    assert_eq!(kinds(&messages), ["system/init", "assistant", "result/success"]);
    let result = only(&messages, "result/success");
    assert_eq!((&result["result"], &result["is_error"]), (&json!("Whole."), &json!(false)));
    assert_eq!(result["usage"]["output_tokens"], 2);
}

#[tokio::test]
async fn slow_split_and_commented_streams_are_read_like_others() {
    for faults in [
        json!({ "split": 3 }),
        json!({ "crlf": true }),
        json!({ "comments": true, "crlf": true, "split": 7 }),
    ] {
        let reply =
            json!({ "content": [{ "type": "text", "text": "häß 日本 🦀" }], "faults": faults, "chunk": 1 });
        let bench = Bench::new(json!([{ "reply": reply }])).await;
        assert_eq!(
            only(&bench.run("Hi", json!({})).await, "result/success")["result"],
            "häß 日本 🦀",
            "{faults}"
        );
    }
}

#[tokio::test]
async fn nobody_there_ends_in_a_result() {
    let bench = Bench::new(json!([])).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let env = json!({ "ANTHROPIC_BASE_URL": url, "CLAUDE_CODE_MAX_RETRIES": "0" });
    let query = bench.query("Hi", json!({ "env": env })).unwrap();
    let messages = drain(&query).await;
    assert_failed(&messages, "unknown", None);
    let text = only(&messages, "result/success")["result"].as_str().unwrap().to_owned();
    assert!(text.contains(&url) && text.contains("ANTHROPIC_BASE_URL"), "{text}");
}

#[tokio::test]
async fn a_lost_connection_is_tried_again_row_517() {
    let bench = Bench::manual(json!([])).await;
    bench.api.close();
    let query = bench.query("Hi", json!({ "env": { "CLAUDE_CODE_MAX_RETRIES": "2" } })).unwrap();
    let messages = through_retries(&bench, &query).await;
    assert_eq!(
        kinds(&messages),
        ["system/init", "system/api_retry", "system/api_retry", "assistant", "result/success"]
    );
    assert_eq!((&messages[1]["error_status"], &messages[1]["error"]), (&Value::Null, &json!("unknown")));
}

#[tokio::test]
async fn the_session_outlives_a_failure() {
    let bench = Bench::new(json!([fails(400, "no"), says("Better.")])).await;
    let query = bench.stream(json!({}));
    query.push(&user("first")).unwrap();
    assert_eq!(only(&until_result(&query).await, "result/success")["is_error"], true);
    query.push(&user("second")).unwrap();
    query.end_input();
    let messages = drain(&query).await;
    assert_eq!(only(&messages, "result/success")["result"], "Better.");
    bench.api.assert_complete().unwrap();
    let sent = bench.body(1).to_string();
    assert!(sent.contains("first") && sent.contains("second") && !sent.contains("API error"));
}

#[tokio::test]
async fn a_failure_in_the_middle_keeps_what_was_done() {
    let bench = Bench::new(json!([calls("c1", "Glob", json!({ "pattern": "*" })), fails(400, "no")])).await;
    let messages = bench.run("Look", json!({})).await;
    assert_eq!(kinds(&messages), ["system/init", "assistant", "user", "assistant", "result/success"]);
    let result = messages.last().unwrap();
    assert_eq!((&result["num_turns"], &result["is_error"]), (&json!(2), &json!(true)));
    assert!(result["usage"]["output_tokens"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn an_input_that_is_no_json_goes_back_to_the_model_row_220() {
    for raw in ["{\"pattern\": ", "[1]", "\"text\"", "{\"a\":1}}"] {
        let call = json!({ "type": "tool_use", "id": "c1", "name": "Glob", "rawInput": raw });
        let bench = Bench::new(json!([{ "reply": { "content": [call] } }, says("Sorry.")])).await;
        let messages = bench.run("Look", json!({})).await;
        let (text, is_error) = tool_result(&messages, "c1");
        assert_eq!(
            text,
            format!("<tool_use_error>The input of Glob is not valid JSON: {raw}</tool_use_error>")
        );
        assert!(is_error);
        assert_eq!(bench.body(1)["messages"][1]["content"][0]["input"], json!({}), "the history stays valid");
        assert_eq!(only(&messages, "result/success")["result"], "Sorry.");
    }
}

#[tokio::test]
async fn an_unknown_tool_is_answered_row_225() {
    let bench = Bench::new(json!([calls("c1", "Teleport", json!({ "to": "moon" })), says("Sorry.")])).await;
    let messages =
        bench.run("Go", json!({ "tools": ["Read", "Glob"], "canUseTool": { "$function": true } })).await;
    let expected = "<tool_use_error>No tool is named Teleport. Available: Glob, Read.</tool_use_error>";
    assert_eq!(tool_result(&messages, "c1"), (expected.to_owned(), true));
    assert!(bench.host.asked().is_empty());
    assert_eq!(only(&messages, "result/success")["permission_denials"], json!([]));
}

#[tokio::test]
async fn an_input_that_does_not_fit_names_the_field_and_asks_nobody_row_220() {
    for (name, input, field) in [
        ("Read", json!({}), "file_path"),
        ("Read", json!({ "file_path": "/a", "limit": "many" }), "limit: "),
        ("Write", json!({ "file_path": "/a" }), "content"),
        ("Edit", json!({ "file_path": "/a", "old_string": "x", "new_string": 7 }), "new_string: "),
        ("Bash", json!({ "cmd": "ls" }), "command"),
        ("Bash", json!({ "command": "ls", "timeout": -1 }), "timeout: "),
        ("Glob", json!({ "pattern": ["*"] }), "pattern: "),
        ("Grep", json!({ "pattern": "a", "output_mode": "pretty" }), "output_mode: "),
        ("Read", json!({ "file_path": "relative" }), "file_path must be absolute"),
        ("Bash", json!({ "command": " " }), "`command` is empty"),
    ] {
        let bench = Bench::new(json!([calls("c1", name, input.clone()), says("Sorry.")])).await;
        let messages = bench.run("Go", json!({ "canUseTool": { "$function": true } })).await;
        let (text, is_error) = tool_result(&messages, "c1");
        assert!(text.starts_with("<tool_use_error>") && text.ends_with("</tool_use_error>"), "{text}");
        assert!(is_error && text.contains(field), "{name} {input}: {text}");
        assert!(bench.host.asked().is_empty());
    }
}

#[tokio::test]
async fn the_key_is_in_no_message() {
    let key = "sk-secret-0123456789";
    for rule in [
        says("Hi"),
        fails(401, "invalid x-api-key"),
        fails(500, "oops"),
        json!({ "reply": { "raw": { "status": 200, "body": "<html>" } } }),
        json!({ "reply": { "content": [], "faults": { "dropBeforeHeaders": true } } }),
    ] {
        for name in ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"] {
            let bench = Bench::new(json!([rule])).await;
            let env = json!({ "CLAUDE_CODE_MAX_RETRIES": "0", name: key });
            let messages = bench.run("Hi", json!({ "env": env })).await;
            let headers = format!("{:?}", bench.api.requests()[0].headers);
            assert!(headers.contains(key), "it was sent");
            assert!(!json!(messages).to_string().contains(key));
            assert!(!bench.host.logged().join("\n").contains(key));
        }
    }
}

#[tokio::test]
async fn a_panic_of_ours_becomes_a_result_and_ends_the_query() {
    let bench = Bench::new(json!([calls("c1", "Bash", json!({ "command": "touch x" }))])).await;
    bench.host.answer(|_| panic!("a bug on purpose"));
    let messages = bench.run("Go", json!({ "canUseTool": { "$function": true } })).await;
    let result = only(&messages, "result/error_during_execution");
    assert_eq!((&result["is_error"], &result["terminal_reason"]), (&json!(true), &json!("internal_error")));
    let text = result["errors"][0].as_str().unwrap();
    assert!(text.contains("a bug on purpose") && text.contains("bug; please report"), "{text}");
    absent(bench.path("x"));
}
