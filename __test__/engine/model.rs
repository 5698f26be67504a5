//! What the API is sent: body by model, thinking and effort, cache marks, headers, addresses, connections.

use crate::support::{Bench, calls, drain, kinds, only, says, until_result, user};
use crate::tls::{TlsFront, TlsOptions};
use native_agent_sdk::engine::tool::table::{BUILT_IN_NAMES, by_default};
use serde_json::{Value, json};

/// The first request of a query with `options`.
async fn sent(options: Value) -> Value {
    let bench = Bench::new(json!([says("ok")])).await;
    bench.run("Hi", options).await;
    bench.body(0)
}

fn adaptive() -> Value {
    json!({ "type": "adaptive" })
}

fn budget(tokens: u64) -> Value {
    json!({ "type": "enabled", "budget_tokens": tokens })
}

fn effort(level: &str) -> Value {
    json!({ "effort": level })
}

#[tokio::test]
async fn each_model_gets_its_own_defaults_row_43_row_48() {
    for (asked, id, max_tokens, thinking, config) in [
        (Value::Null, "claude-opus-5-5", 128_000, adaptive(), effort("medium")),
        (json!("opus"), "claude-opus-5-5", 128_000, adaptive(), effort("medium")),
        (json!("sonnet"), "claude-sonnet-5-5", 128_000, adaptive(), effort("medium")),
        (json!("haiku"), "claude-haiku-5-5", 128_000, adaptive(), effort("medium")),
        (json!("sonnet[1m]"), "claude-sonnet-5-5", 128_000, adaptive(), effort("medium")),
        (json!("claude-opus-5"), "claude-opus-5", 64_000, adaptive(), effort("high")),
        (json!("claude-opus-4-7"), "claude-opus-4-7", 64_000, adaptive(), effort("xhigh")),
        (json!("claude-opus-4-5"), "claude-opus-4-5", 32_000, budget(31_999), effort("high")),
        (json!("claude-sonnet-4-5"), "claude-sonnet-4-5", 32_000, budget(31_999), Value::Null),
        (
            json!("claude-sonnet-4-5-20250929"),
            "claude-sonnet-4-5-20250929",
            32_000,
            budget(31_999),
            Value::Null,
        ),
        (json!("claude-3-5-haiku-20241022"), "claude-3-5-haiku-20241022", 8_192, Value::Null, Value::Null),
        (json!("some-model"), "some-model", 32_000, Value::Null, Value::Null),
    ] {
        let body = sent(json!({ "model": asked })).await;
        let got = (&body["model"], &body["max_tokens"], &body["thinking"], &body["output_config"]);
        assert_eq!(got, (&json!(id), &json!(max_tokens), &thinking, &config), "{asked}");
    }
}

#[tokio::test]
async fn the_body_holds_these_fields_and_no_others() {
    let body = sent(json!({})).await;
    let names: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "model",
        "max_tokens",
        "stream",
        "thinking",
        "output_config",
        "metadata",
        "system",
        "tools",
        "messages",
    ];
    assert_eq!(names, expected);
    assert_eq!(body["stream"], true);
    assert_eq!(body["metadata"].as_object().unwrap().keys().collect::<Vec<_>>(), ["user_id"]);
    let tools: Vec<_> =
        body["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    let by_default = BUILT_IN_NAMES.into_iter().filter(|name| by_default(name, false));
    assert_eq!(tools, by_default.collect::<Vec<_>>());
    let none = sent(json!({ "tools": [] })).await;
    assert_eq!(none.get("tools"), None);
}

#[tokio::test]
async fn the_first_message_tells_where_and_when_and_then_the_prompt() {
    let bench = Bench::new(json!([says("ok")])).await;
    bench.run("Hi", json!({ "additionalDirectories": [bench.path("more")] })).await;
    let content = bench.body(0)["messages"][0]["content"].clone();
    let facts = content[0]["text"].as_str().unwrap();
    assert!(facts.starts_with("<system-reminder>\n") && facts.ends_with("\n</system-reminder>"));
    for fact in [bench.cwd().display().to_string(), bench.path("more"), std::env::consts::OS.to_owned()] {
        assert!(facts.contains(&fact), "{fact} in {facts}");
    }
    assert_eq!(content[1]["text"], "Hi");
    assert_eq!(content.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn effort_and_thinking_are_chosen_apart_row_45_row_47() {
    for (options, thinking, config) in [
        (json!({ "effort": "low" }), adaptive(), effort("low")),
        (json!({ "effort": "max", "thinking": { "type": "disabled" } }), Value::Null, effort("max")),
        (json!({ "model": "claude-sonnet-4-5", "effort": "high" }), budget(31_999), Value::Null),
        (json!({ "model": "some-model", "effort": "high" }), Value::Null, effort("high")),
        (
            json!({ "model": "claude-sonnet-4-5", "thinking": { "type": "enabled", "budgetTokens": 2000 } }),
            budget(2000),
            Value::Null,
        ),
        (
            json!({ "model": "claude-sonnet-4-5", "thinking": { "type": "enabled", "budgetTokens": 90_000 } }),
            budget(31_999),
            Value::Null,
        ),
        (
            json!({ "model": "claude-sonnet-4-5", "thinking": { "type": "adaptive" } }),
            budget(31_999),
            Value::Null,
        ),
        (
            json!({ "model": "claude-sonnet-4-5", "thinking": { "type": "disabled" } }),
            Value::Null,
            Value::Null,
        ),
        (
            json!({ "model": "claude-opus-4-6", "thinking": { "type": "enabled", "budgetTokens": 4096 } }),
            budget(4096),
            effort("high"),
        ),
    ] {
        let body = sent(options.clone()).await;
        assert_eq!((&body["thinking"], &body["output_config"]), (&thinking, &config), "{options}");
    }
    let shown = sent(json!({ "thinking": { "type": "adaptive", "display": "omitted" } })).await;
    assert_eq!(shown["thinking"], json!({ "type": "adaptive", "display": "omitted" }));
}

#[tokio::test]
async fn the_old_option_is_a_budget_or_adaptive_row_49() {
    for (model, tokens, thinking) in [
        ("claude-opus-5-5", 0, Value::Null),
        ("claude-opus-5-5", 5000, adaptive()),
        ("claude-sonnet-4-5", 0, Value::Null),
        ("claude-sonnet-4-5", 5000, budget(5000)),
        ("claude-sonnet-4-5", 5, budget(1024)),
    ] {
        let body = sent(json!({ "model": model, "maxThinkingTokens": tokens })).await;
        assert_eq!(body["thinking"], thinking, "{model} {tokens}");
    }
}

#[tokio::test]
async fn the_environment_has_its_say_row_46_row_50() {
    for (model, env, thinking, config) in [
        ("opus", json!({ "CLAUDE_CODE_EFFORT_LEVEL": "high" }), adaptive(), effort("high")),
        ("opus", json!({ "CLAUDE_CODE_EFFORT_LEVEL": "auto" }), adaptive(), effort("medium")),
        ("opus", json!({ "CLAUDE_CODE_EFFORT_LEVEL": "enormous" }), adaptive(), effort("low")),
        ("opus", json!({ "CLAUDE_CODE_DISABLE_THINKING": "1" }), Value::Null, effort("low")),
        ("opus", json!({ "MAX_THINKING_TOKENS": "0" }), Value::Null, effort("low")),
        (
            "claude-opus-4-6",
            json!({ "CLAUDE_CODE_DISABLE_ADAPTIVE_THINKING": "1" }),
            budget(31_999),
            effort("low"),
        ),
        ("claude-sonnet-4-5", json!({ "MAX_THINKING_TOKENS": "4000" }), budget(4000), Value::Null),
        ("claude-sonnet-4-5", json!({ "MAX_THINKING_TOKENS": "12" }), budget(1024), Value::Null),
        ("claude-sonnet-4-5", json!({ "MAX_THINKING_TOKENS": "99999" }), budget(31_999), Value::Null),
        ("claude-sonnet-4-5", json!({ "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "5000" }), budget(4999), Value::Null),
        ("claude-sonnet-4-5", json!({ "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "900" }), Value::Null, Value::Null),
    ] {
        let body = sent(json!({ "model": model, "effort": "low", "env": env })).await;
        assert_eq!((&body["thinking"], &body["output_config"]), (&thinking, &config), "{env}");
    }
}

#[tokio::test]
async fn max_tokens_is_capped_by_the_environment_row_55() {
    for (model, cap, max_tokens) in [
        ("opus", "1000", 1000),
        ("opus", "999999", 128_000),
        ("some-model", "50000", 50_000),
        ("opus", "0", 128_000),
    ] {
        let env = json!({ "CLAUDE_CODE_MAX_OUTPUT_TOKENS": cap });
        assert_eq!(
            sent(json!({ "model": model, "env": env })).await["max_tokens"],
            max_tokens,
            "{model} {cap}"
        );
    }
}

#[tokio::test]
async fn the_environment_names_models_row_44() {
    for (model, env, id) in [
        (Value::Null, json!({ "ANTHROPIC_MODEL": "haiku" }), "claude-haiku-5-5"),
        (
            Value::Null,
            json!({ "ANTHROPIC_MODEL": "haiku", "ANTHROPIC_DEFAULT_MODEL": "sonnet" }),
            "claude-haiku-5-5",
        ),
        (Value::Null, json!({ "ANTHROPIC_DEFAULT_MODEL": "sonnet" }), "claude-sonnet-5-5"),
        (json!("sonnet"), json!({ "ANTHROPIC_MODEL": "haiku" }), "claude-sonnet-5-5"),
        (
            json!("sonnet"),
            json!({ "ANTHROPIC_DEFAULT_SONNET_MODEL": "claude-sonnet-4-5" }),
            "claude-sonnet-4-5",
        ),
        (json!("haiku"), json!({ "ANTHROPIC_DEFAULT_HAIKU_MODEL": "my-haiku" }), "my-haiku"),
        (json!("opus"), json!({ "ANTHROPIC_DEFAULT_OPUS_MODEL": "claude-opus-4-8" }), "claude-opus-4-8"),
    ] {
        assert_eq!(sent(json!({ "model": model, "env": env })).await["model"], id, "{env}");
    }
}

/// JSON pointers of all cache marks.
fn marks(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if fields.get("cache_control").is_some() {
                found.push(at.to_owned());
            }
            for (name, value) in fields {
                marks(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| marks(item, &format!("{at}/{i}"), found))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn cache_marks_stand_behind_the_stable_prefix_row_572() {
    let glob = |id: &str| calls(id, "Glob", json!({ "pattern": "*" }));
    let rules = json!([glob("c1"), glob("c2"), says("done")]);
    let bench = Bench::new(rules.clone()).await;
    bench
        .run(
            "Look",
            json!({ "systemPrompt": { "type": "preset", "preset": "claude_code", "append": "More." } }),
        )
        .await;
    let expected = [
        vec!["/system/1", "/messages/0/content/1"],
        vec!["/system/1", "/messages/0/content/1", "/messages/2/content/0"],
        vec!["/system/1", "/messages/2/content/0", "/messages/4/content/0"],
    ];
    for (n, expected) in expected.iter().enumerate() {
        let mut found = Vec::new();
        marks(&bench.body(n), "", &mut found);
        assert_eq!(&found, expected, "request {n}");
    }
    let bench = Bench::new(rules).await;
    bench.run("Look", json!({ "env": { "DISABLE_PROMPT_CACHING": "1" } })).await;
    let mut found = Vec::new();
    (0..3).for_each(|n| marks(&bench.body(n), "", &mut found));
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test]
async fn each_request_only_adds_to_the_one_before() {
    let glob = |id: &str| calls(id, "Glob", json!({ "pattern": "*" }));
    let bench = Bench::new(json!([glob("c1"), glob("c2"), says("done")])).await;
    bench.run("Look", json!({ "env": { "DISABLE_PROMPT_CACHING": "1" } })).await;
    let raw = |n: usize| String::from_utf8(bench.api.requests()[n].raw.to_vec()).unwrap();
    for n in 0..2 {
        let before = raw(n);
        assert!(raw(n + 1).starts_with(before.strip_suffix("]}").unwrap()));
    }
}

#[tokio::test]
async fn the_model_and_thinking_change_between_turns_row_578() {
    let bench = Bench::new(json!([says("1"), says("2"), says("3"), says("4")])).await;
    let query = bench.stream(json!({ "model": "sonnet" }));
    let mut inits = Vec::new();
    for control in [
        "",
        r#"{"type":"set_model","model":"claude-sonnet-4-5"}"#,
        r#"{"type":"set_max_thinking_tokens","value":0}"#,
        r#"{"type":"set_model"}"#,
    ] {
        if !control.is_empty() {
            assert_eq!(query.control(control).unwrap(), Value::Null);
        }
        query.push(&user("Hi")).unwrap();
        let messages = until_result(&query).await;
        inits.push(only(&messages, "system/init")["model"].clone());
    }
    assert_eq!(inits, ["claude-sonnet-5-5", "claude-sonnet-4-5", "claude-sonnet-4-5", "claude-sonnet-5-5"]);
    let thinking: Vec<_> = (0..4).map(|n| bench.body(n)["thinking"].clone()).collect();
    assert_eq!(thinking, [adaptive(), budget(31_999), Value::Null, Value::Null]);
    query.control(r#"{"type":"set_max_thinking_tokens","value":null}"#).unwrap();
    bench.add_rules(json!([says("5")]));
    query.push(&user("Hi")).unwrap();
    query.end_input();
    drain(&query).await;
    assert_eq!(bench.body(4)["thinking"], adaptive());
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn the_headers_are_these_and_betas_are_joined_row_52() {
    let bench = Bench::new(json!([says("ok")])).await;
    let options = json!({
        "betas": ["context-1m-2025-08-07", "files-api-2025-04-14"], "model": "claude-sonnet-4-5",
        "env": { "ANTHROPIC_BETAS": "files-api-2025-04-14,token-efficient-tools-2025-02-19" },
    });
    let messages = bench.run("Hi", options).await;
    let request = &bench.api.requests()[0];
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    assert_eq!(header("x-api-key"), Some("sk-test"));
    assert_eq!(header("authorization"), None);
    assert_eq!(header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(header("content-type"), Some("application/json"));
    assert_eq!(header("x-claude-code-session-id"), messages[0]["session_id"].as_str());
    assert!(header("user-agent").unwrap().contains("native-agent-sdk"));
    assert_eq!(
        header("anthropic-beta"),
        Some("files-api-2025-04-14,token-efficient-tools-2025-02-19,interleaved-thinking-2025-05-14")
    );
    assert_eq!(messages[0]["betas"], json!(["context-1m-2025-08-07", "files-api-2025-04-14"]));
    let adaptive = Bench::new(json!([says("ok")])).await;
    adaptive.run("Hi", json!({ "betas": ["context-1m-2025-08-07"] })).await;
    assert_eq!(adaptive.api.requests()[0].headers.get("anthropic-beta"), None);
}

#[tokio::test]
async fn key_and_token_travel_in_their_own_headers() {
    for (key, token, source) in [
        ("sk-a", "", "ANTHROPIC_API_KEY"),
        ("", "tok-b", "ANTHROPIC_AUTH_TOKEN"),
        ("sk-a", "tok-b", "ANTHROPIC_AUTH_TOKEN"),
    ] {
        let bench = Bench::new(json!([says("ok")])).await;
        let env = json!({ "ANTHROPIC_API_KEY": key, "ANTHROPIC_AUTH_TOKEN": token });
        let messages = bench.run("Hi", json!({ "env": env })).await;
        let headers = &bench.api.requests()[0].headers;
        let given = |text: String, value: &str| (!value.is_empty()).then_some(text);
        assert_eq!(headers.get("x-api-key").cloned(), given(key.to_owned(), key));
        assert_eq!(headers.get("authorization").cloned(), given(format!("Bearer {token}"), token));
        assert_eq!(messages[0]["apiKeySource"], source);
    }
}

#[tokio::test]
async fn own_headers_and_a_base_url_with_a_prefix() {
    for slash in ["", "/"] {
        let mut rule = says("ok");
        rule["when"] = json!({ "path": "/team/proxy/v1/messages", "header": { "x-team": "blue: 1", "x-api-key": "other" } });
        let bench = Bench::new(json!([rule])).await;
        let env = json!({
            "ANTHROPIC_BASE_URL": format!("{}/team/proxy{slash}", bench.api.url()),
            "ANTHROPIC_CUSTOM_HEADERS": "X-Team: blue: 1\n\nx-api-key: other\n",
        });
        let messages = bench.run("Hi", json!({ "env": env })).await;
        assert_eq!(only(&messages, "result/success")["result"], "ok");
    }
}

#[tokio::test]
async fn three_hundred_queries_at_once_get_through_a_stream_limit_of_a_hundred() {
    let held = json!({ "times": 300, "reply": { "content": [{ "type": "text", "text": "ok" }],
        "gates": [{ "at": "message_start", "name": "all" }] } });
    let bench = Bench::new(json!([held])).await;
    let front = TlsFront::start(
        &bench.api,
        TlsOptions { max_concurrent_streams: Some(100), ..TlsOptions::default() },
    )
    .await;
    let ca = bench.file("ca.pem", front.ca_pem());
    let env = json!({ "ANTHROPIC_BASE_URL": front.url(), "NODE_EXTRA_CA_CERTS": ca });
    let queries: Vec<_> = (0..300).map(|_| bench.query("Hi", json!({ "env": env })).unwrap()).collect();
    // All of them are open at the same time, or this never returns.
    tokio::time::timeout(std::time::Duration::from_secs(60), bench.api.wait_gate_count("all", 300))
        .await
        .unwrap();
    bench.api.open_gate("all");
    for messages in futures::future::join_all(queries.iter().map(drain)).await {
        assert_eq!(kinds(&messages), ["system/init", "assistant", "result/success"]);
        assert_eq!(messages[2]["result"], "ok");
    }
    bench.api.assert_complete().unwrap();
    assert!(bench.api.requests().iter().all(|request| request.http_version == "2"));
}

#[tokio::test]
async fn an_unknown_certificate_is_told() {
    let bench = Bench::new(json!([])).await;
    let front = TlsFront::start(&bench.api, TlsOptions::default()).await;
    let query = bench.query("Hi", json!({ "env": { "ANTHROPIC_BASE_URL": front.url() } })).unwrap();
    let messages = drain(&query).await;
    let result = only(&messages, "result/success");
    assert_eq!(result["is_error"], true);
    assert!(result["result"].as_str().unwrap().contains("NODE_EXTRA_CA_CERTS"), "{result}");
    assert!(bench.api.requests().is_empty());
}
