//! A server that is an object of the embedder: requests go through the host.

use super::connection::{Connection, Failure, Hello, List, Progress, Request};
use super::progress::{ProgressTable, Ticket};
use crate::engine::host::{Host, McpCall};
use crate::engine::mcp::tools::listed::Listed;
use crate::engine::plain::plain;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The connection to one object of the embedder.
pub struct Embedded {
    host: Arc<dyn Host>,
    handle: u64,
    server: String,
    progress: Arc<ProgressTable>,
    hello: Hello,
    closed: CancellationToken,
}

impl Embedded {
    /// Connects, or joins the connection that another query has.
    pub async fn connect(
        host: Arc<dyn Host>,
        handle: u64,
        server: String,
        progress: Arc<ProgressTable>,
    ) -> Result<Self, Failure> {
        let mut new = Self {
            host,
            handle,
            server,
            progress,
            hello: Hello::default(),
            closed: CancellationToken::new(),
        };
        let hello = new.ask("connect", json!({}), None).await?;
        new.hello = serde_json::from_value(hello).map_err(|error| {
            Failure::Refused(format!("its answer to the handshake cannot be read: {}", plain(&error)))
        })?;
        Ok(new)
    }

    async fn ask(&self, method: &str, params: Value, progress: Option<Progress>) -> Result<Value, Failure> {
        let ticket: Option<Ticket> = progress.map(|progress| self.progress.issue(progress));
        let number = ticket.as_ref().map(Ticket::number);
        self.host.mcp(self.call(method, params, number)).await.map_err(Failure::Refused)
    }

    fn call(&self, method: &str, params: Value, progress: Option<u64>) -> McpCall {
        McpCall {
            handle: self.handle,
            server: self.server.clone(),
            method: method.to_owned(),
            params,
            progress,
        }
    }
}

impl Connection for Embedded {
    fn hello(&self) -> &Hello {
        &self.hello
    }

    fn request(&self, request: Request) -> BoxFuture<'_, Result<Value, Failure>> {
        self.ask(request.method, request.params, request.progress).boxed()
    }

    fn list(&self, what: List) -> BoxFuture<'_, Result<Vec<Value>, Failure>> {
        async move {
            if !self.hello.has(what) {
                return Ok(Vec::new());
            }
            // The embedder has put the pages together.
            let mut result = self.ask(what.method(), json!({}), None).await?;
            match result.get_mut(what.name()).map(Value::take) {
                Some(Value::Array(items)) => Ok(items),
                _ => Err(Failure::Refused(format!("its list of {} cannot be read", what.name()))),
            }
        }
        .boxed()
    }

    fn list_tools(&self) -> BoxFuture<'_, Result<Arc<Listed>, Failure>> {
        async move {
            let what = List::Tools;
            if !self.hello.has(what) {
                return Ok(Arc::default());
            }
            let text = self.host.mcp_text(self.call(what.method(), json!({}), None)).await;
            Listed::of_text(text.map_err(Failure::Refused)?, what.name())
        }
        .boxed()
    }

    fn closed(&self) -> CancellationToken {
        // It lives in the embedder, who says when it is closed.
        self.closed.clone()
    }

    fn why_closed(&self) -> String {
        "the program has closed it; reconnectMcpServer() connects it anew".to_owned()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        // The object lives as long as the embedder wants, and other queries may use it.
        futures::future::ready(()).boxed()
    }
}
