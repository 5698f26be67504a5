//! Runs the hooks of one event: started in array order, awaited together, merged.

use super::command::Ended;
use super::event::HookEvent;
use super::input::{self, Occurrence};
use super::merge::{Merged, Said, merge};
use super::output::Output;
use super::table::{Handler, Hook, OnFailure};
use super::{callback, long, report};
use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::session::run::Session;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How one hook ended.
#[derive(Debug)]
pub enum Ran {
    /// It answered.
    Output(Box<Output>),
    /// It goes on by itself, and says nothing that counts.
    Background,
    /// The same, and it tells of its end itself.
    Later,
    /// A command has ended, with what it printed.
    Command(Ended),
    /// It threw, or answered with what does not fit.
    Failed(Why),
    /// It did not answer in time.
    TimedOut(Duration),
    /// The turn ended first.
    Cancelled,
}

/// Why a hook failed.
#[derive(Debug)]
pub struct Why {
    /// What it did: `threw Error: ...`.
    pub text: String,
    /// Where, as JavaScript tells it.
    pub stack: Option<String>,
}

/// What `continue: false` can end where a hook is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stops {
    /// The turn at hand, or the one that begins: whoever asks the hook sees to that.
    Turn,
    /// Nothing: no turn is at hand, or it ends or goes on whatever is said. It counts for nothing then, untold.
    Nothing,
}

/// Runs every hook that covers what happened and lets them stop the turn. Costs next to nothing when none does.
pub async fn fire(
    session: &Session,
    occurrence: &Occurrence<'_>,
    cancel: &CancellationToken,
) -> Result<Merged, Cancelled> {
    fire_for(Stops::Turn, session, occurrence, cancel).await
}

/// The same where it depends what they can stop.
pub async fn fire_for(
    stops: Stops,
    session: &Session,
    occurrence: &Occurrence<'_>,
    cancel: &CancellationToken,
) -> Result<Merged, Cancelled> {
    let mut merged = fire_within(session, occurrence, cancel, None).await?;
    match stops {
        Stops::Turn => report::stop(&session.emitter, &merged),
        Stops::Nothing => merged.stop = None,
    }
    Ok(merged)
}

/// The same for what happens when its turn is over or being cancelled: nobody waits longer than `limit` in all, which
/// takes the place of the event's own limit.
pub async fn fire_detached(session: &Session, occurrence: &Occurrence<'_>, limit: Duration) -> Merged {
    let never = CancellationToken::new();
    let merged = fire_within(session, occurrence, &never, Some(limit)).await.unwrap_or_default();
    Merged { stop: None, ..merged }
}

/// All hooks start at once, so that a limit of each is one of all, and who is late is told of like everywhere.
async fn fire_within(
    session: &Session,
    occurrence: &Occurrence<'_>,
    cancel: &CancellationToken,
    within: Option<Duration>,
) -> Result<Merged, Cancelled> {
    let event = occurrence.event();
    let table = session.hooks.table();
    let hooks = table.matching(event, occurrence.subject(), occurrence.call().and_then(|call| call.origin));
    let hooks = concerned(hooks, occurrence, session).await;
    if hooks.is_empty() {
        return Ok(Merged::default());
    }
    let input: Arc<str> = input::json(session, occurrence).into();
    let running = hooks.iter().map(|hook| {
        let limit = match within {
            None => hook.timeout.or_else(|| event.default_timeout(hook.handler.kind())),
            Some(within) => Some(hook.timeout.map_or(within, |own| own.min(within))),
        };
        one(session, hook, occurrence, Arc::clone(&input), limit, cancel)
    });
    let mut ended = Vec::with_capacity(hooks.len());
    for said in futures::future::join_all(running).await {
        ended.push(said?);
    }
    let mut merged = merge(ended);
    long::shorten(&mut merged, &session.env, &session.id).await;
    report::system_messages(&session.emitter, &merged);
    Ok(merged)
}

/// Those hooks whose `if` holds, or that have none.
async fn concerned<'a>(
    hooks: Vec<&'a Hook>,
    occurrence: &Occurrence<'_>,
    session: &Session,
) -> Vec<&'a Hook> {
    if hooks.iter().all(|hook| hook.condition.is_none()) {
        return hooks;
    }
    let mut concerned = Vec::with_capacity(hooks.len());
    for hook in hooks {
        match &hook.condition {
            Some(condition) if !condition.holds(occurrence, session).await => {}
            Some(_) | None => concerned.push(hook),
        }
    }
    concerned
}

/// Runs one hook and reports how it went.
async fn one(
    session: &Session,
    hook: &Hook,
    occurrence: &Occurrence<'_>,
    input: Arc<str>,
    limit: Option<Duration>,
    cancel: &CancellationToken,
) -> Result<Said, Cancelled> {
    let event = occurrence.event();
    let told = report::Told::started(session, event, occurrence.subject());
    let running = async {
        let ran = async {
            match &hook.handler {
                Handler::Callback { matcher, hook } => {
                    let place = (*matcher, *hook);
                    callback::run(&*session.host, event, place, occurrence.call().map(|call| call.id), input)
                        .await
                }
                Handler::Command(command) if command.background => {
                    command.start(session, hook, event, input, told.clone())
                }
                Handler::Command(command) => command.run(session, hook, event, input, &told, cancel).await,
                Handler::Http(post) => post.run(session, event, input).await,
                Handler::Prompt(question) => question.run(session, event, input).await,
                Handler::Agent(agent) => agent.run(session, event, input).await,
                Handler::ServerTool(call) => call.run(&session.mcp, event, &input).await,
            }
        };
        match limit {
            None => ran.await,
            Some(limit) => tokio::select! {
                biased;
                ran = ran => ran,
                () = session.clock.sleep(limit) => Ran::TimedOut(limit),
            },
        }
    };
    let ran = running.or_cancel(cancel).await.unwrap_or(Ran::Cancelled);
    told.ended(&ran);
    match ran {
        Ran::Output(output) => Ok(Said::Output(output)),
        Ran::Background | Ran::Later => Ok(Said::Nothing),
        Ran::Command(ended) => Ok(ended.said(&session.emitter, hook, event)),
        Ran::Cancelled => Err(Cancelled),
        Ran::Failed(Why { text, stack }) => Ok(failed(session, hook, event, &text, stack.as_deref())),
        Ran::TimedOut(limit) => {
            let text = format!("did not answer within {} s", limit.as_secs_f64());
            Ok(failed(session, hook, event, &text, None))
        }
    }
}

/// What the failure of a hook means (rows 165, 167 and 218): a callback that guards
/// refuses, a hook of a settings file decides nothing.
fn failed(session: &Session, hook: &Hook, event: HookEvent, what: &str, stack: Option<&str>) -> Said {
    let refuses = match hook.on_failure {
        Some(OnFailure::Continue) => false,
        Some(OnFailure::Block) => !event.ignores_on_failure(),
        None => event.guards() && matches!(hook.handler, Handler::Callback { .. }),
    };
    let text = format!("the {} hook {} {what}", event.name(), hook.origin);
    report::failure(&session.emitter, &text, stack, refuses.then(|| event.refusal()));
    if refuses { Said::Refuses { reason: text, beside: Box::default() } } else { Said::Nothing }
}
