//! The seam to a connected server: requests out, results in, whatever moves the messages.

use futures::future::BoxFuture;
use serde_json::Value;
use std::sync::Arc;

/// A server that has answered the handshake.
///
/// Dropping the future of a request cancels it: the server is told.
pub trait Connection: Send + Sync + 'static {
    /// What the server said of itself.
    fn hello(&self) -> &Hello;

    /// Sends one request and waits for its result, without a time limit.
    fn request(&self, request: Request) -> BoxFuture<'_, Result<Value, Failure>>;

    /// Every tool, as the server lists them.
    fn tools(&self) -> BoxFuture<'_, Result<Vec<Value>, Failure>>;

    /// Ends the connection and everything behind it.
    fn close(&self) -> BoxFuture<'_, ()>;
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
