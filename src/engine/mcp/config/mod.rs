//! What a host or a file says about MCP servers, checked.

pub mod agent;
pub mod expand;
pub mod files;
pub mod plugin;
pub mod policy;

use crate::engine::error::{EngineError, ErrorKind, kind_of};
use crate::engine::mcp::name;
use crate::engine::permission::{PermissionBehavior, PermissionUpdateDestination, Rule, RuleSet};
use plugin::Plugin;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// One server as it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerConfig {
    /// The key it was given under: its name in options, rules and messages.
    pub key: String,
    /// How it is reached.
    pub transport: Transport,
    /// The wall limit of one call; `None` means what the environment says, and that nothing.
    pub timeout: Option<Duration>,
    /// Its tools are never deferred (row 345).
    pub always_load: bool,
    /// What the host has decided about single tools.
    pub policies: Vec<(String, Policy)>,
    /// Where it comes from, as status rows show it.
    pub scope: Scope,
    /// The configuration as it was given, without an instance: for status rows.
    pub given: Value,
}

impl ServerConfig {
    /// Whether its tools have the names that those of `other` have.
    pub fn has_names_of(&self, other: &Self) -> bool {
        name::normalise(&self.key) == name::normalise(&other.key)
    }

    /// Whether a command prints headers for it.
    pub fn has_headers_helper(&self) -> bool {
        matches!(&self.transport, Transport::Http(remote) | Transport::Sse(remote) if remote.headers_helper.is_some())
    }
}

/// How a server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// A child process that speaks over its pipes.
    Stdio {
        /// The program, before expansion.
        command: String,
        /// Its arguments, before expansion.
        args: Vec<String>,
        /// Variables of its own, before expansion.
        env: Vec<(String, String)>,
    },
    /// Streamable HTTP.
    Http(Remote),
    /// HTTP with server-sent events, as it was before streamable HTTP.
    Sse(Remote),
    /// An object of the embedder; the number is how the embedder knows it.
    Embedded(u64),
    /// Cannot be used, for this reason: it gets an error status.
    Unusable(String),
}

/// A server behind a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Before expansion.
    pub url: String,
    /// Sent with every request; values before expansion.
    pub headers: Vec<(String, String)>,
    /// A command line that prints more headers as JSON (row 337).
    pub headers_helper: Option<String>,
}

/// What the host has decided about one tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// It needs no permission.
    Allow,
    /// A person is asked about every call.
    Ask,
    /// It is not offered.
    Deny,
}

/// Where a server's configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The options of the query, or `setMcpServers`.
    Dynamic,
    /// The user's own file, for this directory only.
    Local,
    /// `.mcp.json` of the project.
    Project,
    /// The user's own file.
    User,
    /// A plugin's files.
    Plugin(Arc<Plugin>),
}

impl Scope {
    /// As status rows show it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Dynamic => "dynamic",
            Self::Local => "local",
            Self::Project => "project",
            Self::User => "user",
            Self::Plugin(_) => "plugin",
        }
    }
}

/// Per-call limits below this many milliseconds are taken for a mistake and ignored.
const SHORTEST_TIMEOUT_MS: u64 = 1000;

/// Reads servers by name. The first malformed entry is the error; `path` is how the error calls the object.
pub fn parse_servers(value: &Value, path: &str) -> Result<Vec<ServerConfig>, EngineError> {
    let mut servers = Vec::new();
    add_of_options(&mut servers, value, path)?;
    Ok(servers)
}

/// The same, behind servers that there are.
fn add_of_options(servers: &mut Vec<ServerConfig>, value: &Value, path: &str) -> Result<(), EngineError> {
    let Some(entries) = value.as_object() else {
        return Err(fault(path, "must be an object of server configurations", value));
    };
    for (key, entry) in entries {
        let mut server = parse_server(key, entry, &format!("{path}.{key}"))?;
        if let Some(unusable) = collision(key, servers.iter()) {
            server.transport = unusable;
        }
        servers.push(server);
    }
    Ok(())
}

/// Adds the servers of a file, unless there are some of their names already: the whole entry counts, nothing is joined
/// (row 314). What cannot be used gets an error status, because nobody wrote it into this program.
pub fn add_of_file(servers: &mut Vec<ServerConfig>, entries: &Map<String, Value>, scope: &Scope) {
    for (key, entry) in entries {
        if servers.iter().any(|server| server.key == *key) {
            continue;
        }
        let parsed = parse_server(key, entry, &format!("mcpServers.{key}"));
        let mut server = parsed.unwrap_or_else(|error| ServerConfig {
            key: key.clone(),
            transport: Transport::Unusable(error.message),
            timeout: None,
            always_load: false,
            policies: Vec::new(),
            scope: scope.clone(),
            given: json!({}),
        });
        server.scope = scope.clone();
        // A file does not approve its own tools.
        server.policies.retain(|(_, policy)| *policy != Policy::Allow);
        let colliding = collision(key, servers.iter());
        if matches!(server.transport, Transport::Embedded(_)) {
            let text = "a server of type \"sdk\" is an object of the program: it cannot stand in a file";
            server.transport = Transport::Unusable(text.to_owned());
        } else if key.contains("__") {
            let text =
                "its name has two underscores in a row, which stand between server and tool. Rename it";
            server.transport = Transport::Unusable(text.to_owned());
        } else if let Some(unusable) = colliding {
            server.transport = unusable;
        }
        servers.push(server);
    }
}

/// What becomes of a server called `key` if its tools would have the same names as those of one of `others`.
pub fn collision<'a>(key: &str, others: impl IntoIterator<Item = &'a ServerConfig>) -> Option<Transport> {
    let normalised = name::normalise(key);
    let other = others.into_iter().find(|other| name::normalise(&other.key) == normalised)?;
    Some(Transport::Unusable(format!(
        "its tools would have the same names as those of the server {:?}: both keys become {normalised:?}. Rename one",
        other.key
    )))
}

fn parse_server(key: &str, entry: &Value, path: &str) -> Result<ServerConfig, EngineError> {
    if key.trim().is_empty() {
        return Err(fault(path, "has an empty name", entry));
    }
    let Some(object) = entry.as_object() else {
        return Err(fault(path, "must be a server configuration", entry));
    };
    let reader = Fields { object, path };
    let transport = if name::is_reserved(key) {
        Transport::Unusable(format!("the name {key:?} is reserved. Choose another one"))
    } else {
        reader.transport()?
    };
    let mut given = object.clone();
    given.remove("instance");
    Ok(ServerConfig {
        key: key.to_owned(),
        transport,
        timeout: reader.timeout()?,
        always_load: reader.bool("alwaysLoad")?,
        policies: reader.policies()?,
        scope: Scope::Dynamic,
        given: Value::Object(given),
    })
}

fn fault(path: &str, what: &str, value: &Value) -> EngineError {
    // Only the kind of the value: it may hold a token.
    let kind = kind_of(value);
    EngineError::new(ErrorKind::InvalidOption, format!("{path} {what}; got {kind}."))
}

/// Adds the rules of `always_allow`, which only servers outside the embedder may say of their tools.
pub fn allow_by_policy(servers: &[ServerConfig], rules: &mut RuleSet) {
    for server in servers.iter().filter(|server| !matches!(server.transport, Transport::Embedded(_))) {
        for (tool, _) in server.policies.iter().filter(|(_, policy)| *policy == Policy::Allow) {
            let text = format!("mcp__{}__{}", name::normalise(&server.key), name::normalise(tool));
            // Normalised names make a valid rule.
            if let Ok(rule) = Rule::parse(&text) {
                let _ = rules.add(rule, PermissionBehavior::Allow, PermissionUpdateDestination::CliArg);
            }
        }
    }
}

/// Reads the fields of one entry.
struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: &'a str,
}

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, what: &str, value: &Value) -> EngineError {
        fault(&format!("{}.{name}", self.path), what, value)
    }

    fn transport(&self) -> Result<Transport, EngineError> {
        let kind = match self.get("type") {
            None if self.get("url").is_some() => "http",
            None => "stdio",
            Some(Value::String(kind)) => kind.as_str(),
            Some(other) => return Err(self.wrong("type", "must be a string", other)),
        };
        match kind {
            "stdio" => Ok(Transport::Stdio {
                command: self.text("command")?,
                args: self.texts("args")?,
                env: self.pairs("env")?,
            }),
            "http" | "streamable-http" => Ok(Transport::Http(self.remote()?)),
            "sse" => Ok(Transport::Sse(self.remote()?)),
            "sdk" => {
                let handle = self.get("instance").and_then(|mark| mark.get("$handle")).and_then(Value::as_u64);
                handle.map(Transport::Embedded).ok_or_else(|| {
                    let given = self.get("instance").unwrap_or(&Value::Null);
                    self.wrong("instance", "must be an MCP server object (see createSdkMcpServer)", given)
                })
            }
            "ws" => Ok(Transport::Unusable(
                "servers of type \"ws\" are not supported. Use type \"http\" or \"sse\" if the server speaks one of them"
                    .to_owned(),
            )),
            "claudeai-proxy" => {
                Ok(Transport::Unusable("servers of type \"claudeai-proxy\" need the vendor's own client".to_owned()))
            }
            other => {
                let what = "must be one of stdio, http, sse, sdk";
                Err(EngineError::new(
                    ErrorKind::InvalidOption,
                    format!("{}.type {what}; got {other:?}.", self.path),
                ))
            }
        }
    }

    fn remote(&self) -> Result<Remote, EngineError> {
        let headers_helper = match self.get("headersHelper") {
            None => None,
            Some(_) => Some(self.text("headersHelper")?),
        };
        Ok(Remote { url: self.text("url")?, headers: self.pairs("headers")?, headers_helper })
    }

    fn text(&self, name: &str) -> Result<String, EngineError> {
        let value = self.get(name).unwrap_or(&Value::Null);
        match value.as_str().filter(|text| !text.trim().is_empty()) {
            Some(text) => Ok(text.to_owned()),
            None => Err(self.wrong(name, "must be a non-empty string", value)),
        }
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, EngineError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        value
            .as_array()
            .and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect())
            .ok_or_else(|| self.wrong(name, "must be an array of strings", value))
    }

    fn pairs(&self, name: &str) -> Result<Vec<(String, String)>, EngineError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        value
            .as_object()
            .and_then(|map| map.iter().map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect())
            .ok_or_else(|| self.wrong(name, "must be an object of strings", value))
    }

    fn bool(&self, name: &str) -> Result<bool, EngineError> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.wrong(name, "must be a boolean", other)),
        }
    }

    fn timeout(&self) -> Result<Option<Duration>, EngineError> {
        let Some(value) = self.get("timeout") else { return Ok(None) };
        let Some(ms) = value.as_f64().filter(|ms| *ms >= 0.0) else {
            return Err(self.wrong("timeout", "must be a number of milliseconds", value));
        };
        Ok(Duration::try_from_secs_f64(ms / 1000.0)
            .ok()
            .filter(|limit| *limit >= Duration::from_millis(SHORTEST_TIMEOUT_MS)))
    }

    fn policies(&self) -> Result<Vec<(String, Policy)>, EngineError> {
        let Some(value) = self.get("tools") else { return Ok(Vec::new()) };
        let wrong = || {
            let what = "must be an array of { name, permission_policy?: 'always_allow' | 'always_ask' | 'always_deny' }";
            self.wrong("tools", what, value)
        };
        let mut policies = Vec::new();
        for item in value.as_array().ok_or_else(wrong)? {
            let tool = item.get("name").and_then(Value::as_str).ok_or_else(wrong)?;
            let policy = match item.get("permission_policy").filter(|policy| !policy.is_null()) {
                None => continue,
                Some(policy) => match policy.as_str() {
                    Some("always_allow") => Policy::Allow,
                    Some("always_ask") => Policy::Ask,
                    Some("always_deny") => Policy::Deny,
                    _ => return Err(wrong()),
                },
            };
            policies.push((tool.to_owned(), policy));
        }
        Ok(policies)
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
