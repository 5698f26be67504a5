//! What one running turn works with: the session's parts, borrowed, and what the turn adds up.

use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::clock::Clock;
use crate::engine::context::body::RequestBody;
use crate::engine::context::usage::ContextGauge;
use crate::engine::emit::Emitter;
use crate::engine::env::Env;
use crate::engine::hook::Hooks;
use crate::engine::host::Host;
use crate::engine::io::http::HttpPools;
use crate::engine::io::process::ProcessTable;
use crate::engine::mcp::Servers;
use crate::engine::message::input::UserInput;
use crate::engine::message::result::PermissionDenial;
use crate::engine::message::sdk::{SdkMessage, SessionState, SessionStateChangedMessage, SystemMessage};
use crate::engine::model::cost::{ModelUsages, UsageTotals};
use crate::engine::model::retry::RetryPolicy;
use crate::engine::model::{ApiFailure, FailureKind};
use crate::engine::model::{ModelClient, table::ModelTable};
use crate::engine::options::Options;
use crate::engine::options::modes::Modes;
use crate::engine::query::inbox::Inbox;
use crate::engine::session::history::{History, UserBlock};
use crate::engine::session::live::Live;
use crate::engine::session::watch::Watch;
use crate::engine::settings::store::Store;
use crate::engine::task::Tasks;
use crate::engine::tool::files::read_state::ReadState;
use crate::engine::tool::review::Reviews;
use crate::engine::tool::services::Services;
use crate::engine::tool::table::ToolTable;
use crate::engine::turn::hooks;
use crate::engine::workspace::Workspace;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The parts of a session that do not change while it lives; shared by its turns and control requests.
pub struct Session {
    /// The session's id.
    pub id: Arc<str>,
    /// The checked options.
    pub options: Options,
    /// Which modes may be chosen, now or later.
    pub modes: Modes,
    /// The environment of the query.
    pub env: Arc<Env>,
    /// Settings that may change while it runs.
    pub live: Live,
    /// Its settings files and layers.
    pub settings: Store,
    /// The files that it watches.
    pub watch: Watch,
    /// Its directories.
    pub workspace: Arc<Workspace>,
    /// Which files the model has seen.
    pub read_state: Arc<ReadState>,
    /// How full the context is.
    pub gauge: ContextGauge,
    /// The tools that the model is offered.
    pub tools: Arc<ToolTable>,
    /// Its MCP servers.
    pub mcp: Arc<Servers>,
    /// Known models.
    pub models: ModelTable,
    /// The model behind its API.
    pub client: Arc<dyn ModelClient>,
    /// The HTTP clients of the process.
    pub http: Arc<HttpPools>,
    /// Whether and when failed requests are sent again.
    pub retry: RetryPolicy,
    /// The embedder.
    pub host: Arc<dyn Host>,
    /// Hooks, and what they keep.
    pub hooks: Hooks,
    /// What the reviews of mode `auto` remember.
    pub reviews: Reviews,
    /// Live child processes.
    pub processes: Arc<ProcessTable>,
    /// What its tools share.
    pub services: Arc<Services>,
    /// Its background tasks.
    pub tasks: Arc<Tasks>,
    /// Where messages leave.
    pub emitter: Emitter,
    /// The engine's clock.
    pub clock: Clock,
    /// Where the credential comes from.
    pub api_key_source: &'static str,
    /// The system prompt as a JSON array of text blocks.
    pub system: Box<str>,
}

/// What all turns of one query add up.
#[derive(Debug, Default)]
pub struct Totals {
    /// Usage and cost by model.
    pub models: ModelUsages,
    /// Results so far.
    pub results: u32,
}

/// One running turn.
pub struct TurnRun<'a> {
    /// The session.
    pub session: &'a Session,
    /// The conversation.
    pub history: &'a mut History,
    /// Sums over all turns.
    pub totals: &'a mut Totals,
    /// Sums over this turn.
    pub usage: UsageTotals,
    /// Cancelled when the turn must end.
    pub cancel: CancellationToken,
    /// Calls that were refused.
    pub denials: Vec<PermissionDenial>,
    /// Time spent waiting for the API.
    pub api_time: Duration,
    /// From the first request to its first event.
    pub first_event: Option<Duration>,
    /// How long the conversation was before the host's latest message.
    pub before_host: usize,
    /// Where messages of the host wait that may join the turn.
    pub inbox: Option<&'a Inbox>,
    /// The body of the last request, which the next one is made of.
    pub body: RequestBody,
}

impl Session {
    /// Says that the state has changed, to hosts that asked for it by environment (row 39).
    pub fn announce(&self, state: SessionState) {
        if self.env.flag("CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS") {
            let message = SessionStateChangedMessage { state };
            self.emitter.emit(&SdkMessage::System(SystemMessage::SessionStateChanged(message)));
        }
    }

    /// The blocks of messages that the model is about to see; echoes them to hosts that asked for it (row 548).
    pub fn read(&self, inputs: Vec<UserInput>) -> Vec<UserBlock> {
        let mut blocks = Vec::new();
        for input in inputs {
            if self.options.replay_user_messages
                && let Ok(replay) = input.replay()
            {
                self.emitter.emit_as(&SdkMessage::Replay(replay), &input.uuid);
            }
            self.reviews.heard(&input.content);
            blocks.extend(input.expanded.unwrap_or(input.content).into_iter().map(UserBlock::Other));
        }
        blocks
    }
}

impl TurnRun<'_> {
    /// Takes in what the host has said since the last step (row 26); returns whether a hook stops the agent over it.
    pub async fn join(&mut self) -> Result<bool, Cancelled> {
        let inputs = self.inbox.map(Inbox::join).unwrap_or_default();
        let submitted = hooks::submit(self.session, inputs, &self.cancel).await?;
        let mut blocks = self.session.read(submitted.inputs);
        blocks.extend(submitted.notes);
        blocks.extend(hooks::blocks(&self.session.hooks.take_notes()));
        self.before_host = self.history.segments().len();
        self.history.push_user(blocks);
        Ok(submitted.stop)
    }

    /// Takes the host's latest message back if the API has refused it: it would refuse every later request too.
    pub fn take_back(&mut self, failure: &ApiFailure) {
        let latest = self.history.segments().get(self.before_host..).unwrap_or_default();
        let [message] = latest else { return };
        let to_blame = match failure.kind {
            FailureKind::RequestTooLarge | FailureKind::PromptTooLong => true,
            // A picture that is none, say. A text alone breaks no rule.
            FailureKind::InvalidRequest => message.has_media(),
            FailureKind::AuthenticationFailed
            | FailureKind::BillingError
            | FailureKind::RateLimit
            | FailureKind::Overloaded
            | FailureKind::ModelNotFound
            | FailureKind::ServerError
            | FailureKind::Connection
            | FailureKind::Tls
            | FailureKind::Timeout
            | FailureKind::Garbage
            | FailureKind::Unknown => false,
        };
        if to_blame {
            self.history.truncate(self.before_host);
        }
    }

    /// Counts what calls of a model beside the conversation have used since this was last done.
    pub fn count_beside(&mut self) {
        for (model, usage) in self.session.services.side.take_used() {
            self.usage.add(&usage);
            self.totals.models.add(&model, &usage);
        }
    }

    /// Sleeps unless the turn is cancelled first.
    pub async fn pause(&self, duration: Duration) -> Result<(), Cancelled> {
        self.session.clock.sleep(duration).or_cancel(&self.cancel).await
    }
}
