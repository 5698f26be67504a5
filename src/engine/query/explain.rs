//! `explainPermission`: what would happen to a call and why, without running anything.

use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io;
use crate::engine::options::Options;
use crate::engine::permission::Explanation;
use crate::engine::session::live::Settings;
use crate::engine::session::run::Session;
use crate::engine::tool::ToolError;
use crate::engine::tool::dispatch;
use crate::engine::tool::table::ToolTable;
use crate::engine::workspace::Workspace;
use serde_json::Value;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What a decision depends on.
pub struct Situation {
    /// Whether there is anybody to ask.
    pub can_ask: bool,
    /// Mode and rules as they are now.
    pub settings: Arc<Settings>,
    /// The tools that the model is offered.
    pub tools: Arc<ToolTable>,
    /// The directories.
    pub workspace: Arc<Workspace>,
    /// The environment of the query.
    pub env: Arc<Env>,
}

/// Whether a query of these options has anybody to ask.
pub fn can_ask(options: &Options) -> bool {
    (options.can_use_tool || options.prompt_tool.is_some()) && !options.never_ask
}

/// The decision on a call in a session as it is now. It waits where the embedder resolves paths.
pub async fn in_session(name: String, input: Value, session: &Session) -> Result<Value, EngineError> {
    let at = Situation {
        can_ask: can_ask(&session.options),
        settings: session.live.get(),
        tools: Arc::clone(&session.tools),
        workspace: Arc::clone(&session.workspace),
        env: Arc::clone(&session.env),
    };
    let stop = CancellationToken::new();
    let _stop_on_drop = stop.clone().drop_guard();
    if !at.workspace.is_elsewhere() {
        return explain(&name, input, &at, &stop);
    }
    io::blocking(move || Ok(explain(&name, input, &at, &stop)))
        .await
        .map_err(|error| EngineError::new(ErrorKind::InternalError, error.to_string()))?
}

/// Explains the decision on one call. Hooks are not run, nobody is asked, and the disk is only looked at. Blocks.
pub fn explain(
    name: &str,
    input: Value,
    at: &Situation,
    cancel: &CancellationToken,
) -> Result<Value, EngineError> {
    let wrong = |text: String| EngineError::new(ErrorKind::InvalidInput, text);
    let Some(entry) = at.tools.get(name) else {
        let names = at.tools.names().join(", ");
        return Err(wrong(format!("explainPermission: no tool is named {name}. Available: {names}.")));
    };
    let unusable =
        |text: String| wrong(format!("explainPermission: the input of {name} cannot be used: {text}"));
    entry.check(&input).map_err(|faults| unusable(faults.to_string()))?;
    let declared = entry.tool.prepare(&input, &at.workspace).map_err(|error| match error {
        ToolError::Respond(text) | ToolError::Fatal(text) => unusable(text),
        ToolError::Cancelled => unusable("it was cancelled".to_owned()),
    })?;
    let judged = dispatch::judged(
        &entry,
        &input,
        &declared,
        &dispatch::Known { hook: None, line: &std::sync::OnceLock::new() },
        &at.settings,
        &at.workspace,
        &at.env,
        cancel,
    );
    let judged = judged.map_err(|text| wrong(format!("explainPermission: {text}")))?;
    let explained = Explanation::new(judged.decision, at.settings.mode, at.can_ask);
    serde_json::to_value(explained)
        .map_err(|error| EngineError::new(ErrorKind::InternalError, error.to_string()))
}
