#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::tool::{ToolContent, schema::InputSchema, test_support};

fn todo(content: &str, status: &str) -> Value {
    json!({ "content": content, "status": status, "activeForm": format!("{content}ing") })
}

#[tokio::test]
async fn the_list_is_replaced_and_cleared_when_all_is_done_row_296() {
    let dir = tempfile::tempdir().unwrap();
    let cx = test_support::context(dir.path());
    let (open, half, done) = (
        json!([todo("a", "in_progress"), todo("b", "pending")]),
        json!([todo("a", "completed"), todo("b", "pending")]),
        json!([todo("a", "completed"), todo("b", "completed")]),
    );
    for (new, old, text) in [
        (&open, json!([]), "Saved: 0 of 2 steps are done. Now: a."),
        (&half, open.clone(), "Saved: 1 of 2 steps are done. Mark the one you work on as in_progress."),
        (&done, half.clone(), "All 2 steps are done; the list is cleared."),
        (&open, json!([]), "Saved: 0 of 2 steps are done. Now: a."),
        (&json!([]), open.clone(), "The list is empty now."),
    ] {
        let output = TodoWrite::new().run(json!({ "todos": new }), &cx).await.unwrap();
        assert_eq!(output.structured, json!({ "oldTodos": old, "newTodos": new }));
        assert_eq!(output.content, ToolContent::Text(text.to_owned()));
    }
}

#[test]
fn inputs_that_do_not_fit_name_the_field_row_220() {
    let schema = InputSchema::compile(TodoWrite::new().input_schema()).unwrap();
    let without = |field: &str| {
        let mut todo = todo("a", "pending");
        todo.as_object_mut().unwrap().remove(field);
        json!({ "todos": [todo] })
    };
    for (input, field) in [
        (json!({}), "todos"),
        (json!({ "todos": "a" }), "todos: "),
        (without("content"), "todos.0: "),
        (without("status"), "todos.0: "),
        (without("activeForm"), "todos.0: "),
        (json!({ "todos": [todo("a", "done")] }), "todos.0.status: "),
        (json!({ "todos": [todo("", "pending")] }), "todos.0.content: "),
        (json!({ "todos": [], "merge": true }), "merge"),
    ] {
        let text = schema.check(&input).unwrap_err();
        assert!(text.contains(field), "{input}: {text}");
    }
}
