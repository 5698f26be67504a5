//! `mcpServers` of an agent: names of the session's servers, and servers that only the agent has (row 555).

use super::{Scope, ServerConfig, Transport, add_of_file, add_of_options, fault};
use crate::engine::error::EngineError;
use serde_json::Value;

/// The servers that an agent asks for.
#[derive(Debug, Default, PartialEq)]
pub struct AgentServers {
    /// Keys of servers of the session.
    pub of_session: Vec<String>,
    /// Its own.
    pub own: Vec<ServerConfig>,
    /// What is left out and why, for people.
    pub warnings: Vec<String>,
}

impl AgentServers {
    /// Reads a list of names and of objects of configurations. `scope` is where the agent's definition comes from; `path` is
    /// how an error calls the list.
    ///
    /// # Errors
    /// `InvalidOption` for a list or an entry of another shape. What a file says of one server and cannot be used is no error:
    /// that server gets an error status, as in every file.
    pub fn parse(value: &Value, scope: &Scope, path: &str) -> Result<Self, EngineError> {
        let Some(entries) = value.as_array() else {
            return Err(fault(path, "must be an array of server names and server configurations", value));
        };
        let mut servers = Self::default();
        for (index, entry) in entries.iter().enumerate() {
            let path = format!("{path}[{index}]");
            match (entry, scope) {
                (Value::String(name), _) => servers.of_session.push(name.clone()),
                (Value::Object(_), Scope::Dynamic) => add_of_options(&mut servers.own, entry, &path)?,
                (Value::Object(entries), Scope::Local | Scope::Project | Scope::User | Scope::Plugin(_)) => {
                    add_of_file(&mut servers.own, entries, scope);
                }
                _ => {
                    let what = "must be the name of a server or an object of server configurations";
                    return Err(fault(&path, what, entry));
                }
            }
        }
        let warnings = &mut servers.warnings;
        servers.own.retain(|server| {
            let embedded = matches!(server.transport, Transport::Embedded(_));
            if embedded {
                warnings.push(format!(
                    "{path}: {:?} is an object of the program, which is left out: put it into the mcpServers of the options and name it here",
                    server.key
                ));
            }
            !embedded
        });
        Ok(servers)
    }
}

#[cfg(test)]
#[path = "agent_tests.rs"]
mod tests;
