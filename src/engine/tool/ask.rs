//! Asking about one call: PermissionRequest hooks, then the host; whatever they approve is decided again.

use super::call_hooks::{self, Beside};
use super::dispatch::{Answer, Dispatch, Judged, Ready, Trail, denial, judge, ready as checked, refuse};
use super::execute::context;
use super::question;
use crate::engine::cancel::OrCancel;
use crate::engine::hook::output::RequestDecision;
use crate::engine::host::{PermissionAnswer, PermissionQuestion, PermissionResult};
use crate::engine::message::sdk::SessionState;
use crate::engine::permission::{
    Decision, HookDecision, PermissionBehavior, PermissionMode, PermissionUpdate, Reason,
};
use crate::engine::session::run::Session;
use crate::engine::session::updates;
use serde_json::Value;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

/// What was approved.
pub struct Approved {
    /// To run instead of what the model asked for.
    pub changed: Option<Ready>,
    /// The file that it was allowed for.
    pub target: Option<PathBuf>,
    /// As it was decided after the approval.
    decision: Decision,
    trail: Trail,
}

/// What a call is answered with that a hook ends before it runs.
const STOPPED: &str = "It did not run: a hook stopped the agent.";

/// Asks PermissionRequest hooks, then the host; an answer that allows is decided again before it counts.
pub async fn ask(
    dispatch: &Dispatch,
    ready: &Ready,
    hook: Option<&HookDecision>,
    mut judged: Judged,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Approved, Answer> {
    if session.options.never_ask || session.live.get().mode == PermissionMode::DontAsk {
        return Err(refuse(dispatch, ready, &session.emitter, &judged.decision));
    }
    session.settings.place(&mut judged.decision.suggestions);
    let subject = ready.subject(dispatch);
    let suggestions = &judged.decision.suggestions;
    let said = call_hooks::requested(subject, suggestions, beside, session, cancel).await?;
    if beside.stop {
        return Err(refused(dispatch, STOPPED.to_owned(), false));
    }
    let asking = Asking { dispatch, ready, hook, session, cancel };
    match said {
        None => asking.host(judged, beside).await,
        Some(RequestDecision::Deny { message, interrupt }) => {
            let text = message.unwrap_or_else(|| {
                format!("A PermissionRequest hook refused {}; it gave no reason.", subject.tool)
            });
            Err(refused(dispatch, text, interrupt))
        }
        Some(RequestDecision::Allow { updated_input, updates }) => {
            let approved =
                asking.approve("a PermissionRequest hook", updated_input, &updates, &judged, beside).await?;
            // What a hook put in the input's place may meet an ask rule: that is for the host (row 209).
            let rule =
                matches!(approved.decision.reason, Reason::Rule { behavior: PermissionBehavior::Ask, .. });
            match approved {
                Approved { changed: Some(ready), target, decision, trail } if rule => {
                    let judged = Judged { decision, target, trail };
                    let again = Asking { ready: &ready, ..asking }.host(judged, beside).await?;
                    Ok(Approved { changed: again.changed.or(Some(ready)), ..again })
                }
                approved => Ok(approved),
            }
        }
    }
}

/// A refusal by somebody who was asked.
fn refused(dispatch: &Dispatch, text: String, interrupt: bool) -> Answer {
    Answer::Denied { text, denial: denial(dispatch), interrupt }
}

/// A call that somebody is asked about.
#[derive(Clone, Copy)]
struct Asking<'a> {
    dispatch: &'a Dispatch,
    ready: &'a Ready,
    hook: Option<&'a HookDecision>,
    session: &'a Session,
    cancel: &'a CancellationToken,
}

impl Asking<'_> {
    /// Asks the host.
    async fn host(self, judged: Judged, beside: &mut Beside) -> Result<Approved, Answer> {
        let Self { dispatch, ready, session, cancel, .. } = self;
        let prompt_tool = session.options.prompt_tool.as_deref();
        if !session.options.can_use_tool && prompt_tool.is_none() {
            return Err(refuse(dispatch, ready, &session.emitter, &judged.decision));
        }
        let name = ready.entry.tool.name();
        let server = ready.entry.tool.origin().map(|origin| &origin.server);
        let shown = self.shown();
        let question = PermissionQuestion {
            tool_name: name.to_owned(),
            options: question::options((name, server), &shown, &judged.decision, &dispatch.call.id),
            input: shown,
        };
        let cx = context(dispatch, session, cancel, None);
        session.announce(SessionState::RequiresAction);
        let answer = call_hooks::ask_host(question, &cx, session, cancel).or_cancel(cancel).await;
        // `null` leaves the question with the host.
        if !matches!(answer, Ok(PermissionAnswer::Undecided)) {
            session.announce(SessionState::Running);
        }
        match answer? {
            PermissionAnswer::Undecided => {
                cancel.cancelled().await;
                Err(Answer::Cancelled)
            }
            PermissionAnswer::Failed(text) => Err(refused(dispatch, text, false)),
            PermissionAnswer::Decided(PermissionResult::Deny { message, interrupt }) => {
                Err(refused(dispatch, message, interrupt))
            }
            // Whoever answers by a tool is no person (row 98).
            PermissionAnswer::Decided(PermissionResult::Allow { .. })
                if prompt_tool.is_some()
                    && ready.entry.tool.origin().is_some()
                    && ready.entry.tool.needs_person() =>
            {
                let text = format!("{name} needs a person: a permission prompt tool cannot approve it.");
                Err(refused(dispatch, text, false))
            }
            PermissionAnswer::Decided(PermissionResult::Allow { updated_input, updated_permissions }) => {
                self.approve(
                    prompt_tool.unwrap_or("canUseTool"),
                    updated_input,
                    &updated_permissions,
                    &judged,
                    beside,
                )
                .await
            }
        }
    }

    /// The input as a person is shown it.
    fn shown(&self) -> Value {
        let context = context(self.dispatch, self.session, self.cancel, None);
        self.ready.entry.tool.present(&self.ready.input, &context)
    }

    /// Takes an approval of `who`: decides again, as rules may have changed, and what the path points to.
    async fn approve(
        self,
        who: &str,
        updated_input: Option<Value>,
        updates: &[PermissionUpdate],
        judged: &Judged,
        beside: &mut Beside,
    ) -> Result<Approved, Answer> {
        let Self { dispatch, ready, hook, session, cancel } = self;
        let applied = updates::apply(updates, session, cancel).or_cancel(cancel).await?;
        if applied.map_err(|text| refused(dispatch, text, false))? {
            beside.stop = true;
            return Err(refused(dispatch, STOPPED.to_owned(), false));
        }
        let changed = match updated_input {
            Some(input) if input != ready.input && input != self.shown() => {
                Some(checked(&ready.entry, input, session).map_err(|text| {
                    refused(dispatch, format!("The input that {who} returned cannot be used. {text}"), false)
                })?)
            }
            _ => None,
        };
        let now = changed.as_ref().unwrap_or(ready);
        let again = judge(now, hook, session).or_cancel(cancel).await?.map_err(Answer::Failed)?;
        if again.decision.forbidden() {
            return Err(refuse(dispatch, now, &session.emitter, &again.decision));
        }
        if changed.is_none() && again.target != judged.target {
            let text = "The path points to another file than when permission was asked. Try again.";
            return Err(refused(dispatch, text.to_owned(), false));
        }
        let turned =
            |(path, led): (&PathBuf, &PathBuf)| judged.trail.get(path).is_some_and(|before| before != led);
        if changed.is_none() && again.trail.iter().any(turned) {
            let text = "A path of the command leads elsewhere than when permission was asked. Try again.";
            return Err(refused(dispatch, text.to_owned(), false));
        }
        session.reviews.approved();
        Ok(Approved { changed, target: again.target, decision: again.decision, trail: again.trail })
    }
}
