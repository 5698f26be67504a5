//! A call of a model beside the conversation: no hooks hear of it and nobody is asked, so that only what is plainly allowed
//! runs.

use super::dispatch::{self, Dispatch};
use super::execute::context;
use super::files::read_state::ReadState;
use super::{ToolContent, ToolError, result_limit};
use crate::engine::permission::{Verdict, denial_text};
use crate::engine::query::panic_text;
use crate::engine::session::run::Session;
use crate::engine::turn::ToolCall;
use futures::FutureExt;
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Content of the `tool_result`, or an error text for the model. `seen` holds which files this model has seen, apart from
/// what the conversation's has.
pub async fn run(
    call: ToolCall,
    seen: &Arc<ReadState>,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Value, String> {
    let dispatch = dispatch::prepare(call, session);
    let Dispatch { call, ready } = &dispatch;
    let ready = ready.as_ref().map_err(String::clone)?;
    let judged = dispatch::judge(ready, None, session).await?;
    if judged.decision.verdict != Verdict::Allow {
        return Err(denial_text(&call.name, &judged.decision.reason, &ready.input));
    }
    let mut context = context(&dispatch, session, cancel, judged.target);
    context.read_state = Arc::clone(seen);
    let tool = &ready.entry.tool;
    let running = AssertUnwindSafe(tool.run(ready.input.clone(), &context)).catch_unwind();
    let ran = running.await.unwrap_or_else(|payload| Err(ToolError::Fatal(panic_text(payload.as_ref()))));
    let output = ran.map_err(|error| match error {
        ToolError::Respond(text) => text,
        ToolError::Cancelled => "The call was cancelled.".to_owned(),
        ToolError::Fatal(text) => {
            format!("{} failed inside native-agent-sdk, which is a bug: {text}", call.name)
        }
    })?;
    let content = result_limit::fit(output.content, tool.result_limit(), tool.name(), &context).await;
    match content {
        ToolContent::Text(text) if output.is_error => Err(text),
        ToolContent::Text(text) => Ok(Value::String(text)),
        ToolContent::Blocks(blocks) => Ok(Value::Array(blocks)),
    }
}
