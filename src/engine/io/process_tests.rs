#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::group::{KILL_GRACE, POLL};
use super::*;
use std::path::Path;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(600);

fn shell(dir: &Path, script: &str, timeout: Duration) -> CommandSpec {
    CommandSpec {
        program: "/bin/bash".into(),
        args: vec!["-c".into(), script.into()],
        cwd: dir.to_path_buf(),
        env: vec![("PATH".into(), std::env::var("PATH").unwrap())],
        timeout,
        max_output: 64 * 1024 * 1024,
        input: None,
        detached: false,
    }
}

#[tokio::test]
async fn what_is_given_is_read_and_what_is_not_read_does_no_harm() {
    let scene = Scene::new(Clock::real());
    let text: Arc<str> = "x".repeat(1_000_000).into();
    for (script, read) in [("cat | wc -c", "1000000"), ("echo unread", "unread")] {
        let spec = CommandSpec { input: Some(Arc::clone(&text)), ..shell(scene.dir.path(), script, LONG) };
        let finished = run(spec, &scene.table, &scene.clock, &scene.cancel).await.unwrap();
        assert_eq!(finished.stdout.text().trim(), read);
        assert_eq!(finished.exit, Some(Exit::Code(0)));
    }
}

struct Scene {
    dir: tempfile::TempDir,
    table: Arc<ProcessTable>,
    clock: Clock,
    cancel: CancellationToken,
}

impl Scene {
    fn new(clock: Clock) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, table: Arc::default(), clock, cancel: CancellationToken::new() }
    }

    async fn run(&self, script: &str) -> Finished {
        run(shell(self.dir.path(), script, LONG), &self.table, &self.clock, &self.cancel).await.unwrap()
    }

    fn spawn(&self, script: &str, timeout: Duration) -> tokio::task::JoinHandle<Finished> {
        let spec = shell(self.dir.path(), script, timeout);
        let (table, clock, cancel) = (Arc::clone(&self.table), self.clock.clone(), self.cancel.clone());
        tokio::spawn(async move { run(spec, &table, &clock, &cancel).await.unwrap() })
    }

    /// The number that the script writes to `pid`, once it is there.
    async fn pid(&self) -> i32 {
        let file = self.dir.path().join("pid");
        until(|| std::fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n'))).await;
        std::fs::read_to_string(&file).unwrap().trim().parse().unwrap()
    }
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

/// Whether a process is gone; one that is dead and waits for init counts as gone.
fn gone(pid: i32) -> bool {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err()
        || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

/// Whether a number is free: not even a zombie has it.
fn reaped(pid: i32) -> bool {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err()
}

#[tokio::test]
async fn outputs_and_exit_code_come_apart() {
    let scene = Scene::new(Clock::real());
    let finished = scene.run("echo out; echo err >&2; exit 3").await;
    let expected = Finished {
        exit: Some(Exit::Code(3)),
        stdout: Captured { head: b"out\n".to_vec(), tail: Vec::new(), total: 4 },
        stderr: Captured { head: b"err\n".to_vec(), tail: Vec::new(), total: 4 },
        interrupted: false,
        timed_out: false,
    };
    assert_eq!(finished, expected);
    assert!(scene.table.is_empty());
}

#[tokio::test]
async fn a_signal_is_told_from_an_exit_code() {
    let finished = Scene::new(Clock::real()).run("kill -KILL $$").await;
    assert_eq!(finished.exit, Some(Exit::Signal(9)));
    assert_eq!(finished.exit.unwrap().code(), 137);
}

#[tokio::test]
async fn standard_input_is_empty() {
    let finished = Scene::new(Clock::real()).run("cat; read x; echo \"read $?\"").await;
    assert_eq!(finished.stdout.text(), "read 1\n");
}

#[tokio::test]
async fn the_environment_is_what_was_given_and_no_more() {
    let scene = Scene::new(Clock::real());
    let mut spec = shell(scene.dir.path(), "", LONG);
    spec.program = "/usr/bin/env".into();
    spec.args.clear();
    spec.env = vec![("ONLY".into(), "this ü".into())];
    let finished = run(spec, &scene.table, &scene.clock, &scene.cancel).await.unwrap();
    assert_eq!(finished.stdout.text(), "ONLY=this ü\n");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_an_error_and_leaves_no_trace() {
    let scene = Scene::new(Clock::real());
    let mut spec = shell(scene.dir.path(), "", LONG);
    spec.program = "/nonexistent/shell".into();
    let error = run(spec, &scene.table, &scene.clock, &scene.cancel).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert!(scene.table.is_empty());
}

#[tokio::test]
async fn nothing_starts_after_a_cancel() {
    let scene = Scene::new(Clock::real());
    scene.cancel.cancel();
    let finished = scene.run("touch started").await;
    assert!(finished.interrupted);
    assert!(finished.exit.is_none());
    assert!(!scene.dir.path().join("started").exists());
}

#[tokio::test]
async fn ten_megabytes_on_both_outputs_at_once() {
    let script =
        "head -c 10000000 /dev/zero | tr '\\0' a & head -c 10000000 /dev/zero | tr '\\0' b >&2; wait";
    let finished = Scene::new(Clock::real()).run(script).await;
    assert_eq!((finished.stdout.total, finished.stderr.total), (10_000_000, 10_000_000));
    assert!(finished.stdout.head.iter().all(|&b| b == b'a'));
    assert!(finished.stderr.head.iter().all(|&b| b == b'b'));
    assert_eq!(finished.stdout.dropped(), 0);
}

#[tokio::test]
async fn beyond_the_limit_head_and_tail_are_kept() {
    let scene = Scene::new(Clock::real());
    let mut spec = shell(scene.dir.path(), "echo start; head -c 1000000 /dev/zero; echo end", LONG);
    spec.max_output = 100;
    let finished = run(spec, &scene.table, &scene.clock, &scene.cancel).await.unwrap();
    let stdout = finished.stdout;
    assert_eq!((stdout.total, stdout.head.len()), (1_000_010, 100));
    assert!(stdout.head.starts_with(b"start\n"));
    assert!(stdout.tail.ends_with(b"end\n"));
    assert!(stdout.tail.len() <= 2 * TAIL_KEPT + 16 * 1024);
    assert!(stdout.text().contains(&format!("[{} bytes of output were not kept]", stdout.dropped())));
}

#[test]
fn head_and_tail_without_a_gap_are_one_text() {
    let mut captured = Captured::default();
    captured.push(b"abc", 2);
    captured.push(b"def", 2);
    assert_eq!((captured.text(), captured.dropped()), ("abcdef".into(), 0));
    assert_eq!((captured.head, captured.tail), (b"ab".to_vec(), b"cdef".to_vec()));
}

#[tokio::test]
async fn a_background_child_that_holds_the_pipe_does_not_hold_us_and_is_killed() {
    let scene = Scene::new(Clock::real());
    let finished = scene.run("sleep 1000 & echo $! > pid; echo done").await;
    assert_eq!((finished.exit, finished.stdout.text()), (Some(Exit::Code(0)), "done\n".into()));
    let pid = scene.pid().await;
    until(|| gone(pid)).await;
    assert!(scene.table.is_empty());
}

#[tokio::test]
async fn what_a_child_writes_right_after_the_exit_is_still_read() {
    let finished = Scene::new(Clock::real()).run("echo late > >(cat)").await;
    assert_eq!(finished.stdout.text(), "late\n");
}

#[tokio::test]
async fn the_time_limit_settles_at_once_and_kills_grandchildren() {
    let scene = Scene::new(Clock::manual());
    let running = scene.spawn("echo said; (sleep 1000 & echo $! > pid; wait)", Duration::from_secs(5));
    let pid = scene.pid().await;
    scene.clock.advance(Duration::from_secs(5));
    let finished = running.await.unwrap();
    assert!(finished.timed_out && !finished.interrupted && finished.exit.is_none());
    assert_eq!(finished.stdout.text(), "said\n");
    until(|| gone(pid)).await;
    until(|| {
        scene.clock.advance(POLL);
        scene.table.is_empty()
    })
    .await;
}

#[tokio::test]
async fn what_ignores_term_gets_kill_after_the_grace() {
    let scene = Scene::new(Clock::manual());
    // Both the leader and its child ignore TERM.
    let running = scene.spawn("trap '' TERM; sleep 1000 & echo $! > pid; wait; sleep 1000", LONG);
    let pid = scene.pid().await;
    scene.cancel.cancel();
    assert!(running.await.unwrap().interrupted);
    assert!(!gone(pid) && !scene.table.is_empty());
    until(|| {
        scene.clock.advance(Duration::from_millis(100));
        gone(pid) && scene.table.is_empty()
    })
    .await;
    assert!(scene.clock.elapsed() >= KILL_GRACE);
}

#[tokio::test]
async fn term_lets_a_command_clean_up() {
    let scene = Scene::new(Clock::real());
    let running = scene.spawn("trap 'touch cleaned; exit' TERM; echo $$ > pid; sleep 1000 & wait", LONG);
    let pid = scene.pid().await;
    scene.cancel.cancel();
    running.await.unwrap();
    until(|| reaped(pid) && scene.table.is_empty()).await;
    assert!(scene.dir.path().join("cleaned").exists());
}

#[tokio::test]
async fn a_cancel_kills_grandchildren_and_leaves_no_zombie() {
    let scene = Scene::new(Clock::real());
    let running = scene.spawn("echo $$ > leader; (sleep 1000 & echo $! > pid; wait)", LONG);
    let pid = scene.pid().await;
    scene.cancel.cancel();
    let finished = running.await.unwrap();
    assert!(finished.interrupted && !finished.timed_out);
    let leader = std::fs::read_to_string(scene.dir.path().join("leader")).unwrap().trim().parse().unwrap();
    until(|| gone(pid) && reaped(leader) && scene.table.is_empty()).await;
}

#[tokio::test]
async fn a_dropped_run_kills_the_group() {
    let scene = Scene::new(Clock::real());
    let running = scene.spawn("(sleep 1000 & echo $! > pid; wait)", LONG);
    let pid = scene.pid().await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    until(|| gone(pid) && scene.table.is_empty()).await;
}

#[tokio::test]
async fn kill_all_ends_every_group() {
    let scene = Scene::new(Clock::real());
    let running = scene.spawn("(sleep 1000 & echo $! > pid; wait)", LONG);
    let pid = scene.pid().await;
    assert_eq!(scene.table.len(), 1);
    scene.table.kill_all();
    assert_eq!(running.await.unwrap().exit, Some(Exit::Signal(9)));
    until(|| gone(pid)).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_child_in_a_session_of_its_own_ends_too() {
    for end in ["cancel", "drop", "kill_all"] {
        let scene = Scene::new(Clock::real());
        let running = scene.spawn("setsid bash -c 'echo $$ > pid; sleep 1000; true' & wait", LONG);
        let pid = scene.pid().await;
        match end {
            "cancel" => scene.cancel.cancel(),
            "drop" => running.abort(),
            _ => scene.table.kill_all(),
        }
        let _ = running.await;
        until(|| gone(pid)).await;
    }
}
