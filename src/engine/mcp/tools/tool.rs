//! One tool of a server as the rest of the engine sees it.

use super::background::{self, Running};
use super::listed::{Facts, Known};
use super::output::{self, Limits};
use crate::engine::env::Env;
use crate::engine::mcp::config::{Policy, ServerConfig, Transport};
use crate::engine::mcp::name;
use crate::engine::mcp::server::Server;
use crate::engine::mcp::transport::connection::{Connection, Failure, Request};
use crate::engine::tool::entry::Made;
use crate::engine::tool::{
    Access, Declared, McpServer, Origin, ServerTool, Tool, ToolContent, ToolContext, ToolError, ToolOutput,
};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Characters of a description, or of a server's instructions, that the model sees (row 327).
pub const DESCRIPTION: usize = 2048;

/// What became of a request.
enum Answer {
    /// It was answered.
    Now(Result<Value, Failure>),
    /// It goes on without us; the model is told this.
    Later(ToolOutput),
}

/// A tool of a connected server.
pub struct McpTool {
    name: String,
    origin: Origin,
    /// The name that the server knows.
    remote: String,
    facts: Arc<Facts>,
    needs_person: bool,
    server: Arc<Server>,
}

impl McpTool {
    /// A tool that `server` lists; an error says why the model cannot be offered it.
    pub fn new(known: &Known, server: &Arc<Server>, env: &Env) -> Result<Self, String> {
        let facts = known.facts.as_ref().map(Arc::clone).map_err(Clone::clone)?;
        let (config, remote) = (&server.config, known.remote.clone());
        let pair = ServerTool { server: name::normalise(&config.key), tool: name::normalise(&remote) };
        let name = visible_name(config, &pair, env);
        let source =
            if matches!(config.transport, Transport::Embedded(_)) { "sdk" } else { config.scope.as_str() };
        let asks = facts.flag("anthropic/requiresUserInteraction");
        let policy = config.policies.iter().find(|(tool, _)| *tool == remote).map(|(_, policy)| *policy);
        Ok(Self {
            name,
            origin: Origin { pair, server: McpServer { name: config.key.clone(), source } },
            remote,
            facts,
            needs_person: asks || policy == Some(Policy::Ask),
            server: Arc::clone(server),
        })
    }

    /// The wall limit of one call: of the server, else of the environment, else none.
    fn limit(&self, env: &Env) -> Option<Duration> {
        let by_env = || env.number("MCP_TOOL_TIMEOUT").filter(|ms| *ms > 0).map(Duration::from_millis);
        self.server.config.timeout.or_else(|| self.server.own_timeout()).or_else(by_env)
    }

    fn connection(&self) -> Result<Arc<dyn Connection>, ToolError> {
        let key = &self.server.config.key;
        let missing = |state| ToolError::Respond(format!("The MCP server {key} is {state}."));
        self.server.connection().map_err(missing)
    }

    /// One request, within the limit; one that takes very long may go on in the background.
    async fn request(
        &self,
        connection: &Arc<dyn Connection>,
        input: Value,
        cx: &ToolContext,
    ) -> Result<Answer, ToolError> {
        let params = json!({
            "name": self.remote,
            "arguments": input,
            "_meta": { "claudecode/toolUseId": cx.tool_use_id },
        });
        let progress = self.server.progress_of(&cx.tool_use_id, &self.name);
        let request = Request { method: "tools/call", params, progress: Some(progress) };
        let (connection, clock, limit) = (Arc::clone(connection), cx.clock.clone(), self.limit(&cx.env));
        let (name, key) = (self.name.clone(), self.server.config.key.clone());
        let mut running: Running = async move {
            let Some(limit) = limit else { return Ok(connection.request(request).await) };
            tokio::select! {
                result = connection.request(request) => Ok(result),
                () = clock.sleep(limit) => Err(format!(
                    "{name} was cancelled: it took longer than {} s, the limit for calls of the MCP server {key}.",
                    limit.as_secs_f64()
                )),
            }
        }
        .boxed();
        let answered = match background::moves_after(&cx.env) {
            None => running.await,
            Some(after) => tokio::select! {
                answered = &mut running => answered,
                () = cx.clock.sleep(after) => match background::place(cx).await {
                    Some(place) => return Ok(Answer::Later(background::go_on(running, &self.name, place, cx))),
                    // Without a file for what comes of it, the call is better waited for.
                    None => running.await,
                },
            },
        };
        answered.map(Answer::Now).map_err(ToolError::Respond)
    }

    async fn call(&self, input: Value, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let key = &self.server.config.key;
        let mut connection = self.connection()?;
        let again = self.server.config.has_headers_helper().then(|| input.clone());
        let mut result = match self.request(&connection, input, cx).await? {
            Answer::Now(result) => result,
            Answer::Later(output) => return Ok(output),
        };
        // Its headers may have run out: the command that prints them is asked once more (row 337).
        if let (Err(Failure::NeedsAuth(_)), Some(input)) = (&result, again) {
            self.server.connected_anew(&connection).await.map_err(ToolError::Respond)?;
            connection = self.connection()?;
            result = match self.request(&connection, input, cx).await? {
                Answer::Now(result) => result,
                Answer::Later(output) => return Ok(output),
            };
        }
        let result = result.map_err(|failure| {
            self.server.lost(&failure, &connection);
            let text = failure.text();
            ToolError::Respond(match failure {
                Failure::Refused(_) => text.to_owned(),
                Failure::Gone(_) | Failure::NeedsAuth(_) => format!("The MCP server {key} failed: {text}"),
            })
        })?;
        let limits = Limits::new(&cx.env, &self.facts.meta, &cx.session_id);
        let finished = output::finish(&self.name, &result, &limits).await.map_err(|why| {
            ToolError::Respond(format!("The MCP server {key} returned what is no tool result: {why}."))
        })?;
        if let Some(warning) = finished.warning {
            self.server.warn(warning);
        }
        Ok(finished.output)
    }
}

/// The name that the model sees: with the server's, unless the environment says that embedded servers go without.
fn visible_name(config: &ServerConfig, pair: &ServerTool, env: &Env) -> String {
    let embedded = matches!(config.transport, Transport::Embedded(_));
    if embedded && env.flag("CLAUDE_AGENT_SDK_MCP_NO_PREFIX") {
        return name::shortened(pair.tool.clone());
    }
    name::full(&pair.server, &pair.tool)
}

/// At most `most` characters.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

impl Tool for McpTool {
    fn name(&self) -> &str {
        &self.name
    }

    fn description(&self) -> &str {
        &self.facts.description
    }

    fn input_schema(&self) -> &Value {
        &self.facts.schema
    }

    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::None, parallel: self.facts.read_only })
    }

    fn needs_person(&self) -> bool {
        self.needs_person
    }

    fn shown<'a>(
        &'a self,
        output: &'a Value,
        env: &'a Env,
        session: &'a str,
    ) -> BoxFuture<'a, Option<ToolContent>> {
        async move {
            let limits = Limits::new(env, &self.facts.meta, session);
            let finished = output::finish(&self.name, &output::as_result(output), &limits).await;
            finished.ok().map(|finished| finished.output.content)
        }
        .boxed()
    }

    fn server_tool(&self) -> Option<&ServerTool> {
        Some(&self.origin.pair)
    }

    fn deferrable(&self) -> bool {
        !(self.facts.flag("anthropic/alwaysLoad") || self.server.always_load())
    }

    fn search_hint(&self) -> Option<&str> {
        self.facts.meta.get("anthropic/searchHint").and_then(Value::as_str)
    }

    fn made(&self) -> Option<&Arc<Made>> {
        Some(&self.facts.made)
    }

    fn origin(&self) -> Option<&Origin> {
        Some(&self.origin)
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        self.call(input, cx).boxed()
    }
}
