//! What a hook answered, checked against the documented shape.

use super::event::HookEvent;
use crate::engine::error::kind_of;
use crate::engine::permission::PermissionUpdate;
use serde_json::{Map, Value};

/// A hook's answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// `{async: true}`: the agent goes on, and nothing of this hook counts (row 217).
    Background,
    /// Everything else.
    Output(Box<Output>),
}

/// The documented output (`SyncHookJSONOutput`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Output {
    /// `continue: false`: the agent stops after this hook.
    pub stop: bool,
    /// Why, for the user.
    pub stop_reason: Option<String>,
    /// Top-level `decision`: `Some(true)` is `approve`, `Some(false)` is `block`.
    pub approve: Option<bool>,
    /// The reason of `decision`.
    pub reason: Option<String>,
    /// For the user, and for the model as a reminder.
    pub system_message: Option<String>,
    /// What is specific to the event.
    pub specific: Specific,
}

impl Output {
    /// What is left of it when something stronger decides: whether the agent stops, and its texts.
    #[must_use]
    pub fn undecided(self) -> Self {
        let Self { stop, stop_reason, approve: _, reason: _, system_message, specific } = self;
        let specific = Specific {
            additional_context: specific.additional_context,
            suppress_prompt: specific.suppress_prompt,
            ..Specific::default()
        };
        Self { stop, stop_reason, approve: None, reason: None, system_message, specific }
    }
}

/// `hookSpecificOutput`; only fields of the event at hand are ever set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Specific {
    /// PreToolUse, PreModelSwitch.
    pub permission: Option<Permission>,
    /// Of `permission`.
    pub permission_reason: Option<String>,
    /// PreToolUse: replaces the whole input (row 186).
    pub updated_input: Option<Value>,
    /// For the model, at the place of the event (row 198).
    pub additional_context: Option<String>,
    /// PostToolUse: replaces what the tool gave back (row 191).
    pub updated_output: Option<Value>,
    /// PostToolUse: the replacement is for an MCP tool only.
    pub updated_mcp_output: Option<Value>,
    /// PermissionRequest (row 209).
    pub request: Option<RequestDecision>,
    /// PermissionDenied: the model may try again (row 210).
    pub retry: bool,
    /// PostToolUse: what the reviewer of mode `auto` is to know of the result.
    pub classifier_context: Option<String>,
    /// SessionStart, CwdChanged, FileChanged: the files to watch from now on.
    pub watch_paths: Option<Vec<String>>,
    /// WorktreeCreate: the directory that a hook has made instead of git (row 215).
    pub worktree_path: Option<String>,
    /// UserPromptSubmit: the blocked text is not repeated (row 205).
    pub suppress_prompt: bool,
    /// UserPromptSubmit, SessionStart.
    pub session_title: Option<String>,
    /// SessionStart: goes before the first prompt (row 206).
    pub initial_user_message: Option<String>,
    /// MessageDisplay: shown instead of the text (row 216).
    pub display_content: Option<String>,
    /// Elicitation, ElicitationResult: the answer (row 214).
    pub elicited: Option<Elicited>,
}

/// The answer to a question of an MCP server.
#[derive(Debug, Clone, PartialEq)]
pub struct Elicited {
    /// `accept`, `decline` or `cancel`.
    pub action: String,
    /// What was filled in.
    pub content: Option<Value>,
}

impl Elicited {
    /// An answer without content.
    pub fn new(action: &str) -> Self {
        Self { action: action.to_owned(), content: None }
    }

    /// Reads `action` and `content`; `None` if there is no action.
    pub fn read(object: &Map<String, Value>) -> Result<Option<Self>, String> {
        let content = record(object, "content")?;
        let action = word(object, "action", &["accept", "decline", "cancel"])?;
        Ok(action.map(|action| Self { action: action.to_owned(), content }))
    }
}

/// `permissionDecision`, weakest first: what stands later wins (row 183).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Run it.
    Allow,
    /// Ask somebody.
    Ask,
    /// End the run; decide when it is resumed (row 188).
    Defer,
    /// Do not run it.
    Deny,
}

/// What a PermissionRequest hook decided.
#[derive(Debug, Clone, PartialEq)]
pub enum RequestDecision {
    /// Run the call.
    Allow {
        /// Instead of the input asked about.
        updated_input: Option<Value>,
        /// Applied before the next call.
        updates: Vec<PermissionUpdate>,
    },
    /// Refuse it.
    Deny {
        /// For the model.
        message: Option<String>,
        /// Also end the turn.
        interrupt: bool,
    },
}

/// Fields that people put at the top level although they belong into `hookSpecificOutput`.
const MISPLACED: &[&str] = &[
    "permissionDecision",
    "permissionDecisionReason",
    "updatedInput",
    "additionalContext",
    "updatedToolOutput",
    "updatedMCPToolOutput",
];

/// Reads an answer to `event`. The error is a sentence about what does not fit.
pub fn parse(value: &Value, event: HookEvent) -> Result<Answer, String> {
    let object = value.as_object().ok_or_else(|| format!("it is {}, not an object", kind_of(value)))?;
    if flag(object, "async")? == Some(true) {
        return Ok(Answer::Background);
    }
    flag(object, "suppressOutput")?;
    if let Some(name) = MISPLACED.iter().find(|name| object.contains_key(**name)) {
        return Err(format!("`{name}` belongs into `hookSpecificOutput`"));
    }
    let mut output = Output {
        stop: flag(object, "continue")? == Some(false),
        stop_reason: text(object, "stopReason")?,
        reason: text(object, "reason")?,
        system_message: text(object, "systemMessage")?,
        ..Output::default()
    };
    if let Some(decision) = word(object, "decision", &["approve", "block"])? {
        output.approve = Some(decision == "approve");
    }
    match object.get("hookSpecificOutput") {
        None | Some(Value::Null) => {}
        Some(Value::Object(specific)) => {
            output.specific =
                parse_specific(specific, event).map_err(|error| format!("in hookSpecificOutput: {error}"))?;
        }
        Some(other) => return Err(format!("`hookSpecificOutput` is {}, not an object", kind_of(other))),
    }
    Ok(Answer::Output(Box::new(output)))
}

fn parse_specific(object: &Map<String, Value>, event: HookEvent) -> Result<Specific, String> {
    match object.get("hookEventName").and_then(Value::as_str) {
        Some(name) if name == event.name() => {}
        Some(name) => return Err(format!("`hookEventName` is {name:?} in the answer to {}", event.name())),
        None => return Err(format!("`hookEventName` is missing; it must be {:?}", event.name())),
    }
    let mut specific =
        Specific { additional_context: text(object, "additionalContext")?, ..Specific::default() };
    match event {
        HookEvent::PreToolUse | HookEvent::PreModelSwitch => {
            specific.permission = permission(object)?;
            specific.permission_reason = text(object, "permissionDecisionReason")?;
            specific.updated_input = record(object, "updatedInput")?;
        }
        HookEvent::PostToolUse => {
            specific.updated_output = present(object, "updatedToolOutput");
            specific.updated_mcp_output = present(object, "updatedMCPToolOutput");
            specific.classifier_context = text(object, "classifierContext")?;
        }
        HookEvent::PermissionRequest => {
            specific.request = request(object).map_err(|error| format!("`decision`: {error}"))?;
        }
        HookEvent::Elicitation | HookEvent::ElicitationResult => specific.elicited = Elicited::read(object)?,
        HookEvent::PermissionDenied => specific.retry = flag(object, "retry")? == Some(true),
        HookEvent::UserPromptSubmit | HookEvent::UserPromptExpansion => {
            specific.suppress_prompt = flag(object, "suppressOriginalPrompt")? == Some(true);
            specific.session_title = text(object, "sessionTitle")?;
        }
        HookEvent::SessionStart => {
            specific.initial_user_message = text(object, "initialUserMessage")?;
            specific.session_title = text(object, "sessionTitle")?;
            specific.watch_paths = texts(object, "watchPaths")?;
        }
        HookEvent::CwdChanged | HookEvent::FileChanged => {
            specific.watch_paths = texts(object, "watchPaths")?;
        }
        HookEvent::WorktreeCreate => specific.worktree_path = text(object, "worktreePath")?,
        HookEvent::MessageDisplay => specific.display_content = text(object, "displayContent")?,
        HookEvent::PostToolUseFailure
        | HookEvent::PostToolBatch
        | HookEvent::Notification
        | HookEvent::SessionEnd
        | HookEvent::Stop
        | HookEvent::StopFailure
        | HookEvent::SubagentStart
        | HookEvent::SubagentStop
        | HookEvent::PreCompact
        | HookEvent::PostCompact
        | HookEvent::PostModelSwitch
        | HookEvent::Setup
        | HookEvent::TeammateIdle
        | HookEvent::TaskCreated
        | HookEvent::TaskCompleted
        | HookEvent::ConfigChange
        | HookEvent::WorktreeRemove
        | HookEvent::InstructionsLoaded
        | HookEvent::DirectoryAdded => {}
    }
    Ok(specific)
}

fn permission(object: &Map<String, Value>) -> Result<Option<Permission>, String> {
    let word = word(object, "permissionDecision", &["allow", "deny", "ask", "defer"])?;
    Ok(word.map(|word| match word {
        "allow" => Permission::Allow,
        "ask" => Permission::Ask,
        "defer" => Permission::Defer,
        _ => Permission::Deny,
    }))
}

fn request(object: &Map<String, Value>) -> Result<Option<RequestDecision>, String> {
    let decision = match object.get("decision") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(decision)) => decision,
        Some(other) => return Err(format!("it is {}, not an object", kind_of(other))),
    };
    match word(decision, "behavior", &["allow", "deny"])? {
        Some("allow") => Ok(Some(RequestDecision::Allow {
            updated_input: record(decision, "updatedInput")?,
            updates: match present(decision, "updatedPermissions") {
                None => Vec::new(),
                Some(updates) => PermissionUpdate::read_all(&updates, "updatedPermissions")?,
            },
        })),
        Some(_) => Ok(Some(RequestDecision::Deny {
            message: text(decision, "message")?,
            interrupt: flag(decision, "interrupt")? == Some(true),
        })),
        None => Err("`behavior` is missing; it must be 'allow' or 'deny'".to_owned()),
    }
}

fn present(object: &Map<String, Value>, name: &str) -> Option<Value> {
    object.get(name).filter(|value| !value.is_null()).cloned()
}

fn flag(object: &Map<String, Value>, name: &str) -> Result<Option<bool>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(format!("`{name}` is {}, not a boolean", kind_of(other))),
    }
}

fn text(object: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!("`{name}` is {}, not a string", kind_of(other))),
    }
}

fn texts(object: &Map<String, Value>, name: &str) -> Result<Option<Vec<String>>, String> {
    let Some(value) = present(object, name) else { return Ok(None) };
    serde_json::from_value(value).map(Some).map_err(|_| format!("`{name}` is not an array of strings"))
}

fn record(object: &Map<String, Value>, name: &str) -> Result<Option<Value>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value @ Value::Object(_)) => Ok(Some(value.clone())),
        Some(other) => Err(format!("`{name}` is {}, not an object", kind_of(other))),
    }
}

fn word<'a>(object: &'a Map<String, Value>, name: &str, words: &[&str]) -> Result<Option<&'a str>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(word)) if words.contains(&word.as_str()) => Ok(Some(word)),
        Some(other) => {
            let shown: String = other.to_string().chars().take(60).collect();
            Err(format!("`{name}` is {shown}; it must be one of {}", words.join(", ")))
        }
    }
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
