//! Calls of a model beside the conversation: for a tool that lets a model read a page or search the web.

use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::clock::Clock;
use crate::engine::env::Env;
use crate::engine::model::retry::{RetryDecision, RetryPolicy};
use crate::engine::model::table::{ModelInfo, ModelTable};
use crate::engine::model::{Accumulator, ApiFailure, BlockKind, ModelClient, ModelRequest, Reply};
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// The usage of one reply, with the model that is to be billed.
pub type Used = (ModelInfo, Map<String, Value>);

/// Makes side calls and keeps what they used.
pub struct SideCalls {
    client: Arc<dyn ModelClient>,
    models: ModelTable,
    env: Arc<Env>,
    retry: RetryPolicy,
    clock: Clock,
    used: Mutex<Vec<Used>>,
}

/// Why there is no reply.
#[derive(Debug)]
pub enum Failed {
    /// The call was cancelled.
    Cancelled,
    /// It failed for good.
    Api(ApiFailure),
}

impl From<Cancelled> for Failed {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl SideCalls {
    /// Calls through `client`, retried like the turn's own.
    pub fn new(client: Arc<dyn ModelClient>, models: ModelTable, env: Arc<Env>, clock: Clock) -> Self {
        let retry = RetryPolicy::from_env(&env);
        Self { client, models, env, retry, clock, used: Mutex::default() }
    }

    /// The model for small work: `ANTHROPIC_SMALL_FAST_MODEL`, else the one that `haiku` means.
    pub fn small_model(&self) -> ModelInfo {
        let name = self.env.get("ANTHROPIC_SMALL_FAST_MODEL").unwrap_or("haiku");
        self.models.resolve(name, &self.env)
    }

    /// Sends `body` (with `stream: true`) to `model`, and again when that helps (row 284).
    pub async fn ask(
        &self,
        model: &ModelInfo,
        body: &Value,
        cancel: &CancellationToken,
    ) -> Result<Reply, Failed> {
        let request = ModelRequest { body: bytes::Bytes::from(body.to_string()), headers: Vec::new() };
        let mut retries = 0;
        loop {
            match self.once(request.clone()).or_cancel(cancel).await? {
                Ok(reply) => {
                    self.with(|used| used.push((model.clone(), reply.usage.clone())));
                    return Ok(reply);
                }
                Err(failure) => {
                    retries += 1;
                    match self.retry.decide(&failure, retries, fastrand::f64()) {
                        RetryDecision::GiveUp => return Err(Failed::Api(failure)),
                        RetryDecision::Retry { delay } => self.clock.sleep(delay).or_cancel(cancel).await?,
                    }
                }
            }
        }
    }

    async fn once(&self, request: ModelRequest) -> Result<Reply, ApiFailure> {
        let mut stream = self.client.open(request).await?;
        let mut accumulator = Accumulator::default();
        while let Some(event) = stream.next().await {
            accumulator.push(&event?.event)?;
        }
        accumulator.finish()
    }

    /// What was used since this was last asked.
    pub fn take_used(&self) -> Vec<Used> {
        self.with(std::mem::take)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Used>) -> T) -> T {
        work(&mut self.used.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The text blocks of a reply, one after the other.
pub fn text_of(reply: &Reply) -> String {
    reply
        .blocks
        .iter()
        .filter_map(|block| match &block.kind {
            BlockKind::Text(text) => Some(text.as_str()),
            BlockKind::ToolUse { .. }
            | BlockKind::Thinking
            | BlockKind::RedactedThinking
            | BlockKind::ServerTool
            | BlockKind::Other(_) => None,
        })
        .collect()
}
