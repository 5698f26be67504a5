//! Hooks of settings files beyond a plain command: conditions, requests, questions, variables, and what runs behind.

use crate::support::{
    Bench, calls, drain, kinds, next, only, says, told, tool_result, until_result, user, with,
};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const USER: &str = ".claude/settings.json";

async fn bench(event: &str, handlers: &[Value]) -> Bench {
    let bench = Bench::new(json!([])).await;
    settings(&bench, event, handlers);
    bench
}

fn settings(bench: &Bench, event: &str, handlers: &[Value]) {
    let hooks = json!({ "hooks": { event: [{ "hooks": handlers }] } });
    bench.file(USER, &hooks.to_string());
}

fn command(line: &str) -> Value {
    json!({ "type": "command", "command": line })
}

/// One Bash call and a word, every command allowed.
async fn bash(bench: &Bench, line: &str, more: Value) -> Vec<Value> {
    bench.add_rules(json!([calls("c1", "Bash", json!({ "command": line })), says("Done.")]));
    bench.run("Go", options(more)).await
}

fn options(more: Value) -> Value {
    with(json!({ "settingSources": ["user"], "allowedTools": ["Bash"] }), more)
}

fn ran(bench: &Bench) -> bool {
    std::path::Path::new(&bench.path("ran")).exists()
}

#[tokio::test]
async fn a_condition_is_judged_for_every_command_of_a_line_row_172() {
    for (condition, line, runs) in [
        ("Bash(touch *)", "touch made", true),
        ("Bash(git *)", "touch made", false),
        ("Bash(git *)", "true && git status; true", true),
        ("Bash(git *)", "echo $(git status)", true),
        ("Bash(git *)", "echo \"`git status`\"", true),
        ("Bash(git *)", "echo git", false),
        ("Bash(git *)", "if true; then", true),
        ("Bash", "true", true),
        ("Edit(*.ts)", "true", false),
        ("Read(secret.txt)", "cat secret.txt", true),
        ("Bash(git", "true", true),
    ] {
        let bench = bench("PreToolUse", &[]).await;
        let hook = command(&format!("touch {}", bench.path("ran")));
        settings(&bench, "PreToolUse", &[with(hook, json!({ "if": condition }))]);
        bash(&bench, line, json!({})).await;
        assert_eq!(ran(&bench), runs, "{condition} for {line}");
    }
}

#[tokio::test]
async fn a_condition_over_paths_starts_at_its_settings_row_121_row_172() {
    for (condition, file, runs) in
        [("Edit(*.ts)", "a.ts", true), ("Edit(*.ts)", "a.rs", false), ("Write(a.ts)", "a.ts", true)]
    {
        let bench = bench("PostToolUse", &[]).await;
        let hook = command(&format!("touch {}", bench.path("ran")));
        settings(&bench, "PostToolUse", &[with(hook, json!({ "if": condition }))]);
        let write = json!({ "file_path": bench.path(file), "content": "x" });
        bench.add_rules(json!([calls("c1", "Write", write), says("Done.")]));
        bench.run("Go", options(json!({ "permissionMode": "acceptEdits" }))).await;
        assert_eq!(ran(&bench), runs, "{condition} for {file}");
    }
}

#[tokio::test]
async fn variables_that_hooks_leave_reach_later_commands_row_175() {
    for event in ["SessionStart", "Setup"] {
        let bench = bench(event, &[command("echo 'export LEFT=here' >> \"$CLAUDE_ENV_FILE\"")]).await;
        let messages = bash(&bench, "echo \"[$LEFT]\"", json!({})).await;
        assert_eq!(tool_result(&messages, "c1").0, "[here]", "{event}");
    }
    let bench = bench("CwdChanged", &[command("echo \"export LEFT=$(pwd)\" >> \"$CLAUDE_ENV_FILE\"")]).await;
    bench.add_rules(json!([calls("c0", "Bash", json!({ "command": "mkdir sub && cd sub" }))]));
    let messages = bash(&bench, "echo \"[$LEFT]\"", json!({})).await;
    assert_eq!(tool_result(&messages, "c1").0, format!("[{}]", bench.path("sub")));
}

#[tokio::test]
async fn other_hooks_get_no_file_for_variables_row_175() {
    let bench = bench("PreToolUse", &[]).await;
    let out = bench.path("ran");
    settings(&bench, "PreToolUse", &[command(&format!("echo \"[$CLAUDE_ENV_FILE]\" > {out}"))]);
    let env = json!({ "CLAUDE_ENV_FILE": bench.path("mine.sh") });
    bash(&bench, "true", json!({ "env": env })).await;
    assert_eq!(std::fs::read_to_string(out).unwrap(), "[]\n");
}

#[tokio::test]
async fn a_command_knows_the_effort_and_has_a_session_of_its_own_row_174() {
    let bench = bench("PreToolUse", &[]).await;
    let out = bench.path("ran");
    let line = format!("echo $CLAUDE_EFFORT > {out}; echo $$ >> {out}; ps -o sid= -o tty= -p $$ >> {out}");
    settings(&bench, "PreToolUse", &[command(&line)]);
    bash(&bench, "true", json!({ "effort": "low" })).await;
    let text = std::fs::read_to_string(out).unwrap();
    let words: Vec<_> = text.split_whitespace().collect();
    assert_eq!(words[0], "low");
    // A session that the process leads has no terminal before it opens one.
    assert_eq!(words[1], words[2], "{text}");
    assert!(words[3].starts_with('?'), "{text}");
}

/// A server that gives one answer to everything and keeps what it was sent.
struct Web {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Web {
    fn start(answer: String) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heard);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (mut text, mut chunk) = (String::new(), [0; 4096]);
                loop {
                    let read = stream.read(&mut chunk).unwrap();
                    text.push_str(&String::from_utf8_lossy(&chunk[..read]));
                    let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                        let length = head.lines().find_map(|line| {
                            line.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
                        });
                        body.len() >= length.unwrap_or_default()
                    });
                    if whole || read == 0 {
                        break;
                    }
                }
                kept.lock().unwrap().push(text);
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { url, heard }
    }

    fn answering(status: &str, body: &str) -> Self {
        let length = body.len();
        Self::start(format!(
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nlocation: /other\r\nconnection: close\r\n\r\n{body}"
        ))
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    fn hook(&self) -> Value {
        json!({ "type": "http", "url": self.url })
    }
}

const DENY: &str = r#"{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"Not on Fridays."}}"#;

#[tokio::test]
async fn a_request_decides_by_its_answer_row_177() {
    for (status, body, refused, warned) in [
        ("200 OK", "", false, ""),
        ("200 OK", DENY, true, ""),
        ("204 No Content", "", false, ""),
        ("200 OK", "hello", false, "it is no JSON"),
        ("200 OK", "[]", false, "not an object"),
        ("500 Oh", DENY, false, "got the status 500"),
        ("302 Found", DENY, false, "got the status 302"),
    ] {
        let web = Web::answering(status, body);
        let bench = bench("PreToolUse", &[web.hook()]).await;
        let messages = bash(&bench, "true", json!({})).await;
        assert_eq!(tool_result(&messages, "c1").1, refused, "{status} {body}");
        assert!(told(&messages).contains(warned), "{status} {body}: {}", told(&messages));
        assert_eq!(told(&messages).is_empty(), warned.is_empty(), "{status} {body}: {}", told(&messages));
        let heard = web.heard();
        assert_eq!(heard.len(), 1, "no redirect is followed");
        let (head, body) = heard[0].split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /hook HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("content-type: application/json"), "{head}");
        assert_eq!(serde_json::from_str::<Value>(body).unwrap()["tool_input"]["command"], "true");
    }
}

#[tokio::test]
async fn headers_hold_allowed_variables_only_and_urls_may_be_limited_row_177() {
    for (limits, hook_allows, sent) in [
        (json!({}), json!(["TOKEN"]), Some("x-key: [t0][]")),
        (json!({}), json!([]), Some("x-key: [][]")),
        (json!({ "httpHookAllowedEnvVars": ["OTHER"] }), json!(["TOKEN", "OTHER"]), Some("x-key: [][o0]")),
        (json!({ "allowedHttpHookUrls": ["http://127.0.0.1:*"] }), json!(["TOKEN"]), Some("x-key: [t0][]")),
        (json!({ "allowedHttpHookUrls": ["https://*"] }), json!(["TOKEN"]), None),
    ] {
        let web = Web::answering("200 OK", DENY);
        let bench = bench("PreToolUse", &[]).await;
        let more = json!({ "headers": { "X-Key": "[$TOKEN][${OTHER}]" }, "allowedEnvVars": hook_allows });
        let hooks = json!({ "hooks": { "PreToolUse": [{ "hooks": [with(web.hook(), more)] }] } });
        bench.file(USER, &with(hooks, limits.clone()).to_string());
        let env = json!({ "TOKEN": "t0", "OTHER": "o0" });
        let messages = bash(&bench, "true", json!({ "env": env })).await;
        assert_eq!(tool_result(&messages, "c1").1, sent.is_some(), "{limits}");
        match sent {
            Some(header) => assert!(web.heard()[0].contains(header), "{limits}: {}", web.heard()[0]),
            None => {
                assert!(web.heard().is_empty());
                assert!(
                    told(&messages).contains("allowedHttpHookUrls has no pattern"),
                    "{}",
                    told(&messages)
                );
            }
        }
    }
}

#[tokio::test]
async fn nobody_at_the_other_end_decides_nothing_unless_failure_blocks_row_167_row_177() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    drop(listener);
    for (on_failure, refused) in [("continue", false), ("block", true)] {
        let bench =
            bench("PreToolUse", &[json!({ "type": "http", "url": url, "onFailure": on_failure })]).await;
        let messages = bash(&bench, "true", json!({})).await;
        assert_eq!(tool_result(&messages, "c1").1, refused, "{on_failure}");
        assert!(told(&messages).contains("cannot reach http://127.0.0.1"), "{}", told(&messages));
    }
}

#[tokio::test]
async fn a_question_to_a_model_decides_row_179() {
    let no = r#"{"ok": false, "reason": "It has no tests."}"#;
    for (answer, more, refused, stopped) in [
        (r#"{"ok": true}"#, json!({}), false, false),
        (no, json!({}), true, true),
        (no, json!({ "continueOnBlock": true }), true, false),
        ("Well, perhaps.", json!({}), false, false),
        ("Well, perhaps.", json!({ "onFailure": "block" }), true, false),
    ] {
        let prompt =
            json!({ "type": "prompt", "prompt": "Is this fine? $ARGUMENTS Think.", "model": "sonnet" });
        let bench = bench("PreToolUse", &[with(prompt, more.clone())]).await;
        bench.add_rules(json!([calls("c1", "Bash", json!({ "command": "true" })), says(answer)]));
        if !stopped {
            bench.add_rules(json!([says("Done.")]));
        }
        let messages = bench.run("Go", options(json!({}))).await;
        assert_eq!(tool_result(&messages, "c1").1, refused, "{answer} {more}");
        let result = only(&messages, "result/success");
        assert_eq!(result["terminal_reason"] == "hook_stopped", stopped, "{answer} {more}: {result}");
        let asked = bench.body(1);
        assert!(asked["model"].as_str().unwrap().contains("sonnet"), "{asked}");
        let text = asked["messages"][0]["content"].as_str().unwrap();
        assert!(text.starts_with("Is this fine? {") && text.ends_with("} Think."), "{text}");
        assert!(text.contains("\"tool_name\":\"Bash\""), "{text}");
        assert!(result["modelUsage"].as_object().unwrap().len() == 2, "{result}");
    }
}

#[tokio::test]
async fn a_question_may_keep_a_turn_going_row_203() {
    let bench = bench("Stop", &[json!({ "type": "prompt", "prompt": "Is all done?" })]).await;
    bench.add_rules(json!([
        says("Half."),
        says(r#"{"ok": false, "reason": "The other half."}"#),
        says("All."),
        says(r#"{"ok": false, "impossible": true, "reason": "There is no more."}"#),
    ]));
    let messages = bench.run("Go", options(json!({}))).await;
    assert_eq!(only(&messages, "result/success")["result"], "All.");
    assert!(bench.body(2)["messages"].to_string().contains("The other half."));
    assert!(told(&messages).contains("There is no more."));
}

/// Reads messages until a hook has ended.
async fn until_hook_ended(query: &native_agent_sdk::engine::query::Query) -> Vec<Value> {
    let mut all = Vec::new();
    while !all.iter().any(|message: &Value| message["subtype"] == "hook_response") {
        all.extend(next(query).await.expect("the end of a hook"));
    }
    all
}

#[tokio::test]
async fn what_an_async_command_says_arrives_on_the_next_turn_row_181() {
    let output = json!({
        "systemMessage": "Said to all.",
        "hookSpecificOutput": { "hookEventName": "UserPromptSubmit", "additionalContext": "Said to the model." },
        "decision": "block",
    });
    let bench = bench("UserPromptSubmit", &[]).await;
    let line = format!("while [ ! -e {} ]; do sleep 0.01; done; echo '{output}'", bench.path("go"));
    settings(&bench, "UserPromptSubmit", &[with(command(&line), json!({ "async": true }))]);
    bench.add_rules(json!([says("One."), says("Two.")]));
    let query = bench.stream(options(json!({ "includeHookEvents": true })));
    query.push(&user("first")).unwrap();
    let messages = until_result(&query).await;
    assert_eq!(only(&messages, "result/success")["result"], "One.", "it cannot block, nor be waited for");
    bench.file("go", "");
    let mut messages = until_hook_ended(&query).await;
    query.push(&user("second")).unwrap();
    query.end_input();
    messages.extend(drain(&query).await);
    assert!(told(&messages).contains("Said to all."), "{}", told(&messages));
    let (first, second) = (bench.body(0).to_string(), bench.body(1).to_string());
    for text in ["Said to all.", "Said to the model."] {
        assert!(!first.contains(text) && second.contains(text), "{text}");
    }
}

#[tokio::test]
async fn an_async_command_may_wake_the_model_row_181() {
    for (wakes, code, turns) in [(true, 2, 2), (true, 0, 1), (false, 2, 1)] {
        let bench = bench("UserPromptSubmit", &[]).await;
        let line = format!(
            "while [ {wakes} = true ] && [ ! -e {} ]; do sleep 0.01; done; echo 'The tests fail.' >&2; exit {code}",
            bench.path("go")
        );
        let more = if wakes { json!({ "asyncRewake": true }) } else { json!({ "async": true }) };
        settings(&bench, "UserPromptSubmit", &[with(command(&line), more)]);
        let texts = ["One.", "Two."];
        bench.add_rules(texts[..turns].iter().map(|text| says(text)).collect());
        let query = bench.query("Go", options(json!({}))).unwrap();
        until_result(&query).await;
        bench.file("go", "");
        let rest = drain(&query).await;
        bench.api.assert_complete().unwrap();
        let results = rest.iter().filter(|message| message["type"] == "result").count();
        assert_eq!(results, turns - 1, "{wakes} {code}");
        if turns == 2 {
            let said = bench.body(1)["messages"].to_string();
            assert!(said.contains("which ran in the background, says: The tests fail."), "{said}");
        }
    }
}

#[tokio::test]
async fn session_start_and_setup_are_told_of_unasked_and_first_row_219() {
    let bench = bench("SessionStart", &[command("echo started; echo oh >&2")]).await;
    let mut all: Value = serde_json::from_str(&std::fs::read_to_string(bench.path(USER)).unwrap()).unwrap();
    all["hooks"]["Setup"] = json!([{ "hooks": [command("exit 3")] }]);
    all["hooks"]["Stop"] = json!([{ "hooks": [command("true")] }]);
    bench.file(USER, &all.to_string());
    bench.add_rules(json!([says("Hi.")]));
    let messages = bench.run("Go", options(json!({}))).await;
    let hooks = ["system/hook_started", "system/hook_response"];
    let seen = kinds(&messages);
    let init = seen.iter().position(|kind| kind == "system/init").unwrap();
    let of_hooks: Vec<_> = seen.iter().filter(|kind| hooks.contains(&kind.as_str())).collect();
    assert_eq!(of_hooks, [hooks[0], hooks[1], hooks[0], hooks[1]], "{seen:?}");
    assert!(seen[..init].iter().filter(|kind| hooks.contains(&kind.as_str())).count() == 4, "{seen:?}");
    let responses: Vec<_> = messages.iter().filter(|message| message["subtype"] == "hook_response").collect();
    assert_eq!((&responses[0]["outcome"], &responses[0]["exit_code"]), (&json!("error"), &json!(3)));
    assert_eq!(responses[0]["hook_name"], "Setup:init");
    assert_eq!((&responses[1]["stdout"], &responses[1]["stderr"]), (&json!("started\n"), &json!("oh\n")));
    assert_eq!(responses[1]["output"], "started\noh\n");
}

#[tokio::test]
async fn what_a_hook_prints_is_told_while_it_runs_row_219() {
    let bench = Bench::manual(json!([])).await;
    let line = format!("echo begun; while [ ! -e {} ]; do sleep 0.01; done; echo over", bench.path("go"));
    settings(&bench, "SessionStart", &[command(&line)]);
    bench.add_rules(json!([says("Hi.")]));
    let query = bench.query("Go", options(json!({}))).unwrap();
    let (seen, clock) = (std::sync::atomic::AtomicBool::new(false), &bench.clock);
    let moving = async {
        while !seen.load(std::sync::atomic::Ordering::Relaxed) {
            clock.advance(Duration::from_secs(1));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let reading = async {
        let mut all = Vec::new();
        while !all.iter().any(|message: &Value| message["subtype"] == "hook_progress") {
            all.extend(next(&query).await.expect("a progress"));
        }
        seen.store(true, std::sync::atomic::Ordering::Relaxed);
        bench.file("go", "");
        all.extend(drain(&query).await);
        all
    };
    let (messages, ()) = tokio::join!(reading, moving);
    let progress = only(&messages, "system/hook_progress");
    assert_eq!((&progress["stdout"], &progress["stderr"]), (&json!("begun\n"), &json!("")));
    assert_eq!(progress["hook_id"], only(&messages, "system/hook_response")["hook_id"]);
    assert_eq!(only(&messages, "system/hook_response")["stdout"], "begun\nover\n");
}

#[tokio::test]
async fn long_texts_go_to_a_file_row_197() {
    for (length, whole) in [(10_000, true), (10_001, false)] {
        let line = format!("printf 'x%.0s' $(seq {length})");
        let bench = bench("UserPromptSubmit", &[command(&line)]).await;
        bench.add_rules(json!([says("Hi.")]));
        bench.run("Go", options(json!({}))).await;
        let said = bench.body(0)["messages"][0]["content"]
            .as_array()
            .unwrap()
            .iter()
            .find_map(|block| block["text"].as_str().filter(|text| text.contains("xxxx")))
            .unwrap()
            .to_owned();
        assert_eq!(said.contains(&"x".repeat(10_000)), whole);
        if !whole {
            assert!(said.len() < 3_000 && said.contains(&"x".repeat(2_000)), "{said}");
            let (_, rest) = said.split_once("All of it is in ").unwrap();
            let path = rest.split_once(".]").unwrap().0;
            assert_eq!(std::fs::read_to_string(path).unwrap(), "x".repeat(10_001));
        }
    }
}

#[tokio::test]
async fn a_command_that_takes_too_long_decides_nothing_unless_failure_blocks_row_165_row_167() {
    for (event, more, refused) in [
        ("PreToolUse", json!({}), false),
        ("PreToolUse", json!({ "onFailure": "block" }), true),
        ("PostToolUse", json!({}), false),
    ] {
        let slow = with(command("echo '{\"continue\": false}'; sleep 600"), json!({ "timeout": 0.05 }));
        let bench = bench(event, &[with(slow, more.clone())]).await;
        let messages = bash(&bench, "true", json!({})).await;
        assert_eq!(tool_result(&messages, "c1").1, refused, "{event} {more}");
        assert!(told(&messages).contains("did not answer within 0.05 s"), "{}", told(&messages));
    }
}

#[tokio::test]
async fn the_caps_on_stop_and_session_end_come_from_the_environment_row_164_row_203() {
    let bench = bench("Stop", &[command("echo more >&2; exit 2")]).await;
    bench.add_rules(json!([says("1"), says("2"), says("3")]));
    let env = json!({ "CLAUDE_CODE_STOP_HOOK_BLOCK_CAP": "2" });
    let messages = bench.run("Go", options(json!({ "env": env }))).await;
    assert_eq!(only(&messages, "result/success")["result"], "3");
    // A command that would sleep for long is given up.
    for limit in ["50", "1"] {
        settings(&bench, "SessionEnd", &[with(command("sleep 600"), json!({ "timeout": 300 }))]);
        bench.add_rules(json!([says("Hi.")]));
        let env = json!({ "CLAUDE_CODE_SESSIONEND_HOOKS_TIMEOUT_MS": limit });
        let messages = bench.run("Go", options(json!({ "env": env }))).await;
        assert_eq!(only(&messages, "result/success")["result"], "Hi.");
    }
}
