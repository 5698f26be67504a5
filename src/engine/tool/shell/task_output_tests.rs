#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::io::process::log::Log;
use crate::engine::task::{Handle, NewTask, Outcome};
use crate::engine::tool::{ToolContent, schema::InputSchema, test_support};

fn begin(cx: &ToolContext, dir: &std::path::Path) -> Handle {
    let log = Arc::new(Log::create(dir.join("b1.output")).unwrap());
    cx.tasks.begin(NewTask {
        id: "b1".into(),
        kind: "local_bash",
        description: "Try".into(),
        command: None,
        tool_use_id: "t".into(),
        log,
    })
}

async fn run(cx: &ToolContext, input: Value) -> Result<String, ToolError> {
    let tool = TaskOutput::new();
    let input = tool.adapt(input);
    match tool.run(input, cx).await?.content {
        ToolContent::Text(text) => Ok(text),
        ToolContent::Blocks(blocks) => panic!("{blocks:?}"),
    }
}

#[test]
fn inputs_that_do_not_fit() {
    let tool = TaskOutput::new();
    let schema = InputSchema::compile(tool.input_schema()).unwrap();
    for (input, expected) in [
        (json!({}), "task_id"),
        (json!({ "task_id": 1 }), "task_id"),
        (json!({ "task_id": "b1", "block": "no" }), "block"),
        (json!({ "task_id": "b1", "timeout": -1 }), "timeout"),
        (json!({ "task_id": "b1", "filter": 1 }), "filter"),
        (json!({ "task_id": "b1", "more": 1 }), "more"),
    ] {
        let faults = schema.check(&tool.adapt(input.clone())).unwrap_err();
        assert!(faults.to_string().contains(expected), "{input}: {faults}");
    }
    let workspace = Workspace::new("/w".into(), Vec::new());
    let error = tool.prepare(&json!({ "task_id": "b1", "filter": "(" }), &workspace).unwrap_err();
    assert!(
        matches!(error, ToolError::Respond(text) if text.starts_with("`filter` is not a regular expression"))
    );
}

#[tokio::test]
async fn an_unknown_id_is_answered_with_those_that_run() {
    let dir = tempfile::tempdir().unwrap();
    let cx = test_support::context(dir.path());
    let unknown = |text: &str| Err(ToolError::Respond(format!("No background task has the id b0. {text}")));
    assert_eq!(run(&cx, json!({ "task_id": "b0" })).await, unknown("No task is running."));
    let handle = begin(&cx, dir.path());
    assert_eq!(run(&cx, json!({ "task_id": "b0" })).await, unknown("Running: b1 (Try)."));
    drop(handle);
    assert_eq!(run(&cx, json!({ "task_id": "b0" })).await, unknown("No task is running."));
}

#[tokio::test]
async fn waiting_ends_with_the_task_the_time_or_the_turn_row_302() {
    let dir = tempfile::tempdir().unwrap();
    let mut cx = test_support::context(dir.path());
    cx.clock = crate::engine::clock::Clock::manual();
    let handle = begin(&cx, dir.path());
    let later = |input: Value| {
        let cx = cx.clone();
        tokio::spawn(async move { run(&cx, input).await })
    };
    // The default is 30 s, and never more than ten minutes.
    for (input, seconds) in [
        (json!({ "task_id": "b1" }), 30),
        (json!({ "task_id": "b1", "timeout": 1e12 }), 600),
        (json!({ "task_id": "b1", "timeout": 2000 }), 2),
    ] {
        let running = later(input);
        tokio::task::yield_now().await;
        cx.clock.advance(Duration::from_secs(seconds));
        assert_eq!(running.await.unwrap().unwrap(), "The task is still running. No new output.");
    }
    assert_eq!(run(&cx, json!({ "bash_id": "b1" })).await.unwrap(), "The task is running. No new output.");
    let running = later(json!({ "task_id": "b1" }));
    tokio::task::yield_now().await;
    handle.finish(Outcome { status: Status::Failed, exit_code: Some(2), how: "failed".into() });
    let expected = "The task has failed with exit code 2. No new output.";
    assert_eq!(running.await.unwrap().unwrap(), expected);
    assert!(cx.tasks.take_notices().is_empty(), "what was read is not told again");
}

#[tokio::test]
async fn a_cancelled_wait_ends_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let cx = test_support::context(dir.path());
    let _handle = begin(&cx, dir.path());
    cx.cancel.cancel();
    assert_eq!(run(&cx, json!({ "task_id": "b1" })).await, Err(ToolError::Cancelled));
}

#[tokio::test]
async fn much_output_is_shown_from_its_end_and_lines_can_be_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let mut cx = test_support::context(dir.path());
    let vars = [("TASK_MAX_OUTPUT_LENGTH".to_owned(), "8".to_owned())];
    cx.env = Arc::new(crate::engine::env::Env::new(vars));
    let handle = begin(&cx, dir.path());
    let log = Arc::clone(&handle.task().new.log);
    log.append(b"one\ntwo\nthree\n");
    let text = run(&cx, json!({ "task_id": "b1", "block": false })).await.unwrap();
    let path = log.path().display();
    let expected = format!(
        "The task is running. 6 bytes before the output below are only in {path}.\nNew output:\no\nthree"
    );
    assert_eq!(text, expected);
    log.append(b"a 1\nb\na 2");
    let text = run(&cx, json!({ "task_id": "b1", "block": false, "filter": "^a" })).await.unwrap();
    assert!(text.ends_with("\nNew output:\na 2"), "{text}");
    std::fs::remove_file(log.path()).unwrap();
    let text = run(&cx, json!({ "task_id": "b1", "block": false })).await.unwrap();
    assert_eq!(
        text,
        format!("The task is running. Its output in {path} cannot be read: it is not there any more.")
    );
}

#[tokio::test]
async fn a_stopped_task_is_told_from_one_that_ended() {
    let dir = tempfile::tempdir().unwrap();
    let cx = test_support::context(dir.path());
    let handle = begin(&cx, dir.path());
    handle.finish(Outcome { status: Status::Stopped, exit_code: None, how: "was stopped".into() });
    assert_eq!(run(&cx, json!({ "task_id": "b1" })).await.unwrap(), "The task was stopped. No new output.");
}

#[tokio::test]
async fn faults_of_the_disk_do_not_hide_how_the_task_stands() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    let dir = tempfile::tempdir().unwrap();
    let cx = test_support::context(dir.path());
    let handle = begin(&cx, dir.path());
    let log = Arc::clone(&handle.task().new.log);
    let file = log.path().display().to_string();
    log.append(b"kept\n");
    for (kind, why) in [
        (ErrorKind::NotFound, "it is not there any more"),
        (ErrorKind::PermissionDenied, "the operating system denies access"),
    ] {
        let _guard = inject(dir.path(), Fault::Read, kind);
        let told = run(&cx, json!({ "task_id": "b1", "block": false })).await.unwrap();
        assert_eq!(told, format!("The task is running. Its output in {file} cannot be read: {why}."));
    }
    let guard = inject(dir.path(), Fault::Write, ErrorKind::StorageFull);
    log.append(b"lost\n");
    drop(guard);
    handle.finish(Outcome { status: Status::Completed, exit_code: Some(0), how: "completed".into() });
    assert_eq!(
        run(&cx, json!({ "task_id": "b1" })).await.unwrap(),
        "The task has completed with exit code 0. A part of its output could not be saved and is lost: the disk is \
         full.\nNew output:\nkept"
    );
}
