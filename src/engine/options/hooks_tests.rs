#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

fn function() -> Value {
    json!({ "$function": true })
}

#[test]
fn hooks_keep_their_order_and_places_row_155() {
    let table = read(Some(&json!({
        "PreToolUse": [{ "hooks": [function()] }, { "matcher": "Bash", "hooks": [function(), function()], "timeout": 1.5 }],
        "Stop": [{ "hooks": [function()], "onFailure": "block" }],
        "Setup": null,
    })))
    .unwrap();
    let origins: Vec<_> = table.of(HookEvent::PreToolUse).iter().map(|hook| hook.origin.as_str()).collect();
    assert_eq!(
        origins,
        [
            "options.hooks.PreToolUse[0].hooks[0]",
            "options.hooks.PreToolUse[1].hooks[0]",
            "options.hooks.PreToolUse[1].hooks[1]",
        ]
    );
    let second = &table.of(HookEvent::PreToolUse)[2];
    assert_eq!(second.timeout, Some(Duration::from_millis(1500)));
    assert!(matches!(second.handler, Handler::Callback { matcher: 1, hook: 1 }));
    assert_eq!(table.of(HookEvent::Stop)[0].on_failure, Some(OnFailure::Block));
    assert_eq!(table.matching(HookEvent::PreToolUse, "Read", None).len(), 1);
    assert_eq!(table.matching(HookEvent::PreToolUse, "Bash", None).len(), 3);
}

#[test]
fn what_is_wrong_is_named() {
    for (value, expected) in [
        (json!([]), "options.hooks must be an object of event names"),
        (
            json!({ "preToolUse": [] }),
            "options.hooks.preToolUse is no hook event. Did you mean `PreToolUse`? Names are case-sensitive.",
        ),
        (json!({ "Nonsense": [] }), "options.hooks.Nonsense is no hook event. See the HookEvent type"),
        (json!({ "Stop": {} }), "options.hooks.Stop must be an array"),
        (json!({ "Stop": ["x"] }), "options.hooks.Stop[0] must be { matcher?: string"),
        (json!({ "Stop": [{}] }), "options.hooks.Stop[0].hooks must be an array of functions; got null."),
        (json!({ "Stop": [{ "hooks": [1] }] }), "options.hooks.Stop[0].hooks[0] must be a function; got 1."),
        (
            json!({ "PreToolUse": [{ "hooks": [], "matcher": 1 }] }),
            "options.hooks.PreToolUse[0].matcher must be a string",
        ),
        (
            json!({ "PreToolUse": [{ "hooks": [], "matcher": "a(" }] }),
            "options.hooks.PreToolUse[0].matcher is no valid regular expression",
        ),
        (
            json!({ "Stop": [{ "hooks": [], "timeout": 0 }] }),
            "options.hooks.Stop[0].timeout must be a number of seconds above 0; got 0.",
        ),
        (json!({ "Stop": [{ "hooks": [], "timeout": "1" }] }), "options.hooks.Stop[0].timeout must be"),
        (
            json!({ "Stop": [{ "hooks": [], "onFailure": "deny" }] }),
            "options.hooks.Stop[0].onFailure must be 'continue' or 'block'",
        ),
    ] {
        let error = read(Some(&value)).expect_err(&value.to_string());
        assert_eq!(error.kind, ErrorKind::InvalidOption);
        assert!(error.message.starts_with(expected), "{} for {value}", error.message);
    }
}

#[test]
fn a_misspelt_member_is_refused_with_the_nearest_known_one() {
    for (matcher, expected) in [
        (
            json!({ "mathcer": "Read", "hooks": [function()] }),
            "mathcer is no member of a hook matcher. Did you mean `matcher`?",
        ),
        (
            json!({ "hooks": [], "onfailure": "block" }),
            "onfailure is no member of a hook matcher. Did you mean `onFailure`?",
        ),
        (json!({ "hook": [function()] }), "hook is no member of a hook matcher. Did you mean `hooks`?"),
        (
            json!({ "hooks": [], "zzz": 1 }),
            "zzz is no member of a hook matcher. There are `matcher`, `hooks`, `timeout` and `onFailure`.",
        ),
    ] {
        let value = json!({ "PreToolUse": [{ "hooks": [] }, matcher] });
        let error = read(Some(&value)).expect_err(&value.to_string());
        assert_eq!(error.kind, ErrorKind::UnknownOption);
        assert_eq!(error.message, format!("options.hooks.PreToolUse[1].{expected}"));
    }
}

#[test]
fn every_event_is_accepted_row_156() {
    let all: Map<String, Value> = HookEvent::ALL
        .iter()
        .map(|event| (event.name().to_owned(), json!([{ "hooks": [function()] }])))
        .collect();
    let table = read(Some(&Value::Object(all))).unwrap();
    assert!(HookEvent::ALL.iter().all(|event| table.of(*event).len() == 1));
}
