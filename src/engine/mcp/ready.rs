//! Who waits for servers that are being connected or listed anew, and for how long (rows 321, 324).

use super::config::Scope;
use super::server::{Server, State};
use super::servers::Servers;
use std::sync::Arc;
use std::time::Duration;

/// How long servers of files are waited for where they are, unless `MCP_CONNECT_TIMEOUT_MS` says otherwise.
const OF_FILES: Duration = Duration::from_secs(5);

impl Servers {
    /// Waits until the first turn may begin: servers of the options have settled; those of files are waited for only if
    /// they are to be there from the beginning, and not for long.
    pub async fn ready(&self) {
        self.until_settled(|server| !of_file(server)).await;
        let env = &self.context().env;
        let blocking = env.get("MCP_CONNECTION_NONBLOCKING").is_some_and(|text| {
            ["0", "false", "no", "off"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
        });
        let wanted = |server: &Server| blocking || server.config.always_load;
        let clock = &self.context().clock;
        let left = (self.began() + self.patience()).saturating_sub(clock.elapsed());
        tokio::select! {
            biased;
            () = self.until_settled(wanted) => {}
            () = clock.sleep(left) => {}
        }
    }

    /// Waits until no server's tools are being listed anew, so that the model is offered what there is (row 324). Not for
    /// long: a server that does not answer keeps its old list.
    pub async fn listed(&self) {
        if !self.all().iter().any(|server| server.is_listing()) {
            return;
        }
        tokio::select! {
            biased;
            () = self.until(|server| !server.is_listing()) => {}
            () = self.context().clock.sleep(self.patience()) => {}
        }
    }

    /// How long is waited for servers that could be done without.
    fn patience(&self) -> Duration {
        self.context().env.number("MCP_CONNECT_TIMEOUT_MS").map_or(OF_FILES, Duration::from_millis)
    }

    /// Waits until no server is about to connect any more.
    pub async fn settled(&self) {
        self.until_settled(|_| true).await;
    }

    /// The same for one server.
    pub async fn settled_one(&self, server: &Arc<Server>) {
        self.until_settled(|other| std::ptr::eq(other, Arc::as_ptr(server))).await;
    }

    async fn until_settled(&self, counts: impl Fn(&Server) -> bool) {
        self.until(|server| !counts(server) || !matches!(server.state(), State::Pending)).await;
    }

    /// Waits until that is true of each server.
    async fn until(&self, done: impl Fn(&Server) -> bool) {
        let mut changes = self.context().changes();
        loop {
            changes.mark_unchanged();
            if self.all().iter().all(|server| done(server)) || changes.changed().await.is_err() {
                return;
            }
        }
    }
}

/// Whether a server comes from a file.
pub fn of_file(server: &Server) -> bool {
    match server.config.scope {
        Scope::Dynamic => false,
        Scope::Local | Scope::Project | Scope::User | Scope::Plugin(_) => true,
    }
}
