#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::tool::{schema::InputSchema, test_support};

#[test]
fn inputs_that_do_not_fit() {
    let tool = TaskStop::new();
    let schema = InputSchema::compile(tool.input_schema()).unwrap();
    for (input, expected) in [
        (json!({}), "task_id"),
        (json!({ "task_id": 1 }), "task_id"),
        (json!({ "shell_id": true }), "task_id"),
        (json!({ "task_id": "b1", "more": 1 }), "more"),
        (json!("b1"), "object"),
    ] {
        let faults = schema.check(&tool.adapt(input.clone())).unwrap_err();
        assert!(faults.to_string().contains(expected), "{input}: {faults}");
    }
    assert_eq!(tool.adapt(json!({ "shell_id": "b1" })), json!({ "task_id": "b1" }));
    assert_eq!(tool.adapt(json!({ "shell_id": "b1", "task_id": "b2" })), json!({ "task_id": "b2" }));
}

#[tokio::test]
async fn an_id_that_nobody_has_row_303() {
    let dir = tempfile::tempdir().unwrap();
    let cx = test_support::context(dir.path());
    let error = TaskStop::new().run(json!({ "task_id": "b0" }), &cx).await.unwrap_err();
    assert_eq!(error, ToolError::Respond("No background task has the id b0. No task is running.".into()));
}
