//! Events whose subjects are not the turn itself: tasks, worktrees, models, watched files.

use crate::hook_calls::{hooks, informed, input, specific};
use crate::support::{Bench, absent, calls, drain, only, says, tool_result, until_result, user};
use native_agent_sdk::engine::host::{HookRequest, PermissionAnswer, PermissionResult};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// What callbacks of one event were told.
fn told(bench: &Bench, event: &str) -> Vec<Value> {
    let hooked = bench.host.hooked();
    hooked.iter().filter(|request| request.event.name() == event).map(input).collect()
}

/// The settings of the user with one command for one event.
fn command(bench: &Bench, event: &str, line: &str) {
    let hook = json!({ "type": "command", "command": line });
    let settings = json!({ "hooks": { event: [{ "hooks": [hook] }] } });
    bench.file(".claude/settings.json", &settings.to_string());
}

const LISTS: [&str; 2] = ["TaskCreate", "TaskUpdate"];

fn creates(id: &str) -> Value {
    calls(id, "TaskCreate", json!({ "subject": "Test it", "description": "All of it." }))
}

fn updates(id: &str, status: &str) -> Value {
    calls(id, "TaskUpdate", json!({ "taskId": "1", "status": status }))
}

#[tokio::test]
async fn a_hook_deletes_a_new_task_or_keeps_one_open_row_213() {
    let get = calls("c4", "TaskGet", json!({ "taskId": "1" }));
    for (event, blocked) in [("TaskCreated", "c1"), ("TaskCompleted", "c3"), ("", "")] {
        let bench = Bench::new(json!([
            creates("c1"),
            updates("c2", "in_progress"),
            updates("c3", "completed"),
            get,
            says("ok"),
        ]))
        .await;
        bench.host.hooks_return(move |request| {
            let blocks = request.event.name() == event;
            if blocks { json!({ "decision": "block", "reason": "Not so." }) } else { json!({}) }
        });
        let options = json!({
            "tools": ["TaskCreate", "TaskUpdate", "TaskGet"],
            "hooks": hooks(&[("TaskCreated", json!({})), ("TaskCompleted", json!({}))]),
        });
        let messages = bench.run("Go", options).await;
        let (state, _) = tool_result(&messages, "c4");
        let expected = match event {
            "TaskCreated" => "There is no task 1.",
            "TaskCompleted" => "Task 1 (in_progress)",
            _ => "Task 1 (completed)",
        };
        assert!(state.starts_with(expected), "{event}: {state}");
        if !blocked.is_empty() {
            let (text, failed) = tool_result(&messages, blocked);
            assert!(failed && text.contains("Not so."), "{event}: {text}");
        }
        let created = &told(&bench, "TaskCreated")[0];
        assert_eq!((&created["task_id"], &created["task_subject"]), (&json!("1"), &json!("Test it")));
        assert_eq!(created["task_description"], "All of it.");
        // What is not there cannot be completed, and what is in progress is not.
        assert_eq!(told(&bench, "TaskCompleted").len(), usize::from(event != "TaskCreated"));
    }
}

#[tokio::test]
async fn exit_code_2_of_a_command_blocks_tasks_too_row_202_row_213() {
    for (event, blocked) in [("TaskCreated", "c1"), ("TaskCompleted", "c2")] {
        let bench = Bench::new(json!([creates("c1"), updates("c2", "completed"), says("ok")])).await;
        command(&bench, event, "echo 'Tests first.' >&2; exit 2");
        let messages = bench.run("Go", json!({ "tools": LISTS, "settingSources": ["user"] })).await;
        let (text, failed) = tool_result(&messages, blocked);
        assert!(failed && text.contains("Tests first."), "{event}: {text}");
    }
}

#[tokio::test]
async fn the_end_of_a_background_task_is_told_row_560() {
    for (line, completes) in [("true", true), ("exit 3", false)] {
        let bench = Bench::new(json!([
            calls("c1", "Bash", json!({ "command": line, "description": "Builds", "run_in_background": true })),
            { "times": "any", "reply": { "content": [{ "type": "text", "text": "ok" }] } },
        ]))
        .await;
        let options = json!({ "allowedTools": ["Bash"], "hooks": hooks(&[("TaskCompleted", json!({}))]) });
        let messages = bench.run("Go", options).await;
        let told = told(&bench, "TaskCompleted");
        assert_eq!(told.len(), usize::from(completes), "{line}");
        if completes {
            let started = messages.iter().find(|message| message["subtype"] == "task_started").unwrap();
            assert_eq!(told[0]["task_id"], started["task_id"]);
            assert_eq!(
                (&told[0]["task_subject"], &told[0]["task_description"]),
                (&json!("Builds"), &json!("true"))
            );
        }
    }
}

#[tokio::test]
async fn stop_hooks_know_what_still_runs() {
    let bench = Bench::new(json!([])).await;
    let line = format!("while [ ! -e {} ]; do sleep 0.01; done", bench.path("go"));
    bench.add_rules(json!([
        calls("c1", "Bash", json!({ "command": line, "description": "Waits", "run_in_background": true })),
        { "times": "any", "reply": { "content": [{ "type": "text", "text": "ok" }] } },
    ]));
    let options = json!({ "allowedTools": ["Bash"], "hooks": hooks(&[("Stop", json!({}))]) });
    let query = bench.query("Go", options).unwrap();
    until_result(&query).await;
    bench.file("go", "");
    drain(&query).await;
    let stops = told(&bench, "Stop");
    let running = &stops[0]["background_tasks"];
    assert_eq!((&running[0]["status"], &running[0]["description"]), (&json!("running"), &json!("Waits")));
    assert_eq!((&running[0]["type"], &running[0]["command"]), (&json!("local_bash"), &json!(line)));
    assert_eq!(stops.last().unwrap()["background_tasks"], json!([]));
}

fn git(dir: &Path, args: &[&str]) {
    let done = std::process::Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
}

/// A repository with one commit at `repo`.
fn repository(bench: &Bench) {
    bench.file("repo/a.txt", "one\n");
    let dir = bench.cwd().join("repo");
    git(&dir, &["init", "-q"]);
    git(&dir, &["add", "."]);
    git(&dir, &["commit", "-qm", "first"]);
}

const WORKTREES: [&str; 2] = ["EnterWorktree", "ExitWorktree"];

fn worktree_rules(name: &Value) -> Value {
    json!([
        calls("c1", "EnterWorktree", name.clone()),
        calls("c2", "ExitWorktree", json!({ "action": "remove", "discard_changes": true })),
        says("ok"),
    ])
}

#[tokio::test]
async fn hooks_may_watch_worktrees_come_and_go_row_559() {
    for name in [json!({ "name": "fix" }), json!({})] {
        let bench = Bench::new(worktree_rules(&name)).await;
        repository(&bench);
        let options = json!({
            "cwd": bench.path("repo"), "allowedTools": WORKTREES,
            "hooks": hooks(&[("WorktreeCreate", json!({})), ("WorktreeRemove", json!({}))]),
        });
        let messages = bench.run("Go", options).await;
        let created = told(&bench, "WorktreeCreate")[0]["name"].as_str().unwrap().to_owned();
        assert!(name.get("name").is_none_or(|given| *given == created));
        let path = bench.path(&format!("repo/.claude/worktrees/{created}"));
        assert!(tool_result(&messages, "c1").0.contains(&path), "git has made it, by the name that was told");
        assert_eq!(told(&bench, "WorktreeRemove")[0]["worktree_path"], path);
        absent(&path);
    }
}

#[tokio::test]
async fn a_hook_makes_the_worktree_in_gits_place_row_215_row_559() {
    // Not in a repository: only a hook can make one.
    for (line, made) in [
        ("mkdir -p trees/fix; echo Making it.; echo trees/fix", "trees/fix"),
        ("mkdir -p trees/fix; pwd | sed 's|$|/trees/fix|'", "trees/fix"),
        (
            r#"mkdir -p t; echo '{"hookSpecificOutput":{"hookEventName":"WorktreeCreate","worktreePath":"t"}}'"#,
            "t",
        ),
    ] {
        let bench = Bench::new(json!([
            calls("c1", "EnterWorktree", json!({ "name": "fix" })),
            calls("c2", "Bash", json!({ "command": "pwd" })),
            calls("c3", "ExitWorktree", json!({ "action": "remove" })),
            calls("c4", "ExitWorktree", json!({ "action": "remove", "discard_changes": true })),
            says("ok"),
        ]))
        .await;
        command(&bench, "WorktreeCreate", line);
        let remove = |request: &HookRequest| {
            let path = input(request)["worktree_path"].as_str().unwrap().to_owned();
            std::fs::remove_dir_all(path).unwrap();
            json!({})
        };
        bench.host.hooks_return(remove);
        let options = json!({
            "allowedTools": WORKTREES, "settingSources": ["user"],
            "hooks": hooks(&[("WorktreeRemove", json!({}))]),
        });
        let messages = bench.run("Go", options).await;
        let path = bench.path(made);
        assert_eq!(tool_result(&messages, "c2"), (path.clone(), false), "{line}");
        let (text, failed) = tool_result(&messages, "c3");
        assert!(failed && text.contains("discard_changes"), "nobody knows what would be lost: {text}");
        assert!(!tool_result(&messages, "c4").1);
        assert_eq!(told(&bench, "WorktreeRemove").len(), 1);
        absent(&path);
    }
}

#[tokio::test]
async fn a_directory_that_a_hook_names_must_be_what_it_says_row_200_row_215() {
    for (line, why) in [
        ("mkdir -p real; ln -s real link; echo link", "symbolic link"),
        ("mkdir -p real/in; ln -s real link; echo link/in", "symbolic link"),
        ("mkdir -p a; echo ./a", "`.` or `..`"),
        ("mkdir -p a/b; echo a/../a/b", "`.` or `..`"),
        ("echo nowhere", "cannot be used"),
        ("touch file; echo file", "no directory"),
        ("mkdir -p a; echo a; echo Broken. >&2; exit 1", "Broken."),
        ("mkdir -p a; echo a; echo Refused. >&2; exit 2", "Refused."),
    ] {
        let bench =
            Bench::new(json!([calls("c1", "EnterWorktree", json!({ "name": "fix" })), says("ok")])).await;
        repository(&bench);
        command(&bench, "WorktreeCreate", line);
        let options =
            json!({ "cwd": bench.path("repo"), "allowedTools": WORKTREES, "settingSources": ["user"] });
        let messages = bench.run("Go", options).await;
        let (text, failed) = tool_result(&messages, "c1");
        assert!(failed && text.contains(why), "{line}: {text}");
        absent(bench.path("repo/.claude/worktrees/fix"));
    }
}

const SWITCH: &str = r#"{"type":"set_model","model":"sonnet"}"#;

#[tokio::test]
async fn a_change_of_the_model_can_be_refused_and_is_told() {
    for (decision, changes) in
        [(None, true), (Some("allow"), true), (Some("deny"), false), (Some("ask"), false)]
    {
        let bench = Bench::new(json!([says("One."), says("Two.")])).await;
        bench.host.hooks_return(move |request| match (request.event.name(), decision) {
            ("PreModelSwitch", Some(decision)) => specific(
                request,
                json!({ "permissionDecision": decision, "permissionDecisionReason": "It is dear." }),
            ),
            ("PostModelSwitch", _) => {
                specific(request, json!({ "additionalContext": "You are another now." }))
            }
            _ => json!({}),
        });
        let options = json!({
            "model": "opus",
            "hooks": hooks(&[("PreModelSwitch", json!({})), ("PostModelSwitch", json!({}))]),
        });
        let query = bench.stream(options);
        query.push(&user("first")).unwrap();
        until_result(&query).await;
        let answer = query.ask(SWITCH).await;
        assert_eq!(answer.is_ok(), changes, "{decision:?}: {answer:?}");
        if let Err(error) = answer {
            assert!(error.message.contains("It is dear."), "{}", error.message);
        }
        query.push(&user("second")).unwrap();
        query.end_input();
        drain(&query).await;
        let model = if changes { "claude-sonnet-5-5" } else { "claude-opus-5-5" };
        assert_eq!(bench.body(1)["model"], model, "{decision:?}");
        assert_eq!(bench.body(1)["messages"].to_string().contains("You are another now."), changes);
        let before = &told(&bench, "PreModelSwitch")[0];
        assert_eq!(
            (&before["from_model"], &before["to_model"]),
            (&json!("claude-opus-5-5"), &json!("claude-sonnet-5-5"))
        );
        assert_eq!((&before["requested_model"], &before["source"]), (&json!("sonnet"), &json!("sdk")));
        let tokens = before["context_tokens"].as_u64().unwrap();
        assert!(tokens > 0 && before["prompt_cache_warm"] == true && before["cache_ttl"] == "5m", "{before}");
        assert!(
            before["estimated_cache_write_usd"].as_f64().unwrap() > 0.0 && before["pricing"] == "catalog"
        );
        assert_eq!(told(&bench, "PostModelSwitch").len(), usize::from(changes));
    }
}

#[tokio::test]
async fn a_change_of_the_model_by_settings_is_asked_about_too() {
    let bench = Bench::new(json!([])).await;
    bench.host.hooks_return(|_| json!({ "decision": "block", "reason": "Never." }));
    let query = bench.stream(json!({ "hooks": hooks(&[("PreModelSwitch", json!({}))]) }));
    for (request, asked) in [
        (json!({ "model": "haiku" }), true),
        (json!({ "effortLevel": "low" }), false),
        // The model that it has.
        (json!({ "model": "opus" }), false),
    ] {
        let request = json!({ "type": "apply_flag_settings", "settings": request });
        assert_eq!(query.ask(&request.to_string()).await.is_err(), asked, "{request}");
    }
    assert_eq!(told(&bench, "PreModelSwitch")[0]["requested_model"], "haiku");
    query.end_input();
    drain(&query).await;
}

#[tokio::test]
async fn changes_of_watched_files_are_told_row_159_row_175() {
    let bench = Bench::new(json!([])).await;
    let named = bench.file("far/away.toml", "1");
    bench.add_rules(json!([
        calls(
            "c1",
            "Bash",
            json!({ "command": "echo A=1 > .envrc; echo 22 > far/away.toml; echo x > other" })
        ),
        calls("c2", "Bash", json!({ "command": "rm .envrc; echo $LEFT" })),
        says("ok"),
    ]));
    let leave = json!({ "type": "command", "command": "echo export LEFT=behind >> $CLAUDE_ENV_FILE" });
    let settings = json!({ "hooks": { "FileChanged": [{ "matcher": ".envrc|.env", "hooks": [leave] }] } });
    bench.file(".claude/settings.json", &settings.to_string());
    let watched = named.clone();
    bench.host.hooks_return(move |request| match request.event.name() {
        "SessionStart" => specific(request, json!({ "watchPaths": [watched] })),
        _ => json!({ "systemMessage": "Seen." }),
    });
    let matchers = [
        ("SessionStart", json!({})),
        ("FileChanged", json!({ "matcher": ".envrc|.env" })),
        ("FileChanged", json!({ "matcher": "away.toml" })),
        ("FileChanged", json!({ "matcher": "nothing" })),
    ];
    // The host approves the change of a protected file.
    let options = json!({
        "canUseTool": { "$function": true }, "settingSources": ["user"], "hooks": hooks(&matchers),
    });
    let messages = bench.run("Go", options).await;
    let seen: Vec<_> =
        told(&bench, "FileChanged").iter().map(|t| (t["file_path"].clone(), t["event"].clone())).collect();
    let envrc = json!(bench.path(".envrc"));
    assert_eq!(
        seen,
        [(envrc.clone(), json!("add")), (json!(named), json!("change")), (envrc, json!("unlink")),]
    );
    assert_eq!(tool_result(&messages, "c2").0, "behind", "what a command left counts for the next call");
    assert!(informed(&messages).contains(&"Seen.".to_owned()));
    assert!(bench.body(1)["messages"].to_string().contains("Seen."));
}

#[tokio::test]
async fn a_change_may_stop_the_turn_that_is_at_hand_row_194() {
    // The file changes before the calls of the reply, or with them; what is left runs no more.
    for (event, writer, ran) in [
        ("FileChanged", "MessageDisplay", false),
        ("FileChanged", "PostToolUse", true),
        ("ConfigChange", "MessageDisplay", false),
        ("ConfigChange", "PostToolUse", true),
    ] {
        let call = calls("c1", "Bash", json!({ "command": "touch made" }))["reply"]["content"][0].clone();
        let reply = json!({ "content": [{ "type": "text", "text": "I begin." }, call] });
        let bench = Bench::new(json!([{ "reply": reply }])).await;
        let path = bench.file(if event == "FileChanged" { "watched" } else { ".claude/settings.json" }, "{}");
        bench.host.hooks_return(move |request| {
            if request.event.name() == writer {
                std::fs::write(&path, r#"{"effortLevel":"low"}"#).unwrap();
                return json!({ "continue": writer != "MessageDisplay" });
            }
            json!({ "continue": false, "stopReason": "Enough." })
        });
        let matchers = [(event, json!({ "matcher": "watched|user_settings" })), (writer, json!({}))];
        let options = json!({
            "settingSources": ["user"], "allowedTools": ["Bash"], "hooks": hooks(&matchers),
        });
        let messages = bench.run("Go", options).await;
        let label = format!("{event} {writer}");
        assert_eq!(only(&messages, "result/success")["terminal_reason"], "hook_stopped", "{label}");
        assert_eq!(Path::new(&bench.path("made")).exists(), ran, "{label}");
        assert_eq!(tool_result(&messages, "c1").0.contains("a hook stopped the agent"), !ran, "{label}");
        let told = informed(&messages);
        assert_eq!(told.iter().filter(|text| *text == "Stopped by a hook: Enough.").count(), 1, "{told:?}");
    }
}

#[tokio::test]
async fn a_change_that_an_approval_makes_may_stop_the_turn_row_194() {
    let bench = Bench::new(json!([calls("c1", "Bash", json!({ "command": "mkdir -p made" }))])).await;
    bench.host.answer(|question| {
        Some(PermissionAnswer::Decided(PermissionResult::Allow {
            updated_input: None,
            updated_permissions: question.options.suggestions.clone(),
        }))
    });
    bench.file(".git/HEAD", "");
    bench.host.hooks_return(|_| json!({ "continue": false, "stopReason": "Enough." }));
    let options = json!({
        "canUseTool": { "$function": true }, "settingSources": ["local"],
        "hooks": hooks(&[("ConfigChange", json!({ "matcher": "local_settings" }))]),
    });
    let messages = bench.run("Go", options).await;
    assert_eq!(only(&messages, "result/success")["terminal_reason"], "hook_stopped");
    assert!(tool_result(&messages, "c1").0.contains("a hook stopped the agent"));
    assert!(!Path::new(&bench.path("made")).exists());
    assert!(informed(&messages).contains(&"Stopped by a hook: Enough.".to_owned()));
}

#[tokio::test]
async fn nothing_says_that_a_hook_stops_what_it_cannot_stop_row_194_row_216() {
    let failure = json!({ "reply": { "error": { "status": 400, "message": "no" } } });
    for (event, rule) in
        [("MessageDisplay", says("Done.")), ("StopFailure", failure), ("SessionEnd", says("Done."))]
    {
        let bench = Bench::new(json!([rule])).await;
        bench.host.hooks_return(
            |_| json!({ "continue": false, "stopReason": "Enough.", "systemMessage": "Look." }),
        );
        let messages = bench.run("Go", json!({ "hooks": hooks(&[(event, json!({}))]) })).await;
        let reason = &only(&messages, "result/success")["terminal_reason"];
        assert_eq!(reason, if event == "StopFailure" { "api_error" } else { "completed" });
        assert_eq!(informed(&messages), ["Look."], "{event}");
    }
}

#[tokio::test]
async fn an_idle_session_looks_after_its_files() {
    let bench = Bench::manual(json!([])).await;
    let path = bench.file("watched", "1");
    let again = path.clone();
    bench.host.hooks_return(move |request| match request.event.name() {
        // The list is replaced: from now on nothing is watched.
        "FileChanged" => specific(request, json!({ "watchPaths": [] })),
        _ => specific(request, json!({ "watchPaths": [again] })),
    });
    let query =
        bench.stream(json!({ "hooks": hooks(&[("SessionStart", json!({})), ("FileChanged", json!({}))]) }));
    while told(&bench, "SessionStart").is_empty() {
        tokio::task::yield_now().await;
    }
    // Until it idles; it may have looked before or after the change.
    let mut size = 1;
    while told(&bench, "FileChanged").is_empty() {
        size += 1;
        std::fs::write(&path, "x".repeat(size)).unwrap();
        bench.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    std::fs::write(&path, "").unwrap();
    for _ in 0..20 {
        bench.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    query.end_input();
    drain(&query).await;
    assert_eq!(told(&bench, "FileChanged").len(), 1);
}

#[tokio::test]
async fn the_reviewer_is_told_what_hooks_know_of_results() {
    let allows = || says(r#"{"decision":"allow","reason":"fine"}"#);
    let touch = |id: &str| calls(id, "Bash", json!({ "command": format!("touch {id}") }));
    let bench = Bench::new(json!([touch("c1"), allows(), touch("c2"), allows(), says("ok")])).await;
    bench
        .host
        .hooks_return(|request| specific(request, json!({ "classifierContext": "The page was ours." })));
    let options = json!({
        "permissionMode": "auto", "canUseTool": { "$function": true },
        "hooks": hooks(&[("PostToolUse", json!({ "matcher": "Bash" }))]),
    });
    bench.run("Go", options).await;
    let reviewed = |n: usize| bench.body(n)["messages"].to_string().contains("The page was ours.");
    assert!(!reviewed(1) && reviewed(3), "with the next call");
    assert!(!reviewed(4), "the model itself is not told");
}
