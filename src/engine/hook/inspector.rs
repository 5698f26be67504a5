//! Hooks of settings files that are agents (`type: "agent"`, row 179): a model that may look at files before it answers.

use super::event::HookEvent;
use super::question::{Question, read};
use super::run::{Ran, Why};
use crate::engine::model::{BlockKind, Reply};
use crate::engine::session::run::Session;
use crate::engine::session::side::{Failed, text_of};
use crate::engine::tool::files::read_state::ReadState;
use crate::engine::tool::unasked;
use crate::engine::turn::ToolCall;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What the model is told about its task.
const SYSTEM: &str = include_str!("inspector.md");
/// What it may use, as far as the session has it: tools that only look.
const TOOLS: [&str; 3] = ["Read", "Glob", "Grep"];
/// How many replies it may take.
const MOST_TURNS: usize = 50;
const MOST_TOKENS: u32 = 4096;

/// An agent: what it is asked is what a prompt hook is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspector(pub Question);

impl Inspector {
    /// Lets it look, and waits for its verdict.
    pub async fn run(&self, session: &Session, event: HookEvent, input: Arc<str>) -> Ran {
        let failed = |text: String| Ran::Failed(Why { text, stack: None });
        match self.look(session, &input).await {
            Err(why) => failed(why),
            Ok(answer) => match read(&answer) {
                Some(verdict) => Ran::Output(Box::new(self.0.output(verdict, event))),
                None => failed("got an answer that is not { ok, reason }".to_owned()),
            },
        }
    }

    /// The text of the last reply.
    async fn look(&self, session: &Session, input: &str) -> Result<String, String> {
        let side = &session.services.side;
        let model = match &self.0.model {
            Some(name) => session.models.resolve(name, &session.env),
            None => side.small_model(),
        };
        let mut body = json!({
            "model": model.id,
            "max_tokens": MOST_TOKENS,
            "stream": true,
            "system": [{ "type": "text", "text": SYSTEM.trim_end() }],
            "messages": [{ "role": "user", "content": self.0.text(input) }],
        });
        let tools = tools(session);
        if !tools.is_empty() {
            body["tools"] = tools.into();
        }
        let seen = Arc::new(ReadState::default());
        // When nobody waits any more, its tools end as well.
        let cancel = CancellationToken::new();
        let _ends = cancel.clone().drop_guard();
        for _ in 0..MOST_TURNS {
            let reply = side.ask(&model, &body, &cancel).await.map_err(|failed| match failed {
                Failed::Cancelled => "was cancelled".to_owned(),
                Failed::Api(failure) => format!("got no answer: {}", failure.message),
            })?;
            let calls = calls(&reply);
            if calls.is_empty() {
                return Ok(text_of(&reply));
            }
            let said: Vec<Value> =
                reply.blocks.iter().filter_map(|block| serde_json::from_str(block.json.get()).ok()).collect();
            let mut results = Vec::with_capacity(calls.len());
            for call in calls {
                results.push(answered(call, &seen, session, &cancel).await);
            }
            if let Some(messages) = body["messages"].as_array_mut() {
                messages.push(json!({ "role": "assistant", "content": said }));
                messages.push(json!({ "role": "user", "content": results }));
            }
        }
        Err(format!("came to no verdict within {MOST_TURNS} replies"))
    }
}

/// The definitions of its tools.
fn tools(session: &Session) -> Vec<Value> {
    let definition = |name: &&str| {
        let entry = session.tools.get(name)?;
        let tool = &entry.tool;
        Some(json!({
            "name": tool.name(),
            "description": tool.description(),
            "input_schema": tool.input_schema(),
        }))
    };
    TOOLS.iter().filter_map(definition).collect()
}

fn calls(reply: &Reply) -> Vec<ToolCall> {
    let call = |kind: &BlockKind| match kind {
        BlockKind::ToolUse { id, name, input } => {
            Some(ToolCall { id: id.clone(), name: name.clone(), input: input.clone() })
        }
        BlockKind::Text(_)
        | BlockKind::Thinking
        | BlockKind::RedactedThinking
        | BlockKind::ServerTool
        | BlockKind::Other(_) => None,
    };
    reply.blocks.iter().filter_map(|block| call(&block.kind)).collect()
}

/// The result of one call.
async fn answered(
    call: ToolCall,
    seen: &Arc<ReadState>,
    session: &Session,
    cancel: &CancellationToken,
) -> Value {
    let id = call.id.clone();
    let ran = if TOOLS.contains(&call.name.as_str()) {
        unasked::run(call, seen, session, cancel).await
    } else {
        Err(format!("There is no tool {}. Available: {}.", call.name, TOOLS.join(", ")))
    };
    match ran {
        Ok(content) => json!({ "type": "tool_result", "tool_use_id": id, "content": content }),
        Err(text) => json!({ "type": "tool_result", "tool_use_id": id, "content": text, "is_error": true }),
    }
}
