//! The output of a call with what hooks have put in its place (row 191).

use super::dispatch::Answer;
use super::{Tool, ToolContent};
use crate::engine::hook::Merged;
use crate::engine::session::run::Session;
use serde_json::Value;

/// What a call gave back.
pub(super) struct Output {
    pub(super) content: Value,
    pub(super) structured: Value,
    pub(super) is_error: bool,
}

/// The output that counts. One that hooks gave counts if it is of the kind that the tool gives: what other tools' outputs
/// may be is for their servers to say.
pub(super) async fn replaced(
    tool: &dyn Tool,
    merged: &mut Merged,
    output: Output,
    session: &Session,
) -> Answer {
    let Output { content, structured, is_error } = output;
    let of_server = tool.origin().is_some();
    let by_server_tool = merged.updated_mcp_output.take().filter(|_| of_server);
    match merged.updated_output.take().or(by_server_tool) {
        Some(new) if new == structured => Answer::Output { content, structured, is_error },
        Some(new) if of_server || same_shape(&structured, &new) => {
            let shown = tool.shown(&new, &session.env, &session.id).await;
            let content = match shown.unwrap_or_else(|| ToolContent::Text(as_text(&new))) {
                ToolContent::Text(text) => Value::String(text),
                ToolContent::Blocks(blocks) => Value::Array(blocks),
            };
            Answer::Output { content, structured: new, is_error }
        }
        Some(_) => {
            session.emitter.warn(format!(
                "updatedToolOutput of a hook does not have the shape of the output of {}: it is ignored.",
                tool.name()
            ));
            Answer::Output { content, structured, is_error }
        }
        None => Answer::Output { content, structured, is_error },
    }
}

/// Whether `new` has every member of `old`, each of the same type.
fn same_shape(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            old.iter().all(|(name, old)| new.get(name).is_some_and(|new| same_shape(old, new)))
        }
        (old, new) => std::mem::discriminant(old) == std::mem::discriminant(new),
    }
}

/// What the model sees of an output of which its tool knows no other form: its text, else the whole as JSON.
fn as_text(output: &Value) -> String {
    let text = output.as_str().or_else(|| output.get("content")?.as_str());
    text.map_or_else(|| output.to_string(), str::to_owned)
}

#[cfg(test)]
#[path = "replaced_tests.rs"]
mod tests;
