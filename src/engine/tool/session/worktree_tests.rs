#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::tool::ToolContent;
use crate::engine::tool::shell::bash::Bash;
use crate::engine::tool::test_support;

fn run_git(dir: &Path, args: &[&str]) -> String {
    let done = std::process::Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// A repository with one commit, whose subdirectory `sub` is the working directory.
fn scene() -> (tempfile::TempDir, ToolContext, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let sub = dir.path().join("sub");
    std::fs::create_dir(&sub).unwrap();
    std::fs::write(sub.join("a.txt"), "one\n").unwrap();
    run_git(dir.path(), &["init", "-q"]);
    run_git(dir.path(), &["add", "."]);
    run_git(dir.path(), &["commit", "-qm", "first"]);
    let top = std::fs::canonicalize(dir.path()).unwrap();
    (dir, test_support::context(&sub), top)
}

async fn go(cx: &ToolContext, input: Value) -> Result<Value, String> {
    call(&EnterWorktree::default(), input, cx).await
}

async fn leave(cx: &ToolContext, input: Value) -> Result<Value, String> {
    call(&ExitWorktree::default(), input, cx).await
}

/// The structured output, or what the model is told.
async fn call(tool: &dyn Tool, input: Value, cx: &ToolContext) -> Result<Value, String> {
    let ran = match tool.prepare(&input, &cx.workspace) {
        Ok(_) => tool.run(input, cx).await,
        Err(error) => Err(error),
    };
    match ran {
        Ok(output) => {
            let text = output.structured["message"].as_str().unwrap().to_owned();
            assert_eq!(output.content, ToolContent::Text(text));
            Ok(output.structured)
        }
        Err(ToolError::Respond(text)) => Err(text),
        Err(other) => panic!("{other:?}"),
    }
}

async fn bash(cx: &ToolContext, command: &str) -> String {
    let output = Bash::new().run(json!({ "command": command }), cx).await.unwrap();
    output.structured["stdout"].as_str().unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_worktree_is_entered_and_removed_row_585() {
    let (_dir, cx, top) = scene();
    let path = top.join(".claude/worktrees/try");
    let shown = path.display();
    let expected = json!({
        "worktreePath": path, "worktreeBranch": "worktree-try",
        "message": format!("You are in the worktree {shown} on branch worktree-try now. Leave it with ExitWorktree.")
    });
    assert_eq!(go(&cx, json!({ "name": "try" })).await.unwrap(), expected);
    assert!(cx.workspace.contains(&path.join("sub")));
    assert_eq!(bash(&cx, "pwd; git branch --show-current").await, format!("{shown}\nworktree-try"));
    // A command that leaves the working directories ends up in the worktree again, not in the checkout.
    bash(&cx, "cd /").await;
    assert_eq!(bash(&cx, "pwd").await, shown.to_string());
    // The repository does not see it.
    assert_eq!(run_git(&top, &["status", "--porcelain"]), "");
    let left = json!({
        "action": "remove", "originalCwd": top.join("sub"), "worktreePath": path, "worktreeBranch": "worktree-try",
        "message": format!("You are back in {}. The worktree {shown} is removed.", top.join("sub").display())
    });
    assert_eq!(leave(&cx, json!({ "action": "remove" })).await.unwrap(), left);
    assert!(!path.exists() && !cx.workspace.contains(&path));
    assert_eq!(run_git(&top, &["branch", "--list", "worktree-*"]), "");
    assert_eq!(bash(&cx, "pwd").await, top.join("sub").display().to_string());
}

#[tokio::test]
async fn work_is_not_lost_by_accident_row_585() {
    let (_dir, cx, top) = scene();
    let entered = go(&cx, json!({})).await.unwrap();
    let path = PathBuf::from(entered["worktreePath"].as_str().unwrap());
    assert_eq!(path.parent().unwrap(), top.join(".claude/worktrees"));
    std::fs::write(path.join("sub/a.txt"), "two\n").unwrap();
    run_git(&path, &["commit", "-qam", "second"]);
    std::fs::write(path.join("new.txt"), "").unwrap();
    std::fs::write(path.join("sub/a.txt"), "three\n").unwrap();
    let refused = leave(&cx, json!({ "action": "remove" })).await.unwrap_err();
    assert_eq!(
        refused,
        "The worktree has 2 uncommitted files and 1 new commit. Ask the user whether they can go, then set \
         discard_changes to true; or use action `keep`."
    );
    assert!(path.join("new.txt").exists());
    let kept = leave(&cx, json!({ "action": "keep" })).await.unwrap();
    assert!(kept["message"].as_str().unwrap().ends_with("is kept."), "{kept}");
    // It can be entered again by its path, and is not ours to remove then.
    let again = go(&cx, json!({ "path": path })).await.unwrap();
    assert_eq!(
        (&again["worktreePath"], &again["worktreeBranch"]),
        (&entered["worktreePath"], &entered["worktreeBranch"])
    );
    let refused = leave(&cx, json!({ "action": "remove", "discard_changes": true })).await.unwrap_err();
    assert!(refused.starts_with("This worktree was there before"), "{refused}");
    leave(&cx, json!({ "action": "keep" })).await.unwrap();
    // One of its own, with work in it, goes when that is said.
    go(&cx, json!({ "name": "b" })).await.unwrap();
    std::fs::write(top.join(".claude/worktrees/b/new.txt"), "").unwrap();
    let left = leave(&cx, json!({ "action": "remove", "discard_changes": true })).await.unwrap();
    assert_eq!((&left["discardedFiles"], &left["discardedCommits"]), (&json!(1), &json!(0)));
    assert!(
        left["message"].as_str().unwrap().ends_with("Lost with it: 1 uncommitted file and 0 new commits.")
    );
}

#[tokio::test]
async fn bad_input_is_told() {
    let (_dir, cx, top) = scene();
    let name = "name must have 1 to 64 letters, digits, `.`, `_` or `-`, begin with a letter, a digit or `_`, and have no \
                `..` and no `.` or `.lock` at its end.";
    let long = "n".repeat(65);
    for bad in ["", "a b", "../x", "a/b", "-x", ".x", "a..b", "x.", "x.lock", "a\0b", "ü", long.as_str()] {
        assert_eq!(go(&cx, json!({ "name": bad })).await.unwrap_err(), name, "{bad}");
    }
    let top = top.display();
    for (input, told) in [
        (
            json!({ "name": "a", "path": "/b" }),
            "Give name (for a new worktree) or path (for an existing one), not both.".to_owned(),
        ),
        (json!({ "path": "b" }), "path must be absolute, and b is not.".to_owned()),
        (
            json!({ "path": "/b\0" }),
            "path contains a NUL byte. Give the absolute path of a worktree.".to_owned(),
        ),
        (
            json!({ "path": "/nowhere" }),
            "/nowhere is no worktree of this repository. It has: none.".to_owned(),
        ),
        (
            json!({ "path": top.to_string() }),
            format!("{top} is no worktree of this repository. It has: none."),
        ),
    ] {
        assert_eq!(go(&cx, input).await.unwrap_err(), told);
    }
    let nowhere = "The session is in no worktree that EnterWorktree entered.";
    assert_eq!(leave(&cx, json!({ "action": "keep" })).await.unwrap_err(), nowhere);
    go(&cx, json!({ "name": "x" })).await.unwrap();
    let twice = format!(
        "The session is in the worktree {top}/.claude/worktrees/x already. Leave it with ExitWorktree first."
    );
    assert_eq!(go(&cx, json!({ "name": "y" })).await.unwrap_err(), twice);
    leave(&cx, json!({ "action": "keep" })).await.unwrap();
    let taken = go(&cx, json!({ "name": "x" })).await.unwrap_err();
    assert!(taken.starts_with("git refused: ") && taken.contains("worktree-x"), "{taken}");
}

#[tokio::test]
async fn there_must_be_a_repository_with_a_commit() {
    let dir = tempfile::tempdir().unwrap();
    let cx = test_support::context(dir.path());
    let shown = cx.workspace.original().display().to_string();
    let none = format!("{shown} is in no git repository, so it has no worktrees.");
    assert_eq!(go(&cx, json!({})).await.unwrap_err(), none);
    run_git(dir.path(), &["init", "-q"]);
    assert_eq!(go(&cx, json!({})).await.unwrap_err(), "The repository has no commit to begin at.");
    let bare = test_support::context_with(dir.path(), &[("PATH", "/nonexistent")], &cx.cancel);
    assert_eq!(go(&bare, json!({})).await.unwrap_err(), "Worktrees need git, and there is none in PATH.");
}
