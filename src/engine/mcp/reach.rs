//! Connects one server, and connects it anew when a network has lost it.

use super::config::Transport;
use super::server::{Connected, Server, State};
use super::servers::Servers;
use super::transport::client::{Elicit, Handler};
use super::transport::connection::{Connection, Failure, List};
use super::transport::embedded::Embedded;
use super::transport::remote::{self, Net};
use super::transport::stdio::{self, Place};
use crate::engine::cancel::{Cancelled, OrCancel};
use serde_json::Value;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a server may take to connect unless `MCP_TIMEOUT` says otherwise (row 320).
const START: Duration = Duration::from_secs(30);
/// How often a first attempt over a network is repeated, and how long the first pause is (row 323).
const FIRST: (u32, Duration) = (3, Duration::from_millis(200));
/// The same for a connection that was lost.
const AGAIN: (u32, Duration) = (5, Duration::from_secs(1));

impl Servers {
    /// Starts to connect one server; what was under way for it ends.
    pub(super) fn connect(self: &Arc<Self>, server: Arc<Server>) {
        let attempt = server.new_attempt();
        let policy = &self.context().policy;
        let refused = policy.refuses(&server.config, &self.context().env_for(&server.config.scope));
        let unusable = match &server.config.transport {
            Transport::Unusable(why) => Some(why.clone()),
            Transport::Stdio { .. } | Transport::Http(_) | Transport::Sse(_) | Transport::Embedded(_) => {
                refused
            }
        };
        if let Some(why) = unusable {
            server.set(State::Failed(why));
            self.context().touch();
            return;
        }
        server.set(State::Pending);
        let servers = Arc::clone(self);
        tokio::spawn(async move {
            let connected = async {
                let limit = servers.limit();
                tokio::select! {
                    connected = servers.first(&server, limit) => connected.map_err(|failure| server.explained(failure)),
                    () = servers.time_is_up(&server, limit) => Err(Failure::Gone(format!(
                        "it did not connect within {} s; MCP_TIMEOUT changes the limit", limit.as_secs_f64()
                    ))),
                }
            };
            match connected.or_cancel(&attempt).await {
                Ok(connected) => {
                    servers.settle(&server, connected);
                    servers.watch(&server, &attempt).await;
                }
                // Nobody will try again, and whoever waits must not wait for ever.
                Err(Cancelled) if servers.context().cancel.is_cancelled() => {
                    servers.settle(&server, Err(Failure::Gone("the query has ended".to_owned())));
                }
                Err(Cancelled) => {}
            }
        });
    }

    /// A first connection, when there is a place for it. A slow one makes room for others before its time is up.
    async fn first(self: &Arc<Self>, server: &Arc<Server>, limit: Duration) -> Result<Connected, Failure> {
        let place = self.context().slots.take(&server.config.transport).await;
        let mut connecting = std::pin::pin!(self.repeated(server, FIRST));
        tokio::select! {
            connected = &mut connecting => return connected,
            () = self.context().clock.sleep(limit / 4) => drop(place),
        }
        connecting.await
    }

    /// When a server has had `limit` to connect. A user who is asked may take longer: it goes on, but is not waited for.
    async fn time_is_up(&self, server: &Server, limit: Duration) {
        self.context().clock.sleep(limit).await;
        while server.is_asking() {
            if matches!(server.state(), State::Pending) {
                server.set(State::NeedsAuth("the user is being asked to authorise it".to_owned()));
                self.context().touch();
            }
            self.context().clock.sleep(limit).await;
        }
    }

    fn limit(&self) -> Duration {
        let by_env = self.context().env.number("MCP_TIMEOUT").filter(|ms| *ms > 0);
        by_env.map_or(START, Duration::from_millis)
    }

    /// Takes over the outcome of an attempt.
    fn settle(&self, server: &Server, outcome: Result<Connected, Failure>) {
        server.set(match outcome {
            Ok(connected) => State::Connected(connected),
            Err(Failure::NeedsAuth(why)) => State::NeedsAuth(why),
            Err(Failure::Refused(why) | Failure::Gone(why)) => State::Failed(why),
        });
        self.publish();
        self.context().touch();
    }

    /// Tries again, with pauses that double, what may help another time; only servers behind a network are.
    async fn repeated(
        self: &Arc<Self>,
        server: &Arc<Server>,
        (times, pause): (u32, Duration),
    ) -> Result<Connected, Failure> {
        let mut pause = pause;
        for _ in 0..times {
            match self.handshake(server).await {
                Err(Failure::Gone(_)) if is_remote(server) => self.context().clock.sleep(pause).await,
                other => return other,
            }
            pause *= 2;
        }
        self.handshake(server).await
    }

    /// Until the connection is ended on purpose: notices that it is gone, and does what helps.
    async fn watch(self: &Arc<Self>, server: &Arc<Server>, attempt: &CancellationToken) {
        loop {
            let State::Connected(connected) = server.state() else { return };
            let connection = Arc::clone(&connected.connection);
            let gone = connection.closed().cancelled().or_cancel(attempt).await;
            if gone.is_err() && self.context().cancel.is_cancelled() {
                // The query may have ended while this was being connected, and have found nothing to close.
                connection.close().await;
            }
            if gone.is_err() || !server.has(&connection) {
                return;
            }
            let why = connection.why_closed();
            connection.close().await;
            if !is_remote(server) {
                self.settle(server, Err(Failure::Gone(why)));
                return;
            }
            server.set(State::Reconnecting(connected));
            self.context().touch();
            let (times, pause) = AGAIN;
            let again = async {
                self.context().clock.sleep(pause).await;
                self.repeated(server, (times - 1, pause * 2)).await
            };
            match again.or_cancel(attempt).await {
                Ok(outcome) => self.settle(server, outcome),
                Err(Cancelled) => return,
            }
        }
    }

    /// The handshake and the list of tools.
    async fn handshake(self: &Arc<Self>, server: &Arc<Server>) -> Result<Connected, Failure> {
        let connection = self.dial(server).await?;
        let listed = connection.list_tools().await?;
        // Whoever cannot list prompts can still run tools.
        let prompts = match connection.list(List::Prompts).await {
            Err(failure @ (Failure::Gone(_) | Failure::NeedsAuth(_))) => return Err(failure),
            Err(Failure::Refused(_)) => Vec::new(),
            Ok(prompts) => prompts,
        };
        let entries = Arc::new(self.entries(&listed, server));
        Ok(Connected { connection, listed, entries, prompts: Arc::new(prompts) })
    }

    async fn dial(self: &Arc<Self>, server: &Arc<Server>) -> Result<Arc<dyn Connection>, Failure> {
        let cx = self.context();
        let env = &cx.env_for(&server.config.scope);
        let net = Net {
            env,
            pools: &cx.http,
            clock: &cx.clock,
            cwd: cx.workspace.original(),
            processes: &cx.processes,
            cancel: &cx.cancel,
        };
        let mut missing = Vec::new();
        let connection: Result<Arc<dyn Connection>, Failure> = match &server.config.transport {
            Transport::Embedded(handle) => {
                let (host, key) = (Arc::clone(&cx.host), server.config.key.clone());
                let connection = Embedded::connect(host, *handle, key, Arc::clone(&cx.progress)).await;
                connection.map(|connection| Arc::new(connection) as _)
            }
            Transport::Stdio { command, args, env: own } => {
                let project = cx.project();
                let place = Place {
                    cwd: cx.workspace.original(),
                    project: &project,
                    env,
                    processes: &cx.processes,
                    clock: &cx.clock,
                };
                let connection =
                    stdio::connect((command, args, own), place, self.handler(server), &mut missing).await;
                connection.map(|connection| Arc::new(connection) as _)
            }
            Transport::Http(remote) => {
                remote::connect_http(remote, &net, || self.handler(server), &mut missing, server)
                    .await
                    .map(|connection| Arc::new(connection) as _)
            }
            Transport::Sse(remote) => remote::connect_sse(remote, &net, self.handler(server), &mut missing)
                .await
                .map(|connection| Arc::new(connection) as _),
            Transport::Unusable(why) => Err(Failure::Refused(why.clone())),
        };
        if !missing.is_empty() {
            cx.host.log(&format!(
                "native-agent-sdk: the configuration of the MCP server {} names variables that are not set: {}.",
                server.config.key,
                missing.join(", ")
            ));
        }
        connection
    }

    /// What a server may ask and tell us. It must not keep the servers alive.
    fn handler(self: &Arc<Self>, server: &Arc<Server>) -> Handler {
        let (server_key, known) = (server.config.key.clone(), Arc::downgrade(self));
        let of = Weak::clone(&known);
        let roots = move || of.upgrade().map(|servers| servers.roots()).unwrap_or_default();
        let (servers, server): (Weak<Self>, Weak<Server>) = (Arc::downgrade(self), Arc::downgrade(server));
        let changed = move || {
            if let (Some(servers), Some(server)) = (servers.upgrade(), server.upgrade()) {
                servers.changed(&server);
            }
        };
        let (asked, done) = (Weak::clone(&known), known);
        let key = server_key.clone();
        let elicit: Elicit = Box::new(move |params, cancel| {
            let (servers, key) = (asked.upgrade(), key.clone());
            Box::pin(async move {
                match servers {
                    Some(servers) => servers.elicit(&key, &params, &cancel).await,
                    None => serde_json::json!({ "action": "cancel" }),
                }
            })
        });
        let elicited = move |params: Value| {
            if let Some(servers) = done.upgrade() {
                servers.elicited(&server_key, &params);
            }
        };
        Handler::new(Box::new(roots), Arc::new(changed), (elicit, Box::new(elicited)))
    }
}

fn is_remote(server: &Server) -> bool {
    matches!(server.config.transport, Transport::Http(_) | Transport::Sse(_))
}
