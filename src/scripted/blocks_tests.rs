#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use serde_json::json;

use super::*;

/// The data of all events.
fn data(events: &BlockEvents) -> Vec<Value> {
    let text = std::str::from_utf8(&events.bytes).unwrap();
    let parse = |event: &str| {
        let (name, data) = event.split_once("\ndata: ").unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        assert_eq!(name, format!("event: {}", kind(&data)));
        data
    };
    text.trim_end().split("\n\n").map(parse).collect()
}

fn delta(index: usize, delta: Value) -> Value {
    json!({ "type": "content_block_delta", "index": index, "delta": delta })
}

#[test]
fn blocks_travel_as_the_api_sends_them() {
    let blocks = [
        json!({ "type": "thinking", "thinking": "hmm", "signature": "sig" }),
        json!({ "type": "text", "text": "añb", "citations": [{ "type": "char_location" }] }),
        json!({ "type": "tool_use", "id": "t", "name": "Read", "input": { "a": 1 } }),
        json!({ "type": "redacted_thinking", "data": "xx" }),
    ];
    let events = render(&blocks, 2);
    let start = |index: usize, block: Value| json!({ "type": "content_block_start", "index": index, "content_block": block });
    let stop = |index: usize| json!({ "type": "content_block_stop", "index": index });
    let expected = [
        start(0, json!({ "type": "thinking", "thinking": "", "signature": "" })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "hm" })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "m" })),
        delta(0, json!({ "type": "signature_delta", "signature": "sig" })),
        stop(0),
        start(1, json!({ "type": "text", "text": "" })),
        delta(1, json!({ "type": "text_delta", "text": "añ" })),
        delta(1, json!({ "type": "text_delta", "text": "b" })),
        delta(1, json!({ "type": "citations_delta", "citation": { "type": "char_location" } })),
        stop(1),
        start(2, json!({ "type": "tool_use", "id": "t", "name": "Read", "input": {} })),
        delta(2, json!({ "type": "input_json_delta", "partial_json": "" })),
        delta(2, json!({ "type": "input_json_delta", "partial_json": "{\"" })),
        delta(2, json!({ "type": "input_json_delta", "partial_json": "a\"" })),
        delta(2, json!({ "type": "input_json_delta", "partial_json": ":1" })),
        delta(2, json!({ "type": "input_json_delta", "partial_json": "}" })),
        stop(2),
        start(3, json!({ "type": "redacted_thinking", "data": "xx" })),
        stop(3),
    ];
    assert_eq!(data(&events), expected);
    assert_eq!(events.starts, [0, 5, 10, 17]);
    assert_eq!(events.ends.len(), expected.len());
    assert_eq!(events.ends.last(), Some(&events.bytes.len()));
}

#[test]
fn a_tool_without_arguments_sends_one_empty_delta() {
    let events = render(&[json!({ "type": "tool_use", "id": "t", "name": "Now", "input": {} })], 9);
    let deltas: Vec<Value> = data(&events).into_iter().filter(|d| kind(d) == "content_block_delta").collect();
    assert_eq!(deltas, [delta(0, json!({ "type": "input_json_delta", "partial_json": "" }))]);
}

#[test]
fn raw_input_streams_as_written_and_is_an_empty_object_when_whole() {
    let block = json!({ "type": "tool_use", "id": "t", "name": "Read", "rawInput": "{\"a\":" });
    let events = render(std::slice::from_ref(&block), 99);
    assert_eq!(data(&events)[2], delta(0, json!({ "type": "input_json_delta", "partial_json": "{\"a\":" })));
    assert_eq!(whole(&block), json!({ "type": "tool_use", "id": "t", "name": "Read", "input": {} }));
}

#[test]
fn a_repeated_text_is_that_many_deltas() {
    let block = json!({ "type": "text", "repeat": { "text": "ab\n", "times": 3 } });
    let events = render(std::slice::from_ref(&block), 1);
    let data = data(&events);
    assert_eq!(data.len(), 5);
    assert_eq!(data[1..4], vec![delta(0, json!({ "type": "text_delta", "text": "ab\n" })); 3]);
    assert_eq!(whole(&block), json!({ "type": "text", "text": "ab\nab\nab\n" }));
    let none = render(&[json!({ "type": "text", "repeat": { "text": "ab", "times": 0 } })], 1);
    assert_eq!(none.ends.len(), 2);
}

#[test]
fn ids_and_signatures_are_filled_in() {
    let blocks = [
        json!({ "type": "tool_use", "name": "Read", "input": {} }),
        json!({ "type": "thinking", "thinking": "a" }),
    ];
    let (one, two) = (complete(&blocks, 1), complete(&blocks, 2));
    assert_ne!(one[0]["id"], two[0]["id"]);
    assert_eq!(one[1]["signature"], two[1]["signature"]);
    assert!(!is_static(&blocks) && is_static(&one));
}
