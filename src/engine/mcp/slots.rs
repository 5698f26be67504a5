//! How many servers are being connected at the same time (row 322).

use super::config::Transport;
use crate::engine::env::Env;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Child processes that start side by side, unless `MCP_SERVER_CONNECTION_BATCH_SIZE` says otherwise.
const CHILDREN: u64 = 3;
/// The same for servers behind a URL: `MCP_REMOTE_SERVER_CONNECTION_BATCH_SIZE`.
const REMOTE: u64 = 20;
/// No environment asks for more.
const MOST: u64 = 1000;

/// The places of one query.
pub struct Slots {
    children: Arc<Semaphore>,
    remote: Arc<Semaphore>,
}

impl Slots {
    /// As many as the environment says.
    pub fn from_env(env: &Env) -> Self {
        let places = |name: &str, usual: u64| {
            let number = env.number(name).filter(|number| *number > 0).unwrap_or(usual).min(MOST);
            Arc::new(Semaphore::new(usize::try_from(number).unwrap_or(1)))
        };
        Self {
            children: places("MCP_SERVER_CONNECTION_BATCH_SIZE", CHILDREN),
            remote: places("MCP_REMOTE_SERVER_CONNECTION_BATCH_SIZE", REMOTE),
        }
    }

    /// Waits for a place; servers of the program need none.
    pub async fn take(&self, transport: &Transport) -> Option<OwnedSemaphorePermit> {
        let places = match transport {
            Transport::Stdio { .. } => &self.children,
            Transport::Http(_) | Transport::Sse(_) => &self.remote,
            Transport::Embedded(_) | Transport::Unusable(_) => return None,
        };
        Arc::clone(places).acquire_owned().await.ok()
    }
}
