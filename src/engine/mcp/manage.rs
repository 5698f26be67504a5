//! What a host may change about servers while a query runs (row 335).

use super::config::{self, Policy, ServerConfig, Transport};
use super::server::{Server, State};
use super::servers::Servers;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::message::control::ModeOverride;
use crate::engine::permission::PermissionMode;
use crate::engine::session::live::Live;
use serde_json::{Map, Value, json};
use std::sync::Arc;

impl Servers {
    /// One of its own by its key.
    fn known(&self, name: &str) -> Result<Arc<Server>, EngineError> {
        let own = self.own();
        let found = own.iter().find(|server| server.config.key == name).map(Arc::clone);
        found.ok_or_else(|| unknown(name, &own))
    }

    /// Connects a server anew; fails when that fails.
    pub async fn reconnect(self: &Arc<Self>, name: &str) -> Result<(), EngineError> {
        let server = self.known(name)?;
        if matches!(server.state(), State::Disabled) {
            let text = format!("The MCP server {name:?} is disabled. Enable it with toggleMcpServer first.");
            return Err(EngineError::new(ErrorKind::InvalidInput, text));
        }
        self.disconnect(&server, State::Pending).await;
        self.connect(Arc::clone(&server));
        self.settled_one(&server).await;
        match server.state() {
            State::Connected(_) => Ok(()),
            State::Failed(why) | State::NeedsAuth(why) => Err(failed(name, &why)),
            State::Disabled | State::Pending | State::Reconnecting(_) => {
                Err(failed(name, "something else was asked of it meanwhile"))
            }
        }
    }

    /// Switches a server off without forgetting it, or on again; whether it connects is for its status to say.
    pub async fn toggle(self: &Arc<Self>, name: &str, enabled: bool) -> Result<(), EngineError> {
        let server = self.known(name)?;
        if !enabled {
            self.disconnect(&server, State::Disabled).await;
        } else if matches!(server.state(), State::Disabled) {
            self.connect(Arc::clone(&server));
            self.settled_one(&server).await;
        }
        Ok(())
    }

    /// Replaces the servers that were added while the query runs and all embedded ones; others of the options stay
    /// when they are not named.
    pub async fn replace(self: &Arc<Self>, given: &Value) -> Result<Value, EngineError> {
        let Some(entries) = given.as_object() else {
            let text = "setMcpServers() takes an object of server configurations";
            return Err(EngineError::new(ErrorKind::InvalidInput, text));
        };
        let (mut wanted, mut errors) = (Vec::new(), Map::new());
        for (key, entry) in entries {
            match config::parse_servers(&json!({ key: entry }), "servers") {
                Ok(parsed)
                    if parsed
                        .iter()
                        .any(|server| server.policies.iter().any(|(_, policy)| *policy == Policy::Allow)) =>
                {
                    let text = "the policy always_allow counts in the options of the query only; add a permission rule";
                    errors.insert(key.clone(), text.into());
                }
                Ok(parsed) => wanted.extend(parsed),
                Err(error) => {
                    errors.insert(key.clone(), error.message.into());
                }
            }
        }
        let (gone, fresh) = self.exchange(wanted, &errors);
        let removed: Vec<&str> = gone.iter().map(|server| server.config.key.as_str()).collect();
        for server in &gone {
            self.disconnect(server, State::Disabled).await;
        }
        for server in &fresh {
            self.connect(Arc::clone(server));
        }
        for server in &fresh {
            self.settled_one(server).await;
            if let State::Failed(why) | State::NeedsAuth(why) = server.state() {
                errors.insert(server.config.key.clone(), why.into());
            }
        }
        let added: Vec<&str> = fresh.iter().map(|server| server.config.key.as_str()).collect();
        Ok(json!({ "added": added, "removed": removed, "errors": errors }))
    }

    /// Gives the tools of one server a mode of their own, or takes it back. What a host should know comes as a warning.
    pub fn override_mode(&self, name: &str, mode: Option<ModeOverride>, live: &Live) -> Value {
        let server = super::name::normalise(name);
        let session = live.change(|settings| {
            match mode {
                None => settings.server_modes.remove(&server),
                Some(ModeOverride::Default) => settings.server_modes.insert(server, PermissionMode::Default),
                Some(ModeOverride::Auto) => settings.server_modes.insert(server, PermissionMode::Auto),
            };
            settings.mode
        });
        let strict = matches!(session, PermissionMode::Plan | PermissionMode::DontAsk);
        let mut warnings = Vec::new();
        if self.named(name).is_none() {
            warnings.push(format!("No MCP server is named {name:?} now: the mode counts once there is one."));
        }
        if mode.is_some() && strict {
            let text = format!("The mode counts once the session's is no longer {}.", session.as_str());
            warnings.push(text);
        }
        if warnings.is_empty() { json!({}) } else { json!({ "warning": warnings.join(" ") }) }
    }

    /// Changes the list; returns what left it and what is new in it.
    fn exchange(
        &self,
        wanted: Vec<ServerConfig>,
        errors: &Map<String, Value>,
    ) -> (Vec<Arc<Server>>, Vec<Arc<Server>>) {
        let mut list = self.list();
        let stays = |server: &Arc<Server>| {
            let fixed = server.of_options && !matches!(server.config.transport, Transport::Embedded(_));
            match wanted.iter().find(|config| config.key == server.config.key) {
                Some(config) => *config == server.config,
                // What was asked for under this name cannot be used: what there is stays.
                None => fixed || errors.contains_key(&server.config.key),
            }
        };
        let (kept, gone): (Vec<_>, Vec<_>) = list.drain(..).partition(stays);
        *list = kept;
        let mut fresh = Vec::new();
        for mut config in wanted {
            if list.iter().all(|server| server.config.key != config.key) {
                let others = list.iter().map(|server| &server.config);
                if let Some(unusable) = config::collision(&config.key, others) {
                    config.transport = unusable;
                }
                let server = Arc::new(Server::new(config, Arc::clone(self.context()), false));
                list.push(Arc::clone(&server));
                fresh.push(server);
            }
        }
        (gone, fresh)
    }

    /// Ends the connection of a server and takes its tools away.
    async fn disconnect(&self, server: &Arc<Server>, state: State) {
        server.new_attempt();
        if let State::Connected(connected) | State::Reconnecting(connected) = server.set(state) {
            connected.connection.close().await;
        }
        self.publish();
        self.context().touch();
    }
}

/// There is no such server, but `others`.
pub(super) fn unknown(name: &str, others: &[Arc<Server>]) -> EngineError {
    let names: Vec<&str> = others.iter().map(|server| server.config.key.as_str()).collect();
    let known = if names.is_empty() {
        "there are none".to_owned()
    } else {
        format!("there are {}", names.join(", "))
    };
    EngineError::new(ErrorKind::InvalidInput, format!("No MCP server is named {name:?}; {known}."))
}

fn failed(name: &str, why: &str) -> EngineError {
    EngineError::new(
        ErrorKind::McpServerFailed,
        format!("The MCP server {name:?} could not be connected: {why}"),
    )
}
