//! Every question that the engine may ask its embedder.

use crate::engine::error::kind_of;
use crate::engine::executor::{ExecutorCall, Fault};
use crate::engine::hook::HookEvent;
use crate::engine::permission::{PermissionRuleValue, PermissionUpdate};
use crate::engine::tool::McpServer;
use futures::future::BoxFuture;
use futures::{FutureExt, TryFutureExt};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// The embedder of the engine.
///
/// Dropping a returned future means that the answer is no longer wanted: the embedder tells its callback by an
/// abort signal, and the engine does not wait for it.
pub trait Host: Send + Sync + 'static {
    /// Asks whether a call may run. Has no time limit.
    fn can_use_tool(&self, question: PermissionQuestion) -> BoxFuture<'_, PermissionAnswer>;

    /// Runs one callback of `options.hooks`.
    fn call_hook(&self, request: HookRequest) -> BoxFuture<'_, HookReply>;

    /// Sends a request to an MCP server that is an object of the embedder. The error is for people and for the model.
    fn mcp(&self, call: McpCall) -> BoxFuture<'_, Result<Value, String>> {
        let text = format!("this host has no MCP server of its own ({} of {})", call.method, call.server);
        Box::pin(futures::future::ready(Err(text)))
    }

    /// The same for long results: as JSON, which is not read here.
    fn mcp_text(&self, call: McpCall) -> BoxFuture<'_, Result<String, String>> {
        self.mcp(call).map_ok(|result| result.to_string()).boxed()
    }

    /// Calls a function of the options by its path there, `onElicitation` say. The error is what it threw.
    fn call(&self, function: &'static str, argument: Value) -> BoxFuture<'_, Result<Value, String>> {
        let text = format!("this host has no {function} to call with {argument}");
        Box::pin(futures::future::ready(Err(text)))
    }

    /// Asks an executor of the embedder (`options.executors`).
    fn execute(&self, call: ExecutorCall) -> BoxFuture<'_, Result<Value, Fault>> {
        let fault = Fault::new(format!("this host has no executor {}", call.method));
        Box::pin(futures::future::ready(Err(fault)))
    }

    /// Tells the embedder something for its `stderr` callback. Must not block.
    fn log(&self, text: &str);
}

/// A hook that is a function of the embedder, and what it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct HookRequest {
    /// The event in `options.hooks`.
    pub event: HookEvent,
    /// Which matcher of the event.
    pub matcher: usize,
    /// Which function of the matcher.
    pub hook: usize,
    /// The call that it is about.
    pub tool_use_id: Option<String>,
    /// The input as JSON.
    pub input: Arc<str>,
}

/// What came back from a hook.
#[derive(Debug, Clone, PartialEq)]
pub enum HookReply {
    /// It returned this; `undefined` is `{}`.
    Returned(Value),
    /// It threw, or could not be called.
    Failed {
        /// What it did, as the end of a sentence: `threw Error: ...`.
        text: String,
        /// Where.
        stack: Option<String>,
    },
}

/// A request to an MCP server of the embedder.
#[derive(Debug, Clone, PartialEq)]
pub struct McpCall {
    /// Which object.
    pub handle: u64,
    /// What the query calls it.
    pub server: String,
    /// A method of the protocol, or `connect`, which is answered with what the server says of itself.
    pub method: String,
    /// Its parameters.
    pub params: Value,
    /// The number that progress notifications of this call come back with.
    pub progress: Option<u64>,
}

/// A call that rules and mode leave undecided (row 87).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionQuestion {
    /// The tool's name.
    pub tool_name: String,
    /// Its input as the model gave it.
    pub input: Value,
    /// Everything else, as the callback's third argument holds it.
    pub options: QuestionOptions,
}

/// The third argument of `canUseTool`, without its signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuestionOptions {
    /// Updates that would avoid the next question like this (row 91).
    pub suggestions: Vec<PermissionUpdate>,
    /// The path that caused the question (row 95).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_path: Option<String>,
    /// Why the question is asked.
    pub decision_reason: String,
    /// The class of that reason: `rule`, `mode`, `workingDir`, `safetyCheck`, `hook` or `other`.
    pub decision_reason_type: &'static str,
    /// The call's id.
    #[serde(rename = "toolUseID")]
    pub tool_use_id: String,
    /// The subagent that asks, if one does (row 95).
    #[serde(rename = "agentID", skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// The MCP server that the tool is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcp_server: Option<McpServer>,
    /// Unique for this question.
    pub request_id: String,
    /// One line that says what is asked for.
    pub title: String,
    /// The tool's name for people.
    pub display_name: String,
    /// What the model says that the call does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A careless yes would be costly.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub default_to_no: bool,
    /// No rule would answer this question the next time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suppress_always_allow_rule: bool,
    /// The ask rule that forced the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched_ask_rule: Option<AskRule>,
}

/// A rule that forced a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AskRule {
    /// Where it came from.
    pub source: &'static str,
    /// Tool and specifier.
    #[serde(flatten)]
    pub rule: PermissionRuleValue,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum PermissionAnswer {
    /// The callback decided.
    Decided(PermissionResult),
    /// It is left open: wait until the call is cancelled.
    Undecided,
    /// No decision: the callback threw, or returned something else; the text says which. The call is refused.
    Failed(String),
}

/// `PermissionResult` of the public types (rows 88, 89 and 92).
#[derive(Debug, Clone, PartialEq)]
pub enum PermissionResult {
    /// Run the call.
    Allow {
        /// Instead of the model's input.
        updated_input: Option<Value>,
        /// Applied before the next call.
        updated_permissions: Vec<PermissionUpdate>,
    },
    /// Refuse it.
    Deny {
        /// What the model is told, exactly.
        message: String,
        /// Also end the turn.
        interrupt: bool,
    },
}

impl PermissionResult {
    /// Reads what somebody who was asked has answered.
    ///
    /// # Errors
    /// A sentence that says what was returned instead, in words of the public type.
    pub fn read(value: &Value) -> Result<Self, String> {
        let Value::Object(object) = value else { return Err(format!("it is {}", kind_of(value))) };
        let wrong = |name: &str, value: &Value, wanted: &str| {
            let given = match value.as_str() {
                Some(text) => format!("{:?}", text.chars().take(60).collect::<String>()),
                None if value.is_null() => "missing".to_owned(),
                None => kind_of(value).to_owned(),
            };
            format!("`{name}` is {given}; it must be {wanted}")
        };
        let member = |name: &str| object.get(name).unwrap_or(&Value::Null);
        match member("behavior").as_str() {
            Some("allow") => Ok(Self::Allow {
                updated_input: object.get("updatedInput").filter(|input| !input.is_null()).cloned(),
                updated_permissions: match object.get("updatedPermissions") {
                    None => Vec::new(),
                    Some(updates) => PermissionUpdate::read_all(updates, "updatedPermissions")?,
                },
            }),
            Some("deny") => {
                let message = member("message");
                let message = message.as_str().ok_or_else(|| wrong("message", message, "a string"))?;
                let interrupt = match object.get("interrupt") {
                    None => false,
                    Some(Value::Bool(interrupt)) => *interrupt,
                    Some(other) => return Err(wrong("interrupt", other, "a boolean")),
                };
                Ok(Self::Deny { message: message.to_owned(), interrupt })
            }
            Some(_) | None => Err(wrong("behavior", member("behavior"), "'allow' or 'deny'")),
        }
    }
}

#[cfg(test)]
#[path = "host_tests.rs"]
mod tests;
