//! Servers that a plugin brings: names of their own, so that none stands in for another's (rows 314, 449, 450).

use super::{Scope, ServerConfig, add_of_file};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::Arc;

/// A plugin, as far as its servers need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub root: PathBuf,
    /// Where it may keep what it has to remember.
    pub data: PathBuf,
}

impl Plugin {
    /// What its configuration and its processes know beside the environment.
    pub fn variables(&self) -> [(String, String); 2] {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        [
            ("CLAUDE_PLUGIN_ROOT".to_owned(), text(&self.root)),
            ("CLAUDE_PLUGIN_DATA".to_owned(), text(&self.data)),
        ]
    }
}

/// Adds the servers of a plugin behind those that there are. `entries` is the `mcpServers` of its files. Each is called
/// `plugin:<plugin>:<server>`, and its tools `mcp__plugin_<plugin>_<server>__<tool>`.
pub fn add(servers: &mut Vec<ServerConfig>, plugin: &Arc<Plugin>, entries: &Map<String, Value>) {
    let named = |(key, entry): (&String, &Value)| (format!("plugin:{}:{key}", plugin.name), entry.clone());
    let entries: Map<String, Value> = entries.iter().map(named).collect();
    add_of_file(servers, &entries, &Scope::Plugin(Arc::clone(plugin)));
}

#[cfg(test)]
#[path = "plugin_tests.rs"]
mod tests;
