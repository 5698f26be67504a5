//! What hooks are told: the fields of each event, and those that all of them share.

use super::event::HookEvent;
use crate::engine::env::Env;
use crate::engine::permission::{PermissionMode, PermissionUpdate};
use crate::engine::session::run::Session;
use crate::engine::task::Task;
use crate::engine::tool::Origin;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something that happened, with the fields of its event's input type.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "hook_event_name")]
#[expect(missing_docs, reason = "the documented names of the public input types")]
pub enum Occurrence<'a> {
    PreToolUse {
        tool_name: &'a str,
        #[serde(serialize_with = "server", rename = "mcp_server", skip_serializing_if = "Option::is_none")]
        origin: Option<&'a Origin>,
        tool_input: &'a Value,
        tool_use_id: &'a str,
    },
    PostToolUse {
        tool_name: &'a str,
        #[serde(serialize_with = "server", rename = "mcp_server", skip_serializing_if = "Option::is_none")]
        origin: Option<&'a Origin>,
        tool_input: &'a Value,
        tool_response: &'a Value,
        tool_use_id: &'a str,
        duration_ms: u64,
    },
    PostToolUseFailure {
        tool_name: &'a str,
        #[serde(serialize_with = "server", rename = "mcp_server", skip_serializing_if = "Option::is_none")]
        origin: Option<&'a Origin>,
        tool_input: &'a Value,
        tool_use_id: &'a str,
        error: &'a str,
        is_interrupt: bool,
        duration_ms: u64,
    },
    PostToolBatch {
        tool_calls: &'a [BatchCall],
    },
    PermissionRequest {
        tool_name: &'a str,
        #[serde(serialize_with = "server", rename = "mcp_server", skip_serializing_if = "Option::is_none")]
        origin: Option<&'a Origin>,
        tool_input: &'a Value,
        permission_suggestions: &'a [PermissionUpdate],
        /// Not part of the input: callbacks get it beside it.
        #[serde(skip)]
        tool_use_id: &'a str,
    },
    PermissionDenied {
        tool_name: &'a str,
        #[serde(serialize_with = "server", rename = "mcp_server", skip_serializing_if = "Option::is_none")]
        origin: Option<&'a Origin>,
        tool_input: &'a Value,
        tool_use_id: &'a str,
        reason: &'a str,
    },
    ConfigChange {
        source: &'a str,
        file_path: &'a str,
    },
    MessageDisplay {
        turn_id: &'a str,
        message_id: &'a str,
        index: u32,
        #[serde(rename = "final")]
        last: bool,
        delta: &'a str,
    },
    Notification {
        message: &'a str,
        title: &'a str,
        notification_type: &'a str,
    },
    UserPromptSubmit {
        prompt: &'a str,
        source: &'a str,
    },
    UserPromptExpansion {
        expansion_type: &'a str,
        command_name: &'a str,
        command_args: &'a str,
        command_source: &'a str,
        prompt: &'a str,
    },
    Elicitation {
        mcp_server_name: &'a str,
        message: &'a str,
        mode: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        elicitation_id: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        requested_schema: Option<&'a Value>,
    },
    ElicitationResult {
        mcp_server_name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        elicitation_id: Option<&'a str>,
        mode: &'a str,
        action: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        content: Option<&'a Value>,
    },
    SessionStart {
        source: &'a str,
        model: &'a str,
    },
    SessionEnd {
        reason: &'a str,
    },
    Setup {
        trigger: &'a str,
    },
    Stop {
        stop_hook_active: bool,
        last_assistant_message: &'a str,
        background_tasks: &'a [TaskSummary],
    },
    StopFailure {
        error: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        error_details: Option<&'a str>,
        last_assistant_message: &'a str,
    },
    CwdChanged {
        old_cwd: &'a str,
        new_cwd: &'a str,
    },
    FileChanged {
        file_path: &'a str,
        event: &'a str,
        /// Not part of the input: what matchers compare.
        #[serde(skip)]
        name: &'a str,
    },
    TaskCreated(TaskAtHand<'a>),
    TaskCompleted(TaskAtHand<'a>),
    WorktreeCreate {
        name: &'a str,
    },
    WorktreeRemove {
        worktree_path: &'a str,
    },
    PreModelSwitch(ModelSwitch<'a>),
    PostModelSwitch(ModelSwitch<'a>),
}

/// A background task that runs.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the documented names of the public input types")]
pub struct TaskSummary {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub status: &'static str,
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl TaskSummary {
    /// Of a task.
    pub fn of(task: &Arc<Task>) -> Self {
        let new = &task.new;
        Self {
            id: new.id.clone(),
            kind: new.kind,
            status: task.state().status.name(),
            description: new.description.clone(),
            command: new.command.clone(),
        }
    }
}

/// A tool call.
#[derive(Debug, Clone, Copy)]
pub struct CallAtHand<'a> {
    /// The tool's present name (row 222).
    pub tool: &'a str,
    /// The MCP server that it is of.
    pub origin: Option<&'a Origin>,
    /// The input that is judged or has run.
    pub input: &'a Value,
    /// The call's id.
    pub id: &'a str,
}

/// A task of the list or in the background.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(missing_docs, reason = "the documented names of the public input types")]
pub struct TaskAtHand<'a> {
    pub task_id: &'a str,
    pub task_subject: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_description: Option<&'a str>,
}

/// A change of the model, and what it costs.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(missing_docs, reason = "the documented names of the public input types")]
pub struct ModelSwitch<'a> {
    pub from_model: &'a str,
    pub to_model: &'a str,
    pub requested_model: Option<&'a str>,
    pub source: &'a str,
    pub context_tokens: u64,
    pub prompt_cache_warm: bool,
    pub cache_ttl: &'a str,
    pub estimated_cache_write_usd: f64,
    pub pricing: &'a str,
}

/// One call of `PostToolBatch`.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the documented names of the public input types")]
pub struct BatchCall {
    pub tool_name: String,
    pub tool_input: Value,
    pub tool_use_id: String,
    pub tool_response: Value,
}

impl Occurrence<'_> {
    /// The event.
    pub fn event(&self) -> HookEvent {
        match self {
            Self::PreToolUse { .. } => HookEvent::PreToolUse,
            Self::PostToolUse { .. } => HookEvent::PostToolUse,
            Self::PostToolUseFailure { .. } => HookEvent::PostToolUseFailure,
            Self::PostToolBatch { .. } => HookEvent::PostToolBatch,
            Self::PermissionRequest { .. } => HookEvent::PermissionRequest,
            Self::PermissionDenied { .. } => HookEvent::PermissionDenied,
            Self::ConfigChange { .. } => HookEvent::ConfigChange,
            Self::MessageDisplay { .. } => HookEvent::MessageDisplay,
            Self::Notification { .. } => HookEvent::Notification,
            Self::UserPromptSubmit { .. } => HookEvent::UserPromptSubmit,
            Self::UserPromptExpansion { .. } => HookEvent::UserPromptExpansion,
            Self::Elicitation { .. } => HookEvent::Elicitation,
            Self::ElicitationResult { .. } => HookEvent::ElicitationResult,
            Self::SessionStart { .. } => HookEvent::SessionStart,
            Self::SessionEnd { .. } => HookEvent::SessionEnd,
            Self::Setup { .. } => HookEvent::Setup,
            Self::Stop { .. } => HookEvent::Stop,
            Self::StopFailure { .. } => HookEvent::StopFailure,
            Self::CwdChanged { .. } => HookEvent::CwdChanged,
            Self::FileChanged { .. } => HookEvent::FileChanged,
            Self::TaskCreated(_) => HookEvent::TaskCreated,
            Self::TaskCompleted(_) => HookEvent::TaskCompleted,
            Self::WorktreeCreate { .. } => HookEvent::WorktreeCreate,
            Self::WorktreeRemove { .. } => HookEvent::WorktreeRemove,
            Self::PreModelSwitch(_) => HookEvent::PreModelSwitch,
            Self::PostModelSwitch(_) => HookEvent::PostModelSwitch,
        }
    }

    /// What matchers compare (rows 157 and 160); empty where there is nothing to compare.
    pub fn subject(&self) -> &str {
        match self {
            Self::PreToolUse { tool_name, .. }
            | Self::PostToolUse { tool_name, .. }
            | Self::PostToolUseFailure { tool_name, .. }
            | Self::PermissionDenied { tool_name, .. }
            | Self::PermissionRequest { tool_name, .. } => tool_name,
            Self::ConfigChange { source, .. } => source,
            Self::Notification { notification_type, .. } => notification_type,
            Self::UserPromptExpansion { command_name, .. } => command_name,
            Self::Elicitation { mcp_server_name, .. } | Self::ElicitationResult { mcp_server_name, .. } => {
                mcp_server_name
            }
            Self::SessionStart { source, .. } => source,
            Self::SessionEnd { reason } => reason,
            Self::Setup { trigger } => trigger,
            Self::StopFailure { error, .. } => error,
            Self::PostToolBatch { .. }
            | Self::MessageDisplay { .. }
            | Self::UserPromptSubmit { .. }
            | Self::Stop { .. }
            | Self::CwdChanged { .. }
            | Self::TaskCreated(_)
            | Self::TaskCompleted(_)
            | Self::WorktreeCreate { .. }
            | Self::WorktreeRemove { .. } => "",
            Self::FileChanged { name, .. } => name,
            Self::PreModelSwitch(switch) | Self::PostModelSwitch(switch) => switch.to_model,
        }
    }

    /// The call that it is about, if it is about one (row 561).
    pub fn call(&self) -> Option<CallAtHand<'_>> {
        match self {
            Self::PreToolUse { tool_name, origin, tool_input, tool_use_id, .. }
            | Self::PostToolUse { tool_name, origin, tool_input, tool_use_id, .. }
            | Self::PostToolUseFailure { tool_name, origin, tool_input, tool_use_id, .. }
            | Self::PermissionDenied { tool_name, origin, tool_input, tool_use_id, .. }
            | Self::PermissionRequest { tool_name, origin, tool_input, tool_use_id, .. } => {
                Some(CallAtHand { tool: tool_name, origin: *origin, input: tool_input, id: tool_use_id })
            }
            Self::PostToolBatch { .. }
            | Self::ConfigChange { .. }
            | Self::MessageDisplay { .. }
            | Self::Notification { .. }
            | Self::UserPromptSubmit { .. }
            | Self::UserPromptExpansion { .. }
            | Self::Elicitation { .. }
            | Self::ElicitationResult { .. }
            | Self::SessionStart { .. }
            | Self::SessionEnd { .. }
            | Self::Setup { .. }
            | Self::Stop { .. }
            | Self::StopFailure { .. }
            | Self::CwdChanged { .. }
            | Self::FileChanged { .. }
            | Self::TaskCreated(_)
            | Self::TaskCompleted(_)
            | Self::WorktreeCreate { .. }
            | Self::WorktreeRemove { .. }
            | Self::PreModelSwitch(_)
            | Self::PostModelSwitch(_) => None,
        }
    }

    /// Whether a permission mode applies to it.
    fn has_mode(&self) -> bool {
        !matches!(
            self,
            Self::Notification { .. }
                | Self::ConfigChange { .. }
                | Self::SessionStart { .. }
                | Self::SessionEnd { .. }
                | Self::Setup { .. }
                | Self::FileChanged { .. }
                | Self::PreModelSwitch(_)
                | Self::PostModelSwitch(_)
        )
    }
}

/// Of an origin, hooks are told the server.
fn server<S: serde::Serializer>(origin: &Option<&Origin>, serializer: S) -> Result<S::Ok, S::Error> {
    origin.map(|origin| &origin.server).serialize(serializer)
}

/// The fields of `BaseHookInput`, around those of the event.
#[derive(Serialize)]
struct Input<'a> {
    session_id: &'a str,
    transcript_path: Cow<'a, str>,
    cwd: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission_mode: Option<PermissionMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<Effort>,
    #[serde(flatten)]
    occurrence: &'a Occurrence<'a>,
}

#[derive(Serialize)]
struct Effort {
    level: String,
}

/// The input of `occurrence` as JSON.
pub fn json(session: &Session, occurrence: &Occurrence<'_>) -> String {
    let settings = session.live.get();
    let (original, cwd) = (session.workspace.original(), session.workspace.current());
    let level = crate::engine::context::request::effort(session, &settings).map(str::to_owned);
    let input = Input {
        session_id: &session.id,
        transcript_path: session
            .hooks
            .transcript_path(original, || transcript_path(&session.env, original, &session.id)),
        cwd: cwd.to_string_lossy(),
        permission_mode: occurrence.has_mode().then_some(settings.mode),
        prompt_id: session.hooks.prompt_id(),
        effort: level.map(|level| Effort { level }),
        occurrence,
    };
    // Every field is a string, a number or JSON already.
    serde_json::to_string(&input).unwrap_or_default()
}

/// Where the transcript of a session belongs.
fn transcript_path(env: &Env, cwd: &Path, id: &str) -> String {
    let base = env.get("CLAUDE_CONFIG_DIR").map(PathBuf::from);
    let base = base.or_else(|| env.home().map(|home| home.join(".claude"))).unwrap_or_default();
    let dashed = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let folder: String = cwd.to_string_lossy().chars().map(dashed).collect();
    base.join("projects").join(folder).join(format!("{id}.jsonl")).to_string_lossy().into_owned()
}
