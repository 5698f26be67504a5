//! The calls of one reply: readers side by side, writers alone, results to the model in the order asked.

use super::dispatch::{self, Answer, Dispatch};
use crate::engine::message::sdk::{SdkMessage, UserContent, UserMessage};
use crate::engine::session::history::{UserBlock, tool_result};
use crate::engine::session::run::{Session, TurnRun};
use crate::engine::task;
use crate::engine::turn::{ToolCall, ToolsReport};
use futures::StreamExt;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// The round was cut off; every call has its result in the history all the same.
#[derive(Debug)]
pub enum Stopped {
    /// The turn was cancelled.
    Cancelled,
}

/// How many readers run at a time unless `CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY` says otherwise (row 21).
const SIDE_BY_SIDE: usize = 10;

/// What a call is answered with when the turn ends before it ran or while it ran.
const INTERRUPTED: &str = "The user interrupted this call. Do not repeat it unless the user asks for it.";

/// Runs every call and appends all results as one user message.
pub async fn run(calls: Vec<ToolCall>, run: &mut TurnRun<'_>) -> Result<ToolsReport, Stopped> {
    let limit = run.session.env.number("CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY");
    let limit = limit.and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0).unwrap_or(SIDE_BY_SIDE);
    let prepared: Vec<Dispatch> =
        calls.into_iter().map(|call| dispatch::prepare(call, run.session)).collect();
    let mut report = ToolsReport::default();
    let mut blocks = Vec::with_capacity(prepared.len());
    let mut rest = prepared.as_slice();
    let (session, cancel) = (run.session, run.cancel.clone());
    while !rest.is_empty() {
        let readers = rest.iter().take_while(|call| call.parallel()).count();
        let (group, later) = rest.split_at(readers.max(1));
        rest = later;
        let running: Vec<_> =
            group.iter().map(|call| answer(call, session, &cancel, report.interrupt)).collect();
        let mut answers = futures::stream::iter(running).buffer_unordered(limit);
        while let Some((call, answer)) = answers.next().await {
            report.interrupt |= matches!(answer, Answer::Denied { interrupt: true, .. });
            finish(call, answer, run, &mut blocks);
        }
    }
    blocks.extend(task::notify::block(&session.tasks));
    run.history.push_user(blocks);
    if run.cancel.is_cancelled() { Err(Stopped::Cancelled) } else { Ok(report) }
}

/// Runs one call unless the turn is ending.
async fn answer<'a>(
    call: &'a Dispatch,
    session: &Session,
    cancel: &CancellationToken,
    ending: bool,
) -> (&'a Dispatch, Answer) {
    if ending || cancel.is_cancelled() {
        return (call, Answer::Cancelled);
    }
    (call, dispatch::run(call, session, cancel).await)
}

/// Emits the result of one call and keeps it for the history.
fn finish(call: &Dispatch, answer: Answer, run: &mut TurnRun<'_>, blocks: &mut Vec<UserBlock>) {
    let (content, structured, is_error) = match answer {
        Answer::Output { content, structured, is_error } => (content, structured, is_error),
        Answer::Failed(text) => error(text),
        Answer::Denied { text, denial, .. } => {
            run.denials.push(denial);
            error(text)
        }
        Answer::Cancelled => error(INTERRUPTED.to_owned()),
    };
    let Some(block) = tool_result(&call.call.id, &content, is_error) else { return };
    run.session.emitter.emit(&SdkMessage::User(UserMessage {
        message: UserContent { role: "user", content: vec![block.clone()] },
        parent_tool_use_id: None,
        is_synthetic: false,
        tool_use_result: Some(structured),
        timestamp: run.session.emitter.timestamp(),
    }));
    blocks.push(UserBlock::ToolResult { tool_use_id: call.call.id.clone(), json: block });
}

fn error(text: String) -> (Value, Value, bool) {
    let structured = Value::String(format!("Error: {text}"));
    (Value::String(text), structured, true)
}
