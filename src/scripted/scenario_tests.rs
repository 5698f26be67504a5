#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use serde_json::json;

use super::*;

fn wrong(scenario: Value) -> String {
    Scenario::from_value(scenario).expect_err("the scenario is wrong")
}

#[test]
fn a_full_scenario_parses() {
    let scenario = Scenario::from_json(
        r#"{
          "strict": true, "record": false, "apiKey": "k", "signatures": {"s": "*"}, "betas": ["b"],
          "pace": {"events": 2, "delayMs": 1},
          "rules": [
            {"name": "a", "times": "always",
             "when": {"userText": "u", "toolResult": "r", "hasToolResult": "t", "system": "s", "model": "m", "tool": "Read",
                      "request": 0, "messages": 1, "path": "/v1/messages", "header": {"x-a": "b"}, "stream": true},
             "reply": {"content": [], "stop_reason": "end_turn", "usage": {"input_tokens": 3}, "model": "m", "id": "i", "chunk": 3,
                       "gates": [{"at": "start", "name": "g"}, {"at": "message_start", "name": "g"}, {"at": "end", "name": "g"},
                                 {"at": 0, "name": "g"}, {"at": {"block": 1, "delta": 2}, "name": "g"}, {"at": {"event": 4}, "name": "g"}],
                       "faults": {"dropAfterBytes": 1, "dropAfterEvents": 1, "slow": {"bytes": 1, "delayMs": 1}, "split": 1,
                                  "garbageAfterEvents": {"events": 1, "text": "x"}, "crlf": true, "comments": true,
                                  "errorAfterEvents": {"events": 1, "type": "t", "message": "m"}}}},
            {"times": "any", "reply": {"error": {"status": 429, "headers": {"retry-after": "1"}}}},
            {"times": 2, "reply": {"events": [{"raw": ": hi\n\n"}, {"data": {"type": "ping"}}, {"event": "x", "data": "text"}]}},
            {"reply": {"raw": {"status": 502, "body": "<html>"}}},
            {"expectInvalid": "text.empty"}
          ]
        }"#,
    )
    .unwrap();
    let times: Vec<Times> = scenario.rules.iter().map(|rule| rule.times).collect();
    assert_eq!(times, [Times::Always, Times::Any, Times::Count(2), Times::Count(1), Times::Count(1)]);
    let Reply::Content(content) = &scenario.rules[0].reply else { panic!("a content reply") };
    let places: Vec<&Place> = content.gates.iter().map(|gate| &gate.at).collect();
    assert_eq!(
        places[3..],
        [
            &Place::Block(0),
            &Place::InBlock(InBlock { block: 1, delta: Some(2) }),
            &Place::Event(AfterEvent { event: 4 }),
        ]
    );
    assert!(!scenario.record);
}

#[test]
fn an_empty_scenario_is_strict_and_records() {
    let scenario = Scenario::from_json("{}").unwrap();
    assert!(scenario.strict && scenario.record && scenario.rules.is_empty());
}

#[test]
fn mistakes_are_refused_with_their_name() {
    assert!(wrong(json!({ "rule": [] })).contains("`rule`"));
    assert!(wrong(json!({ "rules": [{ "reply": { "content": [] }, "wen": {} }] })).contains("`wen`"));
    assert!(
        wrong(json!({ "rules": [{ "when": { "user": "x" }, "reply": { "content": [] } }] }))
            .contains("`user`")
    );
    assert!(
        wrong(json!({ "rules": [{ "reply": { "content": [], "stopReason": "x" } }] }))
            .contains("`stopReason`")
    );
    assert!(
        wrong(json!({ "rules": [{ "reply": { "content": [], "faults": { "drop": 1 } } }] }))
            .contains("`drop`")
    );
    assert!(
        wrong(json!({ "rules": [{ "reply": { "content": [], "error": { "status": 500 } } }] }))
            .contains("exactly one")
    );
    assert!(wrong(json!({ "rules": [{ "reply": {} }] })).contains("exactly one"));
    assert!(wrong(json!({ "rules": [{ "name": "a" }] })).contains("`reply` is missing"));
    assert!(wrong(json!({ "rules": [{ "times": "often", "reply": { "content": [] } }] })).contains("times"));
    assert!(wrong(json!({ "rules": [{ "expectInvalid": "no.such" }] })).contains("no.such"));
}
