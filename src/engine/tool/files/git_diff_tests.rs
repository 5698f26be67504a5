#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use crate::engine::options::ToolConfig;
use crate::engine::tool::{
    Tool, ToolContext, files::edit::Edit, files::read::Read, files::write::Write, test_support,
};
use serde_json::{Value, json};
use std::sync::Arc;

fn git(cx: &ToolContext, args: &[&str]) {
    let done = std::process::Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(cx.workspace.original())
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
}

/// A repository with `src/a b.txt` committed, and `toolConfig.gitDiff` as given.
async fn scene(git_diff: bool) -> (tempfile::TempDir, ToolContext, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut cx = test_support::context(dir.path());
    cx.tool_config = Arc::new(ToolConfig { git_diff, ..ToolConfig::default() });
    let path = cx.workspace.original().join("src/a b.txt");
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "one\ntwo\nthree\n").unwrap();
    git(&cx, &["init", "-q"]);
    git(&cx, &["add", "."]);
    git(&cx, &["commit", "-qm", "first"]);
    let path = path.to_string_lossy().into_owned();
    Read::new().run(json!({ "file_path": path }), &cx).await.unwrap();
    (dir, cx, path)
}

async fn edit(cx: &ToolContext, path: &str) -> Value {
    let input = json!({ "file_path": path, "old_string": "two\n", "new_string": "2\n2.5\n" });
    Edit::new().run(input, cx).await.unwrap().structured
}

#[tokio::test]
async fn a_changed_file_has_its_diff_to_the_last_commit_row_262() {
    let (_dir, cx, path) = scene(true).await;
    let expected = json!({
        "filename": "src/a b.txt", "status": "modified", "additions": 2, "deletions": 1, "changes": 3,
        "patch": "@@ -1,3 +1,4 @@\n one\n-two\n+2\n+2.5\n three\n"
    });
    assert_eq!(edit(&cx, &path).await["gitDiff"], expected);
}

#[tokio::test]
async fn a_new_file_is_added_row_262() {
    let (_dir, cx, _) = scene(true).await;
    let path = cx.workspace.original().join("new.txt");
    let output = Write::new().run(json!({ "file_path": path, "content": "a\nb\n" }), &cx).await.unwrap();
    let expected = json!({
        "filename": "new.txt", "status": "added", "additions": 2, "deletions": 0, "changes": 2,
        "patch": "@@ -0,0 +1,2 @@\n+a\n+b\n"
    });
    assert_eq!(output.structured["gitDiff"], expected);
}

#[tokio::test]
async fn without_the_option_or_without_a_repository_there_is_none_row_262() {
    let (_dir, cx, path) = scene(false).await;
    assert_eq!(edit(&cx, &path).await.get("gitDiff"), None);
    let (_dir, cx, path) = scene(true).await;
    std::fs::remove_dir_all(cx.workspace.original().join(".git")).unwrap();
    assert_eq!(edit(&cx, &path).await.get("gitDiff"), None);
}

#[tokio::test]
async fn what_a_repository_configures_is_not_run() {
    let (_dir, cx, path) = scene(true).await;
    let mark = cx.workspace.original().join("mark");
    let touch = format!("touch '{}'; cat", mark.display());
    for (key, value) in [("core.fsmonitor", &touch), ("diff.external", &touch), ("diff.x.textconv", &touch)] {
        git(&cx, &["config", key, value]);
    }
    std::fs::write(cx.workspace.original().join(".gitattributes"), "*.txt diff=x\n").unwrap();
    assert_eq!(edit(&cx, &path).await["gitDiff"]["changes"], 3);
    assert!(!mark.exists());
}
