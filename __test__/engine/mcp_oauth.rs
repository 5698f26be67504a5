//! Servers behind HTTP that want a token: the whole way of OAuth with the host in between.

use crate::authority::Authority;
use crate::support::{Bench, calls, drain, next, only, says, tool_result, until_result, user};
use futures::FutureExt;
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Texts by key, as a host keeps them.
type Kept = Arc<Mutex<HashMap<String, String>>>;

fn options(authority: &Authority, store: bool) -> Value {
    let function = json!({ "$function": true });
    let mut oauth = json!({ "redirectUrl": "http://localhost:9/callback", "authorize": function });
    if store {
        oauth["store"] = json!({ "load": function, "save": function, "delete": function });
    }
    json!({ "mcpServers": { "s": { "type": "http", "url": authority.url() } }, "mcpOAuth": oauth, "allowedTools": ["mcp__s"] })
}

/// The host of a user who agrees; returns the questions.
fn agreeing(bench: &Bench, authority: &Authority, kept: &Kept) -> Arc<Mutex<Vec<Value>>> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (questions, user, kept) = (Arc::clone(&asked), authority.user(), Arc::clone(kept));
    bench.host.functions(move |function, argument| match function {
        "mcpOAuth.authorize" => {
            questions.lock().unwrap().push(argument.clone());
            Ok(user(argument["url"].as_str().unwrap()).into())
        }
        "mcpOAuth.store" => {
            let key = argument["key"].as_str().unwrap().to_owned();
            let mut kept = kept.lock().unwrap();
            Ok(match argument["operation"].as_str().unwrap() {
                "save" => {
                    kept.insert(key, argument["value"].as_str().unwrap().to_owned());
                    Value::Null
                }
                "delete" => {
                    kept.remove(&key);
                    Value::Null
                }
                _ => kept.get(&key).cloned().into(),
            })
        }
        other => panic!("{other}"),
    });
    asked
}

async fn row(query: &Query) -> Value {
    query.ask(&json!({ "type": "mcp_server_status" }).to_string()).await.unwrap()[0].clone()
}

fn status(messages: &[Value]) -> Value {
    only(messages, "system/init")["mcp_servers"][0]["status"].clone()
}

/// Nothing secret may be anywhere that people read.
fn nothing_leaks(bench: &Bench, messages: &[Value]) {
    let said = format!("{:?} {messages:?}", bench.host.logged());
    assert!(!said.contains("secret"), "{said}");
}

#[tokio::test]
async fn without_the_option_a_401_needs_auth_and_nobody_is_asked_row_334() {
    for headers in [json!({}), json!({ "Authorization": "Bearer secret-mine" })] {
        let authority = Authority::start().await;
        let bench = Bench::new(json!([says("ok")])).await;
        let mut options = options(&authority, false);
        options["mcpServers"]["s"]["headers"] = headers.clone();
        if headers == json!({}) {
            options.as_object_mut().unwrap().remove("mcpOAuth");
        }
        // A token of the host's own counts alone, with the option too.
        bench.host.functions(|function, _| panic!("{function}"));
        let messages = bench.run("Go", options).await;
        assert_eq!(status(&messages), "needs-auth", "{headers}");
        assert!(authority.seen("/token").is_empty() && authority.seen("/register").is_empty());
        nothing_leaks(&bench, &messages);
    }
}

#[tokio::test]
async fn the_user_is_asked_once_and_calls_carry_the_token_row_334() {
    let authority = Authority::start().await;
    let bench = Bench::new(json!([
        calls("c1", "mcp__s__t", json!({})),
        calls("c2", "mcp__s__t", json!({})),
        says("ok"),
    ]))
    .await;
    let asked = agreeing(&bench, &authority, &Kept::default());
    let messages = bench.run("Go", options(&authority, false)).await;
    assert_eq!(status(&messages), "connected", "{:?}", bench.host.logged());
    assert_eq!(tool_result(&messages, "c2"), ("ran".to_owned(), false));
    {
        let asked = asked.lock().unwrap();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0]["server"], "s");
        assert!(asked[0]["url"].as_str().unwrap().starts_with(&format!("{}/authorize?", authority.origin)));
    }
    // The token is for this server and no other.
    let token = &authority.seen("/token")[0].body;
    assert!(token.contains("resource=") && token.contains("code_verifier="), "{token}");
    let client: Value = serde_json::from_str(&authority.seen("/register")[0].body).unwrap();
    assert_eq!(client["redirect_uris"], json!(["http://localhost:9/callback"]));
    let last =
        authority.seen("/mcp").into_iter().rev().find(|seen| seen.body.contains("tools/call")).unwrap();
    assert_eq!(last.authorization.as_deref(), Some("Bearer secret-access-1"));
    nothing_leaks(&bench, &messages);
}

#[tokio::test]
async fn tokens_are_kept_by_server_and_issuer() {
    let authority = Authority::start().await;
    let kept = Kept::default();
    // The issuer of a run, and whether its user has to be asked.
    for (issuer, questions) in [("", 1), ("", 0), ("/other", 1), ("", 0), ("/other", 0)] {
        issuer.clone_into(&mut authority.manner().issuer);
        let bench = Bench::new(json!([says("ok")])).await;
        let asked = agreeing(&bench, &authority, &kept);
        let messages = bench.run("Go", options(&authority, true)).await;
        assert_eq!(status(&messages), "connected", "{issuer:?} {:?}", bench.host.logged());
        assert_eq!(asked.lock().unwrap().len(), questions, "{issuer:?}");
        nothing_leaks(&bench, &messages);
    }
    let kept = kept.lock().unwrap();
    assert_eq!(kept.len(), 2);
    for key in kept.keys() {
        assert!(key.starts_with(&format!("{} {}", authority.url(), authority.origin)), "{key}");
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_or_asked_for_again() {
    for refreshable in [true, false] {
        let authority = Authority::start().await;
        let bench = Bench::new(json!([says("ok")])).await;
        let asked = agreeing(&bench, &authority, &Kept::default());
        let query = bench.stream(options(&authority, false));
        query.push(&user("Hello")).unwrap();
        until_result(&query).await;
        {
            let mut manner = authority.manner();
            manner.valid.clear();
            if !refreshable {
                manner.refreshable.clear();
            }
        }
        bench.add_rules(json!([calls("c1", "mcp__s__t", json!({})), says("done")]));
        query.push(&user("Go")).unwrap();
        let messages = until_result(&query).await;
        assert_eq!(tool_result(&messages, "c1"), ("ran".to_owned(), false), "{refreshable}");
        assert_eq!(asked.lock().unwrap().len(), if refreshable { 1 } else { 2 });
        query.abort();
        nothing_leaks(&bench, &messages);
    }
}

#[tokio::test]
async fn a_call_that_wants_more_gets_more_scopes() {
    let authority = Authority::start().await;
    authority.manner().wanted_scope = Some("write".to_owned());
    let bench = Bench::new(json!([calls("c1", "mcp__s__t", json!({})), says("ok")])).await;
    let asked = agreeing(&bench, &authority, &Kept::default());
    let messages = bench.run("Go", options(&authority, false)).await;
    assert_eq!(tool_result(&messages, "c1"), ("ran".to_owned(), false), "{:?}", bench.host.logged());
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2);
    assert!(asked[1]["url"].as_str().unwrap().contains("write"));
    nothing_leaks(&bench, &messages);
}

#[tokio::test]
async fn what_goes_wrong_is_said_without_secrets() {
    let back = |query: &str| Ok(json!(format!("http://localhost:9/callback?{query}")));
    // What the user comes back with, what the token endpoint says, what is told.
    let table = [
        (Err("nobody is there".to_owned()), None, "nobody is there"),
        (Ok(Value::Null), None, "must return the URL"),
        (back("error=access_denied&error_description=not%20today"), None, "access_denied: not today"),
        (back("code=secret-code&state=made-up"), None, "state"),
        (back("state=made-up"), None, "code"),
        (Ok(json!("agree")), Some((400, json!({ "error": "invalid_grant" }))), "invalid_grant"),
        (
            Ok(json!("agree")),
            Some((
                200,
                json!({ "access_token": "secret-1", "token_type": "bearer", "expires_in": "secret-2" }),
            )),
            "exchange failed",
        ),
    ];
    for (answer, token_answer, wanted) in table {
        let authority = Authority::start().await;
        authority.manner().token_answer = token_answer;
        let bench = Bench::new(json!([says("ok")])).await;
        let (user, given) = (authority.user(), answer.clone());
        bench.host.functions(move |_, argument| match &given {
            Ok(Value::String(text)) if text == "agree" => Ok(user(argument["url"].as_str().unwrap()).into()),
            other => other.clone(),
        });
        let query = bench.query("Go", options(&authority, false)).unwrap();
        let mut messages = Vec::new();
        while !messages.iter().any(|message: &Value| message["subtype"] == "init") {
            messages.extend(next(&query).await.unwrap());
        }
        let row = row(&query).await;
        messages.extend(drain(&query).await);
        assert_eq!(status(&messages), "needs-auth", "{answer:?}");
        let error = row["error"].as_str().unwrap().to_owned();
        assert!(error.to_lowercase().contains(&wanted.to_lowercase()), "{wanted:?} in {error:?}");
        assert!(bench.host.logged().iter().any(|line| line.contains("MCP server s could not be authorised")));
        messages.push(row);
        nothing_leaks(&bench, &messages);
    }
}

#[tokio::test]
async fn a_user_who_takes_long_is_not_waited_for() {
    let authority = Authority::start().await;
    let bench = Bench::manual(json!([says("ok")])).await;
    let (sender, receiver) = tokio::sync::watch::channel(false);
    let user = authority.user();
    let asked = Arc::new(tokio::sync::Notify::new());
    let asking = Arc::clone(&asked);
    bench.host.functions_in_time(move |_, argument| {
        let (mut agreed, user, url) =
            (receiver.clone(), user.clone(), argument["url"].as_str().unwrap().to_owned());
        asking.notify_one();
        async move {
            agreed.wait_for(|agreed| *agreed).await.unwrap();
            Ok(user(&url).into())
        }
        .boxed()
    });
    let query = bench.stream(options(&authority, false));
    query.push(&super::support::user("Hello")).unwrap();
    asked.notified().await;
    bench.clock.advance(std::time::Duration::from_secs(31));
    let messages = until_result(&query).await;
    assert_eq!(status(&messages), "needs-auth");
    assert!(row(&query).await["error"].as_str().unwrap().contains("is being asked"));
    sender.send(true).unwrap();
    while row(&query).await["status"] != "connected" {
        tokio::task::yield_now().await;
    }
    query.abort();
}

#[tokio::test]
async fn a_malformed_option_is_named() {
    let function = json!({ "$function": true });
    for (oauth, wanted) in [
        (json!(true), "options.mcpOAuth must be an object"),
        (json!({}), "options.mcpOAuth.authorize must be a function"),
        (json!({ "authorize": function }), "options.mcpOAuth.redirectUrl must be a URL"),
        (
            json!({ "authorize": function, "redirectUrl": 5 }),
            "options.mcpOAuth.redirectUrl must be a non-empty string",
        ),
        (
            json!({ "authorize": function, "redirectUrl": "http://localhost/", "store": { "load": function } }),
            "options.mcpOAuth.store must have the functions load, save and delete",
        ),
        (
            json!({ "authorize": function, "redirectUrl": "http://localhost/", "clientSecret": "secret" }),
            "options.mcpOAuth.clientSecret needs clientId",
        ),
        (
            json!({ "authorize": function, "redirectUrl": "http://localhost/", "scopes": [] }),
            "options.mcpOAuth.scopes is not known",
        ),
        (
            json!({ "authorize": function, "redirectUrl": "nowhere" }),
            "options.mcpOAuth.redirectUrl must be a URL",
        ),
    ] {
        let bench = Bench::new(json!([])).await;
        let error = bench.query("Go", json!({ "mcpOAuth": oauth })).err().unwrap();
        assert!(error.message.starts_with(wanted), "{}", error.message);
    }
}
