//! All servers of one query, or of one of its agents: offers their tools, and answers what a host asks about them.

use super::config::{Policy, ServerConfig, Transport};
use super::context::Context;
use super::inherit::Heirs;
use super::ready::of_file;
use super::server::{Server, State};
use super::tools::listed::Listed;
use super::tools::tool::{self, McpTool};
use super::tools::{resource_tools, tool_search, wait_tool};
use super::transport::connection::{Failure, List};
use crate::engine::cancel::OrCancel;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::session::run::Session;
use crate::engine::tool::deferral::{Deferral, Setting};
use crate::engine::tool::entry::Entry;
use crate::engine::tool::table::{BUILT_IN_NAMES, OF_SERVERS, SEARCH};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The servers of one query, or of one of its agents, which sees those of the session as well.
pub struct Servers {
    cx: Arc<Context>,
    /// Its own: it connects them, and closes them when it ends.
    list: Mutex<Vec<Arc<Server>>>,
    /// Those of the session, if these are an agent's.
    pub(super) session: Option<Arc<Servers>>,
    /// Those of agents, which see these.
    pub(super) heirs: Heirs,
    introduced: Mutex<HashSet<String>>,
    /// What was said of tools that another server's stands before.
    covered: Mutex<HashSet<String>>,
    resource_tools: Vec<Arc<Entry>>,
    search: Arc<Entry>,
    wait: Arc<Entry>,
    waits: AtomicBool,
    began: Duration,
}

impl Servers {
    /// The servers of the options; nothing is connected yet.
    pub fn new(cx: Context, configs: Vec<ServerConfig>) -> Arc<Self> {
        if let Some(value) = Deferral::unknown(&cx.env) {
            cx.host.log(&format!(
                "native-agent-sdk: ENABLE_TOOL_SEARCH is {value:?}; it must be true, false, auto or auto:N with N from 0 to 100. It counts as auto."
            ));
        }
        Self::build(cx, configs, None)
    }

    /// The servers of one who sees those of `session` too; nothing is connected yet.
    pub(super) fn build(cx: Context, configs: Vec<ServerConfig>, session: Option<Arc<Self>>) -> Arc<Self> {
        let cx = Arc::new(cx);
        let server = |config| Arc::new(Server::new(config, Arc::clone(&cx), true));
        let list = configs.into_iter().map(server).collect();
        Arc::new_cyclic(|servers| {
            cx.belongs_to(servers);
            Self {
                list: Mutex::new(list),
                session,
                heirs: Heirs::default(),
                introduced: Mutex::default(),
                covered: Mutex::default(),
                resource_tools: resource_tools::entries(servers),
                search: tool_search::entry(servers),
                wait: wait_tool::entry(servers),
                waits: AtomicBool::new(false),
                began: cx.clock.elapsed(),
                cx,
            }
        })
    }

    /// Makes the session known to servers that ask its user. Once, before they are started.
    pub fn bind(&self, session: &Arc<Session>) {
        self.cx.bind(session);
    }

    /// What the servers need of the session.
    pub(super) fn context(&self) -> &Arc<Context> {
        &self.cx
    }

    /// When the session began, on the engine's clock.
    pub(super) fn began(&self) -> Duration {
        self.began
    }

    /// Its own servers.
    pub(super) fn list(&self) -> MutexGuard<'_, Vec<Arc<Server>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its own servers, as they are now.
    pub(super) fn own(&self) -> Vec<Arc<Server>> {
        self.list().clone()
    }

    /// All servers whose tools it offers: those of the session first, but not one that its own stands in for.
    pub(super) fn all(&self) -> Vec<Arc<Server>> {
        let own = self.own();
        match &self.session {
            None => own,
            Some(session) => {
                let replaced =
                    |server: &Arc<Server>| own.iter().any(|other| other.config.has_names_of(&server.config));
                let inherited: Vec<_> =
                    session.all().into_iter().filter(|server| !replaced(server)).collect();
                inherited.into_iter().chain(own.iter().map(Arc::clone)).collect()
            }
        }
    }

    /// Starts to connect all of them, side by side, and returns at once. Must be called inside a tokio runtime.
    pub fn start(self: &Arc<Self>) {
        for server in self.own() {
            self.connect(server);
        }
        let searched = Deferral::from_env(&self.cx.env).setting == Setting::On && self.cx.tools.takes(SEARCH);
        let pending = |server: &Arc<Server>| of_file(server) && matches!(server.state(), State::Pending);
        if !searched && self.all().iter().any(pending) {
            self.waits.store(true, Ordering::Relaxed);
            self.publish();
        } else if self.session.is_some() {
            // What the session has already.
            self.publish();
        }
    }

    /// The tools that the model can be offered; what cannot is said once.
    pub(super) fn entries(&self, listed: &Listed, server: &Arc<Server>) -> Vec<Arc<Entry>> {
        let mut entries: Vec<Arc<Entry>> = Vec::with_capacity(listed.tools.len());
        let mut names = HashSet::new();
        for tool in &listed.tools {
            let denied = |(name, policy): &(String, Policy)| *policy == Policy::Deny && *name == tool.remote;
            if server.config.policies.iter().any(denied) {
                continue;
            }
            let made = McpTool::new(tool, server, &self.cx.env).and_then(|tool| {
                let entry = Entry::new(Box::new(tool));
                let name = entry.tool.name();
                if BUILT_IN_NAMES.contains(&name) || OF_SERVERS.contains(&name) {
                    return Err(format!("the tool {name:?} has the name of a built-in tool"));
                }
                if !names.insert(name.to_owned()) {
                    return Err(format!("two tools have the name {name:?}"));
                }
                Ok(entry)
            });
            match made {
                Ok(entry) => entries.push(entry),
                Err(why) => self.cx.host.log(&format!(
                    "native-agent-sdk: the MCP server {} offers what cannot be used: {why}. It is left out.",
                    server.config.key
                )),
            }
        }
        entries
    }

    /// Puts the tools of all connected servers into the table, in the order of the servers.
    pub(super) fn publish(&self) {
        let (mut ours, mut offered): (Vec<Arc<Entry>>, Vec<Arc<Entry>>) = (Vec::new(), Vec::new());
        if self.have_resources() {
            let wanted = |entry: &&Arc<Entry>| self.cx.tools.takes(entry.tool.name());
            ours.extend(self.resource_tools.iter().filter(wanted).map(Arc::clone));
        }
        if self.waits.load(Ordering::Relaxed) && self.cx.tools.takes(self.wait.tool.name()) {
            ours.push(Arc::clone(&self.wait));
        }
        let mut names: HashMap<String, String> = HashMap::new();
        for server in self.all() {
            let (State::Connected(connected) | State::Reconnecting(connected)) = server.state() else {
                continue;
            };
            for entry in connected.entries.iter() {
                let hidden = entry
                    .tool
                    .server_tool()
                    .is_some_and(|pair| self.cx.rules.denies_server_tool(entry.tool.name(), pair));
                let ours = self.cx.prompt_tool.as_deref() == Some(entry.tool.name());
                if hidden || ours {
                    continue;
                }
                match names.get(entry.tool.name()) {
                    Some(first) => self.covered(entry.tool.name(), (first, &server.config.key)),
                    None => {
                        names.insert(entry.tool.name().to_owned(), server.config.key.clone());
                        offered.push(Arc::clone(entry));
                    }
                }
            }
        }
        self.cx.tools.set_external(ours, offered, Some(&self.search));
        self.heirs.publish();
    }

    /// Says once that a tool of the second server cannot be offered, because one of the first has its name.
    fn covered(&self, tool: &str, (first, second): (&str, &str)) {
        let text = format!(
            "native-agent-sdk: the MCP servers {first:?} and {second:?} both have a tool that the model would know as {tool}. It is offered that of {first:?}; the other one is left out. Give one of the servers or tools another name{}.",
            if tool.starts_with("mcp__") { "" } else { ", or leave CLAUDE_AGENT_SDK_MCP_NO_PREFIX out" }
        );
        if self.covered.lock().unwrap_or_else(PoisonError::into_inner).insert(text.clone()) {
            self.cx.host.log(&text);
        }
    }

    /// The rows of `system/init` (row 319).
    pub fn brief(&self) -> Vec<Value> {
        self.all()
            .iter()
            .map(|server| json!({ "name": server.config.key, "status": server.state().word() }))
            .collect()
    }

    /// The rows of `mcpServerStatus()`.
    pub fn status(&self) -> Value {
        self.all().iter().map(|server| server.row()).collect()
    }

    /// What connected servers say about their use, for the model; each is said once.
    pub fn instructions(&self) -> Option<String> {
        let mut introduced = self.introduced.lock().unwrap_or_else(PoisonError::into_inner);
        let mut parts = Vec::new();
        for server in self.all() {
            let State::Connected(connected) = server.state() else { continue };
            let Some(text) = connected.connection.hello().instructions.as_deref() else { continue };
            if !text.trim().is_empty() && introduced.insert(server.config.key.clone()) {
                parts.push(format!("## {}\n{}", server.config.key, tool::cut(text.trim(), 2048)));
            }
        }
        (!parts.is_empty()).then(|| {
            let head = "What MCP servers say about the use of their tools:";
            format!("<system-reminder>\n{head}\n\n{}\n</system-reminder>", parts.join("\n\n"))
        })
    }

    /// A progress notification of an embedded server.
    pub fn report(&self, number: u64, params: &Value) {
        self.cx.progress.report(number, params);
    }

    /// An embedded server says that its tools have changed; the old list stays if the new one cannot be had (row 324).
    pub fn embedded_changed(self: &Arc<Self>, handle: u64) {
        for server in self.own() {
            if server.config.transport == Transport::Embedded(handle) {
                self.changed(&server);
            }
        }
    }

    /// An embedded server has been closed by the embedder; whoever watches its connection does the rest.
    pub fn embedded_closed(&self, handle: u64) {
        for server in self.own() {
            let of_handle = server.config.transport == Transport::Embedded(handle);
            if let State::Connected(connected) = server.state()
                && of_handle
            {
                connected.connection.closed().cancel();
            }
        }
    }

    /// Answers a request of an embedded server.
    pub async fn embedded_request(
        &self,
        handle: u64,
        method: &str,
        params: &Value,
    ) -> Result<Value, EngineError> {
        let known = |server: &Arc<Server>| server.config.transport == Transport::Embedded(handle);
        let refused = |text: String| EngineError::new(ErrorKind::InvalidInput, text);
        let server =
            self.own().into_iter().find(known).ok_or_else(|| refused("this server is gone".to_owned()))?;
        match method {
            "elicitation/create" => Ok(self.elicit(&server.config.key, params, &self.cx.cancel).await),
            "notifications/elicitation/complete" => {
                self.elicited(&server.config.key, params);
                Ok(Value::Null)
            }
            "roots/list" => {
                let root = |uri: String| json!({ "uri": uri });
                Ok(json!({ "roots": self.roots().into_iter().map(root).collect::<Vec<_>>() }))
            }
            other => Err(refused(format!("{other} is not supported"))),
        }
    }

    /// The working directories as URIs.
    pub(super) fn roots(&self) -> Vec<String> {
        let workspace = &self.cx.workspace;
        let dirs = std::iter::once(workspace.original().to_owned()).chain(workspace.additional());
        dirs.filter_map(|dir| reqwest::Url::from_file_path(dir).ok()).map(String::from).collect()
    }

    /// The tools or prompts of one server have changed: lists them anew, one time after the other.
    pub(super) fn changed(self: &Arc<Self>, server: &Arc<Server>) {
        if !server.outdated() {
            return;
        }
        let (servers, server) = (Arc::clone(self), Arc::clone(server));
        tokio::spawn(async move {
            loop {
                let _ = servers.refresh(&server).or_cancel(&servers.cx.cancel).await;
                if server.fetched() {
                    break;
                }
            }
            servers.cx.touch();
        });
    }

    /// Lists tools and prompts of one server anew; what cannot be listed stays as it was (row 324).
    async fn refresh(&self, server: &Arc<Server>) {
        let State::Connected(connected) = server.state() else { return };
        let connection = &connected.connection;
        let (listed, prompts) = futures::join!(connection.list_tools(), connection.list(List::Prompts));
        let kept = |what: &str, failure: &Failure| {
            self.cx.host.log(&format!(
                "native-agent-sdk: the {what} of the MCP server {} could not be listed anew: {}",
                server.config.key,
                failure.text()
            ));
        };
        let mut fresh = connected.clone();
        match listed {
            Ok(listed) => {
                fresh.entries = Arc::new(self.entries(&listed, server));
                fresh.listed = listed;
            }
            Err(failure) => kept("tools", &failure),
        }
        match prompts {
            Ok(prompts) => fresh.prompts = Arc::new(prompts),
            Err(failure) => kept("prompts", &failure),
        }
        // It may have been disconnected meanwhile.
        if server.has(connection) {
            server.set(State::Connected(fresh));
            self.publish();
            self.cx.touch();
        }
    }

    /// Ends all connections, those of agents first. Processes behind them are told to end, and killed after a grace if they do
    /// not: that is not waited for.
    pub async fn close(&self) {
        self.cx.cancel.cancel();
        for agent in self.heirs.take() {
            Box::pin(agent.close()).await;
        }
        if let Some(session) = &self.session {
            session.heirs.remove(self);
        }
        for server in self.own() {
            if let State::Connected(mut connected) | State::Reconnecting(mut connected) = server.state() {
                connected.connection.close().await;
                // Tools hold their server: without this nothing here would ever be freed.
                connected.entries = Arc::default();
                server.set(State::Connected(connected));
            }
        }
        self.cx.tools.set_external(Vec::new(), Vec::new(), None);
    }
}
