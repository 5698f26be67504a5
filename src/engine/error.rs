//! What can make a call of the engine fail for its caller: a stable kind and a text that says what to do.

use serde_json::Value;

/// Stable codes; `index.d.ts` lists them as `ErrorCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// A documented option or method whose part is not built yet, with a value other than its default.
    UnsupportedOption,
    /// A name that is no option.
    UnknownOption,
    /// A known option with a value of the wrong type or outside its range.
    InvalidOption,
    /// The working directory does not exist, is no directory or cannot be entered.
    CwdUnavailable,
    /// No API credential in the environment.
    MissingCredentials,
    /// A credential that cannot be sent (for example one with a line break).
    InvalidCredentials,
    /// `bypassPermissions` without `allowDangerouslySkipPermissions`.
    BypassNotAllowed,
    /// `bypassPermissions` as root outside a sandbox.
    BypassRoot,
    /// A permission rule that cannot be parsed.
    InvalidRule,
    /// The query was aborted.
    Aborted,
    /// A settings file that cannot be used.
    ConfigFileInvalid,
    /// A call on a query that has ended.
    QueryClosed,
    /// A message that is not a valid user message.
    InvalidInput,
    /// A request that cannot be met while a turn runs, and was to be refused then.
    Busy,
    /// An MCP server that was to be connected could not be.
    McpServerFailed,
    /// A bug of ours.
    InternalError,
}

impl ErrorKind {
    /// The code as the embedder sees it.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnsupportedOption => "unsupported_option",
            Self::UnknownOption => "unknown_option",
            Self::InvalidOption => "invalid_option",
            Self::CwdUnavailable => "cwd_unavailable",
            Self::MissingCredentials => "missing_credentials",
            Self::InvalidCredentials => "invalid_credentials",
            Self::BypassNotAllowed => "bypass_not_allowed",
            Self::BypassRoot => "bypass_root",
            Self::InvalidRule => "invalid_rule",
            Self::Aborted => "aborted",
            Self::ConfigFileInvalid => "config_file_invalid",
            Self::QueryClosed => "query_closed",
            Self::InvalidInput => "invalid_input",
            Self::Busy => "busy",
            Self::McpServerFailed => "mcp_server_failed",
            Self::InternalError => "internal_error",
        }
    }
}

/// An error for the caller of the engine. Messages are not contract; kinds are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    /// What went wrong, as a stable kind.
    pub kind: ErrorKind,
    /// What was wrong and what to do about it.
    pub message: String,
}

impl EngineError {
    /// An error of `kind` with a text for people.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// What kind of JSON `value` is, in words: for errors that must not show it.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
