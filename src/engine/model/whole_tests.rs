#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::model::{Accumulator, BlockKind, Event};

fn reply(events: Vec<Result<StreamEvent, ApiFailure>>) -> super::super::Reply {
    let mut accumulator = Accumulator::default();
    for event in events {
        accumulator.push(&event.unwrap().event).unwrap();
    }
    accumulator.finish().unwrap()
}

fn message() -> Value {
    json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "container": { "id": "c" },
        "content": [
            { "type": "thinking", "thinking": "hm", "signature": "s" },
            { "type": "text", "text": "hello", "citations": [{ "n": 1 }] },
            { "type": "tool_use", "id": "t1", "name": "Read", "input": { "a": 1 } },
            { "type": "web_search_tool_result", "tool_use_id": "x", "content": [] },
        ],
        "stop_reason": "tool_use", "stop_sequence": null, "usage": { "input_tokens": 1, "output_tokens": 2 } })
}

#[test]
fn a_whole_message_becomes_events_and_the_same_message() {
    let events = events(message().to_string().as_bytes()).unwrap();
    let plain: Vec<_> =
        events.iter().filter_map(|e| e.as_ref().unwrap().plain_delta()).map(|d| d.2).collect();
    assert_eq!(plain, ["hm", "hello", "{\"a\":1}"]);
    let reply = reply(events);
    let blocks: Vec<Value> =
        reply.blocks.iter().map(|b| serde_json::from_str(b.json.get()).unwrap()).collect();
    assert_eq!(Value::Array(blocks), message()["content"]);
    assert_eq!(reply.stop_reason.as_deref(), Some("tool_use"));
    assert_eq!(Value::Object(reply.usage), message()["usage"]);
    assert_eq!(Value::Object(reply.extra), json!({ "container": { "id": "c" } }));
    assert!(
        matches!(&reply.blocks[2].kind, BlockKind::ToolUse { input: Ok(input), .. } if *input == json!({ "a": 1 }))
    );
}

#[test]
fn a_stream_under_a_wrong_type_is_read() {
    let text: String = events(message().to_string().as_bytes())
        .unwrap()
        .into_iter()
        .map(|e| format!("data: {}\n\n", e.unwrap().raw))
        .collect();
    assert_eq!(reply(events(text.as_bytes()).unwrap()).blocks.len(), 4);

    let cut = events(&text.as_bytes()[..text.len() / 2]).unwrap();
    let last = cut.last().unwrap().as_ref().unwrap_err();
    assert_eq!((last.kind, last.partial), (FailureKind::Connection, true));

    let broken =
        events(format!("{}data: x\n\n", &text[..text.find("\n\n").unwrap() + 2]).as_bytes()).unwrap();
    assert!(matches!(broken[0].as_ref().unwrap().event, Event::MessageStart(_)));
    let last = broken[1].as_ref().unwrap_err();
    assert_eq!((last.kind, last.partial), (FailureKind::Garbage, true));
}

#[test]
fn other_answers_are_garbage_or_the_failure_they_hold() {
    for (body, kind) in [
        ("", FailureKind::Garbage),
        ("<html>Sign in</html>", FailureKind::Garbage),
        ("{\"type\":\"message\"", FailureKind::Garbage),
        ("{}", FailureKind::Garbage),
        ("{\"type\":\"message\",\"content\":\"text\"}", FailureKind::Garbage),
        ("{\"object\":\"chat.completion\",\"content\":[]}", FailureKind::Garbage),
        ("{\"type\":\"message\",\"content\":[{\"text\":\"a\"}]}", FailureKind::Garbage),
        (
            "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}",
            FailureKind::Overloaded,
        ),
    ] {
        assert_eq!(events(body.as_bytes()).unwrap_err().kind, kind, "{body}");
    }
    let page = events(b"<html>Sign   in</html>").unwrap_err();
    assert_eq!(
        page.message,
        "the answer is no reply of the Messages API; it begins: \"<html>Sign in</html>\""
    );
}
