#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

fn event(text: &str) -> StreamEvent {
    StreamEvent::parse(text.into()).unwrap().unwrap()
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn plain_deltas_travel_as_tuples() {
    for (kind, field, expected) in [
        ("text_delta", "text", DeltaKind::Text),
        ("thinking_delta", "thinking", DeltaKind::Thinking),
        ("input_json_delta", "partial_json", DeltaKind::InputJson),
    ] {
        let raw = format!(
            r#"{{"type":"content_block_delta","index":3,"delta":{{"type":"{kind}","{field}":"a\n\"ü\u00e4\""}}}}"#
        );
        let parsed = event(&raw);
        assert_eq!(parsed.plain_delta(), Some((3, expected, "a\n\"üä\"")));
        assert_eq!(&*parsed.raw, raw);
    }
}

#[test]
fn deltas_that_a_tuple_would_lose_are_not_plain() {
    for raw in [
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"},"extra":1}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a","extra":null}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a","thinking":"b"}}"#,
    ] {
        let parsed = event(raw);
        assert_eq!(parsed.event, Event::Delta { index: 0, delta: Delta::Text("a".into()) }, "{raw}");
        assert_eq!(parsed.plain_delta(), None, "{raw}");
        assert_eq!(&*parsed.raw, raw);
    }
    let signature = event(
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}"#,
    );
    assert_eq!(signature.event, Event::Delta { index: 0, delta: Delta::Signature("s".into()) });
    assert_eq!(signature.plain_delta(), None);
}

#[test]
fn a_known_delta_with_a_wrong_value_is_kept_whole() {
    let parsed = event(r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":7}}"#);
    let fields = map(json!({ "type": "text_delta", "text": 7 }));
    assert_eq!(parsed.event, Event::Delta { index: 0, delta: Delta::Other(fields) });
}

#[test]
fn message_events_keep_what_is_not_known() {
    let parsed = event(
        r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],
            "stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3},"container":{"id":"c"}}}"#,
    );
    assert_eq!(
        parsed.event,
        Event::MessageStart(MessageStart {
            id: "msg_1".into(),
            model: "m".into(),
            usage: map(json!({ "input_tokens": 3 })),
            extra: map(json!({ "container": { "id": "c" } })),
        })
    );
    let parsed = event(
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"container":1},
            "usage":{"output_tokens":9},"context_management":{"applied_edits":[]}}"#,
    );
    assert_eq!(
        parsed.event,
        Event::MessageDelta {
            stop_reason: Some("end_turn".into()),
            stop_sequence: None,
            usage: map(json!({ "output_tokens": 9 })),
            other: map(json!({ "container": 1, "context_management": { "applied_edits": [] } })),
        }
    );
}

#[test]
fn unknown_types_are_not_fatal_and_pings_vanish() {
    assert_eq!(event(r#"{"type":"news","x":1}"#).event, Event::Unknown("news".into()));
    assert_eq!(StreamEvent::parse(r#"{"type":"ping"}"#.into()), Ok(None));
    assert_eq!(event(r#"{"type":"message_stop"}"#).event, Event::MessageStop);
    assert_eq!(event(r#"{"index":4,"type":"content_block_stop"}"#).event, Event::BlockStop { index: 4 });
}

#[test]
fn error_events_are_failures() {
    let raw =
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}"#;
    let failure = StreamEvent::parse(raw.into()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Overloaded);
    assert_eq!(failure.message, "Overloaded");
    assert_eq!(failure.request_id.as_deref(), Some("req_1"));
}

#[test]
fn garbage_is_told_apart() {
    for raw in [
        "",
        "nonsense",
        "[]",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"content_block_delta","delta":{}}"#,
        r#"{"type":"content_block_delta","index":-1,"delta":{"type":"text_delta","text":""}}"#,
        r#"{"type":"content_block_start","index":0}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{}}"#,
        r#"{"type":"message_start"}"#,
    ] {
        assert_eq!(StreamEvent::parse(raw.into()).unwrap_err().kind, FailureKind::Garbage, "{raw}");
    }
}

/// The two fast ways and the slow one must say the same about every text.
#[test]
fn the_fast_ways_agree_with_the_slow_one() {
    let head = r#"{"type":"content_block_delta","index":"#;
    for (tail, usual) in [
        (r#"0,"delta":{"type":"text_delta","text":"Hello"}}"#, true),
        (r#"12,"delta":{"type":"text_delta","text":""}      }"#, true),
        (r#"1,"delta":{"type":"thinking_delta","thinking":"é€😀 }} \" \\ \u00e9 \ud83d\ude00 \n"}}"#, true),
        (r#"1,"delta":{"type":"input_json_delta","partial_json":"{\"a\\\\\": \"b\"}"}}"#, true),
        (r#"1,"delta":{"type":"text_delta","text":"a" }}"#, false),
        (r#"1, "delta":{"type":"text_delta","text":"a"}}"#, false),
        (r#"1,"delta":{"text":"a","type":"text_delta"}}"#, false),
    ] {
        let raw = format!("{head}{tail}");
        assert_eq!(parse_usual(&raw).is_some(), usual, "{raw}");
        let slow = parse_any(&raw).unwrap();
        assert!(slow.is_some());
        assert_eq!(parse_plain(&raw), slow, "{raw}");
        assert_eq!(event(&raw).event, slow.unwrap(), "{raw}");
        assert!(event(&raw).plain_delta().is_some(), "{raw}");
    }
    for tail in [
        r#"+1,"delta":{"type":"text_delta","text":"a"}}"#,
        r#"01,"delta":{"type":"text_delta","text":"a"}}"#,
        r#","delta":{"type":"text_delta","text":"a"}}"#,
        r#"99999999999999999999999,"delta":{"type":"text_delta","text":"a"}}"#,
        r#"1,"delta":{"type":"text_delta","text":"a"}"#,
        r#"1,"delta":{"type":"text_delta","text":"a"}}}"#,
        r#"1,"delta":{"type":"text_delta","text":"a"}} x"#,
        r#"1,"delta":{"type":"text_delta","text":"\q"}}"#,
        r#"1,"delta":{"type":"text_delta","text":"\ud800"}}"#,
        r#"1,"delta":{"type":"text_delta","text":"a\"#,
        r#"1,"delta":{"type":"text_delta","text":"a"#,
        "1,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\nb\"}}",
    ] {
        let raw = format!("{head}{tail}");
        assert!(parse_usual(&raw).is_none(), "{raw}");
        assert_eq!(StreamEvent::parse(raw.into()).unwrap_err().kind, FailureKind::Garbage, "{tail}");
    }
}

#[test]
fn ends_are_read_the_fast_way_only_as_they_are_written() {
    for raw in [
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_stop","index":12      }"#,
        r#"{"type":"message_stop"}"#,
    ] {
        assert_eq!(parse_end(raw), parse_any(raw).unwrap(), "{raw}");
        assert!(parse_end(raw).is_some(), "{raw}");
    }
    for raw in [
        r#"{"type":"content_block_stop","index":01}"#,
        r#"{"type":"content_block_stop","index":}"#,
        r#"{"type":"content_block_stop","index":0,"more":1}"#,
        r#"{"type":"content_block_stop","index":0}}"#,
        r#"{"type":"content_block_stop","index":0"#,
        r#"{"type":"message_stop","more":1}"#,
        r#"{"type":"message_stop"}}"#,
    ] {
        assert_eq!(parse_end(raw), None, "{raw}");
    }
}
