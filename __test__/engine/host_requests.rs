//! What a host may ask of a session beside its turns: files, the state of reads, and how full the context is.

use crate::support::{Bench, drain, only, says, user};
use native_agent_sdk::engine::error::ErrorKind;
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};

async fn ask(query: &Query, request: Value) -> Result<Value, ErrorKind> {
    query.ask(&request.to_string()).await.map_err(|error| error.kind)
}

#[tokio::test]
async fn read_file_returns_what_the_agent_would_see() {
    let bench = Bench::new(json!([])).await;
    let path = bench.file("a.txt", "grün");
    std::fs::write(bench.cwd().join("latin"), b"gr\xfcn").unwrap();
    let query = bench.stream(json!({}));
    let read = |values: Value| {
        let mut request = json!({ "type": "read_file" });
        request.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        ask(&query, request)
    };
    let cases = [
        (json!({ "path": path }), json!({ "contents": "grün", "absPath": path })),
        (json!({ "path": "a.txt" }), json!({ "contents": "grün", "absPath": path })),
        // Three bytes end within a character.
        (
            json!({ "path": "a.txt", "maxBytes": 3 }),
            json!({ "contents": "gr", "absPath": path, "truncated": true }),
        ),
        (json!({ "path": "a.txt", "maxBytes": 5 }), json!({ "contents": "grün", "absPath": path })),
        (
            json!({ "path": "a.txt", "encoding": "base64" }),
            json!({ "contents": "Z3LDvG4=", "absPath": path, "encoding": "base64" }),
        ),
        (
            json!({ "path": "latin" }),
            json!({ "contents": "gr\u{fffd}n", "absPath": bench.path("latin"), "lossy": true }),
        ),
        (json!({ "path": "missing" }), Value::Null),
    ];
    for (request, expected) in cases {
        assert_eq!(read(request.clone()).await, Ok(expected), "{request}");
    }
    for wrong in [
        json!({ "path": "." }),
        json!({ "path": "" }),
        json!({ "path": 7 }),
        json!({ "path": "a.txt", "maxBytes": -1 }),
        json!({ "path": "a.txt", "encoding": "latin1" }),
    ] {
        assert_eq!(read(wrong.clone()).await, Err(ErrorKind::InvalidInput), "{wrong}");
    }
}

fn edit_of(path: &str) -> Value {
    json!([
        { "reply": { "content": [{
            "type": "tool_use",
            "name": "Edit",
            "input": { "file_path": path, "old_string": "one", "new_string": "two" },
        }] } },
        { "reply": { "content": [{ "type": "text", "text": "Done." }] } },
    ])
}

async fn edit_after_seeding(age_ms: f64) -> String {
    let bench = Bench::new(json!([])).await;
    let path = bench.file("a.txt", "one");
    bench.add_rules(edit_of(&path));
    let query = bench.stream(json!({ "permissionMode": "acceptEdits" }));
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    let since = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0;
    // What JavaScript has of it: whole milliseconds.
    let mtime = (since - age_ms).floor();
    ask(&query, json!({ "type": "seed_read_state", "path": path, "mtime": mtime })).await.unwrap();
    query
        .push(&json!({ "type": "user", "message": { "role": "user", "content": "Edit" } }).to_string())
        .unwrap();
    query.end_input();
    drain(&query).await;
    bench.api.assert_complete().unwrap();
    std::fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn a_seeded_file_counts_as_read_unless_it_is_newer_row_266() {
    assert_eq!(edit_after_seeding(0.0).await, "two");
    assert_eq!(edit_after_seeding(60_000.0).await, "one");
}

#[tokio::test]
async fn seeding_refuses_what_is_no_time_and_ignores_what_is_not_there() {
    let bench = Bench::new(json!([])).await;
    let query = bench.stream(json!({}));
    let seed = |path: &str, mtime: Value| {
        ask(&query, json!({ "type": "seed_read_state", "path": path, "mtime": mtime }))
    };
    assert_eq!(seed("missing", json!(5)).await, Ok(Value::Null));
    assert_eq!(seed("missing", json!(-5)).await, Err(ErrorKind::InvalidInput));
    assert_eq!(seed("missing", json!("now")).await, Err(ErrorKind::InvalidInput));
}

#[tokio::test]
async fn context_usage_follows_what_the_api_counted() {
    let bench = Bench::new(json!([{ "reply": {
        "content": [{ "type": "text", "text": "Hello." }],
        "usage": {
            "input_tokens": 100,
            "cache_read_input_tokens": 900,
            "cache_creation_input_tokens": 0,
            "output_tokens": 5,
        },
    } }]))
    .await;
    let query = bench.stream(json!({ "model": "sonnet" }));
    let before = ask(&query, json!({ "type": "get_context_usage" })).await.unwrap();
    assert!(before["apiUsage"].is_null());
    assert!(before["totalTokens"].as_u64().unwrap() > 0);
    query
        .push(&json!({ "type": "user", "message": { "role": "user", "content": "Hi" } }).to_string())
        .unwrap();
    query.end_input();
    drain(&query).await;
    let after = ask(&query, json!({ "type": "get_context_usage", "detail": true })).await.unwrap();
    assert_eq!(after["apiUsage"]["cache_read_input_tokens"], 900);
    // The request was a thousand tokens with its frame; the reply has joined it since.
    let total = after["totalTokens"].as_u64().unwrap();
    assert!((950..1100).contains(&total), "{total}");
    let categories = after["categories"].as_array().unwrap();
    let sum: u64 = categories.iter().map(|row| row["tokens"].as_u64().unwrap()).sum();
    assert_eq!(sum, after["maxTokens"].as_u64().unwrap());
    assert!(after["systemTools"].as_array().unwrap().iter().any(|tool| tool["name"] == "Read"));
}

#[tokio::test]
async fn handshakes_and_reloads_answer_with_what_there_is() {
    let bench = Bench::new(json!([])).await;
    let query = bench.stream(json!({}));
    let first = ask(&query, json!({ "type": "initialization_result" })).await.unwrap();
    assert_eq!(ask(&query, json!({ "type": "reinitialize" })).await.unwrap(), first);
    assert_eq!(ask(&query, json!({ "type": "reload_skills" })).await.unwrap(), json!({ "skills": [] }));
    assert_eq!(
        ask(&query, json!({ "type": "reload_output_styles" })).await.unwrap(),
        json!({ "available_output_styles": ["default"] })
    );
    let plugins = ask(&query, json!({ "type": "reload_plugins" })).await.unwrap();
    assert_eq!(plugins["plugins"], json!([]));
    assert_eq!(plugins["error_count"], 0);
    let adds = json!({ "type": "reload_plugins", "addPlugins": [{ "type": "local", "path": "p" }] });
    assert_eq!(ask(&query, adds).await, Err(ErrorKind::UnsupportedOption));
}

#[tokio::test]
async fn reloading_plugins_is_refused_while_a_turn_runs_if_asked_to() {
    let held =
        json!({ "content": [{ "type": "text", "text": "ok" }], "gates": [{ "at": "start", "name": "g" }] });
    let bench = Bench::new(json!([{ "reply": held }])).await;
    let query = bench.stream(json!({}));
    let reload = |refuse: bool| {
        ask(&query, json!({ "type": "reload_plugins", "refuseIfBusy": refuse, "holdOnCacheImpact": true }))
    };
    assert_eq!(reload(true).await.unwrap()["plugins"], json!([]));
    query.push(&user("go")).unwrap();
    bench.api.wait_gate("g").await;
    assert_eq!(reload(true).await, Err(ErrorKind::Busy));
    assert_eq!(reload(false).await.unwrap()["plugins"], json!([]));
    bench.api.open_gate("g");
    query.end_input();
    drain(&query).await;
    assert_eq!(reload(true).await.unwrap()["plugins"], json!([]));
}

#[tokio::test]
async fn thinking_is_shown_as_the_last_word_on_it_says() {
    let bench = Bench::new(json!([says("1"), says("2"), says("3")])).await;
    let query = bench.stream(json!({ "model": "sonnet" }));
    let mut sent = Vec::new();
    for (n, display) in [json!("summarized"), json!("omitted"), Value::Null].into_iter().enumerate() {
        let request = json!({ "type": "set_max_thinking_tokens", "value": 5000, "display": display });
        ask(&query, request).await.unwrap();
        query.push(&user("Hi")).unwrap();
        only(&crate::support::until_result(&query).await, "result/success");
        sent.push(bench.body(n)["thinking"]["display"].clone());
    }
    assert_eq!(sent, [json!("summarized"), json!("omitted"), Value::Null]);
    let wrong = json!({ "type": "set_max_thinking_tokens", "value": 5000, "display": "loud" });
    assert_eq!(ask(&query, wrong).await, Err(ErrorKind::InvalidInput));
}

#[tokio::test]
async fn the_handshake_has_every_documented_field_row_576() {
    let bench = Bench::new(json!([])).await;
    let query = bench.stream(json!({}));
    let all = ask(&query, json!({ "type": "initialization_result" })).await.unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        keys(&all),
        [
            "commands",
            "agents",
            "output_style",
            "available_output_styles",
            "models",
            "account",
            "claude_code_version",
            "hook_on_failure_supported",
            "fast_mode_state",
        ]
    );
    assert_eq!(all["claude_code_version"], env!("CARGO_PKG_VERSION"));
    for (name, method) in [
        ("commands", "supported_commands"),
        ("agents", "supported_agents"),
        ("models", "supported_models"),
        ("account", "account_info"),
    ] {
        assert_eq!(ask(&query, json!({ "type": method })).await.unwrap(), all[name], "{name}");
    }
    assert_eq!(
        all["account"],
        json!({ "tokenSource": "ANTHROPIC_API_KEY", "apiKeySource": "ANTHROPIC_API_KEY", "apiProvider": "firstParty" })
    );
    let models = all["models"].as_array().unwrap();
    let names: Vec<_> = models.iter().map(|row| &row["value"]).collect();
    assert_eq!(names, ["default", "opus", "sonnet", "haiku"]);
    let levels = json!(["low", "medium", "high", "xhigh", "max"]);
    for row in models {
        assert!(row["resolvedModel"].as_str().unwrap().starts_with("claude-"), "{row}");
        assert!(row["description"].as_str().unwrap().contains("tokens of context"), "{row}");
        assert_eq!((&row["supportsEffort"], &row["supportedEffortLevels"]), (&json!(true), &levels), "{row}");
        for flag in ["supportsAdaptiveThinking", "supportsFastMode", "supportsAutoMode"] {
            assert!(row[flag].is_boolean(), "{flag} of {row}");
        }
    }
}
