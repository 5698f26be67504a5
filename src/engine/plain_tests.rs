#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::plain;
use crate::engine::message::control::ControlRequest;
use serde_json::{Value, json};

#[test]
fn no_word_of_rust_reaches_a_caller() {
    for (value, said) in [
        (json!({ "type": "set_permission_mode" }), "`mode` is missing"),
        (
            json!({ "type": "set_max_thinking_tokens", "value": "5" }),
            "\"5\" was given, it must be a whole number of at least 0",
        ),
        (
            json!({ "type": "set_max_thinking_tokens", "value": -1 }),
            "`-1` was given, it must be a whole number of at least 0",
        ),
        (json!({ "type": "set_model", "model": {} }), "an object was given, it must be a string"),
        (
            json!({ "type": "apply_flag_settings", "settings": [] }),
            "an array was given, it must be an object",
        ),
        (json!({ "type": "get_context_usage", "details": true }), "there is no member `details`"),
    ] {
        let error = serde_json::from_value::<ControlRequest>(value.clone()).expect_err(&value.to_string());
        assert_eq!(plain(&error), said, "{value}");
    }
    let mode = json!({ "type": "set_permission_mode", "mode": "yolo" });
    let text = plain(&serde_json::from_value::<ControlRequest>(mode).unwrap_err());
    assert!(text.starts_with("`yolo` is not one of `default`, "), "{text}");
    let text = plain(&serde_json::from_str::<Value>("{").unwrap_err());
    assert!(!text.contains("line"), "{text}");
}
