//! One `query()` call: its inbox, its turns one after another, and what a host may ask meanwhile.

mod beside;
mod control;
mod explain;
mod host_files;
pub mod inbox;
mod memory;
mod model;
mod places;
mod settings;
mod start;

pub use start::Engine;

use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::context::body::RequestBody;
use crate::engine::context::reminder;
use crate::engine::emit::{Batch, End, Outbox};
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io;
use crate::engine::message::control::ControlRequest;
use crate::engine::message::input::{UserInput, text_block};
use crate::engine::message::sdk::{InitMessage, SdkMessage, SessionState, SystemMessage};
use crate::engine::model::cost::UsageTotals;
use crate::engine::permission::PermissionMode;
use crate::engine::session::history::{History, UserBlock};
use crate::engine::session::run::{Session, Totals, TurnRun};
use crate::engine::session::watch;
use crate::engine::task::Tasks;
use crate::engine::turn::{Ending, Phase, Turn, driver, hooks, outcome};
use inbox::Inbox;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A running query. Dropping it ends the run and frees everything.
pub struct Query {
    session: Arc<Session>,
    outbox: Arc<Outbox>,
    inbox: Arc<Inbox>,
    cancel: CancellationToken,
    ended: CancellationToken,
}

impl Query {
    /// Waits for messages. Only one pull may be under way at a time.
    pub async fn pull(&self) -> Batch {
        self.outbox.pull().await
    }

    /// Calls `ready` once, when [`Query::take`] has something; see [`Outbox::when_ready`].
    pub fn when_ready(&self, ready: impl FnOnce() + Send + 'static) {
        self.outbox.when_ready(ready);
    }

    /// Takes the messages that have come, up to one batch.
    pub fn take(&self) -> Option<Batch> {
        self.outbox.take()
    }

    /// The session's id.
    pub fn session_id(&self) -> &str {
        &self.session.id
    }

    /// Gives the query one more user message, as JSON.
    pub fn push(&self, json: &str) -> Result<(), EngineError> {
        let input = UserInput::parse(json)?;
        if self.cancel.is_cancelled() || !self.inbox.push(input) {
            return Err(closed());
        }
        Ok(())
    }

    /// No more user messages are expected: the query ends after the turns of those it has.
    pub fn end_input(&self) {
        self.inbox.close();
    }

    /// Does what a control request, as JSON, asks for, as far as that takes no time. Never waits for a turn.
    pub fn control(&self, json: &str) -> Result<Value, EngineError> {
        let request = ControlRequest::parse(json)?;
        if self.cancel.is_cancelled() {
            return Err(closed());
        }
        control::answer(request, &self.session, &self.inbox)
    }

    /// Does what a control request asks for, and waits for it if it takes time.
    pub async fn ask(&self, json: &str) -> Result<Value, EngineError> {
        let request = ControlRequest::parse(json)?;
        let answer = control::wait_for(request, &self.session, &self.inbox);
        answer.or_cancel(&self.cancel).await.unwrap_or_else(|Cancelled| Err(closed()))
    }

    /// Waits until nothing of the query runs any more, its last hooks included.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Ends the run at once: nothing more is emitted. Calling it again does nothing.
    pub fn abort(&self) {
        self.cancel.cancel();
        self.inbox.end();
        self.outbox.close(End::Done, true);
    }
}

impl Drop for Query {
    fn drop(&mut self) {
        self.abort();
    }
}

fn closed() -> EngineError {
    EngineError::new(ErrorKind::QueryClosed, "Query closed before response received: it has ended.")
}

/// Runs the turns and reports a panic among them as a result: a bug never ends the stream in silence.
async fn supervise(
    session: Arc<Session>,
    inbox: Arc<Inbox>,
    outbox: Arc<Outbox>,
    cancel: CancellationToken,
    ended: CancellationToken,
) {
    let over = CancellationToken::new();
    let told = tokio::spawn(beside::completed(Arc::clone(&session), cancel.clone(), over.clone()));
    let run = {
        let (session, inbox, outbox) = (Arc::clone(&session), Arc::clone(&inbox), Arc::clone(&outbox));
        tokio::spawn(async move { outbox.wake_between_polls(turns(session, inbox, cancel)).await })
    };
    if let Err(error) = run.await {
        let text = match error.try_into_panic() {
            Ok(payload) => panic_text(payload.as_ref()),
            Err(error) => error.to_string(),
        };
        session.emitter.emit(&outcome::internal_error(&text));
    }
    session.tasks.stop_all();
    over.cancel();
    // It ends by itself, and a panic in there changes nothing here.
    let _ = told.await;
    inbox.end();
    hooks::session_end(&session).await;
    session.mcp.close().await;
    if let Some(memory) = &session.services.memory {
        memory.close();
    }
    outbox.close(End::Done, false);
    ended.cancel();
}

/// The message of a panic, as far as it is text.
pub fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}

async fn turns(session: Arc<Session>, inbox: Arc<Inbox>, cancel: CancellationToken) {
    let mut history = History::default();
    let mut totals = Totals::default();
    for notice in &session.options.notices {
        session.host.log(notice);
    }
    let unusable = settle(&session, &cancel).await;
    let mut stopped = hooks::session_start(&session, &inbox.start()).await;
    loop {
        let begin = async {
            tokio::select! {
                biased;
                next = next(&session.tasks, &inbox) => next,
                never = hooks::idle(&session, &cancel) => match never {},
                never = watch::idle(&session, &cancel) => match never {},
            }
        };
        let (inputs, turn_cancel) = match begin.or_cancel(&cancel).await {
            Ok(Some(next)) => next,
            Ok(None) | Err(Cancelled) => return,
        };
        let stop = std::mem::take(&mut stopped);
        let begun = Begun { inputs, stopped: stop, unusable: unusable.clone() };
        let ending = turn(&session, &inbox, &mut history, &mut totals, begun, turn_cancel).await;
        // A query that was to do one thing and could not is over; in a conversation the user decides.
        if !matches!(ending, Ending::Completed { .. }) && inbox.is_done() {
            session.tasks.stop_all();
            session.tasks.all_ended().await;
        }
        if inbox.waiting() == 0 && !session.tasks.has_news() {
            session.announce(SessionState::Idle);
        }
    }
}

/// What the next turn begins with: a user's message, or nothing but news of background tasks. `None` at the end.
///
/// A query whose input has ended stays as long as a task runs, as its end is worth a turn.
async fn next(tasks: &Tasks, inbox: &Inbox) -> Option<(Vec<UserInput>, CancellationToken)> {
    while tasks.may_wake() {
        tokio::select! {
            biased;
            next = inbox.arrived() => return Some(next),
            woken = tasks.news() => if woken { return Some(inbox.begin()) },
        }
    }
    inbox.next().await
}

/// What a turn begins with.
struct Begun {
    inputs: Vec<UserInput>,
    /// A hook stopped the session before it.
    stopped: bool,
    /// Why no turn of the query can run.
    unusable: Option<String>,
}

/// Looks up the directories in a file system of the embedder's; the text says why they cannot be used.
async fn settle(session: &Session, cancel: &CancellationToken) -> Option<String> {
    let (workspace, stop) = (Arc::clone(&session.workspace), cancel.clone());
    if !workspace.is_elsewhere() {
        return None;
    }
    let settled = io::blocking(move || Ok(workspace.settle(&stop))).await;
    settled.map_err(|error| error.to_string()).and_then(|settled| settled).err()
}

async fn turn(
    session: &Session,
    inbox: &Inbox,
    history: &mut History,
    totals: &mut Totals,
    Begun { inputs, stopped, unusable }: Begun,
    cancel: CancellationToken,
) -> Ending {
    let began = session.clock.elapsed();
    // An interrupt ends the wait too: the turn then ends as interrupted.
    let _ = session.mcp.ready().or_cancel(&cancel).await;
    session.emitter.emit(&SdkMessage::System(SystemMessage::Init(Box::new(init(session)))));
    session.announce(SessionState::Running);
    for warning in session.settings.take_warnings() {
        session.emitter.warn(warning);
    }
    let mut blocks = Vec::new();
    if history.segments().is_empty() {
        let workspace = &session.workspace;
        let facts =
            reminder::environment(workspace.original(), &workspace.additional(), &session.clock.date());
        blocks.extend(text_block(&facts).map(UserBlock::Other));
    }
    if session.live.get().mode == PermissionMode::Plan {
        let words = reminder::plan_mode(session.options.plan_mode_instructions.as_deref());
        blocks.extend(text_block(&words).map(UserBlock::Other));
    }
    let before_host = history.segments().len();
    let prompt_tool = session.options.prompt_tool.as_deref();
    let unusable = unusable.or_else(|| session.mcp.missing_prompt_tool(prompt_tool?));
    let early = match hooks::submit(session, inputs, &cancel).await {
        Ok(submitted) => {
            let instructions = session.mcp.instructions().and_then(|text| text_block(&text).ok());
            blocks.extend(instructions.map(UserBlock::Other));
            blocks.extend(hooks::blocks(&session.hooks.take_notes()));
            blocks.extend(session.read(submitted.inputs));
            blocks.extend(submitted.notes);
            blocks.extend(crate::engine::task::notify::block(&session.tasks));
            history.push_user(blocks);
            let stopped = stopped || submitted.stop;
            submitted
                .blocked
                .map(|text| Ending::PromptBlocked { text })
                .or_else(|| unusable.map(|text| Ending::Unusable { text }))
                .or_else(|| stopped.then_some(Ending::HookStopped))
        }
        Err(Cancelled) => Some(Ending::Interrupted(Phase::Streaming)),
    };
    let mut run = TurnRun {
        session,
        history,
        totals,
        usage: UsageTotals::default(),
        cancel,
        denials: Vec::new(),
        api_time: Duration::ZERO,
        first_event: None,
        before_host,
        inbox: Some(inbox),
        body: RequestBody::default(),
    };
    let mut turn = Turn::new(session.options.max_turns);
    let ending = match early {
        Some(ending) => ending,
        None => driver::drive(&mut turn, &mut run).await,
    };
    if let Ending::ApiFailed(failure) = &ending {
        hooks::stop_failure(&run, failure.error_name(), &outcome::failure_text(failure)).await;
    }
    let wall = session.clock.elapsed().saturating_sub(began);
    run.count_beside();
    // Before the result is out: an interrupt that answers it is meant for what comes next.
    inbox.turn_ended();
    outcome::finish(ending.clone(), &turn, &mut run, wall, inbox.waiting());
    ending
}

fn init(session: &Session) -> InitMessage {
    let settings = session.live.get();
    InitMessage {
        api_key_source: session.api_key_source,
        claude_code_version: env!("CARGO_PKG_VERSION"),
        cwd: session.workspace.original().to_string_lossy().into_owned(),
        tools: session.tools.names_for(&settings.model),
        mcp_servers: session.mcp.brief(),
        model: settings.model.id.clone(),
        permission_mode: settings.mode,
        // Without the slash (row 568).
        slash_commands: session.mcp.commands().into_iter().map(|command| command.name).collect(),
        output_style: "default",
        skills: Vec::new(),
        plugins: Vec::new(),
        betas: session.options.betas.clone(),
    }
}
