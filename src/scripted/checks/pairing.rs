//! Checks on tool_use and tool_result: shape, and that each finds its partner in the next message.

use std::collections::HashSet;

use serde_json::Value;

use super::{Failure, content, fail, only_fields};
use crate::scripted::blocks::{kind, text_of};
use crate::scripted::rules::Context;

type Check = Result<(), Failure>;

/// Ids and names of tools are made of these.
pub fn is_plain_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

pub fn tool_use_shape(context: &Context<'_>) -> Check {
    for placed in context.blocks().filter(|placed| placed.kind() == "tool_use") {
        let path = format!("{}.tool_use", placed.path);
        if !is_plain_name(placed.text("id")) {
            return fail(format!("{path}.id: String should match pattern '^[a-zA-Z0-9_-]+$'"));
        }
        if placed.text("name").is_empty() || placed.text("name").chars().count() > 200 {
            return fail(format!("{path}.name: String should have 1 to 200 characters"));
        }
        if !placed.block.get("input").is_some_and(Value::is_object) {
            return fail(format!("{path}.input: Input should be a valid dictionary"));
        }
    }
    Ok(())
}

pub fn tool_use_duplicate(context: &Context<'_>) -> Check {
    let mut seen = HashSet::new();
    for placed in context.blocks().filter(|placed| placed.kind() == "tool_use") {
        if !seen.insert(placed.text("id")) {
            return fail(format!("{}: `tool_use` ids must be unique", placed.path));
        }
    }
    Ok(())
}

pub fn tool_result_shape(context: &Context<'_>) -> Check {
    const INNER: [&str; 5] = ["text", "image", "document", "search_result", "tool_reference"];
    for placed in context.blocks().filter(|placed| placed.kind() == "tool_result") {
        let path = format!("{}.tool_result", placed.path);
        if !placed.block.get("tool_use_id").is_some_and(Value::is_string) {
            return fail(format!("{path}.tool_use_id: Input should be a valid string"));
        }
        if !placed.block.get("is_error").is_none_or(Value::is_boolean) {
            return fail(format!("{path}.is_error: Input should be a valid boolean"));
        }
        match placed.block.get("content") {
            None | Some(Value::String(_) | Value::Array(_)) => {}
            Some(_) => return fail(format!("{path}.content: Input should be a valid string or list")),
        }
        for (index, block) in content(placed.block).iter().enumerate() {
            if !INNER.contains(&kind(block)) {
                return fail(format!(
                    "{path}.content.{index}: Input tag '{}' found using 'type' does not match any of the expected tags: {INNER:?}",
                    kind(block)
                ));
            }
            if kind(block) != "text" && placed.block.get("is_error") == Some(&Value::Bool(true)) {
                return fail(format!("{path}: all content must be type \"text\" if is_error is true"));
            }
            if kind(block) == "tool_reference" {
                only_fields(
                    block,
                    &format!("{path}.content.{index}"),
                    &["type", "tool_name", "cache_control"],
                )?;
            }
        }
    }
    Ok(())
}

pub fn tool_result_duplicate(context: &Context<'_>) -> Check {
    let mut seen = HashSet::new();
    for placed in context.blocks().filter(|placed| placed.kind() == "tool_result") {
        let id = placed.text("tool_use_id");
        if !seen.insert(id) {
            return fail(format!(
                "{}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: {id}",
                placed.path
            ));
        }
    }
    Ok(())
}

/// The ids of the blocks of one kind in a message.
fn ids<'a>(message: Option<&'a Value>, wanted: &str, field: &str) -> Vec<&'a str> {
    let blocks = message.map_or(&[][..], content).iter().filter(|block| kind(block) == wanted);
    blocks.map(|block| text_of(block, field)).collect()
}

pub fn tool_result_orphan(context: &Context<'_>) -> Check {
    let messages = context.messages();
    for placed in context.blocks().filter(|placed| placed.kind() == "tool_result") {
        let before = placed.message.checked_sub(1).and_then(|index| messages.get(index));
        let id = placed.text("tool_use_id");
        if !ids(before, "tool_use", "id").contains(&id) {
            return fail(format!(
                "{}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
                placed.path
            ));
        }
    }
    Ok(())
}

pub fn tool_use_unanswered(context: &Context<'_>) -> Check {
    let messages = context.messages();
    for (index, message) in messages.iter().enumerate() {
        let asked = ids(Some(message), "tool_use", "id");
        let answered = ids(messages.get(index + 1), "tool_result", "tool_use_id");
        let missing: Vec<&str> = asked.into_iter().filter(|id| !answered.contains(id)).collect();
        if !missing.is_empty() {
            return fail(format!(
                "messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
                missing.join(", ")
            ));
        }
    }
    Ok(())
}

pub fn tool_result_first(context: &Context<'_>) -> Check {
    for (index, message) in context.messages().iter().enumerate() {
        let blocks = content(message);
        let is_result = |block: &Value| kind(block) == "tool_result";
        let results = blocks.iter().filter(|block| is_result(block)).count();
        if let Some(late) = blocks.iter().take(results).position(|block| !is_result(block)) {
            return fail(format!(
                "messages.{index}.content.{late}: `tool_result` blocks must come first in the content of a message"
            ));
        }
    }
    Ok(())
}
