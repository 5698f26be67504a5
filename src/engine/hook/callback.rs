//! Hooks that are functions of the embedder: asked, and their answers read.

use super::event::HookEvent;
use super::output::{self, Answer};
use super::run::{Ran, Why};
use crate::engine::host::{HookReply, HookRequest, Host};
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
        HookReply::Returned(value) => match output::parse(&value, event) {
            Ok(Answer::Output(output)) => Ran::Output(output),
            Ok(Answer::Background) => Ran::Background,
            Err(error) => {
                Ran::Failed(Why { text: format!("returned what does not fit: {error}"), stack: None })
            }
        },
        HookReply::Failed { text, stack } => Ran::Failed(Why { text, stack }),
    }
}
