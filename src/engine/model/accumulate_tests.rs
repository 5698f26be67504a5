#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::model::StreamEvent;
use serde_json::json;

fn event(value: &Value) -> Event {
    StreamEvent::parse(value.to_string().into()).unwrap().unwrap().event
}

fn head() -> Value {
    json!({ "type": "message_start", "message": { "id": "msg_1", "type": "message", "role": "assistant", "model": "m",
        "content": [], "usage": { "input_tokens": 5, "output_tokens": 1, "cache_read_input_tokens": 2 } } })
}

fn tail(reason: &str) -> [Value; 2] {
    [
        json!({ "type": "message_delta", "delta": { "stop_reason": reason, "stop_sequence": null },
            "usage": { "output_tokens": 9, "input_tokens": null } }),
        json!({ "type": "message_stop" }),
    ]
}

fn block(index: usize, start: &Value, deltas: &[Value]) -> Vec<Value> {
    let mut events = vec![json!({ "type": "content_block_start", "index": index, "content_block": start })];
    events
        .extend(deltas.iter().map(|d| json!({ "type": "content_block_delta", "index": index, "delta": d })));
    events.push(json!({ "type": "content_block_stop", "index": index }));
    events
}

fn fed(events: &[Value]) -> Result<Accumulator, ApiFailure> {
    let mut accumulator = Accumulator::default();
    for value in events {
        accumulator.push(&event(value))?;
    }
    Ok(accumulator)
}

/// Kind and JSON of the one block that these events make.
fn one(start: &Value, deltas: &[Value]) -> (BlockKind, Value) {
    let mut events = vec![head()];
    events.extend(block(0, start, deltas));
    events.extend(tail("end_turn"));
    let mut reply = fed(&events).unwrap().finish().unwrap();
    assert_eq!(reply.blocks.len(), 1);
    let block = reply.blocks.remove(0);
    (block.kind, serde_json::from_str(block.json.get()).unwrap())
}

#[test]
fn a_reply_is_put_together() {
    let mut events = vec![head()];
    events.extend(block(0, &json!({ "type": "text", "text": "" }), &[]));
    events.extend(tail("end_turn"));
    let reply = fed(&events).unwrap().finish().unwrap();
    assert_eq!((reply.id.as_str(), reply.model.as_str()), ("msg_1", "m"));
    assert_eq!(reply.stop_reason.as_deref(), Some("end_turn"));
    assert_eq!(reply.stop_sequence, None);
    let usage = json!({ "input_tokens": 5, "output_tokens": 9, "cache_read_input_tokens": 2 });
    assert_eq!(Value::Object(reply.usage), usage);
}

#[test]
fn blocks_of_every_kind() {
    let text = |t: &str| json!({ "type": "text_delta", "text": t });
    let thought = |t: &str| json!({ "type": "thinking_delta", "thinking": t });
    let signature = json!({ "type": "signature_delta", "signature": "sig" });
    let piece = |t: &str| json!({ "type": "input_json_delta", "partial_json": t });
    let citation = |n: u32| json!({ "type": "citations_delta", "citation": { "n": n } });
    let call = json!({ "type": "tool_use", "id": "t1", "name": "Read", "input": {}, "caller": { "type": "direct" } });
    let used = |input| BlockKind::ToolUse { id: "t1".into(), name: "Read".into(), input };
    let call_json = |input: Value| json!({ "type": "tool_use", "id": "t1", "name": "Read", "input": input, "caller": { "type": "direct" } });
    for (start, deltas, kind, expected) in [
        (
            json!({ "type": "text", "text": "a", "citations": null }),
            vec![text("b"), citation(1), text("c"), citation(2)],
            BlockKind::Text("abc".into()),
            json!({ "type": "text", "text": "abc", "citations": [{ "n": 1 }, { "n": 2 }] }),
        ),
        (
            json!({ "type": "thinking", "thinking": "", "signature": "" }),
            vec![thought("x"), thought("y"), signature],
            BlockKind::Thinking,
            json!({ "type": "thinking", "thinking": "xy", "signature": "sig" }),
        ),
        (
            json!({ "type": "redacted_thinking", "data": "AAA=" }),
            vec![],
            BlockKind::RedactedThinking,
            json!({ "type": "redacted_thinking", "data": "AAA=" }),
        ),
        (
            call.clone(),
            vec![piece(""), piece("{\"a\""), piece(": [1.50, {\"b\":null}]}")],
            used(Ok(json!({ "a": [1.5, { "b": null }] }))),
            call_json(json!({ "a": [1.5, { "b": null }] })),
        ),
        (call.clone(), vec![], used(Ok(json!({}))), call_json(json!({}))),
        (call.clone(), vec![piece("{\"a\":")], used(Err("{\"a\":".into())), call_json(json!({}))),
        (call, vec![piece("[1]")], used(Err("[1]".into())), call_json(json!({}))),
        (
            json!({ "type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}, "new": 1 }),
            vec![piece("{\"query\":\"x\"}")],
            BlockKind::ServerTool,
            json!({ "type": "server_tool_use", "id": "s1", "name": "web_search", "input": { "query": "x" }, "new": 1 }),
        ),
        (
            json!({ "type": "web_search_tool_result", "tool_use_id": "s1", "content": [{ "encrypted_content": "e" }] }),
            vec![],
            BlockKind::ServerTool,
            json!({ "type": "web_search_tool_result", "tool_use_id": "s1", "content": [{ "encrypted_content": "e" }] }),
        ),
        (
            json!({ "type": "compaction", "content": null }),
            vec![
                json!({ "type": "compaction_delta", "content": "sum" }),
                json!({ "type": "compaction_delta", "content": "mary", "n": 2 }),
            ],
            BlockKind::Other("compaction".into()),
            json!({ "type": "compaction", "content": "summary", "n": 2 }),
        ),
        (
            json!({ "type": "novel", "text": "a" }),
            vec![text("b")],
            BlockKind::Other("novel".into()),
            json!({ "type": "novel", "text": "ab" }),
        ),
    ] {
        assert_eq!(one(&start, &deltas), (kind, expected), "{start}");
    }
}

#[test]
fn the_order_of_fields_is_kept() {
    let start = json!({ "type": "tool_use", "id": "t1", "name": "n", "input": {}, "z": 1, "a": 2 });
    let mut events = vec![head()];
    events.extend(block(
        0,
        &start,
        &[json!({ "type": "input_json_delta", "partial_json": "{\"z\":1,\"a\":2}" })],
    ));
    events.extend(tail("tool_use"));
    let reply = fed(&events).unwrap().finish().unwrap();
    assert_eq!(
        reply.blocks[0].json.get(),
        r#"{"type":"tool_use","id":"t1","name":"n","input":{"z":1,"a":2},"z":1,"a":2}"#
    );
}

#[test]
fn interleaved_blocks_come_out_in_order_of_index() {
    let mut events = vec![head()];
    events.extend(block(1, &json!({ "type": "text", "text": "one" }), &[]));
    events.extend(block(0, &json!({ "type": "text", "text": "zero" }), &[]));
    events.extend(tail("end_turn"));
    let kinds: Vec<_> = fed(&events).unwrap().finish().unwrap().blocks.into_iter().map(|b| b.kind).collect();
    assert_eq!(kinds, [BlockKind::Text("zero".into()), BlockKind::Text("one".into())]);
}

#[test]
fn late_message_fields_are_kept() {
    let events = [
        head(),
        json!({ "type": "novelty" }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "stop_sequence", "stop_sequence": "END", "container": 1 },
            "usage": {}, "context_management": { "applied_edits": [] } }),
        json!({ "type": "message_delta", "delta": { "stop_reason": null }, "usage": {} }),
        json!({ "type": "message_stop" }),
    ];
    let reply = fed(&events).unwrap().finish().unwrap();
    assert_eq!(
        (reply.stop_reason.as_deref(), reply.stop_sequence.as_deref()),
        (Some("stop_sequence"), Some("END"))
    );
    let extra = json!({ "container": 1, "context_management": { "applied_edits": [] } });
    assert_eq!(Value::Object(reply.extra), extra);
}

#[test]
fn events_that_do_not_fit_are_garbage() {
    let start = |index| json!({ "type": "content_block_start", "index": index, "content_block": { "type": "text", "text": "" } });
    let delta =
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": "" } });
    let stop = json!({ "type": "content_block_stop", "index": 0 });
    for events in [
        vec![start(0)],
        vec![head(), head()],
        vec![head(), delta.clone()],
        vec![head(), stop.clone()],
        vec![head(), start(0), start(0)],
        vec![head(), start(0), stop.clone(), start(0)],
        vec![head(), start(0), stop.clone(), stop.clone()],
        vec![
            head(),
            json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "tool_use", "id": "x" } }),
            stop,
        ],
        vec![json!({ "type": "message_stop" })],
    ] {
        assert_eq!(fed(&events).unwrap_err().kind, FailureKind::Garbage, "{events:?}");
    }
}

#[test]
fn a_reply_without_its_end_is_a_broken_connection() {
    let failure = fed(&[head()]).unwrap().finish().unwrap_err();
    assert_eq!((failure.kind, failure.partial), (FailureKind::Connection, true));
    let failure = fed(&[]).unwrap().finish().unwrap_err();
    assert_eq!((failure.kind, failure.partial), (FailureKind::Connection, false));
}

#[test]
fn a_stop_of_the_message_ends_its_blocks() {
    let mut events = vec![head()];
    events.extend(block(0, &json!({ "type": "text", "text": "a" }), &[]));
    events.pop();
    events.extend(tail("end_turn"));
    let reply = fed(&events).unwrap().finish().unwrap();
    assert_eq!(reply.blocks[0].kind, BlockKind::Text("a".into()));
}

#[test]
fn an_abandoned_reply_keeps_what_can_be_used() {
    let call = json!({ "type": "tool_use", "id": "t1", "name": "n", "input": {} });
    let mut events = vec![head()];
    events.extend(block(0, &json!({ "type": "thinking", "thinking": "signed", "signature": "s" }), &[]));
    events.extend(block(1, &json!({ "type": "thinking", "thinking": "unsigned", "signature": "" }), &[]));
    events.extend(block(2, &call, &[]));
    let open = |index, start: &Value, delta: Value| {
        let mut events = block(index, start, &[delta]);
        events.pop();
        events
    };
    events.extend(open(
        3,
        &json!({ "type": "text", "text": "" }),
        json!({ "type": "text_delta", "text": "par" }),
    ));
    events.extend(open(4, &call, json!({ "type": "input_json_delta", "partial_json": "{}" })));
    events.extend(open(
        5,
        &json!({ "type": "thinking", "thinking": "", "signature": "" }),
        json!({ "type": "signature_delta", "signature": "s" }),
    ));
    events.extend(open(
        6,
        &json!({ "type": "text", "text": "" }),
        json!({ "type": "text_delta", "text": "" }),
    ));
    let reply = fed(&events).unwrap().abandon();
    let kinds: Vec<_> = reply.blocks.iter().map(|b| b.kind.clone()).collect();
    let used = BlockKind::ToolUse { id: "t1".into(), name: "n".into(), input: Ok(json!({})) };
    assert_eq!(kinds, [BlockKind::Thinking, used, BlockKind::Text("par".into())]);
    assert_eq!(reply.blocks[2].json.get(), r#"{"type":"text","text":"par"}"#);
    assert_eq!((reply.id.as_str(), reply.stop_reason), ("msg_1", None));
    assert!(Accumulator::default().abandon().blocks.is_empty());
}
