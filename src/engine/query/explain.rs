//! `explainPermission`: what would happen to a call and why, without running anything.

use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::options::Options;
use crate::engine::permission::Explanation;
use crate::engine::session::live::Settings;
use crate::engine::tool::ToolError;
use crate::engine::tool::dispatch;
use crate::engine::tool::table::ToolTable;
use crate::engine::workspace::Workspace;
use serde_json::Value;

/// What a decision depends on.
pub struct Situation<'a> {
    /// The options of the query.
    pub options: &'a Options,
    /// Mode and rules as they are now.
    pub settings: &'a Settings,
    /// The tools that the model is offered.
    pub tools: &'a ToolTable,
    /// The directories.
    pub workspace: &'a Workspace,
    /// The environment of the query.
    pub env: &'a Env,
}

/// Explains the decision on one call. Hooks are not run, nobody is asked, and the disk is only looked at.
pub fn explain(name: &str, input: Value, at: &Situation<'_>) -> Result<Value, EngineError> {
    let wrong = |text: String| EngineError::new(ErrorKind::InvalidInput, text);
    let Some(entry) = at.tools.get(name) else {
        let names = at.tools.names().join(", ");
        return Err(wrong(format!("explainPermission: no tool is named {name}. Available: {names}.")));
    };
    let unusable =
        |text: String| wrong(format!("explainPermission: the input of {name} cannot be used: {text}"));
    entry.check(&input).map_err(|faults| unusable(faults.to_string()))?;
    let declared = entry.tool.prepare(&input, at.workspace).map_err(|error| match error {
        ToolError::Respond(text) | ToolError::Fatal(text) => unusable(text),
        ToolError::Cancelled => unusable("it was cancelled".to_owned()),
    })?;
    let judged = dispatch::judged(
        &entry,
        &input,
        &declared,
        &dispatch::Known { hook: None, line: &std::sync::OnceLock::new() },
        at.settings,
        at.workspace,
        at.env,
    );
    let can_ask = (at.options.can_use_tool || at.options.prompt_tool.is_some()) && !at.options.never_ask;
    let explained = Explanation::new(judged.decision, at.settings.mode, can_ask);
    serde_json::to_value(explained)
        .map_err(|error| EngineError::new(ErrorKind::InternalError, error.to_string()))
}
