//! What stops a query before anything is sent, and what options do from the first message on.

use crate::support::{Bench, drain, only, says};
use native_agent_sdk::engine::error::{EngineError, ErrorKind};
use native_agent_sdk::engine::options::QueryConfig;
use native_agent_sdk::engine::tool::table::{BUILT_IN_NAMES, by_default};
use serde_json::{Value, json};

async fn refused_by(bench: &Bench, prompt: &str, options: Value) -> EngineError {
    let error = bench.query(prompt, options).err().expect("a start error");
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert!(bench.api.requests().is_empty());
    error
}

async fn refused(options: Value) -> EngineError {
    let bench = Bench::new(json!([])).await;
    refused_by(&bench, "Hi", options).await
}

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[tokio::test]
async fn options_are_checked_before_anything_is_sent() {
    for (options, kind, part) in [
        (
            json!({ "alowedTools": [] }),
            ErrorKind::UnknownOption,
            "options.alowedTools is no option. Did you mean `allowedTools`?",
        ),
        (
            json!({ "frobnicate": 1 }),
            ErrorKind::UnknownOption,
            "options.frobnicate is no option. See the Options type",
        ),
        (
            json!({ "hooks": { "Stop": [{ "hooks": [1] }] } }),
            ErrorKind::InvalidOption,
            "options.hooks.Stop[0].hooks[0] must be a function; got 1.",
        ),
        (json!({ "resume": "x" }), ErrorKind::UnsupportedOption, "options.resume is not available"),
        (json!({ "maxTurns": "3" }), ErrorKind::InvalidOption, "options.maxTurns must be"),
        (json!({ "sessionId": "me" }), ErrorKind::InvalidOption, "options.sessionId must be a UUID"),
        (
            json!({ "allowedTools": ["Bash("] }),
            ErrorKind::InvalidRule,
            "allowedTools: \"Bash(\" is no permission rule",
        ),
        (json!({ "disallowedTools": ["Bash("] }), ErrorKind::InvalidRule, "disallowedTools: \"Bash(\""),
        (
            json!({ "disallowedTools": ["WebFetch(x)"] }),
            ErrorKind::InvalidRule,
            "disallowedTools: \"WebFetch(x)\" is no permission rule",
        ),
        (json!({ "allowedTools": ["WebSearch(x)"] }), ErrorKind::InvalidRule, "write `WebSearch` alone"),
        (json!({ "allowedTools": ["mcp__"] }), ErrorKind::InvalidRule, "it names no MCP server"),
        (json!({ "disallowedTools": ["Read([)"] }), ErrorKind::InvalidRule, "the path pattern is not valid"),
        (
            json!({ "env": { "CLAUDE_CODE_USE_BEDROCK": "1" } }),
            ErrorKind::UnsupportedOption,
            "CLAUDE_CODE_USE_BEDROCK",
        ),
        (
            json!({ "env": { "ANTHROPIC_BASE_URL": "ftp://x" } }),
            ErrorKind::InvalidOption,
            "ANTHROPIC_BASE_URL",
        ),
        (
            json!({ "env": { "ANTHROPIC_BASE_URL": "nonsense" } }),
            ErrorKind::InvalidOption,
            "ANTHROPIC_BASE_URL",
        ),
        (
            json!({ "env": { "ANTHROPIC_CUSTOM_HEADERS": "no colon" } }),
            ErrorKind::InvalidOption,
            "ANTHROPIC_CUSTOM_HEADERS, line 1",
        ),
        (
            json!({ "env": { "NODE_EXTRA_CA_CERTS": "/nowhere.pem" } }),
            ErrorKind::InvalidOption,
            "NODE_EXTRA_CA_CERTS",
        ),
        (json!({ "env": { "HTTPS_PROXY": "socks5://x:1" } }), ErrorKind::InvalidOption, "HTTPS_PROXY"),
    ] {
        let error = refused(options.clone()).await;
        assert_eq!(error.kind, kind, "{options}: {}", error.message);
        assert!(error.message.contains(part), "{}", error.message);
    }
}

#[tokio::test]
async fn the_directory_must_be_there() {
    let bench = Bench::new(json!([])).await;
    let file = bench.file("file", "");
    for (cwd, part) in [
        (bench.path("nowhere"), "cannot be used"),
        (file, "it is not a directory"),
        ("some/where".to_owned(), "it is not an absolute path"),
        (String::new(), "it is not an absolute path"),
    ] {
        let error = refused_by(&bench, "Hi", json!({ "cwd": cwd })).await;
        assert_eq!(error.kind, ErrorKind::CwdUnavailable);
        assert!(error.message.contains(part) && error.message.contains(&cwd), "{}", error.message);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_directory_behind_a_link_is_its_target() {
    let bench = Bench::new(json!([says("ok")])).await;
    std::fs::create_dir(bench.path("real")).unwrap();
    std::os::unix::fs::symlink(bench.path("real"), bench.path("link")).unwrap();
    let messages = bench.run("Hi", json!({ "cwd": bench.path("link") })).await;
    assert_eq!(only(&messages, "system/init")["cwd"], bench.path("real"));
}

#[tokio::test]
async fn a_missing_key_is_told_with_what_to_do_row_590() {
    for env in
        [json!({ "ANTHROPIC_API_KEY": "" }), json!({ "ANTHROPIC_API_KEY": "", "ANTHROPIC_AUTH_TOKEN": "" })]
    {
        let error = refused(json!({ "env": env })).await;
        assert_eq!(error.kind, ErrorKind::MissingCredentials);
        assert!(error.message.contains("API key not found"), "{}", error.message);
        assert!(error.message.contains("ANTHROPIC_API_KEY"));
    }
}

#[tokio::test]
async fn the_hosts_env_file_may_hold_the_key_row_590() {
    let bench = Bench::new(json!([says("ok")])).await;
    bench.file(
        ".env",
        "ANTHROPIC_BASE_URL=http://127.0.0.1:1\nexport ANTHROPIC_API_KEY=\"sk-from-file\" # mine\n",
    );
    bench.run("Hi", json!({ "env": { "ANTHROPIC_API_KEY": "" } })).await;
    assert_eq!(bench.api.requests()[0].headers["x-api-key"], "sk-from-file");
    let bench = Bench::new(json!([says("ok")])).await;
    bench.file(".env", "ANTHROPIC_API_KEY=sk-from-file\n");
    bench.run("Hi", json!({})).await;
    assert_eq!(bench.api.requests()[0].headers["x-api-key"], "sk-test", "the environment wins");
}

#[tokio::test]
async fn the_env_file_of_the_working_directory_is_never_read_row_590() {
    let bench = Bench::new(json!([])).await;
    bench.file("project/.env", "ANTHROPIC_API_KEY=sk-of-the-project\n");
    let options = json!({ "cwd": bench.path("project"), "env": { "ANTHROPIC_API_KEY": "" } });
    assert_eq!(refused_by(&bench, "Hi", options).await.kind, ErrorKind::MissingCredentials);
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_refused_without_being_shown() {
    for name in ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"] {
        for key in ["sk-secret\nx", "sk-secret x", "sk-secret\u{7}", "sk-secretü"] {
            let error = refused(json!({ "env": { name: key } })).await;
            assert_eq!(error.kind, ErrorKind::InvalidCredentials);
            assert!(error.message.contains(name) && !error.message.contains("secret"), "{}", error.message);
        }
    }
}

#[tokio::test]
async fn bypass_needs_two_words_and_no_root_row_70_row_71() {
    let error = refused(json!({ "permissionMode": "bypassPermissions" })).await;
    assert_eq!(error.kind, ErrorKind::BypassNotAllowed);
    assert!(error.message.contains("allowDangerouslySkipPermissions"));
    let options = |env: Value| json!({ "permissionMode": "bypassPermissions", "allowDangerouslySkipPermissions": true, "env": env });
    let bench = Bench::new(json!([says("ok")])).await;
    bench.run("Hi", options(json!({ "IS_SANDBOX": "1" }))).await;
    if is_root() {
        let error = refused(options(json!({}))).await;
        assert_eq!(error.kind, ErrorKind::BypassRoot);
        assert!(error.message.contains("IS_SANDBOX=1"));
    } else {
        let bench = Bench::new(json!([says("ok")])).await;
        bench.run("Hi", options(json!({}))).await;
    }
}

#[tokio::test]
async fn an_empty_prompt_is_refused() {
    let bench = Bench::new(json!([])).await;
    for prompt in ["", "  \n\t"] {
        assert_eq!(refused_by(&bench, prompt, json!({})).await.kind, ErrorKind::InvalidInput);
    }
}

#[tokio::test]
async fn options_without_effect_are_told_to_the_host_row_588() {
    let bench = Bench::new(json!([says("ok")])).await;
    let options =
        json!({ "executable": "bun", "executableArgs": ["-x"], "pathToClaudeCodeExecutable": "/x" });
    bench.run("Hi", options).await;
    let logged = bench.host.logged();
    assert_eq!(logged.len(), 3);
    for (text, name) in logged.iter().zip(["executable", "executableArgs", "pathToClaudeCodeExecutable"]) {
        assert!(text.contains(&format!("`{name}` has no effect")), "{text}");
    }
    let quiet = Bench::new(json!([says("ok")])).await;
    quiet.run("Hi", json!({})).await;
    assert!(quiet.host.logged().is_empty());
}

#[tokio::test]
async fn what_the_configuration_does_not_know_is_refused() {
    let config = json!({ "id": 1, "prompt": { "kind": "stream" }, "options": {}, "env": {}, "cwd": "/", "hostCwd": "/", "more": 1 });
    assert!(serde_json::from_value::<QueryConfig>(config).is_err());
}

#[tokio::test]
async fn the_system_prompt_is_what_was_asked_for() {
    let system = async |prompt: Value| {
        let bench = Bench::new(json!([says("ok")])).await;
        bench.run("Hi", json!({ "systemPrompt": prompt })).await;
        let blocks = bench.body(0)["system"].as_array().unwrap().clone();
        blocks.iter().map(|block| block["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(system(json!("You are a pirate.")).await, ["You are a pirate."]);
    assert_eq!(system(json!(["One.", "Two."])).await, ["One.", "Two."]);
    assert_eq!(system(json!({ "type": "custom", "prompt": "Own." })).await, ["Own."]);
    let minimal = system(Value::Null).await;
    assert_eq!(minimal.len(), 1);
    assert!(minimal[0].len() < 600, "at most about 150 tokens");
    let preset = system(json!({ "type": "preset", "preset": "claude_code" })).await;
    assert!(preset.len() == 1 && preset[0].len() > minimal[0].len());
    let appended = system(json!({ "type": "preset", "preset": "claude_code", "append": "Say arr." })).await;
    assert_eq!(appended, [preset[0].clone(), "Say arr.".to_owned()]);
}

#[tokio::test]
async fn an_empty_system_prompt_sends_a_valid_request() {
    let bench = Bench::new(json!([says("ok")])).await;
    let messages = bench.run("Hi", json!({ "systemPrompt": "" })).await;
    assert_eq!(only(&messages, "result/success")["result"], "ok");
}

/// Names of the tools that are offered unless `hidden`.
fn without(hidden: &[&str]) -> Value {
    BUILT_IN_NAMES.into_iter().filter(|name| by_default(name, false) && !hidden.contains(name)).collect()
}

fn all() -> Value {
    without(&[])
}

#[tokio::test]
async fn the_tools_offered_are_those_asked_for_row_63_row_64() {
    for (options, expected) in [
        (json!({ "tools": ["Read", "Nonesuch"] }), json!(["Read"])),
        (json!({ "tools": [] }), json!([])),
        (json!({ "tools": { "type": "preset", "preset": "claude_code" } }), all()),
        (json!({ "disallowedTools": ["Bash", "Write"] }), without(&["Bash", "Write"])),
        (json!({ "disallowedTools": ["Bash(rm:*)"] }), all()),
        (json!({ "allowedTools": ["Read"] }), all()),
    ] {
        let bench = Bench::new(json!([says("ok")])).await;
        let messages = bench.run("Hi", options.clone()).await;
        assert_eq!(only(&messages, "system/init")["tools"], expected, "{options}");
    }
}

#[tokio::test]
async fn control_requests_answer_without_a_turn_row_28_row_576() {
    let bench = Bench::new(json!([])).await;
    let query = bench.stream(json!({}));
    let ask = |name: &str| query.control(&json!({ "type": name }).to_string());
    assert_eq!(ask("account_info").unwrap()["apiKeySource"], "ANTHROPIC_API_KEY");
    assert_eq!(ask("supported_models").unwrap()[0]["displayName"], "claude-opus-5-5");
    assert_eq!(ask("supported_commands").unwrap(), json!([]));
    assert_eq!(ask("mcp_server_status").unwrap(), json!([]));
    assert_eq!(ask("initialization_result").unwrap()["output_style"], "default");
    assert_eq!(ask("rewind_files").unwrap_err().kind, ErrorKind::UnsupportedOption);
    assert_eq!(query.control("{").unwrap_err().kind, ErrorKind::InvalidInput);
    assert_eq!(query.control(r#"{"type":"set_permission_mode"}"#).unwrap_err().kind, ErrorKind::InvalidInput);
    query.end_input();
    assert!(drain(&query).await.is_empty());
    assert!(bench.api.requests().is_empty());
}
