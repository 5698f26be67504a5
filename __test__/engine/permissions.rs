//! What may run: rules, modes, and what the host answers.

use crate::support::host::{allow, deny};
use crate::support::{
    Bench, absent, calls, drain, kinds, only, says, tool_result, until, until_result, user,
};
use native_agent_sdk::engine::error::ErrorKind;
use native_agent_sdk::engine::host::{PermissionAnswer, PermissionResult};
use serde_json::{Value, json};

fn write(bench: &Bench, id: &str, name: &str) -> Value {
    calls(id, "Write", json!({ "file_path": bench.path(name), "content": "x" }))
}

/// `options` with a `canUseTool`.
fn asks(mut options: Value) -> Value {
    options["canUseTool"] = json!({ "$function": true });
    options
}

fn decided(result: Value) -> PermissionAnswer {
    PermissionAnswer::Decided(PermissionResult::read(&result).unwrap())
}

/// One write of `a.txt` under `options`; the messages.
async fn one_write(bench: &Bench, options: Value) -> Vec<Value> {
    bench.add_rules(json!([write(bench, "c1", "a.txt"), says("ok")]));
    bench.run("Go", options).await
}

fn ran(bench: &Bench) -> bool {
    std::path::Path::new(&bench.path("a.txt")).exists()
}

#[tokio::test]
async fn without_a_callback_what_is_not_allowed_is_refused_and_told_row_23_row_84() {
    let bench = Bench::new(json!([])).await;
    let messages = one_write(&bench, json!({})).await;
    assert_eq!(
        kinds(&messages),
        ["system/init", "assistant", "system/permission_denied", "user", "assistant", "result/success"]
    );
    let (text, is_error) = tool_result(&messages, "c1");
    assert!(is_error && text.contains("Write") && text.contains("was not granted"), "{text}");
    let told = &messages[2];
    assert_eq!(
        (&told["tool_name"], &told["tool_use_id"], &told["message"]),
        (&json!("Write"), &json!("c1"), &json!(text))
    );
    assert!(told["decision_reason"].is_string() && told["decision_reason_type"].is_string());
    let denial = json!({ "tool_name": "Write", "tool_use_id": "c1", "tool_input": { "file_path": bench.path("a.txt"), "content": "x" } });
    assert_eq!(only(&messages, "result/success")["permission_denials"], json!([denial]));
    assert!(!ran(&bench));
}

#[tokio::test]
async fn modes_decide_about_a_write() {
    let bypass = json!({ "permissionMode": "bypassPermissions", "allowDangerouslySkipPermissions": true, "env": { "IS_SANDBOX": "1" } });
    for (options, asked, runs) in [
        (json!({}), 1, true),
        (json!({ "permissionMode": "default" }), 1, true),
        (json!({ "permissionMode": "acceptEdits" }), 0, true),
        (json!({ "permissionMode": "plan" }), 0, false),
        (json!({ "permissionMode": "dontAsk" }), 0, false),
        (json!({ "permissionPrompts": "none" }), 0, false),
        (json!({ "permissionMode": "dontAsk", "allowedTools": ["Write"] }), 0, true),
        (json!({ "permissionPrompts": "none", "allowedTools": ["Write"] }), 0, true),
        (json!({ "permissionMode": "plan", "allowedTools": ["Write"] }), 0, false),
        (json!({ "allowedTools": ["Write"] }), 0, true),
        (json!({ "allowedTools": ["Edit(*.txt)"] }), 0, true),
        (json!({ "allowedTools": ["Edit(*.md)"] }), 1, true),
        (json!({ "permissionMode": "acceptEdits", "disallowedTools": ["Edit(*.txt)"] }), 0, false),
        (json!({ "allowedTools": ["Write"], "disallowedTools": ["Edit(*.txt)"] }), 0, false),
        (bypass, 0, true),
    ] {
        let bench = Bench::new(json!([])).await;
        let messages = one_write(&bench, asks(options.clone())).await;
        assert_eq!(bench.host.asked().len(), asked, "{options}");
        assert_eq!(ran(&bench), runs, "{options}");
        let denials = only(&messages, "result/success")["permission_denials"].as_array().unwrap().len();
        assert_eq!(denials, usize::from(!runs), "{options}");
    }
}

#[tokio::test]
async fn bare_names_take_the_tool_away_row_64() {
    let bench = Bench::new(json!([])).await;
    let messages = one_write(&bench, asks(json!({ "disallowedTools": ["Write"] }))).await;
    let (text, _) = tool_result(&messages, "c1");
    assert!(text.starts_with("<tool_use_error>No tool is named Write."), "{text}");
    assert!(!ran(&bench) && bench.host.asked().is_empty());
}

#[tokio::test]
async fn reads_inside_run_unasked_and_outside_are_asked_for_row_221() {
    let outside = tempfile::tempdir().unwrap();
    let file = std::fs::canonicalize(outside.path()).unwrap().join("secret.txt");
    std::fs::write(&file, "secret").unwrap();
    let bench = Bench::new(json!([])).await;
    let inside = bench.file("a.txt", "mine");
    let rules = json!([
        calls("c1", "Read", json!({ "file_path": inside })),
        calls("c2", "Read", json!({ "file_path": file })),
        calls("c3", "Grep", json!({ "pattern": "s", "path": outside.path() })),
        says("ok"),
    ]);
    bench.add_rules(rules);
    bench.host.answer(|_| Some(deny("not yours", false)));
    let messages = bench.run("Go", asks(json!({}))).await;
    assert_eq!(tool_result(&messages, "c1"), ("1\tmine".to_owned(), false));
    assert_eq!(tool_result(&messages, "c2"), ("not yours".to_owned(), true));
    assert_eq!(tool_result(&messages, "c3"), ("not yours".to_owned(), true));
    assert_eq!(bench.host.asked()[0].options.blocked_path.as_deref(), file.to_str(), "row 95");
}

#[tokio::test]
async fn read_only_commands_run_unasked_and_others_are_asked_for_row_114() {
    let bench = Bench::new(json!([])).await;
    let command = |id: &str, line: &str| calls(id, "Bash", json!({ "command": line }));
    bench.add_rules(json!([
        command("c1", "ls; pwd"),
        command("c2", "touch made"),
        command("c3", "ls && touch made"),
        command("c4", "echo x > made"),
        command("c5", "if"),
        says("ok"),
    ]));
    bench.host.answer(|_| Some(deny("no", false)));
    let messages = bench.run("Go", asks(json!({}))).await;
    let asked: Vec<_> = bench.host.asked().iter().map(|q| q.options.tool_use_id.clone()).collect();
    assert_eq!(asked, ["c2", "c3", "c4", "c5"]);
    assert!(!tool_result(&messages, "c1").1);
    absent(bench.path("made"));
}

#[tokio::test]
async fn command_rules_are_matched_for_each_part() {
    let bench = Bench::new(json!([])).await;
    let command = |id: &str, line: &str| calls(id, "Bash", json!({ "command": line }));
    bench.add_rules(json!([
        command("c1", "touch one"),
        command("c2", "touch two && rm one"),
        command("c3", "touch three | mkdir d"),
        says("ok"),
    ]));
    let messages = bench
        .run("Go", json!({ "allowedTools": ["Bash(touch:*)"], "disallowedTools": ["Bash(rm:*)"] }))
        .await;
    let failed: Vec<_> = ["c1", "c2", "c3"].iter().map(|id| tool_result(&messages, id).1).collect();
    assert_eq!(failed, [false, true, true]);
    assert!(
        tool_result(&messages, "c2").0.contains("`Bash(rm:*)` forbids"),
        "{}",
        tool_result(&messages, "c2").0
    );
    absent(bench.path("two"));
    absent(bench.path("three"));
}

#[tokio::test]
async fn the_question_holds_what_a_person_needs_row_87_row_91() {
    let bench = Bench::new(json!([])).await;
    one_write(&bench, asks(json!({}))).await;
    let asked = serde_json::to_value(&bench.host.asked()[0]).unwrap();
    assert_eq!(asked["toolName"], "Write");
    assert_eq!(asked["input"], json!({ "file_path": bench.path("a.txt"), "content": "x" }));
    let options = &asked["options"];
    assert_eq!((&options["toolUseID"], &options["displayName"]), (&json!("c1"), &json!("Write")));
    assert!(options["decisionReason"].is_string() && options["requestId"].is_string());
    assert_eq!(
        options["suggestions"],
        json!([{ "type": "setMode", "mode": "acceptEdits", "destination": "session" }])
    );
}

#[tokio::test]
async fn a_refusal_reaches_the_model_word_for_word_row_22_row_88() {
    let bench = Bench::new(json!([])).await;
    bench.host.answer(|_| Some(deny("Not on a Friday!", false)));
    let messages = one_write(&bench, asks(json!({}))).await;
    assert_eq!(tool_result(&messages, "c1"), ("Not on a Friday!".to_owned(), true));
    assert_eq!(bench.body(1)["messages"][2]["content"][0]["content"], "Not on a Friday!");
    assert!(!kinds(&messages).contains(&"system/permission_denied".to_owned()), "the host knows");
    assert_eq!(only(&messages, "result/success")["permission_denials"][0]["tool_use_id"], "c1");
    assert!(!ran(&bench));
}

#[tokio::test]
async fn an_answer_that_is_none_refuses_with_the_reason() {
    let bench = Bench::new(json!([])).await;
    bench.host.answer(|_| Some(PermissionAnswer::Failed("canUseTool threw: boom".to_owned())));
    let messages = one_write(&bench, asks(json!({}))).await;
    assert_eq!(tool_result(&messages, "c1"), ("canUseTool threw: boom".to_owned(), true));
    assert!(!ran(&bench));
}

#[tokio::test]
async fn no_decision_waits_for_the_interrupt() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([write(&bench, "c1", "a.txt")]));
    bench.host.answer(|_| Some(PermissionAnswer::Undecided));
    let query = bench.query("Go", asks(json!({}))).unwrap();
    until(|| !bench.host.asked().is_empty()).await;
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert!(!ran(&bench));
    query.control(r#"{"type":"interrupt"}"#).unwrap();
    let messages = drain(&query).await;
    assert_eq!(only(&messages, "result/error_during_execution")["terminal_reason"], "aborted_tools");
    assert!(tool_result(&messages, "c1").1 && !ran(&bench));
}

#[tokio::test]
async fn a_refusal_may_end_the_turn_row_89() {
    let bench = Bench::new(json!([])).await;
    let call = |id: &str| json!({ "type": "tool_use", "id": id, "name": "Write", "input": { "file_path": bench.path(id), "content": "x" } });
    bench.add_rules(json!([{ "reply": { "content": [call("c1"), call("c2")] } }, says("later")]));
    bench.host.answer(|_| Some(deny("Stop.", true)));
    let query = bench.stream(asks(json!({})));
    query.push(&user("Go")).unwrap();
    let messages = until_result(&query).await;
    let result = only(&messages, "result/error_during_execution");
    assert_eq!(result["terminal_reason"], "aborted_tools");
    assert_eq!(result["permission_denials"].as_array().unwrap().len(), 1);
    assert_eq!(tool_result(&messages, "c1"), ("Stop.".to_owned(), true));
    assert!(tool_result(&messages, "c2").1);
    assert_eq!(bench.host.asked().len(), 1, "what follows is not asked for any more");
    query.push(&user("Again")).unwrap();
    query.end_input();
    assert_eq!(only(&drain(&query).await, "result/success")["result"], "later");
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn a_changed_input_runs_instead_and_the_model_is_not_told_row_88_row_92() {
    let bench = Bench::new(json!([])).await;
    let elsewhere = bench.path("elsewhere.txt");
    let input = json!({ "file_path": elsewhere, "content": "changed" });
    bench.host.answer(move |_| Some(decided(json!({ "behavior": "allow", "updatedInput": input }))));
    one_write(&bench, asks(json!({}))).await;
    assert_eq!(std::fs::read_to_string(bench.path("elsewhere.txt")).unwrap(), "changed");
    assert!(!ran(&bench));
    assert_eq!(bench.body(1)["messages"][1]["content"][0]["input"]["content"], "x");
}

#[tokio::test]
async fn a_changed_input_is_judged_again_row_220() {
    let bench_path = |bench: &Bench| bench.path("secret/key");
    for (case, part) in [
        (json!({ "content": "x" }), "The input that canUseTool returned cannot be used."),
        (json!({ "file_path": "relative", "content": "x" }), "file_path must be absolute"),
        (json!(7), "cannot be used"),
        (Value::Null, "forbids Write"),
    ] {
        let bench = Bench::new(json!([])).await;
        let secret = bench_path(&bench);
        let input = if case.is_null() { json!({ "file_path": secret, "content": "x" }) } else { case };
        bench.host.answer(move |_| Some(decided(json!({ "behavior": "allow", "updatedInput": input }))));
        let messages = one_write(&bench, asks(json!({ "disallowedTools": ["Edit(secret/**)"] }))).await;
        let (text, is_error) = tool_result(&messages, "c1");
        assert!(is_error && text.contains(part), "{text}");
        if part == "forbids Write" {
            assert!(text.contains(&format!("Write with `{secret}`")), "of what was judged: {text}");
        }
        assert_eq!(only(&messages, "result/success")["permission_denials"].as_array().unwrap().len(), 1);
        assert!(!ran(&bench));
        absent(secret);
    }
}

#[tokio::test]
async fn an_approval_for_the_session_is_asked_for_once_row_90_row_91() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([
        write(&bench, "c1", "a.txt"),
        write(&bench, "c2", "b.txt"),
        says("one"),
        write(&bench, "c3", "c.txt"),
        says("two")
    ]));
    // What "always allow" does: the suggestions come back as updates.
    bench.host.answer(|question| {
        Some(decided(json!({ "behavior": "allow", "updatedPermissions": question.options.suggestions })))
    });
    let query = bench.stream(asks(json!({})));
    query.push(&user("Go")).unwrap();
    let mut messages = until_result(&query).await;
    query.push(&user("Again")).unwrap();
    query.end_input();
    messages.extend(drain(&query).await);
    assert_eq!(bench.host.asked().len(), 1);
    for name in ["a.txt", "b.txt", "c.txt"] {
        assert!(std::path::Path::new(&bench.path(name)).exists());
    }
    assert!(messages.iter().any(|m| m["subtype"] == "status" && m["permissionMode"] == "acceptEdits"));
}

#[tokio::test]
async fn suggested_rules_stop_the_same_question_row_91() {
    let outside = tempfile::tempdir().unwrap();
    let file = std::fs::canonicalize(outside.path()).unwrap().join("a.txt");
    std::fs::write(&file, "text").unwrap();
    for call in [
        ("Bash", json!({ "command": "touch one" })),
        ("Read", json!({ "file_path": file })),
        ("Write", json!({ "file_path": file.with_file_name("new.txt"), "content": "" })),
        ("Bash", json!({ "command": "touch two && mkdir -p three" })),
    ] {
        let bench = Bench::new(json!([])).await;
        bench.add_rules(json!([
            calls("c1", call.0, call.1.clone()),
            calls("c2", call.0, call.1.clone()),
            says("ok")
        ]));
        bench.host.answer(|question| {
            Some(decided(json!({ "behavior": "allow", "updatedPermissions": question.options.suggestions })))
        });
        let messages = bench.run("Go", asks(json!({}))).await;
        assert!(!bench.host.asked()[0].options.suggestions.is_empty(), "{call:?}");
        assert_eq!(bench.host.asked().len(), 1, "{call:?}: {:?}", bench.host.asked()[0].options.suggestions);
        assert!(!tool_result(&messages, "c2").1, "{call:?}");
    }
}

#[tokio::test]
async fn an_approval_may_add_a_denial() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([write(&bench, "c1", "a.txt"), write(&bench, "c2", "b.txt"), says("ok")]));
    let rules = json!([{ "toolName": "Edit", "ruleContent": "b.txt" }]);
    let update =
        json!([{ "type": "addRules", "rules": rules, "behavior": "deny", "destination": "session" }]);
    bench.host.answer(move |_| Some(decided(json!({ "behavior": "allow", "updatedPermissions": update }))));
    let messages = bench.run("Go", asks(json!({}))).await;
    assert_eq!((tool_result(&messages, "c1").1, tool_result(&messages, "c2").1), (false, true));
    assert_eq!(bench.host.asked().len(), 1);
    absent(bench.path("b.txt"));
}

#[tokio::test]
async fn an_update_that_cannot_be_refuses_the_call_row_93() {
    for update in [
        json!({ "type": "replaceRules", "rules": [{ "toolName": "Bash", "ruleContent": " " }], "behavior": "deny", "destination": "session" }),
        json!({ "type": "addRules", "rules": [{ "toolName": "" }], "behavior": "allow", "destination": "session" }),
    ] {
        let bench = Bench::new(json!([])).await;
        let answer = json!({ "behavior": "allow", "updatedPermissions": [update] });
        bench.host.answer(move |_| Some(decided(answer.clone())));
        let messages = one_write(&bench, asks(json!({}))).await;
        assert!(tool_result(&messages, "c1").1, "{messages:#?}");
        assert!(!ran(&bench));
    }
}

#[tokio::test]
async fn the_mode_changes_for_all_later_calls_row_75() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([
        write(&bench, "c1", "a.txt"),
        says("one"),
        write(&bench, "c2", "b.txt"),
        says("two")
    ]));
    bench.host.answer(|_| Some(deny("no", false)));
    let query = bench.stream(asks(json!({})));
    query.push(&user("Go")).unwrap();
    assert!(tool_result(&until_result(&query).await, "c1").1);
    query.control(r#"{"type":"set_permission_mode","mode":"acceptEdits"}"#).unwrap();
    query.push(&user("Again")).unwrap();
    query.end_input();
    let messages = drain(&query).await;
    assert_eq!(only(&messages, "system/status")["permissionMode"], "acceptEdits");
    assert_eq!(only(&messages, "system/init")["permissionMode"], "acceptEdits");
    assert!(!tool_result(&messages, "c2").1);
    assert_eq!(bench.host.asked().len(), 1);
}

#[tokio::test]
async fn bypass_cannot_be_chosen_later_without_the_word_row_93() {
    let bench = Bench::new(json!([])).await;
    let query = bench.stream(json!({}));
    let bypass = r#"{"type":"set_permission_mode","mode":"bypassPermissions"}"#;
    assert_eq!(query.control(bypass).unwrap_err().kind, ErrorKind::BypassNotAllowed);
    let wrong = r#"{"type":"set_permission_mode","mode":"yolo"}"#;
    assert_eq!(query.control(wrong).unwrap_err().kind, ErrorKind::InvalidInput);
}

#[tokio::test]
async fn bypass_as_root_cannot_be_chosen_later_either_row_71() {
    let set = r#"{"type":"set_permission_mode","mode":"bypassPermissions"}"#;
    let bench = Bench::new(json!([])).await;
    let options = json!({ "allowDangerouslySkipPermissions": true });
    let query = bench.stream(options.clone());
    if nix::unistd::geteuid().is_root() {
        assert_eq!(query.control(set).unwrap_err().kind, ErrorKind::BypassRoot);
    } else {
        query.control(set).unwrap();
    }
    let mut sandboxed = options;
    sandboxed["env"] = json!({ "IS_SANDBOX": "1" });
    bench.stream(sandboxed).control(set).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_out_of_the_directory_is_asked_for_by_its_target() {
    let outside = tempfile::tempdir().unwrap();
    let target = std::fs::canonicalize(outside.path()).unwrap();
    std::fs::write(target.join("secret"), "secret").unwrap();
    let bench = Bench::new(json!([])).await;
    std::os::unix::fs::symlink(&target, bench.path("link")).unwrap();
    bench.add_rules(json!([
        calls("c1", "Read", json!({ "file_path": bench.path("link/secret") })),
        calls("c2", "Write", json!({ "file_path": bench.path("link/new"), "content": "x" })),
        calls("c3", "Write", json!({ "file_path": bench.path("sub/../link/new"), "content": "x" })),
        calls("c4", "Bash", json!({ "command": "cat link/secret" })),
        says("ok"),
    ]));
    bench.host.answer(|_| Some(deny("no", false)));
    let messages = bench.run("Go", asks(json!({ "permissionMode": "acceptEdits" }))).await;
    let asked: Vec<_> = bench.host.asked().iter().map(|q| q.options.tool_use_id.clone()).collect();
    assert_eq!(asked, ["c1", "c2", "c3", "c4"]);
    assert_eq!(bench.host.asked()[0].options.blocked_path.as_deref(), target.join("secret").to_str());
    assert!(!json!(messages).to_string().contains("1\\tsecret"));
    absent(target.join("new"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_that_was_turned_aside_after_the_question_is_refused() {
    let outside = tempfile::tempdir().unwrap();
    let target = std::fs::canonicalize(outside.path()).unwrap();
    let bench = Bench::new(json!([])).await;
    std::fs::create_dir(bench.path("dir")).unwrap();
    bench.add_rules(json!([
        calls("c1", "Write", json!({ "file_path": bench.path("dir/a.txt"), "content": "x" })),
        says("ok")
    ]));
    let (dir, aside) = (bench.path("dir"), target.clone());
    bench.host.answer(move |_| {
        std::fs::remove_dir(&dir).unwrap();
        std::os::unix::fs::symlink(&aside, &dir).unwrap();
        Some(allow())
    });
    let messages = bench.run("Go", asks(json!({}))).await;
    let (text, is_error) = tool_result(&messages, "c1");
    assert!(
        is_error && text.starts_with("The path points to another file than when permission was asked."),
        "{text}"
    );
    absent(target.join("a.txt"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_whose_path_was_turned_aside_after_the_question_is_refused() {
    let outside = tempfile::tempdir().unwrap();
    for aside in [Some(std::path::PathBuf::from(".git/hooks")), Some(outside.path().to_path_buf()), None] {
        let bench = Bench::new(json!([])).await;
        for dir in ["sub", ".git/hooks"] {
            std::fs::create_dir_all(bench.path(dir)).unwrap();
        }
        bench.add_rules(json!([
            calls("c1", "Bash", json!({ "command": "touch sub/made-by-touch" })),
            says("ok")
        ]));
        let (dir, led) = (bench.path("sub"), aside.clone());
        bench.host.answer(move |_| {
            if let Some(aside) = &led {
                std::fs::remove_dir(&dir).unwrap();
                std::os::unix::fs::symlink(aside, &dir).unwrap();
            }
            Some(allow())
        });
        let messages = bench.run("Go", asks(json!({}))).await;
        let (text, _) = tool_result(&messages, "c1");
        assert_eq!(text.starts_with("A path of the command leads elsewhere"), aside.is_some(), "{text}");
        assert_eq!(std::fs::exists(bench.path("sub/made-by-touch")).unwrap(), aside.is_none(), "{aside:?}");
    }
}

#[tokio::test]
async fn plan_mode_looks_and_changes_nothing_row_73() {
    let bench = Bench::new(json!([])).await;
    let file = bench.file("b.txt", "text");
    bench.add_rules(json!([
        calls("c1", "Read", json!({ "file_path": file })),
        calls("c2", "Bash", json!({ "command": "ls" })),
        calls("c3", "Edit", json!({ "file_path": file, "old_string": "text", "new_string": "new" })),
        calls("c4", "Bash", json!({ "command": "touch a.txt" })),
        says("ok"),
    ]));
    let messages = bench.run("Go", asks(json!({ "permissionMode": "plan" }))).await;
    let failed: Vec<_> = ["c1", "c2", "c3", "c4"].iter().map(|id| tool_result(&messages, id).1).collect();
    assert_eq!(failed, [false, false, true, true]);
    assert!(tool_result(&messages, "c3").0.contains("plan mode is on"));
    assert!(bench.host.asked().is_empty() && !ran(&bench));
}

#[tokio::test]
async fn searches_leave_out_what_may_not_be_read_row_123() {
    let bench = Bench::new(json!([])).await;
    for name in ["src/a.txt", "secret/a.txt", "src/key.pem"] {
        bench.file(name, "needle");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(bench.path("secret/a.txt"), bench.path("src/link.txt")).unwrap();
    let search = |id: &str, name: &str, input: Value| calls(id, name, input);
    bench.add_rules(json!([
        search("c1", "Grep", json!({ "pattern": "needle" })),
        search("c2", "Grep", json!({ "pattern": "needle", "output_mode": "content" })),
        search("c3", "Glob", json!({ "pattern": "**/*" })),
        search("c4", "Grep", json!({ "pattern": "needle", "path": bench.path("secret") })),
        says("ok"),
    ]));
    let options = json!({ "disallowedTools": ["Read(secret/**)", "Read(*.pem)"] });
    let messages = bench.run("Go", options).await;
    for id in ["c1", "c2", "c3"] {
        let (text, failed) = tool_result(&messages, id);
        assert!(!failed && text.contains("src/a.txt"), "{id}: {text}");
        for hidden in ["secret", "key.pem", "link.txt"] {
            assert!(!text.contains(hidden), "{id}: {text}");
        }
    }
    let (text, failed) = tool_result(&messages, "c4");
    assert!(failed && text.contains("Read(secret/**)"), "{text}");
}
