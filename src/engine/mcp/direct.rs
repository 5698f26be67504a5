//! A tool of a connected server called by the engine itself, not by the model.

use super::servers::Servers;
use super::transport::connection::Request;
use serde_json::{Value, json};

impl Servers {
    /// The result of a tool, as the server gave it. The error says what is wrong with the server or the call.
    pub async fn call_tool(&self, server: &str, tool: &str, arguments: Value) -> Result<Value, String> {
        let found = self.all().into_iter().find(|known| known.config.key == server);
        let found = found.ok_or_else(|| format!("names the MCP server {server}, which there is not"))?;
        let connection =
            found.connection().map_err(|state| format!("needs the MCP server {server}, which is {state}"))?;
        let params = json!({ "name": tool, "arguments": arguments });
        let result = connection.request(Request { method: "tools/call", params, progress: None }).await;
        result.map_err(|failure| {
            found.lost(&failure, &connection);
            format!("was refused by the MCP server {server}: {}", failure.text())
        })
    }
}
