//! Why a turn ended → its last messages: the marker or failure text, and the one result.

use super::{Ending, Phase, Turn};
use crate::engine::clock::new_uuid;
use crate::engine::message::input::text_block;
use crate::engine::message::result::{ResultMessage, Subtype};
use crate::engine::message::sdk::{ApiMessage, AssistantMessage, SdkMessage, UserContent, UserMessage};
use crate::engine::model::{ApiFailure, FailureKind};
use crate::engine::session::history::UserBlock;
use crate::engine::session::run::TurnRun;
use serde_json::{Value, json};
use std::time::Duration;

/// What of an ending differs between results.
struct Verdict {
    subtype: Subtype,
    is_error: bool,
    result: Option<String>,
    errors: Option<Vec<String>>,
    stop_reason: Option<String>,
    terminal_reason: &'static str,
    api_error_status: Option<Option<u16>>,
    /// Instead of the turn's own count.
    num_turns: Option<u32>,
    deferred: Option<Value>,
}

impl Verdict {
    /// A turn that ended as it should with this text.
    fn success(text: String, terminal_reason: &'static str, stop_reason: Option<String>) -> Self {
        Self {
            subtype: Subtype::Success,
            is_error: false,
            result: Some(text),
            errors: None,
            stop_reason,
            terminal_reason,
            api_error_status: None,
            num_turns: None,
            deferred: None,
        }
    }
}

/// Emits everything that follows the last reply of a turn. `queued` is the number of messages that wait.
pub fn finish(ending: Ending, turn: &Turn, run: &mut TurnRun<'_>, wall: Duration, queued: usize) {
    let stop_reason = turn.stop_reason().map(str::to_owned);
    let verdict = match ending {
        Ending::Completed { text } => Verdict::success(text, "completed", stop_reason),
        Ending::HookStopped => Verdict::success(String::new(), "hook_stopped", stop_reason),
        Ending::StopPrevented { text } => Verdict::success(text, "stop_hook_prevented", stop_reason),
        Ending::PromptBlocked { text } => {
            Verdict { num_turns: Some(0), ..Verdict::success(text, "hook_stopped", None) }
        }
        Ending::Unusable { text } => Verdict {
            subtype: Subtype::ErrorDuringExecution,
            is_error: true,
            result: None,
            errors: Some(vec![text]),
            num_turns: Some(0),
            ..Verdict::success(String::new(), "turn_setup_failed", None)
        },
        Ending::Deferred(call) => Verdict {
            deferred: Some(
                json!({ "id": call.id, "name": call.name, "input": call.input.unwrap_or_default() }),
            ),
            ..Verdict::success(String::new(), "tool_deferred", Some("tool_deferred".to_owned()))
        },
        Ending::MaxTurns { limit } => Verdict {
            subtype: Subtype::ErrorMaxTurns,
            is_error: true,
            result: None,
            errors: Some(vec![format!("Reached the maximum number of turns ({limit})")]),
            stop_reason,
            terminal_reason: "max_turns",
            api_error_status: None,
            num_turns: None,
            deferred: None,
        },
        Ending::Interrupted(phase) => {
            mark_interrupt(phase, run);
            Verdict {
                subtype: Subtype::ErrorDuringExecution,
                is_error: true,
                result: None,
                errors: Some(vec![marker(phase).to_owned()]),
                stop_reason,
                terminal_reason: match phase {
                    Phase::Streaming => "aborted_streaming",
                    Phase::Tools => "aborted_tools",
                },
                api_error_status: None,
                num_turns: None,
                deferred: None,
            }
        }
        Ending::ApiFailed(failure) => {
            let text = failure_text(&failure);
            tell_failure(&failure, &text, run);
            run.take_back(&failure);
            Verdict {
                subtype: Subtype::Success,
                is_error: true,
                result: Some(text),
                errors: None,
                stop_reason: Some("stop_sequence".to_owned()),
                terminal_reason: if failure.kind == FailureKind::PromptTooLong {
                    "prompt_too_long"
                } else {
                    "api_error"
                },
                api_error_status: Some(failure.status),
                num_turns: None,
                deferred: None,
            }
        }
    };
    emit_result(verdict, turn, run, wall, queued);
}

fn emit_result(verdict: Verdict, turn: &Turn, run: &mut TurnRun<'_>, wall: Duration, queued: usize) {
    let index = run.totals.results;
    run.totals.results += 1;
    run.session.emitter.emit(&SdkMessage::Result(Box::new(ResultMessage {
        subtype: verdict.subtype,
        is_error: verdict.is_error,
        duration_ms: millis(wall),
        duration_api_ms: millis(run.api_time),
        num_turns: verdict.num_turns.unwrap_or_else(|| turn.num_turns()),
        result: verdict.result,
        errors: verdict.errors,
        stop_reason: verdict.stop_reason,
        total_cost_usd: run.totals.models.total_cost_usd(),
        usage: run.usage.to_json(),
        model_usage: run.totals.models.to_json(),
        permission_denials: std::mem::take(&mut run.denials),
        terminal_reason: verdict.terminal_reason,
        api_error_status: verdict.api_error_status,
        deferred_tool_use: verdict.deferred,
        ttft_ms: run.first_event.map(millis),
        result_index: index,
        queued_turn_count: queued,
    })));
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The texts that programs look for.
fn marker(phase: Phase) -> &'static str {
    match phase {
        Phase::Streaming => "[Request interrupted by user]",
        Phase::Tools => "[Request interrupted by user for tool use]",
    }
}

/// Tells the consumer, and later the model, that the turn was cut off.
fn mark_interrupt(phase: Phase, run: &mut TurnRun<'_>) {
    let Ok(block) = text_block(marker(phase)) else { return };
    run.session.emitter.emit(&SdkMessage::User(UserMessage {
        message: UserContent { role: "user", content: vec![block.clone()] },
        parent_tool_use_id: None,
        is_synthetic: true,
        tool_use_result: None,
        timestamp: run.session.emitter.timestamp(),
    }));
    run.history.push_user(vec![UserBlock::Other(block)]);
}

/// What people read about a failure: the status, the API's own words, and what to do where that is known.
pub fn failure_text(failure: &ApiFailure) -> String {
    let head = match failure.status {
        Some(status) => format!("API error ({status})"),
        None => "API error".to_owned(),
    };
    let advice = match failure.kind {
        FailureKind::AuthenticationFailed => " Check ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN.",
        FailureKind::ModelNotFound => " Check options.model.",
        FailureKind::Connection => " Check the network, ANTHROPIC_BASE_URL and proxy settings.",
        FailureKind::Tls => " Check NODE_EXTRA_CA_CERTS and the proxy settings.",
        FailureKind::Garbage => " Check that ANTHROPIC_BASE_URL serves the Messages API.",
        FailureKind::BillingError
        | FailureKind::RateLimit
        | FailureKind::Overloaded
        | FailureKind::InvalidRequest
        | FailureKind::PromptTooLong
        | FailureKind::RequestTooLarge
        | FailureKind::ServerError
        | FailureKind::Timeout
        | FailureKind::Unknown => "",
    };
    let stop = if failure.message.ends_with(['.', '!', '?']) || advice.is_empty() { "" } else { "." };
    format!("{head}: {}{stop}{advice}", failure.message)
}

/// A failure is told as an assistant message of the model `<synthetic>` (row 16).
fn tell_failure(failure: &ApiFailure, text: &str, run: &TurnRun<'_>) {
    let Ok(block) = text_block(text) else { return };
    run.session.emitter.emit(&SdkMessage::Assistant(Box::new(AssistantMessage {
        message: ApiMessage {
            id: new_uuid(),
            r#type: "message",
            role: "assistant",
            model: "<synthetic>".to_owned(),
            content: vec![block],
            stop_reason: Some("stop_sequence".to_owned()),
            stop_sequence: Some(String::new()),
            usage: crate::engine::model::cost::UsageTotals::default().to_json(),
            extra: serde_json::Map::new(),
        },
        parent_tool_use_id: None,
        error: Some(failure.error_name()),
        request_id: failure.request_id.clone(),
        aborted: false,
        timestamp: run.session.emitter.timestamp(),
    })));
}

/// The result of a run that a bug of ours ended; nothing is known but the text.
pub fn internal_error(text: &str) -> SdkMessage {
    SdkMessage::Result(Box::new(ResultMessage {
        subtype: Subtype::ErrorDuringExecution,
        is_error: true,
        duration_ms: 0,
        duration_api_ms: 0,
        num_turns: 0,
        result: None,
        errors: Some(vec![format!(
            "Internal error of native-agent-sdk: {text}. This is a bug; please report it."
        )]),
        stop_reason: None,
        total_cost_usd: 0.0,
        usage: crate::engine::model::cost::UsageTotals::default().to_json(),
        model_usage: serde_json::json!({}),
        permission_denials: Vec::new(),
        terminal_reason: "internal_error",
        api_error_status: None,
        deferred_tool_use: None,
        ttft_ms: None,
        result_index: 0,
        queued_turn_count: 0,
    }))
}
