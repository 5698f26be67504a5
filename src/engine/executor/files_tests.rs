#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;
use crate::engine::executor::Fault;
use crate::engine::host::{HookReply, HookRequest, PermissionAnswer, PermissionQuestion};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Mutex;

/// Answers by a table and remembers what was asked.
#[derive(Default)]
struct Table {
    faults: Mutex<Vec<&'static str>>,
    asked: Mutex<Vec<String>>,
}

impl Host for Table {
    fn can_use_tool(&self, _: PermissionQuestion) -> BoxFuture<'_, PermissionAnswer> {
        futures::future::pending().boxed()
    }

    fn call_hook(&self, _: HookRequest) -> BoxFuture<'_, HookReply> {
        futures::future::pending().boxed()
    }

    fn execute(&self, call: ExecutorCall) -> BoxFuture<'_, Result<Value, Fault>> {
        self.asked.lock().unwrap().push(call.method.to_owned());
        if self.faults.lock().unwrap().contains(&call.method) {
            let fault = Fault { code: Some("EROFS".to_owned()), message: "no".to_owned() };
            return futures::future::ready(Err(fault)).boxed();
        }
        let answer = match call.method {
            "fs.stat" => json!({ "type": "file", "size": 1, "mtimeMs": 5.5, "mode": 33188 }),
            _ => Value::Null,
        };
        futures::future::ready(Ok(answer)).boxed()
    }

    fn log(&self, _: &str) {}
}

fn files() -> (Arc<Table>, RemoteFiles) {
    let host = Arc::new(Table::default());
    let files = RemoteFiles::new(Arc::clone(&host) as Arc<dyn Host>, CancellationToken::new());
    (host, files)
}

#[test]
fn a_write_that_fails_leaves_no_file_behind() {
    for (fault, asked) in [
        (None, ["fs.stat", "fs.writeFile", "fs.rename"].as_slice()),
        (Some("fs.writeFile"), &["fs.stat", "fs.writeFile", "fs.unlink"]),
        (Some("fs.rename"), &["fs.stat", "fs.writeFile", "fs.rename", "fs.unlink"]),
    ] {
        let (host, files) = files();
        host.faults.lock().unwrap().extend(fault);
        let done = files.write_atomic(Path::new("/a"), b"x");
        assert_eq!(done.is_ok(), fault.is_none());
        assert_eq!(*host.asked.lock().unwrap(), asked);
    }
}

#[test]
fn the_file_type_bits_of_a_mode_do_not_matter() {
    let (_, files) = files();
    let stat = files.stat(Path::new("/a")).unwrap();
    assert!(stat.is_file() && stat.owner_may_write);
    assert_eq!(stat.modified, SystemTime::UNIX_EPOCH + Duration::from_micros(5500));
}

#[test]
fn a_cancelled_call_does_not_wait_for_an_answer() {
    let stop = CancellationToken::new();
    stop.cancel();
    let pending = RemoteFiles::new(Arc::new(Never), stop);
    assert_eq!(pending.read(Path::new("/a")).unwrap_err().kind(), ErrorKind::Interrupted);
}

/// Never answers.
struct Never;

impl Host for Never {
    fn can_use_tool(&self, _: PermissionQuestion) -> BoxFuture<'_, PermissionAnswer> {
        futures::future::pending().boxed()
    }

    fn call_hook(&self, _: HookRequest) -> BoxFuture<'_, HookReply> {
        futures::future::pending().boxed()
    }

    fn execute(&self, _: ExecutorCall) -> BoxFuture<'_, Result<Value, Fault>> {
        futures::future::pending().boxed()
    }

    fn log(&self, _: &str) {}
}
