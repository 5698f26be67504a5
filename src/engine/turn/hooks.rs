//! What hooks say at the borders of a session and of a turn: start, prompt, stop, failure, end.

use crate::engine::cancel::Cancelled;
use crate::engine::hook::input::TaskSummary;
use crate::engine::hook::{self, HookEvent, Merged, Occurrence, Stops};
use crate::engine::message::input::{UserInput, text_block};
use crate::engine::message::sdk::{SdkMessage, UserContent, UserMessage};
use crate::engine::session::history::UserBlock;
use crate::engine::session::run::{Session, TurnRun};
use crate::engine::session::watch;
use serde_json::value::RawValue;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Setup and SessionStart hooks (rows 206 and 563). What they say goes to the model before the first prompt; returns
/// whether one of them stops the agent. Those that an interrupt cuts off say nothing.
pub async fn session_start(session: &Session, cancel: &CancellationToken) -> bool {
    let model = session.live.get().model.id.clone();
    let mut stop = false;
    for occurrence in
        [Occurrence::Setup { trigger: "init" }, Occurrence::SessionStart { source: "startup", model: &model }]
    {
        let Ok(merged) = hook::fire(session, &occurrence, cancel).await else { break };
        stop |= merged.stop.is_some();
        session.hooks.keep_notes(merged.notes());
        session.hooks.keep_notes(merged.initial_messages);
        if let Some(paths) = merged.watch_paths {
            session.watch.name(paths, session.workspace.original());
        }
    }
    // Takes watched files as they are now.
    watch::look(Stops::Turn, session, cancel).await || stop
}

/// The longest that SessionEnd hooks may take together, however long a matcher allows (row 164).
const LONGEST_END: Duration = Duration::from_secs(60);
const USUAL_END: Duration = Duration::from_millis(1500);

/// SessionEnd hooks, however the session ended (row 207).
pub async fn session_end(session: &Session) {
    let table = session.hooks.table();
    let hooks = table.of(HookEvent::SessionEnd);
    if hooks.is_empty() {
        return;
    }
    let asked = hooks.iter().filter_map(|hook| hook.timeout).max().unwrap_or_default();
    let by_env = session.env.number("CLAUDE_CODE_SESSIONEND_HOOKS_TIMEOUT_MS").map(Duration::from_millis);
    let limit = by_env.unwrap_or_else(|| USUAL_END.max(asked.min(LONGEST_END)));
    hook::fire_detached(session, &Occurrence::SessionEnd { reason: "other" }, limit).await;
}

/// How long the host may be idle before a notification says so.
const IDLE_AFTER: Duration = Duration::from_secs(60);

/// Waits until the host has been idle for long, tells Notification hooks, and never ends (row 211).
pub async fn idle(session: &Session, cancel: &CancellationToken) -> std::convert::Infallible {
    if !session.hooks.table().of(HookEvent::Notification).is_empty() {
        session.clock.sleep(IDLE_AFTER).await;
        let occurrence = Occurrence::Notification {
            message: "native-agent-sdk is waiting for your input",
            title: "Waiting for input",
            notification_type: "idle_prompt",
        };
        if let Ok(merged) = hook::fire_for(Stops::Nothing, session, &occurrence, cancel).await {
            session.hooks.keep_notes(merged.notes());
        }
    }
    std::future::pending().await
}

/// What UserPromptSubmit hooks left of some messages.
#[derive(Debug, Default)]
pub struct Submitted {
    /// Those that go to the model.
    pub inputs: Vec<UserInput>,
    /// What goes with them.
    pub notes: Vec<UserBlock>,
    /// Why a message that asked for a turn was kept from the model.
    pub blocked: Option<String>,
    /// A hook stopped the agent.
    pub stop: bool,
}

/// Asks UserPromptSubmit hooks about each message, and expands what passes; a blocked one is erased (rows 202 and 205).
pub async fn submit(
    session: &Session,
    inputs: Vec<UserInput>,
    cancel: &CancellationToken,
) -> Result<Submitted, Cancelled> {
    let mut submitted = Submitted::default();
    for input in inputs {
        session.hooks.prompted(&input.uuid);
        if session.hooks.table().of(HookEvent::UserPromptSubmit).is_empty() {
            submitted.inputs.push(input);
            continue;
        }
        let prompt = input.prompt();
        let source = if input.extras.is_synthetic == Some(true) { "system" } else { "sdk" };
        let occurrence = Occurrence::UserPromptSubmit { prompt: &prompt, source };
        let merged = hook::fire(session, &occurrence, cancel).await?;
        submitted.stop |= merged.stop.is_some();
        if let Some(reason) = &merged.block {
            let text = blocked(reason.as_deref(), &prompt, merged.suppress_prompt);
            session.emitter.warn(&text);
            if input.queries() {
                submitted.blocked = Some(text);
            }
            session
                .hooks
                .keep_notes(merged.system_messages.iter().map(|text| hook::reminder(text)).collect());
            continue;
        }
        submitted.inputs.push(input);
        submitted.notes.extend(blocks(&merged.notes()));
    }
    super::expand::expand(session, submitted, cancel).await
}

fn blocked(reason: Option<&str>, prompt: &str, hide: bool) -> String {
    let reason = reason.unwrap_or("it gave no reason");
    if hide {
        return format!("A UserPromptSubmit hook blocked the prompt: {reason}");
    }
    format!("A UserPromptSubmit hook blocked the prompt: {reason}\n\nThe prompt was: {prompt}")
}

/// What Stop hooks said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayStop {
    /// The turn may end.
    Yes,
    /// It goes on: why is in the history.
    No,
    /// It ends, and `continue: false` said so.
    Prevented,
}

/// How often Stop hooks may keep one turn from ending (row 203).
const MOST_BLOCKS: u64 = 8;

/// Asks Stop hooks whether a turn may end that they have kept going `blocks` times.
pub async fn may_stop(run: &mut TurnRun<'_>, text: &str, blocks: u32) -> Result<MayStop, Cancelled> {
    let (session, cancel) = (run.session, run.cancel.clone());
    if session.hooks.table().of(HookEvent::Stop).is_empty() {
        return Ok(MayStop::Yes);
    }
    let most = session.env.number("CLAUDE_CODE_STOP_HOOK_BLOCK_CAP").unwrap_or(MOST_BLOCKS);
    if most > 0 && u64::from(blocks) >= most {
        let text = format!("Stop hooks have kept the turn going {blocks} times: it ends now.");
        session.emitter.warn(text);
        return Ok(MayStop::Yes);
    }
    let background_tasks: Vec<TaskSummary> = session.tasks.running().iter().map(TaskSummary::of).collect();
    let occurrence = Occurrence::Stop {
        stop_hook_active: blocks > 0,
        last_assistant_message: text,
        background_tasks: &background_tasks,
    };
    let merged = hook::fire(session, &occurrence, &cancel).await?;
    if merged.stop.is_some() {
        session.hooks.keep_notes(merged.notes());
        return Ok(MayStop::Prevented);
    }
    match continuation(&merged) {
        None => {
            session.hooks.keep_notes(merged.notes());
            Ok(MayStop::Yes)
        }
        Some(texts) => {
            go_on(run, &texts);
            Ok(MayStop::No)
        }
    }
}

/// Why the turn goes on, if it does: a block, or context, which continues it without being an objection.
fn continuation(merged: &Merged) -> Option<Vec<String>> {
    if merged.block.is_none() && merged.contexts.is_empty() {
        return None;
    }
    let mut texts = Vec::new();
    if let Some(reason) = &merged.block {
        let reason = reason.as_deref().unwrap_or("it gave no reason, but wants you to go on");
        texts.push(format!("A Stop hook does not let you stop yet: {reason}"));
    }
    texts.extend(merged.notes());
    Some(texts)
}

/// Speaks to the model in the user's place.
fn go_on(run: &mut TurnRun<'_>, texts: &[String]) {
    let content: Vec<_> = texts.iter().filter_map(|text| text_block(text).ok()).collect();
    run.session.emitter.emit(&SdkMessage::User(UserMessage {
        message: UserContent { role: "user", content: content.clone() },
        parent_tool_use_id: None,
        is_synthetic: true,
        tool_use_result: None,
        timestamp: run.session.emitter.timestamp(),
    }));
    run.history.push_user(content.into_iter().map(UserBlock::Other).collect());
}

/// What is shown instead of a text of the assistant, if MessageDisplay hooks say so; the model's own memory of it stays
/// (row 216).
pub async fn displayed(
    run: &TurnRun<'_>,
    message: &str,
    text: &str,
    block: &RawValue,
) -> Option<Box<RawValue>> {
    let session = run.session;
    if session.hooks.table().of(HookEvent::MessageDisplay).is_empty() {
        return None;
    }
    let turn = session.hooks.prompt_id().unwrap_or_default();
    let occurrence =
        Occurrence::MessageDisplay { turn_id: &turn, message_id: message, index: 0, last: true, delta: text };
    let merged = hook::fire_for(Stops::Nothing, session, &occurrence, &run.cancel).await.ok()?;
    let mut block: serde_json::Map<String, serde_json::Value> = serde_json::from_str(block.get()).ok()?;
    block.insert("text".to_owned(), merged.display_content?.into());
    serde_json::value::to_raw_value(&block).ok()
}

/// StopFailure hooks, in the place of Stop when the API ended the turn (row 204).
pub async fn stop_failure(run: &TurnRun<'_>, error: &str, text: &str) {
    let occurrence =
        Occurrence::StopFailure { error, error_details: Some(text), last_assistant_message: text };
    if let Ok(merged) = hook::fire_for(Stops::Nothing, run.session, &occurrence, &run.cancel).await {
        run.session.hooks.keep_notes(merged.notes());
    }
}

/// Texts as blocks of a user message.
pub fn blocks(texts: &[String]) -> Vec<UserBlock> {
    texts.iter().filter_map(|text| text_block(text).ok()).map(UserBlock::Other).collect()
}
