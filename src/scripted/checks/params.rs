//! Checks on the top-level parameters besides messages, tools and thinking.

use serde_json::Value;

use super::{Failure, fail, only_fields, want_text};
use crate::scripted::blocks::{kind, text_of};
use crate::scripted::models::family_of;
use crate::scripted::rules::Context;

type Check = Result<(), Failure>;

pub fn model(context: &Context<'_>) -> Check {
    match context.request.body.get("model") {
        None => fail("model: Field required"),
        Some(Value::String(model)) if model.is_empty() => {
            fail("model: String should have at least 1 character")
        }
        Some(Value::String(_)) => Ok(()),
        Some(_) => fail("model: Input should be a valid string"),
    }
}

pub fn max_tokens(context: &Context<'_>) -> Check {
    let Some(value) = context.request.body.get("max_tokens") else {
        return fail("max_tokens: Field required");
    };
    let Some(tokens) = value.as_i64() else {
        return fail("max_tokens: Input should be a valid integer");
    };
    let Ok(tokens @ 1..) = u64::try_from(tokens) else {
        return fail("max_tokens: Input should be greater than or equal to 1");
    };
    match family_of(&context.request.model) {
        Some(family) if tokens > family.max_output => fail(format!(
            "max_tokens: {tokens} > {}, which is the maximum allowed number of output tokens for {}",
            family.max_output, context.request.model
        )),
        _ => Ok(()),
    }
}

pub fn stream(context: &Context<'_>) -> Check {
    match context.request.body.get("stream") {
        None | Some(Value::Bool(_)) => Ok(()),
        Some(_) => fail("stream: Input should be a valid boolean"),
    }
}

pub fn metadata(context: &Context<'_>) -> Check {
    let Some(metadata) = context.field("metadata") else { return Ok(()) };
    if !metadata.is_object() {
        return fail("metadata: Input should be a valid dictionary");
    }
    only_fields(metadata, "metadata", &["user_id"])?;
    match metadata.get("user_id") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(id)) if id.chars().count() <= 512 => Ok(()),
        Some(Value::String(_)) => fail("metadata.user_id: String should have at most 512 characters"),
        Some(_) => fail("metadata.user_id: Input should be a valid string"),
    }
}

pub fn stop_sequences(context: &Context<'_>) -> Check {
    let Some(value) = context.field("stop_sequences") else { return Ok(()) };
    let Some(list) = value.as_array() else {
        return fail("stop_sequences: Input should be a valid list");
    };
    for (index, item) in list.iter().enumerate() {
        match item.as_str() {
            None => return fail(format!("stop_sequences.{index}: Input should be a valid string")),
            Some(text) if text.trim().is_empty() => {
                return fail("stop_sequences: each stop sequence must contain non-whitespace");
            }
            Some(_) => {}
        }
    }
    Ok(())
}

pub fn sampling(context: &Context<'_>) -> Check {
    let fixed = family_of(&context.request.model).is_some_and(|family| !family.steerable);
    for name in ["temperature", "top_p"] {
        let Some(value) = context.field(name) else { continue };
        let Some(number) = value.as_f64() else {
            return fail(format!("{name}: Input should be a valid number"));
        };
        if !(0.0..=1.0).contains(&number) {
            return fail(format!("{name}: range: 0..1"));
        }
        let least = if name == "temperature" { 1.0 } else { 0.99 };
        if fixed && number < least {
            return fail(format!("{name}: `{name}` is not supported by {}", context.request.model));
        }
    }
    let Some(top_k) = context.field("top_k") else { return Ok(()) };
    if top_k.as_u64().is_none() {
        return fail("top_k: Input should be an integer greater than or equal to 0");
    }
    if fixed {
        return fail(format!("top_k: `top_k` is not supported by {}", context.request.model));
    }
    Ok(())
}

pub fn service_tier(context: &Context<'_>) -> Check {
    one_of(context, "service_tier", &["auto", "standard_only"])
}

pub fn speed(context: &Context<'_>) -> Check {
    one_of(context, "speed", &["standard", "fast"])
}

fn one_of(context: &Context<'_>, name: &str, values: &[&str]) -> Check {
    let Some(value) = context.field(name) else { return Ok(()) };
    if value.as_str().is_some_and(|value| values.contains(&value)) {
        return Ok(());
    }
    fail(format!("{name}: Input should be one of {values:?}"))
}

pub fn output_config(context: &Context<'_>) -> Check {
    if let Some(format) = context.field("output_format") {
        output_format(format, "output_format")?;
    }
    let Some(config) = context.field("output_config") else { return Ok(()) };
    if !config.is_object() {
        return fail("output_config: Input should be a valid dictionary");
    }
    only_fields(config, "output_config", &["effort", "format", "task_budget"])?;
    if let Some(effort) = config.get("effort").filter(|effort| !effort.is_null()) {
        if !matches!(effort.as_str(), Some("low" | "medium" | "high" | "xhigh" | "max")) {
            return fail("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
        }
        if family_of(&context.request.model).is_some_and(|family| !family.effort) {
            return fail("This model does not support the effort parameter.");
        }
    }
    match config.get("format").filter(|format| !format.is_null()) {
        Some(format) => output_format(format, "output_config.format"),
        None => Ok(()),
    }
}

fn output_format(format: &Value, path: &str) -> Check {
    if kind(format) != "json_schema" {
        return fail(format!("{path}.type: Input should be 'json_schema'"));
    }
    if !format.get("schema").is_some_and(Value::is_object) {
        return fail(format!("{path}.schema: Input should be a valid dictionary"));
    }
    only_fields(format, path, &["type", "schema"])
}

pub fn context_management(context: &Context<'_>) -> Check {
    const EDITS: [&str; 3] = ["clear_tool_uses_20250919", "clear_thinking_20251015", "compact_20260112"];
    let Some(config) = context.field("context_management") else { return Ok(()) };
    if !config.is_object() {
        return fail("context_management: Input should be a valid dictionary");
    }
    only_fields(config, "context_management", &["edits"])?;
    let Some(edits) = config.get("edits") else { return Ok(()) };
    let Some(edits) = edits.as_array() else {
        return fail("context_management.edits: Input should be a valid list");
    };
    for (index, edit) in edits.iter().enumerate() {
        if !EDITS.contains(&kind(edit)) {
            return fail(format!("context_management.edits.{index}.type: Input should be one of {EDITS:?}"));
        }
        if kind(edit) == "clear_thinking_20251015" && !context.thinks() {
            return fail(format!(
                "context_management.edits.{index}: `clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive"
            ));
        }
    }
    Ok(())
}

pub fn mcp_servers(context: &Context<'_>) -> Check {
    let Some(value) = context.field("mcp_servers") else { return Ok(()) };
    let Some(servers) = value.as_array() else {
        return fail("mcp_servers: Input should be a valid list");
    };
    for (index, server) in servers.iter().enumerate() {
        let path = format!("mcp_servers.{index}");
        if kind(server) != "url" {
            return fail(format!("{path}.type: Input should be 'url'"));
        }
        want_text(server, &path, "name")?;
        want_text(server, &path, "url")?;
        only_fields(server, &path, &["type", "name", "url", "authorization_token", "tool_configuration"])?;
    }
    Ok(())
}

pub fn system(context: &Context<'_>) -> Check {
    let Some(system) = context.request.body.get("system") else { return Ok(()) };
    if system.is_string() {
        return Ok(());
    }
    let Some(blocks) = system.as_array() else {
        return fail("system: Input should be a valid string or list");
    };
    for (index, block) in blocks.iter().enumerate() {
        let path = format!("system.{index}");
        if kind(block) != "text" {
            return fail(format!("{path}.type: Input should be 'text'"));
        }
        if !block.get("text").is_some_and(Value::is_string) {
            return fail(format!("{path}.text: Field required"));
        }
        if text_of(block, "text").trim().is_empty() {
            return fail("system: text content blocks must be non-empty");
        }
        only_fields(block, &path, &["type", "text", "cache_control", "citations"])?;
    }
    Ok(())
}
