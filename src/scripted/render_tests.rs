#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn ask(reply: Value, stream: bool) -> Answer {
    let reply = Reply::try_from(reply).unwrap();
    let completed = match &reply {
        Reply::Content(content) => blocks::complete(&content.content, 7),
        Reply::Error(_) | Reply::Events(_) | Reply::Raw(_) => Vec::new(),
    };
    let asked = Asked {
        stream,
        model: "claude-x",
        input: InputTokens { uncached: 10, read: 5, ..InputTokens::default() },
        serial: 7,
        request_id: "req_1",
        pace: None,
    };
    answer(&reply, &Rendered::new(), &completed, &asked)
}

fn text(answer: &Answer) -> String {
    let bytes: Vec<u8> = answer
        .steps
        .iter()
        .flat_map(|step| if let Step::Bytes(bytes) = step { bytes.to_vec() } else { Vec::new() })
        .collect();
    String::from_utf8(bytes).unwrap()
}

fn data(answer: &Answer) -> Vec<Value> {
    let text = text(answer);
    text.lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|d| serde_json::from_str(d).unwrap())
        .collect()
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_streamed_message_has_the_events_of_the_api() {
    let answer = ask(json!({ "content": [{ "type": "text", "text": "Hello there" }] }), true);
    let data = data(&answer);
    let kinds: Vec<&str> = data.iter().map(blocks::kind).collect();
    assert_eq!(
        kinds,
        [
            "message_start",
            "ping",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop"
        ]
    );
    let start = &data[0]["message"];
    assert_eq!(start["id"], "msg_scripted_000007");
    assert_eq!(start["model"], "claude-x");
    assert_eq!(start["content"], json!([]));
    assert_eq!((&start["stop_reason"], &start["usage"]["output_tokens"]), (&Value::Null, &json!(1)));
    assert_eq!(
        (&start["usage"]["input_tokens"], &start["usage"]["cache_read_input_tokens"]),
        (&json!(10), &json!(5))
    );
    assert_eq!(data[5]["delta"], json!({ "stop_reason": "end_turn", "stop_sequence": null }));
    assert_eq!(data[5]["usage"]["output_tokens"], 2);
    assert_eq!(header(&answer, "content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(answer.steps.len(), 1);
}

#[test]
fn an_unstreamed_message_is_one_json() {
    let reply = json!({
        "content": [{ "type": "tool_use", "name": "Read", "input": { "a": 1 } }],
        "usage": { "input_tokens": 99, "output_tokens": 4 },
        "headers": { "Anthropic-Ratelimit-Tokens-Remaining": "1" },
    });
    let answer = ask(reply, false);
    let message: Value = serde_json::from_str(&text(&answer)).unwrap();
    assert_eq!(message["stop_reason"], "tool_use");
    assert_eq!(message["content"][0]["input"], json!({ "a": 1 }));
    assert_eq!(message["content"][0]["id"], "toolu_scripted_000007_00");
    assert_eq!(
        (&message["usage"]["input_tokens"], &message["usage"]["output_tokens"]),
        (&json!(99), &json!(4))
    );
    assert_eq!(header(&answer, "content-type"), Some("application/json"));
    assert_eq!(header(&answer, "anthropic-ratelimit-tokens-remaining"), Some("1"));
}

#[test]
fn errors_have_the_shape_of_the_api() {
    let answer = ask(json!({ "error": { "status": 529, "headers": { "retry-after": "3" } } }), true);
    let body: Value = serde_json::from_str(&text(&answer)).unwrap();
    let error = json!({ "type": "overloaded_error", "message": "Overloaded" });
    assert_eq!(body, json!({ "type": "error", "error": error, "request_id": "req_1" }));
    assert_eq!((answer.status, header(&answer, "retry-after")), (529, Some("3")));
    let html = ask(json!({ "error": { "status": 502, "body": "<html>" } }), true);
    assert_eq!((text(&html).as_str(), header(&html, "content-type")), ("<html>", None));
}

#[test]
fn events_and_raw_answers_go_out_as_given() {
    let reply = json!({ "events": [{ "data": { "type": "ping" } }, { "event": "x", "data": "y" }, { "raw": "data: {\n\n" }] });
    let events = ask(reply, false);
    assert_eq!(
        text(&events),
        "event: ping\ndata: {\"type\":\"ping\"}\n\nevent: x\ndata: \"y\"\n\ndata: {\n\n"
    );
    let raw = ask(json!({ "raw": { "status": 204, "headers": { "X-A": "b" }, "body": { "a": 1 } } }), false);
    assert_eq!((raw.status, text(&raw).as_str()), (204, "{\"a\":1}"));
    assert_eq!((header(&raw, "x-a"), header(&raw, "content-type")), (Some("b"), Some("application/json")));
}

/// How many events stand before each gate of a streamed reply.
fn gates(answer: &Answer) -> Vec<(usize, &str)> {
    let mut events = 0;
    let mut gates = Vec::new();
    for step in &answer.steps {
        match step {
            Step::Bytes(_) => events += 1,
            Step::Gate(name) => gates.push((events, name.as_str())),
            Step::Flush | Step::Delay(_) | Step::Abort => {}
        }
    }
    gates
}

#[test]
fn gates_stand_where_the_scenario_says() {
    let gate = |at: Value, name: &str| json!({ "at": at, "name": name });
    let reply = json!({
        "content": [{ "type": "text", "text": "aabb" }, { "type": "text", "text": "cc" }],
        "chunk": 2,
        "gates": [
            gate(json!("start"), "start"),
            gate(json!("message_start"), "ms"),
            gate(json!(0), "b0"),
            gate(json!({ "block": 0, "delta": 1 }), "d1"),
            gate(json!({ "event": 5 }), "e5"),
            gate(json!(1), "b1"),
            gate(json!("end"), "end"),
            gate(json!(8), "late"),
        ],
    });
    // message_start ping | start aa bb stop | start cc stop | message_delta message_stop
    let streamed = ask(reply.clone(), true);
    assert_eq!(
        gates(&streamed),
        [(1, "ms"), (2, "b0"), (4, "d1"), (5, "e5"), (6, "b1"), (9, "end"), (9, "late")]
    );
    assert_eq!(streamed.start_gates, ["start"]);
    let whole = ask(reply, false);
    assert_eq!(gates(&whole).len(), 7);
    assert!(gates(&whole).iter().all(|(before, _)| *before == 0));
}

#[test]
fn a_static_reply_is_rendered_once() {
    let reply = Reply::try_from(json!({ "content": [{ "type": "text", "text": "Hi" }] })).unwrap();
    let rendered = Rendered::new();
    let asked = Asked {
        stream: true,
        model: "m",
        input: InputTokens::default(),
        serial: 1,
        request_id: "r",
        pace: None,
    };
    let Reply::Content(content) = &reply else { panic!("a content reply") };
    let first = answer(&reply, &rendered, &content.content, &asked);
    // The second time the blocks are not needed any more.
    let second = answer(&reply, &rendered, &[], &asked);
    assert_eq!(first.steps, second.steps);
}
