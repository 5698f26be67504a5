//! What a tool is: a name, a text for the model, a schema, the access it needs, and a run.

pub mod ask;
pub mod batch;
pub mod call_hooks;
pub mod deferral;
pub mod dispatch;
pub mod entry;
mod event_hooks;
mod execute;
pub mod files;
mod git;
pub mod offer;
pub mod progress;
mod question;
mod replaced;
pub mod resolver;
mod result_limit;
pub mod review;
pub mod saved;
pub mod schema;
pub mod search;
pub mod services;
pub mod session;
pub mod shell;
pub mod table;
#[cfg(test)]
pub mod test_scene;
#[cfg(any(test, feature = "scripted"))]
pub mod test_support;
pub mod unasked;
pub mod web;

use crate::engine::io::files::Files;
use crate::engine::options::ToolConfig;
use crate::engine::permission::{PermissionMode, ReadFilter};
use crate::engine::session::live::Settings;
use crate::engine::{clock::Clock, env::Env, io::process::ProcessTable, task::Tasks, workspace::Workspace};
use futures::future::BoxFuture;
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// One tool the model may call.
///
/// Calls come in three stages: the input is checked against [`Tool::input_schema`], then [`Tool::prepare`] declares
/// what the call needs, and only after permissions have allowed that does [`Tool::run`] start.
pub trait Tool: Send + Sync + 'static {
    /// The name the model calls, e.g. `Read`.
    fn name(&self) -> &str;

    /// The input as this tool takes it from the model: earlier versions and names of the tool are understood, and what is
    /// not the model's to say is left out.
    fn adapt(&self, input: Value) -> Value {
        input
    }

    /// What the model reads about the tool: when to use it, its limits, what comes back.
    fn description(&self) -> &str;

    /// JSON Schema of the input: an object schema.
    fn input_schema(&self) -> &Value;

    /// Checks what a schema cannot say and declares the access that this input needs. Touches nothing.
    ///
    /// `input` fits the schema already. An error goes to the model inside `<tool_use_error>` and nobody is asked.
    fn prepare(&self, input: &Value, workspace: &Workspace) -> Result<Declared, ToolError>;

    /// Whether only a person can answer a call: neither a mode nor an allow rule lets it run unasked.
    fn needs_person(&self) -> bool {
        false
    }

    /// Characters of a result that the model gets whole; a longer one is saved and previewed. `None` for tools that
    /// keep their results short themselves.
    fn result_limit(&self) -> Option<usize> {
        Some(result_limit::LIMIT)
    }

    /// The server and the tool of it, for tools of MCP servers: what rules and matchers compare.
    fn server_tool(&self) -> Option<&ServerTool> {
        None
    }

    /// Whether its definition may be kept back until the model looks for it.
    fn deferrable(&self) -> bool {
        false
    }

    /// Words beside name and description that a search finds it by.
    fn search_hint(&self) -> Option<&str> {
        None
    }

    /// What has been made of its description and schema, if another tool has the same.
    fn made(&self) -> Option<&Arc<entry::Made>> {
        None
    }

    /// Where a tool of an MCP server comes from, for hooks and people.
    fn origin(&self) -> Option<&Origin> {
        None
    }

    /// The input as a person is shown it. An answer with exactly this input changes nothing.
    fn present(&self, input: &Value, _cx: &ToolContext) -> Value {
        input.clone()
    }

    /// What the model sees of an output that a hook has put in the place of this tool's own, of which it has the shape;
    /// `None`: its text, or the whole as JSON. `session` is the session's id.
    fn shown<'a>(
        &'a self,
        _output: &'a Value,
        _env: &'a Env,
        _session: &'a str,
    ) -> BoxFuture<'a, Option<ToolContent>> {
        Box::pin(std::future::ready(None))
    }

    /// The permission mode that a finished call leaves behind, given the one in force.
    fn mode_after(&self, _now: PermissionMode) -> Option<PermissionMode> {
        None
    }

    /// The keys of the flag layer of settings that a finished call changes, given its structured output.
    fn settings_after(&self, _output: &Value) -> Option<Map<String, Value>> {
        None
    }

    /// Does the work. Must end soon after `cx.cancel` is cancelled and leave nothing running.
    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>>;
}

/// A tool of an MCP server; both names are normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTool {
    /// The server's key.
    pub server: String,
    /// The tool's name.
    pub tool: String,
}

/// Where a tool of an MCP server comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Server and tool, as matchers compare them.
    pub pair: ServerTool,
    /// As hooks and `canUseTool` are told of the server.
    pub server: McpServer,
}

/// `McpServerProvenance` of the public types.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct McpServer {
    /// The server's key.
    pub name: String,
    /// `sdk` for an object of the embedder, else the scope of its configuration.
    pub source: &'static str,
}

/// What one call needs, for permissions, batching and the sandbox alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// What the call touches.
    pub access: Access,
    /// Whether it may run beside other calls that say so too.
    pub parallel: bool,
}

/// What a call touches outside the engine. Paths are absolute, as given: not resolved yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    None,
    /// Reads a file, or a directory and everything below it.
    ReadPath(PathBuf),
    /// Creates, changes or removes a file.
    WritePath(PathBuf),
    /// Runs a shell command line in the workspace's current directory.
    RunCommand(String),
    /// Sends a request to a host.
    ReachHost(String),
}

/// What a running tool may use.
#[derive(Clone)]
pub struct ToolContext {
    /// The directories of the session.
    pub workspace: Arc<Workspace>,
    /// The file system that file tools work in; what waits in it ends with the call.
    pub files: Arc<dyn Files>,
    /// The environment of the query.
    pub env: Arc<Env>,
    /// Which files the model has seen, and in what state.
    pub read_state: Arc<files::read_state::ReadState>,
    /// Where child processes are registered, so that none outlives the engine.
    pub processes: Arc<ProcessTable>,
    /// Cancelled when the call must end.
    pub cancel: CancellationToken,
    /// The engine's clock.
    pub clock: Clock,
    /// The id of the call, as the model gave it.
    pub tool_use_id: String,
    /// The session's id.
    pub session_id: Arc<str>,
    /// What the tools of the session share.
    pub services: Arc<services::Services>,
    /// The live settings as the call starts.
    pub live: Arc<Settings>,
    /// The effort of the model that called, if it has one.
    pub effort: Option<String>,
    /// The host's own words on how to plan, in plan mode.
    pub plan_instructions: Option<Arc<str>>,
    /// The background tasks of the query.
    pub tasks: Arc<Tasks>,
    /// The host's settings of single tools.
    pub tool_config: Arc<ToolConfig>,
    /// Files below an allowed directory that must not be read all the same.
    pub unreadable: Arc<ReadFilter>,
    /// The file that the call was allowed for, with links resolved; a tool must touch no other.
    pub judged: Option<PathBuf>,
}

/// What a finished call gives back.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolOutput {
    /// What the model sees.
    pub content: ToolContent,
    /// The documented output type of the tool, as `tool_use_result` and hooks carry it.
    pub structured: Value,
    /// Whether the model is told that the call failed (a command with a bad exit code, say).
    pub is_error: bool,
}

impl ToolOutput {
    /// A success whose text for the model is `text`.
    pub fn text(text: impl Into<String>, structured: Value) -> Self {
        Self { content: ToolContent::Text(text.into()), structured, is_error: false }
    }
}

/// The content of a `tool_result` block.
#[derive(Debug, Clone, PartialEq)]
pub enum ToolContent {
    /// Plain text.
    Text(String),
    /// Content blocks as the API takes them (`text`, `image`, `document`).
    Blocks(Vec<Value>),
}

/// Why a call gave no output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolError {
    /// The model is told this text as an error result and may try again.
    Respond(String),
    /// The call was cancelled; the turn is ending.
    Cancelled,
    /// A bug of ours: the model is told that the call failed through no fault of its own.
    Fatal(String),
}

impl ToolError {
    /// For what cannot happen, or only when the machine fails us.
    pub fn bug(error: impl std::fmt::Display) -> Self {
        Self::Fatal(error.to_string())
    }
}
