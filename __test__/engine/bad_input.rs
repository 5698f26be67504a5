//! What the model is told when a call is wrong: every tool, in its exact words, kept in `__test__/fixtures/bad-input.txt`.
//!
//! Faults of the disk are in the tests beside the tools, which can put them there. `UPDATE_FIXTURES=1` rewrites the file.

use crate::support::{Bench, calls, says, tool_result};
use serde_json::{Value, json};
use std::fmt::Write as _;

const NUL: &str = "/a\0b";

fn files(cwd: &str) -> Vec<(&'static str, Value)> {
    let at = |name: &str| format!("{cwd}/{name}");
    let long = format!("{cwd}/{}", "x".repeat(300));
    vec![
        ("Read", json!({})),
        ("Read", json!({ "file_path": 3 })),
        ("Read", json!({ "file_path": "" })),
        ("Read", json!({ "file_path": "a.txt" })),
        ("Read", json!({ "file_path": "~/a.txt" })),
        ("Read", json!({ "file_path": NUL })),
        ("Read", json!({ "file_path": at("missing.txt") })),
        ("Read", json!({ "file_path": at("a.md") })),
        ("Read", json!({ "file_path": at("a.txt/below") })),
        ("Read", json!({ "file_path": cwd })),
        ("Read", json!({ "file_path": "/dev/null" })),
        ("Read", json!({ "file_path": "/etc/hosts" })),
        ("Read", json!({ "file_path": at("a.txt"), "offset": -1 })),
        ("Read", json!({ "file_path": at("a.txt"), "offset": 1.5 })),
        ("Read", json!({ "file_path": at("a.txt"), "offset": 1e300 })),
        ("Read", json!({ "file_path": at("a.txt"), "limit": 0 })),
        ("Read", json!({ "file_path": at("a.txt"), "limit": "ten" })),
        ("Read", json!({ "file_path": at("a.txt"), "lines": 3 })),
        ("Read", json!({ "file_path": at("a.txt"), "pages": "1" })),
        ("Write", json!({ "file_path": at("new.txt") })),
        ("Write", json!({ "file_path": at("new.txt"), "content": ["a"] })),
        ("Write", json!({ "file_path": "new.txt", "content": "a" })),
        ("Write", json!({ "file_path": NUL, "content": "a" })),
        ("Write", json!({ "file_path": at("a.txt"), "content": "a" })),
        ("Write", json!({ "file_path": at("a.txt/below"), "content": "a" })),
        ("Write", json!({ "file_path": cwd, "content": "a" })),
        ("Write", json!({ "file_path": "/etc/hosts", "content": "a" })),
        ("Write", json!({ "file_path": at(".git/config"), "content": "a" })),
        ("Write", json!({ "file_path": long, "content": "a" })),
        ("Edit", json!({ "file_path": at("a.txt"), "old_string": "one" })),
        ("Edit", json!({ "file_path": at("a.txt"), "old_string": "one", "new_string": null })),
        ("Edit", json!({ "file_path": at("a.txt"), "old_string": "one", "new_string": "one" })),
        ("Edit", json!({ "file_path": "a.txt", "old_string": "one", "new_string": "two" })),
        ("Edit", json!({ "file_path": NUL, "old_string": "one", "new_string": "two" })),
        ("Edit", json!({ "file_path": at("a.txt"), "old_string": "one", "new_string": "two" })),
        ("Edit", json!({ "file_path": at("missing.txt"), "old_string": "one", "new_string": "two" })),
        ("Edit", json!({ "file_path": cwd, "old_string": "one", "new_string": "two" })),
        ("Edit", json!({ "file_path": "/etc/hosts", "old_string": "one", "new_string": "two" })),
        (
            "Edit",
            json!({ "file_path": at("a.txt"), "old_string": "1", "new_string": "2", "replace_all": "yes" }),
        ),
        ("NotebookEdit", json!({ "notebook_path": at("a.ipynb") })),
        ("NotebookEdit", json!({ "notebook_path": "a.ipynb", "new_source": "" })),
        ("NotebookEdit", json!({ "notebook_path": NUL, "new_source": "" })),
        ("NotebookEdit", json!({ "notebook_path": at("a.ipynb"), "new_source": "" })),
        ("NotebookEdit", json!({ "notebook_path": at("a.ipynb"), "new_source": "", "edit_mode": "append" })),
        ("NotebookEdit", json!({ "notebook_path": at("a.ipynb"), "new_source": "", "edit_mode": "insert" })),
        ("NotebookEdit", json!({ "notebook_path": at("a.txt"), "cell_id": "a", "new_source": "" })),
        ("NotebookEdit", json!({ "notebook_path": at("missing.ipynb"), "cell_id": "a", "new_source": "" })),
        ("NotebookEdit", json!({ "notebook_path": "/etc/a.ipynb", "cell_id": "a", "new_source": "" })),
    ]
}

fn searches(cwd: &str) -> Vec<(&'static str, Value)> {
    let at = |name: &str| format!("{cwd}/{name}");
    vec![
        ("Glob", json!({})),
        ("Glob", json!({ "pattern": 1 })),
        ("Glob", json!({ "pattern": " " })),
        ("Glob", json!({ "pattern": "a\0" })),
        ("Glob", json!({ "pattern": "*", "path": NUL })),
        ("Glob", json!({ "pattern": "[a" })),
        ("Glob", json!({ "pattern": "*", "path": "missing" })),
        ("Glob", json!({ "pattern": "*", "path": at("a.txt") })),
        ("Glob", json!({ "pattern": "*", "path": "/etc" })),
        ("Glob", json!({ "pattern": "/etc/*" })),
        ("Glob", json!({ "pattern": "../../*" })),
        ("Grep", json!({})),
        ("Grep", json!({ "pattern": 1 })),
        ("Grep", json!({ "pattern": "" })),
        ("Grep", json!({ "pattern": "a\0" })),
        ("Grep", json!({ "pattern": "a", "path": NUL })),
        ("Grep", json!({ "pattern": "a", "glob": "a\0" })),
        ("Grep", json!({ "pattern": "(" })),
        ("Grep", json!({ "pattern": "a\\nb" })),
        ("Grep", json!({ "pattern": "a", "glob": "[a" })),
        ("Grep", json!({ "pattern": "a", "type": "klingon" })),
        ("Grep", json!({ "pattern": "a", "output_mode": "lines" })),
        ("Grep", json!({ "pattern": "a", "head_limit": -1 })),
        ("Grep", json!({ "pattern": "a", "-A": "two" })),
        ("Grep", json!({ "pattern": "one", "output_mode": "content", "offset": 1e300, "head_limit": 1e300 })),
        ("Grep", json!({ "pattern": "a", "path": "missing" })),
        ("Grep", json!({ "pattern": "a", "path": "/dev/null" })),
        ("Grep", json!({ "pattern": "a", "path": "/etc" })),
    ]
}

fn commands() -> Vec<(&'static str, Value)> {
    vec![
        ("Bash", json!({})),
        ("Bash", json!({ "command": ["ls"] })),
        ("Bash", json!({ "command": "" })),
        ("Bash", json!({ "command": "echo a\0b" })),
        ("Bash", json!({ "command": "ls", "timeout": 0 })),
        ("Bash", json!({ "command": "ls", "timeout": "1s" })),
        ("Bash", json!({ "command": "ls", "run_in_background": "yes" })),
        ("Bash", json!({ "command": "touch a" })),
        ("TaskOutput", json!({})),
        ("TaskOutput", json!({ "task_id": 1 })),
        ("TaskOutput", json!({ "task_id": "none", "block": false, "timeout": 1 })),
        ("TaskOutput", json!({ "task_id": "a\0b", "block": false, "timeout": 1 })),
        ("TaskOutput", json!({ "task_id": "none", "block": true, "timeout": -1 })),
        ("TaskStop", json!({})),
        ("TaskStop", json!({ "task_id": true })),
        ("TaskStop", json!({ "task_id": "none" })),
        ("BashOutput", json!({ "bash_id": "none" })),
        ("KillShell", json!({ "shell_id": "none" })),
        ("EnterWorktree", json!({ "name": 1 })),
        ("EnterWorktree", json!({ "name": "../a" })),
        ("EnterWorktree", json!({ "path": "a" })),
        ("EnterWorktree", json!({ "name": "a", "path": "/a" })),
        ("EnterWorktree", json!({ "name": "a" })),
        ("ExitWorktree", json!({})),
        ("ExitWorktree", json!({ "action": "leave" })),
        ("ExitWorktree", json!({ "action": "keep" })),
    ]
}

fn others() -> Vec<(&'static str, Value)> {
    let question = |text: &str, labels: &[&str]| {
        let options: Vec<_> =
            labels.iter().map(|label| json!({ "label": label, "description": "" })).collect();
        json!({ "question": text, "header": "H", "options": options, "multiSelect": false })
    };
    let todo = json!({ "content": "", "status": "done", "activeForm": "A" });
    vec![
        ("WebFetch", json!({ "url": "https://example.com" })),
        ("WebFetch", json!({ "url": 1, "prompt": "p" })),
        ("WebFetch", json!({ "url": "example.com", "prompt": "p" })),
        ("WebFetch", json!({ "url": "file:///etc/hosts", "prompt": "p" })),
        ("WebFetch", json!({ "url": "https://a:b@example.com/", "prompt": "p" })),
        ("WebFetch", json!({ "url": "https://exa\0mple.com/", "prompt": "p" })),
        ("WebFetch", json!({ "url": "https://example.com", "prompt": "" })),
        ("WebFetch", json!({ "url": "https://example.com", "prompt": "p", "offset": -1 })),
        ("WebFetch", json!({ "url": format!("https://example.com/{}", "x".repeat(3000)), "prompt": "p" })),
        ("WebFetch", json!({ "url": "https://example.com", "prompt": "p" })),
        ("WebSearch", json!({})),
        ("WebSearch", json!({ "query": ["a"] })),
        ("WebSearch", json!({ "query": "" })),
        ("WebSearch", json!({ "query": "abc", "allowed_domains": ["a.com"], "blocked_domains": ["b.com"] })),
        ("WebSearch", json!({ "query": "abc", "allowed_domains": ["https://a.com/x"] })),
        ("WebSearch", json!({ "query": "abc" })),
        ("TodoWrite", json!({})),
        ("TodoWrite", json!({ "todos": "buy milk" })),
        ("TodoWrite", json!({ "todos": [todo] })),
        ("AskUserQuestion", json!({})),
        ("AskUserQuestion", json!({ "questions": [] })),
        ("AskUserQuestion", json!({ "questions": [question("Which?", &["One"])] })),
        ("AskUserQuestion", json!({ "questions": [question("Which?", &["One", "One"])] })),
        (
            "AskUserQuestion",
            json!({ "questions": [question("Which?", &["a", "b"]), question("Which?", &["a", "b"])] }),
        ),
        ("EnterPlanMode", json!({ "plan": "a" })),
        ("ExitPlanMode", json!({})),
        ("ExitPlanMode", json!({ "plan": "" })),
        ("NoSuchTool", json!({})),
    ]
}

fn task_list() -> Vec<(&'static str, Value)> {
    vec![
        ("TaskCreate", json!({ "subject": "a" })),
        ("TaskCreate", json!({ "subject": "", "description": "b" })),
        ("TaskGet", json!({})),
        ("TaskGet", json!({ "taskId": 1 })),
        ("TaskGet", json!({ "taskId": "99999999999999999999999" })),
        ("TaskUpdate", json!({ "status": "completed" })),
        ("TaskUpdate", json!({ "taskId": "1", "status": "done" })),
        ("TaskUpdate", json!({ "taskId": "1", "addBlocks": ["1"] })),
        ("TaskUpdate", json!({ "taskId": "7", "status": "deleted" })),
        ("TaskList", json!({ "all": true })),
    ]
}

/// Calls and what the model was told, with the folder's name taken out.
async fn told(cases: impl Fn(&str) -> Vec<(&'static str, Value)>, options: Value) -> String {
    let bench = Bench::new(json!([])).await;
    bench.file("a.txt", "one\n");
    bench.file("a.ipynb", r#"{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}"#);
    let cwd = bench.cwd().to_string_lossy().into_owned();
    let cases = cases(&cwd);
    let id = |at: usize| format!("c{at}");
    let rules = cases.iter().enumerate().map(|(at, (tool, input))| calls(&id(at), tool, input.clone()));
    bench.add_rules(rules.chain([says("done")]).collect());
    let messages = bench.run("Go", options).await;
    let mut text = String::new();
    for (at, (tool, input)) in cases.iter().enumerate() {
        let (answer, is_error) = tool_result(&messages, &id(at));
        let mark = if is_error { "" } else { " (no error)" };
        writeln!(text, "{tool} {input}{mark}\n    {}\n", answer.replace('\n', "\n    ")).unwrap();
    }
    text.replace(&cwd, "$CWD").replace(&"x".repeat(300), "xxx*300").replace(&"x".repeat(250), "xxx*250")
}

#[tokio::test]
async fn every_tool_says_what_is_wrong_with_its_input() {
    let options = json!({ "permissionMode": "acceptEdits" });
    let tasks = json!({ "env": { "CLAUDE_CODE_ENABLE_TASKS": "1" } });
    let text = [
        told(files, options.clone()).await,
        told(searches, options.clone()).await,
        told(|_| commands(), options.clone()).await,
        told(|_| others(), options).await,
        told(|_| task_list(), tasks).await,
    ]
    .concat();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("__test__/fixtures/bad-input.txt");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let pairs = kept.split("\n\n").zip(text.split("\n\n"));
    for (kept, now) in pairs {
        assert_eq!(now, kept, "if this is meant, run cargo test with UPDATE_FIXTURES=1");
    }
    assert_eq!(kept.len(), text.len(), "run cargo test with UPDATE_FIXTURES=1");
}
