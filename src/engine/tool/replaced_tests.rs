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
fn the_model_sees_text_or_the_whole() {
    for (output, expected) in [
        (json!("x"), "x"),
        (json!({ "content": "x" }), "x"),
        (json!({ "stdout": "x" }), "{\"stdout\":\"x\"}"),
        (json!([1]), "[1]"),
    ] {
        assert_eq!(as_text(&output), expected, "{output}");
    }
}
