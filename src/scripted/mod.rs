//! A strict scripted Messages API over loopback HTTP: tests, demo and benchmarks talk to it instead of the real one.
//!
//! It is an independent judge: it knows nothing of the engine. `scenario` documents what to write in a scenario.

mod blocks;
mod body;
mod cache;
mod capture;
mod checks;
mod clock;
mod control;
mod error;
mod faults;
mod gates;
mod memory;
mod models;
mod render;
mod request;
pub mod rules;
pub mod scenario;
mod server;
mod state;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

pub use capture::{CapturedRequest, Violation};
pub use scenario::{Rule, Scenario};
pub use server::ConnectionOptions;

use state::Shared;

/// A running server. Dropping it stops everything and closes all connections.
pub struct ScriptedApi {
    shared: Arc<Shared>,
    address: SocketAddr,
}

/// Feeds connections to a server, for listeners of one's own (TLS). Does not keep the server running.
#[derive(Clone)]
pub struct Feeder {
    shared: Arc<Shared>,
}

impl Feeder {
    /// Serves one connection until it ends or the server closes.
    pub async fn serve_io<I>(&self, io: I, options: ConnectionOptions)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        server::serve(io, Arc::clone(&self.shared), options).await;
    }

    /// Resolves when the server closes.
    pub async fn closed(&self) {
        self.shared.closed.cancelled().await;
    }
}

impl ScriptedApi {
    /// Starts a server on a free port of 127.0.0.1, on the current tokio runtime.
    pub async fn start(scenario: Scenario) -> io::Result<Self> {
        let listener = server::bind().await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(scenario));
        tokio::spawn(server::accept(listener, Arc::clone(&shared)));
        Ok(Self { shared, address })
    }

    /// The base URL, `http://127.0.0.1:PORT`; HTTP/1.1 and HTTP/2 with prior knowledge.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// For listeners that accept connections elsewhere.
    pub fn feeder(&self) -> Feeder {
        Feeder { shared: Arc::clone(&self.shared) }
    }

    /// Serves one connection that was accepted elsewhere, until it ends or the server closes.
    pub async fn serve_io<I>(&self, io: I, options: ConnectionOptions)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.feeder().serve_io(io, options).await;
    }

    /// All requests so far, in order of arrival.
    pub fn requests(&self) -> Vec<CapturedRequest> {
        self.shared.state().captures.iter().map(|capture| capture.snapshot()).collect()
    }

    /// Requests that broke a strict rule unexpectedly, or that no rule answers.
    pub fn violations(&self) -> Vec<Violation> {
        self.shared.state().violations.clone()
    }

    /// Rules that were served less often than they should have been.
    pub fn unused(&self) -> Vec<String> {
        self.shared.state().unused()
    }

    /// Ok if there was no violation and every rule was used up; else what is wrong, for a person.
    pub fn assert_complete(&self) -> Result<(), String> {
        let problems: Vec<String> = self
            .violations()
            .iter()
            .map(|violation| {
                format!("request {}: [{}] {}", violation.request, violation.rule, violation.message)
            })
            .chain(self.unused().iter().map(|rule| format!("unused: {rule}")))
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    }

    /// Opens a gate, also for replies that come to it later.
    pub fn open_gate(&self, name: &str) {
        self.shared.gates.open(name);
    }

    /// Resolves when a reply has reached the gate (or had done so), or when the server closes.
    pub async fn wait_gate(&self, name: &str) {
        self.wait_gate_count(name, 1).await;
    }

    /// Resolves when this many replies have reached the gate, or when the server closes.
    pub async fn wait_gate_count(&self, name: &str, replies: usize) {
        self.shared.gates.wait(name, replies, &self.shared.closed).await;
    }

    /// Adds rules behind those that are there.
    pub fn push_rules(&self, rules: Vec<Rule>) {
        self.shared.state().push_rules(rules);
    }

    /// Forgets requests, violations, gates (opening them), pushed rules, sent thinking and cached prompts; the
    /// scenario begins anew.
    pub fn reset(&self) {
        self.shared.reset(None);
    }

    /// Like `reset`, and goes on with another scenario.
    pub fn reset_to(&self, scenario: Scenario) {
        self.shared.reset(Some(scenario));
    }

    /// Stops accepting and closes all connections; everything that was recorded stays readable.
    pub fn close(&self) {
        self.shared.closed.cancel();
    }
}

impl Drop for ScriptedApi {
    fn drop(&mut self) {
        self.close();
    }
}
