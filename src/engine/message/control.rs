//! What a host may ask of a running query.

use crate::engine::permission::PermissionMode;
use serde::Deserialize;

/// A control request, by the snake_case name of its method.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ControlRequest {
    /// Stop the running turn; the session goes on.
    Interrupt,
    /// Change the permission mode for all later calls (row 75).
    SetPermissionMode {
        /// The new mode.
        mode: PermissionMode,
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
    /// Where the credential comes from (row 533).
    AccountInfo,
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

impl ControlRequest {
    /// Reads a request; a method that is not built yet is an `unsupported_option` error naming it.
    pub fn parse(json: &str) -> Result<Self, crate::engine::error::EngineError> {
        use crate::engine::error::{EngineError, ErrorKind};
        let value: serde_json::Value = serde_json::from_str(json).map_err(|error| {
            EngineError::new(ErrorKind::InvalidInput, format!("control request: {error}"))
        })?;
        let name = value.get("type").and_then(|v| v.as_str()).unwrap_or("").to_owned();
        const KNOWN: [&str; 14] = [
            "apply_flag_settings",
            "update_settings",
            "interrupt",
            "set_permission_mode",
            "set_model",
            "set_max_thinking_tokens",
            "initialization_result",
            "supported_commands",
            "supported_models",
            "supported_agents",
            "mcp_server_status",
            "account_info",
            "stop_task",
            "background_tasks",
        ];
        if !KNOWN.contains(&name.as_str()) {
            return Err(EngineError::new(
                ErrorKind::UnsupportedOption,
                format!("{name}: this control method is not available in this version of native-agent-sdk"),
            ));
        }
        serde_json::from_value(value)
            .map_err(|error| EngineError::new(ErrorKind::InvalidInput, format!("{name}: {error}")))
    }
}
