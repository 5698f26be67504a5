//! Servers that files name: which of them count, what a project's file may not do, and how long they are waited for.

use crate::authority::Authority;
use crate::mcp::embedded;
use crate::support::{Bench, calls, drain, next, only, says, tool_result, until_result, user};
use native_agent_sdk::engine::error::ErrorKind;
use serde_json::{Value, json};

/// A server that answers a handshake and has one tool, called `t` and what it is given.
const SERVER: &str = include_str!("../fixtures/mcp-server.sh");

fn server(bench: &Bench, name: &str) -> Value {
    json!({ "command": "/bin/sh", "args": [bench.file("server.sh", SERVER), format!("t{name}")] })
}

/// What `init` says of servers, in order.
fn rows(messages: &[Value]) -> Vec<(String, String)> {
    let rows = only(messages, "system/init")["mcp_servers"].as_array().unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(row, "name"), text(row, "status"))).collect()
}

async fn status(query: &native_agent_sdk::engine::query::Query) -> Value {
    query.ask(&json!({ "type": "mcp_server_status" }).to_string()).await.unwrap()
}

#[tokio::test]
async fn sources_decide_and_the_strongest_entry_counts_whole_row_313_row_314() {
    let setup = |bench: &Bench| {
        let at = |name: &str| server(bench, name);
        let project = json!({ "mcpServers": { "a": at("project"), "b": at("project"), "c": at("project"), "d": at("project") } });
        bench.file("repo/.mcp.json", &project.to_string());
        bench.file("repo/.git/HEAD", "");
        std::fs::create_dir_all(bench.path("repo/deep")).unwrap();
        let own = json!({
            "mcpServers": { "b": at("user"), "c": at("user"), "e": at("user") },
            "projects": { bench.path("repo"): { "mcpServers": { "c": at("local"), "d": at("local") } } },
        });
        bench.file(".claude.json", &own.to_string());
    };
    for (sources, strict, wanted) in [
        (json!([]), false, vec![("a", "options")]),
        (json!(["user"]), false, vec![("a", "options"), ("b", "user"), ("c", "user"), ("e", "user")]),
        (
            json!(["project"]),
            false,
            vec![("a", "options"), ("b", "project"), ("c", "project"), ("d", "project")],
        ),
        (json!(["local"]), false, vec![("a", "options"), ("c", "local"), ("d", "local")]),
        (
            json!(["user", "project", "local"]),
            false,
            vec![("a", "options"), ("c", "local"), ("d", "local"), ("b", "project"), ("e", "user")],
        ),
        (json!(["user", "project", "local"]), true, vec![("a", "options")]),
    ] {
        let bench = Bench::new(json!([says("ok")])).await;
        setup(&bench);
        let options = json!({
            "mcpServers": { "a": server(&bench, "options") },
            "settingSources": sources, "strictMcpConfig": strict, "cwd": bench.path("repo/deep"),
            "env": { "MCP_CONNECTION_NONBLOCKING": "0", "MCP_CONNECT_TIMEOUT_MS": "30000" },
        });
        let messages = bench.run("Go", options).await;
        let init = only(&messages, "system/init");
        let names: Vec<_> = rows(&messages);
        assert_eq!(
            names.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect::<Vec<_>>(),
            wanted.iter().map(|(name, _)| (*name, "connected")).collect::<Vec<_>>(),
            "{sources}"
        );
        for (name, origin) in wanted {
            let tool = format!("mcp__{name}__t{origin}");
            assert!(init["tools"].as_array().unwrap().contains(&json!(tool)), "{tool} in {}", init["tools"]);
        }
    }
}

#[tokio::test]
async fn a_server_is_told_the_projects_directory_not_the_folder_below_row_338() {
    let bench = Bench::new(json!([says("ok")])).await;
    bench.file("repo/.git/HEAD", "");
    bench.file("repo/.claude/settings.json", "{}");
    std::fs::create_dir_all(bench.path("repo/deep")).unwrap();
    let line = format!("printf %s \"$CLAUDE_PROJECT_DIR\" > {}; exec sh \"$0\" told", bench.path("told"));
    let told = json!({ "command": "/bin/sh", "args": ["-c", line, bench.file("server.sh", SERVER)] });
    let options = json!({
        "mcpServers": { "told": told }, "settingSources": ["project"], "cwd": bench.path("repo/deep"),
        "env": { "MCP_CONNECTION_NONBLOCKING": "0", "MCP_CONNECT_TIMEOUT_MS": "30000" },
    });
    let messages = bench.run("Go", options).await;
    assert_eq!(rows(&messages), [("told".to_owned(), "connected".to_owned())]);
    let repo = std::fs::canonicalize(bench.path("repo")).unwrap();
    assert_eq!(std::fs::read_to_string(bench.path("told")).unwrap(), repo.display().to_string());
}

#[tokio::test]
async fn a_projects_servers_load_unless_they_are_disabled_or_not_trusted_row_315() {
    for (trust, wanted) in [(true, vec![("a", "connected")]), (false, vec![])] {
        let bench = Bench::new(json!([says("ok")])).await;
        let file = json!({ "mcpServers": { "a": server(&bench, ""), "b": server(&bench, "") } });
        bench.file(".mcp.json", &file.to_string());
        bench.file(".git/HEAD", "");
        bench.file(".claude/settings.json", &json!({ "disabledMcpjsonServers": ["b"] }).to_string());
        let options = json!({
            "settingSources": ["project"], "trustProjectSettings": trust,
            "env": { "MCP_CONNECTION_NONBLOCKING": "0", "HOME": bench.path("home"), "MCP_CONNECT_TIMEOUT_MS": "30000" },
        });
        let messages = bench.run("Go", options).await;
        let rows = rows(&messages);
        let rows: Vec<_> = rows.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect();
        assert_eq!(rows, wanted);
        let said = messages.iter().any(|message| {
            message["content"].as_str().is_some_and(|text| text.contains(".mcp.json is ignored"))
        });
        assert_eq!(said, !trust);
        // What the host did not ask about is not asked either.
        assert!(bench.host.asked().is_empty());
    }
}

#[tokio::test]
async fn a_projects_file_learns_no_credential_row_317() {
    let shown = |bench: &Bench, env: Value| json!({ "command": "/bin/sh", "args": [bench.file("server.sh", SERVER), "t"], "env": env });
    let env = json!({ "SHOWN": "${ANTHROPIC_API_KEY}|${ANTHROPIC_API_KEY:-none}|${MINE}|${OTHER:-other}" });
    for (place, wanted) in [
        (".mcp.json", "${ANTHROPIC_API_KEY}|none|mine|other"),
        (".claude.json", "sk-test|sk-test|mine|other"),
    ] {
        let bench = Bench::new(json!([says("ok")])).await;
        bench.file(place, &json!({ "mcpServers": { "a": shown(&bench, env.clone()) } }).to_string());
        bench.file(".git/HEAD", "");
        let home = if place == ".mcp.json" { bench.path("home") } else { bench.path("") };
        let options = json!({
            "settingSources": ["user", "project"],
            "env": { "MINE": "mine", "HOME": home, "MCP_CONNECTION_NONBLOCKING": "0", "MCP_CONNECT_TIMEOUT_MS": "30000" },
        });
        bench.run("Go", options).await;
        let tools = bench.body(0)["tools"].to_string();
        assert!(tools.contains(&format!("\"description\":\"{wanted}\"")), "{place}: {tools}");
        let warned = bench.host.logged().iter().any(|line| line.contains("not set: ANTHROPIC_API_KEY"));
        assert_eq!(warned, place == ".mcp.json");
    }
}

#[tokio::test]
async fn what_a_file_says_wrongly_has_an_error_status() {
    let bench = Bench::new(json!([says("ok")])).await;
    let entries = json!({
        "a__b": server(&bench, ""), "c d": server(&bench, ""), "e": { "command": 5 }, "f": { "type": "ws", "url": "ws://h" },
        "g": { "type": "sdk", "instance": { "$handle": 0 } },
    });
    bench.file(".mcp.json", &json!({ "mcpServers": entries }).to_string());
    bench.file(".git/HEAD", "");
    bench.host.serve(|_| Ok(json!({ "tools": [] })));
    let query = bench.stream(json!({
        "mcpServers": embedded(&["c_d"]), "settingSources": ["project"],
        "env": { "HOME": bench.path("home"), "MCP_CONNECTION_NONBLOCKING": "0" },
    }));
    query.push(&user("Hello")).unwrap();
    until_result(&query).await;
    let rows = status(&query).await;
    for (name, wanted) in [
        ("a__b", "two underscores"),
        ("c d", "the server \"c_d\""),
        ("e", "mcpServers.e.command must be a non-empty string"),
        ("f", "ws"),
        ("g", "object of the program"),
    ] {
        let row = rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
        assert_eq!((&row["status"], &row["scope"]), (&json!("failed"), &json!("project")));
        assert!(row["error"].as_str().unwrap().contains(wanted), "{row}");
    }
    query.abort();
}

#[tokio::test]
async fn a_file_that_cannot_be_read_stops_the_start() {
    for (name, text) in
        [(".mcp.json", "{ \"mcpServers\": "), (".mcp.json", "{ \"mcpServers\": [] }"), (".claude.json", "[]")]
    {
        let bench = Bench::new(json!([])).await;
        bench.file(name, text);
        bench.file(".git/HEAD", "");
        let home = if name == ".mcp.json" { bench.path("home") } else { bench.path("") };
        let options = json!({ "settingSources": ["user", "project"], "env": { "HOME": home } });
        let error = bench.query("Go", options).err().unwrap();
        assert_eq!(error.kind, ErrorKind::ConfigFileInvalid);
        assert!(error.message.contains(name), "{}", error.message);
        // Nobody asked for it: nobody reads it.
        bench.add_rules(json!([says("ok")]));
        bench.run("Go", json!({ "strictMcpConfig": false })).await;
    }
}

#[tokio::test]
async fn files_are_not_waited_for_unless_they_have_to_be_row_321() {
    // What the entry and the environment say; whether the first turn waits.
    for (entry, env, waits) in [
        (json!({}), json!({}), false),
        (json!({ "alwaysLoad": true }), json!({}), true),
        (json!({}), json!({ "MCP_CONNECTION_NONBLOCKING": "0" }), true),
    ] {
        let bench = Bench::manual(json!([says("ok")])).await;
        // It never answers.
        let mut hanging = json!({ "command": "/bin/sh", "args": ["-c", "cat > /dev/null"] });
        hanging.as_object_mut().unwrap().extend(entry.as_object().unwrap().clone());
        bench.file(".mcp.json", &json!({ "mcpServers": { "a": hanging } }).to_string());
        bench.file(".git/HEAD", "");
        let mut env = env;
        env["HOME"] = bench.path("home").into();
        let query = bench.stream(json!({ "settingSources": ["project"], "env": env }));
        query.push(&user("Hello")).unwrap();
        let mut first = Box::pin(next(&query));
        if waits {
            for _ in 0..50 {
                tokio::select! {
                    biased;
                    batch = &mut first => panic!("it did not wait: {batch:?}"),
                    () = tokio::task::yield_now() => {}
                }
            }
            bench.clock.advance(std::time::Duration::from_secs(5));
        }
        let mut messages = first.await.unwrap();
        messages.extend(until_result(&query).await);
        assert_eq!(rows(&messages), [("a".to_owned(), "pending".to_owned())]);
        query.abort();
    }
}

#[tokio::test]
async fn without_tool_search_the_model_can_wait_for_servers_row_346() {
    for (search, offered) in [("false", true), ("true", false)] {
        let mut rules = vec![says("ok")];
        if offered {
            rules.insert(0, calls("c1", "WaitForMcpServers", json!({})));
        }
        let bench = Bench::new(json!(rules)).await;
        let file =
            json!({ "mcpServers": { "a": server(&bench, ""), "b": { "command": "/nowhere/to/be/found" } } });
        bench.file(".mcp.json", &file.to_string());
        bench.file(".git/HEAD", "");
        let options = json!({
            "settingSources": ["project"],
            "env": { "HOME": bench.path("home"), "ENABLE_TOOL_SEARCH": search },
        });
        let messages = drain(&bench.query("Go", options).unwrap()).await;
        bench.api.assert_complete().unwrap();
        let tools = only(&messages, "system/init")["tools"].to_string();
        assert_eq!(tools.contains("WaitForMcpServers"), offered);
        if offered {
            let (text, failed) = tool_result(&messages, "c1");
            assert!(
                !failed && text.contains("a: connected, 1 tools") && text.contains("b: failed"),
                "{text}"
            );
            assert!(bench.body(1)["tools"].to_string().contains("mcp__a__t"));
        }
    }
}

#[tokio::test]
async fn lists_of_the_settings_keep_servers_out_row_339() {
    let bench = Bench::new(json!([says("ok")])).await;
    let settings = json!({
        "allowedMcpServers": [{ "serverCommand": ["/bin/sh", bench.file("server.sh", SERVER), "tok"] }, { "serverName": "far" }],
        "deniedMcpServers": [{ "serverUrl": "http://127.0.0.1:*" }],
    });
    let options = json!({
        "settings": settings,
        "mcpServers": { "a": server(&bench, "ok"), "b": server(&bench, "other"), "far": { "type": "http", "url": "http://127.0.0.1:9/mcp" } },
    });
    let query = bench.stream(options);
    query.push(&user("Hello")).unwrap();
    let messages = until_result(&query).await;
    let rows = rows(&messages);
    let rows: Vec<_> = rows.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect();
    assert_eq!(rows, [("a", "connected"), ("b", "failed"), ("far", "failed")]);
    let all = status(&query).await;
    assert!(all[1]["error"].as_str().unwrap().contains("allowedMcpServers"), "{all}");
    assert!(all[2]["error"].as_str().unwrap().contains("deniedMcpServers"), "{all}");
    // Later ones are measured by the same lists.
    let more = json!({ "type": "set_mcp_servers", "servers": { "late": server(&bench, "late") } });
    let answer = query.ask(&more.to_string()).await.unwrap();
    assert!(answer["errors"]["late"].as_str().unwrap().contains("allowedMcpServers"), "{answer}");
    query.abort();
}

#[tokio::test]
async fn only_so_many_connect_side_by_side_row_322() {
    let bench = Bench::new(json!([says("ok")])).await;
    // Each says that it runs, and goes on when the test lets it.
    let script = "touch $1.on; while [ ! -e go ]; do sleep 0.02; done; exit 1";
    let server =
        |name: String| (name.clone(), json!({ "command": "/bin/sh", "args": ["-c", script, "sh", name] }));
    let servers: serde_json::Map<String, Value> = (0..8).map(|n| server(format!("s{n}"))).collect();
    let query =
        bench.stream(json!({ "mcpServers": servers, "env": { "MCP_SERVER_CONNECTION_BATCH_SIZE": "2" } }));
    let running =
        || (0..8).filter(|n| std::path::Path::new(&bench.path(&format!("s{n}.on"))).exists()).count();
    while running() < 2 {
        tokio::task::yield_now().await;
    }
    // Those that may run do: nobody else starts while they do.
    for _ in 0..200 {
        tokio::task::yield_now().await;
        assert_eq!(running(), 2);
    }
    bench.file("go", "");
    query.push(&user("Hello")).unwrap();
    until_result(&query).await;
    assert_eq!(running(), 8);
    query.abort();
}

#[tokio::test]
async fn a_refused_call_runs_the_headers_helper_once_more_row_337() {
    for comes_back in [true, false] {
        let authority = Authority::start().await;
        authority.manner().valid = vec!["first".to_owned()];
        let bench = Bench::new(json!([says("ok")])).await;
        // The second time it prints another token.
        let helper = "if [ -e second ]; then t=second; else t=first; touch second; fi; echo run >> runs; echo \"{\\\"Authorization\\\":\\\"Bearer $t\\\"}\"";
        let options = json!({
            "mcpServers": { "s": { "type": "http", "url": authority.url(), "headersHelper": helper } },
            "allowedTools": ["mcp__s"],
        });
        let query = bench.stream(options);
        query.push(&user("Hello")).unwrap();
        until_result(&query).await;
        authority.manner().valid = if comes_back { vec!["second".to_owned()] } else { vec![] };
        bench.add_rules(json!([calls("c1", "mcp__s__t", json!({})), says("done")]));
        query.push(&user("Go")).unwrap();
        let messages = until_result(&query).await;
        let (text, failed) = tool_result(&messages, "c1");
        assert_eq!(failed, !comes_back, "{text}");
        assert_eq!(std::fs::read_to_string(bench.path("runs")).unwrap().lines().count(), 2);
        query.abort();
    }
}
