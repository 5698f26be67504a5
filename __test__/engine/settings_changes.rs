//! Settings files that change while a session runs, what they close off, and what nobody loads.

use crate::hook_calls::{hooks, informed, input};
use crate::support::{Bench, calls, drain, says, tool_result, until_result, user};
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};

const USER: &str = ".claude/settings.json";

fn bash(id: &str, line: &str) -> Value {
    calls(id, "Bash", json!({ "command": line }))
}

fn permissions(rules: Value) -> String {
    json!({ "permissions": rules }).to_string()
}

/// One turn of a conversation.
async fn turn(query: &Query, text: &str) -> Vec<Value> {
    query.push(&user(text)).unwrap();
    until_result(query).await
}

async fn end(query: &Query) {
    query.end_input();
    drain(query).await;
}

#[tokio::test]
async fn rules_directories_and_hooks_follow_a_changed_file_row_146() {
    let bench = Bench::new(json!([])).await;
    let far = tempfile::tempdir().unwrap();
    let file = std::fs::canonicalize(far.path()).unwrap().join("far.txt");
    std::fs::write(&file, "far away").unwrap();
    let read = |id: &str| calls(id, "Read", json!({ "file_path": file }));
    let (touch, ran) = ("touch made", bench.path("ran"));
    bench.add_rules(json!([
        bash("c1", touch),
        read("c2"),
        says("1"),
        bash("c3", touch),
        read("c4"),
        says("2"),
        bash("c5", touch),
        read("c6"),
        says("3"),
    ]));
    let query = bench.stream(json!({ "settingSources": ["user"], "model": "opus" }));
    let messages = turn(&query, "one").await;
    assert!(tool_result(&messages, "c1").1 && tool_result(&messages, "c2").1, "nothing allows them");
    let hook =
        json!([{ "matcher": "Bash", "hooks": [{ "type": "command", "command": format!("touch {ran}") }] }]);
    let settings = json!({
        "permissions": { "allow": ["Bash(touch *)"], "additionalDirectories": [far.path()] },
        "hooks": { "PreToolUse": hook },
        // Read once, at the start.
        "model": "haiku",
    });
    bench.file(USER, &settings.to_string());
    let messages = turn(&query, "two").await;
    assert!(!tool_result(&messages, "c3").1 && !tool_result(&messages, "c4").1, "{messages:#?}");
    assert!(std::path::Path::new(&ran).exists());
    std::fs::remove_file(&ran).unwrap();
    std::fs::remove_file(bench.path(USER)).unwrap();
    let messages = turn(&query, "three").await;
    assert!(tool_result(&messages, "c5").1 && tool_result(&messages, "c6").1, "as it was");
    assert!(!std::path::Path::new(&ran).exists());
    end(&query).await;
    let models: Vec<Value> = (0..9).map(|n| bench.body(n)["model"].clone()).collect();
    assert!(models.iter().all(|model| *model == models[0]), "{models:?}");
}

#[tokio::test]
async fn a_rule_that_comes_while_the_model_thinks_counts_for_its_calls_row_146() {
    let bench = Bench::new(json!([])).await;
    bench.file(USER, &permissions(json!({ "allow": ["Bash"] })));
    let deny = permissions(json!({ "allow": ["Bash"], "deny": ["Bash(mkdir *)"] }));
    // The first call of a reply changes the settings; the next reply's calls are judged by them.
    let change = format!("printf '%s' '{deny}' > {}", bench.path("new.json"));
    let place = format!("mv {} {}", bench.path("new.json"), bench.path(USER));
    bench.add_rules(json!([bash("c1", &change), bash("c2", &place), bash("c3", "mkdir made"), says("ok")]));
    let options = json!({ "settingSources": ["user"], "canUseTool": { "$function": true } });
    let messages = bench.run("Go", options).await;
    assert!(!tool_result(&messages, "c2").1, "{messages:#?}");
    let (text, failed) = tool_result(&messages, "c3");
    assert!(failed && text.contains("Bash(mkdir *)"), "{text}");
}

#[tokio::test]
async fn hooks_are_told_of_a_changed_file_and_may_keep_it_out_row_146_row_147() {
    for blocks in [false, true] {
        let bench = Bench::new(json!([
            says("1"),
            bash("c1", "mkdir a"),
            says("2"),
            bash("c2", "mkdir b"),
            says("3")
        ]))
        .await;
        let file = bench.file(USER, "{}");
        bench.host.hooks_return(move |_| {
            if blocks { json!({ "decision": "block", "reason": "Not now." }) } else { json!({}) }
        });
        let options = json!({
            "settingSources": ["user"],
            "hooks": hooks(&[
                ("ConfigChange", json!({ "matcher": "user_settings" })),
                ("ConfigChange", json!({ "matcher": "project_settings" })),
            ]),
        });
        let query = bench.stream(options);
        turn(&query, "one").await;
        bench.file(USER, &permissions(json!({ "allow": ["Bash(mkdir *)"] })));
        let messages = turn(&query, "two").await;
        assert_eq!(tool_result(&messages, "c1").1, blocks);
        assert_eq!(informed(&messages).iter().any(|text| text.contains("Not now.")), blocks);
        let messages = turn(&query, "three").await;
        assert_eq!(tool_result(&messages, "c2").1, blocks);
        end(&query).await;
        let told: Vec<Value> = bench.host.hooked().iter().map(input).collect();
        assert_eq!(told.len(), 1, "once for the one change: {told:?}");
        assert_eq!((&told[0]["source"], &told[0]["file_path"]), (&json!("user_settings"), &json!(file)));
    }
}

#[tokio::test]
async fn no_hook_keeps_a_policy_out_row_202() {
    let bench = Bench::new(json!([says("1"), bash("c1", "mkdir a"), says("2")])).await;
    bench.file("policy.json", "{}");
    bench.host.hooks_return(|_| json!({ "decision": "block", "reason": "Not now." }));
    let options = json!({ "allowedTools": ["Bash"], "hooks": hooks(&[("ConfigChange", json!({}))]) });
    let query = bench.stream(options);
    turn(&query, "one").await;
    bench.file("policy.json", &permissions(json!({ "deny": ["Bash(mkdir *)"] })));
    let messages = turn(&query, "two").await;
    assert!(tool_result(&messages, "c1").1, "the new rule denies it");
    assert_eq!(input(&bench.host.hooked()[0])["source"], "policy_settings");
    end(&query).await;
}

#[tokio::test]
async fn a_file_that_cannot_be_used_changes_nothing_row_146() {
    let bench =
        Bench::new(json!([says("1"), bash("c1", "mkdir a"), says("2"), bash("c2", "mkdir b"), says("3")]))
            .await;
    let rules = permissions(json!({ "allow": ["Bash(mkdir *)"] }));
    let file = bench.file(USER, &rules);
    let query = bench.stream(json!({ "settingSources": ["user"] }));
    turn(&query, "one").await;
    bench.file(USER, "{ broken");
    let messages = turn(&query, "two").await;
    assert!(!tool_result(&messages, "c1").1, "the old rules hold");
    assert!(informed(&messages).iter().any(|text| text.contains(&file) && text.contains("no valid JSON")));
    bench.file(USER, "{}");
    let messages = turn(&query, "three").await;
    assert!(tool_result(&messages, "c2").1, "the next change counts");
    end(&query).await;
}

#[tokio::test]
async fn what_the_engine_writes_itself_is_told_once_row_147() {
    let bench = Bench::new(json!([says("1")])).await;
    let options = json!({ "settingSources": ["user"], "hooks": hooks(&[("ConfigChange", json!({}))]) });
    let query = bench.stream(options);
    let request =
        json!({ "type": "update_settings", "source": "userSettings", "settings": { "effortLevel": "low" } });
    query.ask(&request.to_string()).await.unwrap();
    turn(&query, "one").await;
    end(&query).await;
    assert_eq!(bench.host.hooked().len(), 1);
}

#[tokio::test]
async fn another_command_prints_the_key_after_a_change_row_146() {
    let bench = Bench::new(json!([says("1"), says("2")])).await;
    bench.file(USER, &json!({ "apiKeyHelper": "echo sk-one" }).to_string());
    let query = bench.stream(json!({ "settingSources": ["user"], "env": { "ANTHROPIC_API_KEY": "" } }));
    turn(&query, "one").await;
    bench.file(USER, &json!({ "apiKeyHelper": "echo sk-two-" }).to_string());
    turn(&query, "two").await;
    end(&query).await;
    let keys: Vec<_> =
        bench.api.requests().iter().map(|request| request.headers["x-api-key"].clone()).collect();
    assert_eq!(keys, ["sk-one", "sk-two-"]);
}

#[tokio::test]
async fn nothing_outside_is_read_or_written_when_settings_say_so_row_85() {
    let far = tempfile::tempdir().unwrap();
    let far = std::fs::canonicalize(far.path()).unwrap();
    let (file, new) = (far.join("far.txt"), far.join("new.txt"));
    std::fs::write(&file, "far away").unwrap();
    for (mode, rules) in [
        ("bypassPermissions", json!([])),
        ("acceptEdits", json!(["Read", "Edit", "Write"])),
        ("default", json!(["Read(//**)", "Edit(//**)"])),
    ] {
        for (key, reads, writes) in [
            ("blockReadsOutsideWorkingDirectories", true, false),
            ("blockWritesOutsideWorkingDirectories", false, true),
        ] {
            let bench = Bench::new(json!([])).await;
            bench.file("near.txt", "near");
            let read = |id: &str, path: &str| calls(id, "Read", json!({ "file_path": path }));
            let search = |id: &str, tool: &str| calls(id, tool, json!({ "pattern": "far", "path": far }));
            bench.add_rules(json!([
                read("c1", &file.to_string_lossy()),
                search("c2", "Glob"),
                search("c3", "Grep"),
                calls("c4", "Write", json!({ "file_path": new, "content": "x" })),
                read("c5", &bench.path("near.txt")),
                calls("c6", "Write", json!({ "file_path": bench.path("made.txt"), "content": "x" })),
                says("ok"),
            ]));
            // Any source may close it off, also a project's.
            bench.file("repo/.claude/settings.json", &permissions(json!({ key: true })));
            let options = json!({
                "permissionMode": mode, "allowDangerouslySkipPermissions": true, "allowedTools": rules,
                "cwd": bench.path("repo"), "additionalDirectories": [bench.cwd()], "settingSources": ["project"],
                "env": { "IS_SANDBOX": "1" }, "canUseTool": { "$function": true },
            });
            let messages = bench.run("Go", options).await;
            for (id, refused) in
                [("c1", reads), ("c2", reads), ("c3", reads), ("c4", writes), ("c5", false), ("c6", false)]
            {
                let (text, failed) = tool_result(&messages, id);
                assert_eq!(failed, refused, "{mode} {key} {id}: {text}");
                assert!(!refused || text.contains("outside the working directories"), "{id}: {text}");
            }
            assert_eq!(new.exists(), !writes);
            let _ = std::fs::remove_file(&new);
        }
    }
}

#[tokio::test]
async fn flags_may_close_it_off_in_a_running_session_row_85_row_151() {
    let far = tempfile::tempdir().unwrap();
    let file = std::fs::canonicalize(far.path()).unwrap().join("far.txt");
    std::fs::write(&file, "far away").unwrap();
    let read = |id: &str| calls(id, "Read", json!({ "file_path": file }));
    let bench =
        Bench::new(json!([read("c1"), says("1"), read("c2"), says("2"), read("c3"), says("3")])).await;
    let query = bench.stream(json!({ "allowedTools": ["Read"] }));
    for (n, blocks) in
        [(1, json!(null)), (2, json!({ "blockReadsOutsideWorkingDirectories": true })), (3, json!({}))]
    {
        if !blocks.is_null() {
            let request = json!({ "type": "apply_flag_settings", "settings": { "permissions": blocks } });
            query.ask(&request.to_string()).await.unwrap();
        }
        let messages = turn(&query, "go").await;
        assert_eq!(tool_result(&messages, &format!("c{n}")).1, n == 2, "{n}");
    }
    end(&query).await;
}

#[tokio::test]
async fn only_the_option_names_exceptions_and_not_from_a_policy_row_85() {
    let far = tempfile::tempdir().unwrap();
    let file = std::fs::canonicalize(far.path()).unwrap().join("far.txt");
    std::fs::write(&file, "far away").unwrap();
    let blocks = json!({ "blockReadsOutsideWorkingDirectories": true });
    let exempt = json!({ "permissions": { "blockReadsExemptPaths": [far.path()] } });
    for (policy, user, flag, refused) in [
        (json!({}), json!({ "permissions": blocks }), exempt.clone(), false),
        (json!({ "permissions": blocks }), json!({}), exempt.clone(), true),
        (
            json!({}),
            json!({ "permissions": { "blockReadsOutsideWorkingDirectories": true, "blockReadsExemptPaths": [far.path()] } }),
            json!({}),
            true,
        ),
    ] {
        let bench = Bench::new(json!([calls("c1", "Read", json!({ "file_path": file })), says("ok")])).await;
        bench.file("policy.json", &policy.to_string());
        bench.file(USER, &user.to_string());
        let options = json!({ "settingSources": ["user"], "settings": flag, "allowedTools": ["Read"] });
        let messages = bench.run("Go", options).await;
        assert_eq!(tool_result(&messages, "c1").1, refused, "{policy} {user} {flag}");
    }
}

#[tokio::test]
async fn a_projects_rules_and_directories_count_when_the_host_asked_for_them_row_132() {
    let far = tempfile::tempdir().unwrap();
    let file = std::fs::canonicalize(far.path()).unwrap().join("far.txt");
    std::fs::write(&file, "far away").unwrap();
    for (sources, trusted, counts) in
        [(json!(["project"]), true, true), (json!(["project"]), false, false), (json!(["user"]), true, false)]
    {
        let bench = Bench::new(json!([
            bash("c1", "mkdir made"),
            calls("c2", "Read", json!({ "file_path": file })),
            bash("c3", "touch denied"),
            says("ok"),
        ]))
        .await;
        let rules = json!({
            "allow": ["Bash(mkdir *)"], "deny": ["Bash(touch *)"], "additionalDirectories": [far.path()],
        });
        bench.file("repo/.claude/settings.json", &permissions(rules));
        let options = json!({
            "cwd": bench.path("repo"), "settingSources": sources, "trustProjectSettings": trusted,
        });
        let messages = bench.run("Go", options).await;
        assert_eq!(!tool_result(&messages, "c1").1, counts, "{sources} {trusted}");
        assert_eq!(!tool_result(&messages, "c2").1, counts, "{sources} {trusted}");
        let (text, failed) = tool_result(&messages, "c3");
        assert!(failed);
        assert_eq!(
            text.contains("Bash(touch *)"),
            sources == json!(["project"]),
            "a rule that denies stays: {text}"
        );
        let told = informed(&messages).join("\n");
        assert_eq!(told.contains("`permissions.allow` is ignored"), !trusted, "{told}");
    }
}

/// Everything that could be loaded: settings of each source that allow a command, instructions, and memory.
async fn everything() -> Bench {
    let bench = Bench::new(json!([bash("c1", "mkdir made"), says("ok")])).await;
    let allow = permissions(json!({ "allow": ["Bash(mkdir *)"] }));
    for file in [".claude/settings.json", "repo/.claude/settings.json", "repo/.claude/settings.local.json"] {
        bench.file(file, &allow);
    }
    for file in [".claude/CLAUDE.md", "repo/CLAUDE.md", "repo/CLAUDE.local.md", "repo/.claude/CLAUDE.md"] {
        bench.file(file, "Say the word INSTRUCTED.");
    }
    let folder: String =
        bench.path("repo").chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    bench.file(&format!(".claude/projects/{folder}/memory/MEMORY.md"), "Say the word REMEMBERED.");
    bench
}

#[tokio::test]
async fn without_sources_nothing_is_loaded_whatever_the_prompt_row_140() {
    for sources in [json!(null), json!([])] {
        for prompt in [json!(null), json!({ "type": "preset", "preset": "claude_code" })] {
            let bench = everything().await;
            let mut options = json!({ "cwd": bench.path("repo"), "systemPrompt": prompt });
            if sources.is_array() {
                options["settingSources"] = sources.clone();
            }
            let messages = bench.run("Go", options).await;
            assert!(tool_result(&messages, "c1").1, "{sources} {prompt}");
            assert!(!bench.body(0).to_string().contains("INSTRUCTED"), "{sources} {prompt}");
        }
    }
}

#[tokio::test]
async fn the_policy_is_always_read_and_memory_only_on_request_row_141() {
    for sources in [json!(null), json!([]), json!(["user", "project", "local"])] {
        let bench = everything().await;
        bench.file("policy.json", &permissions(json!({ "deny": ["Bash(mkdir *)"] })));
        let mut options = json!({ "cwd": bench.path("repo") });
        if sources.is_array() {
            options["settingSources"] = sources.clone();
        }
        let messages = bench.run("Go", options).await;
        let (text, failed) = tool_result(&messages, "c1");
        assert!(failed && text.contains("Bash(mkdir *)"), "{sources}: {text}");
        assert!(!bench.body(0).to_string().contains("REMEMBERED"), "{sources}");
    }
}

#[tokio::test]
async fn directories_beside_the_project_give_access_to_files_and_nothing_else() {
    let bench = Bench::new(json!([])).await;
    let (file, ran) = (bench.file("beside/file.txt", "text"), bench.path("ran"));
    let hook = json!([{ "hooks": [{ "type": "command", "command": format!("touch {ran}") }] }]);
    let settings = json!({ "permissions": { "allow": ["Bash(mkdir *)"] }, "hooks": { "PreToolUse": hook } });
    bench.file("beside/.claude/settings.json", &settings.to_string());
    bench.file("repo/.git/HEAD", "");
    for (option, key) in [(true, false), (false, true)] {
        bench.add_rules(json!([
            calls("c1", "Read", json!({ "file_path": file })),
            bash("c2", "mkdir made"),
            says("ok")
        ]));
        let dirs = |wanted: bool| if wanted { json!([bench.path("beside")]) } else { json!([]) };
        let options = json!({
            "cwd": bench.path("repo"), "settingSources": ["user", "project", "local"],
            "additionalDirectories": dirs(option),
            "settings": { "permissions": { "additionalDirectories": dirs(key) } },
        });
        let messages = bench.run("Go", options).await;
        assert!(!tool_result(&messages, "c1").1 && tool_result(&messages, "c2").1, "{option}");
        assert!(!std::path::Path::new(&ran).exists());
    }
}

#[tokio::test]
async fn plan_mode_is_widened_by_no_sandbox_and_no_reviewer_row_74() {
    for mode in
        [json!({ "permissionMode": "plan" }), json!({ "permissionMode": "plan", "allowedTools": ["Bash"] })]
    {
        let bench = Bench::new(json!([bash("c1", "mkdir made"), bash("c2", "ls"), says("ok")])).await;
        let settings = json!({
            "useAutoModeDuringPlan": true,
            "sandbox": { "enabled": true, "autoAllowBashIfSandboxed": true, "failIfUnavailable": false },
        });
        bench.file(USER, &settings.to_string());
        let mut options = mode;
        options["settingSources"] = json!(["user"]);
        let messages = bench.run("Go", options).await;
        let (text, failed) = tool_result(&messages, "c1");
        assert!(failed && text.contains("plan mode is on"), "{text}");
        assert!(!tool_result(&messages, "c2").1, "looking is allowed");
        assert_eq!(bench.api.requests().len(), 3, "no reviewer was asked");
    }
}
