//! The tools ListMcpResourcesTool and ReadMcpResourceTool: offered while a server with resources is connected.

use super::servers::Servers;
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

/// Both tools.
pub fn entries(servers: &Weak<Servers>) -> Vec<Arc<Entry>> {
    let server = json!({ "type": "string", "description": "The name of an MCP server." });
    let list = ResourceTool {
        reads: false,
        servers: Weak::clone(servers),
        schema: json!({
            "type": "object",
            "properties": { "server": server },
            "additionalProperties": false
        }),
    };
    let read = ResourceTool {
        reads: true,
        servers: Weak::clone(servers),
        schema: json!({
            "type": "object",
            "properties": { "server": server, "uri": { "type": "string", "description": "The URI of the resource." } },
            "required": ["server", "uri"],
            "additionalProperties": false
        }),
    };
    [list, read].into_iter().map(|tool| Entry::new(Box::new(tool))).collect()
}

struct ResourceTool {
    reads: bool,
    servers: Weak<Servers>,
    schema: Value,
}

impl ResourceTool {
    async fn call(&self, input: Value, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let servers = self.servers.upgrade().ok_or(ToolError::Cancelled)?;
        let text = |name: &str| input.get(name).and_then(Value::as_str);
        if self.reads {
            let wanted = (text("server").unwrap_or_default(), text("uri").unwrap_or_default());
            return servers
                .resource_for_model(wanted, (&cx.env, &cx.session_id))
                .await
                .map_err(ToolError::Respond);
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
        if self.reads { READ } else { LIST }
    }

    fn description(&self) -> &str {
        if self.reads {
            include_str!("text/read_resource.md").trim_ascii_end()
        } else {
            include_str!("text/list_resources.md").trim_ascii_end()
        }
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
