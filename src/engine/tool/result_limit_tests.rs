#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::env::Env;
use crate::engine::io::fs::{Fault, inject};
use crate::engine::tool::test_support;

async fn fitted(text: String, limit: Option<usize>, tmp: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut cx = test_support::context(dir.path());
    let tmp = if tmp.is_empty() { dir.path().to_string_lossy().into_owned() } else { tmp.to_owned() };
    cx.env = Arc::new(Env::new([("TMPDIR".to_owned(), tmp)]));
    match fit(ToolContent::Text(text.clone()), limit, "mcp__a__b", &cx).await {
        ToolContent::Text(shown) => {
            if let Some((_, path)) = shown.split_once("saved in ") {
                let path = path.split_once(" (").unwrap().0;
                assert!(path.ends_with("/mcp--a--b.txt"), "{path}");
                assert_eq!(std::fs::read_to_string(path).unwrap(), text);
            }
            shown
        }
        ToolContent::Blocks(blocks) => panic!("{blocks:?}"),
    }
}

#[tokio::test]
async fn a_long_result_is_saved_and_previewed() {
    let text = "é".repeat(LIMIT);
    assert_eq!(fitted(text.clone(), Some(LIMIT), "").await, text);
    let long = format!("{text}é");
    assert_eq!(fitted(long.clone(), None, "").await, long);
    let shown = fitted(long, Some(LIMIT), "").await;
    assert!(
        shown.starts_with("The result has 50001 characters, too many to show here. It is saved in "),
        "{shown}"
    );
    assert!(shown.ends_with(&format!(
        "(100002 bytes); read the part you need with Read or search it with Grep. It begins:\n{}",
        "é".repeat(PREVIEW)
    )));
}

#[tokio::test]
async fn what_cannot_be_saved_is_cut_all_the_same() {
    let shown = fitted("x".repeat(LIMIT + 1), Some(LIMIT), "/dev/null").await;
    assert!(
        shown.starts_with(
            "The result has 50001 characters, too many to show here. It could not be saved either ("
        ),
        "{shown}"
    );
    assert!(shown.contains("; ask for less. It begins:\nxxx"));
}

/// Files and directories below `dir`.
fn below(dir: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| 1 + if path.is_dir() { below(&path) } else { 0 }).sum()
}

#[tokio::test]
async fn faults_of_the_disk_leave_the_preview_and_nothing_behind() {
    use std::io::ErrorKind;
    let dir = tempfile::tempdir().unwrap();
    let tmp = dir.path().join("tmp");
    let text = format!("start {}", "x".repeat(LIMIT));
    // Once without a fault, so that the session's own directories are there.
    let saved = fitted(text.clone(), Some(LIMIT), &tmp.to_string_lossy()).await;
    assert!(saved.contains("It is saved in"), "{saved}");
    let before = below(&tmp);
    for (fault, kind, why) in [
        (Fault::MakeDir, ErrorKind::PermissionDenied, "the operating system denies access"),
        (Fault::MakeDir, ErrorKind::ReadOnlyFilesystem, "the file system is read-only"),
        (Fault::Create, ErrorKind::StorageFull, "the disk is full"),
        (Fault::Write, ErrorKind::StorageFull, "the disk is full"),
        (Fault::Write, ErrorKind::QuotaExceeded, "the quota of the disk is used up"),
    ] {
        let _guard = inject(&tmp, fault, kind);
        let shown = fitted(text.clone(), Some(LIMIT), &tmp.to_string_lossy()).await;
        let expected = format!(
            "The result has 50006 characters, too many to show here. It could not be saved either ({why}); ask for \
             less. It begins:\nstart {}",
            "x".repeat(PREVIEW - 6)
        );
        assert_eq!(shown, expected);
        assert_eq!(below(&tmp), before, "{fault:?}");
    }
}
