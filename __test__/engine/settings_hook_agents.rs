//! Hooks of settings files that are agents, tools of servers or PowerShell, and members that only skills may have.

use crate::mcp::embedded;
use crate::support::{Bench, absent, calls, only, says, told, tool_result, with};
use native_agent_sdk::engine::host::McpCall;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

async fn bench(event: &str, handler: Value) -> Bench {
    let bench = Bench::new(json!([])).await;
    settings(&bench, event, handler);
    bench
}

fn settings(bench: &Bench, event: &str, handler: Value) {
    let hooks = json!({ "hooks": { event: [{ "hooks": [handler] }] } });
    bench.file(".claude/settings.json", &hooks.to_string());
}

fn options(more: Value) -> Value {
    with(json!({ "settingSources": ["user"], "allowedTools": ["Bash"] }), more)
}

fn bash(id: &str) -> Value {
    calls(id, "Bash", json!({ "command": "true" }))
}

#[tokio::test]
async fn an_agent_looks_at_files_before_it_decides_row_179() {
    for (verdict, more, refused, stopped) in [
        (r#"{"ok": true}"#, json!({}), false, false),
        (r#"{"ok": false, "reason": "The file says no."}"#, json!({}), true, true),
        (r#"{"ok": false, "reason": "The file says no."}"#, json!({ "continueOnBlock": true }), true, false),
        ("It seems fine.", json!({}), false, false),
        ("It seems fine.", json!({ "onFailure": "block" }), true, false),
    ] {
        let mut agent =
            json!({ "type": "agent", "prompt": "Does plan.txt want this? $ARGUMENTS", "model": "sonnet" });
        agent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let bench = bench("PreToolUse", agent).await;
        bench.file("plan.txt", "The plan: yes.");
        bench.add_rules(json!([
            bash("c1"),
            calls("a1", "Read", json!({ "file_path": bench.path("plan.txt") })),
            calls("a2", "Bash", json!({ "command": "touch made" })),
            calls("a3", "Read", json!({ "file_path": "/etc/hostname" })),
            says(verdict),
        ]));
        if !stopped {
            bench.add_rules(json!([says("Done.")]));
        }
        let messages = bench.run("Go", options(json!({}))).await;
        assert_eq!(tool_result(&messages, "c1").1, refused, "{verdict} {more}");
        let result = only(&messages, "result/success");
        assert_eq!(result["terminal_reason"] == "hook_stopped", stopped, "{verdict} {more}: {result}");
        assert_eq!(told(&messages).contains("not { ok, reason }"), verdict.starts_with("It"));
        let first = bench.body(1);
        let tools: Vec<_> =
            first["tools"].as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect();
        assert_eq!(tools, ["Read", "Glob", "Grep"], "it can change nothing");
        assert!(first["model"].as_str().unwrap().contains("sonnet"));
        assert!(first["messages"][0]["content"].as_str().unwrap().contains("\"tool_name\":\"Bash\""));
        let answers = bench.body(4)["messages"].clone();
        let answer = |n: usize| answers[n]["content"][0].clone();
        assert!(answer(2)["content"].to_string().contains("The plan: yes."), "{answers}");
        assert_eq!(
            (&answer(4)["is_error"], answer(4)["content"].as_str().unwrap().contains("no tool Bash")),
            (&json!(true), true)
        );
        assert_eq!(answer(6)["is_error"], true, "nobody is asked: {answers}");
        absent(bench.path("made"));
        assert!(
            !messages.iter().any(|message| message.to_string().contains("The plan: yes.")),
            "it is no part of the stream"
        );
    }
}

#[tokio::test]
async fn an_agent_obeys_rules_and_what_it_read_the_model_has_not_row_179() {
    let agent = json!({ "type": "agent", "prompt": "Fine?" });
    let bench = bench("UserPromptSubmit", agent).await;
    let (open, shut) = (bench.file("open.txt", "text"), bench.file("shut.txt", "secret"));
    bench.add_rules(json!([
        calls("a1", "Read", json!({ "file_path": open })),
        calls("a2", "Read", json!({ "file_path": shut })),
        says(r#"{"ok": true}"#),
        calls("c1", "Write", json!({ "file_path": open, "content": "new" })),
        says("Done."),
    ]));
    let more = json!({ "disallowedTools": ["Read(shut.txt)"], "permissionMode": "acceptEdits" });
    let messages = bench.run("Go", options(more)).await;
    let answers = bench.body(2)["messages"].to_string();
    assert!(answers.contains("text") && !answers.contains("secret"), "{answers}");
    assert!(tool_result(&messages, "c1").1, "the model has not read it");
    let usage = &only(&messages, "result/success")["modelUsage"];
    assert_eq!(usage.as_object().unwrap().len(), 2, "what the agent used is counted: {usage}");
}

#[tokio::test]
async fn an_agent_has_50_turns_row_179() {
    let bench =
        bench("UserPromptSubmit", json!({ "type": "agent", "prompt": "Fine?", "onFailure": "block" })).await;
    let looks: Vec<Value> =
        (0..50).map(|n| calls(&format!("a{n}"), "Glob", json!({ "pattern": "*" }))).collect();
    bench.add_rules(json!(looks));
    let messages = bench.run("Go", options(json!({}))).await;
    assert!(told(&messages).contains("no verdict within 50 replies"), "{}", told(&messages));
    assert_eq!(bench.api.requests().len(), 50, "the prompt was kept from the model");
}

#[tokio::test]
async fn an_agent_may_keep_a_turn_going_row_179_row_203() {
    let bench = bench("Stop", json!({ "type": "agent", "prompt": "Is it there?" })).await;
    bench.add_rules(json!([
        says("Done."),
        calls("a1", "Glob", json!({ "pattern": "it" })),
        says(r#"{"ok": false, "reason": "It is not there."}"#),
        says("Now it is."),
        says(r#"{"ok": true}"#),
    ]));
    let messages = bench.run("Go", options(json!({}))).await;
    assert_eq!(only(&messages, "result/success")["result"], "Now it is.");
    assert!(bench.body(3)["messages"].to_string().contains("It is not there."));
}

/// A server whose tool `check` gives this answer; it keeps what it was asked.
fn serve(bench: &Bench, answer: Value) -> Arc<Mutex<Vec<Value>>> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&asked);
    bench.host.serve(move |call: &McpCall| {
        Ok(match call.method.as_str() {
            "connect" => json!({ "capabilities": { "tools": {} } }),
            "tools/list" => json!({ "tools": [{ "name": "check", "inputSchema": { "type": "object" } }] }),
            "tools/call" if call.params["name"] != "check" => return Err("no such tool".to_owned()),
            "tools/call" => {
                keep.lock().unwrap().push(call.params["arguments"].clone());
                answer.clone()
            }
            other => return Err(format!("no {other}")),
        })
    });
    asked
}

#[tokio::test]
async fn a_tool_of_a_server_decides_and_one_that_fails_does_not_row_178() {
    let text = |text: &str| json!({ "content": [{ "type": "text", "text": text }] });
    let deny = json!({ "hookSpecificOutput": {
        "hookEventName": "PreToolUse", "permissionDecision": "deny", "permissionDecisionReason": "Checked.",
    } })
    .to_string();
    let broken = json!({ "content": [{ "type": "text", "text": deny }], "isError": true });
    for (server, tool, answer, refused, warning) in [
        ("lib", "check", text(&deny), true, ""),
        ("lib", "check", text("fine"), false, ""),
        ("lib", "check", text("{ broken"), false, "does not fit"),
        ("lib", "check", broken, false, "answered with an error"),
        ("lib", "gone", text(&deny), false, "no such tool"),
        ("missing", "check", text(&deny), false, "missing"),
    ] {
        let input = json!({ "line": "${tool_input.command}", "all": "Ran ${tool_name}." });
        let bench = bench(
            "PreToolUse",
            json!({ "type": "mcp_tool", "server": server, "tool": tool, "input": input }),
        )
        .await;
        let asked = serve(&bench, answer.clone());
        bench.add_rules(json!([bash("c1"), says("Done.")]));
        let messages = bench.run("Go", options(json!({ "mcpServers": embedded(&["lib"]) }))).await;
        let (result, failed) = tool_result(&messages, "c1");
        assert_eq!(failed, refused, "{server} {tool} {answer}: {result}");
        assert!(!refused || result.contains("Checked."));
        let said = told(&messages);
        assert!(said.contains(warning) && said.is_empty() == warning.is_empty(), "{server} {tool}: {said}");
        if server == "lib" && tool == "check" {
            assert_eq!(asked.lock().unwrap()[0], json!({ "line": "true", "all": "Ran Bash." }));
        }
    }
}

#[tokio::test]
async fn a_command_with_arguments_has_no_shell_and_powershell_is_started_row_176() {
    let bench = Bench::new(json!([bash("c1"), says("Done.")])).await;
    // PowerShell as far as this test needs it.
    let stub = format!("#!/bin/sh\nprintf '%s|' \"$@\" > {}\n", bench.path("pwsh-args"));
    let program = bench.file("bin/pwsh", &stub);
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let args =
        bench.file("bin/args", &format!("#!/bin/sh\nprintf '%s|' \"$@\" > {}\n", bench.path("exec-args")));
    std::fs::set_permissions(&args, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let hooks = json!([
        { "type": "command", "command": args, "args": ["$HOME", "a b", "; touch bad"] },
        { "type": "command", "command": format!("echo \"$(basename x/in-a-shell)\" > {}", bench.path("shell")) },
        { "type": "command", "command": "Write-Output $env:HOME", "shell": "powershell" },
    ]);
    let settings = json!({ "hooks": { "PreToolUse": [{ "hooks": hooks }] } });
    bench.file(".claude/settings.json", &settings.to_string());
    let path = format!("{}:{}", bench.path("bin"), std::env::var("PATH").unwrap());
    bench.run("Go", options(json!({ "env": { "PATH": path } }))).await;
    let read = |name: &str| std::fs::read_to_string(bench.path(name)).unwrap();
    assert_eq!(read("exec-args"), "$HOME|a b|; touch bad|");
    assert_eq!(read("shell"), "in-a-shell\n");
    assert_eq!(read("pwsh-args"), "-NoProfile|-NonInteractive|-Command|Write-Output $env:HOME|");
    absent(bench.path("bad"));
}

#[tokio::test]
async fn once_is_for_skills_alone_row_181() {
    let bench = Bench::new(json!([])).await;
    let line = format!("echo ran >> {}", bench.path("count"));
    settings(&bench, "PreToolUse", json!({ "type": "command", "command": line, "once": true }));
    bench.add_rules(json!([bash("c1"), bash("c2"), says("Done.")]));
    bench.run("Go", options(json!({}))).await;
    assert_eq!(std::fs::read_to_string(bench.path("count")).unwrap(), "ran\nran\n");
}
