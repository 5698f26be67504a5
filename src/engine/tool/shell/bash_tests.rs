#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::clock::Clock;
use crate::engine::tool::{ToolContent, schema::InputSchema, test_support};
use std::path::Path;
use std::sync::Arc;

pub(super) struct Scene {
    dir: tempfile::TempDir,
    pub(super) cx: ToolContext,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with(&[])
    }

    /// A workspace in `work`, temporary files in `tmp`, and these variables.
    pub(super) fn with(vars: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(dir.path()).unwrap();
        for name in ["work/sub", "tmp", "outside", "home"] {
            std::fs::create_dir_all(root.join(name)).unwrap();
        }
        let mut cx = test_support::context(&root.join("work"));
        let tmp = root.join("tmp").to_string_lossy().into_owned();
        let home = root.join("home").to_string_lossy().into_owned();
        let own = cx.env.iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
        let more = vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let places = [("CLAUDE_CODE_TMPDIR".to_owned(), tmp), ("HOME".to_owned(), home)];
        cx.env = Arc::new(Env::new(own.chain(places).chain(more)));
        Self { dir, cx }
    }

    pub(super) fn path(&self, name: &str) -> std::path::PathBuf {
        std::fs::canonicalize(self.dir.path()).unwrap().join(name)
    }

    pub(super) async fn try_run(&self, input: Value) -> Result<ToolOutput, ToolError> {
        Bash::new().run(input, &self.cx).await
    }

    pub(super) async fn run(&self, command: &str) -> ToolOutput {
        self.try_run(json!({ "command": command })).await.unwrap()
    }

    /// The text for the model of a command that must succeed.
    pub(super) async fn text(&self, command: &str) -> String {
        let output = self.run(command).await;
        assert!(!output.is_error, "{output:?}");
        text(&output).to_owned()
    }
}

pub(super) fn text(output: &ToolOutput) -> &str {
    match &output.content {
        ToolContent::Text(text) => text,
        ToolContent::Blocks(_) => panic!("blocks: {output:?}"),
    }
}

pub(super) async fn until(mut condition: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("this did not come true within 20 s");
}

#[test]
fn the_schema_takes_what_is_built_and_nothing_else() {
    let bash = Bash::new();
    let schema = InputSchema::compile(bash.input_schema()).unwrap();
    schema.check(&json!({ "command": "ls", "timeout": 5000, "description": "List" })).unwrap();
    schema
        .check(&json!({ "command": "ls", "run_in_background": true, "dangerouslyDisableSandbox": true }))
        .unwrap();
    for wrong in [
        json!({}),
        json!({ "command": 1 }),
        json!({ "command": "ls", "timeout": 0 }),
        json!({ "command": "ls", "run_in_background": "yes" }),
        json!({ "command": "ls", "dangerouslyDisableSandbox": 1 }),
        json!({ "command": "ls", "cwd": "/" }),
    ] {
        schema.check(&wrong).unwrap_err();
    }
    assert_eq!(bash.name(), "Bash");
    assert!(bash.description().len() > 500);
}

#[test]
fn inputs_that_do_not_fit_are_answered_with_these_texts() {
    let schema = InputSchema::compile(Bash::new().input_schema()).unwrap();
    let workspace = Workspace::new("/w".into(), Vec::new());
    let answer = |input: &Value| match schema.check(input) {
        Err(faults) => faults.to_string(),
        Ok(()) => match Bash::new().prepare(input, &workspace) {
            Err(ToolError::Respond(text)) => text,
            other => panic!("{other:?}"),
        },
    };
    for (input, expected) in [
        (json!({ "command": " \n" }), "`command` is empty. Give a command line to run."),
        (json!({ "command": "a\u{0}b" }), "`command` contains a NUL character. Remove it."),
    ] {
        assert_eq!(answer(&input), expected);
    }
    for (input, named) in [
        (json!([]), "object"),
        (json!({}), "command"),
        (json!({ "command": null }), "command"),
        (json!({ "command": "x", "timeout": "5" }), "timeout"),
        (json!({ "command": "x", "timeout": -1 }), "timeout"),
        (json!({ "command": "x", "description": 1 }), "description"),
        (json!({ "command": "x", "run_in_background": 1 }), "run_in_background"),
        (json!({ "command": "x", "shell": "zsh" }), "shell"),
    ] {
        assert!(answer(&input).contains(named), "{input}: {}", answer(&input));
    }
}

#[test]
fn a_call_declares_its_command_and_runs_alone() {
    let workspace = Workspace::new("/w".into(), Vec::new());
    let prepare = |command: &str| Bash::new().prepare(&json!({ "command": command }), &workspace);
    let declared = Declared { access: Access::RunCommand("ls".into()), parallel: false };
    assert_eq!(prepare("ls"), Ok(declared));
    assert!(matches!(prepare(" \n"), Err(ToolError::Respond(_))));
    assert!(matches!(prepare("echo \0"), Err(ToolError::Respond(_))));
}

#[tokio::test]
async fn a_success_gives_both_outputs_row_243() {
    let output = Scene::new().run("echo 'héllo 世界'; echo oops >&2; echo; echo").await;
    assert_eq!(text(&output), "héllo 世界\noops");
    assert!(!output.is_error);
    assert_eq!(output.structured, json!({ "stdout": "héllo 世界", "stderr": "oops", "interrupted": false }));
}

#[tokio::test]
async fn silence_is_said_row_241() {
    let scene = Scene::new();
    let output = scene.run("mkdir new").await;
    assert_eq!(text(&output), "(The command succeeded and printed nothing.)");
    assert_eq!(output.structured["noOutputExpected"], true);
    assert_eq!(scene.run("printf ''").await.structured.get("noOutputExpected"), None);
}

#[tokio::test]
async fn a_failure_is_bare_exit_code_then_stdout_then_stderr() {
    let output = Scene::new().run("echo err >&2; echo out; exit 3").await;
    assert_eq!(text(&output), "Exit code 3\nout\nerr");
    assert!(output.is_error);
    assert_eq!(output.structured, json!({ "stdout": "out", "stderr": "err", "interrupted": false }));
    assert_eq!(text(&Scene::new().run("exit 4").await), "Exit code 4");
    assert_eq!(text(&Scene::new().run("kill -KILL $$").await), "Exit code 137");
}

#[tokio::test]
async fn exit_code_1_of_grep_is_no_error_row_240() {
    let scene = Scene::new();
    let output = scene.run("echo a | grep b").await;
    assert!(!output.is_error);
    assert_eq!(text(&output), "(Exit code 1: No matches found)");
    assert_eq!(output.structured["returnCodeInterpretation"], "No matches found");
    std::fs::write(scene.path("work/a"), "1\n").unwrap();
    std::fs::write(scene.path("work/b"), "2\n").unwrap();
    assert_eq!(text(&scene.run("diff a b").await), "1c1\n< 1\n---\n> 2\n(Exit code 1: The files differ)");
    assert!(scene.run("grep x missing").await.is_error, "exit code 2 is an error");
    assert!(scene.run("false").await.is_error);
}

#[tokio::test]
async fn the_directory_carries_over_and_nothing_else_does_row_226_row_228() {
    let scene = Scene::new();
    scene.run("cd sub; export KEPT=1; f() { :; }; shopt -s extglob").await;
    assert_eq!(scene.cx.workspace.current(), scene.path("work/sub"));
    assert_eq!(
        scene.text("pwd; echo \"${KEPT-unset}\"; type -t f || true").await,
        format!("{}\nunset", scene.path("work/sub").display())
    );
    scene.run("cd ..").await;
    assert_eq!(scene.cx.workspace.current(), scene.path("work"));
}

#[tokio::test]
async fn the_directory_is_kept_however_the_command_ends_row_226() {
    for command in [
        "cd sub; exit 3",
        "cd sub; false",
        "set -e; cd sub; false; echo no",
        "cd sub; set -u; echo $undefined",
        "cd sub; trap 'echo bye' EXIT",
        "set -o noclobber; cd sub",
        "cd sub; exec 1>&- 2>&-",
        "pwd() { echo wrong; }; cd sub",
        "set -x; cd sub",
        "cd sub; )",
        "cd sub; kill $$",
    ] {
        let scene = Scene::new();
        scene.run(command).await;
        // A syntax error means that no part of the command has run; only SIGTERM may end before the trap.
        let expected = if command.ends_with(')') { "work" } else { "work/sub" };
        assert_eq!(scene.cx.workspace.current(), scene.path(expected), "{command}");
    }
    // Subshells and pipelines have directories of their own.
    let scene = Scene::new();
    scene.run("(cd sub); cd sub | cat").await;
    assert_eq!(scene.cx.workspace.current(), scene.path("work"));
}

#[tokio::test]
async fn names_with_quotes_and_spaces_are_no_problem() {
    let scene = Scene::new();
    let odd = scene.path("work/it's \"odd\" $HOME\nü");
    std::fs::create_dir(&odd).unwrap();
    scene.cx.workspace.set_current(odd.clone());
    std::fs::create_dir(odd.join("in side")).unwrap();
    scene.run("cd 'in side'").await;
    assert_eq!(scene.cx.workspace.current(), odd.join("in side"));
    let tmp = scene.path("tmp/t'm \"p");
    let scene = Scene::with(&[("CLAUDE_CODE_TMPDIR", tmp.to_str().unwrap())]);
    scene.run("cd sub").await;
    assert_eq!(scene.cx.workspace.current(), scene.path("work/sub"));
}

#[tokio::test]
async fn a_command_is_data_to_the_wrapper() {
    let scene = Scene::new();
    for (command, expected) in [
        ("echo \"$#:$@:$0\"", "0::bash"),
        ("echo '\"'; echo \"'\"", "\"\n'"),
        ("# only a comment", "(The command succeeded and printed nothing.)"),
        ("echo a # b", "a"),
        ("cat <<'X'\n$1 `x`\nX", "$1 `x`"),
        ("echo a \\\n b", "a b"),
        ("shift; echo $?", "1"),
    ] {
        assert_eq!(scene.text(command).await, expected, "{command}");
    }
    let output = scene.run("echo a; }; echo b").await;
    assert!(output.is_error && text(&output).contains("syntax error"), "{output:?}");
    for open in ["echo \"", "echo 'a", "if true", "echo $(", "cat <<X"] {
        let output = scene.run(open).await;
        assert!(!text(&output).contains("builtin"), "our own lines are not quoted: {output:?}");
    }
    let traced = scene.run("set -x; true").await;
    assert_eq!(traced.structured["stderr"], "++ true", "our own lines are not traced");
}

#[tokio::test]
async fn leaving_the_workspace_is_undone_and_said_row_227() {
    let scene = Scene::new();
    scene.run("cd sub").await;
    let notice = format!("Shell cwd was reset to {}", scene.path("work").display());
    let output = scene.run("echo hi; cd ../../outside").await;
    assert_eq!(text(&output), format!("hi\n{notice}"));
    assert_eq!(output.structured["stderr"], notice);
    assert_eq!(scene.cx.workspace.current(), scene.path("work"));
    let failed = scene.run("cd ../outside; exit 2").await;
    assert_eq!(text(&failed), format!("Exit code 2\n{notice}"));
    // A link that leads out is out; an additional directory is in.
    std::os::unix::fs::symlink(scene.path("outside"), scene.path("work/link")).unwrap();
    assert!(scene.text("cd link").await.ends_with(&notice));
    scene.cx.workspace.add([scene.path("outside")]);
    scene.run("cd link").await;
    assert_eq!(scene.cx.workspace.current(), scene.path("outside"));
}

#[tokio::test]
async fn the_directory_can_be_pinned_row_227() {
    let scene = Scene::with(&[("CLAUDE_BASH_MAINTAIN_PROJECT_WORKING_DIR", "1")]);
    let notice = format!("Shell cwd was reset to {}", scene.path("work").display());
    assert_eq!(scene.text("cd sub").await, notice);
    assert_eq!(scene.text("pwd").await, scene.path("work").to_string_lossy());
}

#[tokio::test]
async fn a_directory_that_goes_away_is_survived() {
    let scene = Scene::new();
    scene.run("cd sub").await;
    let output = scene.run("rm -r ../sub").await;
    assert!(text(&output).contains("Shell cwd was reset to"), "{output:?}");
    scene.cx.workspace.set_current(scene.path("work/sub"));
    assert_eq!(scene.text("pwd").await, scene.path("work").to_string_lossy());
    std::fs::remove_dir_all(scene.path("work")).unwrap();
    let error = scene.try_run(json!({ "command": "pwd" })).await.unwrap_err();
    assert!(matches!(error, ToolError::Respond(text) if text.contains("does not exist")));
}

#[tokio::test]
async fn standard_input_is_empty_and_background_children_do_not_hold_us() {
    let scene = Scene::new();
    assert_eq!(scene.text("cat; echo end").await, "end");
    assert_eq!(scene.text("sleep 1000 & echo started").await, "started");
    assert!(scene.cx.processes.is_empty());
}

#[test]
fn time_limits_come_from_the_call_and_the_environment_row_230() {
    let of = |asked: Option<f64>, vars: &[(&str, &str)]| {
        let env = Env::new(vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        timeout(asked, &env).as_millis()
    };
    assert_eq!(of(None, &[]), 120_000);
    assert_eq!(of(Some(5000.0), &[]), 5000);
    assert_eq!(of(Some(1e9), &[]), 600_000);
    assert_eq!(of(None, &[("BASH_DEFAULT_TIMEOUT_MS", "1000")]), 1000);
    assert_eq!(of(Some(1e9), &[("BASH_MAX_TIMEOUT_MS", "2000"), ("BASH_DEFAULT_TIMEOUT_MS", "1000")]), 2000);
    assert_eq!(of(Some(1e9), &[("BASH_MAX_TIMEOUT_MS", "900000")]), 900_000);
    // The ceiling is the larger of the two.
    assert_eq!(of(Some(1e9), &[("BASH_DEFAULT_TIMEOUT_MS", "700000")]), 700_000);
    assert_eq!(of(None, &[("BASH_DEFAULT_TIMEOUT_MS", "no")]), 120_000);
    assert_eq!(of(Some(0.2), &[]), 1);
}

#[tokio::test]
async fn a_command_that_runs_too_long_is_killed_and_what_it_printed_is_shown_row_230() {
    let mut scene = Scene::new();
    scene.cx.clock = Clock::manual();
    let cx = scene.cx.clone();
    let command = "cd sub; echo said; echo $$ > ../pid; sleep 1000";
    let running = tokio::spawn(async move {
        Bash::new().run(json!({ "command": command, "timeout": 2500 }), &cx).await.unwrap()
    });
    let file = scene.path("work/pid");
    until(|| std::fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n'))).await;
    scene.cx.clock.advance(Duration::from_millis(2500));
    let output = running.await.unwrap();
    assert!(output.is_error);
    assert_eq!(
        text(&output),
        "The command ran longer than 2.5 s and was killed, with everything it had started. It had printed:\nsaid"
    );
    let expected = json!({ "stdout": "said", "stderr": "", "interrupted": true, "timedOutAfterMs": 2500 });
    assert_eq!(output.structured, expected);
    assert_eq!(scene.cx.workspace.current(), scene.path("work"), "the directory stays what it was");
    let pid = nix::unistd::Pid::from_raw(std::fs::read_to_string(&file).unwrap().trim().parse().unwrap());
    until(|| nix::sys::signal::kill(pid, None).is_err()).await;
}

#[tokio::test]
async fn a_cancelled_call_ends_at_once_and_kills_grandchildren_row_243() {
    let scene = Scene::new();
    let cx = scene.cx.clone();
    let command = "(sleep 1000 & echo $! > pid; wait)";
    let running = tokio::spawn(async move { Bash::new().run(json!({ "command": command }), &cx).await });
    let file = scene.path("work/pid");
    until(|| std::fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n'))).await;
    scene.cx.cancel.cancel();
    assert_eq!(running.await.unwrap(), Err(ToolError::Cancelled));
    let pid: i32 = std::fs::read_to_string(&file).unwrap().trim().parse().unwrap();
    let gone = || {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err()
            || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
    };
    until(gone).await;
}

#[tokio::test]
async fn nothing_starts_after_a_cancel() {
    let scene = Scene::new();
    scene.cx.cancel.cancel();
    assert_eq!(scene.try_run(json!({ "command": "touch x" })).await, Err(ToolError::Cancelled));
    assert!(!scene.path("work/x").exists());
}

#[tokio::test]
async fn commands_are_marked_and_telemetry_settings_removed_row_244_row_498() {
    let scene = Scene::with(&[
        ("OTEL_EXPORTER_OTLP_HEADERS", "key"),
        ("CLAUDECODE", "0"),
        ("ANTHROPIC_API_KEY", "sk"),
        ("MINE", "1"),
    ]);
    let mut scene = scene;
    scene.cx.effort = Some("high".into());
    let printed = scene.text("env").await;
    let has = |line: &str| printed.lines().any(|l| l == line);
    assert!(has("CLAUDECODE=1") && has("CLAUDE_CODE_CHILD_SESSION=1"));
    assert!(has(&format!("CLAUDE_CODE_SESSION_ID={}", scene.cx.session_id)));
    assert!(has(&format!("CLAUDE_PID={}", std::process::id())));
    assert!(has("CLAUDE_EFFORT=high"));
    assert!(has("MINE=1") && has("ANTHROPIC_API_KEY=sk"));
    assert!(!printed.contains("OTEL_"));
}

#[tokio::test]
async fn variables_of_the_env_file_hold_for_every_command_row_228() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("it's env");
    let scene = Scene::with(&[("CLAUDE_ENV_FILE", file.to_str().unwrap())]);
    assert_eq!(scene.text("echo ${KEPT-unset}").await, "unset", "no such file yet");
    std::fs::write(&file, "export KEPT='a b'\necho loud\n").unwrap();
    assert_eq!(scene.text("echo ${KEPT-unset}").await, "a b");
    scene.run("export KEPT=other").await;
    assert_eq!(scene.text("echo ${KEPT-unset}").await, "a b");
}

#[tokio::test]
async fn commands_go_through_the_prefix_row_245() {
    let dir = tempfile::tempdir().unwrap();
    let wrapper = dir.path().join("wrap per");
    let log = dir.path().join("log");
    let script = format!("#!/bin/bash\necho \"$1 $#\" >> '{}'\neval \"${{!#}}\"\n", log.display());
    std::fs::write(&wrapper, script).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&wrapper, executable).unwrap();
    let prefix = format!("'{}' --audit", wrapper.display());
    let scene = Scene::with(&[("CLAUDE_CODE_SHELL_PREFIX", &prefix)]);
    let output = scene.run("cd sub; echo \"it's $0 $#\"; exit 3").await;
    assert_eq!(text(&output), "Exit code 3\nit's bash 0");
    assert_eq!(scene.cx.workspace.current(), scene.path("work/sub"), "the directory carries over");
    assert_eq!(std::fs::read_to_string(log).unwrap(), "--audit 2\n");
}

#[tokio::test]
async fn a_command_that_would_end_this_process_is_refused_row_248() {
    let error = Scene::new().try_run(json!({ "command": "kill -9 $PPID" })).await.unwrap_err();
    assert!(matches!(error, ToolError::Respond(text) if text.starts_with("Refused")));
}

#[tokio::test]
async fn no_scratch_files_stay_behind() {
    let scene = Scene::new();
    let tmp = scene.path("tmp");
    for command in ["cd sub", "true", "cd .."] {
        scene.run(command).await;
        let left = walk_all(&tmp);
        assert!(left.iter().all(|path| path.is_dir()) && left.len() == 3, "one for the next call: {left:?}");
    }
    let Scene { dir: _dir, cx } = scene;
    drop(cx);
    let left = walk_all(&tmp);
    assert!(left.iter().all(|path| path.is_dir()) && left.len() == 2, "{left:?}");
}

#[tokio::test]
async fn a_command_that_is_ended_has_no_place_to_write_to() {
    let scene = Scene::new();
    let output = scene.try_run(json!({ "command": "cd sub; sleep 60", "timeout": 300 })).await.unwrap();
    assert!(output.is_error);
    until(|| scene.cx.processes.is_empty()).await;
    assert_eq!(walk_all(&scene.path("tmp")).len(), 2);
}

#[tokio::test]
async fn a_directory_that_has_become_a_link_is_seen_through() {
    let scene = Scene::new();
    scene.text("cd sub").await;
    let outside = scene.path("outside/sub");
    let output = scene.run(&format!("mv ../sub {0} && ln -s {0} ../sub", quoted(&outside))).await;
    assert!(!output.is_error);
    assert_eq!(scene.cx.workspace.current(), scene.path("work"));
}

fn quoted(path: &Path) -> String {
    shell::quote(&path.to_string_lossy())
}

#[tokio::test]
async fn long_commands_are_heard_of_every_five_seconds() {
    let mut scene = Scene::new();
    let outbox = Arc::new(crate::engine::emit::Outbox::default());
    scene.cx.clock = Clock::manual();
    let emitter =
        crate::engine::emit::Emitter::new(Arc::clone(&outbox), "s".into(), scene.cx.clock.clone(), false);
    let cancel = scene.cx.cancel.clone();
    scene.cx.tasks = Arc::new(crate::engine::task::Tasks::new(emitter, scene.cx.clock.clone(), cancel));
    let cx = scene.cx.clone();
    let command = "touch ready; until [ -e go ]; do sleep 0.01; done";
    let running = tokio::spawn(async move { Bash::new().run(json!({ "command": command }), &cx).await });
    until(|| scene.path("work/ready").exists()).await;
    for seconds in [5, 10] {
        scene.cx.clock.advance(Duration::from_secs(5));
        let items: Value = serde_json::from_str(&outbox.pull().await.items).unwrap();
        let mut message = items[0].clone();
        message.as_object_mut().unwrap().retain(|key, _| key != "uuid");
        let expected = json!({
            "type": "tool_progress", "tool_use_id": "toolu_test", "tool_name": "Bash",
            "parent_tool_use_id": null, "elapsed_time_seconds": seconds, "session_id": "s",
        });
        assert_eq!((message, items.as_array().unwrap().len()), (expected, 1));
    }
    std::fs::write(scene.path("work/go"), "").unwrap();
    assert!(!running.await.unwrap().unwrap().is_error);
}

fn walk_all(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk_all(&path));
        }
        found.push(path);
    }
    found
}

#[tokio::test]
async fn a_full_disk_does_not_keep_commands_from_running() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    for (kind, why) in [
        (ErrorKind::StorageFull, "the disk is full"),
        (ErrorKind::PermissionDenied, "the operating system denies access"),
    ] {
        let scene = Scene::new();
        let _guard = inject(&scene.path("tmp"), Fault::MakeDir, kind);
        let note = format!(
            "(The shell's setup and its last directory were left out, as no temporary file could be made: {why}.)"
        );
        assert_eq!(scene.text("cd sub && echo here && touch made").await, format!("here\n{note}"));
        assert!(scene.path("work/sub/made").exists());
        assert_eq!(scene.cx.workspace.current(), scene.path("work"));
        let output = scene.run("echo out; exit 3").await;
        assert_eq!(text(&output), format!("Exit code 3\nout\n{note}"));
    }
    let scene = Scene::new();
    let full = inject(&scene.path("tmp"), Fault::MakeDir, ErrorKind::StorageFull);
    scene.text("cd sub").await;
    assert_eq!(scene.cx.workspace.current(), scene.path("work"));
    drop(full);
    scene.text("cd sub").await;
    assert_eq!(scene.cx.workspace.current(), scene.path("work/sub"), "with room again, it carries over");
}
