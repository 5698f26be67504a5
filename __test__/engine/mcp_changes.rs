//! Servers whose lists change while a session runs.

use crate::mcp::embedded;
use crate::support::{Bench, calls, says, soon, tool_result, until, until_result, user};
use futures::FutureExt;
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a server with lists of one item each has, in its n-th edition.
fn edition(method: &str, n: usize) -> Value {
    match method {
        "connect" => json!({ "capabilities": { "tools": {}, "prompts": {}, "resources": {} } }),
        "tools/list" => {
            json!({ "tools": [{ "name": format!("tool{n}"), "inputSchema": { "type": "object" } }] })
        }
        "prompts/list" => json!({ "prompts": [{ "name": format!("prompt{n}") }] }),
        "resources/list" => json!({ "resources": [{ "uri": format!("note://{n}"), "name": "Note" }] }),
        other => panic!("{other} is not expected"),
    }
}

async fn turn(query: &Query) -> Vec<Value> {
    query.push(&user("go")).unwrap();
    soon(until_result(query)).await
}

fn offered(bench: &Bench, n: usize) -> Vec<String> {
    let body = bench.body(n);
    let names = body["tools"].as_array().into_iter().flatten().filter_map(|tool| tool["name"].as_str());
    names.filter(|name| name.starts_with("mcp__")).map(str::to_owned).collect()
}

async fn changed(query: &Query) {
    query.ask(&json!({ "type": "mcp_changed", "handle": 0 }).to_string()).await.unwrap();
}

#[tokio::test]
async fn changed_lists_are_fetched_and_those_that_cannot_be_had_stay_row_324() {
    for (fails, tool, prompt) in [
        ("nothing", "mcp__s__tool1", "mcp__s__prompt1"),
        ("tools/list", "mcp__s__tool0", "mcp__s__prompt1"),
        ("prompts/list", "mcp__s__tool1", "mcp__s__prompt0"),
    ] {
        let resources = calls("c1", "ListMcpResourcesTool", json!({}));
        let bench = Bench::new(json!([says("one"), resources, says("two")])).await;
        let editions = Arc::new(AtomicUsize::new(0));
        let now = Arc::clone(&editions);
        bench.host.serve(move |call| {
            let n = now.load(Ordering::SeqCst);
            if n > 0 && call.method == fails {
                Err("out of paper".to_owned())
            } else {
                Ok(edition(&call.method, n))
            }
        });
        let query = bench.stream(json!({ "mcpServers": embedded(&["s"]) }));
        turn(&query).await;
        editions.store(1, Ordering::SeqCst);
        changed(&query).await;
        let messages = turn(&query).await;
        assert_eq!(
            (offered(&bench, 0), offered(&bench, 1)),
            (vec!["mcp__s__tool0".to_owned()], vec![tool.to_owned()])
        );
        assert!(tool_result(&messages, "c1").0.contains("note://1"), "{messages:?}");
        let commands = query.ask(r#"{"type":"supported_commands"}"#).await.unwrap().to_string();
        assert!(commands.contains(prompt), "{fails}: {commands}");
        let told = bench.host.logged().join("\n");
        assert_eq!(
            told.contains("could not be listed anew: ") && told.contains("out of paper"),
            fails != "nothing",
            "{told}"
        );
    }
}

#[tokio::test]
async fn the_next_request_waits_for_a_changed_list_but_not_for_ever_row_324() {
    for answers in [true, false] {
        let bench = Bench::manual(json!([says("one"), says("two")])).await;
        let (release, released) = tokio::sync::watch::channel(false);
        let lists = AtomicUsize::new(0);
        bench.host.serve_in_time(move |call| {
            if call.method != "tools/list" {
                return std::future::ready(Ok(edition(&call.method, 0))).boxed();
            }
            let n = lists.fetch_add(1, Ordering::SeqCst);
            let mut released = released.clone();
            async move {
                if n > 0 {
                    // Nobody may be left to release it.
                    let _ = released.wait_for(|released| *released).await;
                }
                Ok(edition("tools/list", n))
            }
            .boxed()
        });
        let query = bench.stream(json!({ "mcpServers": embedded(&["s"]) }));
        turn(&query).await;
        changed(&query).await;
        // Twice before the answer: it is fetched once more after it.
        changed(&query).await;
        query.push(&user("go")).unwrap();
        until(|| bench.host.served().iter().filter(|call| call.method == "tools/list").count() == 2).await;
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(bench.api.requests().len(), 1, "the request must wait");
        if answers {
            release.send_replace(true);
        } else {
            // As often as it takes: the wait may begin a little later.
            until(|| {
                bench.clock.advance(Duration::from_secs(5));
                bench.api.requests().len() == 2
            })
            .await;
        }
        soon(until_result(&query)).await;
        assert_eq!(offered(&bench, 1), [if answers { "mcp__s__tool2" } else { "mcp__s__tool0" }]);
    }
}
