#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::tool::{Declared, ServerTool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::future::BoxFuture;
use serde_json::json;

struct Sample {
    name: &'static str,
    description: &'static str,
    hint: Option<&'static str>,
    schema: Value,
    pair: ServerTool,
}

impl Tool for Sample {
    fn name(&self) -> &str {
        self.name
    }
    fn description(&self) -> &str {
        self.description
    }
    fn input_schema(&self) -> &Value {
        &self.schema
    }
    fn search_hint(&self) -> Option<&str> {
        self.hint
    }
    fn server_tool(&self) -> Option<&ServerTool> {
        Some(&self.pair)
    }
    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Err(ToolError::Cancelled)
    }
    fn run<'a>(&'a self, _: Value, _: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(futures::future::ready(Err(ToolError::Cancelled)))
    }
}

fn samples() -> Vec<Sample> {
    let sample = |name, description, hint, arguments: &[&str]| {
        let properties: serde_json::Map<String, Value> =
            arguments.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
        let pair = ServerTool { server: "hub".into(), tool: "made".into() };
        Sample { name, description, hint, schema: json!({ "properties": properties }), pair }
    };
    vec![
        sample("mcp__hub__create_issue", "Opens a new ticket.", None, &["title", "body"]),
        sample("mcp__hub__list_issues", "Lists tickets.", None, &["state"]),
        sample("mcp__slack__sendMessage", "Writes to a channel.", Some("chat notify"), &["channel"]),
        sample("mcp__db__query", "Runs SQL on the database.", None, &["sql", "title"]),
    ]
}

fn found(query: &str) -> Vec<&'static str> {
    let samples = samples();
    let tools = samples.iter().map(|sample| sample as &dyn Tool);
    let places = Query::parse(query).find(tools, 3);
    places.into_iter().map(|place| samples[place].name).collect()
}

#[test]
fn words_find_tools_by_name_hint_description_and_arguments_row_309() {
    let (create, list) = ("mcp__hub__create_issue", "mcp__hub__list_issues");
    let (send, sql) = ("mcp__slack__sendMessage", "mcp__db__query");
    let table: &[(&str, &[&str])] = &[
        ("create issue", &[create, list]),
        ("issues", &[list, create]),
        ("ticket", &[create, list]),
        ("send a message", &[send]),
        ("notify", &[send]),
        ("hub", &[create, list]),
        ("database", &[sql]),
        ("title", &[create, sql]),
        ("+hub title", &[create, list]),
        ("+title +hub", &[create]),
        ("weather", &[]),
        ("", &[]),
        ("mcp__hub__list_issues", &[list, create]),
        ("select:mcp__db__query,mcp__slack__sendMessage", &[sql, send]),
        ("select:mcp__db__query, nothing", &[sql]),
        ("select:", &[]),
    ];
    for (query, names) in table {
        assert_eq!(found(query), *names, "{query}");
    }
}

#[test]
fn the_best_ones_come_first_and_no_more_than_wanted() {
    let samples = samples();
    let tools = samples.iter().map(|sample| sample as &dyn Tool);
    assert_eq!(Query::parse("title issue").find(tools, 1), [0]);
}
