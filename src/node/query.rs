//! `NativeQuery`: pull, push, control and abort for one query. Collecting it ends the query.

use super::error::{Code, as_json, guarded};
use crate::engine::emit::{Batch, End};
use crate::engine::query::Query;
use futures::FutureExt;
use napi::Env;
use napi::bindgen_prelude::{AsyncBlock, AsyncBlockBuilder, Object, PromiseRaw, within_runtime_if_available};
use napi_derive::napi;
use serde_json::json;
use std::sync::Arc;

/// A running query.
#[napi]
pub struct NativeQuery {
    query: Arc<Query>,
}

impl NativeQuery {
    /// Wraps a query that has started.
    pub fn new(query: Query) -> Self {
        Self { query: Arc::new(query) }
    }
}

#[napi]
impl NativeQuery {
    /// Waits for messages: `{"session", "messages": [...], "done"?, "error"?}`. A pending pull keeps the event loop
    /// alive, so call it only while somebody waits, and never twice at a time.
    ///
    /// The run itself settles the promise: a task that waited in between would cost a turn of the loop two more wake-ups
    /// of a thread.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn pull<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (deferred, promise) = env.create_deferred()?;
        let query = Arc::clone(&self.query);
        self.query.when_ready(move || {
            // Taken on JavaScript's thread: what has come until then travels along.
            deferred.resolve(move |_| Ok(next_batch(&query)));
        });
        Ok(promise)
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
        // A pull that is still pending holds the query: end it all the same.
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
