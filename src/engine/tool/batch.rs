//! The calls of one reply: readers side by side, writers alone, results to the model in the order asked.

use super::call_hooks::Beside;
use super::dispatch::{self, Answer, Dispatch};
use crate::engine::hook::input::BatchCall;
use crate::engine::hook::{self, HookEvent, Occurrence};
use crate::engine::message::sdk::{SdkMessage, UserContent, UserMessage};
use crate::engine::session::history::{UserBlock, tool_result};
use crate::engine::session::run::{Session, TurnRun};
use crate::engine::task;
use crate::engine::turn::{ToolCall, ToolsReport, hooks};
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

/// Runs every call and appends all results as one user message. `stopped`: a hook has stopped the agent, so that none
/// runs.
pub async fn run(calls: Vec<ToolCall>, stopped: bool, run: &mut TurnRun<'_>) -> Result<ToolsReport, Stopped> {
    let limit = run.session.env.number("CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY");
    let limit = limit.and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0).unwrap_or(SIDE_BY_SIDE);
    let prepared: Vec<Dispatch> =
        calls.into_iter().map(|call| dispatch::prepare(call, run.session)).collect();
    let mut report = ToolsReport { stopped, ..ToolsReport::default() };
    let mut blocks = Blocks::default();
    let mut rest = prepared.as_slice();
    let (session, cancel, alone) = (run.session, run.cancel.clone(), prepared.len() == 1);
    while !rest.is_empty() {
        let readers = rest.iter().take_while(|call| call.parallel()).count();
        let (group, later) = rest.split_at(readers.max(1));
        rest = later;
        let ending = (report.stopped, report.interrupt);
        let running: Vec<_> =
            group.iter().map(|call| answer(call, alone, session, &cancel, ending)).collect();
        let mut answers = futures::stream::iter(running).buffer_unordered(limit);
        while let Some((call, answer, beside)) = answers.next().await {
            report.interrupt |= matches!(answer, Answer::Denied { interrupt: true, .. });
            report.stopped |= beside.stop;
            if matches!(answer, Answer::Deferred) {
                report.deferred = Some(call.call.clone());
                session.hooks.keep_notes(beside.notes);
                continue;
            }
            finish(call, answer, run, &mut blocks);
            blocks.notes.extend(beside.notes);
        }
    }
    run.count_beside();
    if report.deferred.is_none() {
        report.stopped |= batch_hooks(&mut blocks, session, &cancel).await;
        let mut blocks = blocks.into_blocks();
        blocks.extend(task::notify::block(&session.tasks));
        run.history.push_user(blocks);
    }
    if run.cancel.is_cancelled() { Err(Stopped::Cancelled) } else { Ok(report) }
}

/// What goes back to the model.
#[derive(Default)]
struct Blocks {
    results: Vec<UserBlock>,
    /// What hooks add, behind the results.
    notes: Vec<String>,
    /// For PostToolBatch hooks, if there are any.
    calls: Vec<BatchCall>,
}

impl Blocks {
    fn into_blocks(self) -> Vec<UserBlock> {
        let mut blocks = self.results;
        blocks.extend(hooks::blocks(&self.notes));
        blocks
    }
}

/// Tells PostToolBatch hooks of all calls; returns whether they stop the agent (row 193).
async fn batch_hooks(blocks: &mut Blocks, session: &Session, cancel: &CancellationToken) -> bool {
    if blocks.calls.is_empty() || cancel.is_cancelled() {
        return false;
    }
    let calls = std::mem::take(&mut blocks.calls);
    let occurrence = Occurrence::PostToolBatch { tool_calls: &calls };
    let Ok(merged) = hook::fire(session, &occurrence, cancel).await else { return false };
    if let Some(reason) = &merged.block {
        let reason = reason.as_deref().unwrap_or("it gave no reason");
        session.emitter.inform(format!("Stopped by a PostToolBatch hook: {reason}"), "notice");
        blocks.notes.push(hook::reminder(&format!("A PostToolBatch hook stopped the turn here: {reason}")));
    }
    blocks.notes.extend(merged.notes());
    merged.block.is_some() || merged.stop.is_some()
}

/// Runs one call unless the turn is ending.
async fn answer<'a>(
    call: &'a Dispatch,
    alone: bool,
    session: &Session,
    cancel: &CancellationToken,
    (stopped, interrupt): (bool, bool),
) -> (&'a Dispatch, Answer, Beside) {
    if stopped {
        let text = "It did not run: a hook stopped the agent.".to_owned();
        return (call, Answer::Failed(text), Beside::default());
    }
    if interrupt || cancel.is_cancelled() {
        return (call, Answer::Cancelled, Beside::default());
    }
    let (answer, beside) = dispatch::run(call, alone, session, cancel).await;
    (call, answer, beside)
}

/// Emits the result of one call and keeps it for the history.
fn finish(call: &Dispatch, answer: Answer, run: &mut TurnRun<'_>, blocks: &mut Blocks) {
    let (content, structured, is_error) = match answer {
        Answer::Output { content, structured, is_error } => (content, structured, is_error),
        Answer::Failed(text) => error(text),
        Answer::Denied { text, denial, .. } => {
            run.denials.push(denial);
            error(text)
        }
        Answer::Cancelled => error(INTERRUPTED.to_owned()),
        Answer::Deferred => return,
    };
    let Some(block) = tool_result(&call.call.id, &content, is_error) else { return };
    run.session.emitter.emit(&SdkMessage::User(UserMessage {
        message: UserContent { role: "user", content: vec![block.clone()] },
        parent_tool_use_id: None,
        is_synthetic: false,
        tool_use_result: Some(structured),
        timestamp: run.session.emitter.timestamp(),
    }));
    if !run.session.hooks.table().of(HookEvent::PostToolBatch).is_empty() {
        blocks.calls.push(BatchCall {
            tool_name: call.call.name.clone(),
            tool_input: call.call.input.clone().unwrap_or_else(Value::String),
            tool_use_id: call.call.id.clone(),
            tool_response: content,
        });
    }
    blocks.results.push(UserBlock::ToolResult { tool_use_id: call.call.id.clone(), json: block });
}

fn error(text: String) -> (Value, Value, bool) {
    let structured = Value::String(format!("Error: {text}"));
    (Value::String(text), structured, true)
}
