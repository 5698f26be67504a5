//! One question to a small model, outside the conversation.

use crate::engine::model::table::ModelInfo;
use crate::engine::model::{Accumulator, ApiFailure, Block, BlockKind, ModelRequest, Reply};
use crate::engine::session::run::Session;
use serde_json::{Map, Value, json};
use std::sync::{Mutex, PoisonError};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Which model; without one the small model of the environment.
    pub model: Option<&'a str>,
    /// What it is told about its task.
    pub system: &'a str,
    /// The question.
    pub text: &'a str,
    /// How long the answer may be.
    pub max_tokens: u32,
}

/// What such questions have used and nobody has counted yet.
#[derive(Debug, Default)]
pub struct Used(Mutex<Vec<(ModelInfo, Map<String, Value>)>>);

impl Used {
    fn add(&self, model: ModelInfo, usage: Map<String, Value>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((model, usage));
    }

    /// What was used since this was last asked.
    pub fn take(&self) -> Vec<(ModelInfo, Map<String, Value>)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The text of the answer, sent once and without a time limit. The error says what the model did: `did not finish`.
pub async fn ask(session: &Session, question: Question<'_>) -> Result<String, String> {
    let name = question.model.or(session.env.get("ANTHROPIC_SMALL_FAST_MODEL")).unwrap_or("haiku");
    let model = session.models.resolve(name, &session.env);
    let body = json!({
        "model": model.id,
        "max_tokens": question.max_tokens,
        "stream": true,
        "system": [{ "type": "text", "text": question.system }],
        "messages": [{ "role": "user", "content": question.text }],
    });
    let request = ModelRequest { body: bytes::Bytes::from(body.to_string()), headers: Vec::new() };
    let reply = send(session, request)
        .await
        .map_err(|failure| format!("could not be reached: {}", failure.message))?;
    let text = reply.blocks.iter().filter_map(text_of).collect();
    let complete = reply.stop_reason.as_deref() == Some("end_turn");
    session.small.add(model, reply.usage);
    if complete { Ok(text) } else { Err("did not finish".to_owned()) }
}

async fn send(session: &Session, request: ModelRequest) -> Result<Reply, ApiFailure> {
    let mut stream = session.client.open(request).await?;
    let mut accumulator = Accumulator::default();
    while let Some(event) = stream.next().await {
        accumulator.push(&event?.event)?;
    }
    accumulator.finish()
}

fn text_of(block: &Block) -> Option<&str> {
    match &block.kind {
        BlockKind::Text(text) => Some(text),
        BlockKind::ToolUse { .. }
        | BlockKind::Thinking
        | BlockKind::RedactedThinking
        | BlockKind::ServerTool
        | BlockKind::Other(_) => None,
    }
}
