//! Hooks that are functions of the embedder: asked, and their answers read.

use super::event::HookEvent;
use super::output::{self, Answer};
use super::run::{Ran, Why};
use super::shape;
use crate::engine::host::{HookReply, HookRequest, Host};
use serde_json::Value;
use std::sync::Arc;

/// Asks one function.
pub async fn run(
    host: &dyn Host,
    event: HookEvent,
    place: (usize, usize),
    tool_use_id: Option<&str>,
    input: Arc<str>,
) -> Ran {
    let request = HookRequest {
        event,
        matcher: place.0,
        hook: place.1,
        tool_use_id: tool_use_id.map(str::to_owned),
        input,
    };
    match host.call_hook(request).await {
        HookReply::Returned(value) => match read(&value, event) {
            Ok(Answer::Output(output)) => Ran::Output(output),
            Ok(Answer::Background) => Ran::Background,
            Err(error) => {
                Ran::Failed(Why { text: format!("returned what does not fit: {error}"), stack: None })
            }
        },
        HookReply::Failed { text, stack } => Ran::Failed(Why { text, stack }),
    }
}

/// Reads an answer. Where code guards, a member that is not understood may be a refusal: the whole answer fails.
fn read(value: &Value, event: HookEvent) -> Result<Answer, String> {
    let answer = output::parse(value, event)?;
    shape::check(value, event)?;
    Ok(answer)
}
