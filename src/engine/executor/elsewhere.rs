//! `Elsewhere`: which tools of a session act where the embedder puts them, and what is needed for that.

use super::exec::Stream;
use crate::engine::host::Host;
use crate::engine::options::executors::{Executors, Place};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The outputs of commands by the number of their listener.
type Listeners = HashMap<u64, UnboundedSender<(Stream, Vec<u8>)>>;

/// The executors of one session.
#[derive(Default)]
pub struct Elsewhere {
    host: Option<Arc<dyn Host>>,
    executors: Executors,
    env: Vec<(String, String)>,
    last: AtomicU64,
    listeners: Mutex<Listeners>,
}

impl Elsewhere {
    /// The executors that `host` answers for. `env` is the environment of commands.
    pub fn new(host: Arc<dyn Host>, executors: Executors, env: Vec<(String, String)>) -> Self {
        Self { host: Some(host), executors, env, ..Self::default() }
    }

    /// Who is asked.
    pub fn host(&self) -> Option<Arc<dyn Host>> {
        self.host.clone()
    }

    /// Whether commands run elsewhere.
    pub fn runs_commands(&self) -> bool {
        self.executors.exec == Place::Elsewhere
    }

    /// Whether pages are fetched elsewhere.
    pub fn fetches(&self) -> bool {
        self.executors.fetch == Place::Elsewhere
    }

    /// Whether git can be run on the files of the session.
    pub fn has_git(&self) -> bool {
        self.executors.exec == Place::Host && self.executors.fs == Place::Host
    }

    /// The environment of commands, less what the engine adds.
    pub fn env(&self) -> &[(String, String)] {
        &self.env
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for the output of a command, and the output.
    pub fn listen(&self) -> (u64, UnboundedReceiver<(Stream, Vec<u8>)>) {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, receiver) = unbounded_channel();
        self.listeners().insert(number, sender);
        (number, receiver)
    }

    /// Nobody listens any more.
    pub fn hush(&self, number: u64) {
        self.listeners().remove(&number);
    }

    /// A command has printed something; without effect when it is over.
    pub fn printed(&self, number: u64, stream: Stream, bytes: Vec<u8>) {
        if let Some(listener) = self.listeners().get(&number) {
            // Whoever listened may have gone a moment ago.
            let _ = listener.send((stream, bytes));
        }
    }
}
