//! `NativeQuery`: messages, push, control and abort of one query. Collecting it ends the query.

use super::arrivals::Arrivals;
use super::error::{Code, as_json, guarded};
use crate::engine::emit::{Batch, End};
use crate::engine::query::Query;
use futures::FutureExt;
use napi::Env;
use napi::bindgen_prelude::{AsyncBlock, AsyncBlockBuilder, PromiseRaw, within_runtime_if_available};
use napi_derive::napi;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A running query.
#[napi]
pub struct NativeQuery {
    id: u32,
    query: Arc<Query>,
    arrivals: Arc<Arrivals>,
    waits: AtomicUsize,
}

impl NativeQuery {
    /// Wraps a query that has started, which JavaScript calls `id`.
    pub fn new(id: u32, query: Query, arrivals: Arc<Arrivals>) -> Self {
        Self { id, query: Arc::new(query), arrivals, waits: AtomicUsize::new(0) }
    }
}

#[napi]
impl NativeQuery {
    /// Has the host told once, by the number of the query, that there are messages to take or that it has ended: never before
    /// this returns. Keeps the event loop alive until `take`, so call it only while somebody waits, and never twice without
    /// `take` in between.
    ///
    /// The run itself says so: a task that waited in between would cost a turn of the loop two more wake-ups of a thread.
    #[napi]
    pub fn wait(&self, env: &Env) -> napi::Result<()> {
        self.arrivals.hold(env)?;
        let (id, arrivals) = (self.id, Arc::clone(&self.arrivals));
        let nth = self.waits.fetch_add(1, Ordering::Relaxed) + 1;
        self.query.when_ready(move || arrivals.announce(id, nth));
        Ok(())
    }

    /// What has come: `{"session", "messages": [...], "done"?, "error"?}`. For when `wait` has been answered.
    #[napi]
    pub fn take(&self, env: &Env) -> napi::Result<String> {
        self.arrivals.release(env)?;
        Ok(next_batch(&self.query))
    }

    /// Gives the query one more user message.
    #[napi]
    pub fn push(&self, message: String) -> napi::Result<(), Code> {
        guarded(|| self.query.push(&message))
    }

    /// No more user messages.
    #[napi]
    pub fn end_input(&self) {
        self.query.end_input();
    }

    /// Answers a control request: `{"ok": value}` or `{"error": {code, message}}`.
    #[napi]
    pub fn control<'env>(&self, env: &'env Env, request: String) -> napi::Result<PromiseRaw<'env, String>> {
        let query = Arc::clone(&self.query);
        let mut answer = Box::pin(async move {
            let answer = match query.ask(&request).await {
                Ok(value) => json!({ "ok": value }),
                Err(error) => json!({ "error": as_json(&error) }),
            };
            answer.to_string()
        });
        // What takes no time happens before this returns, so that requests and answers of one thread keep their order.
        let poll = || within_runtime_if_available(|| answer.as_mut().now_or_never());
        // A panic must not cross into JavaScript: the task below then rejects.
        let at_once = std::panic::catch_unwind(std::panic::AssertUnwindSafe(poll)).unwrap_or(None);
        match at_once {
            // Not by way of a task, which messages could overtake: whoever leaves the loop at the result of an interrupted
            // turn must have the answer of `interrupt()` by then.
            Some(text) => PromiseRaw::resolve(env, text),
            None => env.spawn_future(async move { Ok(answer.await) }),
        }
    }

    /// Settles when nothing of the query runs any more. Keeps the event loop alive until then.
    #[napi]
    pub fn ended(&self, env: &Env) -> napi::Result<AsyncBlock<()>> {
        let query = Arc::clone(&self.query);
        AsyncBlockBuilder::new(async move {
            query.ended().await;
            Ok(())
        })
        .build(env)
    }

    /// Ends the run at once.
    #[napi]
    pub fn abort(&self) {
        self.query.abort();
    }
}

impl Drop for NativeQuery {
    fn drop(&mut self) {
        // A control request that is still open holds the query: end it all the same.
        self.query.abort();
    }
}

fn next_batch(query: &Query) -> String {
    let batch = query.take().unwrap_or_else(|| Batch { items: "[]".to_owned(), end: None });
    batch_json(&batch, query.session_id())
}

fn batch_json(batch: &Batch, session: &str) -> String {
    let mut text = format!("{{\"session\":\"{session}\",\"messages\":{}", batch.items);
    match &batch.end {
        None => {}
        Some(End::Done) => text.push_str(",\"done\":true"),
        Some(End::Failed(error)) => {
            text.push_str(",\"done\":true,\"error\":");
            text.push_str(&as_json(error).to_string());
        }
    }
    text.push('}');
    text
}
