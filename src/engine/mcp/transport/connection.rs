//! The seam to a connected server: requests out, results in, whatever moves the messages.

use crate::engine::mcp::tools::listed::Listed;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

/// A server that has answered the handshake.
///
/// Dropping the future of a request cancels it: the server is told.
pub trait Connection: Send + Sync + 'static {
    /// What the server said of itself.
    fn hello(&self) -> &Hello;

    /// Sends one request and waits for its result, without a time limit.
    fn request(&self, request: Request) -> BoxFuture<'_, Result<Value, Failure>>;

    /// Everything of one kind, as the server lists it: nothing if it has none of that kind.
    fn list(&self, what: List) -> BoxFuture<'_, Result<Vec<Value>, Failure>>;

    /// Its tools, as they are read; those of servers that list the same may be shared.
    fn list_tools(&self) -> BoxFuture<'_, Result<Arc<Listed>, Failure>> {
        async move { Ok(Arc::new(Listed::new(self.list(List::Tools).await?))) }.boxed()
    }

    /// Cancelled when the connection is gone, whoever ended it.
    fn closed(&self) -> CancellationToken;

    /// Why it is gone, once it is, for people.
    fn why_closed(&self) -> String;

    /// Ends the connection and everything behind it.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// What a server lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Tools.
    Tools,
    /// Texts for the user to begin with.
    Prompts,
    /// What can be read.
    Resources,
}

impl List {
    /// The capability of a server that has such things, and the member of the answer that holds them.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Prompts => "prompts",
            Self::Resources => "resources",
        }
    }

    /// The method that lists them.
    pub fn method(self) -> &'static str {
        match self {
            Self::Tools => "tools/list",
            Self::Prompts => "prompts/list",
            Self::Resources => "resources/list",
        }
    }
}

/// What a server said of itself in the handshake.
#[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Hello {
    /// Name and version.
    pub server_info: Option<Value>,
    /// How to use the server, for the model.
    pub instructions: Option<String>,
    /// What it can do.
    pub capabilities: Value,
    /// Its tools are never deferred, by its own wish.
    pub always_load: bool,
    /// The wall limit of one call in milliseconds, by its own wish.
    pub timeout: Option<f64>,
}

impl Hello {
    /// Whether the server has things of this kind.
    pub fn has(&self, what: List) -> bool {
        self.capabilities.get(what.name()).is_some_and(|value| !value.is_null())
    }
}

/// One request.
pub struct Request {
    /// The method, e.g. `tools/call`.
    pub method: &'static str,
    /// Its parameters.
    pub params: Value,
    /// Called with the parameters of each progress notification.
    pub progress: Option<Progress>,
}

/// Takes the parameters of a progress notification.
pub type Progress = Arc<dyn Fn(&Value) + Send + Sync>;

/// Where a transport notes why it ended the connection itself.
pub type Ended = Arc<OnceLock<String>>;

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server answered with an error, or with what cannot be read; the connection lives.
    Refused(String),
    /// There is no connection any more.
    Gone(String),
    /// The server wants authorisation.
    NeedsAuth(String),
}

impl Failure {
    /// For people and for the model.
    pub fn text(&self) -> &str {
        match self {
            Self::Refused(text) | Self::Gone(text) | Self::NeedsAuth(text) => text,
        }
    }
}
