//! The model behind a trait: given a request, what events stream back?

pub mod accumulate;
pub mod anthropic;
pub mod auth;
pub mod cost;
mod endpoint;
mod event;
pub mod failure;
pub mod key_helper;
pub mod retry;
mod sse;
mod stream;
pub mod table;
mod whole;

pub use accumulate::{Accumulator, Block, BlockKind, Reply};
pub use event::{Delta, DeltaKind, Event, MessageStart, StreamEvent};
pub use failure::{ApiFailure, FailureKind};
pub use stream::ModelStream;

use futures::future::BoxFuture;

/// One request to the model, ready to send.
#[derive(Debug, Clone)]
pub struct ModelRequest {
    /// The request body: final JSON, sent as it is.
    pub body: bytes::Bytes,
    /// Headers beyond the client's own, e.g. `anthropic-beta`; a later one of the same name wins,
    /// except that `anthropic-beta` lists are joined.
    pub headers: Vec<(String, String)>,
}

/// Something that answers requests with streams of events.
pub trait ModelClient: Send + Sync {
    /// Sends `request`; resolves when the answer begins. Dropping the future aborts the request. Never retries.
    fn open(&self, request: ModelRequest) -> BoxFuture<'_, Result<ModelStream, ApiFailure>>;

    /// Another command prints the credential from now on, if a command does.
    fn change_key_helper(&self, _command: &str) {}
}
