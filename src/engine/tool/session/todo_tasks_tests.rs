#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::tool::{ToolContent, schema::InputSchema, test_scene};

type Scene = test_scene::Scene<()>;

impl Scene {
    fn new() -> Self {
        Self::of(())
    }

    async fn call(&self, name: &str, input: Value) -> (String, Value) {
        let tool = TaskTool::all().into_iter().find(|tool| tool.name() == name).unwrap();
        InputSchema::compile(tool.input_schema()).unwrap().check(&input).unwrap();
        let output = tool.run(input, &self.cx).await.unwrap();
        match output.content {
            ToolContent::Text(text) => (text, output.structured),
            ToolContent::Blocks(blocks) => panic!("{blocks:?}"),
        }
    }

    async fn create(&self, subject: &str) -> (String, Value) {
        self.call("TaskCreate", json!({ "subject": subject, "description": format!("Do {subject}") })).await
    }

    async fn update(&self, input: Value) -> (String, Value) {
        self.call("TaskUpdate", input).await
    }
}

#[tokio::test]
async fn tasks_are_made_changed_and_removed_row_298_row_299() {
    let scene = Scene::new();
    let (text, output) = scene.create("a").await;
    assert_eq!(text, "Created task 1: a");
    assert_eq!(output, json!({ "task": { "id": "1", "subject": "a", "description": "Do a" } }));
    scene.create("b").await;
    scene.create("c").await;
    let (text, output) = scene
        .update(json!({ "taskId": "1", "status": "in_progress", "owner": "me", "addBlocks": ["2"] }))
        .await;
    assert_eq!(text, "Updated task 1: status, owner, blocks.");
    let change = json!({ "from": "pending", "to": "in_progress" });
    assert_eq!(
        output,
        json!({ "success": true, "taskId": "1", "updatedFields": ["status", "owner", "blocks"], "statusChange": change })
    );
    scene.update(json!({ "taskId": "2", "addBlockedBy": ["3", "1"], "metadata": { "a": 1, "b": 2 } })).await;
    scene.update(json!({ "taskId": "2", "metadata": { "a": null } })).await;
    let (text, output) = scene.call("TaskGet", json!({ "taskId": "2" })).await;
    assert_eq!(text, "Task 2 (pending): b\nDo b\nBlocked by: 1, 3\nMetadata: {\"b\":2}");
    let task = json!({
        "id": "2", "subject": "b", "description": "Do b", "status": "pending", "blocks": [], "blockedBy": ["1", "3"]
    });
    assert_eq!(output, json!({ "task": task }));
    scene.update(json!({ "taskId": "1", "status": "completed" })).await;
    let (text, output) = scene.call("TaskList", json!({})).await;
    assert_eq!(text, "1 (completed): a, by me\n2 (pending): b, blocked by 3\n3 (pending): c");
    assert_eq!(
        output["tasks"][1],
        json!({ "id": "2", "subject": "b", "status": "pending", "blockedBy": ["3"] })
    );
    let (text, output) = scene.update(json!({ "taskId": "3", "status": "deleted" })).await;
    assert_eq!(text, "Removed task 3.");
    assert_eq!(output["statusChange"], json!({ "from": "pending", "to": "deleted" }));
    assert_eq!(scene.call("TaskList", json!({})).await.0, "1 (completed): a, by me\n2 (pending): b");
    assert_eq!(scene.create("d").await.0, "Created task 4: d", "no number is used twice");
}

#[tokio::test]
async fn unknown_ids_are_told_and_change_nothing_row_299() {
    let scene = Scene::new();
    assert_eq!(
        scene.call("TaskList", json!({})).await,
        ("There are no tasks.".into(), json!({ "tasks": [] }))
    );
    scene.create("a").await;
    for id in ["7", "x", "", "-1"] {
        if !id.is_empty() {
            let (text, output) = scene.call("TaskGet", json!({ "taskId": id })).await;
            assert_eq!((text, output), (format!("There is no task {id}."), json!({ "task": null })));
        }
        let (_, output) = scene.update(json!({ "taskId": "1", "subject": "new", "addBlocks": [id] })).await;
        let error = format!("There is no task {id}.");
        assert_eq!(output, json!({ "success": false, "taskId": "1", "updatedFields": [], "error": error }));
    }
    let (text, _) = scene.update(json!({ "taskId": "1", "addBlocks": ["1"] })).await;
    assert_eq!(text, "Task 1 cannot wait for itself.");
    assert_eq!(scene.update(json!({ "taskId": "1" })).await.0, "Nothing to change in task 1.");
    assert_eq!(scene.call("TaskList", json!({})).await.0, "1 (pending): a");
}

#[test]
fn inputs_that_do_not_fit_name_the_field_row_220() {
    for (name, input, field) in [
        ("TaskCreate", json!({ "subject": "a" }), "description"),
        ("TaskCreate", json!({ "subject": "", "description": "b" }), "subject: "),
        ("TaskGet", json!({ "taskId": 1 }), "taskId: "),
        ("TaskUpdate", json!({ "status": "completed" }), "taskId"),
        ("TaskUpdate", json!({ "taskId": "1", "status": "done" }), "status: "),
        ("TaskUpdate", json!({ "taskId": "1", "addBlocks": [1] }), "addBlocks.0: "),
        ("TaskList", json!({ "all": true }), "all"),
    ] {
        let tool = TaskTool::all().into_iter().find(|tool| tool.name() == name).unwrap();
        let text = InputSchema::compile(tool.input_schema()).unwrap().check(&input).unwrap_err();
        assert!(text.contains(field), "{input}: {text}");
    }
}
