#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::env::Env;
use crate::engine::io::fs::{Fault, inject};
use crate::engine::tool::test_support;
use std::io::ErrorKind;

fn said(text: &str) -> Result<Result<Value, Failure>, String> {
    Ok(Ok(json!({ "content": [{ "type": "text", "text": text }] })))
}

#[tokio::test]
async fn without_a_file_there_is_no_place_for_a_task() {
    let dir = tempfile::tempdir().unwrap();
    let mut cx = test_support::context(dir.path());
    cx.env = Arc::new(Env::new([("TMPDIR".to_owned(), dir.path().to_string_lossy().into_owned())]));
    assert!(place(&cx).await.is_some());
    for (fault, kind) in
        [(Fault::MakeDir, ErrorKind::PermissionDenied), (Fault::Create, ErrorKind::StorageFull)]
    {
        let _guard = inject(dir.path(), fault, kind);
        assert!(place(&cx).await.is_none(), "{fault:?}");
    }
}

#[test]
fn a_result_that_cannot_be_saved_is_told_with_its_beginning() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::create(dir.path().join("log")).unwrap();
    let _guard = inject(dir.path(), Fault::Write, ErrorKind::StorageFull);
    let outcome = written(said(&format!("start {}", "x".repeat(5000))), &log);
    let expected = format!(
        "ended, but its result could not be saved: the disk is full. It begins:\nstart {}",
        "x".repeat(1994)
    );
    assert_eq!((outcome.status, outcome.how), (Status::Failed, expected));
}

#[test]
fn a_result_that_was_saved_is_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::create(dir.path().join("log")).unwrap();
    let outcome = written(said("all of it"), &log);
    assert_eq!((outcome.status, outcome.how.as_str()), (Status::Completed, "completed"));
    assert_eq!(std::fs::read_to_string(log.path()).unwrap(), "all of it\n");
}
