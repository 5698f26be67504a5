#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

#[test]
fn fields_of_the_input_are_filled_in() {
    let told = json!({ "tool_name": "Write", "tool_input": { "file_path": "/a b", "n": 3 } });
    for (written, wanted) in [
        (json!("${tool_input.file_path}"), json!("/a b")),
        (json!("${tool_input}"), told["tool_input"].clone()),
        (json!("${tool_input.n}"), json!(3)),
        (json!("${none.at.all}"), json!(null)),
        (json!("${tool_name} of ${tool_input.n}${none}!"), json!("Write of 3!")),
        (json!("${open"), json!("${open")),
        (json!({ "a": ["${tool_name}", 1, true, null] }), json!({ "a": ["Write", 1, true, null] })),
    ] {
        assert_eq!(filled(&written, &told), wanted, "{written}");
    }
}

#[test]
fn a_text_is_an_output_or_context() {
    let context = |text: &str, event| match answer(text, event).unwrap() {
        Answer::Output(output) => output.specific.additional_context,
        Answer::Background => panic!("background"),
    };
    assert_eq!(context("hello", HookEvent::UserPromptSubmit).as_deref(), Some("hello"));
    assert_eq!(context("hello", HookEvent::PreToolUse), None);
    assert_eq!(context("", HookEvent::SessionStart), None);
    assert!(answer("{", HookEvent::PreToolUse).is_err());
}
