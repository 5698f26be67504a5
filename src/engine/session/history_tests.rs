#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;
use serde_json::{Value, json};

fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

fn text(text: &str) -> UserBlock {
    UserBlock::Other(raw(&json!({ "type": "text", "text": text })))
}

fn result(id: &str) -> UserBlock {
    UserBlock::ToolResult {
        tool_use_id: id.into(),
        json: tool_result(id, &json!(format!("result of {id}")), false).unwrap(),
    }
}

fn call(id: &str) -> AssistantBlock {
    let json = raw(&json!({ "type": "tool_use", "id": id, "name": "Read", "input": {} }));
    AssistantBlock { tool_use_id: Some(id.into()), empty_text: false, json }
}

fn messages(history: &History) -> Vec<Value> {
    history.segments().iter().map(|segment| serde_json::from_str(&segment.json).unwrap()).collect()
}

fn ids(message: &Value) -> Vec<String> {
    let of = |block: &Value| {
        block["tool_use_id"].as_str().or(block["text"].as_str()).unwrap_or_default().to_owned()
    };
    message["content"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn results_stand_first_and_in_the_order_asked() {
    let mut history = History::default();
    history.push_user(vec![text("go")]);
    history.push_assistant(&[call("a"), call("b"), call("c")]);
    history.push_user(vec![text("and"), result("c"), result("a"), result("b")]);
    assert_eq!(ids(&messages(&history)[2]), ["a", "b", "c", "and"]);
}

#[test]
fn an_open_call_is_answered_and_an_orphan_result_dropped() {
    let mut history = History::default();
    history.push_user(vec![text("go")]);
    history.push_assistant(&[call("a"), call("b")]);
    history.push_user(vec![result("b"), result("nobody asked")]);
    let message = &messages(&history)[2];
    assert_eq!(ids(message), ["a", "b"]);
    assert_eq!(message["content"][0]["is_error"], json!(true));
    assert_eq!(message["content"][1].get("is_error"), None);
}

#[test]
fn a_reply_after_an_open_call_finds_it_answered() {
    let mut history = History::default();
    history.push_assistant(&[call("a")]);
    history.push_assistant(&[call("b")]);
    assert_eq!(ids(&messages(&history)[1]), ["a"]);
}

#[test]
fn empty_texts_and_empty_messages_never_enter() {
    let mut history = History::default();
    history.push_user(vec![text("  \n")]);
    assert!(history.segments().is_empty());
    let empty = AssistantBlock {
        tool_use_id: None,
        empty_text: true,
        json: raw(&json!({ "type": "text", "text": "" })),
    };
    history.push_assistant(&[empty]);
    assert!(history.segments().is_empty());
    assert_eq!(history.bytes(), 0);
}

#[test]
fn the_mark_goes_into_the_last_block_unless_it_cannot_carry_one() {
    let mut history = History::default();
    history.push_user(vec![text("one"), text("two")]);
    let segment = &history.segments()[0];
    let at = segment.cache_at.unwrap();
    let marked = format!("{},\"cache_control\":{{}}{}", &segment.json[..at], &segment.json[at..]);
    let marked: Value = serde_json::from_str(&marked).unwrap();
    assert_eq!(marked["content"][1]["cache_control"], json!({}));

    let thinking = json!({ "type": "thinking", "thinking": "hm", "signature": "s" });
    history.push_assistant(&[AssistantBlock { tool_use_id: None, empty_text: false, json: raw(&thinking) }]);
    assert_eq!(history.segments()[1].cache_at, None);

    let own = json!({ "type": "text", "text": "x", "cache_control": { "type": "ephemeral" } });
    history.push_user(vec![UserBlock::Other(raw(&own))]);
    assert_eq!(history.segments()[2].cache_at, None);
}

#[test]
fn blocks_enter_byte_for_byte() {
    let mut history = History::default();
    let odd = "{\"type\":\"thinking\" , \"thinking\":\"\\u00e9\",\"signature\":\"x==\"}";
    let json = RawValue::from_string(odd.to_owned()).unwrap();
    history.push_assistant(&[AssistantBlock { tool_use_id: None, empty_text: false, json }]);
    assert!(history.segments()[0].json.contains(odd));
}

#[test]
fn what_is_taken_back_leaves_no_trace() {
    let mut history = History::default();
    history.push_user(vec![text("go")]);
    history.push_assistant(&[call("a")]);
    history.push_user(vec![result("a")]);
    let (before, bytes) = (messages(&history), history.bytes());
    history.push_user(vec![text("too much")]);
    assert!(!history.segments()[3].has_media() && history.segments()[1].has_media());
    history.truncate(3);
    history.truncate(9);
    assert_eq!((messages(&history), history.bytes()), (before, bytes));
}
