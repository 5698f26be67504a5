//! What a host may ask of a running query.

use crate::engine::executor::exec::Stream;
use crate::engine::permission::PermissionMode;
use crate::engine::plain::plain;
use serde::Deserialize;

/// A control request, by the snake_case name of its method.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlRequest {
    /// Stop the running turn; the session goes on.
    Interrupt,
    /// Change the permission mode for all later calls (row 75).
    SetPermissionMode {
        /// The new mode.
        mode: PermissionMode,
    },
    /// Say what would happen to a call, and why.
    ExplainPermission {
        /// The tool.
        tool_name: String,
        /// Its input.
        input: serde_json::Value,
    },
    /// Change the model from the next request on; absent means the default (row 578).
    SetModel {
        /// Alias or id.
        #[serde(default)]
        model: Option<String>,
    },
    /// Deprecated thinking budget: a number, or `null` to return to the default (row 49).
    SetMaxThinkingTokens {
        /// Tokens; 0 disables thinking.
        #[serde(default)]
        value: Option<u64>,
        /// Whether thinking is shown.
        #[serde(default)]
        display: Option<Display>,
    },
    /// Change top-level keys of the flag layer of the settings (row 151).
    ApplyFlagSettings {
        /// The keys; `null` removes one.
        settings: serde_json::Map<String, serde_json::Value>,
    },
    /// Write a settings file.
    UpdateSettings {
        /// `localSettings` or `userSettings`.
        source: String,
        /// The keys.
        settings: serde_json::Map<String, serde_json::Value>,
    },
    /// Commands, agents, models, account and output styles (row 576).
    InitializationResult,
    /// Slash commands.
    SupportedCommands,
    /// Models with their capabilities.
    SupportedModels,
    /// Subagents.
    SupportedAgents,
    /// MCP servers and their state.
    McpServerStatus,
    /// Connect an MCP server anew (row 335).
    #[serde(rename_all = "camelCase")]
    ReconnectMcpServer {
        /// Its key.
        server_name: String,
    },
    /// Switch an MCP server off or on.
    #[serde(rename_all = "camelCase")]
    ToggleMcpServer {
        /// Its key.
        server_name: String,
        /// On or off.
        enabled: bool,
    },
    /// Replace MCP servers.
    SetMcpServers {
        /// As `mcpServers` of the options.
        servers: serde_json::Value,
    },
    /// From our own JavaScript: an embedded MCP server reports progress of a call.
    McpProgress {
        /// The number of the call.
        number: u64,
        /// As the server sent them.
        #[serde(default)]
        params: serde_json::Value,
    },
    /// From our own JavaScript: an embedded MCP server asks for something.
    McpRequest {
        /// Which object.
        handle: u64,
        /// The method.
        method: String,
        /// Its parameters.
        #[serde(default)]
        params: serde_json::Value,
    },
    /// From our own JavaScript: a command that `options.executors.exec` runs has printed something.
    ExecutorOutput {
        /// The number of the command's output.
        number: u64,
        /// Which output.
        stream: Stream,
        /// A text, or `{"base64": text}`.
        data: serde_json::Value,
    },
    /// From our own JavaScript: the tools of an embedded MCP server have changed.
    McpChanged {
        /// Which object.
        handle: u64,
    },
    /// From our own JavaScript: an embedded MCP server has been closed.
    McpClosed {
        /// Which object.
        handle: u64,
    },
    /// Read a resource of an MCP server.
    ReadMcpResource {
        /// The server's key.
        server: String,
        /// The resource.
        uri: String,
    },
    /// A mode of its own for the tools of one MCP server; `null` takes it back.
    SetMcpPermissionModeOverride {
        /// The server's key.
        server: String,
        /// `default` or `auto`.
        #[serde(default)]
        mode: Option<ModeOverride>,
    },
    /// Where the credential comes from (row 533).
    AccountInfo,
    /// A file as the agent sees it.
    #[serde(rename_all = "camelCase")]
    ReadFile {
        /// Absolute, or relative to the working directory.
        path: String,
        /// What is returned at most.
        #[serde(default)]
        max_bytes: Option<usize>,
        /// How it travels.
        #[serde(default)]
        encoding: Encoding,
    },
    /// Count a file as read (row 266).
    SeedReadState {
        /// Absolute, or relative to the working directory.
        path: String,
        /// Milliseconds since 1970.
        mtime: f64,
    },
    /// What the context is filled with.
    GetContextUsage {
        /// With the lists.
        #[serde(default)]
        detail: bool,
    },
    /// The initialization result again.
    Reinitialize,
    /// Read plugins again.
    #[serde(rename_all = "camelCase")]
    ReloadPlugins {
        /// Plugins to add.
        #[serde(default)]
        add_plugins: Vec<serde_json::Value>,
        /// Change nothing if that would spoil the cached prompt.
        #[serde(default)]
        hold_on_cache_impact: bool,
        /// Refuse while a turn runs.
        #[serde(default)]
        refuse_if_busy: bool,
    },
    /// Look for skills again.
    ReloadSkills,
    /// Look for output styles again.
    ReloadOutputStyles,
    /// Stop a background task (row 580). An id that is not known, or no longer, is no error.
    StopTask {
        /// The task.
        #[serde(rename = "taskId")]
        task_id: String,
    },
    /// Move running calls to the background.
    BackgroundTasks {
        /// Only this call.
        #[serde(default, rename = "toolUseId")]
        tool_use_id: Option<String>,
    },
}

/// How thinking is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Display {
    /// As a summary.
    Summarized,
    /// Empty.
    Omitted,
}

impl Display {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Summarized => "summarized",
            Self::Omitted => "omitted",
        }
    }
}

/// A mode that one server may have for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModeOverride {
    /// Ask.
    Default,
    /// Let the reviewer answer.
    Auto,
}

/// How the content of a file travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Encoding {
    /// As text; bytes that are no UTF-8 are replaced, and that is said.
    #[default]
    #[serde(rename = "utf-8", alias = "utf8")]
    Utf8,
    /// As base64.
    #[serde(rename = "base64")]
    Base64,
}

impl ControlRequest {
    /// Reads a request; a method that is not built yet is an `unsupported_option` error naming it.
    pub fn parse(json: &str) -> Result<Self, crate::engine::error::EngineError> {
        use crate::engine::error::{EngineError, ErrorKind};
        let value: serde_json::Value = serde_json::from_str(json).map_err(|error| {
            EngineError::new(ErrorKind::InvalidInput, format!("control request: {error}"))
        })?;
        let name = value.get("type").and_then(|v| v.as_str()).unwrap_or("").to_owned();
        const KNOWN: &[&str] = &[
            "apply_flag_settings",
            "update_settings",
            "explain_permission",
            "interrupt",
            "set_permission_mode",
            "set_model",
            "set_max_thinking_tokens",
            "initialization_result",
            "supported_commands",
            "supported_models",
            "supported_agents",
            "mcp_server_status",
            "reconnect_mcp_server",
            "toggle_mcp_server",
            "set_mcp_servers",
            "mcp_progress",
            "mcp_changed",
            "mcp_closed",
            "mcp_request",
            "executor_output",
            "read_mcp_resource",
            "set_mcp_permission_mode_override",
            "account_info",
            "read_file",
            "seed_read_state",
            "get_context_usage",
            "reinitialize",
            "reload_plugins",
            "reload_skills",
            "reload_output_styles",
            "stop_task",
            "background_tasks",
        ];
        if !KNOWN.contains(&name.as_str()) {
            return Err(EngineError::new(
                ErrorKind::UnsupportedOption,
                format!("{}() is not available in this version of native-agent-sdk", method(&name)),
            ));
        }
        serde_json::from_value(value).map_err(|error| {
            let text = format!("{}(): {}", method(&name), plain(&error));
            EngineError::new(ErrorKind::InvalidInput, text)
        })
    }
}

/// The method of a query that sends the request `name`: `setModel` for `set_model`.
fn method(name: &str) -> String {
    let mut method = String::with_capacity(name.len());
    for (at, word) in name.split('_').enumerate() {
        let mut chars = word.chars();
        match chars.next() {
            Some(first) if at > 0 => method.extend(first.to_uppercase()),
            Some(first) => method.push(first),
            None => {}
        }
        method.push_str(chars.as_str());
    }
    method
}
