//! Settings through the front door: files, options, updates that are written back.

use crate::support::host::allow;
use crate::support::{
    Bench, absent, calls, drain, kinds, only, says, told, tool_result, until_result, user, with,
};
use native_agent_sdk::engine::error::ErrorKind;
use native_agent_sdk::engine::host::{PermissionAnswer, PermissionResult};
use native_agent_sdk::engine::options::SettingsQuestion;
use serde_json::{Value, json};

const USER: &str = ".claude/settings.json";
const PROJECT: &str = "repo/.claude/settings.json";
const LOCAL: &str = "repo/.claude/settings.local.json";
const POLICY: &str = "policy.json";

/// `options` in the project, with all sources unless they say otherwise.
fn all(bench: &Bench, options: Value) -> Value {
    with(json!({ "cwd": bench.path("repo"), "settingSources": ["user", "project", "local"] }), options)
}

fn bash(id: &str, command: &str) -> Value {
    calls(id, "Bash", json!({ "command": command }))
}

async fn run_bash(bench: &Bench, command: &str, options: Value) -> (Vec<Value>, (String, bool)) {
    bench.add_rules(json!([bash("c1", command), says("ok")]));
    let messages = bench.run("Go", all(bench, options)).await;
    let result = tool_result(&messages, "c1");
    (messages, result)
}

fn read(bench: &Bench, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(bench.path(name)).unwrap()).unwrap()
}

/// Answers every question with an approval and these updates.
fn approve(bench: &Bench, updates: Value) {
    let answer = json!({ "behavior": "allow", "updatedPermissions": updates });
    bench.host.answer(move |_| Some(PermissionAnswer::Decided(PermissionResult::read(&answer).unwrap())));
}

fn asks(bench: &Bench, mut options: Value) -> Value {
    options["canUseTool"] = json!({ "$function": true });
    all(bench, options)
}

#[tokio::test]
async fn without_sources_no_file_is_read() {
    let allow = json!({ "permissions": { "allow": ["Bash(touch:*)"] }, "env": { "X": "1" }, "model": "m" });
    let bench = Bench::project(&[(USER, allow.clone()), (PROJECT, allow.clone()), (LOCAL, allow)]).await;
    for options in [json!({}), json!({ "settingSources": [] })] {
        bench.add_rules(json!([bash("c1", "touch made"), says("ok")]));
        let mut options = options;
        options["cwd"] = json!(bench.path("repo"));
        let messages = bench.run("Go", options).await;
        assert!(tool_result(&messages, "c1").1);
        assert_ne!(only(&messages, "system/init")["model"], "m");
    }
    absent(bench.path("repo/made"));
}

#[tokio::test]
async fn rules_of_each_file_count_and_a_denial_beats_every_permission_row_131() {
    let rules = |key: &str, rule: &str| json!({ "permissions": { key: [rule] } });
    for (files, command, runs) in [
        (vec![(USER, rules("allow", "Bash(touch:*)"))], "touch a", true),
        (vec![(PROJECT, rules("allow", "Bash(touch:*)"))], "touch a", true),
        (vec![(LOCAL, rules("allow", "Bash(touch:*)"))], "touch a", true),
        (vec![(POLICY, rules("allow", "Bash(touch:*)"))], "touch a", true),
        (
            vec![(LOCAL, rules("allow", "Bash(touch:*)")), (USER, rules("deny", "Bash(touch a)"))],
            "touch a",
            false,
        ),
        (
            vec![(POLICY, rules("allow", "Bash(touch:*)")), (PROJECT, rules("deny", "Bash(touch a)"))],
            "touch a",
            false,
        ),
        (
            vec![(USER, rules("allow", "Bash(touch:*)")), (LOCAL, rules("ask", "Bash(touch a)"))],
            "touch a",
            false,
        ),
        (
            vec![(USER, rules("allow", "Bash(touch:*)")), (POLICY, rules("deny", "Bash(touch:*)"))],
            "touch a",
            false,
        ),
        (
            vec![(USER, rules("allow", "Bash(touch:*)")), (PROJECT, rules("allow", "Bash(mkdir:*)"))],
            "touch a && mkdir b",
            true,
        ),
    ] {
        let bench = Bench::project(&files).await;
        let (_, (text, is_error)) = run_bash(&bench, command, json!({})).await;
        assert_eq!(!is_error, runs, "{files:?}: {text}");
    }
}

#[tokio::test]
async fn denials_of_settings_hold_in_every_mode_row_61() {
    let deny = json!({ "permissions": { "deny": ["Bash(touch:*)"] } });
    for mode in ["default", "acceptEdits", "bypassPermissions", "dontAsk"] {
        let bench = Bench::project(&[(PROJECT, deny.clone())]).await;
        let options = json!({ "permissionMode": mode, "allowDangerouslySkipPermissions": true,
            "env": { "IS_SANDBOX": "1" }, "allowedTools": ["Bash(touch:*)"] });
        let (_, (text, _)) = run_bash(&bench, "touch a", options).await;
        assert!(text.contains("the rule `Bash(touch:*)` forbids"), "{mode}: {text}");
    }
}

#[tokio::test]
async fn patterns_start_at_the_folder_of_their_file_row_121() {
    let deny = |rule: &str| json!({ "permissions": { "deny": [rule] } });
    for (file, sub, target, denied) in [
        (PROJECT, "repo/sub", "repo/secret/x", true),
        (PROJECT, "repo/sub", "repo/sub/secret/x", false),
        ("repo/sub/.claude/settings.local.json", "repo/sub", "repo/sub/secret/x", true),
        (USER, "repo", ".claude/secret/x", true),
        (USER, "repo", "repo/secret/x", false),
    ] {
        let bench = Bench::project(&[(file, deny("Read(/secret/**)"))]).await;
        let target = bench.file(target, "text");
        std::fs::create_dir_all(bench.path(sub)).unwrap();
        bench.add_rules(json!([calls("c1", "Read", json!({ "file_path": target })), says("ok")]));
        let options = all(&bench, json!({ "cwd": bench.path(sub), "allowedTools": ["Read"] }));
        let (text, is_error) = tool_result(&bench.run("Go", options).await, "c1");
        assert_eq!(is_error, denied, "{file} {target}: {text}");
    }
}

#[tokio::test]
async fn options_and_environment_beat_settings_row_44_row_142() {
    let model = |name: &str| json!({ "model": name });
    for (files, options, expected) in [
        (vec![(USER, model("u"))], json!({}), "u"),
        (vec![(USER, model("u")), (PROJECT, model("p"))], json!({}), "p"),
        (vec![(PROJECT, model("p")), (LOCAL, model("l"))], json!({}), "l"),
        (vec![(LOCAL, model("l"))], json!({ "settings": { "model": "f" } }), "f"),
        (vec![(LOCAL, model("l"))], json!({ "settings": "{\"model\": \"f\"}" }), "f"),
        (vec![("flags.json", model("f"))], json!({ "settings": "../flags.json" }), "f"),
        (vec![(POLICY, model("m"))], json!({ "settings": { "model": "f" } }), "m"),
        (vec![(POLICY, model("m"))], json!({ "model": "o" }), "o"),
        (vec![(USER, model("u"))], json!({ "env": { "ANTHROPIC_MODEL": "e" } }), "e"),
        (vec![(USER, model("u"))], json!({ "env": { "ANTHROPIC_DEFAULT_MODEL": "d" } }), "u"),
        (vec![(USER, json!({ "model": "u", "env": { "ANTHROPIC_MODEL": "e" } }))], json!({}), "e"),
    ] {
        let bench = Bench::project(&files).await;
        bench.add_rules(json!([says("ok")]));
        let messages = bench.run("Go", all(&bench, options)).await;
        assert_eq!(only(&messages, "system/init")["model"], expected, "{files:?}");
        assert_eq!(bench.body(0)["model"], expected);
    }
}

#[tokio::test]
async fn effort_and_thinking_of_settings_row_46() {
    for (settings, options, effort, thinks) in [
        (json!({ "effortLevel": "low" }), json!({}), "low", true),
        (json!({ "effortLevel": "low" }), json!({ "effort": "high" }), "high", true),
        (
            json!({ "effortLevel": "low" }),
            json!({ "env": { "CLAUDE_CODE_EFFORT_LEVEL": "medium" } }),
            "medium",
            true,
        ),
        (
            json!({ "effortLevel": "low", "maxEffortLevel": "medium" }),
            json!({ "effort": "max" }),
            "medium",
            true,
        ),
        (json!({ "effortLevel": "low", "maxEffortLevel": "medium" }), json!({}), "low", true),
        (json!({ "effortLevel": "low", "alwaysThinkingEnabled": false }), json!({}), "low", false),
        (
            json!({ "effortLevel": "low", "alwaysThinkingEnabled": false }),
            json!({ "thinking": { "type": "adaptive" } }),
            "low",
            true,
        ),
    ] {
        let bench = Bench::project(&[(USER, settings.clone())]).await;
        bench.add_rules(json!([says("ok")]));
        let mut options = options;
        options["model"] = json!("opus");
        bench.run("Go", all(&bench, options)).await;
        let body = bench.body(0);
        assert_eq!(body["output_config"]["effort"], effort, "{settings}");
        let on = body["thinking"]["type"].as_str().is_some_and(|kind| kind != "disabled");
        assert_eq!(on, thinks, "{settings}: {}", body["thinking"]);
    }
}

#[tokio::test]
async fn variables_of_settings_reach_commands_but_not_where_credentials_go() {
    let vars = json!({ "env": {
        "FROM_PROJECT": "yes", "BOTH": "file", "ANTHROPIC_BASE_URL": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1",
        "ANTHROPIC_API_KEY": "sk-of-the-project"
    } });
    let bench = Bench::project(&[(PROJECT, vars)]).await;
    let options = json!({ "env": { "BOTH": "host" }, "allowedTools": ["Bash"] });
    let (messages, (text, _)) = run_bash(&bench, "echo $FROM_PROJECT $BOTH $HTTPS_PROXY.", options).await;
    assert_eq!(text.trim(), "yes file .");
    let told = told(&messages);
    for name in ["ANTHROPIC_BASE_URL", "HTTPS_PROXY", "ANTHROPIC_API_KEY"] {
        assert!(told.contains(&format!("`env.{name}` is ignored")), "{told}");
    }
    assert!(!told.contains("sk-of-the-project"));
    assert_eq!(bench.api.requests()[0].headers["x-api-key"], "sk-test");
}

#[tokio::test]
async fn what_the_host_gave_as_environment_stands() {
    let bench = Bench::project(&[(USER, json!({ "env": { "BOTH": "file", "MORE": "file" } }))]).await;
    let options = json!({ "envGiven": true, "env": { "BOTH": "host" }, "allowedTools": ["Bash"] });
    let (_, (text, _)) = run_bash(&bench, "echo $BOTH $MORE", options).await;
    assert_eq!(text.trim(), "host file");
}

#[tokio::test]
async fn modes_of_settings_row_78_row_80() {
    let mode = |mode: &str| json!({ "permissions": { "defaultMode": mode } });
    let bypass = json!({ "allowDangerouslySkipPermissions": true, "env": { "IS_SANDBOX": "1" } });
    let no_bypass = json!({ "permissions": { "disableBypassPermissionsMode": "disable" } });
    let no_auto = json!({ "permissions": { "disableAutoMode": "disable" } });
    for (files, options, expected, warns) in [
        (vec![(USER, mode("acceptEdits"))], json!({}), "acceptEdits", false),
        (vec![(USER, mode("manual"))], json!({}), "default", false),
        (vec![(USER, mode("acceptEdits"))], json!({ "permissionMode": "plan" }), "plan", false),
        (vec![(USER, mode("acceptEdits"))], json!({ "permissionMode": "default" }), "default", false),
        (vec![(PROJECT, mode("plan"))], json!({}), "plan", false),
        (vec![(PROJECT, mode("acceptEdits"))], json!({}), "default", true),
        (vec![(LOCAL, mode("acceptEdits"))], json!({}), "acceptEdits", false),
        (vec![(PROJECT, mode("auto"))], json!({}), "default", true),
        (vec![(LOCAL, mode("auto"))], json!({}), "default", true),
        (vec![(USER, mode("auto"))], json!({}), "auto", false),
        (vec![(USER, mode("auto")), (PROJECT, no_auto.clone())], json!({}), "default", true),
        (vec![(PROJECT, mode("plan"))], json!({ "trustProjectSettings": false }), "default", true),
        (vec![(USER, mode("bypassPermissions"))], json!({}), "default", true),
        (vec![(USER, mode("bypassPermissions"))], bypass.clone(), "bypassPermissions", false),
        (vec![(LOCAL, mode("bypassPermissions"))], bypass.clone(), "default", true),
        (
            vec![(USER, mode("bypassPermissions")), (LOCAL, no_bypass.clone())],
            bypass.clone(),
            "default",
            true,
        ),
    ] {
        let bench = Bench::project(&files).await;
        bench.add_rules(json!([says("ok")]));
        let messages = bench.run("Go", all(&bench, options)).await;
        assert_eq!(only(&messages, "system/init")["permissionMode"], expected, "{files:?}");
        assert_eq!(!told(&messages).is_empty(), warns, "{files:?}: {}", told(&messages));
        assert_eq!(kinds(&messages)[0], "system/init", "init is the first");
    }
    let bench = Bench::project(&[(PROJECT, no_bypass)]).await;
    let mut options = bypass.clone();
    options["permissionMode"] = json!("bypassPermissions");
    let error = bench.query("Go", all(&bench, options)).err().unwrap();
    assert!(error.kind == ErrorKind::BypassNotAllowed && error.message.contains("settings.json"), "{error}");
    let query = bench.stream(all(&bench, bypass));
    let error = query.control(r#"{"type":"set_permission_mode","mode":"bypassPermissions"}"#).unwrap_err();
    assert_eq!(error.kind, ErrorKind::BypassNotAllowed);
}

#[tokio::test]
async fn mode_auto_can_be_closed_off_row_80() {
    let bench =
        Bench::project(&[(PROJECT, json!({ "permissions": { "disableAutoMode": "disable" } }))]).await;
    let error = bench.query("Go", all(&bench, json!({ "permissionMode": "auto" }))).err().unwrap();
    assert!(error.message.contains("disableAutoMode") && error.message.contains("settings.json"), "{error}");
    let query = bench.stream(all(&bench, json!({})));
    query.control(r#"{"type":"set_permission_mode","mode":"auto"}"#).unwrap_err();
}

#[tokio::test]
async fn directories_of_settings_give_access_to_files() {
    let bench = Bench::project(&[]).await;
    let file = bench.file("shared/a.txt", "text");
    for (settings, reads) in [(json!({}), false), (json!(["../shared"]), true), (json!(["~/shared"]), true)] {
        bench.file(PROJECT, &json!({ "permissions": { "additionalDirectories": settings } }).to_string());
        bench.add_rules(json!([calls("c1", "Read", json!({ "file_path": file })), says("ok")]));
        let messages = bench.run("Go", all(&bench, json!({}))).await;
        assert_eq!(!tool_result(&messages, "c1").1, reads);
    }
}

#[tokio::test]
async fn a_tool_that_settings_deny_is_not_offered() {
    let bench = Bench::project(&[(LOCAL, json!({ "permissions": { "deny": ["Bash"] } }))]).await;
    bench.add_rules(json!([says("ok")]));
    let messages = bench.run("Go", all(&bench, json!({}))).await;
    let tools = only(&messages, "system/init")["tools"].as_array().unwrap();
    assert!(!tools.contains(&json!("Bash")) && tools.contains(&json!("Read")));
}

#[tokio::test]
async fn settings_may_refuse_instead_of_asking() {
    let bench = Bench::project(&[(USER, json!({ "permissions": { "denyInsteadOfPrompting": true } }))]).await;
    bench.add_rules(json!([bash("c1", "touch a"), says("ok")]));
    bench.host.answer(|_| Some(allow()));
    let messages = bench.run("Go", asks(&bench, json!({}))).await;
    assert!(tool_result(&messages, "c1").1 && bench.host.asked().is_empty());
}

#[tokio::test]
async fn a_file_that_cannot_be_used_stops_the_start_and_nothing_is_sent_row_144() {
    for (text, parts) in [
        ("{\n  \"env\": { \"X\": \"hidden-value\" }\n  oops }", vec!["line 3", "no valid JSON"]),
        (
            "{\n \"permissions\": { \"deny\": [\n \"Bash(\" ] } }",
            vec!["line 3", "the deny rule \"Bash(\" is invalid"],
        ),
    ] {
        for name in [USER, PROJECT, LOCAL, POLICY] {
            let bench = Bench::project(&[]).await;
            bench.file(name, text);
            let error = bench.query("Go", all(&bench, json!({}))).err().unwrap();
            assert_eq!(error.kind, ErrorKind::ConfigFileInvalid);
            assert!(error.message.contains(&bench.path(name)), "{error}");
            assert!(parts.iter().all(|part| error.message.contains(part)), "{error}");
            assert!(!error.message.contains("hidden-value") && bench.api.requests().is_empty());
        }
    }
}

#[tokio::test]
async fn a_malformed_allow_rule_is_skipped_with_a_message_row_106() {
    let rules = json!({ "permissions": { "allow": ["Bash(", "Bash(touch:*)"] } });
    let bench = Bench::project(&[(PROJECT, rules)]).await;
    let (messages, (_, is_error)) = run_bash(&bench, "touch a", json!({})).await;
    assert!(!is_error);
    let told = only(&messages, "system/informational");
    assert_eq!(told["level"], "warning");
    let text = told["content"].as_str().unwrap();
    assert!(
        text.contains(&bench.path(PROJECT)) && text.contains("line 1: the allow rule \"Bash(\" is skipped"),
        "{text}"
    );
}

#[tokio::test]
async fn an_untrusted_project_may_only_forbid() {
    let rules =
        json!({ "permissions": { "allow": ["Bash(touch:*)", "Bash(mkdir:*)"], "deny": ["Bash(mkdir:*)"] } });
    let bench = Bench::project(&[(PROJECT, rules)]).await;
    let (_, (text, is_error)) = run_bash(&bench, "touch a", json!({ "trustProjectSettings": false })).await;
    assert!(is_error && text.contains("was not granted"), "{text}");
    let options = json!({ "trustProjectSettings": false, "allowedTools": ["Bash"] });
    let (_, (text, is_error)) = run_bash(&bench, "mkdir b", options).await;
    assert!(is_error && text.contains("forbids"), "{text}");
}

#[tokio::test]
async fn updates_for_files_are_written_and_hold_at_once_row_90() {
    for (destination, file) in
        [("userSettings", USER), ("projectSettings", PROJECT), ("localSettings", LOCAL)]
    {
        // Also when the source is not loaded.
        for sources in [json!(["user", "project", "local"]), json!([])] {
            let bench = Bench::project(&[]).await;
            bench.file(USER, "{\n\t\"keep\": 1\n}\n");
            bench.add_rules(json!([bash("c1", "touch a"), bash("c2", "touch b"), says("ok")]));
            approve(
                &bench,
                json!([
                    { "type": "addRules", "rules": [{ "toolName": "Bash", "ruleContent": "touch:*" }], "behavior": "allow", "destination": destination },
                    { "type": "addDirectories", "directories": ["../more"], "destination": destination },
                ]),
            );
            let messages = bench.run("Go", asks(&bench, json!({ "settingSources": sources }))).await;
            assert!(!tool_result(&messages, "c2").1);
            assert_eq!(bench.host.asked().len(), 1, "{destination}");
            let written = read(&bench, file);
            let more = bench.path("repo/../more");
            assert_eq!(
                written["permissions"],
                json!({ "allow": ["Bash(touch:*)"], "additionalDirectories": [more] })
            );
            if file == USER {
                assert_eq!(written["keep"], 1);
                assert!(
                    std::fs::read_to_string(bench.path(USER))
                        .unwrap()
                        .starts_with("{\n\t\"keep\": 1,\n\t\"permissions\"")
                );
            }
            // The next session of the project asks no more.
            bench.add_rules(json!([bash("c3", "touch c"), says("ok")]));
            let messages = bench.run("Go", asks(&bench, json!({}))).await;
            assert!(!tool_result(&messages, "c3").1);
            assert_eq!(bench.host.asked().len(), 1);
        }
    }
}

#[tokio::test]
async fn all_updates_of_one_answer_are_applied_or_none_row_93() {
    let good = json!({ "type": "addRules", "rules": [{ "toolName": "Bash" }], "behavior": "allow", "destination": "session" });
    let file = json!({ "type": "addRules", "rules": [{ "toolName": "Bash" }], "behavior": "allow", "destination": "userSettings" });
    let broken = json!({ "type": "setMode", "mode": "acceptEdits", "destination": "localSettings" });
    let bad = json!({ "type": "addRules", "rules": [{ "toolName": "" }], "behavior": "allow", "destination": "session" });
    for updates in [json!([good, file, broken]), json!([good, file, bad])] {
        let bench = Bench::project(&[]).await;
        bench.file(LOCAL, "{ broken");
        bench.add_rules(json!([bash("c1", "touch a"), bash("c2", "touch b"), says("ok")]));
        approve(&bench, updates.clone());
        let messages = bench.run("Go", asks(&bench, json!({ "settingSources": ["user", "project"] }))).await;
        let (text, is_error) = tool_result(&messages, "c1");
        assert!(is_error && text.contains("updatedPermissions"), "{text}");
        assert_eq!(bench.host.asked().len(), 2, "nothing was applied: {updates}");
        absent(bench.path(USER));
        absent(bench.path("repo/a"));
        assert_eq!(std::fs::read_to_string(bench.path(LOCAL)).unwrap(), "{ broken");
    }
}

#[tokio::test]
async fn an_update_that_asks_for_bypass_is_ignored_with_a_warning() {
    let bench = Bench::project(&[]).await;
    bench.add_rules(json!([bash("c1", "touch a"), bash("c2", "touch b"), says("ok")]));
    approve(
        &bench,
        json!([{ "type": "setMode", "mode": "bypassPermissions", "destination": "userSettings" }]),
    );
    let messages = bench.run("Go", asks(&bench, json!({}))).await;
    assert!(!tool_result(&messages, "c1").1, "the call itself was approved");
    assert_eq!(bench.host.asked().len(), 2);
    assert!(told(&messages).contains("A permission update was ignored"), "{}", told(&messages));
    absent(bench.path(USER));
}

#[tokio::test]
async fn suggestions_go_to_the_local_file_when_it_is_loaded_row_91() {
    for (sources, destination) in
        [(json!([]), "session"), (json!(["project"]), "session"), (json!(["local"]), "localSettings")]
    {
        let bench = Bench::project(&[]).await;
        bench.add_rules(json!([bash("c1", "touch a"), says("ok")]));
        bench.run("Go", asks(&bench, json!({ "settingSources": sources }))).await;
        let asked = serde_json::to_value(&bench.host.asked()[0].options.suggestions).unwrap();
        assert_eq!(asked[0]["destination"], destination, "{asked}");
    }
}

#[tokio::test]
async fn a_policy_that_allows_alone_takes_no_updates() {
    let policy = json!({ "allowManagedPermissionRulesOnly": true });
    let bench =
        Bench::project(&[(POLICY, policy), (USER, json!({ "permissions": { "allow": ["Bash"] } }))]).await;
    bench.add_rules(json!([bash("c1", "touch a"), bash("c2", "touch b"), says("ok")]));
    approve(
        &bench,
        json!([{ "type": "addRules", "rules": [{ "toolName": "Bash" }], "behavior": "allow", "destination": "localSettings" }]),
    );
    let messages = bench.run("Go", asks(&bench, json!({}))).await;
    assert_eq!(bench.host.asked().len(), 2);
    assert!(told(&messages).contains("the policy of this machine"));
    absent(bench.path(LOCAL));
}

#[tokio::test]
async fn flags_change_in_a_running_session_row_151() {
    let bench = Bench::project(&[(USER, json!({ "model": "u" }))]).await;
    let query =
        bench.stream(all(&bench, json!({ "settings": { "permissions": { "allow": ["Bash(touch:*)"] } } })));
    let apply = |settings: Value| {
        query.control(&json!({ "type": "apply_flag_settings", "settings": settings }).to_string())
    };
    let mut results = Vec::new();
    for (id, change) in [
        ("c1", json!({})),
        // The second object replaces the first.
        ("c2", json!({ "permissions": { "deny": ["Bash(rm:*)"] }, "model": "f", "effortLevel": "max" })),
        ("c3", json!({ "permissions": { "allow": ["Bash(touch:*)"] }, "model": null })),
        ("c4", json!({ "permissions": null })),
    ] {
        apply(change).unwrap();
        bench.add_rules(json!([bash(id, "touch a"), says("ok")]));
        query.push(&user("Go")).unwrap();
        let messages = until_result(&query).await;
        results.push((
            !tool_result(&messages, id).1,
            only(&messages, "system/init")["model"].as_str().unwrap().to_owned(),
        ));
    }
    let expected = [(true, "u"), (false, "f"), (true, "u"), (false, "u")];
    assert_eq!(results, expected.map(|(runs, model)| (runs, model.to_owned())));
    assert_eq!(bench.body(2)["output_config"]["effort"], "max");
    assert_eq!(apply(json!({ "env": { "A": "1" } })).unwrap_err().kind, ErrorKind::UnsupportedOption);
    query.end_input();
    drain(&query).await;
}

#[tokio::test]
async fn settings_files_are_written_on_request() {
    let bench = Bench::project(&[(USER, json!({ "keep": 1 }))]).await;
    let query = bench.stream(all(&bench, json!({})));
    let update = |source: &str, settings: Value| {
        query.control(
            &json!({ "type": "update_settings", "source": source, "settings": settings }).to_string(),
        )
    };
    update("userSettings", json!({ "effortLevel": "high" })).unwrap();
    update("localSettings", json!({ "outputStyle": "brief" })).unwrap();
    assert_eq!(read(&bench, USER), json!({ "keep": 1, "effortLevel": "high" }));
    assert_eq!(read(&bench, LOCAL), json!({ "outputStyle": "brief" }));
    for (source, settings) in [
        ("projectSettings", json!({ "outputStyle": "x" })),
        ("userSettings", json!({ "outputStyle": "x" })),
        ("userSettings", json!({ "effortLevel": "huge" })),
        ("localSettings", json!({ "outputStyle": "x", "more": 1 })),
        ("localSettings", json!({})),
    ] {
        assert_eq!(update(source, settings).unwrap_err().kind, ErrorKind::InvalidInput);
    }
    bench.file(LOCAL, "{ broken");
    let error = update("localSettings", json!({ "outputStyle": "x" })).unwrap_err();
    assert!(error.kind == ErrorKind::ConfigFileInvalid && error.message.contains(LOCAL), "{error}");
    assert_eq!(std::fs::read_to_string(bench.path(LOCAL)).unwrap(), "{ broken");
}

#[tokio::test]
async fn settings_are_resolved_without_a_run_row_153() {
    let bench = Bench::project(&[
        (USER, json!({ "model": "u", "permissions": { "allow": ["Read"] }, "unknown": { "kept": 1 } })),
        (PROJECT, json!({ "permissions": { "allow": ["Edit"], "defaultMode": "acceptEdits" }, "fallbackModel": ["x"] })),
        (POLICY, json!({ "disableAllHooks": true })),
    ])
    .await;
    let ask = |options: Value| {
        let question =
            json!({ "options": options, "env": { "HOME": bench.cwd() }, "cwd": bench.path("repo") });
        bench.engine.resolve_settings(&serde_json::from_value::<SettingsQuestion>(question).unwrap())
    };
    let resolved =
        ask(json!({ "settingSources": ["user", "project", "local"], "settings": { "model": "f" } })).unwrap();
    assert_eq!(
        resolved["effective"],
        json!({
            "model": "f", "permissions": { "allow": ["Read", "Edit"] }, "unknown": { "kept": 1 },
            "fallbackModel": ["x"], "disableAllHooks": true,
        })
    );
    let user = json!({ "source": "user", "path": bench.path(USER) });
    let project = json!({ "source": "project", "path": bench.path(PROJECT) });
    let managed = json!({ "source": "managed", "path": bench.cwd().join(POLICY), "policyOrigin": "file" });
    let provenance = &resolved["provenance"];
    assert_eq!(provenance["unknown"], user);
    assert_eq!((&provenance["permissions"], &provenance["fallbackModel"]), (&project, &project));
    assert_eq!(provenance["model"], json!({ "source": "flag" }));
    assert_eq!(provenance["disableAllHooks"]["policyOrigin"], managed["policyOrigin"]);
    let sources: Vec<_> =
        resolved["sources"].as_array().unwrap().iter().map(|row| row["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["managed", "flag", "project", "user"]);
    assert_eq!(
        resolved["sources"][2]["settings"]["permissions"]["defaultMode"], "acceptEdits",
        "as it was written"
    );
    assert!(resolved["warnings"][0].as_str().unwrap().contains("permissions.defaultMode"));
    assert_eq!(ask(json!({})).unwrap()["effective"], json!({ "disableAllHooks": true }));
    assert_eq!(ask(json!({ "settingSource": [] })).unwrap_err().kind, ErrorKind::UnknownOption);
    assert_eq!(
        ask(json!({ "serverManagedSettings": { "model": "m" } })).unwrap_err().kind,
        ErrorKind::UnsupportedOption
    );
    assert_eq!(ask(json!({ "settingSources": ["all"] })).unwrap_err().kind, ErrorKind::InvalidOption);
}

#[tokio::test]
async fn options_about_settings_are_checked() {
    let bench = Bench::project(&[]).await;
    for (option, value, part) in [
        ("settings", json!(3), "options.settings must be"),
        ("settings", json!(""), "options.settings must be"),
        ("settings", json!("{ \"hidden-value\""), "options.settings looks like JSON"),
        ("settings", json!({ "permissions": { "allow": ["Bash("] } }), "options.settings: the allow rule"),
        ("settingSources", json!(["user", "all"]), "options.settingSources"),
        ("settingSources", json!("user"), "options.settingSources"),
        ("managedSettings", json!([]), "options.managedSettings must be"),
        ("trustProjectSettings", json!("no"), "options.trustProjectSettings must be"),
        ("projectConfigRoot", json!("none"), "options.projectConfigRoot"),
    ] {
        let error = bench.query("Go", json!({ option: value })).err().unwrap();
        assert!(error.message.contains(part) && !error.message.contains("hidden-value"), "{error}");
    }
}

#[tokio::test]
async fn keys_without_effect_are_said_to_have_none() {
    let bench = Bench::project(&[(
        USER,
        json!({ "sandbox": { "enabled": true }, "language": "de", "cleanupPeriodDays": 3 }),
    )])
    .await;
    bench.add_rules(json!([says("ok")]));
    let messages = bench.run("Go", all(&bench, json!({}))).await;
    assert!(told(&messages).contains("`sandbox` has no effect"), "{}", told(&messages));
    let logged = bench.host.logged().concat();
    assert!(logged.contains("cleanupPeriodDays, language") && !logged.contains("sandbox"), "{logged}");
}
