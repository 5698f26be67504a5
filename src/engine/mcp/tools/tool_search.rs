//! The tool ToolSearch: finds tools whose definitions were kept back, so that they can be called.

use super::rank::Query;
use crate::engine::cancel::OrCancel;
use crate::engine::mcp::server::State;
use crate::engine::mcp::servers::Servers;
use crate::engine::tool::deferral::Mode;
use crate::engine::tool::entry::Entry;
use crate::engine::tool::table::SEARCH;
use crate::engine::tool::{Access, Declared, Tool, ToolContent, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::{Arc, Weak};

/// Tools that a search finds unless it asks for another number (row 343).
const USUAL: u64 = 5;
/// Tools that it finds at most.
const MOST: u64 = 50;

/// The tool.
pub fn entry(servers: &Weak<Servers>) -> Arc<Entry> {
    let schema = json!({
        "type": "object",
        "properties": {
            "query": {
                "type": "string",
                "description": "Words for what you want to do; `+word` must be found. Or `select:name,name` with exact names."
            },
            "max_results": {
                "type": "number",
                "minimum": 1,
                "description": "How many tools to find at most. Default 5."
            }
        },
        "required": ["query"],
        "additionalProperties": false
    });
    Entry::new(Box::new(ToolSearch { servers: Weak::clone(servers), schema }))
}

struct ToolSearch {
    servers: Weak<Servers>,
    schema: Value,
}

impl ToolSearch {
    async fn search(&self, input: Value, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let servers = self.servers.upgrade().ok_or(ToolError::Cancelled)?;
        let query = input.get("query").and_then(Value::as_str).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let most = input
            .get("max_results")
            .and_then(Value::as_f64)
            .map_or(USUAL, |most| most.clamp(1.0, MOST as f64) as u64);
        // What is still connecting may have the tool (row 346).
        if servers.settled().or_cancel(&cx.cancel).await.is_err() {
            return Err(ToolError::Cancelled);
        }
        let tools = &servers.context().tools;
        let catalogue = tools.catalogue();
        let places = Query::parse(query)
            .find(catalogue.iter().map(|entry| &*entry.tool), usize::try_from(most).unwrap_or(usize::MAX));
        let found: Vec<&Arc<Entry>> = places.iter().filter_map(|place| catalogue.get(*place)).collect();
        let names: Vec<&str> = found.iter().map(|entry| entry.tool.name()).collect();
        let structured = json!({ "matches": names, "query": query, "total_deferred_tools": catalogue.len() });
        if found.is_empty() {
            return Ok(ToolOutput::text(nothing(query, &servers), structured));
        }
        tools.found(&found);
        let content = match tools.mode() {
            Mode::References => {
                let reference = |name: &&str| json!({ "type": "tool_reference", "tool_name": name });
                ToolContent::Blocks(names.iter().map(reference).collect())
            }
            Mode::Off | Mode::Own => {
                let line = |entry: &&Arc<Entry>| {
                    let first = entry.tool.description().lines().next().unwrap_or_default();
                    format!("{}: {}", entry.tool.name(), super::tool::cut(first, 200))
                };
                let lines: Vec<String> = found.iter().map(line).collect();
                ToolContent::Text(format!("These tools can be called now:\n{}", lines.join("\n")))
            }
        };
        Ok(ToolOutput { content, structured, is_error: false })
    }
}

/// What the model is told if there is no such tool.
fn nothing(query: &str, servers: &Servers) -> String {
    let mut text = format!("No tool fits {query:?}. Try other words.");
    for server in servers.all() {
        let key = &server.config.key;
        match server.state() {
            State::Failed(why) => {
                text.push_str(&format!("\nThe MCP server {key} could not be connected: {why}"))
            }
            State::NeedsAuth(_) => {
                text.push_str(&format!("\nThe MCP server {key} is not connected: it needs authorisation."));
            }
            State::Pending | State::Connected(_) | State::Reconnecting(_) | State::Disabled => {}
        }
    }
    text
}

impl Tool for ToolSearch {
    fn name(&self) -> &str {
        SEARCH
    }

    fn description(&self) -> &str {
        include_str!("text/tool_search.md").trim_ascii_end()
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::None, parallel: true })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        self.search(input, cx).boxed()
    }
}
