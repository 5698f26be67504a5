//! Hooks of settings files through the front door: commands that are told what happens and may decide.

use crate::support::{Bench, calls, only, says, told, tool_result, with};
use serde_json::{Value, json};
use std::path::Path;

const USER: &str = ".claude/settings.json";
const PROJECT: &str = "repo/.claude/settings.json";

fn command(line: &str) -> Value {
    json!({ "type": "command", "command": line })
}

fn hooks(event: &str, matcher: &str, handlers: &[Value]) -> Value {
    json!({ "hooks": { event: [{ "matcher": matcher, "hooks": handlers }] } })
}

/// The model asks for `touch made` once; the messages of the turn.
async fn touch(bench: &Bench, options: Value) -> Vec<Value> {
    let rules = json!([calls("c1", "Bash", json!({ "command": "touch made" })), says("Done.")]);
    bench.add_rules(rules);
    let base = json!({
        "cwd": bench.path("repo"), "settingSources": ["user", "project"], "allowedTools": ["Bash(touch:*)"],
    });
    bench.run("Go", with(base, options)).await
}

#[tokio::test]
async fn a_command_decides_about_a_call_by_exit_code_or_json_row_183_row_200() {
    let deny = r#"{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"Not on Fridays."}}"#;
    let cases = [
        ("echo 'Not on Mondays.' >&2; exit 2".to_owned(), Some("Not on Mondays."), ""),
        (format!("echo '{deny}'"), Some("Not on Fridays."), ""),
        (format!("echo '{deny}'; exit 1"), Some("Not on Fridays."), "exit code 1"),
        ("exit 0".to_owned(), None, ""),
        ("echo broken >&2; exit 3".to_owned(), None, "failed with exit code 3: broken"),
        ("echo '{'".to_owned(), None, "it is no JSON"),
        ("exec /no/such/program".to_owned(), None, "failed with exit code 127"),
    ];
    for (line, refused, warned) in cases {
        let bench = Bench::project(&[(PROJECT, hooks("PreToolUse", "Bash", &[command(&line)]))]).await;
        let messages = touch(&bench, json!({})).await;
        let (text, is_error) = tool_result(&messages, "c1");
        assert_eq!(is_error, refused.is_some(), "{line}: {text}");
        assert!(text.contains(refused.unwrap_or_default()), "{line}: {text}");
        assert_eq!(Path::new(&bench.path("repo/made")).exists(), refused.is_none(), "{line}");
        assert!(told(&messages).contains(warned), "{line}: {}", told(&messages));
    }
}

#[tokio::test]
async fn exit_code_2_blocks_and_its_json_still_stops_the_agent_row_194_row_200() {
    let json = r#"{"continue":false,"stopReason":"Enough.","systemMessage":"Look.","decision":"approve"}"#;
    for (event, requests) in [("PreToolUse", 1), ("PostToolBatch", 1), ("Stop", 2), ("UserPromptSubmit", 0)] {
        let line = format!("echo '{json}'; echo No. >&2; exit 2");
        let bench = Bench::project(&[(PROJECT, hooks(event, "", &[command(&line)]))]).await;
        let rules = [calls("c1", "Bash", json!({ "command": "touch made" })), says("Done.")];
        bench.add_rules(json!(rules[..requests]));
        let options = json!({
            "cwd": bench.path("repo"), "settingSources": ["project"], "allowedTools": ["Bash(touch:*)"],
        });
        let messages = bench.run("Go", options).await;
        let reason = &only(&messages, "result/success")["terminal_reason"];
        let expected = if event == "Stop" { "stop_hook_prevented" } else { "hook_stopped" };
        assert_eq!(reason, expected, "{event}");
        let told = told(&messages);
        assert!(told.contains("Look.") && told.contains("Stopped by a hook: Enough."), "{event}: {told}");
        let ran = ["PostToolBatch", "Stop"].contains(&event);
        assert_eq!(Path::new(&bench.path("repo/made")).exists(), ran, "{event}");
    }
}

#[tokio::test]
async fn a_command_is_told_what_happens_and_where_row_169_row_174() {
    let bench = Bench::project(&[]).await;
    let out = bench.path("told");
    let line = format!("cat > {out}.json; env > {out}.env; pwd > {out}.cwd");
    bench.file(PROJECT, &hooks("PreToolUse", "Bash", &[command(&line)]).to_string());
    let messages = touch(&bench, json!({})).await;
    assert!(!tool_result(&messages, "c1").1);
    let read = |end: &str| std::fs::read_to_string(bench.path(&format!("told.{end}"))).unwrap();
    let input: Value = serde_json::from_str(&read("json")).unwrap();
    assert_eq!(input["hook_event_name"], "PreToolUse");
    assert_eq!(input["tool_name"], "Bash");
    assert_eq!(input["tool_input"], json!({ "command": "touch made" }));
    assert_eq!(input["session_id"], only(&messages, "system/init")["session_id"]);
    let repo = std::fs::canonicalize(bench.path("repo")).unwrap().display().to_string();
    assert_eq!(input["cwd"], repo.as_str());
    assert_eq!(read("cwd").trim(), repo);
    let env = read("env");
    assert!(env.contains(&format!("CLAUDE_PROJECT_DIR={repo}\n")), "{env}");
    assert!(env.contains("CLAUDECODE=1\n") && !env.contains("ANTHROPIC_API_KEY"), "{env}");
}

#[tokio::test]
async fn a_command_finds_its_project_from_a_folder_below_row_149_row_174() {
    let guard = "#!/bin/sh\necho Guarded. >&2\nexit 2\n";
    let line = "sh \"$CLAUDE_PROJECT_DIR\"/.claude/hooks/guard.sh";
    for (cwd, root) in [("repo", false), ("repo/a/b", false), ("elsewhere", true)] {
        let bench = Bench::project(&[(PROJECT, hooks("PreToolUse", "Bash", &[command(line)]))]).await;
        bench.file("repo/.git/HEAD", "");
        bench.file("repo/.claude/hooks/guard.sh", guard);
        std::fs::create_dir_all(bench.path(cwd)).unwrap();
        let mut options = json!({ "cwd": bench.path(cwd) });
        if root {
            options["projectConfigRoot"] = json!(bench.path("repo"));
        }
        let messages = touch(&bench, options).await;
        let (text, is_error) = tool_result(&messages, "c1");
        assert!(is_error && text.contains("Guarded."), "{cwd}: {text}; {}", told(&messages));
    }
}

#[tokio::test]
async fn what_a_command_prints_reaches_the_model_where_it_is_context_row_198_row_199() {
    for (event, said) in [("UserPromptSubmit", true), ("SessionStart", true), ("PostToolUse", false)] {
        let bench = Bench::project(&[(USER, hooks(event, "", &[command("echo The moon is full.")]))]).await;
        touch(&bench, json!({})).await;
        let requests = bench.body(1).to_string();
        assert_eq!(requests.contains("The moon is full."), said, "{event}");
    }
}

#[tokio::test]
async fn commands_run_beside_callbacks_and_settings_cannot_turn_these_off_row_156_row_173() {
    let count = |bench: &Bench| command(&format!("echo x >> {}", bench.path("ran")));
    for (more, runs) in [(json!({}), 2), (json!({ "disableAllHooks": true }), 0)] {
        let bench = Bench::project(&[]).await;
        let mut user = hooks("PreToolUse", "Bash", &[count(&bench)]);
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        // The same command in a second file runs once; another one runs as well.
        let other = command(&format!("echo y >> {}", bench.path("ran")));
        bench.file(USER, &user.to_string());
        bench.file(PROJECT, &hooks("PreToolUse", "Bash", &[count(&bench), other]).to_string());
        let callback = json!({ "PreToolUse": [{ "hooks": [{ "$function": true }] }] });
        let messages = touch(&bench, json!({ "hooks": callback })).await;
        assert!(!tool_result(&messages, "c1").1);
        let ran = std::fs::read_to_string(bench.path("ran")).unwrap_or_default();
        assert_eq!(ran.lines().count(), runs, "{ran}");
        assert_eq!(bench.host.hooked().len(), 1, "{more}");
    }
}

#[tokio::test]
async fn an_untrusted_project_brings_no_hooks() {
    let bench = Bench::project(&[(PROJECT, hooks("PreToolUse", "Bash", &[command("exit 2")]))]).await;
    let messages = touch(&bench, json!({ "trustProjectSettings": false })).await;
    assert!(!tool_result(&messages, "c1").1);
}

#[tokio::test]
async fn only_a_trusted_project_turns_off_the_hooks_of_others_row_173() {
    let local = "repo/.claude/settings.local.json";
    for (file, trusted) in [(PROJECT, true), (PROJECT, false), (local, true), (local, false)] {
        let guard = hooks("PreToolUse", "Bash", &[command("exit 2")]);
        let bench = Bench::project(&[(USER, guard), (file, json!({ "disableAllHooks": true }))]).await;
        let sources = json!(["user", "project", "local"]);
        let messages =
            touch(&bench, json!({ "settingSources": sources, "trustProjectSettings": trusted })).await;
        assert_eq!(tool_result(&messages, "c1").1, !trusted, "{file}: {}", told(&messages));
        assert_eq!(told(&messages).contains("`disableAllHooks` is ignored"), !trusted, "{file}");
    }
}

#[tokio::test]
async fn what_cannot_run_is_told_and_the_rest_runs() {
    let handlers =
        [json!({ "type": "shell", "command": "x" }), json!({ "type": "command" }), command("exit 2")];
    let bench = Bench::project(&[(USER, hooks("PreToolUse", "[", &handlers))]).await;
    let messages = touch(&bench, json!({})).await;
    assert!(tool_result(&messages, "c1").1);
    let told = told(&messages);
    for part in ["\"shell\" is no type of hook", "no `command`", "no valid expression"] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[tokio::test]
async fn a_misspelt_word_for_failure_lets_nothing_through() {
    let failing = json!({ "type": "command", "command": "exit 3", "onFailure": "blok" });
    let bench = Bench::project(&[(USER, hooks("PreToolUse", "Bash", &[failing]))]).await;
    let messages = touch(&bench, json!({})).await;
    assert!(tool_result(&messages, "c1").1);
    assert!(told(&messages).contains("`onFailure` must be"), "{}", told(&messages));
}
