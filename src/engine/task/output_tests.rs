#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::clock::Clock;
use crate::engine::emit::{Emitter, Outbox};
use crate::engine::io::process::log::Log;
use crate::engine::task::{Handle, NewTask, Outcome, Status, Tasks};
use tokio_util::sync::CancellationToken;

fn begin(dir: &std::path::Path) -> Handle {
    let clock = Clock::manual();
    let emitter = Emitter::new(Arc::new(Outbox::default()), "s".into(), clock.clone(), false);
    let log = Arc::new(Log::create(dir.join("log")).unwrap());
    Arc::new(Tasks::new(emitter, clock, CancellationToken::new())).begin(NewTask {
        id: "b1".into(),
        kind: "local_bash",
        description: "Try".into(),
        command: None,
        tool_use_id: "t".into(),
        log,
    })
}

async fn portion(task: &Task, max: u64) -> (String, u64) {
    let portion = task.new_output(max).await.unwrap();
    (portion.text, portion.skipped)
}

#[tokio::test]
async fn each_portion_is_what_came_since_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let handle = begin(dir.path());
    let task = handle.task();
    assert_eq!(portion(task, 100).await, (String::new(), 0));
    task.new.log.append(b"one\n");
    assert_eq!(portion(task, 100).await, ("one\n".into(), 0));
    assert_eq!(portion(task, 100).await, (String::new(), 0));
    task.new.log.append(b"two\nthree\n");
    assert_eq!(portion(task, 6).await, ("three\n".into(), 4));
}

#[tokio::test]
async fn a_character_is_not_torn_between_portions() {
    let dir = tempfile::tempdir().unwrap();
    let handle = begin(dir.path());
    let task = Arc::clone(handle.task());
    for (character, at) in [("é", 1), ("世", 1), ("世", 2), ("🦀", 1), ("🦀", 3)] {
        let bytes = character.as_bytes();
        task.new.log.append(b"a");
        task.new.log.append(&bytes[..at]);
        assert_eq!(portion(&task, 100).await, ("a".into(), 0), "{character} {at}");
        task.new.log.append(&bytes[at..]);
        assert_eq!(portion(&task, 100).await, (character.into(), 0), "{character} {at}");
    }
    task.new.log.append("世界".as_bytes());
    assert_eq!(portion(&task, 4).await, ("界".into(), 3), "the head of what is shown is whole");
    // What ends torn is shown as it is once nothing can follow.
    task.new.log.append(&"世".as_bytes()[..2]);
    assert_eq!(portion(&task, 100).await, (String::new(), 0));
    handle.finish(Outcome { status: Status::Completed, exit_code: None, how: "completed".into() });
    assert_eq!(portion(&task, 100).await, ("\u{fffd}".into(), 0));
    task.new.log.append(b"\xff\xfe");
    assert_eq!(portion(&task, 100).await, ("\u{fffd}\u{fffd}".into(), 0));
}

#[tokio::test]
async fn a_file_that_is_gone_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let handle = begin(dir.path());
    std::fs::remove_file(handle.task().new.log.path()).unwrap();
    handle.task().new_output(10).await.unwrap_err();
}
