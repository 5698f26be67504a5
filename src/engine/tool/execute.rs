//! Runs an allowed call: what its tool may use, the tool itself, and the hooks around it.

use super::call_hooks::{self, Beside};
use super::dispatch::{Answer, Dispatch, Ready, set_mode};
use super::{ToolContent, ToolContext, ToolError, event_hooks, result_limit};
use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::io;
use crate::engine::permission::ReadFilter;
use crate::engine::query::panic_text;
use crate::engine::session::flag;
use crate::engine::session::run::Session;
use futures::FutureExt;
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Runs the call and tells hooks how it went.
pub async fn execute(
    ready: &Ready,
    judged: Option<PathBuf>,
    dispatch: &Dispatch,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Answer {
    let tool = ready.entry.tool.name();
    if let Err(instead) = event_hooks::before(tool, &ready.input, beside, session, cancel).await {
        return instead;
    }
    let (before, began) = (session.workspace.current(), session.clock.elapsed());
    let answer = start(ready, judged, dispatch, session, cancel).await;
    let answer = event_hooks::after(tool, answer, beside, session, cancel).await;
    let took = session.clock.elapsed().saturating_sub(began);
    call_hooks::moved(&before, beside, session, cancel).await;
    call_hooks::after(&*ready.entry.tool, ready.subject(dispatch), answer, took, beside, session, cancel)
        .await
}

/// What the tool of a call may use.
pub fn context(
    dispatch: &Dispatch,
    session: &Session,
    cancel: &CancellationToken,
    judged: Option<PathBuf>,
) -> ToolContext {
    let live = session.live.get();
    ToolContext {
        workspace: Arc::clone(&session.workspace),
        files: io::files::until(session.workspace.files(), cancel),
        env: Arc::clone(&session.env),
        read_state: Arc::clone(&session.read_state),
        processes: Arc::clone(&session.processes),
        effort: crate::engine::context::request::effort(session, &live).map(str::to_owned),
        tasks: Arc::clone(&session.tasks),
        cancel: cancel.clone(),
        clock: session.clock.clone(),
        tool_use_id: dispatch.call.id.clone(),
        session_id: Arc::clone(&session.id),
        services: Arc::clone(&session.services),
        tool_config: Arc::clone(&session.options.tool_config),
        plan_instructions: session.options.plan_mode_instructions.clone(),
        unreadable: Arc::new(ReadFilter::new(
            &live.rules,
            session.workspace.original(),
            session.env.home().as_deref(),
        )),
        judged,
        live,
    }
}

async fn start(
    ready: &Ready,
    judged: Option<PathBuf>,
    dispatch: &Dispatch,
    session: &Session,
    cancel: &CancellationToken,
) -> Answer {
    let context = context(dispatch, session, cancel, judged);
    // A bug in one tool ends that call, not the run.
    let running = AssertUnwindSafe(ready.entry.tool.run(ready.input.clone(), &context)).catch_unwind();
    let ran = match running.or_cancel(cancel).await {
        Ok(Ok(ran)) => Ok(ran),
        Ok(Err(payload)) => Ok(Err(ToolError::Fatal(panic_text(payload.as_ref())))),
        Err(Cancelled) => Err(Cancelled),
    };
    match ran {
        Ok(Ok(output)) => {
            // A tool's own change of mode needs nobody's leave: it only narrows, or was approved with the call.
            if let Some(mode) = ready.entry.tool.mode_after(session.live.get().mode)
                && set_mode(mode, session).is_err()
            {
                return Answer::Failed("The permission mode could not be changed.".to_owned());
            }
            if let Some(changed) = ready.entry.tool.settings_after(&output.structured)
                && let Err(error) = flag::apply(changed, session).await
            {
                return Answer::Failed(error.message);
            }
            let entry = &ready.entry.tool;
            let content =
                result_limit::fit(output.content, entry.result_limit(), entry.name(), &context).await;
            let content = match content {
                ToolContent::Text(text) => Value::String(text),
                ToolContent::Blocks(blocks) => Value::Array(blocks),
            };
            Answer::Output { content, structured: output.structured, is_error: output.is_error }
        }
        Ok(Err(ToolError::Respond(text))) => Answer::Failed(text),
        Ok(Err(ToolError::Cancelled)) | Err(Cancelled) => Answer::Cancelled,
        Ok(Err(ToolError::Fatal(text))) => Answer::Failed(format!(
            "{} failed inside native-agent-sdk, which is a bug: {text}",
            dispatch.call.name
        )),
    }
}
