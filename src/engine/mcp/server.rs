//! One server of a query: what was asked for, and the state it is in.

use super::auth::oauth::Authority;
use super::config::ServerConfig;
use super::context::Context;
use super::tools::listed::Listed;
use super::transport::connection::{Connection, Failure, Progress};
use crate::engine::tool::entry::Entry;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A server and its state.
pub struct Server {
    /// What was asked for.
    pub config: ServerConfig,
    /// It was given in the options of the query, not added later.
    pub of_options: bool,
    cx: Arc<Context>,
    state: Mutex<State>,
    listing: Mutex<Listing>,
    attempt: Mutex<CancellationToken>,
    authority: OnceLock<Arc<Authority>>,
}

/// What a server is doing (row 319).
#[derive(Clone)]
pub enum State {
    /// About to connect.
    Pending,
    /// Connected.
    Connected(Connected),
    /// Connected until just now, and being connected anew; its tools stay offered meanwhile.
    Reconnecting(Connected),
    /// Not connected, for this reason.
    Failed(String),
    /// Not connected: it wants authorisation.
    NeedsAuth(String),
    /// Switched off by the host.
    Disabled,
}

/// Whether its lists are fetched anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    No,
    Fetching,
    /// And have changed again since that began.
    Outdated,
}

/// What there is while a server is connected.
#[derive(Clone)]
pub struct Connected {
    /// The connection.
    pub connection: Arc<dyn Connection>,
    /// The tools that the server lists.
    pub listed: Arc<Listed>,
    /// Those that the model can be offered.
    pub entries: Arc<Vec<Arc<Entry>>>,
    /// The prompts as the server described them.
    pub prompts: Arc<Vec<Value>>,
}

impl State {
    /// The documented word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pending | Self::Reconnecting(_) => "pending",
            Self::Connected(_) => "connected",
            Self::Failed(_) => "failed",
            Self::NeedsAuth(_) => "needs-auth",
            Self::Disabled => "disabled",
        }
    }
}

impl Server {
    /// A server that is about to connect.
    pub fn new(config: ServerConfig, cx: Arc<Context>, of_options: bool) -> Self {
        let attempt = Mutex::new(cx.cancel.child_token());
        let authority = OnceLock::new();
        let (state, listing) = (Mutex::new(State::Pending), Mutex::new(Listing::No));
        Self { config, of_options, cx, state, listing, attempt, authority }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state as it is now.
    pub fn state(&self) -> State {
        self.lock().clone()
    }

    /// Changes the state; returns the one before.
    pub fn set(&self, state: State) -> State {
        std::mem::replace(&mut *self.lock(), state)
    }

    fn listing(&self) -> MutexGuard<'_, Listing> {
        self.listing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that its lists have changed. True: the caller is the one to fetch them.
    pub fn outdated(&self) -> bool {
        let mut listing = self.listing();
        let first = *listing == Listing::No;
        *listing = if first { Listing::Fetching } else { Listing::Outdated };
        first
    }

    /// Notes that they have been fetched. False: they have changed since, and are to be fetched again.
    pub fn fetched(&self) -> bool {
        let mut listing = self.listing();
        let current = *listing != Listing::Outdated;
        *listing = if current { Listing::No } else { Listing::Fetching };
        current
    }

    /// Whether its lists are fetched right now.
    pub fn is_listing(&self) -> bool {
        *self.listing() != Listing::No
    }

    /// What authorises requests to this server at `url`, if the host takes part.
    pub fn authority(&self, url: &str, http: &reqwest::Client) -> Option<Arc<Authority>> {
        let options = self.cx.oauth.as_ref()?;
        let make = || {
            let place = (self.config.key.clone(), url.to_owned());
            Arc::new(Authority::new(Arc::clone(&self.cx), Arc::clone(options), place, http.clone()))
        };
        Some(Arc::clone(self.authority.get_or_init(make)))
    }

    /// Whether the user is being asked to authorise it right now.
    pub fn is_asking(&self) -> bool {
        self.authority.get().is_some_and(|authority| authority.is_asking())
    }

    /// `failure`, with what went wrong when it was to be authorised.
    pub fn explained(&self, failure: Failure) -> Failure {
        match (failure, self.authority.get().and_then(|authority| authority.failure())) {
            (Failure::NeedsAuth(_), Some(why)) => {
                Failure::NeedsAuth(format!("it could not be authorised: {why}"))
            }
            (failure, _) => failure,
        }
    }

    /// Ends what is under way for this server; the token is of the attempt that follows.
    pub fn new_attempt(&self) -> CancellationToken {
        let fresh = self.cx.cancel.child_token();
        let mut attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *attempt, fresh.clone()).cancel();
        fresh
    }

    /// The connection, or the word for why there is none.
    pub fn connection(&self) -> Result<Arc<dyn Connection>, String> {
        match &*self.lock() {
            State::Connected(connected) => Ok(Arc::clone(&connected.connection)),
            State::Failed(why) => Err(format!("not connected: {why}")),
            State::NeedsAuth(_) => Err("not connected: it needs authorisation".to_owned()),
            State::Disabled => Err("disabled".to_owned()),
            State::Pending => Err("still connecting".to_owned()),
            State::Reconnecting(_) => Err("being connected anew. Try again in a moment".to_owned()),
        }
    }

    /// The wall limit that the server itself asks for.
    pub fn own_timeout(&self) -> Option<Duration> {
        match &*self.lock() {
            State::Connected(connected) => connected
                .connection
                .hello()
                .timeout
                .filter(|ms| *ms >= 1000.0)
                .and_then(|ms| Duration::try_from_secs_f64(ms / 1000.0).ok()),
            State::Pending
            | State::Reconnecting(_)
            | State::Failed(_)
            | State::NeedsAuth(_)
            | State::Disabled => None,
        }
    }

    /// Whether its tools are never kept back: the host wants it, or the server itself.
    pub fn always_load(&self) -> bool {
        self.config.always_load
            || match &*self.lock() {
                State::Connected(connected) | State::Reconnecting(connected) => {
                    connected.connection.hello().always_load
                }
                State::Pending | State::Failed(_) | State::NeedsAuth(_) | State::Disabled => false,
            }
    }

    /// Connects anew, unless somebody else has done so since `connection` was made.
    pub async fn connected_anew(self: &Arc<Self>, connection: &Arc<dyn Connection>) -> Result<(), String> {
        let Some(servers) = self.cx.home() else { return Ok(()) };
        if self.has(connection) {
            return servers.reconnect(&self.config.key).await.map_err(|error| error.message);
        }
        servers.settled_one(self).await;
        Ok(())
    }

    /// Whether this connection is the one that it has now.
    pub fn has(&self, connection: &Arc<dyn Connection>) -> bool {
        matches!(&*self.lock(), State::Connected(connected) if Arc::ptr_eq(&connected.connection, connection))
    }

    /// Notes that a call found the connection broken; whoever watches it does the rest.
    pub fn lost(&self, failure: &Failure, connection: &Arc<dyn Connection>) {
        match failure {
            Failure::Refused(_) => {}
            Failure::Gone(_) => connection.closed().cancel(),
            Failure::NeedsAuth(why) => {
                // Not if it has been connected anew meanwhile.
                if self.has(connection) {
                    self.set(State::NeedsAuth(why.clone()));
                    self.cx.touch();
                }
            }
        }
    }

    /// What reports the progress of one call to the consumer.
    pub fn progress_of(&self, tool_use_id: &str, tool: &str) -> Progress {
        let (cx, began) = (Arc::clone(&self.cx), self.cx.clock.elapsed());
        let (tool_use_id, tool) = (tool_use_id.to_owned(), tool.to_owned());
        Arc::new(move |_| {
            let elapsed = cx.clock.elapsed().saturating_sub(began).as_secs();
            cx.progress(&tool_use_id, &tool, elapsed);
        })
    }

    /// Shows a warning to the consumer.
    pub fn warn(&self, content: String) {
        self.cx.emitter.warn(content);
    }

    /// The row of `mcpServerStatus()` (row 577).
    pub fn row(&self) -> Value {
        let state = self.state();
        let mut row = json!({
            "name": self.config.key,
            "status": state.word(),
            "config": self.config.given,
            "scope": self.config.scope.as_str(),
        });
        match state {
            State::Connected(connected) => {
                if let Some(info) = &connected.connection.hello().server_info {
                    row["serverInfo"] = info.clone();
                }
                row["tools"] = connected.listed.described.iter().map(tool_row).collect();
            }
            State::Failed(why) | State::NeedsAuth(why) => row["error"] = why.into(),
            State::Pending | State::Reconnecting(_) | State::Disabled => {}
        }
        row
    }
}

fn tool_row(described: &Value) -> Value {
    let mut row = Map::new();
    for name in ["name", "description", "_meta"] {
        if let Some(value) = described.get(name).filter(|value| !value.is_null()) {
            row.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(given) = described.get("annotations").and_then(Value::as_object) {
        let mut annotations = Map::new();
        for (hint, short) in
            [("readOnlyHint", "readOnly"), ("destructiveHint", "destructive"), ("openWorldHint", "openWorld")]
        {
            if let Some(Value::Bool(flag)) = given.get(hint) {
                annotations.insert(short.to_owned(), (*flag).into());
            }
        }
        row.insert("annotations".to_owned(), Value::Object(annotations));
    }
    Value::Object(row)
}
