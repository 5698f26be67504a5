#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use serde_json::json;

use super::*;

fn arrived() -> Arrived {
    Arrived {
        method: "POST".to_owned(),
        path: MESSAGES.to_owned(),
        headers: BTreeMap::from([("x-app".to_owned(), "bench run".to_owned())]),
        raw: Bytes::new(),
        too_large: false,
        body: json!({
            "system": [{ "type": "text", "text": "You fix bugs." }],
            "tools": [{ "name": "Read" }],
            "messages": [
                { "role": "user", "content": "first" },
                { "role": "assistant", "content": [{ "type": "tool_use", "id": "t1" }, { "type": "tool_use", "id": "t2" }] },
                { "role": "user", "content": [
                    { "type": "tool_result", "tool_use_id": "t1", "content": "alpha" },
                    { "type": "tool_result", "tool_use_id": "t2", "content": [{ "type": "text", "text": "beta" }] },
                    { "type": "text", "text": "second" },
                ] },
            ],
        }),
        parse_error: None,
        stream: true,
        model: "m-1".to_owned(),
        index: 3,
    }
}

fn when(conditions: Value) -> When {
    serde_json::from_value(conditions).unwrap()
}

#[test]
fn each_condition_holds_and_fails() {
    let request = arrived();
    for (holds, fails) in [
        (json!({ "userText": "seco" }), json!({ "userText": "first" })),
        (json!({ "toolResult": "alpha" }), json!({ "toolResult": "gamma" })),
        (json!({ "toolResult": "beta" }), json!({ "toolResult": "second" })),
        (json!({ "hasToolResult": "t2" }), json!({ "hasToolResult": "t3" })),
        (json!({ "system": "fix" }), json!({ "system": "write" })),
        (json!({ "model": "m-1" }), json!({ "model": "m" })),
        (json!({ "tool": "Read" }), json!({ "tool": "Rea" })),
        (json!({ "request": 3 }), json!({ "request": 0 })),
        (json!({ "messages": 3 }), json!({ "messages": 2 })),
        (json!({ "path": "/v1/messages" }), json!({ "path": "/v1/models" })),
        (json!({ "header": { "X-App": "bench" } }), json!({ "header": { "x-app": "demo" } })),
        (json!({ "stream": true }), json!({ "stream": false })),
    ] {
        assert!(when(holds.clone()).holds(&request), "{holds}");
        assert!(!when(fails.clone()).holds(&request), "{fails}");
    }
    assert!(when(json!({})).holds(&request));
    assert!(!when(json!({ "userText": "second", "model": "x" })).holds(&request));
}

#[test]
fn a_rule_without_path_is_about_messages_only() {
    let request = Arrived { path: COUNT_TOKENS.to_owned(), ..arrived() };
    assert!(!when(json!({})).holds(&request));
    assert!(when(json!({ "path": COUNT_TOKENS })).holds(&request));
}

#[test]
fn only_conditions_on_the_body_need_it() {
    for conditions in
        [json!({ "userText": "" }), json!({ "tool": "" }), json!({ "messages": 1 }), json!({ "system": "" })]
    {
        assert!(when(conditions).reads_body());
    }
    assert!(
        !when(json!({ "model": "m", "stream": true, "request": 0, "path": "/", "header": {} })).reads_body()
    );
}

#[test]
fn a_request_describes_itself() {
    let text = arrived().describe();
    for part in ["request 3", "m-1", "3 messages", "second", "alpha"] {
        assert!(text.contains(part), "{text}");
    }
}
