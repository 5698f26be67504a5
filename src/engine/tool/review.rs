//! Asks a small model about a call, in mode `auto`.

use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::model::{Accumulator, ApiFailure, BlockKind, ModelRequest, Reply, table::ModelInfo};
use crate::engine::permission::auto::{Blocks, Opinion, PROMPT, REMEMBERED, opinion, question};
use crate::engine::session::run::Session;
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the reviewer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The answer is one sentence.
const MOST_TOKENS: u32 = 300;

/// What the reviews of one session remember.
#[derive(Debug, Default)]
pub struct Reviews(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    /// The user's last messages.
    task: VecDeque<String>,
    blocks: Blocks,
    /// What the reviews used and nobody has counted yet.
    used: Vec<(ModelInfo, Map<String, Value>)>,
}

impl Reviews {
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what the user said: the text blocks of one message.
    pub fn heard(&self, content: &[Box<serde_json::value::RawValue>]) {
        #[derive(serde::Deserialize)]
        struct Block {
            text: String,
        }
        let texts = content.iter().filter_map(|block| serde_json::from_str::<Block>(block.get()).ok());
        let text = texts.map(|block| block.text).collect::<Vec<_>>().join("\n");
        let mut memory = self.lock();
        memory.task.push_back(text);
        if memory.task.len() > REMEMBERED {
            memory.task.pop_front();
        }
    }

    /// A person approved a call.
    pub fn approved(&self) {
        self.lock().blocks.approved();
    }

    /// What the reviews used since this was last asked.
    pub fn take_used(&self) -> Vec<(ModelInfo, Map<String, Value>)> {
        std::mem::take(&mut self.lock().used)
    }
}

/// The reviewer's opinion on a call.
pub async fn review(
    tool: &str,
    input: &Value,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Opinion, Cancelled> {
    if session.reviews.lock().blocks.exhausted() {
        return Ok(Opinion::Unsure("the reviewer refused too often".to_owned()));
    }
    let task: Vec<String> = session.reviews.lock().task.iter().cloned().collect();
    let workspace = &session.workspace;
    let Some(text) = question(tool, input, workspace.original(), &workspace.additional(), &task) else {
        return Ok(Opinion::Unsure("the call is too long to be reviewed".to_owned()));
    };
    let name = session.env.get("ANTHROPIC_SMALL_FAST_MODEL").unwrap_or("haiku");
    let model = session.models.resolve(name, &session.env);
    let body = json!({
        "model": model.id,
        "max_tokens": MOST_TOKENS,
        "stream": true,
        "system": [{ "type": "text", "text": PROMPT.trim_end() }],
        "messages": [{ "role": "user", "content": text }],
    });
    let request = ModelRequest { body: bytes::Bytes::from(body.to_string()), headers: Vec::new() };
    let answer = async {
        tokio::select! {
            answer = answer(session, request) => answer.map_err(|failure| format!("the reviewer could not be reached: {}", failure.message)),
            () = session.clock.sleep(PATIENCE) => Err("the reviewer took too long".to_owned()),
        }
    };
    let opinion = match answer.or_cancel(cancel).await? {
        Ok(reply) => {
            let text: String = reply.blocks.iter().filter_map(text_of).collect();
            let complete = reply.stop_reason.as_deref() == Some("end_turn");
            session.reviews.lock().used.push((model, reply.usage));
            if complete { opinion(&text) } else { Opinion::Unsure("the reviewer did not finish".to_owned()) }
        }
        Err(why) => Opinion::Unsure(why),
    };
    session.reviews.lock().blocks.count(&opinion);
    Ok(opinion)
}

async fn answer(session: &Session, request: ModelRequest) -> Result<Reply, ApiFailure> {
    let mut stream = session.client.open(request).await?;
    let mut accumulator = Accumulator::default();
    while let Some(event) = stream.next().await {
        accumulator.push(&event?.event)?;
    }
    accumulator.finish()
}

fn text_of(block: &crate::engine::model::Block) -> Option<&str> {
    match &block.kind {
        BlockKind::Text(text) => Some(text),
        BlockKind::ToolUse { .. }
        | BlockKind::Thinking
        | BlockKind::RedactedThinking
        | BlockKind::ServerTool
        | BlockKind::Other(_) => None,
    }
}
