//! Checks on messages and their blocks: shape, roles, text, prefill.

use serde_json::Value;

use super::fields::is_block;
use super::{Failure, content as blocks_of, fail, only_fields};
use crate::scripted::blocks::{kind, text_of};
use crate::scripted::models::family_of;
use crate::scripted::rules::Context;

type Check = Result<(), Failure>;

pub fn array(context: &Context<'_>) -> Check {
    match context.request.body.get("messages") {
        None => fail("messages: Field required"),
        Some(Value::Array(messages)) if messages.is_empty() => {
            fail("messages: at least one message is required")
        }
        Some(Value::Array(messages)) => match messages.iter().position(|message| !message.is_object()) {
            Some(index) => fail(format!("messages.{index}: Input should be a valid dictionary")),
            None => Ok(()),
        },
        Some(_) => fail("messages: Input should be a valid list"),
    }
}

pub fn role(context: &Context<'_>) -> Check {
    for (index, message) in context.messages().iter().enumerate() {
        let role = text_of(message, "role");
        if !matches!(role, "user" | "assistant") {
            return fail(format!(
                "messages.{index}.role: Unexpected role \"{role}\". Allowed roles are \"user\" or \"assistant\""
            ));
        }
    }
    Ok(())
}

pub fn first_user(context: &Context<'_>) -> Check {
    let first = context.messages().first().map(|message| text_of(message, "role"));
    if first == Some("user") { Ok(()) } else { fail("messages: first message must use the \"user\" role") }
}

pub fn fields(context: &Context<'_>) -> Check {
    for (index, message) in context.messages().iter().enumerate() {
        only_fields(message, &format!("messages.{index}"), &["role", "content"])?;
    }
    Ok(())
}

pub fn content(context: &Context<'_>) -> Check {
    let last = context.messages().len().saturating_sub(1);
    for (index, message) in context.messages().iter().enumerate() {
        let empty = match message.get("content") {
            None => return fail(format!("messages.{index}.content: Field required")),
            Some(Value::String(text)) => text.is_empty(),
            Some(Value::Array(blocks)) => blocks.is_empty(),
            Some(_) => {
                return fail(format!("messages.{index}.content: Input should be a valid string or list"));
            }
        };
        if empty && !(index == last && text_of(message, "role") == "assistant") {
            return fail(format!(
                "messages.{index}: all messages must have non-empty content except for the optional final assistant message"
            ));
        }
    }
    Ok(())
}

pub fn block_type(context: &Context<'_>) -> Check {
    for placed in context.all_blocks() {
        if !placed.block.get("type").is_some_and(Value::is_string) {
            return fail(format!("{}.type: Field required", placed.path));
        }
        if !is_block(placed.kind()) {
            return fail(format!(
                "{}: Input tag '{}' found using 'type' does not match any of the expected tags",
                placed.path,
                placed.kind()
            ));
        }
    }
    Ok(())
}

pub fn block_role(context: &Context<'_>) -> Check {
    for placed in context.blocks() {
        let right = match placed.kind() {
            "tool_use" | "thinking" | "redacted_thinking" | "server_tool_use" | "mcp_tool_use" => "assistant",
            "tool_result" | "image" | "document" | "search_result" | "container_upload" => "user",
            _ => continue,
        };
        if placed.role != right {
            return fail(format!(
                "{}: `{}` blocks can only be in `{right}` messages",
                placed.path,
                placed.kind()
            ));
        }
    }
    Ok(())
}

pub fn text_empty(context: &Context<'_>) -> Check {
    for placed in context.all_blocks().iter().filter(|placed| placed.kind() == "text") {
        match placed.block.get("text") {
            Some(Value::String(text)) if text.is_empty() => {
                return fail(format!("{}.text: text content blocks must be non-empty", placed.path));
            }
            Some(Value::String(_)) => {}
            _ => return fail(format!("{}.text: Input should be a valid string", placed.path)),
        }
    }
    Ok(())
}

pub fn text_whitespace(context: &Context<'_>) -> Check {
    let texts = |placed: &super::Placed<'_>| placed.kind() == "text" && placed.text("text").trim().is_empty();
    if let Some(placed) = context.all_blocks().iter().find(|placed| texts(placed)) {
        return fail(format!("{}.text: text content blocks must contain non-whitespace text", placed.path));
    }
    let blank = |message: &Value| message.get("content").and_then(Value::as_str).is_some_and(is_blank);
    match context.messages().iter().position(blank) {
        Some(index) => {
            fail(format!("messages.{index}.content: text content blocks must contain non-whitespace text"))
        }
        None => Ok(()),
    }
}

/// Whitespace and nothing else; an empty string is another rule's affair.
fn is_blank(text: &str) -> bool {
    !text.is_empty() && text.trim().is_empty()
}

/// A final assistant message that is to be gone on with. A paused server-side turn (`pause_turn`) is sent back in the
/// same shape and is none.
pub fn prefill<'a>(context: &Context<'a>) -> Option<&'a Value> {
    let last = context.messages().last().filter(|message| text_of(message, "role") == "assistant")?;
    let paused = blocks_of(last).iter().any(|block| kind(block) == "server_tool_use");
    (!paused).then_some(last)
}

pub fn prefill_model(context: &Context<'_>) -> Check {
    let refuses = family_of(&context.request.model).is_some_and(|family| !family.steerable);
    if refuses && prefill(context).is_some() {
        return fail(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        );
    }
    Ok(())
}

pub fn prefill_whitespace(context: &Context<'_>) -> Check {
    let Some(message) = prefill(context) else { return Ok(()) };
    let text = match message.get("content").and_then(Value::as_str) {
        Some(text) => text,
        None => blocks_of(message).last().filter(|b| kind(b) == "text").map_or("", |b| text_of(b, "text")),
    };
    if text.ends_with(char::is_whitespace) {
        return fail("messages: final assistant content cannot end with trailing whitespace");
    }
    Ok(())
}
