//! What hooks say before, beside and after one tool call.

use super::dispatch::Answer;
use super::replaced::{Output, replaced};
use super::{Tool, ToolContext};
use crate::engine::cancel::Cancelled;
use crate::engine::hook::output::{Permission, RequestDecision};
use crate::engine::hook::{self, CallAtHand, HookEvent, Merged, Occurrence, Stops};
use crate::engine::host::{PermissionAnswer, PermissionQuestion};
use crate::engine::permission::{HookDecision, PermissionUpdate};
use crate::engine::session::run::Session;
use serde_json::Value;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What hooks add to the answer of a call.
#[derive(Debug, Default)]
pub struct Beside {
    /// Texts for the model beside the result.
    pub notes: Vec<String>,
    /// A hook stopped the agent.
    pub stop: bool,
}

impl Beside {
    /// Asks hooks, and keeps what goes beside the result.
    pub(super) async fn fire(
        &mut self,
        session: &Session,
        occurrence: &Occurrence<'_>,
        cancel: &CancellationToken,
    ) -> Result<Merged, Cancelled> {
        let merged = hook::fire(session, occurrence, cancel).await?;
        self.add(&merged);
        Ok(merged)
    }

    pub(super) fn add(&mut self, merged: &Merged) {
        self.notes.extend(merged.notes());
        self.stop |= merged.stop.is_some();
    }
}

/// What PreToolUse hooks said.
#[derive(Debug, Default)]
pub struct Before {
    /// For the decision.
    pub decision: Option<HookDecision>,
    /// To run instead of what the model asked for.
    pub input: Option<Value>,
    /// The run ends here and is taken up later.
    pub defer: bool,
}

/// Asks PreToolUse hooks. `alone`: the call is the only one of its reply, so that it can be deferred (row 188).
pub async fn before(
    call: CallAtHand<'_>,
    alone: bool,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Before, Cancelled> {
    let occurrence = Occurrence::PreToolUse {
        tool_name: call.tool,
        origin: call.origin,
        tool_input: call.input,
        tool_use_id: call.id,
    };
    let merged = beside.fire(session, &occurrence, cancel).await?;
    let answered = merged.answered;
    let mut before = Before { input: merged.updated_input, ..Before::default() };
    before.decision = match merged.permission {
        None => None,
        Some((Permission::Allow, reason)) => Some(HookDecision::Allow { reason, answered }),
        Some((Permission::Ask, reason)) => Some(HookDecision::Ask { reason }),
        Some((Permission::Deny, reason)) => Some(HookDecision::Deny { reason }),
        Some((Permission::Defer, _)) if alone => {
            before.defer = true;
            None
        }
        Some((Permission::Defer, _)) => {
            let text = format!(
                "A hook deferred {}, which works only for a reply with one call: it is asked about instead.",
                call.tool
            );
            session.emitter.warn(text);
            Some(HookDecision::Ask { reason: Some("a hook wanted to decide later".to_owned()) })
        }
    };
    Ok(before)
}

/// Asks PermissionRequest hooks (row 99).
pub async fn requested(
    call: CallAtHand<'_>,
    suggestions: &[PermissionUpdate],
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Option<RequestDecision>, Cancelled> {
    let occurrence = Occurrence::PermissionRequest {
        tool_name: call.tool,
        origin: call.origin,
        tool_input: call.input,
        permission_suggestions: suggestions,
        tool_use_id: call.id,
    };
    let merged = beside.fire(session, &occurrence, cancel).await?;
    Ok(merged.request)
}

/// Tells PermissionDenied hooks of a call that the reviewer has refused; returns whether the model may try it again.
pub async fn denied(
    call: CallAtHand<'_>,
    reason: &str,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<bool, Cancelled> {
    let occurrence = Occurrence::PermissionDenied {
        tool_name: call.tool,
        origin: call.origin,
        tool_input: call.input,
        tool_use_id: call.id,
        reason,
    };
    let merged = beside.fire(session, &occurrence, cancel).await?;
    Ok(merged.retry)
}

/// How long a question waits before a notification says so (row 100).
const NOTIFY_AFTER: Duration = Duration::from_secs(6);

/// Asks the host, and notifies hooks if the answer takes its time. `cx` is for a tool that is asked in its place.
pub async fn ask_host(
    question: PermissionQuestion,
    cx: &ToolContext,
    session: &Session,
    cancel: &CancellationToken,
) -> PermissionAnswer {
    let message = format!("native-agent-sdk needs your permission to use {}", question.tool_name);
    let answer = async {
        match &session.options.prompt_tool {
            None => session.host.can_use_tool(question).await,
            Some(tool) => session.mcp.ask_prompt_tool(tool, &question, cx).await,
        }
    };
    let hooks = &session.hooks;
    if hooks.table().of(HookEvent::Notification).is_empty()
        || session.env.flag("CLAUDE_CODE_DISABLE_PERMISSION_PROMPT_NOTIFY_HOOKS")
    {
        return answer.await;
    }
    let notify = async {
        session.clock.sleep(NOTIFY_AFTER).await;
        let occurrence = Occurrence::Notification {
            message: &message,
            title: "Permission needed",
            notification_type: "permission_prompt",
        };
        if let Ok(merged) = hook::fire_for(Stops::Nothing, session, &occurrence, cancel).await {
            hooks.keep_notes(merged.notes());
        }
        std::future::pending().await
    };
    tokio::select! {
        biased;
        answer = answer => answer,
        answer = notify => answer,
    }
}

/// How long an interrupted turn waits for its hooks at most.
const AFTER_INTERRUPT: Duration = Duration::from_secs(5);
/// The longest error text for hooks (row 192).
const LONGEST_ERROR: usize = 10_000;

/// Tells PostToolUse or PostToolUseFailure hooks how a call that had started went; they may change what it gave back.
pub async fn after(
    tool: &dyn Tool,
    call: CallAtHand<'_>,
    answer: Answer,
    took: Duration,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Answer {
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let failure = |error, is_interrupt| Occurrence::PostToolUseFailure {
        tool_name: call.tool,
        origin: call.origin,
        tool_input: call.input,
        tool_use_id: call.id,
        error,
        is_interrupt,
        duration_ms,
    };
    let (content, structured, is_error) = match answer {
        Answer::Output { content, structured, is_error } => (content, structured, is_error),
        Answer::Failed(text) => {
            let error = cut(&text);
            return match hook::fire(session, &failure(&error, false), cancel).await {
                Ok(merged) => {
                    objections(&merged, HookEvent::PostToolUseFailure, beside);
                    Answer::Failed(text)
                }
                Err(Cancelled) => Answer::Cancelled,
            };
        }
        Answer::Cancelled => {
            let said = failure("The call was interrupted.", true);
            let merged = hook::fire_detached(session, &said, AFTER_INTERRUPT).await;
            let mut later = Beside::default();
            objections(&merged, HookEvent::PostToolUseFailure, &mut later);
            session.hooks.keep_notes(later.notes);
            return Answer::Cancelled;
        }
        other @ (Answer::Denied { .. } | Answer::Deferred) => return other,
    };
    let error = if is_error { cut(&text_of(&content)) } else { String::new() };
    let said = if is_error {
        failure(&error, false)
    } else {
        Occurrence::PostToolUse {
            tool_name: call.tool,
            origin: call.origin,
            tool_input: call.input,
            tool_response: &structured,
            tool_use_id: call.id,
            duration_ms,
        }
    };
    let event = said.event();
    match hook::fire(session, &said, cancel).await {
        Ok(mut merged) => {
            objections(&merged, event, beside);
            merged.classifier_contexts.iter().for_each(|note| session.reviews.told(note.clone()));
            replaced(tool, &mut merged, Output { content, structured, is_error }, session).await
        }
        // It has run: what it gave back is kept.
        Err(Cancelled) => Answer::Output { content, structured, is_error },
    }
}

/// Tells hooks that a call has moved the shell, if it has: a command, or a worktree entered or left.
pub async fn moved(
    from: &std::path::Path,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) {
    let to = session.workspace.current();
    if to == from {
        return;
    }
    let (old_cwd, new_cwd) = (from.to_string_lossy(), to.to_string_lossy());
    let occurrence = Occurrence::CwdChanged { old_cwd: &old_cwd, new_cwd: &new_cwd };
    if let Ok(merged) = hook::fire(session, &occurrence, cancel).await {
        beside.add(&merged);
        if let Some(paths) = merged.watch_paths {
            session.watch.name(paths, &to);
        }
    }
}

/// Notes of a hook after a call, and the reason of `decision: 'block'`: the output stays (row 190).
fn objections(merged: &Merged, event: HookEvent, beside: &mut Beside) {
    if let Some(reason) = &merged.block {
        let reason = reason.as_deref().unwrap_or("it gave no reason");
        beside.notes.push(hook::reminder(&format!("A {} hook objects: {reason}", event.name())));
    }
    beside.add(merged);
}

fn text_of(content: &Value) -> String {
    if let Some(blocks) = content.as_array() {
        let texts: Vec<_> = blocks.iter().filter_map(|block| block["text"].as_str()).collect();
        return texts.join("\n");
    }
    content.as_str().map_or_else(|| content.to_string(), str::to_owned)
}

/// `text` without its middle, if it is too long for a hook.
fn cut(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONGEST_ERROR {
        return text.to_owned();
    }
    let half = LONGEST_ERROR / 2;
    let head: String = text.chars().take(half).collect();
    let tail: String = text.chars().skip(length - half).collect();
    format!("{head}\n[{} characters left out]\n{tail}", length - 2 * half)
}

#[cfg(test)]
#[path = "call_hooks_tests.rs"]
mod tests;
