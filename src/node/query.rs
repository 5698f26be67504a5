//! `NativeQuery`: pull, push, control and abort for one query. Collecting it ends the query.

use super::error::{Code, as_json, guarded};
use crate::engine::emit::{Batch, End};
use crate::engine::query::Query;
use napi::Env;
use napi::bindgen_prelude::{AsyncBlock, AsyncBlockBuilder};
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
    #[napi]
    pub fn pull(&self, env: &Env) -> napi::Result<AsyncBlock<String>> {
        let query = Arc::clone(&self.query);
        AsyncBlockBuilder::new(async move { Ok(batch_json(&query.pull().await, query.session_id())) })
            .build(env)
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
    pub fn control(&self, env: &Env, request: String) -> napi::Result<AsyncBlock<String>> {
        let query = Arc::clone(&self.query);
        AsyncBlockBuilder::new(async move {
            let answer = match query.ask(&request).await {
                Ok(value) => json!({ "ok": value }),
                Err(error) => json!({ "error": as_json(&error) }),
            };
            Ok(answer.to_string())
        })
        .build(env)
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
