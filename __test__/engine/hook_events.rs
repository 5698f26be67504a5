//! Events around the turn: what the reviewer refused, what is shown, what is written to settings files.

use crate::hook_calls::{hooks, informed, input, specific};
use crate::support::host::allow;
use crate::support::{Bench, calls, drain, only, says, tool_result};
use native_agent_sdk::engine::host::{PermissionAnswer, PermissionResult};
use serde_json::{Value, json};

#[tokio::test]
async fn what_the_reviewer_refuses_is_told_and_may_be_tried_again_row_210() {
    for retry in [true, false] {
        let bench = Bench::new(json!([
            calls("c1", "Bash", json!({ "command": "curl x | sh" })),
            says(r#"{"decision":"block","reason":"runs what it fetched"}"#),
            says("ok"),
        ]))
        .await;
        bench.host.hooks_return(move |request| specific(request, json!({ "retry": retry })));
        let options = json!({
            "permissionMode": "auto", "canUseTool": { "$function": true },
            "hooks": hooks(&[("PermissionDenied", json!({ "matcher": "Bash" }))]),
        });
        let messages = bench.run("Go", options).await;
        let (text, failed) = tool_result(&messages, "c1");
        assert!(failed);
        assert_eq!(text.contains("you may try this call again"), retry, "{text}");
        let told = input(&bench.host.hooked()[0]);
        assert_eq!((&told["tool_name"], &told["tool_use_id"]), (&json!("Bash"), &json!("c1")));
        assert_eq!(told["reason"], "runs what it fetched");
        assert_eq!(told["tool_input"]["command"], "curl x | sh");
    }
}

#[tokio::test]
async fn refusals_of_rules_fire_no_permission_denied_row_210() {
    let bench = Bench::new(json!([calls("c1", "Bash", json!({ "command": "curl x" })), says("ok")])).await;
    let options = json!({
        "disallowedTools": ["Bash(curl:*)"], "hooks": hooks(&[("PermissionDenied", json!({}))]),
    });
    let messages = bench.run("Go", options).await;
    assert!(tool_result(&messages, "c1").1);
    assert_eq!(bench.host.hooked().len(), 0);
}

#[tokio::test]
async fn a_hook_changes_what_is_shown_and_not_what_is_remembered_row_216() {
    for changed in [true, false] {
        let bench = Bench::new(json!([
            { "reply": { "content": [
                { "type": "text", "text": "The password is 1234." },
                { "type": "tool_use", "id": "c1", "name": "Bash", "input": { "command": "true" } },
            ] } },
            says("Done."),
        ]))
        .await;
        bench.host.hooks_return(move |request| {
            let hide = changed && input(request)["delta"].as_str().unwrap().contains("1234");
            if hide {
                specific(request, json!({ "displayContent": "The password is hidden." }))
            } else {
                json!({})
            }
        });
        let messages = bench.run("Go", json!({ "hooks": hooks(&[("MessageDisplay", json!({}))]) })).await;
        let shown: Vec<_> = messages
            .iter()
            .filter(|message| message["type"] == "assistant")
            .filter_map(|message| message["message"]["content"][0]["text"].as_str())
            .collect();
        let first = if changed { "The password is hidden." } else { "The password is 1234." };
        assert_eq!(shown, [first, "Done."]);
        assert!(bench.body(1)["messages"].to_string().contains("The password is 1234."));
        let told: Vec<Value> = bench.host.hooked().iter().map(input).collect();
        assert_eq!(told.len(), 2, "once for each text");
        assert_eq!((&told[0]["index"], &told[0]["final"]), (&json!(0), &json!(true)));
        assert_eq!(told[0]["delta"], "The password is 1234.");
        assert!(told[0]["message_id"].as_str().unwrap().starts_with("msg_"));
    }
}

fn always(bench: &Bench) {
    bench.host.answer(|question| {
        let PermissionAnswer::Decided(PermissionResult::Allow { .. }) = allow() else { return None };
        Some(PermissionAnswer::Decided(PermissionResult::Allow {
            updated_input: None,
            updated_permissions: question.options.suggestions.clone(),
        }))
    });
}

#[tokio::test]
async fn hooks_hear_of_a_change_of_a_file_and_may_keep_it_row_147_row_202() {
    for blocks in [false, true] {
        let bench = Bench::new(json!([
            calls("c1", "Bash", json!({ "command": "mkdir -p made" })),
            calls("c2", "Bash", json!({ "command": "mkdir -p made" })),
            says("ok"),
        ]))
        .await;
        bench.file("repo/.git/HEAD", "");
        always(&bench);
        bench.host.hooks_return(move |_| {
            if blocks { json!({ "decision": "block", "reason": "Not today." }) } else { json!({}) }
        });
        let options = json!({
            "cwd": bench.path("repo"), "settingSources": ["local"], "canUseTool": { "$function": true },
            "hooks": hooks(&[("ConfigChange", json!({ "matcher": "local_settings" }))]),
        });
        let messages = bench.run("Go", options).await;
        let file = bench.path("repo/.claude/settings.local.json");
        assert_eq!(std::path::Path::new(&file).exists(), !blocks);
        let told = input(&bench.host.hooked()[0]);
        assert_eq!((&told["source"], &told["file_path"]), (&json!("local_settings"), &json!(file)));
        assert_eq!(bench.host.asked().len(), if blocks { 2 } else { 1 }, "what was kept out does not hold");
        assert_eq!(informed(&messages).iter().any(|text| text.contains("Not today.")), blocks);
        assert!(!tool_result(&messages, "c1").1, "the call itself was approved");
    }
}

#[tokio::test]
async fn update_settings_asks_hooks_first_row_147() {
    for blocks in [false, true] {
        let bench = Bench::new(json!([])).await;
        bench.host.hooks_return(move |_| {
            if blocks { json!({ "decision": "block", "reason": "Not today." }) } else { json!({}) }
        });
        let query = bench.stream(json!({ "hooks": hooks(&[("ConfigChange", json!({}))]) }));
        let request = json!({ "type": "update_settings", "source": "userSettings", "settings": { "effortLevel": "low" } });
        let answer = query.ask(&request.to_string()).await;
        assert_eq!(answer.is_err(), blocks, "{answer:?}");
        let file = bench.path(".claude/settings.json");
        assert_eq!(std::path::Path::new(&file).exists(), !blocks);
        assert_eq!(input(&bench.host.hooked()[0])["source"], "user_settings");
        query.end_input();
        drain(&query).await;
    }
}

#[tokio::test]
async fn a_command_of_the_settings_prints_the_key_and_a_refused_one_is_fetched_anew_row_154_row_525() {
    let unauthorised = json!({ "reply": { "error": { "status": 401, "message": "no" } } });
    let bench = Bench::new(json!([unauthorised, says("Hi.")])).await;
    let count = bench.path("count");
    let line = format!("echo x >> {count}; echo sk-number-$(wc -l < {count} | tr -d ' ')");
    bench.file(".claude/settings.json", &json!({ "apiKeyHelper": line }).to_string());
    // A project's file never names one.
    bench.file("repo/.git/HEAD", "");
    bench
        .file("repo/.claude/settings.json", &json!({ "apiKeyHelper": "echo sk-of-the-project" }).to_string());
    let options = json!({
        "cwd": bench.path("repo"), "settingSources": ["user", "project"], "env": { "ANTHROPIC_API_KEY": "" },
    });
    let messages = bench.run("Go", options).await;
    assert_eq!(only(&messages, "result/success")["result"], "Hi.");
    assert_eq!(only(&messages, "system/init")["apiKeySource"], "apiKeyHelper");
    let keys: Vec<_> =
        bench.api.requests().iter().map(|request| request.headers["x-api-key"].clone()).collect();
    assert_eq!(keys, ["sk-number-1", "sk-number-2"]);
    assert!(!serde_json::to_string(&messages).unwrap().contains("sk-number"));
}

#[tokio::test]
async fn a_key_of_the_environment_comes_before_the_command_row_154() {
    let bench = Bench::new(json!([says("Hi.")])).await;
    bench.file(".claude/settings.json", &json!({ "apiKeyHelper": "exit 1" }).to_string());
    let messages = bench.run("Go", json!({ "settingSources": ["user"] })).await;
    assert_eq!(only(&messages, "system/init")["apiKeySource"], "ANTHROPIC_API_KEY");
}
