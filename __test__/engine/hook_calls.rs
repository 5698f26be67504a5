//! What hooks decide about tool calls, and what they are told of them.

use crate::support::host::{allow, deny};
use crate::support::{Bench, absent, calls, drain, kinds, only, says, tool_result};
use futures::FutureExt;
use native_agent_sdk::engine::host::{HookReply, HookRequest};
use serde_json::{Value, json};
use std::time::Duration;

/// `options.hooks` with one callback for each event and matcher.
pub fn hooks(matchers: &[(&str, Value)]) -> Value {
    let mut hooks = json!({});
    for (event, matcher) in matchers {
        let mut matcher = matcher.clone();
        matcher["hooks"] = json!([{ "$function": true }]);
        match hooks[*event].as_array_mut() {
            Some(list) => list.push(matcher),
            None => hooks[*event] = json!([matcher]),
        }
    }
    hooks
}

/// The input of a hook.
pub fn input(request: &HookRequest) -> Value {
    serde_json::from_str(&request.input).unwrap()
}

/// An output with fields specific to the event of `request`.
pub fn specific(request: &HookRequest, mut fields: Value) -> Value {
    fields["hookEventName"] = request.event.name().into();
    json!({ "hookSpecificOutput": fields })
}

/// A bench whose model writes `new.txt` and then says a word.
async fn writing() -> Bench {
    let bench = Bench::new(json!([])).await;
    let write = calls("toolu_1", "Write", json!({ "file_path": bench.path("new.txt"), "content": "text" }));
    bench.add_rules(json!([write, says("Done.")]));
    bench
}

fn written(bench: &Bench) -> Option<String> {
    std::fs::read_to_string(bench.path("new.txt")).ok()
}

/// Texts of system/informational.
pub fn informed(messages: &[Value]) -> Vec<String> {
    messages
        .iter()
        .filter(|message| message["subtype"] == "informational")
        .map(|message| message["content"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pre_tool_use_gets_the_documented_input_row_157_row_169() {
    let bench = writing().await;
    let options = json!({
        "permissionMode": "acceptEdits",
        "hooks": hooks(&[("PreToolUse", json!({ "matcher": "Write" })), ("PreToolUse", json!({ "matcher": "Bash" }))]),
    });
    let messages = bench.run("write", options).await;
    let hooked = bench.host.hooked();
    assert_eq!(hooked.len(), 1, "the matcher compares the tool's name only");
    assert_eq!((hooked[0].matcher, hooked[0].hook), (0, 0));
    assert_eq!(hooked[0].tool_use_id.as_deref(), Some("toolu_1"));
    let input = input(&hooked[0]);
    let session = only(&messages, "result/success")["session_id"].as_str().unwrap().to_owned();
    assert_eq!(input["hook_event_name"], "PreToolUse");
    assert_eq!(input["session_id"], session.as_str());
    assert_eq!(input["cwd"], json!(bench.cwd()));
    assert_eq!(input["permission_mode"], "acceptEdits");
    assert_eq!(input["tool_name"], "Write");
    assert_eq!(input["tool_input"], json!({ "file_path": bench.path("new.txt"), "content": "text" }));
    assert_eq!(input["tool_use_id"], "toolu_1");
    assert!(input["transcript_path"].as_str().unwrap().ends_with(&format!("{session}.jsonl")));
    assert!(input["prompt_id"].is_string());
    assert!(input.get("agent_id").is_none());
    assert_eq!(written(&bench).as_deref(), Some("text"));
}

#[tokio::test]
async fn each_decision_of_a_hook_does_what_it_says_row_183_row_184() {
    for (decision, asked, runs) in
        [("allow", false, true), ("deny", false, false), ("ask", true, true), ("none", true, true)]
    {
        let bench = writing().await;
        bench.host.hooks_return(move |request| match decision {
            "none" => json!({}),
            decision => specific(
                request,
                json!({ "permissionDecision": decision, "permissionDecisionReason": "because" }),
            ),
        });
        let options =
            json!({ "canUseTool": { "$function": true }, "hooks": hooks(&[("PreToolUse", json!({}))]) });
        let messages = bench.run("write", options).await;
        assert_eq!(bench.host.asked().len(), usize::from(asked), "{decision}");
        assert_eq!(written(&bench).is_some(), runs, "{decision}");
        let (text, is_error) = tool_result(&messages, "toolu_1");
        assert_eq!(is_error, !runs, "{decision}");
        assert_eq!(text.contains("because"), decision == "deny", "{decision}: {text}");
        let denials = &only(&messages, "result/success")["permission_denials"];
        assert_eq!(denials.as_array().unwrap().len(), usize::from(!runs), "{decision}");
        assert!(!kinds(&messages).contains(&"system/permission_denied".to_owned()));
    }
}

#[tokio::test]
async fn only_the_reason_of_a_denial_reaches_the_model_row_185() {
    for decision in ["allow", "ask"] {
        let bench = writing().await;
        bench.host.hooks_return(move |request| {
            specific(
                request,
                json!({ "permissionDecision": decision, "permissionDecisionReason": "a secret reason" }),
            )
        });
        let options =
            json!({ "canUseTool": { "$function": true }, "hooks": hooks(&[("PreToolUse", json!({}))]) });
        bench.run("write", options).await;
        assert!(!bench.body(1).to_string().contains("a secret reason"), "{decision}");
        if decision == "ask" {
            assert!(bench.host.asked()[0].options.decision_reason.contains("a secret reason"));
        }
    }
}

#[tokio::test]
async fn rules_beat_what_a_hook_allows_row_60() {
    let bench = writing().await;
    bench.host.hooks_return(|request| specific(request, json!({ "permissionDecision": "allow" })));
    let options =
        json!({ "disallowedTools": ["Write(new.txt)"], "hooks": hooks(&[("PreToolUse", json!({}))]) });
    let messages = bench.run("write", options).await;
    assert_eq!(written(&bench), None);
    assert!(tool_result(&messages, "toolu_1").1);
}

#[tokio::test]
async fn an_updated_input_runs_and_is_judged_again_row_186() {
    let cases = [
        (json!({}), json!({ "file_path": "other.txt", "content": "changed" }), "written", ""),
        (json!({}), json!({ "file_path": "forbidden.txt", "content": "changed" }), "denied", "forbidden"),
        (json!({}), json!({ "file_path": "other.txt" }), "denied", "cannot be used"),
        (
            json!({ "permissionDecision": "allow" }),
            json!({ "file_path": "forbidden.txt", "content": "x" }),
            "denied",
            "forbidden",
        ),
    ];
    for (fields, updated, outcome, words) in cases {
        let bench = writing().await;
        let folder = bench.cwd();
        let label = format!("{fields} {updated}");
        bench.host.hooks_return(move |request| {
            let mut fields = fields.clone();
            let mut updated = updated.clone();
            updated["file_path"] = json!(folder.join(updated["file_path"].as_str().unwrap()));
            fields["updatedInput"] = updated;
            specific(request, fields)
        });
        let options = json!({
            "permissionMode": "acceptEdits",
            "disallowedTools": ["Write(forbidden.txt)"],
            "hooks": hooks(&[("PreToolUse", json!({})), ("PostToolUse", json!({}))]),
        });
        let messages = bench.run("write", options).await;
        assert_eq!(written(&bench), None, "{label}");
        absent(bench.path("forbidden.txt"));
        let (text, is_error) = tool_result(&messages, "toolu_1");
        assert!(text.contains(words), "{label}: {text}");
        assert!(!text.contains("new.txt"), "it speaks of the input that was judged: {text}");
        assert_eq!(is_error, outcome == "denied", "{label}");
        let other = std::fs::read_to_string(bench.path("other.txt")).ok();
        assert_eq!(other.as_deref(), (outcome == "written").then_some("changed"), "{label}");
        if outcome == "written" {
            let told = bench.host.hooked();
            assert_eq!(input(&told[1])["tool_input"]["content"], "changed");
        }
    }
}

#[tokio::test]
async fn context_and_messages_stand_beside_the_result_row_196_row_198() {
    let bench = writing().await;
    bench.host.hooks_return(|request| {
        let name = request.event.name();
        let mut output = specific(request, json!({ "additionalContext": format!("context of {name}") }));
        output["systemMessage"] = format!("message of {name}").into();
        output
    });
    let options = json!({
        "permissionMode": "acceptEdits",
        "hooks": hooks(&[("PreToolUse", json!({})), ("PostToolUse", json!({})), ("PostToolBatch", json!({}))]),
    });
    let messages = bench.run("write", options).await;
    let body = bench.body(1);
    let content = body["messages"][2]["content"].as_array().unwrap();
    assert_eq!(content[0]["type"], "tool_result");
    let notes: Vec<_> = content[1..].iter().map(|block| block["text"].as_str().unwrap()).collect();
    let expected: Vec<_> = ["PreToolUse", "PostToolUse", "PostToolBatch"]
        .iter()
        .flat_map(|event| [format!("context of {event}"), format!("message of {event}")])
        .map(|text| format!("<system-reminder>\n{text}\n</system-reminder>"))
        .collect();
    assert_eq!(notes, expected);
    let shown = informed(&messages);
    assert_eq!(shown, ["message of PreToolUse", "message of PostToolUse", "message of PostToolBatch"]);
}

#[tokio::test]
async fn post_tool_use_gets_the_output_and_may_object_row_190() {
    let bench = writing().await;
    bench.host.hooks_return(|_| json!({ "decision": "block", "reason": "no tests were run" }));
    let options = json!({ "permissionMode": "acceptEdits", "hooks": hooks(&[("PostToolUse", json!({ "matcher": "Write" }))]) });
    let messages = bench.run("write", options).await;
    assert_eq!(written(&bench).as_deref(), Some("text"));
    let told = bench.host.hooked();
    let input = input(&told[0]);
    assert_eq!(input["tool_use_id"], "toolu_1");
    assert_eq!(told[0].tool_use_id.as_deref(), Some("toolu_1"));
    assert!(input["duration_ms"].is_u64());
    let user = messages.iter().find(|message| message["type"] == "user").unwrap();
    assert_eq!(input["tool_response"], user["tool_use_result"]);
    let body = bench.body(1);
    let content = &body["messages"][2]["content"];
    assert_eq!(content[0]["is_error"], Value::Null);
    assert!(content[1]["text"].as_str().unwrap().contains("no tests were run"));
}

#[tokio::test]
async fn an_updated_output_replaces_what_the_model_sees_if_it_fits_row_191() {
    for fits in [true, false] {
        let bench =
            Bench::new(json!(
                [calls("toolu_1", "Bash", json!({ "command": "echo secret" })), says("Done."),]
            ))
            .await;
        bench.host.hooks_return(move |request| {
            let mut output = input(request)["tool_response"].clone();
            output["stdout"] = "redacted".into();
            specific(request, json!({ "updatedToolOutput": if fits { output } else { json!("redacted") } }))
        });
        let options = json!({ "allowedTools": ["Bash"], "hooks": hooks(&[("PostToolUse", json!({}))]) });
        let messages = bench.run("go", options).await;
        let (text, _) = tool_result(&messages, "toolu_1");
        assert_eq!(text.contains("redacted"), fits, "{text}");
        assert_eq!(text.contains("secret"), !fits, "{text}");
        assert_eq!(informed(&messages).iter().any(|text| text.contains("updatedToolOutput")), !fits);
    }
}

#[tokio::test]
async fn failures_are_told_of_tools_that_started_only_row_192() {
    let cases = [
        ("Bash", json!({ "command": "echo out; exit 3" }), Some("Exit code 3")),
        ("Read", json!({ "file_path": "/nowhere/at-all.txt" }), Some("")),
        ("Nonsense", json!({}), None),
        ("Read", json!({ "path": 1 }), None),
        ("Write", json!({ "file_path": "/etc/denied", "content": "x" }), None),
    ];
    for (tool, given, error) in cases {
        let bench = Bench::new(json!([calls("toolu_1", tool, given.clone()), says("Done.")])).await;
        let options = json!({
            "allowedTools": ["Bash", "Read"],
            "disallowedTools": ["Write(//etc/**)"],
            "hooks": hooks(&[("PostToolUse", json!({})), ("PostToolUseFailure", json!({}))]),
        });
        bench.run("go", options).await;
        let told: Vec<_> = bench.host.hooked().iter().map(input).collect();
        assert_eq!(told.len(), usize::from(error.is_some()), "{tool} {given}: {told:?}");
        if let Some(error) = error {
            assert_eq!(told[0]["hook_event_name"], "PostToolUseFailure");
            assert_eq!(told[0]["is_interrupt"], false);
            assert!(told[0]["error"].as_str().unwrap().starts_with(error), "{}", told[0]);
        }
    }
}

#[tokio::test]
async fn no_hook_runs_for_an_unknown_tool_or_a_bad_input_row_220_row_225() {
    for (tool, given) in [("Nonsense", json!({})), ("Read", json!({ "path": 1 }))] {
        let bench = Bench::new(json!([calls("toolu_1", tool, given), says("Done.")])).await;
        bench.run("go", json!({ "hooks": hooks(&[("PreToolUse", json!({}))]) })).await;
        assert_eq!(bench.host.hooked(), [], "{tool}");
    }
}

#[tokio::test]
async fn continue_false_stops_the_agent_and_the_call_does_not_run_row_194() {
    for event in ["PreToolUse", "PostToolUse", "PostToolBatch"] {
        let bench = Bench::new(json!([])).await;
        let write =
            calls("toolu_1", "Write", json!({ "file_path": bench.path("new.txt"), "content": "text" }));
        bench.add_rules(json!([write]));
        bench.host.hooks_return(|_| json!({ "continue": false, "stopReason": "that is enough" }));
        let options = json!({ "permissionMode": "acceptEdits", "hooks": hooks(&[(event, json!({}))]) });
        let messages = bench.run("write", options).await;
        let result = only(&messages, "result/success");
        assert_eq!(
            (&result["terminal_reason"], &result["result"]),
            (&json!("hook_stopped"), &json!("")),
            "{event}"
        );
        assert_eq!(result["is_error"], false);
        assert_eq!(written(&bench).is_some(), event != "PreToolUse", "{event}");
        assert_eq!(informed(&messages), ["Stopped by a hook: that is enough"], "{event}");
    }
}

#[tokio::test]
async fn a_batch_is_told_of_once_and_may_end_the_turn_row_193() {
    let bench = Bench::new(json!([])).await;
    let file = bench.file("a.txt", "hello");
    let two = json!({ "reply": { "content": [
        { "type": "tool_use", "id": "toolu_1", "name": "Read", "input": { "file_path": file } },
        { "type": "tool_use", "id": "toolu_2", "name": "Glob", "input": { "pattern": "*.txt" } },
    ] } });
    bench.add_rules(json!([two]));
    bench.host.hooks_return(|_| json!({ "decision": "block", "reason": "too much" }));
    let messages = bench.run("go", json!({ "hooks": hooks(&[("PostToolBatch", json!({}))]) })).await;
    let told: Vec<_> = bench.host.hooked().iter().map(input).collect();
    assert_eq!(told.len(), 1);
    let batch = told[0]["tool_calls"].as_array().unwrap();
    let mut ids: Vec<_> = batch.iter().map(|call| call["tool_use_id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["toolu_1", "toolu_2"]);
    assert!(batch.iter().any(|call| call["tool_response"].to_string().contains("hello")));
    assert_eq!(only(&messages, "result/success")["terminal_reason"], "hook_stopped");
    assert!(informed(&messages)[0].contains("too much"));
}

#[tokio::test]
async fn a_call_can_be_put_off_row_188() {
    let bench = Bench::new(json!([])).await;
    let write = calls("toolu_1", "Write", json!({ "file_path": bench.path("new.txt"), "content": "text" }));
    bench.add_rules(json!([write]));
    bench.host.hooks_return(|request| specific(request, json!({ "permissionDecision": "defer" })));
    let options = json!({ "permissionMode": "acceptEdits", "hooks": hooks(&[("PreToolUse", json!({}))]) });
    let messages = bench.run("write", options).await;
    let result = only(&messages, "result/success");
    assert_eq!(result["stop_reason"], "tool_deferred");
    assert_eq!(result["terminal_reason"], "tool_deferred");
    let expected = json!({ "file_path": bench.path("new.txt"), "content": "text" });
    assert_eq!(result["deferred_tool_use"], json!({ "id": "toolu_1", "name": "Write", "input": expected }));
    assert_eq!(written(&bench), None);
    assert!(!kinds(&messages).contains(&"user".to_owned()));
}

#[tokio::test]
async fn one_of_several_calls_is_asked_about_instead_of_put_off() {
    let bench = Bench::new(json!([])).await;
    let write = |id: &str, name: &str| json!({ "type": "tool_use", "id": id, "name": "Write", "input": { "file_path": bench.path(name), "content": "x" } });
    let two = json!({ "reply": { "content": [write("toolu_1", "a.txt"), write("toolu_2", "b.txt")] } });
    bench.add_rules(json!([two, says("Done.")]));
    bench.host.hooks_return(|request| specific(request, json!({ "permissionDecision": "defer" })));
    bench.host.answer(|_| Some(deny("not now", false)));
    let options = json!({
        "permissionMode": "acceptEdits",
        "canUseTool": { "$function": true },
        "hooks": hooks(&[("PreToolUse", json!({}))]),
    });
    let messages = bench.run("write", options).await;
    assert_eq!(bench.host.asked().len(), 2);
    absent(bench.path("a.txt"));
    assert!(informed(&messages)[0].contains("deferred"));
}

#[tokio::test]
async fn permission_requests_are_decided_by_hooks_before_the_host_row_99_row_209() {
    let allow_changed =
        |content: &str| json!({ "behavior": "allow", "updatedInput": { "content": content } });
    let cases = [
        (json!({ "behavior": "allow" }), 0, Some("text"), ""),
        (allow_changed("changed"), 0, Some("changed"), ""),
        (json!({ "behavior": "deny", "message": "not like this" }), 0, None, "not like this"),
        (json!({ "behavior": "deny" }), 0, None, "PermissionRequest hook refused"),
        (json!(null), 1, Some("text"), ""),
    ];
    for (decision, asked, content, words) in cases {
        let bench = writing().await;
        let (path, label) = (bench.path("new.txt"), decision.to_string());
        bench.host.hooks_return(move |request| {
            let mut decision = decision.clone();
            if decision.get("updatedInput").is_some() {
                decision["updatedInput"]["file_path"] = path.clone().into();
            }
            specific(request, json!({ "decision": decision }))
        });
        let options = json!({
            "canUseTool": { "$function": true },
            "hooks": hooks(&[("PermissionRequest", json!({ "matcher": "Write" }))]),
        });
        let messages = bench.run("write", options).await;
        assert_eq!(bench.host.asked().len(), asked, "{label}");
        assert_eq!(written(&bench).as_deref(), content, "{label}");
        assert!(tool_result(&messages, "toolu_1").0.contains(words), "{label}");
        let told = input(&bench.host.hooked()[0]);
        assert_eq!(told["tool_name"], "Write");
        assert!(told["permission_suggestions"].is_array(), "{label}");
    }
}

#[tokio::test]
async fn without_a_callback_a_request_is_for_hooks_alone_row_99() {
    for (allows, runs) in [(true, true), (false, false)] {
        let bench = writing().await;
        bench.host.hooks_return(move |request| match allows {
            true => specific(request, json!({ "decision": { "behavior": "allow" } })),
            false => json!({}),
        });
        bench.run("write", json!({ "hooks": hooks(&[("PermissionRequest", json!({}))]) })).await;
        assert_eq!(written(&bench).is_some(), runs);
    }
}

#[tokio::test]
async fn nobody_is_asked_where_nothing_may_ask() {
    for options in [json!({ "permissionMode": "dontAsk" }), json!({ "permissionPrompts": "none" })] {
        let bench = writing().await;
        bench.host.hooks_return(|request| specific(request, json!({ "decision": { "behavior": "allow" } })));
        let mut options = options;
        options["hooks"] = hooks(&[("PermissionRequest", json!({}))]);
        bench.run("write", options.clone()).await;
        assert_eq!(bench.host.hooked(), [], "{options}");
        assert_eq!(written(&bench), None);
    }
}

#[tokio::test]
async fn an_input_that_a_request_hook_gives_meets_deny_rules_row_209() {
    let bench = writing().await;
    let path = bench.path("forbidden.txt");
    bench.host.hooks_return(move |request| {
        let updated = json!({ "file_path": path, "content": "x" });
        specific(request, json!({ "decision": { "behavior": "allow", "updatedInput": updated } }))
    });
    let options = json!({
        "disallowedTools": ["Write(forbidden.txt)"],
        "hooks": hooks(&[("PermissionRequest", json!({}))]),
    });
    let messages = bench.run("write", options).await;
    absent(bench.path("forbidden.txt"));
    let (text, _) = tool_result(&messages, "toolu_1");
    assert!(text.contains(&format!("forbids Write with `{}`", bench.path("forbidden.txt"))), "{text}");
}

#[tokio::test]
async fn a_guard_that_fails_refuses_and_says_so_row_218() {
    type Reply = fn() -> HookReply;
    let threw: Reply = || HookReply::Failed {
        text: "threw TypeError: boom".into(),
        stack: Some("TypeError: boom\n    at guard (file.js:1:2)".into()),
    };
    let shape: Reply = || HookReply::Returned(json!({ "permissionDecision": "allow" }));
    let other: Reply = || HookReply::Returned(json!({ "behavior": "deny", "message": "no" }));
    let misspelt: Reply = || {
        let fields = json!({ "hookEventName": "PreToolUse", "permisionDecision": "deny" });
        HookReply::Returned(json!({ "hookSpecificOutput": fields }))
    };
    let snake: Reply =
        || HookReply::Returned(json!({ "hook_specific_output": { "permissionDecision": "deny" } }));
    for (event, reply, words, on_failure, runs) in [
        ("PreToolUse", threw, "threw TypeError: boom", None, false),
        ("PreToolUse", shape, "belongs into `hookSpecificOutput`", None, false),
        ("PreToolUse", other, "there is no member `behavior`; to decide, return", None, false),
        ("PreToolUse", misspelt, "did you mean `permissionDecision`?", None, false),
        ("PreToolUse", snake, "did you mean `hookSpecificOutput`?", None, false),
        ("PreToolUse", snake, "did you mean `hookSpecificOutput`?", Some("continue"), true),
        ("PermissionRequest", other, "there is no member `behavior`; to decide, return", None, false),
        ("PreToolUse", threw, "threw TypeError: boom", Some("block"), false),
        ("PreToolUse", threw, "threw TypeError: boom", Some("continue"), true),
        ("PermissionRequest", threw, "threw TypeError: boom", None, false),
        ("PermissionRequest", threw, "threw TypeError: boom", Some("continue"), true),
        ("PostToolUse", threw, "threw TypeError: boom", None, true),
        ("PostToolUse", shape, "belongs into `hookSpecificOutput`", None, true),
    ] {
        let bench = writing().await;
        bench.host.on_hook(move |_| futures::future::ready(reply()).boxed());
        let mut matcher = json!({});
        if let Some(word) = on_failure {
            matcher["onFailure"] = word.into();
        }
        let options = json!({ "canUseTool": { "$function": true }, "hooks": hooks(&[(event, matcher)]) });
        let messages = bench.run("write", options).await;
        let label = format!("{event} {on_failure:?}");
        assert_eq!(written(&bench).is_some(), runs, "{label}");
        let told = informed(&messages);
        assert_eq!(told.len(), 1, "{label}: {told:?}");
        assert!(
            told[0].contains(&format!("The {event} hook options.hooks.{event}[0].hooks[0] ")),
            "{}",
            told[0]
        );
        assert!(told[0].contains(words), "{}", told[0]);
        assert_eq!(told[0].contains("at guard (file.js:1:2)"), words.contains("boom"));
        let (text, is_error) = tool_result(&messages, "toolu_1");
        assert_eq!(is_error, !runs, "{label}: {text}");
        assert_eq!(text.contains(words), !runs, "{label}: {text}");
    }
}

#[tokio::test]
async fn what_a_failure_that_is_to_block_brings_about_is_told_truly_row_167() {
    for (event, words, requests) in [
        ("PreToolUse", "so that is refused", 2),
        ("UserPromptSubmit", "so that is refused", 0),
        ("PostToolBatch", "so the turn ends here", 1),
        ("PostToolUse", "has happened; the model is told", 2),
        ("SessionStart", "there is nothing to block; it is ignored", 2),
        ("Setup", "there is nothing to block; it is ignored", 2),
        ("MessageDisplay", "there is nothing to block; it is ignored", 2),
        ("SessionEnd", "there is nothing to block; it is ignored", 2),
        ("Stop", "boom: it is ignored", 2),
    ] {
        let bench = Bench::new(json!([])).await;
        let rules = [calls("toolu_1", "Bash", json!({ "command": "echo 1" })), says("Done.")];
        bench.add_rules(json!(rules[..requests]));
        bench.host.on_hook(|_| {
            let reply = HookReply::Failed { text: "threw TypeError: boom".into(), stack: None };
            futures::future::ready(reply).boxed()
        });
        let options = json!({
            "allowedTools": ["Bash"], "hooks": hooks(&[(event, json!({ "onFailure": "block" }))]),
        });
        let messages = bench.run("Go", options).await;
        let told = informed(&messages);
        assert!(told[0].contains(words), "{event}: {told:?}");
        assert_eq!(bench.api.requests().len(), requests, "{event}");
        if requests == 2 {
            let heard = bench.body(1).to_string().contains("boom");
            assert_eq!(heard, ["PreToolUse", "PostToolUse"].contains(&event), "{event}");
        }
    }
}

#[tokio::test]
async fn a_guard_that_is_late_refuses_row_165() {
    let bench = Bench::manual(json!([])).await;
    let write = calls("toolu_1", "Write", json!({ "file_path": bench.path("new.txt"), "content": "text" }));
    bench.add_rules(json!([write, says("Done.")]));
    let (clock, called) = (bench.clock.clone(), std::sync::Arc::new(tokio::sync::Notify::new()));
    let signal = std::sync::Arc::clone(&called);
    bench.host.on_hook(move |_| {
        signal.notify_one();
        futures::future::pending().boxed()
    });
    let options = json!({
        "permissionMode": "acceptEdits",
        "hooks": hooks(&[("PreToolUse", json!({ "timeout": 2.5 }))]),
    });
    let query = bench.query("write", options).unwrap();
    let late = async {
        called.notified().await;
        clock.advance(Duration::from_millis(2500));
    };
    let (messages, ()) = tokio::join!(drain(&query), late);
    assert_eq!(written(&bench), None);
    assert!(tool_result(&messages, "toolu_1").0.contains("did not answer within 2.5 s"));
}

#[tokio::test]
async fn an_interrupt_cancels_a_pending_hook_and_its_call_row_166() {
    let bench = Bench::new(json!([])).await;
    let write = calls("toolu_1", "Write", json!({ "file_path": bench.path("new.txt"), "content": "text" }));
    bench.add_rules(json!([write]));
    /// Says when it is dropped: what a callback hears as its signal.
    struct Dropped(Option<tokio::sync::oneshot::Sender<()>>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            let _ = self.0.take().unwrap().send(());
        }
    }
    let (called, was_called) = tokio::sync::oneshot::channel();
    let (dropped, was_dropped) = tokio::sync::oneshot::channel();
    let once = std::sync::Mutex::new(Some((called, dropped)));
    bench.host.on_hook(move |_| {
        let (called, dropped) = once.lock().unwrap().take().unwrap();
        async move {
            let _held = Dropped(Some(dropped));
            called.send(()).unwrap();
            futures::future::pending::<HookReply>().await
        }
        .boxed()
    });
    let options = json!({ "permissionMode": "acceptEdits", "hooks": hooks(&[("PreToolUse", json!({}))]) });
    let query = bench.query("write", options).unwrap();
    let interrupt = async {
        was_called.await.unwrap();
        query.control(&json!({ "type": "interrupt" }).to_string()).unwrap();
    };
    let (messages, ()) = tokio::join!(drain(&query), interrupt);
    was_dropped.await.unwrap();
    assert_eq!(written(&bench), None);
    assert_eq!(only(&messages, "result/error_during_execution")["terminal_reason"], "aborted_tools");
}

#[tokio::test]
async fn an_interrupted_call_is_told_of_row_192() {
    let bench = Bench::new(json!([])).await;
    let started = bench.path("started");
    let command = format!("touch {started}; sleep 60");
    let bash = calls("toolu_1", "Bash", json!({ "command": command }));
    bench.add_rules(json!([bash]));
    let options = json!({ "allowedTools": ["Bash"], "hooks": hooks(&[("PostToolUseFailure", json!({}))]) });
    let query = bench.query("go", options).unwrap();
    let interrupt = async {
        while !std::path::Path::new(&started).exists() {
            tokio::task::yield_now().await;
        }
        query.control(&json!({ "type": "interrupt" }).to_string()).unwrap();
    };
    let (_, ()) = tokio::join!(drain(&query), interrupt);
    let told = input(&bench.host.hooked()[0]);
    assert_eq!((&told["is_interrupt"], &told["tool_name"]), (&json!(true), &json!("Bash")));
}

#[tokio::test]
async fn a_hook_that_is_late_after_an_interrupt_is_told_of_row_219() {
    let bench = Bench::manual(json!([])).await;
    let started = bench.path("started");
    bench.add_rules(json!([calls(
        "toolu_1",
        "Bash",
        json!({ "command": format!("touch {started}; sleep 60") })
    )]));
    let called = std::sync::Arc::new(tokio::sync::Notify::new());
    let signal = std::sync::Arc::clone(&called);
    bench.host.on_hook(move |_| {
        signal.notify_one();
        futures::future::pending().boxed()
    });
    let options = json!({
        "allowedTools": ["Bash"], "hooks": hooks(&[("PostToolUseFailure", json!({}))]), "includeHookEvents": true,
    });
    let query = bench.query("go", options).unwrap();
    let interrupt = async {
        while !std::path::Path::new(&started).exists() {
            tokio::task::yield_now().await;
        }
        query.control(&json!({ "type": "interrupt" }).to_string()).unwrap();
        called.notified().await;
        bench.clock.advance(Duration::from_secs(5));
    };
    let (messages, ()) = tokio::join!(drain(&query), interrupt);
    assert_eq!(only(&messages, "system/hook_response")["outcome"], "cancelled");
    assert!(informed(&messages).iter().any(|text| text.contains("did not answer within 5 s: it is ignored")));
    assert_eq!(only(&messages, "result/error_during_execution")["terminal_reason"], "aborted_tools");
}

#[tokio::test]
async fn hooks_start_in_order_and_run_side_by_side_row_163() {
    let bench = writing().await;
    // Each waits for the other: one after the other they would never end.
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(2));
    bench.host.on_hook(move |request| {
        let (barrier, request) = (std::sync::Arc::clone(&barrier), request.clone());
        async move {
            barrier.wait().await;
            let context = format!("context {}", request.matcher);
            HookReply::Returned(specific(&request, json!({ "additionalContext": context })))
        }
        .boxed()
    });
    let options = json!({
        "permissionMode": "acceptEdits",
        "hooks": hooks(&[("PreToolUse", json!({})), ("PreToolUse", json!({ "matcher": "Wri" })), ("PreToolUse", json!({ "matcher": "^Wri" }))]),
    });
    bench.run("write", options).await;
    let order: Vec<_> = bench.host.hooked().iter().map(|request| request.matcher).collect();
    assert_eq!(order, [0, 2]);
    let body = bench.body(1).to_string();
    assert!(body.find("context 0").unwrap() < body.find("context 2").unwrap());
}

#[tokio::test]
async fn an_async_answer_decides_nothing_row_217() {
    let bench = writing().await;
    bench.host.hooks_return(|_| json!({ "async": true, "asyncTimeout": 1000, "systemMessage": "unheard" }));
    let options = json!({ "permissionMode": "acceptEdits", "hooks": hooks(&[("PreToolUse", json!({}))]) });
    let messages = bench.run("write", options).await;
    assert_eq!(written(&bench).as_deref(), Some("text"));
    assert_eq!(informed(&messages), Vec::<String>::new());
}

#[tokio::test]
async fn runs_of_hooks_are_told_of_when_asked_for_row_219_row_565() {
    for tell in [true, false] {
        let bench = writing().await;
        bench.host.on_hook(|request| {
            let reply = match request.event.name() {
                "PreToolUse" => HookReply::Returned(json!({})),
                _ => HookReply::Failed { text: "threw Error: x".into(), stack: None },
            };
            futures::future::ready(reply).boxed()
        });
        let options = json!({
            "permissionMode": "acceptEdits",
            "includeHookEvents": tell,
            "hooks": hooks(&[("PreToolUse", json!({})), ("PostToolUse", json!({}))]),
        });
        let messages = bench.run("write", options).await;
        let about: Vec<_> = messages
            .iter()
            .filter(|message| message["subtype"].as_str().is_some_and(|subtype| subtype.starts_with("hook_")))
            .map(|message| format!("{} {} {}", message["subtype"], message["hook_name"], message["outcome"]))
            .collect();
        let expected = [
            r#""hook_started" "PreToolUse:Write" null"#,
            r#""hook_response" "PreToolUse:Write" "success""#,
            r#""hook_started" "PostToolUse:Write" null"#,
            r#""hook_response" "PostToolUse:Write" "error""#,
        ];
        assert_eq!(about, if tell { expected.to_vec() } else { Vec::new() });
    }
}

#[tokio::test]
async fn a_question_that_waits_is_notified_row_100_row_211() {
    for off in [false, true] {
        let bench = Bench::manual(json!([])).await;
        let write =
            calls("toolu_1", "Write", json!({ "file_path": bench.path("new.txt"), "content": "text" }));
        bench.add_rules(json!([write, says("Done.")]));
        bench.host.answer(|_| None);
        let (told, heard) = tokio::sync::mpsc::unbounded_channel();
        bench.host.on_hook(move |_| {
            told.send(()).unwrap();
            futures::future::ready(HookReply::Returned(json!({}))).boxed()
        });
        let mut heard = heard;
        let options = json!({
            "canUseTool": { "$function": true },
            "env": if off { json!({ "CLAUDE_CODE_DISABLE_PERMISSION_PROMPT_NOTIFY_HOOKS": "1" }) } else { json!({}) },
            "hooks": hooks(&[("Notification", json!({ "matcher": "permission_prompt" }))]),
        });
        let query = bench.query("write", options).unwrap();
        let person = async {
            while bench.host.asked().is_empty() {
                tokio::task::yield_now().await;
            }
            if !off {
                while bench.host.hooked().is_empty() {
                    bench.clock.advance(Duration::from_secs(1));
                    tokio::task::yield_now().await;
                }
                heard.recv().await.unwrap();
            }
            bench.clock.advance(Duration::from_secs(10));
            bench.host.decide(allow());
        };
        tokio::join!(drain(&query), person);
        let told: Vec<_> = bench.host.hooked().iter().map(input).collect();
        assert_eq!(told.len(), usize::from(!off));
        if !off {
            assert_eq!(told[0]["notification_type"], "permission_prompt");
            assert!(told[0]["message"].as_str().unwrap().contains("Write"));
            assert!(told[0]["title"].is_string());
        }
        assert_eq!(written(&bench).as_deref(), Some("text"));
    }
}

#[tokio::test]
async fn a_moved_shell_is_told_of() {
    let bench = Bench::new(json!([
        calls("toolu_1", "Bash", json!({ "command": "mkdir sub && cd sub" })),
        says("Done."),
    ]))
    .await;
    let options = json!({ "allowedTools": ["Bash"], "hooks": hooks(&[("CwdChanged", json!({ "matcher": "ignored" }))]) });
    bench.run("go", options).await;
    let told = input(&bench.host.hooked()[0]);
    assert_eq!(told["old_cwd"], json!(bench.cwd()));
    assert_eq!(told["new_cwd"], json!(bench.cwd().join("sub")));
    assert_eq!(told["cwd"], told["new_cwd"]);
}
