//! What a host says while a query runs: loose messages, when they are read, echoes, states, flags.

use crate::support::{Bench, calls, drain, kinds, next, only, says, soon, until, until_result, user, with};
use native_agent_sdk::engine::error::ErrorKind;
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};

/// A user message with more fields.
fn message(text: &str, more: Value) -> String {
    with(serde_json::from_str(&user(text)).unwrap(), more).to_string()
}

/// A reply that is held before its first word.
fn held(text: &str) -> Value {
    json!({ "reply": { "content": [{ "type": "text", "text": text }], "gates": [{ "at": "start", "name": "g" }] } })
}

fn results(messages: &[Value]) -> Vec<&str> {
    let results = messages.iter().filter(|m| m["type"] == "result");
    results.map(|m| m["result"].as_str().unwrap_or_else(|| m["terminal_reason"].as_str().unwrap())).collect()
}

/// The texts of the messages of the `n`-th request, without the engine's reminders.
fn sent(bench: &Bench, n: usize) -> Vec<(String, Vec<String>)> {
    let body = bench.body(n);
    let texts = |message: &Value| {
        let blocks = message["content"].as_array().unwrap().iter();
        let text = |block: &Value| {
            block["text"].as_str().map_or_else(|| block["type"].as_str().unwrap().to_owned(), str::to_owned)
        };
        blocks.map(text).filter(|text| !text.starts_with("<system-reminder>")).collect()
    };
    let messages = body["messages"].as_array().unwrap().iter();
    messages.map(|m| (m["role"].as_str().unwrap().to_owned(), texts(m))).collect()
}

fn said(role: &str, texts: &[&str]) -> (String, Vec<String>) {
    (role.to_owned(), texts.iter().map(|text| (*text).to_owned()).collect())
}

/// A query whose first turn is inside a call that the host has been asked about.
async fn inside_a_call(bench: &Bench, options: Value) -> Query {
    let write = calls("c1", "Write", json!({ "file_path": bench.path("a"), "content": "x" }));
    bench.add_rules(json!([write]));
    let mut options = options;
    options["canUseTool"] = json!({ "$function": true });
    let query = bench.stream(options);
    query.push(&user("first")).unwrap();
    until(|| !bench.host.asked().is_empty()).await;
    query
}

#[tokio::test]
async fn loose_messages_are_taken_row_546() {
    let image = json!({ "type": "image", "source": { "type": "base64", "media_type": "image/png",
        "data": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" } });
    let table = [
        json!({ "type": "user", "message": { "content": "text" } }),
        json!({ "type": "user", "message": { "role": "user", "content": "text" }, "session_id": "" }),
        json!({ "type": "user", "message": { "role": "user", "content": "text" }, "session_id": "no uuid", "uuid": "" }),
        json!({ "type": "user", "message": { "role": "user", "content": "text" }, "parent_tool_use_id": null, "more": 1 }),
        json!({ "type": "user", "message": { "role": "user", "content": [{ "type": "text", "text": "text" }] } }),
        json!({ "type": "user", "message": { "role": "user", "content": [{ "type": "text", "text": " " }, { "type": "text", "text": "text" }] } }),
        json!({ "type": "user", "message": { "role": "user", "content": [image, { "type": "text", "text": "text" }] } }),
    ];
    for message in table {
        let bench = Bench::new(json!([says("ok")])).await;
        let query = bench.stream(json!({}));
        query.push(&message.to_string()).unwrap();
        query.end_input();
        assert_eq!(results(&soon(drain(&query)).await), ["ok"], "{message}");
        let texts = sent(&bench, 0).remove(0).1;
        assert_eq!(texts.last().map(String::as_str), Some("text"), "{message}");
        bench.api.assert_complete().unwrap();
    }
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_the_query_goes_on() {
    let bench = Bench::new(json!([says("ok")])).await;
    let query = bench.stream(json!({}));
    let table = [
        (json!({ "message": { "content": "x" } }), "type"),
        (json!({ "type": "assistant", "message": { "content": "x" } }), "type"),
        (json!({ "type": "user" }), "message"),
        (json!({ "type": "user", "message": { "role": "assistant", "content": "x" } }), "role"),
        (json!({ "type": "user", "message": {} }), "content"),
        (json!({ "type": "user", "message": { "content": 3 } }), "content"),
        (json!({ "type": "user", "message": { "content": "" } }), "empty"),
        (json!({ "type": "user", "message": { "content": " \n" } }), "empty"),
        (json!({ "type": "user", "message": { "content": [] } }), "empty"),
        (json!({ "type": "user", "message": { "content": [{ "type": "text", "text": "" }] } }), "empty"),
        (json!({ "type": "user", "message": { "content": [{ "type": "text" }] } }), "text"),
        (json!({ "type": "user", "message": { "content": [{}] } }), "type"),
        (
            json!({ "type": "user", "message": { "content": [{ "type": "tool_result", "tool_use_id": "x" }] } }),
            "tool_result",
        ),
        (json!({ "type": "user", "message": { "content": "x" }, "priority": "soon" }), "priority"),
        (json!({ "type": "user", "message": { "content": "x" }, "shouldQuery": "no" }), "shouldQuery"),
    ];
    for (message, word) in table {
        let error = query.push(&message.to_string()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidInput, "{message}");
        assert!(error.message.contains(word), "{message}: {}", error.message);
    }
    for text in ["{", "null", "7"] {
        assert_eq!(query.push(text).unwrap_err().kind, ErrorKind::InvalidInput, "{text}");
    }
    query.push(&user("text")).unwrap();
    query.end_input();
    assert_eq!(results(&soon(drain(&query)).await), ["ok"]);
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn a_message_joins_the_turn_at_its_next_step_row_26() {
    let bench = Bench::new(json!([])).await;
    bench.host.answer(|_| None);
    let query = inside_a_call(&bench, json!({})).await;
    bench.add_rules(json!([says("both"), says("later")]));
    query.push(&message("last", json!({ "priority": "later" }))).unwrap();
    query.push(&message("second", json!({ "priority": "next" }))).unwrap();
    query.push(&message("by the way", json!({ "shouldQuery": false }))).unwrap();
    query.push(&user("third")).unwrap();
    query.end_input();
    bench.host.decide(crate::support::host::allow());
    let messages = soon(drain(&query)).await;
    assert_eq!(results(&messages), ["both", "later"]);
    let queued: Vec<_> =
        messages.iter().filter(|m| m["type"] == "result").map(|m| m["queued_turn_count"].clone()).collect();
    assert_eq!(queued, [1, 0]);
    let sent = sent(&bench, 1);
    assert_eq!(sent[2..], [said("user", &["tool_result"]), said("user", &["second", "by the way", "third"])]);
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn a_message_that_comes_too_late_for_a_step_gets_a_turn_of_its_own_row_25() {
    let bench = Bench::new(json!([held("one"), says("two"), says("three")])).await;
    let query = bench.stream(json!({}));
    query.push(&user("first")).unwrap();
    soon(bench.api.wait_gate("g")).await;
    query.push(&message("third", json!({ "priority": "later" }))).unwrap();
    query.push(&user("second")).unwrap();
    query.end_input();
    bench.api.open_gate("g");
    let messages = soon(drain(&query)).await;
    assert_eq!(results(&messages), ["one", "two", "three"]);
    assert_eq!(
        sent(&bench, 2)[2..],
        [said("user", &["second"]), said("assistant", &["two"]), said("user", &["third"])]
    );
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn a_message_of_priority_now_interrupts_and_comes_first_row_26() {
    let bench = Bench::new(json!([held("never"), says("urgent"), says("second")])).await;
    let query = bench.stream(json!({}));
    query.push(&user("first")).unwrap();
    soon(bench.api.wait_gate("g")).await;
    query.push(&user("second")).unwrap();
    query.push(&message("at once", json!({ "priority": "now" }))).unwrap();
    query.end_input();
    let messages = soon(drain(&query)).await;
    assert_eq!(results(&messages), ["aborted_streaming", "urgent", "second"]);
    assert_eq!(sent(&bench, 1).last().unwrap(), &said("user", &["at once"]));
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn now_ends_a_call_that_runs_row_26() {
    let bench = Bench::new(json!([])).await;
    bench.host.answer(|_| None);
    let query = inside_a_call(&bench, json!({})).await;
    bench.add_rules(json!([says("urgent")]));
    // It asks for no turn, so there is nothing to make room for.
    query.push(&message("a note", json!({ "priority": "now", "shouldQuery": false }))).unwrap();
    query.push(&message("at once", json!({ "priority": "now" }))).unwrap();
    query.end_input();
    let messages = soon(drain(&query)).await;
    assert_eq!(results(&messages), ["aborted_tools", "urgent"]);
    assert_eq!(sent(&bench, 1).last().unwrap(), &said("user", &["a note", "at once"]));
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn a_message_that_asks_for_no_turn_goes_along_with_the_next_row_26() {
    let bench = Bench::new(json!([says("ok")])).await;
    let query = bench.stream(json!({}));
    query.push(&message("a fact", json!({ "shouldQuery": false, "uuid": "u1" }))).unwrap();
    query.push(&message("another", json!({ "shouldQuery": false, "uuid": "u2" }))).unwrap();
    assert_eq!(query.control(r#"{"type":"interrupt"}"#).unwrap(), json!({ "still_queued": ["u1", "u2"] }));
    query.push(&user("a question")).unwrap();
    let messages = soon(until_result(&query)).await;
    assert_eq!(results(&messages), ["ok"]);
    assert_eq!(sent(&bench, 0), [said("user", &["a fact", "another", "a question"])]);
    query.push(&message("for nobody", json!({ "shouldQuery": false }))).unwrap();
    query.end_input();
    assert_eq!(soon(next(&query)).await, None);
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn messages_to_a_text_prompt_are_read_while_it_runs_row_579() {
    let bench = Bench::new(json!([held("one"), says("two")])).await;
    let query = bench.query("first", json!({})).unwrap();
    soon(bench.api.wait_gate("g")).await;
    query.push(&user("second")).unwrap();
    bench.api.open_gate("g");
    assert_eq!(results(&soon(drain(&query)).await), ["one", "two"]);
    assert_eq!(query.push(&user("third")).unwrap_err().kind, ErrorKind::QueryClosed);
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn input_that_ends_at_once_ends_the_query_without_a_message() {
    let bench = Bench::new(json!([])).await;
    let query = bench.stream(json!({}));
    query.end_input();
    assert_eq!(soon(next(&query)).await, None);
    assert_eq!(query.push(&user("late")).unwrap_err().kind, ErrorKind::QueryClosed);
    assert!(bench.api.requests().is_empty());
}

#[tokio::test]
async fn pushed_messages_come_back_as_replays_when_asked_for_row_373_row_548() {
    for (flags, echoed) in [
        (json!({ "replay-user-messages": null }), true),
        (json!({ "--replay-user-messages": null }), true),
        (json!({}), false),
    ] {
        let bench = Bench::new(json!([])).await;
        bench.host.answer(|_| None);
        let query = inside_a_call(&bench, json!({ "extraArgs": flags })).await;
        bench.add_rules(json!([says("ok"), says("again")]));
        let id = "6f1f2a7e-4a8e-4c0e-9a55-0d7f6d1c2b3a";
        query.push(&message("joins", json!({ "uuid": id, "isSynthetic": true }))).unwrap();
        let blocks = json!([{ "type": "text", "text": "blocks" }]);
        query
            .push(
                &json!({ "type": "user", "priority": "later", "message": { "content": blocks } }).to_string(),
            )
            .unwrap();
        query.end_input();
        bench.host.decide(crate::support::host::allow());
        let messages = soon(drain(&query)).await;
        assert_eq!(results(&messages), ["ok", "again"]);
        let replays: Vec<_> = messages.iter().filter(|m| m["isReplay"] == true).collect();
        if !echoed {
            assert_eq!(replays, Vec::<&Value>::new());
            continue;
        }
        let contents: Vec<_> = replays.iter().map(|m| m["message"]["content"].clone()).collect();
        assert_eq!(contents, [json!("first"), json!("joins"), blocks]);
        assert_eq!((&replays[1]["uuid"], &replays[1]["isSynthetic"]), (&json!(id), &json!(true)));
        assert_eq!(replays[2]["priority"], "later");
        assert!(replays[0]["uuid"].as_str().is_some_and(|id| id.len() == 36));
        assert_eq!(kinds(&messages)[..3], ["system/init", "user", "assistant"]);
        // Every user message, tool results too, can be named (row 544).
        assert!(messages.iter().filter(|m| m["type"] == "user").all(|m| m["uuid"].is_string()));
    }
}

#[tokio::test]
async fn a_text_prompt_is_replayed_too_row_544() {
    let bench = Bench::new(json!([says("ok")])).await;
    let messages = bench.run("Hello.", json!({ "extraArgs": { "replay-user-messages": null } })).await;
    assert_eq!(kinds(&messages), ["system/init", "user", "assistant", "result/success"]);
    assert_eq!(
        (&messages[1]["message"]["content"], &messages[1]["isReplay"]),
        (&json!("Hello."), &json!(true))
    );
}

#[tokio::test]
async fn the_state_of_the_session_is_told_when_the_environment_asks_row_39() {
    for asked in [true, false] {
        let bench = Bench::new(json!([])).await;
        let write = calls("c1", "Write", json!({ "file_path": bench.path("a"), "content": "x" }));
        bench.add_rules(json!([write, says("one"), says("two")]));
        let env = if asked { json!({ "CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS": "1" }) } else { json!({}) };
        let query = bench.stream(json!({ "env": env, "canUseTool": { "$function": true } }));
        query.push(&user("first")).unwrap();
        query.push(&message("second", json!({ "priority": "later" }))).unwrap();
        query.end_input();
        let messages = soon(drain(&query)).await;
        let states: Vec<_> = messages
            .iter()
            .filter(|m| m["type"] == "result" || m["subtype"] == "session_state_changed")
            .map(|m| m["state"].as_str().unwrap_or("result"))
            .collect();
        if asked {
            assert_eq!(
                states,
                ["running", "requires_action", "running", "result", "running", "result", "idle"]
            );
        } else {
            assert_eq!(states, ["result", "result"]);
        }
    }
}

#[tokio::test]
async fn flags_of_extra_args_are_honoured_row_587() {
    let bench = Bench::new(json!([says("ok")])).await;
    let flags = json!({
        "model": "sonnet", "--max-turns": "3", "append-system-prompt": "Be brief.", "tools": "Read", "verbose": null,
        "include-partial-messages": null,
    });
    let messages = bench.run("Hi", json!({ "extraArgs": flags })).await;
    let init = only(&messages, "system/init");
    assert_eq!(init["tools"], json!(["Read"]));
    assert!(init["model"].as_str().unwrap().contains("sonnet"));
    assert!(messages.iter().any(|m| m["type"] == "stream_event"));
    assert_eq!(bench.body(0)["system"].as_array().unwrap().last().unwrap()["text"], "Be brief.");
    assert!(bench.host.logged().iter().any(|line| line.contains("`verbose`")));
    for (flags, kind) in [
        (json!({ "teleport": null }), ErrorKind::UnknownOption),
        (json!({ "max-turns": "many" }), ErrorKind::InvalidOption),
        (json!({ "dangerously-skip-permissions": "perhaps" }), ErrorKind::InvalidOption),
    ] {
        assert_eq!(bench.query("Hi", json!({ "extraArgs": flags })).err().unwrap().kind, kind, "{flags}");
    }
    assert_eq!(bench.api.requests().len(), 1);
}

#[tokio::test]
async fn what_the_api_will_not_take_does_not_spoil_the_next_message() {
    let image =
        json!({ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "AAAA" } });
    let text = json!({ "type": "text", "text": "the first" });
    // Content, status, error type, whether the message is taken back.
    let table = [
        (json!([text, image]), 400, "invalid_request_error", true),
        (json!([text]), 413, "request_too_large", true),
        (json!([text]), 400, "invalid_request_error", false),
        (json!([text]), 401, "authentication_error", false),
    ];
    for (content, status, kind, taken_back) in table {
        let refusal = json!({ "error": { "status": status, "type": kind, "message": "no" } });
        let bench = Bench::new(json!([])).await;
        let rule = json!([{ "when": { "request": 0 }, "reply": refusal }, says("ok")]);
        bench.add_rules(rule);
        let query = bench.stream(json!({ "env": { "CLAUDE_CODE_MAX_RETRIES": "0" } }));
        query.push(&json!({ "type": "user", "message": { "content": content } }).to_string()).unwrap();
        let failed = soon(until_result(&query)).await;
        assert_eq!(only(&failed, "result/success")["is_error"], true, "{status}");
        query.push(&user("the second")).unwrap();
        query.end_input();
        let messages = soon(drain(&query)).await;
        assert_eq!(results(&messages), ["ok"], "{content} {status}");
        let body = bench.body(1).to_string();
        assert_eq!(!body.contains("the first"), taken_back, "{content} {status}");
        assert!(body.contains("the second"));
    }
}

#[tokio::test]
async fn a_joined_message_that_the_api_will_not_take_is_taken_back_alone() {
    let bench = Bench::new(json!([])).await;
    bench.host.answer(|_| None);
    let query = inside_a_call(&bench, json!({ "env": { "CLAUDE_CODE_MAX_RETRIES": "0" } })).await;
    let refusal = json!({ "error": { "status": 413, "type": "request_too_large", "message": "no" } });
    bench.add_rules(json!([{ "reply": refusal }, says("ok")]));
    query.push(&user("too much")).unwrap();
    bench.host.decide(crate::support::host::allow());
    soon(until_result(&query)).await;
    query.push(&user("less")).unwrap();
    query.end_input();
    assert_eq!(results(&soon(drain(&query)).await), ["ok"]);
    assert_eq!(sent(&bench, 2)[2..], [said("user", &["tool_result"]), said("user", &["less"])]);
    bench.api.assert_complete().unwrap();
}
