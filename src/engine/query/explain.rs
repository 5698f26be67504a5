//! `explainPermission`: what would happen to a call and why, without running anything.

use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::hook::HookEvent;
use crate::engine::hook::condition::Judging;
use crate::engine::hook::table::{Handler, Hook, HookTable};
use crate::engine::io;
use crate::engine::options::Options;
use crate::engine::permission::{ExplainedHook, Explanation, PermissionMode};
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
    /// Hooks of options and settings.
    pub hooks: Arc<HookTable>,
    /// Nothing asks, so that no PermissionRequest hook is called.
    pub never_ask: bool,
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
        hooks: session.hooks.table(),
        never_ask: session.options.never_ask,
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
    let told = |explained: Explanation| {
        serde_json::to_value(explained)
            .map_err(|error| EngineError::new(ErrorKind::InternalError, error.to_string()))
    };
    let Some(entry) = at.tools.get(name) else {
        // The model is not offered it, and a call all the same would run into nothing.
        if let Some(refusal) = at.settings.rules.refusal(name) {
            return told(Explanation::new(refusal, at.settings.mode, at.can_ask));
        }
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
    let call = Judging {
        entry: &entry,
        input: &input,
        declared: &declared,
        settings: &at.settings,
        workspace: &at.workspace,
        env: &at.env,
    };
    told(Explanation::new(judged.decision, at.settings.mode, at.can_ask).with_hooks(hooks(call, at, cancel)))
}

/// The hooks that would have a say about the call, in the order in which they are started. A command that nobody waits
/// for decides nothing.
fn hooks(call: Judging<'_>, at: &Situation, cancel: &CancellationToken) -> Vec<ExplainedHook> {
    let tool = &call.entry.tool;
    let asks = !at.never_ask && at.settings.mode != PermissionMode::DontAsk;
    let decides = |hook: &&Hook| match &hook.handler {
        Handler::Command(command) => !command.background,
        Handler::Callback { .. }
        | Handler::Http(_)
        | Handler::Prompt(_)
        | Handler::Agent(_)
        | Handler::ServerTool(_) => true,
    };
    let concerned =
        |hook: &&Hook| hook.condition.as_ref().is_none_or(|condition| condition.met_by(call, cancel));
    [HookEvent::PreToolUse, HookEvent::PermissionRequest]
        .into_iter()
        .filter(|event| asks || *event != HookEvent::PermissionRequest)
        .flat_map(|event| {
            let matching = at.hooks.matching(event, tool.name(), tool.origin());
            matching.into_iter().filter(decides).filter(concerned).map(move |hook| ExplainedHook {
                event: event.name(),
                matcher: hook.matcher.text(),
                origin: hook.origin.clone(),
            })
        })
        .collect()
}
