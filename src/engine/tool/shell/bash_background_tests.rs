#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::tests::{Scene, text, until};
use super::super::{Bash, BashInput};
use super::*;
use crate::engine::env::Env;
use crate::engine::io::fs::{Fault, inject};
use crate::engine::task::Task;
use crate::engine::tool::Tool;
use serde_json::{Value, json};
use std::io::ErrorKind;
use tokio_util::sync::CancellationToken;

fn plan(input: Value, vars: &[(&str, &str)]) -> Plan {
    let input: BashInput = serde_json::from_value(input).unwrap();
    Plan::new(input, &Env::new(vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))))
}

/// Starts a command in the background; gives its task and what the model was told.
async fn start(scene: &Scene, mut input: Value) -> (Arc<Task>, ToolOutput) {
    input["run_in_background"] = json!(true);
    let output = scene.try_run(input).await.unwrap();
    let id = output.structured["backgroundTaskId"].as_str().unwrap();
    (scene.cx.tasks.get(id).unwrap(), output)
}

fn written(task: &Task) -> String {
    std::fs::read_to_string(task.new.log.path()).unwrap()
}

/// What the model is told of the end of the only task.
async fn end_of(scene: &Scene, task: &Task) -> String {
    task.ended().await;
    scene.cx.tasks.take_notices().pop().unwrap().summary
}

#[test]
fn a_background_command_has_limits_of_its_own_row_233() {
    for (timeout, minutes) in [(None, 30.0), (Some(60_000.0), 1.0), (Some(1e9), 120.0)] {
        let limit = plan(
            json!({ "command": "x", "timeout": timeout, "run_in_background": true }),
            &[("BASH_MAX_TIMEOUT_MS", "5"), ("BASH_DEFAULT_TIMEOUT_MS", "5")],
        );
        assert_eq!(limit.background_limit.as_secs_f64(), minutes * 60.0, "{timeout:?}");
    }
    let foreground = plan(json!({ "command": "x", "timeout": 1000 }), &[]);
    assert_eq!((foreground.timeout.as_secs(), foreground.background_limit.as_secs()), (1, 1800));
}

#[tokio::test]
async fn both_outputs_go_to_one_file_in_their_order_row_232() {
    let scene = Scene::new();
    let command = "for i in 1 2 3; do echo out $i; echo err $i >&2; done; cat";
    let (task, output) = start(&scene, json!({ "command": command })).await;
    assert!(!output.is_error && text(&output).contains("as task b"), "{output:?}");
    assert_eq!(
        end_of(&scene, &task).await,
        "Background command \"for i in 1 2 3; do echo out $i; echo err $i >&2; done; cat\" completed (exit code 0)"
    );
    assert_eq!(written(&task), "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
    let dir = task.new.log.path().parent().unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(dir).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o700, "only the user may look");
}

#[tokio::test]
async fn a_cancelled_call_does_not_take_a_started_task_with_it() {
    let mut scene = Scene::new();
    scene.cx.cancel = CancellationToken::new();
    let (task, _) = start(&scene, json!({ "command": "until [ -e go ]; do sleep 0.01; done" })).await;
    scene.cx.cancel.cancel();
    std::fs::write(scene.path("work/go"), "").unwrap();
    assert!(end_of(&scene, &task).await.ends_with("completed (exit code 0)"));
}

#[tokio::test]
async fn a_cd_in_the_background_does_not_carry_over_and_that_is_said_row_234() {
    let scene = Scene::new();
    let (task, output) = start(&scene, json!({ "command": "cd sub && pwd" })).await;
    task.ended().await;
    assert_eq!(written(&task).trim(), scene.path("work/sub").to_string_lossy());
    assert_eq!(scene.cx.workspace.current(), scene.path("work"));
    let hint = format!(
        "A `cd` in a background command does not carry over: the working directory is still {}.",
        scene.path("work").display()
    );
    assert_eq!(output.structured["backgroundCwdHint"], json!(hint));
    assert!(text(&output).ends_with(&hint));
    let (_, output) = start(&scene, json!({ "command": "true" })).await;
    assert_eq!(output.structured.get("backgroundCwdHint"), None);
}

#[tokio::test]
async fn the_end_says_what_an_exit_code_means() {
    for (command, status, how) in [
        ("exit 3", Status::Failed, "failed with exit code 3"),
        ("kill -TERM $$", Status::Failed, "failed with exit code 143"),
        ("grep x /dev/null", Status::Completed, "completed (exit code 1: No matches found)"),
    ] {
        let scene = Scene::new();
        let (task, _) = start(&scene, json!({ "command": command, "description": "Try" })).await;
        assert_eq!(end_of(&scene, &task).await, format!("Background command \"Try\" {how}"));
        assert_eq!(task.state().status, status);
    }
}

#[tokio::test]
async fn a_task_that_runs_too_long_is_killed_with_what_it_started() {
    let mut scene = Scene::new();
    scene.cx.clock = Clock::manual();
    let command = "sleep 1000 & echo $! > pid; wait";
    let (task, _) =
        start(&scene, json!({ "command": command, "description": "Try", "timeout": 90_000 })).await;
    let file = scene.path("work/pid");
    until(|| std::fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n'))).await;
    until(|| {
        scene.cx.clock.advance(Duration::from_secs(90));
        !task.is_running()
    })
    .await;
    let how = end_of(&scene, &task).await;
    assert_eq!(how, "Background command \"Try\" was killed after its time limit of 90 s");
    let pid = nix::unistd::Pid::from_raw(std::fs::read_to_string(&file).unwrap().trim().parse().unwrap());
    until(|| {
        scene.cx.clock.advance(Duration::from_millis(100));
        scene.cx.processes.is_empty() && nix::sys::signal::kill(pid, None).is_err()
    })
    .await;
}

#[tokio::test]
async fn without_background_tasks_the_command_runs_in_the_foreground_row_231() {
    let scene =
        Scene::with(&[("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1"), ("CLAUDE_AUTO_BACKGROUND_TASKS", "1")]);
    let output = scene.try_run(json!({ "command": "echo hi", "run_in_background": true })).await.unwrap();
    assert_eq!(text(&output), "hi");
    assert_eq!(output.structured.get("backgroundTaskId"), None);
    let vars = [("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1"), ("CLAUDE_AUTO_BACKGROUND_TASKS", "1")];
    let plan = plan(json!({ "command": "make" }), &vars);
    assert!(!plan.moves_at_timeout && !plan.background_allowed);
}

#[test]
fn what_may_move_at_the_time_limit_row_231() {
    let moves = |command: &str| {
        plan(json!({ "command": command }), &[("CLAUDE_AUTO_BACKGROUND_TASKS", "1")]).moves_at_timeout
    };
    for command in ["make", "npm test && echo ok", "for i in 1 2; do make $i; done", "make; sleep 5"] {
        assert!(moves(command), "{command}");
    }
    for command in ["sleep 100", "sleep 5; make", "git fetch", "cd x && git pull", "make; )", "if true"] {
        assert!(!moves(command), "{command}");
    }
    assert!(!plan(json!({ "command": "make" }), &[]).moves_at_timeout, "only when asked for");
}

#[tokio::test]
async fn at_the_time_limit_the_command_moves_to_the_background_row_231() {
    let mut scene = Scene::with(&[("CLAUDE_AUTO_BACKGROUND_TASKS", "1")]);
    scene.cx.clock = Clock::manual();
    let cx = scene.cx.clone();
    let command = "echo said; echo wrong >&2; touch ready; until [ -e go ]; do sleep 0.01; done; echo more";
    let running = tokio::spawn(async move {
        Bash::new().run(json!({ "command": command, "timeout": 2500 }), &cx).await.unwrap()
    });
    until(|| scene.path("work/ready").exists()).await;
    scene.cx.clock.advance(Duration::from_millis(2500));
    let output = running.await.unwrap();
    let id = output.structured["backgroundTaskId"].as_str().unwrap();
    let task = scene.cx.tasks.get(id).unwrap();
    let expected = json!({
        "stdout": "said", "stderr": "wrong", "interrupted": false,
        "backgroundTaskId": id, "timedOutAfterMs": 2500,
    });
    assert_eq!(output.structured, expected);
    assert!(!output.is_error);
    let notice = format!(
        "The command ran longer than 2.5 s and was moved to the background as task {id}, where it goes on. \
         All of its output is in {}.",
        task.new.log.path().display()
    );
    let shown = text(&output);
    assert!(
        shown.starts_with(&notice) && shown.ends_with("\nIt has printed so far:\nsaid\nwrong"),
        "{shown}"
    );
    std::fs::write(scene.path("work/go"), "").unwrap();
    task.ended().await;
    assert_eq!(written(&task), "said\nwrong\nmore\n");
}

#[tokio::test]
async fn a_folder_that_cannot_be_had_is_said_and_nothing_starts() {
    let scene = Scene::new();
    let run = |file: &str| {
        let input = json!({ "command": format!("touch {file}"), "run_in_background": true });
        async { scene.try_run(input).await }
    };
    start(&scene, json!({ "command": "true" })).await.0.ended().await;
    let tasks = tasks_dir(&scene);
    std::fs::remove_dir_all(&tasks).unwrap();
    std::fs::write(&tasks, "").unwrap();
    let error = run("started").await.unwrap_err();
    assert!(
        matches!(&error, ToolError::Respond(text) if text.starts_with("The command was not started, as no file "))
    );
    assert!(!scene.path("work/started").exists());
}

#[test]
fn a_title_is_one_short_line() {
    assert_eq!(title("echo a\n  echo b"), "echo a echo b");
    assert_eq!(title(&"é".repeat(200)), format!("{}...", "é".repeat(100)));
}

/// Where the output files of a session's tasks are.
fn tasks_dir(scene: &Scene) -> std::path::PathBuf {
    scene.path("tmp").join(format!(
        "native-agent-sdk-{}/{}/tasks",
        nix::unistd::getuid(),
        scene.cx.session_id
    ))
}

const FAULTS: [(Fault, ErrorKind, &str); 3] = [
    (Fault::MakeDir, ErrorKind::PermissionDenied, "the operating system denies access"),
    (Fault::Create, ErrorKind::StorageFull, "the disk is full"),
    (Fault::Create, ErrorKind::ReadOnlyFilesystem, "the file system is read-only"),
];

#[tokio::test]
async fn faults_of_the_disk_keep_a_command_from_starting_in_the_background() {
    for (fault, kind, why) in FAULTS {
        let scene = Scene::new();
        let _guard = inject(&tasks_dir(&scene), fault, kind);
        let told = scene.try_run(json!({ "command": "touch started", "run_in_background": true })).await;
        let expected = format!(
            "The command was not started, as no file could be made for its output: {why}. It can run in the foreground."
        );
        assert_eq!(told, Err(ToolError::Respond(expected)));
        assert!(!scene.path("work/started").exists());
        assert!(scene.cx.tasks.running().is_empty());
    }
}

#[tokio::test]
async fn a_command_that_cannot_move_to_the_background_goes_on_in_the_foreground() {
    for (fault, kind, why) in FAULTS {
        let scene = Scene::new();
        let _guard = inject(&tasks_dir(&scene), fault, kind);
        let cx = scene.cx.clone();
        let command = "echo first; until [ -e go ]; do sleep 0.01; done; echo last";
        let running =
            tokio::spawn(async move { Bash::new().run(json!({ "command": command }), &cx).await.unwrap() });
        until(|| scene.cx.tasks.move_to_background(None)).await;
        // It has stopped offering to move once it knows that it cannot.
        until(|| !scene.cx.tasks.move_to_background(None)).await;
        std::fs::write(scene.path("work/go"), "").unwrap();
        let output = running.await.unwrap();
        let note = format!(
            "(The command could not move to the background, as no file could be made for its output: {why}.)"
        );
        assert_eq!(text(&output), format!("first\nlast\n{note}"));
        assert!(!output.is_error && scene.cx.tasks.running().is_empty());
    }
}

#[tokio::test]
async fn one_that_cannot_move_at_its_time_limit_is_killed_and_its_output_told() {
    let mut scene = Scene::with(&[("CLAUDE_AUTO_BACKGROUND_TASKS", "1")]);
    scene.cx.clock = Clock::manual();
    let _guard = inject(&tasks_dir(&scene), Fault::Create, ErrorKind::StorageFull);
    let cx = scene.cx.clone();
    let command = "echo said; touch ready; while :; do sleep 0.01; done";
    let running = tokio::spawn(async move {
        Bash::new().run(json!({ "command": command, "timeout": 2500 }), &cx).await.unwrap()
    });
    until(|| scene.path("work/ready").exists()).await;
    scene.cx.clock.advance(Duration::from_millis(2500));
    let output = running.await.unwrap();
    assert_eq!(
        text(&output),
        "The command ran longer than 2.5 s and was killed, with everything it had started. It had printed:\nsaid\n\
         (The command could not move to the background, as no file could be made for its output: the disk is full.)"
    );
    assert!(output.is_error);
}

#[tokio::test]
async fn a_disk_that_fills_up_under_a_task_is_told_with_its_end() {
    let scene = Scene::new();
    let command = "echo kept; until [ -e go ]; do sleep 0.01; done; echo lost";
    let (task, _) = start(&scene, json!({ "command": command, "description": "Try" })).await;
    until(|| task.new.log.len() == 5).await;
    let _guard = inject(&tasks_dir(&scene), Fault::Write, ErrorKind::StorageFull);
    std::fs::write(scene.path("work/go"), "").unwrap();
    assert_eq!(
        end_of(&scene, &task).await,
        "Background command \"Try\" completed (exit code 0); part of its output could not be saved: the disk is full"
    );
    assert_eq!(written(&task), "kept\n");
}
