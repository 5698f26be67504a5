//! What hooks say at the borders of sessions and turns.

use crate::hook_calls::{hooks, informed, input, specific};
use crate::support::{Bench, calls, drain, kinds, only, says, soon, until_result, user};
use futures::FutureExt;
use native_agent_sdk::engine::host::HookReply;
use serde_json::{Value, json};
use std::time::Duration;

fn reminder(text: &str) -> String {
    format!("<system-reminder>\n{text}\n</system-reminder>")
}

/// Texts of the `n`-th message of the last request.
fn texts(body: &Value, n: usize) -> Vec<String> {
    let content = body["messages"][n]["content"].as_array().unwrap();
    content.iter().map(|block| block["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_session_starts_ends_and_is_set_up_row_563() {
    let bench = Bench::new(json!([says("Hi.")])).await;
    bench.host.hooks_return(|request| match request.event.name() {
        "SessionEnd" => json!({}),
        name => specific(request, json!({ "additionalContext": format!("context of {name}") })),
    });
    let all = ["Setup", "SessionStart", "UserPromptSubmit", "Stop", "SessionEnd"];
    let matchers: Vec<_> = all.iter().map(|event| (*event, json!({}))).collect();
    let mut options = json!({ "hooks": hooks(&matchers) });
    options["hooks"].as_object_mut().unwrap().remove("Stop");
    bench.run("hello", options).await;
    let told: Vec<_> = bench.host.hooked().iter().map(input).collect();
    let names: Vec<_> = told.iter().map(|input| input["hook_event_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Setup", "SessionStart", "UserPromptSubmit", "SessionEnd"]);
    assert_eq!(told[0]["trigger"], "init");
    assert_eq!(told[1]["source"], "startup");
    assert!(told[1]["model"].as_str().unwrap().starts_with("claude-"));
    assert!(told[1].get("prompt_id").is_none());
    assert!(told[1].get("permission_mode").is_none());
    assert_eq!(told[2]["prompt"], "hello");
    assert!(told[2]["prompt_id"].is_string());
    assert_eq!(told[3]["reason"], "other");
    let found = texts(&bench.body(0), 0);
    assert_eq!(
        found[1..],
        [
            reminder("context of Setup"),
            reminder("context of SessionStart"),
            "hello".into(),
            reminder("context of UserPromptSubmit")
        ]
    );
}

#[tokio::test]
async fn prompt_id_is_absent_before_the_first_prompt_row_170() {
    let bench = Bench::new(json!([says("Hi."), says("Hi again.")])).await;
    let query = bench.stream(json!({
        "effort": "low",
        "hooks": hooks(&[("SessionStart", json!({})), ("Stop", json!({}))]),
    }));
    for text in ["one", "two"] {
        query.push(&user(text)).unwrap();
        until_result(&query).await;
    }
    query.end_input();
    drain(&query).await;
    let told: Vec<_> = bench.host.hooked().iter().map(input).collect();
    assert_eq!(told.len(), 3);
    assert!(told[0].get("prompt_id").is_none());
    assert_ne!(told[1]["prompt_id"], told[2]["prompt_id"]);
    assert!(told[1]["prompt_id"].is_string());
    assert_eq!(told[1]["effort"], json!({ "level": "low" }));
}

#[tokio::test]
async fn a_session_may_begin_with_a_message_of_a_hook_row_206() {
    let bench = Bench::new(json!([says("Hi."), says("Hi again.")])).await;
    bench
        .host
        .hooks_return(|request| specific(request, json!({ "initialUserMessage": "Read the plan first." })));
    let query = bench.stream(json!({ "hooks": hooks(&[("SessionStart", json!({ "matcher": "startup" }))]) }));
    for text in ["one", "two"] {
        query.push(&user(text)).unwrap();
        until_result(&query).await;
    }
    query.end_input();
    drain(&query).await;
    assert_eq!(bench.host.hooked().len(), 1);
    let body = bench.body(1);
    assert_eq!(texts(&body, 0)[1..], ["Read the plan first.", "one"]);
    assert_eq!(texts(&body, 2), ["two"]);
}

#[tokio::test]
async fn a_prompt_can_be_blocked_and_is_erased_row_205() {
    for (hide, shown) in [(false, true), (true, false)] {
        let bench = Bench::new(json!([says("Hi.")])).await;
        bench.host.hooks_return(move |request| {
            if input(request)["prompt"] != "the password is x" {
                return json!({});
            }
            let mut output = specific(request, json!({ "suppressOriginalPrompt": hide }));
            output["decision"] = "block".into();
            output["reason"] = "no passwords".into();
            output
        });
        let query = bench.stream(json!({ "hooks": hooks(&[("UserPromptSubmit", json!({}))]) }));
        query.push(&user("the password is x")).unwrap();
        let messages = until_result(&query).await;
        let result = only(&messages, "result/success");
        assert_eq!((&result["num_turns"], &result["is_error"]), (&json!(0), &json!(false)));
        assert_eq!(bench.api.requests().len(), 0);
        let told = informed(&messages);
        assert!(told[0].contains("no passwords"));
        assert_eq!(told[0].contains("the password is x"), shown);
        query.push(&user("hello")).unwrap();
        query.end_input();
        drain(&query).await;
        assert!(!bench.body(0).to_string().contains("password"), "{}", bench.body(0));
    }
}

#[tokio::test]
async fn a_prompt_guard_that_fails_blocks_unless_told_otherwise_row_165() {
    for (on_failure, sent) in [(None, false), (Some("continue"), true)] {
        let bench = Bench::new(json!([])).await;
        if sent {
            bench.add_rules(json!([says("Hi.")]));
        }
        bench.host.on_hook(|_| {
            let reply = HookReply::Failed { text: "threw Error: boom".into(), stack: None };
            futures::future::ready(reply).boxed()
        });
        let mut matcher = json!({});
        if let Some(word) = on_failure {
            matcher["onFailure"] = word.into();
        }
        let messages = bench.run("hello", json!({ "hooks": hooks(&[("UserPromptSubmit", matcher)]) })).await;
        let result = only(&messages, "result/success");
        assert_eq!(result["result"].as_str().unwrap().contains("threw Error: boom"), !sent);
        assert_eq!(bench.api.requests().len(), usize::from(sent));
    }
}

#[tokio::test]
async fn continue_false_at_the_prompt_sends_nothing_row_194() {
    for event in ["UserPromptSubmit", "SessionStart"] {
        let bench = Bench::new(json!([])).await;
        bench.host.hooks_return(|_| json!({ "continue": false, "stopReason": "closed today" }));
        let messages = bench.run("hello", json!({ "hooks": hooks(&[(event, json!({}))]) })).await;
        assert_eq!(only(&messages, "result/success")["terminal_reason"], "hook_stopped", "{event}");
        assert_eq!(informed(&messages), ["Stopped by a hook: closed today"], "{event}");
    }
}

#[tokio::test]
async fn a_stop_hook_keeps_the_turn_going_row_203() {
    let bench = Bench::new(json!([says("One."), says("Two."), says("Three.")])).await;
    bench.host.hooks_return(|request| match input(request)["last_assistant_message"].as_str().unwrap() {
        "One." => json!({ "decision": "block", "reason": "say two" }),
        "Two." => specific(request, json!({ "additionalContext": "three is missing" })),
        _ => json!({}),
    });
    let messages =
        bench.run("count", json!({ "hooks": hooks(&[("Stop", json!({ "matcher": "ignored" }))]) })).await;
    let told: Vec<_> = bench.host.hooked().iter().map(input).collect();
    let active: Vec<_> = told.iter().map(|input| input["stop_hook_active"].as_bool().unwrap()).collect();
    assert_eq!(active, [false, true, true]);
    let result = only(&messages, "result/success");
    assert_eq!((&result["result"], &result["num_turns"]), (&json!("Three."), &json!(3)));
    let body = bench.body(2);
    assert_eq!(texts(&body, 2), ["A Stop hook does not let you stop yet: say two"]);
    assert_eq!(texts(&body, 4), [reminder("three is missing")]);
    let synthetic = messages.iter().filter(|message| message["isSynthetic"] == true).count();
    assert_eq!(synthetic, 2);
}

#[tokio::test]
async fn stop_hooks_cannot_go_on_for_ever_row_203() {
    for (cap, replies) in [(None, 9), (Some("2"), 3)] {
        let bench = Bench::new(json!(vec![says("Again."); replies])).await;
        bench.host.hooks_return(|_| json!({ "decision": "block", "reason": "more" }));
        let env = cap.map_or(json!({}), |cap| json!({ "CLAUDE_CODE_STOP_HOOK_BLOCK_CAP": cap }));
        let messages = bench.run("go", json!({ "env": env, "hooks": hooks(&[("Stop", json!({}))]) })).await;
        assert_eq!(only(&messages, "result/success")["result"], "Again.");
        assert_eq!(bench.host.hooked().len(), replies - 1);
        assert!(informed(&messages)[0].contains(&format!("{} times", replies - 1)));
    }
}

#[tokio::test]
async fn a_stop_hook_may_end_the_turn_for_good_row_194() {
    let bench = Bench::new(json!([says("One.")])).await;
    bench.host.hooks_return(|_| json!({ "continue": false, "decision": "block", "reason": "go on" }));
    let messages = bench.run("go", json!({ "hooks": hooks(&[("Stop", json!({}))]) })).await;
    let result = only(&messages, "result/success");
    assert_eq!(
        (&result["result"], &result["terminal_reason"]),
        (&json!("One."), &json!("stop_hook_prevented"))
    );
}

#[tokio::test]
async fn stop_does_not_fire_at_max_turns_but_the_end_does_row_171() {
    let bench = Bench::new(json!([calls("toolu_1", "Glob", json!({ "pattern": "*" }))])).await;
    let options = json!({ "maxTurns": 1, "hooks": hooks(&[("Stop", json!({})), ("SessionEnd", json!({}))]) });
    let messages = bench.run("go", options).await;
    only(&messages, "result/error_max_turns");
    let names: Vec<_> = bench.host.hooked().iter().map(|request| request.event.name()).collect();
    assert_eq!(names, ["SessionEnd"]);
}

#[tokio::test]
async fn an_api_failure_fires_stop_failure_instead_row_204() {
    let bench = Bench::new(json!([{ "reply": { "error": { "status": 400, "message": "bad" } } }])).await;
    let options = json!({
        "hooks": hooks(&[
            ("Stop", json!({})),
            ("StopFailure", json!({ "matcher": "invalid_request" })),
            ("StopFailure", json!({ "matcher": "rate_limit" })),
        ]),
    });
    let query = bench.query("go", options).unwrap();
    let messages = drain(&query).await;
    let told: Vec<_> = bench.host.hooked().iter().map(input).collect();
    assert_eq!(told.len(), 1, "{:?}", kinds(&messages));
    assert_eq!(told[0]["hook_event_name"], "StopFailure");
    assert_eq!(told[0]["error"], "invalid_request");
    assert!(told[0]["last_assistant_message"].as_str().unwrap().contains("bad"));
}

#[tokio::test]
async fn an_interrupt_does_not_fire_stop_row_204() {
    let bench = Bench::new(json!([])).await;
    let query = bench.query("go", json!({ "hooks": hooks(&[("Stop", json!({}))]) })).unwrap();
    query.control(&json!({ "type": "interrupt" }).to_string()).unwrap();
    let messages = drain(&query).await;
    only(&messages, "result/error_during_execution");
    assert_eq!(bench.host.hooked(), []);
}

#[tokio::test]
async fn an_interrupt_cancels_the_hooks_that_begin_a_session_row_166() {
    for event in ["Setup", "SessionStart"] {
        let bench = Bench::new(json!([says("Again.")])).await;
        // Dropped with what waits for the answer: a callback hears that as its signal.
        let called = std::sync::Arc::new(tokio::sync::Notify::new());
        let held = std::sync::Arc::clone(&called);
        bench.host.on_hook(move |_| {
            let held = std::sync::Arc::clone(&held);
            async move {
                held.notify_one();
                futures::future::pending::<()>().await;
                drop(held);
                HookReply::Returned(json!({}))
            }
            .boxed()
        });
        let query = bench.stream(json!({ "hooks": hooks(&[(event, json!({}))]) }));
        query.push(&user("first")).unwrap();
        called.notified().await;
        assert_eq!(std::sync::Arc::strong_count(&called), 3);
        query.control(r#"{"type":"interrupt"}"#).unwrap();
        let messages = soon(until_result(&query)).await;
        assert_eq!(std::sync::Arc::strong_count(&called), 2, "{event}");
        assert_eq!(only(&messages, "result/error_during_execution")["terminal_reason"], "aborted_streaming");
        assert_eq!(only(&messages, "system/hook_response")["outcome"], "cancelled", "{event}");
        query.push(&user("second")).unwrap();
        query.end_input();
        let messages = soon(drain(&query)).await;
        assert_eq!(only(&messages, "result/success")["result"], "Again.", "{event}");
        assert_eq!(bench.host.hooked().len(), 1);
    }
}

#[tokio::test]
async fn the_end_is_told_of_after_an_abort_too_row_207() {
    let bench = Bench::new(json!([])).await;
    let query = bench.stream(json!({ "hooks": hooks(&[("SessionEnd", json!({ "matcher": "other" }))]) }));
    query.abort();
    query.ended().await;
    let told = input(&bench.host.hooked()[0]);
    assert_eq!((&told["hook_event_name"], &told["reason"]), (&json!("SessionEnd"), &json!("other")));
}

#[tokio::test]
async fn hooks_of_the_end_share_a_short_time_and_late_ones_are_told_of_row_164_row_219() {
    for (timeout, env, waits) in [
        (None, None, 1_500),
        (Some(10), None, 10_000),
        (Some(300), None, 60_000),
        (Some(10), Some("200"), 200),
        (None, Some("3000"), 3_000),
        (Some(2), Some("3000"), 2_000),
    ] {
        let bench = Bench::manual(json!([])).await;
        let called = std::sync::Arc::new(tokio::sync::Notify::new());
        let signal = std::sync::Arc::clone(&called);
        bench.host.on_hook(move |_| {
            signal.notify_one();
            futures::future::pending().boxed()
        });
        let mut matcher = json!({});
        if let Some(timeout) = timeout {
            matcher["timeout"] = timeout.into();
        }
        let env = env.map_or(json!({}), |ms| json!({ "CLAUDE_CODE_SESSIONEND_HOOKS_TIMEOUT_MS": ms }));
        let options = json!({
            "env": env, "hooks": hooks(&[("SessionEnd", matcher)]), "includeHookEvents": true,
        });
        let query = bench.stream(options);
        query.end_input();
        called.notified().await;
        bench.clock.advance(Duration::from_millis(waits - 1));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(query.ended().now_or_never().is_none(), "{timeout:?}");
        bench.clock.advance(Duration::from_millis(1));
        query.ended().await;
        // Who is cut off is told of before the stream ends.
        let messages = drain(&query).await;
        assert_eq!(only(&messages, "system/hook_response")["outcome"], "cancelled");
        let expected =
            format!("did not answer within {} s: it is ignored", Duration::from_millis(waits).as_secs_f64());
        assert!(informed(&messages).iter().any(|text| text.contains(&expected)), "{messages:#?}");
    }
}

#[tokio::test]
async fn an_idle_host_is_notified_row_211() {
    let bench = Bench::manual(json!([])).await;
    let called = std::sync::Arc::new(tokio::sync::Notify::new());
    let signal = std::sync::Arc::clone(&called);
    bench.host.on_hook(move |_| {
        signal.notify_one();
        futures::future::ready(HookReply::Returned(json!({}))).boxed()
    });
    let matchers = [
        ("Notification", json!({ "matcher": "idle_prompt" })),
        ("Notification", json!({ "matcher": "permission_prompt" })),
    ];
    let query = bench.stream(json!({ "hooks": hooks(&matchers) }));
    let wait = async {
        while bench.host.hooked().is_empty() {
            bench.clock.advance(Duration::from_secs(60));
            tokio::task::yield_now().await;
        }
    };
    wait.await;
    called.notified().await;
    query.end_input();
    drain(&query).await;
    assert_eq!(bench.host.hooked().len(), 1);
    assert_eq!(input(&bench.host.hooked()[0])["notification_type"], "idle_prompt");
}
