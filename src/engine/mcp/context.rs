//! What the MCP servers of a session, or of one agent, need of what is around them.

use super::auth::oauth::OAuthOptions;
use super::config::Scope;
use super::config::policy::ServerPolicy;
use super::inherit::Seat;
use super::servers::Servers;
use super::slots::Slots;
use super::transport::progress::ProgressTable;
use crate::engine::clock::Clock;
use crate::engine::emit::Emitter;
use crate::engine::env::Env;
use crate::engine::host::Host;
use crate::engine::io::http::HttpPools;
use crate::engine::io::process::ProcessTable;
use crate::engine::message::sdk::SdkMessage;
use crate::engine::message::task::ToolProgressMessage;
use crate::engine::permission::RuleSet;
use crate::engine::session::run::Session;
use crate::engine::tool::table::ToolTable;
use crate::engine::workspace::Workspace;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, Weak};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What servers need of whoever they belong to.
pub struct Context {
    /// The embedder.
    pub host: Arc<dyn Host>,
    /// The environment of the query.
    pub env: Arc<Env>,
    /// The engine's clock.
    pub clock: Clock,
    /// Where messages leave.
    pub emitter: Emitter,
    /// Rules of the options: a bare deny rule keeps a tool from being offered.
    pub rules: Arc<RuleSet>,
    /// The table that the model's tools come from.
    pub tools: Arc<ToolTable>,
    /// Ends all connections.
    pub cancel: CancellationToken,
    /// The directories of the session.
    pub workspace: Arc<Workspace>,
    /// Where child processes are registered.
    pub processes: Arc<ProcessTable>,
    /// The HTTP clients of the process.
    pub http: Arc<HttpPools>,
    /// A tool that only the engine calls.
    pub prompt_tool: Option<String>,
    /// How servers behind HTTP are authorised, if the host takes part.
    pub oauth: Option<Arc<OAuthOptions>>,
    /// Which servers may be used.
    pub policy: ServerPolicy,
    scrubbed: OnceLock<Arc<Env>>,
    session: OnceLock<Weak<Session>>,
    home: OnceLock<Weak<Servers>>,
    changes: watch::Sender<()>,
    pub(super) progress: Arc<ProgressTable>,
    pub(super) slots: Arc<Slots>,
}

impl Context {
    /// What the servers of one session need.
    pub fn new(
        (host, env, clock): (Arc<dyn Host>, Arc<Env>, Clock),
        emitter: Emitter,
        rules: Arc<RuleSet>,
        tools: Arc<ToolTable>,
        cancel: CancellationToken,
        (workspace, processes, http): (Arc<Workspace>, Arc<ProcessTable>, Arc<HttpPools>),
    ) -> Self {
        let slots = Arc::new(Slots::from_env(&env));
        Self {
            host,
            env,
            clock,
            emitter,
            rules,
            tools,
            cancel,
            workspace,
            processes,
            http,
            prompt_tool: None,
            oauth: None,
            policy: ServerPolicy::default(),
            scrubbed: OnceLock::new(),
            session: OnceLock::new(),
            home: OnceLock::new(),
            changes: watch::channel(()).0,
            progress: Arc::default(),
            slots,
        }
    }

    /// The same for the servers of one agent, with a table and rules of its own, and an end that comes with this one's at the
    /// latest. Changes of either's servers are told to both, and both wait for the same places to connect.
    pub(super) fn of_agent(&self, seat: Seat) -> Self {
        Self {
            host: Arc::clone(&self.host),
            env: Arc::clone(&self.env),
            clock: self.clock.clone(),
            emitter: seat.emitter,
            rules: seat.rules,
            tools: seat.tools,
            cancel: self.cancel.child_token(),
            workspace: Arc::clone(&self.workspace),
            processes: Arc::clone(&self.processes),
            http: Arc::clone(&self.http),
            prompt_tool: self.prompt_tool.clone(),
            oauth: self.oauth.clone(),
            policy: self.policy.clone(),
            scrubbed: self.scrubbed.clone(),
            session: self.session.clone(),
            home: OnceLock::new(),
            changes: self.changes.clone(),
            progress: Arc::clone(&self.progress),
            slots: Arc::clone(&self.slots),
        }
    }

    /// Makes the session known to servers that ask its user. Once, before they are started.
    pub(super) fn bind(&self, session: &Arc<Session>) {
        let _ = self.session.set(Arc::downgrade(session));
    }

    /// Says which servers this is the context of.
    pub(super) fn belongs_to(&self, servers: &Weak<Servers>) {
        let _ = self.home.set(Weak::clone(servers));
    }

    /// The servers that this is the context of, while they live.
    pub(super) fn home(&self) -> Option<Arc<Servers>> {
        self.home.get().and_then(Weak::upgrade)
    }

    /// The session, while it lives.
    pub fn session(&self) -> Option<Arc<Session>> {
        self.session.get().and_then(Weak::upgrade)
    }

    /// The directory of the session's project.
    pub(super) fn project(&self) -> PathBuf {
        let session = self.session();
        let root = session.as_ref().map(|session| session.settings.places().project_root());
        root.unwrap_or_else(|| self.workspace.original()).to_path_buf()
    }

    /// The environment as configurations of this origin may see it: the files of a project or a plugin learn no credential
    /// of a model provider, and a plugin's know where its folders are (row 450).
    pub fn env_for(&self, scope: &Scope) -> Arc<Env> {
        let scrubbed = || self.scrubbed.get_or_init(|| Arc::new(self.env.without_credentials()));
        match scope {
            Scope::Dynamic | Scope::Local | Scope::User => Arc::clone(&self.env),
            Scope::Project => Arc::clone(scrubbed()),
            Scope::Plugin(plugin) => Arc::new(scrubbed().with(plugin.variables())),
        }
    }

    /// Tells of changes of state.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Wakes whoever waits for a change of state.
    pub fn touch(&self) {
        self.changes.send_replace(());
    }

    /// Tells the consumer how long a call has been running.
    pub fn progress(&self, tool_use_id: &str, tool_name: &str, elapsed: u64) {
        self.emitter.emit(&SdkMessage::ToolProgress(ToolProgressMessage {
            tool_use_id: tool_use_id.to_owned(),
            tool_name: tool_name.to_owned(),
            parent_tool_use_id: None,
            elapsed_time_seconds: elapsed,
            task_id: None,
        }));
    }
}
