//! Every message of the stream except the result; `index.d.ts` calls their union `SDKMessage`.
//!
//! The types hold what differs between messages. What all share (`uuid`, `session_id`) is stamped by the emitter.

use crate::engine::message::input::Extras;
use crate::engine::message::result::ResultMessage;
use crate::engine::message::task::{
    BackgroundTasksChangedMessage, TaskNotificationMessage, TaskProgressMessage, TaskStartedMessage,
    TaskUpdatedMessage, ToolProgressMessage,
};
use crate::engine::permission::PermissionMode;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// One message to the consumer, without its stamp.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SdkMessage {
    /// One finished content block of a reply (row 15).
    Assistant(Box<AssistantMessage>),
    /// A tool result or another synthetic user message.
    User(UserMessage),
    /// The echo of a message that the host pushed; only with `extraArgs` `replay-user-messages` (row 548).
    #[serde(rename = "user")]
    Replay(ReplayMessage),
    /// A raw event of the API; only with `includePartialMessages` (row 33).
    StreamEvent(StreamEventMessage),
    /// Everything of type `system`.
    System(SystemMessage),
    /// The end of a turn; exactly one a turn (row 9).
    Result(Box<ResultMessage>),
    /// A call is still running.
    ToolProgress(ToolProgressMessage),
}

/// Messages of type `system`, by subtype.
#[derive(Debug, Serialize)]
#[serde(tag = "subtype", rename_all = "snake_case")]
pub enum SystemMessage {
    /// The start of a turn (row 12).
    Init(Box<InitMessage>),
    /// What the engine is doing right now, or a change of the permission mode (row 38).
    Status(StatusMessage),
    /// A failed request is about to be sent again (row 517).
    ApiRetry(ApiRetryMessage),
    /// A call was refused without asking the host (row 84).
    PermissionDenied(PermissionDeniedMessage),
    /// A text for people; the model does not see it.
    Informational(InformationalMessage),
    /// A background task has begun (row 232).
    TaskStarted(TaskStartedMessage),
    /// A background task still runs.
    TaskProgress(TaskProgressMessage),
    /// The state of a background task has changed.
    TaskUpdated(TaskUpdatedMessage),
    /// A background task has ended (rows 232 and 580).
    TaskNotification(TaskNotificationMessage),
    /// The list of running background tasks has changed.
    BackgroundTasksChanged(BackgroundTasksChangedMessage),
    /// The session works, waits for its host, or is idle; only if the environment asks for it (row 39).
    SessionStateChanged(SessionStateChangedMessage),
    /// A hook starts; only with `includeHookEvents` (row 565).
    HookStarted(HookMessage),
    /// A hook has ended; only with `includeHookEvents`.
    HookResponse(HookResponseMessage),
    /// What a hook has printed so far.
    HookProgress(HookProgressMessage),
    /// The user has done what an MCP server asked for at a URL (row 332).
    ElicitationComplete(ElicitationCompleteMessage),
}

/// `system/elicitation_complete`.
#[derive(Debug, Serialize)]
pub struct ElicitationCompleteMessage {
    /// The server's key.
    pub mcp_server_name: String,
    /// The server's number of the question.
    pub elicitation_id: String,
}

/// `assistant`.
#[derive(Debug, Serialize)]
pub struct AssistantMessage {
    /// The API message, with one block in `content`.
    pub message: ApiMessage,
    /// The Agent call this belongs to; `null` on the main thread (row 18).
    pub parent_tool_use_id: Option<String>,
    /// Set when the "reply" tells of an API failure (row 16).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// The `request-id` header of the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// `true` when the reply was cut off by an interrupt.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub aborted: bool,
    /// ISO 8601.
    pub timestamp: String,
}

/// The API's message object around one block.
#[derive(Debug, Serialize)]
pub struct ApiMessage {
    /// Shared by all blocks of one reply.
    pub id: String,
    /// Always `message`.
    pub r#type: &'static str,
    /// Always `assistant`.
    pub role: &'static str,
    /// The model that answered; `<synthetic>` for texts of the engine.
    pub model: String,
    /// One block, as the API sent it.
    pub content: Vec<Box<RawValue>>,
    /// Of the whole reply.
    pub stop_reason: Option<String>,
    /// Of the whole reply.
    pub stop_sequence: Option<String>,
    /// Of the whole reply: count it once per `id` (row 478).
    pub usage: Value,
    /// Fields of the reply that this engine does not know.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, Value>,
}

/// `user`.
#[derive(Debug, Serialize)]
pub struct UserMessage {
    /// The API message.
    pub message: UserContent,
    /// The Agent call this belongs to; `null` on the main thread.
    pub parent_tool_use_id: Option<String>,
    /// Made by the engine, not typed by anyone.
    #[serde(rename = "isSynthetic", skip_serializing_if = "std::ops::Not::not")]
    pub is_synthetic: bool,
    /// The tool's documented output object (row 223).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_use_result: Option<Value>,
    /// ISO 8601.
    pub timestamp: String,
}

/// `user` with `isReplay`; its `uuid` is the pushed message's own.
#[derive(Debug, Serialize)]
pub struct ReplayMessage {
    /// The API message; a content given as a string is a string again.
    pub message: ReplayContent,
    /// Always `null`.
    pub parent_tool_use_id: Option<String>,
    /// What else the host had said.
    #[serde(flatten)]
    pub extras: Extras,
    /// Always true.
    #[serde(rename = "isReplay")]
    pub is_replay: bool,
}

/// The API's user message, as a host gave it.
#[derive(Debug, Serialize)]
pub struct ReplayContent {
    /// Always `user`.
    pub role: &'static str,
    /// A string or an array of blocks.
    pub content: Box<RawValue>,
}

/// The API's user message.
#[derive(Debug, Serialize)]
pub struct UserContent {
    /// Always `user`.
    pub role: &'static str,
    /// Content blocks.
    pub content: Vec<Box<RawValue>>,
}

/// `stream_event`.
#[derive(Debug, Serialize)]
pub struct StreamEventMessage {
    /// The event as the API sent it.
    pub event: Box<RawValue>,
    /// The Agent call this belongs to; `null` on the main thread.
    pub parent_tool_use_id: Option<String>,
    /// On `message_start`: milliseconds from the request to this event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttft_ms: Option<u64>,
}

/// `system/init` (row 13).
#[derive(Debug, Clone, Serialize)]
pub struct InitMessage {
    /// Where the credential comes from.
    #[serde(rename = "apiKeySource")]
    pub api_key_source: &'static str,
    /// Version of this package.
    pub claude_code_version: &'static str,
    /// The working directory, resolved.
    pub cwd: String,
    /// Names of the tools the model is offered.
    pub tools: Vec<String>,
    /// MCP servers and their state.
    pub mcp_servers: Vec<Value>,
    /// The resolved model id.
    pub model: String,
    /// The permission mode at the start of the turn.
    #[serde(rename = "permissionMode")]
    pub permission_mode: PermissionMode,
    /// Slash commands.
    pub slash_commands: Vec<String>,
    /// Name of the output style.
    pub output_style: &'static str,
    /// Skills the model may use.
    pub skills: Vec<String>,
    /// Loaded plugins.
    pub plugins: Vec<Value>,
    /// Beta headers asked for by the host.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub betas: Vec<String>,
}

/// `system/status`.
#[derive(Debug, Serialize)]
pub struct StatusMessage {
    /// `requesting`, or `null` when the engine is idle or only the mode changed.
    pub status: Option<&'static str>,
    /// The permission mode, when it changed.
    #[serde(rename = "permissionMode", skip_serializing_if = "Option::is_none")]
    pub permission_mode: Option<PermissionMode>,
}

/// `system/api_retry`.
#[derive(Debug, Serialize)]
pub struct ApiRetryMessage {
    /// Counted from 1.
    pub attempt: u32,
    /// How many there will be at most.
    pub max_retries: u32,
    /// Milliseconds until the request is sent again.
    pub retry_delay_ms: u64,
    /// HTTP status, or `null` when no answer came.
    pub error_status: Option<u16>,
    /// The documented error name.
    pub error: &'static str,
}

/// `system/permission_denied`.
#[derive(Debug, Serialize)]
pub struct PermissionDeniedMessage {
    /// The tool that was refused.
    pub tool_name: String,
    /// The refused call.
    pub tool_use_id: String,
    /// What kind of reason decided.
    pub decision_reason_type: &'static str,
    /// The reason for people.
    pub decision_reason: String,
    /// What the model was told.
    pub message: String,
}

/// `system/informational`.
#[derive(Debug, Serialize)]
pub struct InformationalMessage {
    /// The text.
    pub content: String,
    /// `info`, `notice`, `suggestion` or `warning`.
    pub level: &'static str,
}

/// `system/hook_started`, and what all messages about one run of a hook share.
#[derive(Debug, Clone, Serialize)]
pub struct HookMessage {
    /// Of this run.
    pub hook_id: String,
    /// The event and what it is about: `PreToolUse:Write`.
    pub hook_name: String,
    /// The event.
    pub hook_event: &'static str,
}

/// `system/hook_progress`.
#[derive(Debug, Serialize)]
pub struct HookProgressMessage {
    /// Which run.
    #[serde(flatten)]
    pub hook: HookMessage,
    /// Both outputs.
    pub output: String,
    /// Of a command.
    pub stdout: String,
    /// Of a command.
    pub stderr: String,
}

/// `system/hook_response`.
#[derive(Debug, Serialize)]
pub struct HookResponseMessage {
    /// Which run.
    #[serde(flatten)]
    pub hook: HookMessage,
    /// What it printed, or why it failed.
    pub output: String,
    /// Of a command.
    pub stdout: String,
    /// Of a command.
    pub stderr: String,
    /// Of a command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// `success`, `error` or `cancelled`.
    pub outcome: &'static str,
}

/// `system/session_state_changed`.
#[derive(Debug, Serialize)]
pub struct SessionStateChangedMessage {
    /// The new state.
    pub state: SessionState,
}

/// What a session is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Nothing runs and nothing waits.
    Idle,
    /// A turn runs.
    Running,
    /// The host is asked for a decision.
    RequiresAction,
}
