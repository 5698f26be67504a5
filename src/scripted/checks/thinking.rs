//! Checks on thinking: its configuration, what may not stand beside it, and that its blocks come back unchanged.

use serde_json::Value;

use super::{Failure, content, fail, only_fields};
use crate::scripted::blocks::{kind, text_of};
use crate::scripted::models::family_of;
use crate::scripted::rules::Context;

type Check = Result<(), Failure>;

pub fn shape(context: &Context<'_>) -> Check {
    let Some(thinking) = context.field("thinking") else { return Ok(()) };
    let known: &[&str] = match kind(thinking) {
        "enabled" => &["type", "budget_tokens", "display"],
        "adaptive" => &["type", "display"],
        "disabled" => &["type"],
        other => {
            return fail(format!(
                "thinking: Input tag '{other}' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'"
            ));
        }
    };
    only_fields(thinking, "thinking", known)?;
    match thinking.get("display") {
        None | Some(Value::Null) => Ok(()),
        Some(display) if matches!(display.as_str(), Some("summarized" | "omitted" | "updates")) => Ok(()),
        Some(_) => fail("thinking.display: Input should be 'summarized' or 'omitted'"),
    }
}

pub fn budget(context: &Context<'_>) -> Check {
    let Some(thinking) = context.field("thinking").filter(|thinking| kind(thinking) == "enabled") else {
        return Ok(());
    };
    let Some(value) = thinking.get("budget_tokens") else {
        return fail("thinking.enabled.budget_tokens: Field required");
    };
    let Some(budget) = value.as_i64() else {
        return fail("thinking.enabled.budget_tokens: Input should be a valid integer");
    };
    if budget < 1024 {
        return fail("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
    }
    let interleaved = !context.tools().is_empty()
        && super::headers::beta_values(context).any(|beta| beta.starts_with("interleaved-thinking-"));
    match context.field("max_tokens").and_then(Value::as_i64) {
        // With interleaved thinking the budget spans all thinking of a turn and may be larger.
        Some(max) if budget >= max && !interleaved => {
            fail("`max_tokens` must be greater than `thinking.budget_tokens`.")
        }
        _ => Ok(()),
    }
}

pub fn model(context: &Context<'_>) -> Check {
    let Some(family) = family_of(&context.request.model) else { return Ok(()) };
    match context.field("thinking").map(kind) {
        Some("adaptive") if !family.adaptive => fail("adaptive thinking is not supported on this model"),
        Some("enabled") if !family.thinking => {
            fail(format!("thinking: '{}' does not support thinking.", context.request.model))
        }
        _ => Ok(()),
    }
}

pub fn sampling(context: &Context<'_>) -> Check {
    if !context.thinks() {
        return Ok(());
    }
    let number = |name: &str| context.field(name).and_then(Value::as_f64);
    if number("temperature").is_some_and(|temperature| temperature < 1.0) {
        return fail("`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.");
    }
    if context.field("top_k").is_some() {
        return fail("`top_k` must be unset when thinking is enabled or in adaptive mode.");
    }
    if number("top_p").is_some_and(|top_p| top_p < 0.95) {
        return fail(
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode.",
        );
    }
    Ok(())
}

pub fn tool_choice(context: &Context<'_>) -> Check {
    let forced = matches!(context.field("tool_choice").map(kind), Some("any" | "tool"));
    if forced && context.thinks() {
        return fail("Thinking may not be enabled when tool_choice forces tool use.");
    }
    Ok(())
}

pub fn prefill(context: &Context<'_>) -> Check {
    if context.thinks() && super::messages::prefill(context).is_some() {
        return fail(
            "messages: the final message must be from the user when thinking is enabled (no prefill)",
        );
    }
    Ok(())
}

pub fn altered(context: &Context<'_>) -> Check {
    for placed in context.blocks() {
        match placed.kind() {
            "thinking" => match context.memory.thinking(placed.text("signature")) {
                None => {
                    return fail(format!("{}: Invalid `signature` in `thinking` block", placed.path));
                }
                Some(sent) if sent != "*" && sent != placed.text("thinking") => {
                    return fail(format!(
                        "{}: `thinking` or `redacted_thinking` blocks cannot be modified. These blocks must remain as they were in the original response.",
                        placed.path
                    ));
                }
                Some(_) => {}
            },
            "redacted_thinking" if !context.memory.has_redacted(placed.text("data")) => {
                return fail(format!("{}: Invalid `data` in `redacted_thinking` block", placed.path));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Only the last assistant message matters: the API ignores thinking of turns that are over.
pub fn dropped(context: &Context<'_>) -> Check {
    if !context.thinks() {
        return Ok(());
    }
    let messages = context.messages();
    let last = messages.iter().rposition(|message| text_of(message, "role") == "assistant");
    let Some((index, message)) = last.and_then(|index| Some((index, messages.get(index)?))) else {
        return Ok(());
    };
    let mut there: Vec<&str> = Vec::new();
    for (at, block) in content(message).iter().enumerate() {
        match kind(block) {
            "thinking" => there.push(text_of(block, "signature")),
            "redacted_thinking" => there.push(text_of(block, "data")),
            "tool_use" => {
                let wanted = context.memory.thought_before(text_of(block, "id"));
                if wanted.iter().any(|mark| !there.contains(&mark.as_str())) {
                    return fail(format!(
                        "messages.{index}.content.{at}: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, the thinking blocks sent before a `tool_use` must come back before it."
                    ));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
