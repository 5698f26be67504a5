//! One question to a small model, outside the conversation.

use crate::engine::session::run::Session;
use crate::engine::session::side::text_of;
use serde_json::json;

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

/// The text of the answer, sent once and without a time limit. The error says what the model did: `did not finish`.
pub async fn ask(session: &Session, question: Question<'_>) -> Result<String, String> {
    let side = &session.services.side;
    let model = match question.model {
        Some(name) => session.models.resolve(name, &session.env),
        None => side.small_model(),
    };
    let body = json!({
        "model": model.id,
        "max_tokens": question.max_tokens,
        "stream": true,
        "system": [{ "type": "text", "text": question.system }],
        "messages": [{ "role": "user", "content": question.text }],
    });
    let reply = side.ask_once(&model, &body).await;
    let reply = reply.map_err(|failure| format!("could not be reached: {}", failure.message))?;
    let complete = reply.stop_reason.as_deref() == Some("end_turn");
    if complete { Ok(text_of(&reply)) } else { Err("did not finish".to_owned()) }
}
