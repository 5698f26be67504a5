//! Files that the engine hands to the model outside the working directories are read without a question; nothing else is.

use crate::support::{Bench, calls, drain, only, says, tool_result, until_result};
use serde_json::{Value, json};
use std::path::PathBuf;

const SESSION: &str = "11111111-1111-4111-8111-111111111111";
const OTHER: &str = "22222222-2222-4222-8222-222222222222";

fn options(session: &str, temp: &tempfile::TempDir) -> Value {
    let secrets = format!("Read(/{}/**/secret.txt)", temp.path().display());
    json!({
        "sessionId": session, "env": { "CLAUDE_CODE_TMPDIR": temp.path() }, "allowedTools": ["Bash"],
        "disallowedTools": [secrets]
    })
}

/// Runs calls one after another in a session whose temporary files are in `temp`.
async fn script(
    bench: &Bench,
    session: &str,
    temp: &tempfile::TempDir,
    steps: &[(&str, &str, Value)],
) -> Vec<Value> {
    let calls = steps.iter().map(|(id, tool, input)| calls(id, tool, input.clone()));
    bench.add_rules(calls.chain([says("done")]).collect());
    bench.run("Go", options(session, temp)).await
}

/// The path of a saved result of [`SESSION`].
async fn saved(bench: &Bench, temp: &tempfile::TempDir) -> PathBuf {
    bench.file("long.txt", &format!("{}\n", "needle ".repeat(60)).repeat(200));
    let search = json!({ "pattern": "needle", "output_mode": "content", "head_limit": 0 });
    let messages = script(bench, SESSION, temp, &[("c1", "Grep", search)]).await;
    let (text, _) = tool_result(&messages, "c1");
    let (_, rest) = text.split_once("saved in ").unwrap();
    rest.split_once(" (").unwrap().0.into()
}

#[tokio::test]
async fn a_saved_result_is_read_and_searched_unasked() {
    let (bench, temp) = (Bench::new(json!([])).await, tempfile::tempdir().unwrap());
    let path = saved(&bench, &temp).await;
    assert!(path.starts_with(temp.path()) && !path.starts_with(bench.cwd()));
    let steps = [
        ("r1", "Read", json!({ "file_path": path, "limit": 1 })),
        ("g1", "Grep", json!({ "pattern": "needle", "path": path, "output_mode": "count" })),
    ];
    let messages = script(&bench, SESSION, &temp, &steps).await;
    let (text, is_error) = tool_result(&messages, "r1");
    assert!(!is_error && text.contains("needle"), "{text}");
    let (text, is_error) = tool_result(&messages, "g1");
    assert!(!is_error && text.contains("200"), "{text}");
}

#[tokio::test]
async fn the_output_of_a_task_is_read_unasked() {
    let (bench, temp) = (Bench::new(json!([])).await, tempfile::tempdir().unwrap());
    let command = format!("echo from the task; until [ -e {} ]; do sleep 0.01; done", bench.path("go"));
    let start = calls("b1", "Bash", json!({ "command": command, "run_in_background": true }));
    bench.add_rules(json!([start, says("It runs."), says("It has ended.")]));
    let query = bench.query("Go", options(SESSION, &temp)).unwrap();
    let begun = until_result(&query).await;
    bench.file("go", "");
    let rest = drain(&query).await;
    assert_eq!(only(&rest, "system/task_notification")["status"], "completed");
    let id = only(&begun, "system/task_started")["task_id"].as_str().unwrap();
    let (text, _) = tool_result(&begun, "b1");
    let output = text.split_whitespace().find(|word| word.contains(&format!("{id}.output"))).unwrap();
    let output = output.trim_end_matches(['.', ',', ';']);
    assert!(PathBuf::from(output).starts_with(temp.path()), "{text}");
    let messages = script(&bench, SESSION, &temp, &[("r1", "Read", json!({ "file_path": output }))]).await;
    assert_eq!(tool_result(&messages, "r1"), ("1\tfrom the task".to_owned(), false));
}

#[tokio::test]
async fn nothing_else_is_read_unasked() {
    let (bench, temp) = (Bench::new(json!([])).await, tempfile::tempdir().unwrap());
    let path = saved(&bench, &temp).await;
    let place = path.parent().unwrap();
    let neighbour = temp.path().join("neighbour.txt");
    std::fs::write(&neighbour, "theirs").unwrap();
    std::fs::write(place.join("secret.txt"), "by rule").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&neighbour, place.join("link.txt")).unwrap();
    let steps = [
        ("c1", "Read", json!({ "file_path": neighbour })),
        ("c2", "Read", json!({ "file_path": place.join("secret.txt") })),
        ("c3", "Read", json!({ "file_path": place.join("link.txt") })),
        ("c4", "Read", json!({ "file_path": place.join("../../../../neighbour.txt") })),
        ("c5", "Write", json!({ "file_path": place.join("new.txt"), "content": "" })),
        ("c6", "Glob", json!({ "pattern": "*", "path": temp.path() })),
    ];
    let messages = script(&bench, SESSION, &temp, &steps).await;
    for (id, ..) in &steps {
        let (text, is_error) = tool_result(&messages, id);
        assert!(
            is_error && (text.contains("was not granted") || text.contains("forbids Read")),
            "{id}: {text}"
        );
    }
    // Another session has its own files only.
    let messages = script(&bench, OTHER, &temp, &[("d1", "Read", json!({ "file_path": path }))]).await;
    assert!(tool_result(&messages, "d1").0.contains("was not granted"));
}
