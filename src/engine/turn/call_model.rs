//! One request to the model: sent, streamed to the consumer, retried when that helps, appended to the history.

use super::hooks;
use super::{Said, ToolCall};
use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::context::request;
use crate::engine::message::sdk::{
    ApiMessage, ApiRetryMessage, AssistantMessage, SdkMessage, StatusMessage, StreamEventMessage,
    SystemMessage,
};
use crate::engine::model::retry::RetryDecision;
use crate::engine::model::{
    Accumulator, ApiFailure, BlockKind, Event, FailureKind, ModelRequest, Reply, StreamEvent,
};
use crate::engine::session::history::AssistantBlock;
use crate::engine::session::run::TurnRun;
use serde_json::Value;

/// Why there is no complete reply.
#[derive(Debug)]
pub enum Stopped {
    /// It failed for good.
    Failed(ApiFailure),
    /// The turn was cancelled; what had arrived is in the history.
    Cancelled,
}

impl From<Cancelled> for Stopped {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// Why one attempt gave no complete reply.
enum Broken {
    /// It failed; what had arrived is lost.
    Failed(ApiFailure),
    /// It was cancelled with this much of a reply.
    Cancelled(Box<Reply>, Option<String>),
}

/// Calls the model with the history as it is and appends the reply.
pub async fn call(run: &mut TurnRun<'_>) -> Result<Said, Stopped> {
    run.session.mcp.listed().or_cancel(&run.cancel).await?;
    run.session.gauge.set_messages(run.history.bytes());
    let request = request::build(run.session, run.history, &mut run.body);
    if run.session.emitter.partial() {
        let status = StatusMessage { status: Some("requesting"), permission_mode: None };
        run.session.emitter.emit(&SdkMessage::System(SystemMessage::Status(status)));
    }
    let mut retries = 0;
    loop {
        let began = run.session.clock.elapsed();
        let answer = attempt(run, request.clone()).await;
        run.api_time += run.session.clock.elapsed().saturating_sub(began);
        match answer {
            Ok((reply, request_id)) => {
                if !reply.usage.is_empty() {
                    let at = run.session.clock.elapsed();
                    run.session.gauge.counted(&reply.usage, request.body.len(), at);
                }
                return Ok(keep(run, reply, request_id, false).await);
            }
            Err(Broken::Cancelled(reply, request_id)) => {
                keep(run, *reply, request_id, true).await;
                return Err(Stopped::Cancelled);
            }
            Err(Broken::Failed(failure)) => {
                retries += 1;
                match run.session.retry.decide(&failure, retries, fastrand::f64()) {
                    RetryDecision::GiveUp => return Err(Stopped::Failed(failure)),
                    RetryDecision::Retry { delay } => {
                        announce_retry(run, &failure, retries, delay);
                        run.pause(delay).await?;
                    }
                }
            }
        }
    }
}

fn announce_retry(run: &TurnRun<'_>, failure: &ApiFailure, attempt: u32, delay: std::time::Duration) {
    run.session.emitter.emit(&SdkMessage::System(SystemMessage::ApiRetry(ApiRetryMessage {
        attempt,
        max_retries: run.session.retry.max_retries,
        retry_delay_ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
        error_status: failure.status,
        error: failure.error_name(),
    })));
}

/// Sends the request once and streams the answer.
async fn attempt(run: &mut TurnRun<'_>, request: ModelRequest) -> Result<(Reply, Option<String>), Broken> {
    let cancel = run.cancel.clone();
    let mut accumulator = Accumulator::default();
    let sent = run.session.clock.elapsed();
    let client = std::sync::Arc::clone(&run.session.client);
    let mut stream = match client.open(request).or_cancel(&cancel).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(failure)) => return Err(Broken::Failed(failure)),
        Err(Cancelled) => return Err(Broken::Cancelled(Box::new(accumulator.abandon()), None)),
    };
    let request_id = stream.request_id().map(str::to_owned);
    loop {
        let event = match stream.ready() {
            Some(event) => event,
            None => {
                // Nothing more has arrived: wait for it, and before that for a consumer that is behind.
                let next = async {
                    run.session.emitter.room().await;
                    stream.next().await
                };
                match next.or_cancel(&cancel).await {
                    Ok(Some(event)) => event,
                    Ok(None) => break,
                    Err(Cancelled) => {
                        return Err(Broken::Cancelled(Box::new(accumulator.abandon()), request_id));
                    }
                }
            }
        };
        let event = event.map_err(Broken::Failed)?;
        accumulator.push(&event.event).map_err(Broken::Failed)?;
        if run.first_event.is_none() {
            run.first_event = Some(run.session.clock.elapsed().saturating_sub(sent));
        }
        if run.session.emitter.partial() {
            forward(run, event, sent);
        }
    }
    let reply = accumulator.finish().map_err(Broken::Failed)?;
    if reply.blocks.is_empty() && reply.stop_reason.is_none() {
        let text = "the API ended its reply before saying anything";
        return Err(Broken::Failed(ApiFailure::new(FailureKind::Garbage, text)));
    }
    Ok((reply, request_id))
}

/// Hands one event on to a consumer that asked for them.
fn forward(run: &TurnRun<'_>, event: StreamEvent, sent: std::time::Duration) {
    if let Some((index, kind, text)) = event.plain_delta() {
        run.session.emitter.emit_delta(index, kind, text);
        return;
    }
    let waited = || run.session.clock.elapsed().saturating_sub(sent).as_millis();
    let ttft_ms =
        matches!(event.event, Event::MessageStart(_)).then(|| u64::try_from(waited()).unwrap_or(u64::MAX));
    let Ok(raw) = serde_json::value::RawValue::from_string(event.raw.into()) else { return };
    run.session.emitter.emit(&SdkMessage::StreamEvent(StreamEventMessage {
        event: raw,
        parent_tool_use_id: None,
        ttft_ms,
    }));
}

/// Counts, emits and appends a reply; returns what decides how the turn goes on.
async fn keep(run: &mut TurnRun<'_>, reply: Reply, request_id: Option<String>, aborted: bool) -> Said {
    if !reply.usage.is_empty() {
        let model = run.session.models.resolve(&reply.model, &run.session.env);
        run.usage.add(&reply.usage);
        run.totals.models.add(&model, &reply.usage);
    }
    let usage = Value::Object(reply.usage);
    let mut said = Said { stop_reason: reply.stop_reason.clone(), ..Said::default() };
    let mut segment = Vec::with_capacity(reply.blocks.len());
    for block in reply.blocks {
        let mut said_here = None;
        let mut kept = AssistantBlock { tool_use_id: None, empty_text: false, json: block.json.clone() };
        match block.kind {
            BlockKind::Text(text) => {
                kept.empty_text = text.trim().is_empty();
                if !kept.empty_text {
                    said_here = Some(text.clone());
                    said.text = text;
                }
            }
            BlockKind::ToolUse { id, name, input } => {
                kept.tool_use_id = Some(id.clone());
                said.calls.push(ToolCall { id, name, input });
            }
            BlockKind::Thinking
            | BlockKind::RedactedThinking
            | BlockKind::ServerTool
            | BlockKind::Other(_) => {}
        }
        segment.push(kept);
        let shown = match &said_here {
            Some(text) if !aborted => hooks::displayed(run, &reply.id, text, &block.json).await,
            Some(_) | None => None,
        };
        run.session.emitter.emit(&SdkMessage::Assistant(Box::new(AssistantMessage {
            message: ApiMessage {
                id: reply.id.clone(),
                r#type: "message",
                role: "assistant",
                model: reply.model.clone(),
                content: vec![shown.unwrap_or(block.json)],
                stop_reason: reply.stop_reason.clone(),
                stop_sequence: reply.stop_sequence.clone(),
                usage: usage.clone(),
                extra: reply.extra.clone(),
            },
            parent_tool_use_id: None,
            error: None,
            request_id: request_id.clone(),
            aborted,
            timestamp: run.session.emitter.timestamp(),
        })));
    }
    run.history.push_assistant(&segment);
    run.session.gauge.set_messages(run.history.bytes());
    said
}
