//! Questions of MCP servers to the user: hooks, the callback, defaults and forms.

use crate::mcp::embedded;
use crate::support::{Bench, drain, next};
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};

async fn asked(query: &Query, params: &Value) -> Value {
    let request =
        json!({ "type": "mcp_request", "handle": 0, "method": "elicitation/create", "params": params });
    query.ask(&request.to_string()).await.unwrap()
}

fn form() -> Value {
    json!({ "message": "Who are you?", "requestedSchema": {
        "type": "object",
        "properties": { "name": { "type": "string" }, "age": { "type": "integer", "default": 30 } },
        "required": ["name"],
    } })
}

fn bench_options(callback: bool, hooks: &[&str]) -> Value {
    let hook =
        |event: &&str| ((*event).to_owned(), json!([{ "matcher": "s", "hooks": [{ "$function": true }] }]));
    let hooks: serde_json::Map<String, Value> = hooks.iter().map(hook).collect();
    let mut options = json!({ "mcpServers": embedded(&["s"]), "hooks": hooks });
    if callback {
        options["onElicitation"] = json!({ "$function": true });
    }
    options
}

async fn bench() -> Bench {
    let bench = Bench::new(json!([])).await;
    bench.host.serve(|call| {
        Ok(match call.method.as_str() {
            "connect" => json!({ "capabilities": { "tools": {} } }),
            _ => json!({ "tools": [] }),
        })
    });
    bench
}

#[tokio::test]
async fn the_callback_answers_forms_row_332() {
    // What the callback returns, what the server gets.
    let table = [
        (
            Ok(json!({ "action": "accept", "content": { "name": "Ada" } })),
            json!({ "action": "accept", "content": { "name": "Ada", "age": 30 } }),
        ),
        (
            Ok(json!({ "action": "accept", "content": { "name": "Ada", "age": 7 } })),
            json!({ "action": "accept", "content": { "name": "Ada", "age": 7 } }),
        ),
        (Ok(json!({ "action": "decline", "content": { "name": "Ada" } })), json!({ "action": "decline" })),
        (Ok(json!({ "action": "cancel" })), json!({ "action": "cancel" })),
        // What does not fit the form is no answer.
        (Ok(json!({ "action": "accept", "content": { "name": 5 } })), json!({ "action": "cancel" })),
        (Ok(json!({ "action": "accept" })), json!({ "action": "cancel" })),
        (Ok(json!({ "action": "perhaps" })), json!({ "action": "decline" })),
        (Ok(Value::Null), json!({ "action": "decline" })),
        (Err("it threw".to_owned()), json!({ "action": "decline" })),
    ];
    for (returned, wanted) in table {
        let bench = bench().await;
        let given = returned.clone();
        bench.host.functions(move |function, argument| {
            assert_eq!(function, "onElicitation");
            assert_eq!(argument["serverName"], "s");
            assert_eq!((&argument["message"], &argument["mode"]), (&json!("Who are you?"), &json!("form")));
            assert_eq!(argument["requestedSchema"], form()["requestedSchema"]);
            given.clone()
        });
        let query = bench.stream(bench_options(true, &[]));
        assert_eq!(asked(&query, &form()).await, wanted, "{returned:?}");
    }
}

#[tokio::test]
async fn a_url_is_shown_and_its_end_is_told_row_332() {
    let bench = bench().await;
    bench.host.functions(|_, argument| {
        assert_eq!(
            *argument,
            json!({ "serverName": "s", "message": "Pay.", "mode": "url", "url": "https://pay.example", "elicitationId": "e1" })
        );
        Ok(json!({ "action": "accept", "content": { "ignored": true } }))
    });
    let query = bench.stream(bench_options(true, &[]));
    let params =
        json!({ "mode": "url", "message": "Pay.", "url": "https://pay.example", "elicitationId": "e1" });
    assert_eq!(asked(&query, &params).await, json!({ "action": "accept" }));
    let done = json!({ "type": "mcp_request", "handle": 0, "method": "notifications/elicitation/complete",
        "params": { "elicitationId": "e1" } });
    query.ask(&done.to_string()).await.unwrap();
    let messages = next(&query).await.unwrap();
    let message = messages.iter().find(|message| message["subtype"] == "elicitation_complete").unwrap();
    assert_eq!((&message["mcp_server_name"], &message["elicitation_id"]), (&json!("s"), &json!("e1")));
    query.end_input();
    drain(&query).await;
}

#[tokio::test]
async fn without_anybody_it_is_declined_row_332() {
    let bench = bench().await;
    let query = bench.stream(bench_options(false, &[]));
    assert_eq!(asked(&query, &form()).await, json!({ "action": "decline" }));
}

#[tokio::test]
async fn hooks_answer_first_and_may_change_the_answer_row_214() {
    let answer = |event: &str, more: Value| {
        let mut specific = json!({ "hookEventName": event });
        for (name, value) in more.as_object().unwrap() {
            specific[name] = value.clone();
        }
        json!({ "hookSpecificOutput": specific })
    };
    // What the two hooks return, what the server gets, whether the callback was asked.
    let ada = json!({ "name": "Ada" });
    let bob = json!({ "action": "accept", "content": { "name": "Bob", "age": 30 } });
    let table = [
        (
            answer("Elicitation", json!({ "action": "accept", "content": ada })),
            json!({}),
            json!({ "action": "accept", "content": { "name": "Ada", "age": 30 } }),
            false,
        ),
        (
            answer("Elicitation", json!({ "action": "cancel" })),
            json!({}),
            json!({ "action": "cancel" }),
            false,
        ),
        (json!({ "decision": "block" }), json!({}), json!({ "action": "decline" }), false),
        (json!({}), json!({}), bob.clone(), true),
        (
            json!({}),
            answer("ElicitationResult", json!({ "action": "decline" })),
            json!({ "action": "decline" }),
            true,
        ),
        (
            json!({}),
            answer("ElicitationResult", json!({ "action": "accept", "content": ada })),
            json!({ "action": "accept", "content": { "name": "Ada", "age": 30 } }),
            true,
        ),
    ];
    for (before, after, wanted, host) in table {
        let bench = bench().await;
        let called = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let mark = std::sync::Arc::clone(&called);
        bench.host.functions(move |_, _| {
            mark.store(true, std::sync::atomic::Ordering::Relaxed);
            Ok(json!({ "action": "accept", "content": { "name": "Bob" } }))
        });
        let (first, second) = (before.clone(), after.clone());
        bench.host.hooks_return(move |request| {
            if request.event.name() == "Elicitation" { first.clone() } else { second.clone() }
        });
        let query = bench.stream(bench_options(true, &["Elicitation", "ElicitationResult"]));
        assert_eq!(asked(&query, &form()).await, wanted, "{before} {after}");
        assert_eq!(called.load(std::sync::atomic::Ordering::Relaxed), host, "{before}");
        let input: Value = serde_json::from_str(&bench.host.hooked()[0].input).unwrap();
        assert_eq!((&input["mcp_server_name"], &input["message"]), (&json!("s"), &json!("Who are you?")));
        assert_eq!(input["requested_schema"], form()["requestedSchema"]);
    }
}

#[tokio::test]
async fn a_notification_tells_that_somebody_is_asked_row_211() {
    let bench = bench().await;
    bench.host.functions(|_, _| Ok(json!({ "action": "cancel" })));
    let mut options = bench_options(true, &[]);
    options["hooks"] = json!({ "Notification": [{ "hooks": [{ "$function": true }] }] });
    let query = bench.stream(options);
    asked(&query, &form()).await;
    asked(&query, &json!({ "mode": "url", "message": "Pay.", "url": "https://pay.example" })).await;
    let kinds: Vec<Value> = bench
        .host
        .hooked()
        .iter()
        .map(|hook| serde_json::from_str::<Value>(&hook.input).unwrap()["notification_type"].clone())
        .collect();
    let (dialog, response) = ("elicitation_dialog", "elicitation_response");
    assert_eq!(kinds, [dialog, response, "elicitation_url_dialog", response]);
}

#[tokio::test]
async fn a_notification_tells_that_what_was_asked_for_is_done_row_211() {
    let bench = bench().await;
    let mut options = bench_options(true, &[]);
    options["hooks"] =
        json!({ "Notification": [{ "matcher": "elicitation_complete", "hooks": [{ "$function": true }] }] });
    let query = bench.stream(options);
    let done = json!({ "type": "mcp_request", "handle": 0, "method": "notifications/elicitation/complete",
        "params": { "elicitationId": "e1" } });
    query.ask(&done.to_string()).await.unwrap();
    while bench.host.hooked().is_empty() {
        tokio::task::yield_now().await;
    }
    let told: Value = serde_json::from_str(&bench.host.hooked()[0].input).unwrap();
    assert_eq!(told["notification_type"], "elicitation_complete");
}
