//! The servers of one agent of a query: it sees those of the session, and has some of its own that end with it.
//!
//! Whoever runs an agent calls [`Servers::for_agent`] when it starts and [`Servers::close`] when it ends; the end of the session
//! ends them too. What the session's
//! servers offer reaches the agent's table by itself, whenever it changes; nothing of the agent reaches the session.

use super::config::agent::AgentServers;
use super::manage::unknown;
use super::servers::Servers;
use crate::engine::emit::Emitter;
use crate::engine::permission::RuleSet;
use crate::engine::tool::table::ToolTable;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What an agent has of its own.
pub struct Seat {
    /// The table that its tools come from.
    pub tools: Arc<ToolTable>,
    /// Its rules: a bare deny rule keeps a tool from being offered.
    pub rules: Arc<RuleSet>,
    /// Where its messages leave.
    pub emitter: Emitter,
}

impl Servers {
    /// The servers of an agent called `agent` (row 555). Its own are started at once, side by side; [`Servers::ready`] waits
    /// for them. A server of its own stands in for one of the session whose tools would have the same names.
    ///
    /// Must be called inside a tokio runtime.
    pub fn for_agent(self: &Arc<Self>, agent: &str, given: AgentServers, seat: Seat) -> Arc<Self> {
        for text in given.warnings {
            self.context().host.log(&format!("native-agent-sdk: {text}."));
        }
        for name in &given.of_session {
            let all = self.all();
            if all.iter().all(|server| server.config.key != *name) {
                let error = unknown(name, &all);
                let text = format!("native-agent-sdk: mcpServers of the agent {agent:?}: {}", error.message);
                self.context().host.log(&text);
            }
        }
        let servers = Self::build(self.context().of_agent(seat), given.own, Some(Arc::clone(self)));
        self.heirs.add(&servers);
        servers.start();
        servers
    }
}

/// The servers of agents that have not ended: they are told when tools change, and end with these at the latest.
#[derive(Default)]
pub(super) struct Heirs(Mutex<Vec<Arc<Servers>>>);

impl Heirs {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Servers>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, servers: &Arc<Servers>) {
        self.lock().push(Arc::clone(servers));
    }

    /// Forgets one that ends.
    pub(super) fn remove(&self, servers: &Servers) {
        self.lock().retain(|heir| !std::ptr::eq(Arc::as_ptr(heir), servers));
    }

    /// All of them, which are no longer known here.
    pub(super) fn take(&self) -> Vec<Arc<Servers>> {
        std::mem::take(&mut *self.lock())
    }

    /// Puts the tools of today into their tables, unless they are ending.
    pub(super) fn publish(&self) {
        let heirs = self.lock().clone();
        for servers in heirs.iter().filter(|servers| !servers.context().cancel.is_cancelled()) {
            servers.publish();
        }
    }
}

#[cfg(test)]
#[path = "inherit_tests.rs"]
mod tests;
