//! Resources of servers: listed, and read with bytes in files.

use super::name;
use super::server::{Server, State};
use super::servers::Servers;
use super::tools::content;
use super::tools::output::{self, Limits};
use super::transport::connection::{Connection, Failure, List, Request};
use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::tool::ToolOutput;
use serde_json::{Map, Value, json};
use std::sync::Arc;

impl Servers {
    /// Whether a connected server has resources.
    pub(super) fn have_resources(&self) -> bool {
        self.all().iter().any(|server| match server.state() {
            State::Connected(connected) | State::Reconnecting(connected) => {
                connected.connection.hello().has(List::Resources)
            }
            State::Pending | State::Failed(_) | State::NeedsAuth(_) | State::Disabled => false,
        })
    }

    /// The server of that name, as given or as it stands in the names of tools.
    pub(super) fn named(&self, wanted: &str) -> Option<Arc<Server>> {
        let all = self.all();
        let exact = all.iter().find(|server| server.config.key == wanted);
        exact
            .or_else(|| all.iter().find(|server| name::normalise(&server.config.key) == wanted))
            .map(Arc::clone)
    }

    /// The server that resources are wanted of; the error is for the model.
    fn with_resources(&self, wanted: &str) -> Result<(Arc<Server>, Arc<dyn Connection>), String> {
        let Some(server) = self.named(wanted) else {
            let all = self.all();
            let names: Vec<&str> = all.iter().map(|server| server.config.key.as_str()).collect();
            let known = match names.as_slice() {
                [] => "There are none".to_owned(),
                names => format!("There are: {}", names.join(", ")),
            };
            return Err(format!("No MCP server is named {wanted:?}. {known}."));
        };
        let key = &server.config.key;
        let connection = server.connection().map_err(|state| format!("The MCP server {key} is {state}."))?;
        if !connection.hello().has(List::Resources) {
            return Err(format!("The MCP server {key} has no resources."));
        }
        Ok((server, connection))
    }

    /// The resources of one server, or of all connected ones, and why those of a server are missing.
    pub(super) async fn resources(&self, wanted: Option<&str>) -> Result<(Vec<Value>, Vec<String>), String> {
        let asked = match wanted {
            Some(wanted) => vec![self.with_resources(wanted)?],
            None => {
                let with_connection =
                    |server: &Arc<Server>| Some((Arc::clone(server), server.connection().ok()?));
                let connected = self.all();
                let connected = connected.iter().filter_map(with_connection);
                connected.filter(|(_, connection)| connection.hello().has(List::Resources)).collect()
            }
        };
        let lists = asked.iter().map(|(_, connection)| connection.list(List::Resources));
        let lists = futures::future::join_all(lists).await;
        let (mut rows, mut failures) = (Vec::new(), Vec::new());
        for ((server, connection), list) in asked.iter().zip(lists) {
            match list {
                Ok(list) => rows.extend(list.iter().map(|described| row(described, &server.config.key))),
                Err(failure) => {
                    server.lost(&failure, connection);
                    failures.push(format!("{}: {}", server.config.key, failure.text()));
                }
            }
        }
        Ok((rows, failures))
    }

    /// The resources of a server whose URIs are below one, as rows of `ReadMcpResourceDirOutput`.
    pub(super) async fn below(&self, (wanted, uri): (&str, &str)) -> Result<Vec<Value>, String> {
        let (server, connection) = self.with_resources(wanted)?;
        let listed = connection.list(List::Resources).await.map_err(|failure| {
            server.lost(&failure, &connection);
            format!("The MCP server {} failed: {}", server.config.key, failure.text())
        })?;
        let folder = if uri.ends_with('/') { uri.to_owned() } else { format!("{uri}/") };
        let is_below = |described: &&Value| {
            described
                .get("uri")
                .and_then(Value::as_str)
                .is_some_and(|uri| uri.len() > folder.len() && uri.starts_with(&folder))
        };
        let fields = ["uri", "name", "mimeType"];
        Ok(listed
            .iter()
            .filter(is_below)
            .map(|described| fields_of(described, &fields))
            .map(Value::Object)
            .collect())
    }

    /// The contents of a resource, as the server gives them. The error is for people and for the model.
    pub(super) async fn contents(&self, wanted: &str, uri: &str) -> Result<Vec<Value>, String> {
        let (server, connection) = self.with_resources(wanted)?;
        let request = Request { method: "resources/read", params: json!({ "uri": uri }), progress: None };
        let mut result = connection.request(request).await.map_err(|failure| {
            server.lost(&failure, &connection);
            let key = &server.config.key;
            match &failure {
                Failure::Refused(text) => format!("The MCP server {key} gives no resource {uri}: {text}"),
                Failure::Gone(text) | Failure::NeedsAuth(text) => {
                    format!("The MCP server {key} failed: {text}")
                }
            }
        })?;
        match result.get_mut("contents").map(Value::take) {
            Some(Value::Array(contents)) => Ok(contents),
            _ => Err(format!("The MCP server {} answered with what is no resource.", server.config.key)),
        }
    }

    /// `readMcpResource()`.
    pub async fn read_resource(&self, server: &str, uri: &str) -> Result<Value, EngineError> {
        let refused = |text| EngineError::new(ErrorKind::McpServerFailed, text);
        Ok(json!({ "contents": self.contents(server, uri).await.map_err(refused)? }))
    }

    /// A resource for the model.
    pub(super) async fn resource_for_model(
        &self,
        (server, uri): (&str, &str),
        (env, session): (&Env, &str),
    ) -> Result<ToolOutput, String> {
        let contents = self.contents(server, uri).await?;
        let limits = Limits::new(env, &Value::Null, session);
        let (mut shown, mut structured) = (Vec::new(), Vec::new());
        for content in &contents {
            let (text, row) = readable(content, &limits).await;
            shown.push(json!({ "type": "text", "text": text }));
            structured.push(row);
        }
        let finished = output::finish("ReadMcpResourceTool", &json!({ "content": shown }), &limits).await?;
        if let (Some(warning), Some(server)) = (finished.warning, self.named(server)) {
            server.warn(warning);
        }
        Ok(ToolOutput { structured: json!({ "contents": structured }), ..finished.output })
    }
}

/// A row of `ListMcpResourcesOutput`.
fn row(described: &Value, server: &str) -> Value {
    let mut row = fields_of(described, &["uri", "name", "mimeType", "description"]);
    row.insert("server".to_owned(), server.into());
    Value::Object(row)
}

fn fields_of(described: &Value, names: &[&str]) -> Map<String, Value> {
    let text = |name: &&str| {
        let value = described.get(*name).filter(|value| value.is_string())?;
        Some(((*name).to_owned(), value.clone()))
    };
    names.iter().filter_map(text).collect()
}

/// One content as text, and as a row of `ReadMcpResourceOutput`: bytes go to a file.
async fn readable(content: &Value, limits: &Limits) -> (String, Value) {
    let field = |name: &str| content.get(name).and_then(Value::as_str);
    let uri = field("uri").unwrap_or_default();
    let mut row = json!({ "uri": uri });
    let media_type = field("mimeType").unwrap_or_default();
    if !media_type.is_empty() {
        row["mimeType"] = media_type.into();
    }
    if let Some(text) = field("text") {
        row["text"] = text.into();
        return (format!("[Resource from {uri}]\n{text}"), row);
    }
    let Some(blob) = field("blob") else { return (format!("[Resource {uri} without content]"), row) };
    let Some(bytes) = content::decoded(blob) else {
        return (format!("[Resource {uri} whose data is not base64]"), row);
    };
    let what = if media_type.is_empty() {
        format!("Resource {uri}")
    } else {
        format!("Resource {uri} ({media_type})")
    };
    let (text, path) = limits.saved(&what, &content::extension(media_type), bytes).await;
    if let Some(path) = path {
        row["blobSavedTo"] = path.to_string_lossy().into_owned().into();
    }
    (text, row)
}
