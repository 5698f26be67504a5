//! The tool WaitForMcpServers: waits for servers of files, which connect while the session already runs (row 346).

use crate::engine::cancel::OrCancel;
use crate::engine::mcp::server::State;
use crate::engine::mcp::servers::Servers;
use crate::engine::tool::entry::Entry;
use crate::engine::tool::table::WAIT;
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::{Arc, Weak};

/// The tool.
pub fn entry(servers: &Weak<Servers>) -> Arc<Entry> {
    let schema = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    Entry::new(Box::new(WaitForServers { servers: Weak::clone(servers), schema }))
}

struct WaitForServers {
    servers: Weak<Servers>,
    schema: Value,
}

impl WaitForServers {
    async fn wait(&self, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let servers = self.servers.upgrade().ok_or(ToolError::Cancelled)?;
        if servers.settled().or_cancel(&cx.cancel).await.is_err() {
            return Err(ToolError::Cancelled);
        }
        let lines: Vec<String> = servers
            .all()
            .iter()
            .map(|server| {
                let key = &server.config.key;
                match server.state() {
                    State::Connected(connected) => {
                        format!("{key}: connected, {} tools", connected.entries.len())
                    }
                    State::Failed(why) => format!("{key}: failed: {why}"),
                    State::NeedsAuth(_) => format!("{key}: not connected, it needs authorisation"),
                    other @ (State::Pending | State::Reconnecting(_) | State::Disabled) => {
                        format!("{key}: {}", other.word())
                    }
                }
            })
            .collect();
        Ok(ToolOutput::text(lines.join("\n"), json!({ "mcp_servers": servers.brief() })))
    }
}

impl Tool for WaitForServers {
    fn name(&self) -> &str {
        WAIT
    }

    fn description(&self) -> &str {
        include_str!("text/wait.md").trim_ascii_end()
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::None, parallel: true })
    }

    fn run<'a>(&'a self, _: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        self.wait(cx).boxed()
    }
}
