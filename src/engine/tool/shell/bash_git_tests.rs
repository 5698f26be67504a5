#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn of(line: &str, stdout: &str, stderr: &str) -> Option<Value> {
    operation(&words::simple_commands(line), stdout, stderr)
}

#[test]
fn commits_are_described_row_241() {
    for (line, stdout, expected) in [
        (
            "git add -A && git commit -m x",
            "[main 1a2b3c4] x\n 1 file changed",
            json!({ "sha": "1a2b3c4", "kind": "committed", "branch": "main" }),
        ),
        (
            "git commit -m x",
            "[feat/a (root-commit) 1a2b3c4] x",
            json!({ "sha": "1a2b3c4", "kind": "committed", "branch": "feat/a" }),
        ),
        (
            "git -C repo commit --amend",
            "[main 1a2b3c4] x",
            json!({ "sha": "1a2b3c4", "kind": "amended", "branch": "main" }),
        ),
        (
            "git cherry-pick abc",
            "[detached HEAD 1a2b3c4] x",
            json!({ "sha": "1a2b3c4", "kind": "cherry-picked" }),
        ),
    ] {
        assert_eq!(of(line, stdout, ""), Some(json!({ "commit": expected })), "{line}");
    }
    assert_eq!(of("git commit -qm x", "", ""), None);
    assert_eq!(of("echo '[main 1a2b3c4] x'", "[main 1a2b3c4] x", ""), None);
    assert_eq!(of("git commit", "[warning] nothing", ""), None);
}

#[test]
fn pushes_and_merges_are_described_row_241() {
    let stderr = "To host:repo.git\n   1a2b3c4..5d6e7f8  main -> main\n";
    assert_eq!(of("git push", "", stderr), Some(json!({ "push": { "branch": "main" } })));
    let stderr = "To host:repo.git\n * [new branch]      work -> topic\n";
    assert_eq!(of("git push origin work:topic", "", stderr), Some(json!({ "push": { "branch": "topic" } })));
    let stderr = "To host:repo.git\n ! [rejected]        main -> main (fetch first)\n";
    assert_eq!(of("git push", "", stderr), None);
    assert_eq!(
        of("git merge --no-ff topic", "", ""),
        Some(json!({ "branch": { "ref": "topic", "action": "merged" } }))
    );
    assert_eq!(
        of("git rebase main", "", ""),
        Some(json!({ "branch": { "ref": "main", "action": "rebased" } }))
    );
    assert_eq!(of("git merge --abort", "", ""), None);
}

#[test]
fn pull_requests_are_described_row_241() {
    let url = "https://github.com/o/r/pull/12";
    let pr = |line: &str, stdout: &str| of(line, stdout, "").map(|value| value["pr"].clone());
    assert_eq!(
        pr("gh pr create --fill", url),
        Some(json!({ "number": 12, "url": url, "action": "created" }))
    );
    assert_eq!(
        pr("gh pr merge 12 --auto", ""),
        Some(json!({ "number": 12, "action": "auto-merge-enabled" }))
    );
    assert_eq!(
        pr("gh pr merge --disable-auto 12", ""),
        Some(json!({ "number": 12, "action": "auto-merge-disabled" }))
    );
    assert_eq!(pr("gh pr ready 12 --undo", ""), Some(json!({ "number": 12, "action": "draft" })));
    assert_eq!(pr("gh pr close '#12'", ""), Some(json!({ "number": 12, "action": "closed" })));
    assert_eq!(pr("gh pr view 12", url), None);
    assert_eq!(pr("gh issue close 12", ""), None);
}
