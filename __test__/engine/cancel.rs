//! Interrupts and aborts in every state of a turn.

use crate::support::host::allow;
use crate::support::{
    Bench, calls, drain, kinds, next, only, says, soon, tool_result, until, until_result, user,
};
use native_agent_sdk::engine::emit::End;
use native_agent_sdk::engine::error::ErrorKind;
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};

fn interrupt(query: &Query) -> Value {
    query.control(r#"{"type":"interrupt"}"#).unwrap()
}

fn marker(messages: &[Value]) -> &Value {
    let found = messages.iter().find(|m| {
        let text = m["message"]["content"][0]["text"].as_str();
        text.is_some_and(|text| text.starts_with("[Request interrupted by user"))
    });
    &found.unwrap_or_else(|| panic!("no marker in {messages:#?}"))["message"]["content"][0]["text"]
}

fn assert_interrupted(messages: &[Value], reason: &str) {
    let expected = match reason {
        "aborted_streaming" => "[Request interrupted by user]",
        _ => "[Request interrupted by user for tool use]",
    };
    assert_eq!(marker(messages), expected);
    let result = only(messages, "result/error_during_execution");
    assert_eq!((&result["is_error"], &result["terminal_reason"]), (&json!(true), &json!(reason)));
    assert_eq!(result.get("result"), None);
    assert!(result["errors"].as_array().is_some_and(|errors| !errors.is_empty()));
    assert_eq!(messages.last().unwrap()["type"], "result");
}

/// A command that notes its own and its child's process, then lasts.
fn long_command(bench: &Bench) -> String {
    format!("sleep 60 & echo $$ $! > {0}.tmp; mv {0}.tmp {0}; wait", bench.path("pids"))
}

async fn pids(bench: &Bench) -> Vec<i32> {
    let file = bench.path("pids");
    until(|| std::path::Path::new(&file).exists()).await;
    std::fs::read_to_string(file).unwrap().split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

fn gone(pid: i32) -> bool {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err()
        || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

async fn assert_gone(pids: &[i32]) {
    assert_eq!(pids.len(), 2);
    until(|| pids.iter().all(|pid| gone(*pid))).await;
}

fn asks() -> Value {
    json!({ "canUseTool": { "$function": true } })
}

#[tokio::test]
async fn before_the_turn_has_begun() {
    let bench = Bench::new(json!([])).await;
    let query = bench.query("Hi", json!({})).unwrap();
    assert_eq!(interrupt(&query), json!({ "still_queued": [] }));
    let messages = soon(drain(&query)).await;
    assert_eq!(kinds(&messages), ["system/init", "user", "result/error_during_execution"]);
    assert_interrupted(&messages, "aborted_streaming");
    assert!(bench.api.requests().is_empty());
}

#[tokio::test]
async fn while_a_command_hook_begins_the_session_row_166() {
    for event in ["Setup", "SessionStart"] {
        let bench = Bench::new(json!([says("Again.")])).await;
        let hook = json!({ "type": "command", "command": long_command(&bench) });
        let settings = json!({ "hooks": { event: [{ "hooks": [hook] }] } });
        let query = bench.stream(json!({ "settings": settings }));
        query.push(&user("first")).unwrap();
        let pids = pids(&bench).await;
        interrupt(&query);
        assert_interrupted(&soon(until_result(&query)).await, "aborted_streaming");
        assert_gone(&pids).await;
        query.push(&user("second")).unwrap();
        query.end_input();
        assert_eq!(only(&soon(drain(&query)).await, "result/success")["result"], "Again.");
        bench.api.assert_complete().unwrap();
    }
}

#[tokio::test]
async fn while_the_answer_is_awaited() {
    let held =
        json!({ "content": [{ "type": "text", "text": "late" }], "gates": [{ "at": "start", "name": "g" }] });
    let bench = Bench::new(json!([{ "reply": held }, says("Again.")])).await;
    let query = bench.stream(json!({}));
    query.push(&user("first")).unwrap();
    soon(bench.api.wait_gate("g")).await;
    interrupt(&query);
    let messages = soon(until_result(&query)).await;
    assert_eq!(kinds(&messages), ["system/init", "user", "result/error_during_execution"]);
    assert_interrupted(&messages, "aborted_streaming");
    assert_eq!(only(&messages, "result/error_during_execution")["stop_reason"], Value::Null);
    query.push(&user("second")).unwrap();
    query.end_input();
    let messages = soon(drain(&query)).await;
    assert_eq!(only(&messages, "result/success")["result"], "Again.");
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn in_the_middle_of_a_reply_what_was_said_is_kept() {
    let content = json!([
        { "type": "thinking", "thinking": "I think." },
        { "type": "text", "text": "first" },
        { "type": "text", "text": "abcdefghijkl" },
    ]);
    let held = json!({ "content": content, "chunk": 4, "gates": [{ "at": { "block": 2, "delta": 2 }, "name": "g" }] });
    let bench = Bench::new(json!([{ "reply": held }, says("Again.")])).await;
    let query = bench.stream(json!({ "includePartialMessages": true }));
    query.push(&user("first")).unwrap();
    let mut messages = Vec::new();
    while !messages.iter().any(|m: &Value| m[3] == "efgh") {
        messages.extend(soon(next(&query)).await.unwrap());
    }
    interrupt(&query);
    messages.extend(soon(until_result(&query)).await);
    assert_interrupted(&messages, "aborted_streaming");
    let replies: Vec<_> = messages.iter().filter(|m| m["type"] == "assistant").collect();
    let texts: Vec<_> = replies.iter().filter_map(|m| m["message"]["content"][0]["text"].as_str()).collect();
    assert_eq!(texts, ["first", "abcdefgh"]);
    assert!(replies.iter().all(|m| m["aborted"] == true));
    query.push(&user("second")).unwrap();
    query.end_input();
    let messages = soon(drain(&query)).await;
    assert_eq!(only(&messages, "result/success")["result"], "Again.");
    let sent = bench.body(1);
    let roles: Vec<_> =
        sent["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "user"]);
    assert_eq!(sent["messages"][2]["content"][0]["text"], "[Request interrupted by user]");
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn a_call_that_had_not_arrived_whole_does_not_run() {
    for (block, raw) in [(0, "{\"pattern\": \"*\"}"), (1, "{\"pattern\": \"*\"}")] {
        let call = |id: &str| json!({ "type": "tool_use", "id": id, "name": "Glob", "rawInput": raw });
        let held = json!({ "content": [call("c1"), call("c2")], "chunk": 4, "gates": [{ "at": { "block": block, "delta": 2 }, "name": "g" }] });
        let bench = Bench::new(json!([{ "reply": held }, says("Again.")])).await;
        let query = bench.stream(json!({ "includePartialMessages": true }));
        query.push(&user("first")).unwrap();
        let mut deltas = 0;
        while deltas < 4 * block + 2 {
            let messages = soon(next(&query)).await.unwrap();
            deltas += messages.iter().filter(|m| m.is_array()).count();
        }
        interrupt(&query);
        let messages = soon(until_result(&query)).await;
        assert_interrupted(&messages, "aborted_streaming");
        query.push(&user("second")).unwrap();
        query.end_input();
        assert_eq!(only(&soon(drain(&query)).await, "result/success")["result"], "Again.");
        bench.api.assert_complete().unwrap();
    }
}

#[tokio::test]
async fn during_a_command_its_processes_end() {
    let bench = Bench::new(json!([])).await;
    let call = |id: &str, command: &str| json!({ "type": "tool_use", "id": id, "name": "Bash", "input": { "command": command } });
    let touched = bench.path("touched");
    let content = json!([call("c1", &long_command(&bench)), call("c2", &format!("touch {touched}"))]);
    bench.api.push_rules(
        serde_json::from_value(json!([{ "reply": { "content": content } }, says("Again.")])).unwrap(),
    );
    let query = bench.stream(asks());
    query.push(&user("first")).unwrap();
    let pids = pids(&bench).await;
    interrupt(&query);
    let messages = soon(until_result(&query)).await;
    assert_interrupted(&messages, "aborted_tools");
    for id in ["c1", "c2"] {
        assert!(tool_result(&messages, id).1, "{id}");
    }
    assert_gone(&pids).await;
    crate::support::absent(&touched);
    query.push(&user("second")).unwrap();
    query.end_input();
    assert_eq!(only(&soon(drain(&query)).await, "result/success")["result"], "Again.");
    let sent = bench.body(1)["messages"][2]["content"].clone();
    let types: Vec<_> = sent.as_array().unwrap().iter().map(|b| b["type"].as_str().unwrap()).collect();
    assert_eq!(types[..2], ["tool_result", "tool_result"]);
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn while_nobody_answers_a_question() {
    let bench = Bench::new(json!([])).await;
    let write = calls("c1", "Write", json!({ "file_path": bench.path("a"), "content": "x" }));
    bench.add_rules(json!([write, says("Again.")]));
    bench.host.answer(|_| None);
    let query = bench.stream(asks());
    query.push(&user("first")).unwrap();
    until(|| bench.host.asked().len() == 1).await;
    interrupt(&query);
    let messages = soon(until_result(&query)).await;
    assert_interrupted(&messages, "aborted_tools");
    assert!(tool_result(&messages, "c1").1);
    crate::support::absent(bench.path("a"));
    bench.host.answer(|_| Some(allow()));
    query.push(&user("second")).unwrap();
    query.end_input();
    assert_eq!(only(&soon(drain(&query)).await, "result/success")["result"], "Again.");
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn while_a_retry_is_awaited() {
    let bench = Bench::manual(json!([{ "reply": { "error": { "status": 529 } } }])).await;
    let query = bench.query("Hi", json!({})).unwrap();
    let mut messages = Vec::new();
    while !messages.iter().any(|m: &Value| m["subtype"] == "api_retry") {
        messages.extend(soon(next(&query)).await.unwrap());
    }
    interrupt(&query);
    messages.extend(soon(drain(&query)).await);
    assert_interrupted(&messages, "aborted_streaming");
    assert_eq!(bench.api.requests().len(), 1);
}

#[tokio::test]
async fn between_turns_it_does_nothing() {
    let bench = Bench::new(json!([says("one"), says("two")])).await;
    let query = bench.stream(json!({}));
    assert_eq!(interrupt(&query), json!({ "still_queued": [] }));
    query.push(&user("first")).unwrap();
    until_result(&query).await;
    // The turn is over once the engine has nothing left to do but wait.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    interrupt(&query);
    query.push(&user("second")).unwrap();
    query.end_input();
    assert_eq!(only(&soon(drain(&query)).await, "result/success")["result"], "two");
}

#[tokio::test]
async fn queued_messages_are_named_and_go_on_row_29() {
    let held =
        json!({ "content": [{ "type": "text", "text": "late" }], "gates": [{ "at": "start", "name": "g" }] });
    let bench = Bench::new(json!([{ "reply": held }, says("two"), says("three")])).await;
    let query = bench.stream(json!({}));
    query.push(&user("first")).unwrap();
    soon(bench.api.wait_gate("g")).await;
    for (uuid, text) in [("b", "second"), ("c", "third")] {
        let mut message: Value = serde_json::from_str(&user(text)).unwrap();
        message["uuid"] = uuid.into();
        query.push(&message.to_string()).unwrap();
    }
    assert_eq!(interrupt(&query), json!({ "still_queued": ["b", "c"] }));
    query.end_input();
    let messages = soon(drain(&query)).await;
    let results: Vec<_> = messages.iter().filter(|m| m["type"] == "result").collect();
    assert_eq!(results[0]["queued_turn_count"], 2);
    assert_eq!((&results[1]["result"], &results[2]["result"]), (&json!("two"), &json!("three")));
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn an_interrupt_twice_is_one() {
    let held =
        json!({ "content": [{ "type": "text", "text": "late" }], "gates": [{ "at": "start", "name": "g" }] });
    let bench = Bench::new(json!([{ "reply": held }])).await;
    let query = bench.query("Hi", json!({})).unwrap();
    soon(bench.api.wait_gate("g")).await;
    interrupt(&query);
    interrupt(&query);
    let messages = soon(drain(&query)).await;
    assert_interrupted(&messages, "aborted_streaming");
}

#[tokio::test]
async fn abort_ends_at_once_and_kills_what_runs() {
    let bench = Bench::new(json!([])).await;
    let call = calls("c1", "Bash", json!({ "command": long_command(&bench) }));
    bench.add_rules(json!([call]));
    let query = bench.query("Go", asks()).unwrap();
    let pids = pids(&bench).await;
    query.abort();
    query.abort();
    let batch = soon(query.pull()).await;
    assert_eq!((batch.items.as_str(), batch.end), ("[]", Some(End::Done)));
    assert_gone(&pids).await;
    assert_eq!(query.control(r#"{"type":"interrupt"}"#).unwrap_err().kind, ErrorKind::QueryClosed);
    assert_eq!(query.push(&user("more")).unwrap_err().kind, ErrorKind::QueryClosed);
}

#[tokio::test]
async fn abort_frees_a_pull_that_waits() {
    let held =
        json!({ "content": [{ "type": "text", "text": "late" }], "gates": [{ "at": "start", "name": "g" }] });
    let bench = Bench::new(json!([{ "reply": held }])).await;
    let query = std::sync::Arc::new(bench.query("Hi", json!({})).unwrap());
    assert_eq!(kinds(&next(&query).await.unwrap()), ["system/init"]);
    let waiting = tokio::spawn({
        let query = std::sync::Arc::clone(&query);
        async move { query.pull().await }
    });
    soon(bench.api.wait_gate("g")).await;
    query.abort();
    assert_eq!(soon(waiting).await.unwrap().end, Some(End::Done));
}

#[tokio::test]
async fn a_dropped_query_leaves_nothing() {
    let bench = Bench::new(json!([])).await;
    let call = calls("c1", "Bash", json!({ "command": long_command(&bench) }));
    bench.add_rules(json!([call]));
    let query = bench.query("Go", asks()).unwrap();
    let pids = pids(&bench).await;
    drop(query);
    assert_gone(&pids).await;
    until(|| std::sync::Arc::strong_count(&bench.host) == 1).await;
}

#[tokio::test]
async fn a_shut_down_engine_ends_every_query() {
    let held =
        json!({ "content": [{ "type": "text", "text": "late" }], "gates": [{ "at": "start", "name": "g" }] });
    let bench = Bench::new(json!([])).await;
    let call = calls("c1", "Bash", json!({ "command": long_command(&bench) }));
    bench.add_rules(json!([call]));
    let with_tool = bench.query("Go", asks()).unwrap();
    let pids = pids(&bench).await;
    bench.add_rules(json!([{ "reply": held }]));
    let streaming = bench.query("Hi", json!({})).unwrap();
    let idle = bench.stream(json!({}));
    soon(bench.api.wait_gate("g")).await;
    bench.engine.shutdown();
    for query in [&with_tool, &streaming, &idle] {
        soon(drain(query)).await;
        assert_eq!(query.push(&user("more")).unwrap_err().kind, ErrorKind::QueryClosed);
    }
    assert_gone(&pids).await;
}
