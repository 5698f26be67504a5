#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use serde_json::{Value, json};

use super::*;

async fn run(api: &ScriptedApi, command: Value) -> Value {
    serde_json::from_str(&api.handle_command(&command.to_string()).await).unwrap()
}

#[tokio::test]
async fn commands_answer_in_json() {
    let api =
        ScriptedApi::start_json(r#"{"rules": [{"name": "one", "reply": {"content": []}}]}"#).await.unwrap();
    assert_eq!(run(&api, json!({ "command": "requests" })).await, json!({ "ok": true, "value": [] }));
    assert_eq!(run(&api, json!({ "command": "violations" })).await, json!({ "ok": true, "value": [] }));
    let unused = run(&api, json!({ "command": "unused" })).await;
    assert_eq!(unused, json!({ "ok": true, "value": ["one (served 0 of 1)"] }));
    assert_eq!(run(&api, json!({ "command": "assertComplete" })).await["ok"], false);
    let rules = json!([{ "name": "two", "times": "any", "reply": { "error": { "status": 500 } } }]);
    assert_eq!(run(&api, json!({ "command": "pushRules", "rules": rules })).await["ok"], true);
    assert_eq!(run(&api, json!({ "command": "reset", "scenario": {} })).await["ok"], true);
    assert_eq!(run(&api, json!({ "command": "assertComplete" })).await, json!({ "ok": true, "value": null }));
    assert_eq!(run(&api, json!({ "command": "openGate", "name": "g" })).await["ok"], true);
    assert_eq!(run(&api, json!({ "command": "url" })).await["value"], api.url());
    assert_eq!(run(&api, json!({ "command": "close" })).await["ok"], true);
    // A closed server lets nobody wait for ever.
    assert_eq!(run(&api, json!({ "command": "waitGate", "name": "never" })).await["ok"], true);
}

#[tokio::test]
async fn wrong_commands_and_scenarios_say_so() {
    let api = ScriptedApi::start(Scenario::default()).await.unwrap();
    for command in [json!({ "command": "dance" }), json!({ "command": "unused", "x": 1 }), json!([])] {
        let answer = run(&api, command).await;
        assert_eq!(answer["ok"], false);
        assert!(answer["error"].as_str().unwrap().starts_with("command: "));
    }
    let error = ScriptedApi::start_json(r#"{"rulez": []}"#).await.err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("rulez"));
}
