#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

#[test]
fn what_was_appended_can_be_read_from_any_place() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::create(dir.path().join("log")).unwrap();
    assert!(log.is_empty());
    log.append(b"one ");
    log.append(b"two");
    assert_eq!((log.len(), log.error()), (7, None));
    assert_eq!(log.read(0, 100).unwrap(), b"one two");
    assert_eq!(log.read(4, 2).unwrap(), b"tw");
    assert_eq!(log.read(70, 2).unwrap(), b"");
    log.close();
    log.append(b"late");
    assert_eq!((log.len(), std::fs::read(log.path()).unwrap()), (7, b"one two".to_vec()));
}

#[test]
fn a_file_that_exists_is_not_written_over() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("log"), "x").unwrap();
    assert_eq!(Log::create(dir.path().join("log")).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_remembered_and_does_not_stop_the_writer() {
    let file = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let state = Mutex::new(State { file: Some(file), error: None });
    let log = Log { path: "/dev/full".into(), state, written: AtomicU64::new(0) };
    log.append(b"one");
    log.append(b"two");
    assert_eq!(log.len(), 0);
    assert_eq!(log.error().unwrap(), "the disk is full");
}
