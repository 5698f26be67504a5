#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use super::super::config::plugin::{self, Plugin};
use super::super::config::{Scope, ServerConfig, parse_servers};
use super::super::context::Context;
use super::*;
use crate::engine::clock::Clock;
use crate::engine::emit::Outbox;
use crate::engine::env::Env;
use crate::engine::host::{HookReply, HookRequest, Host, McpCall, PermissionAnswer, PermissionQuestion};
use crate::engine::io::http::HttpPools;
use crate::engine::io::process::ProcessTable;
use crate::engine::options::Options;
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Has one server, whose one tool is called as this says.
#[derive(Default)]
struct Program {
    tool: Mutex<&'static str>,
    logged: Mutex<Vec<String>>,
}

impl Host for Program {
    fn can_use_tool(&self, _: PermissionQuestion) -> BoxFuture<'_, PermissionAnswer> {
        futures::future::pending().boxed()
    }

    fn call_hook(&self, _: HookRequest) -> BoxFuture<'_, HookReply> {
        futures::future::pending().boxed()
    }

    fn mcp(&self, call: McpCall) -> BoxFuture<'_, Result<Value, String>> {
        let answer = match call.method.as_str() {
            "connect" => Ok(json!({ "capabilities": { "tools": { "listChanged": true } } })),
            "tools/list" => {
                let name = *self.tool.lock().unwrap();
                Ok(json!({ "tools": [{ "name": name, "inputSchema": { "type": "object" } }] }))
            }
            other => Err(format!("no {other}")),
        };
        futures::future::ready(answer).boxed()
    }

    fn log(&self, text: &str) {
        self.logged.lock().unwrap().push(text.to_owned());
    }
}

/// A server with one tool, as a shell script: `$1` is its name, `$SHOWN` its description.
const SERVER: &str = include_str!("../../../__test__/fixtures/mcp-server.sh");

fn child(tool: &str) -> Value {
    json!({ "command": "/bin/sh", "args": ["-c", SERVER, "sh", tool] })
}

struct Setup {
    program: Arc<Program>,
    session: Arc<Servers>,
    table: Arc<ToolTable>,
    processes: Arc<ProcessTable>,
    end: CancellationToken,
}

/// Until no child runs any more.
async fn gone(processes: &ProcessTable) {
    let none_left = async {
        while !processes.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), none_left).await.unwrap();
}

fn table() -> Arc<ToolTable> {
    let given: Map<String, Value> = [("tools".to_owned(), json!([]))].into_iter().collect();
    Arc::new(ToolTable::new(&Options::parse(&given, Path::new("/")).unwrap()))
}

fn emitter() -> Emitter {
    Emitter::new(Arc::new(Outbox::default()), "s".into(), Clock::real(), false)
}

/// The servers of a session: `of_program`, and those of `more`.
async fn setup(more: Vec<ServerConfig>) -> Setup {
    let program = Arc::new(Program::default());
    *program.tool.lock().unwrap() = "first";
    let path = std::env::var("PATH").unwrap();
    let env = [("PATH".to_owned(), path), ("ANTHROPIC_API_KEY".to_owned(), "sk-secret".to_owned())];
    let (table, processes, end) = (table(), Arc::new(ProcessTable::default()), CancellationToken::new());
    let cx = Context::new(
        (Arc::clone(&program) as Arc<dyn Host>, Arc::new(Env::new(env)), Clock::real()),
        emitter(),
        Arc::default(),
        Arc::clone(&table),
        end.clone(),
        (
            Arc::new(Workspace::new("/".into(), Vec::new())),
            Arc::clone(&processes),
            Arc::new(HttpPools::default()),
        ),
    );
    let sdk = json!({ "of program": { "type": "sdk", "name": "x", "instance": { "$handle": 1 } } });
    let mut configs = parse_servers(&sdk, "mcpServers").unwrap();
    configs.extend(more);
    let session = Servers::new(cx, configs);
    session.start();
    session.settled().await;
    Setup { program, session, table, processes, end }
}

/// An agent that asks for these servers, and the table of its tools.
async fn agent(setup: &Setup, given: Value) -> (Arc<Servers>, Arc<ToolTable>) {
    let given = AgentServers::parse(&given, &Scope::Dynamic, "agents.a.mcpServers").unwrap();
    let tools = table();
    let seat = Seat { tools: Arc::clone(&tools), rules: Arc::default(), emitter: emitter() };
    let servers = setup.session.for_agent("a", given, seat);
    servers.ready().await;
    (servers, tools)
}

#[tokio::test]
async fn a_server_of_an_agent_is_the_agents_alone_and_ends_with_it() {
    let setup = setup(Vec::new()).await;
    let (one, ones) = agent(&setup, json!(["of program", { "db": child("query") }])).await;
    let (other, others) = agent(&setup, json!([])).await;
    assert_eq!(ones.names(), ["mcp__of_program__first", "mcp__db__query"]);
    assert_eq!(others.names(), ["mcp__of_program__first"]);
    assert_eq!(setup.table.names(), ["mcp__of_program__first"]);
    assert_eq!(
        setup.session.status().as_array().unwrap().len(),
        1,
        "the session's status is of its own servers"
    );
    assert_eq!(setup.processes.len(), 1);
    one.close().await;
    assert!(ones.names().is_empty());
    // The session's server goes on for everybody else.
    assert_eq!(others.names(), ["mcp__of_program__first"]);
    assert!(setup.session.own()[0].connection().is_ok());
    gone(&setup.processes).await;
    other.close().await;
}

#[tokio::test]
async fn what_changes_in_the_session_reaches_its_agents_at_once() {
    let setup = setup(Vec::new()).await;
    let (servers, tools) = agent(&setup, json!([])).await;
    *setup.program.tool.lock().unwrap() = "second";
    setup.session.embedded_changed(1);
    // The agent's next request waits for the list, as the session's does.
    servers.listed().await;
    assert_eq!(tools.names(), ["mcp__of_program__second"]);
    setup.session.toggle("of program", false).await.unwrap();
    assert!(tools.names().is_empty());
    setup.session.toggle("of program", true).await.unwrap();
    assert_eq!(tools.names(), ["mcp__of_program__second"]);
    servers.close().await;
    setup.session.toggle("of program", false).await.unwrap();
    setup.session.toggle("of program", true).await.unwrap();
    assert!(tools.names().is_empty(), "an agent that has ended gets nothing any more");
}

#[tokio::test]
async fn an_agents_own_server_stands_in_for_one_of_the_session_with_its_names() {
    let setup = setup(Vec::new()).await;
    let (servers, tools) = agent(&setup, json!([{ "of_program": child("mine") }])).await;
    assert_eq!(tools.names(), ["mcp__of_program__mine"]);
    assert_eq!(setup.table.names(), ["mcp__of_program__first"]);
    servers.close().await;
}

#[tokio::test]
async fn the_end_of_the_session_ends_the_servers_of_its_agents() {
    for cut_off in [false, true] {
        let setup = setup(Vec::new()).await;
        let (servers, tools) = agent(&setup, json!([{ "db": child("query") }])).await;
        let held = Arc::downgrade(&servers.own()[0]);
        drop(servers);
        assert_eq!(setup.processes.len(), 1);
        if cut_off {
            setup.end.cancel();
            gone(&setup.processes).await;
        }
        setup.session.close().await;
        gone(&setup.processes).await;
        assert!(tools.names().is_empty());
        // Tools hold their server, which holds the table that holds the tools.
        drop((setup, tools));
        let freed = async {
            while held.strong_count() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), freed).await.unwrap();
    }
}

#[tokio::test]
async fn an_agent_of_an_agent_sees_the_servers_of_both() {
    let setup = setup(Vec::new()).await;
    let (outer, _) = agent(&setup, json!([{ "db": child("query") }])).await;
    let tools = table();
    let seat = Seat { tools: Arc::clone(&tools), rules: Arc::default(), emitter: emitter() };
    let inner = outer.for_agent("b", AgentServers::default(), seat);
    assert_eq!(tools.names(), ["mcp__of_program__first", "mcp__db__query"]);
    *setup.program.tool.lock().unwrap() = "second";
    setup.session.embedded_changed(1);
    inner.listed().await;
    assert_eq!(tools.names(), ["mcp__of_program__second", "mcp__db__query"]);
    outer.close().await;
}

#[tokio::test]
async fn a_name_that_no_server_has_is_told() {
    let setup = setup(Vec::new()).await;
    agent(&setup, json!(["nowhere", "of program"])).await;
    let logged = setup.program.logged.lock().unwrap();
    assert_eq!(logged.len(), 1, "{logged:?}");
    assert!(logged[0].contains("the agent \"a\": No MCP server is named \"nowhere\"; there are of program."));
}

#[tokio::test]
async fn a_plugins_server_knows_its_folders_and_no_credentials() {
    let plugin = Plugin { name: "kit".into(), root: "/plugins/kit".into(), data: "/data/kit".into() };
    let mut entry = child("t");
    entry["env"] =
        json!({ "SHOWN": "${CLAUDE_PLUGIN_ROOT} ${CLAUDE_PLUGIN_DATA} ${ANTHROPIC_API_KEY:-none}" });
    let mut servers = Vec::new();
    plugin::add(&mut servers, &Arc::new(plugin), json!({ "db": entry }).as_object().unwrap());
    let setup = setup(servers).await;
    assert_eq!(setup.table.names(), ["mcp__of_program__first", "mcp__plugin_kit_db__t"]);
    let row = &setup.session.status()[1];
    assert_eq!((&row["name"], &row["scope"]), (&json!("plugin:kit:db"), &json!("plugin")));
    assert_eq!(row["tools"][0]["description"], "/plugins/kit /data/kit none");
    setup.session.close().await;
}
