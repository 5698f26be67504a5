#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

#[test]
fn an_output_of_the_same_shape_may_have_more_but_not_less_row_191() {
    let old = json!({ "stdout": "a", "code": 1, "nested": { "x": true } });
    for (new, fits) in [
        (json!({ "stdout": "b", "code": 2, "nested": { "x": false } }), true),
        (json!({ "stdout": "b", "code": 2, "nested": { "x": false }, "more": 1 }), true),
        (json!({ "stdout": "b", "code": 2 }), false),
        (json!({ "stdout": 1, "code": 2, "nested": { "x": false } }), false),
        (json!({ "stdout": "b", "code": 2, "nested": {} }), false),
        (json!("b"), false),
    ] {
        assert_eq!(same_shape(&old, &new), fits, "{new}");
    }
}

#[test]
fn the_model_sees_text_blocks_or_the_whole() {
    let blocks = json!([{ "type": "text", "text": "x" }]);
    for (output, expected) in [
        (json!("x"), json!("x")),
        (blocks.clone(), blocks.clone()),
        (json!({ "content": "x" }), json!("x")),
        (json!({ "content": blocks }), blocks.clone()),
        (json!({ "stdout": "x" }), json!("{\"stdout\":\"x\"}")),
        (json!([1]), json!("[1]")),
    ] {
        assert_eq!(content_of(&output), expected, "{output}");
    }
}

#[test]
fn a_long_error_loses_its_middle_row_192() {
    let text = format!("{}{}", "a".repeat(6000), "b".repeat(6000));
    let short = cut(&text);
    assert!(short.starts_with("aaa") && short.ends_with("bbb"));
    assert!(short.contains("\n[2000 characters left out]\n"), "{}", short.len());
    assert_eq!(cut("short"), "short");
}
