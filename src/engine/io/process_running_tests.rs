#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use std::future::pending;

fn start(dir: &std::path::Path, script: &str, pipes: Pipes) -> (Running, Arc<ProcessTable>) {
    let table: Arc<ProcessTable> = Arc::default();
    let spec = CommandSpec {
        program: "/bin/bash".into(),
        args: vec!["-c".into(), script.into()],
        cwd: dir.to_path_buf(),
        env: vec![("PATH".into(), std::env::var("PATH").unwrap())],
        timeout: Duration::ZERO,
        max_output: 1024 * 1024,
        input: None,
        detached: false,
    };
    (Running::start(spec, pipes, &table, &Clock::real()).unwrap(), table)
}

async fn until(mut condition: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("this did not come true within 20 s");
}

#[tokio::test]
async fn a_command_goes_on_when_waiting_was_stopped_and_its_output_moves_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let script = "echo one; echo two >&2; until [ -e go ]; do sleep 0.01; done; echo three; exit 4";
    let (mut running, table) = start(dir.path(), script, Pipes::Apart);
    let stop = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        7
    };
    assert_eq!(running.wait(stop).await.unwrap(), Ended::Stopped(7));
    let log = Arc::new(Log::create(dir.path().join("log")).unwrap());
    running.move_to(&log).await;
    std::fs::write(dir.path().join("go"), "").unwrap();
    assert_eq!(running.wait(pending::<()>()).await.unwrap(), Ended::Exited(Exit::Code(4)));
    let mut lines: Vec<_> = std::fs::read_to_string(log.path()).unwrap().lines().map(str::to_owned).collect();
    // How much had arrived before the move decides the order of the first two.
    lines[..2].sort();
    assert_eq!(lines, ["one", "two", "three"]);
    assert!(table.is_empty());
    assert!(running.wait(pending::<()>()).await.is_err(), "nothing is left to wait for");
}

#[tokio::test]
async fn one_pipe_keeps_the_order_of_both_outputs() {
    let dir = tempfile::tempdir().unwrap();
    let script = "for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done";
    let (mut running, _) = start(dir.path(), script, Pipes::Joined);
    assert_eq!(running.wait(pending::<()>()).await.unwrap(), Ended::Exited(Exit::Code(0)));
    let (stdout, stderr) = running.take_outputs();
    let expected: String = (1..=5).map(|i| format!("out {i}\nerr {i}\n")).collect();
    assert_eq!((stdout.text(), stderr.total), (expected, 0));
}

#[tokio::test]
async fn a_command_that_writes_too_much_is_ended_row_239() {
    for pipes in [Pipes::Apart, Pipes::Joined] {
        let dir = tempfile::tempdir().unwrap();
        let (mut running, table) = start(dir.path(), "yes; sleep 1000", pipes);
        running.allow_output(5 * 1024 * 1024);
        assert_eq!(running.wait(pending::<()>()).await.unwrap(), Ended::Flooded);
        drop(running);
        until(|| table.is_empty()).await;
    }
}

#[tokio::test]
async fn a_dropped_command_may_clean_up() {
    let dir = tempfile::tempdir().unwrap();
    let script = "trap 'touch cleaned; exit' TERM; touch ready; sleep 1000 & wait";
    let (mut running, table) = start(dir.path(), script, Pipes::Joined);
    let ready = dir.path().join("ready");
    assert_eq!(running.wait(until(|| ready.exists())).await.unwrap(), Ended::Stopped(()));
    drop(running);
    until(|| table.is_empty()).await;
    assert!(dir.path().join("cleaned").exists());
}
