//! The tools ListMcpResourcesTool, ReadMcpResourceTool and ReadMcpResourceDirTool: offered while a server with resources is connected.

use crate::engine::mcp::servers::Servers;
use crate::engine::tool::entry::Entry;
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::{Arc, Weak};

/// The name of the tool that lists.
pub const LIST: &str = "ListMcpResourcesTool";
/// The name of the tool that reads.
pub const READ: &str = "ReadMcpResourceTool";

/// The name of the tool that lists what is below a URI.
pub const READ_DIR: &str = "ReadMcpResourceDirTool";

/// What one of the tools does.
#[derive(Clone, Copy)]
enum Kind {
    List,
    Read,
    ReadDir,
}

/// All of them.
pub fn entries(servers: &Weak<Servers>) -> Vec<Arc<Entry>> {
    let server = json!({ "type": "string", "description": "The name of an MCP server." });
    let with_uri = |what: &str| {
        json!({
            "type": "object",
            "properties": { "server": server, "uri": { "type": "string", "description": what } },
            "required": ["server", "uri"],
            "additionalProperties": false
        })
    };
    let list = json!({
        "type": "object",
        "properties": { "server": server },
        "additionalProperties": false
    });
    [
        (Kind::List, list),
        (Kind::Read, with_uri("The URI of the resource.")),
        (Kind::ReadDir, with_uri("The URI of the directory.")),
    ]
    .into_iter()
    .map(|(kind, schema)| Entry::new(Box::new(ResourceTool { kind, servers: Weak::clone(servers), schema })))
    .collect()
}

struct ResourceTool {
    kind: Kind,
    servers: Weak<Servers>,
    schema: Value,
}

impl ResourceTool {
    async fn call(&self, input: Value, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let servers = self.servers.upgrade().ok_or(ToolError::Cancelled)?;
        let text = |name: &str| input.get(name).and_then(Value::as_str);
        let wanted = (text("server").unwrap_or_default(), text("uri").unwrap_or_default());
        match self.kind {
            Kind::Read => {
                let reading = servers.resource_for_model(wanted, (&cx.env, &cx.session_id));
                return reading.await.map_err(ToolError::Respond);
            }
            Kind::ReadDir => {
                let rows = servers.below(wanted).await.map_err(ToolError::Respond)?;
                let shown = if rows.is_empty() {
                    format!("The MCP server {} lists no resources below {}.", wanted.0, wanted.1)
                } else {
                    rows.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
                };
                return Ok(ToolOutput::text(shown, json!({ "resources": rows })));
            }
            Kind::List => {}
        }
        let (rows, failures) = servers.resources(text("server")).await.map_err(ToolError::Respond)?;
        let mut shown = if rows.is_empty() && failures.is_empty() {
            "There are no resources.".to_owned()
        } else {
            rows.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
        };
        for failure in failures {
            shown.push_str(&format!("\nNot listed: {failure}"));
        }
        Ok(ToolOutput::text(shown.trim_start().to_owned(), Value::Array(rows)))
    }
}

impl Tool for ResourceTool {
    fn name(&self) -> &str {
        match self.kind {
            Kind::List => LIST,
            Kind::Read => READ,
            Kind::ReadDir => READ_DIR,
        }
    }

    fn description(&self) -> &str {
        match self.kind {
            Kind::List => include_str!("text/list_resources.md"),
            Kind::Read => include_str!("text/read_resource.md"),
            Kind::ReadDir => include_str!("text/read_directory.md"),
        }
        .trim_ascii_end()
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::None, parallel: true })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        self.call(input, cx).boxed()
    }
}
