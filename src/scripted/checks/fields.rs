//! Checks on which fields may stand where: top level, content blocks, `cache_control`.

use serde_json::Value;

use super::headers::beta_values;
use super::{Failure, fail, only_fields};
use crate::scripted::blocks::{kind, text_of};
use crate::scripted::rules::Context;

type Check = Result<(), Failure>;

/// Top-level fields of both endpoints that take a body.
const COMMON: &[&str] = &[
    "messages",
    "model",
    "cache_control",
    "context_management",
    "mcp_servers",
    "output_config",
    "output_format",
    "speed",
    "system",
    "thinking",
    "tool_choice",
    "tools",
];

/// Top-level fields of `POST /v1/messages` alone.
const MESSAGE: &[&str] = &[
    "max_tokens",
    "container",
    "diagnostics",
    "fallback_credit_token",
    "fallbacks",
    "inference_geo",
    "metadata",
    "service_tier",
    "stop_sequences",
    "stream",
    "temperature",
    "top_k",
    "top_p",
];

/// Fields that only the beta typings have, and the beginnings of the beta values that switch them on.
const BETA_ONLY: &[(&str, &[&str])] = &[
    ("context_management", &["context-management-", "compact-"]),
    ("mcp_servers", &["mcp-client-"]),
    ("output_format", &["structured-outputs-"]),
    ("speed", &["fast-mode-"]),
    ("diagnostics", &["cache-diagnosis-"]),
    ("fallbacks", &["server-side-fallback-"]),
    ("fallback_credit_token", &["fallback-credit-"]),
];

pub fn top_level(context: &Context<'_>) -> Check {
    let message = context.request.is_messages();
    let known = |name: &str| COMMON.contains(&name) || (message && MESSAGE.contains(&name));
    let mut names = context.request.body.as_object().into_iter().flat_map(|fields| fields.keys());
    match names.find(|name| !known(name)) {
        Some(name) => fail(format!("{name}: Extra inputs are not permitted")),
        None => Ok(()),
    }
}

pub fn beta_only(context: &Context<'_>) -> Check {
    let has = |wanted: &[&str]| beta_values(context).any(|value| wanted.iter().any(|w| value.starts_with(w)));
    for (name, wanted) in BETA_ONLY {
        if context.field(name).is_some() && !has(wanted) {
            return fail(format!("{name}: Extra inputs are not permitted"));
        }
    }
    // A container by id is generally available; skills in it are not.
    if context.field("container").is_some_and(Value::is_object) && !has(&["skills-", "code-execution-"]) {
        return fail("container: Input should be a valid string");
    }
    Ok(())
}

/// Fields of a content block: name, required, optional. `type` goes without saying.
const BLOCKS: &[(&str, &[&str], &[&str])] = &[
    ("text", &["text"], &["cache_control", "citations"]),
    ("image", &["source"], &["cache_control", "transformations"]),
    ("document", &["source"], &["cache_control", "citations", "context", "title"]),
    ("search_result", &["content", "source", "title"], &["cache_control", "citations"]),
    ("thinking", &["signature", "thinking"], &[]),
    ("redacted_thinking", &["data"], &[]),
    ("tool_use", &["id", "input", "name"], &["cache_control", "caller", "toolset_name"]),
    ("tool_result", &["tool_use_id"], &["cache_control", "content", "is_error", "toolset_name"]),
    ("server_tool_use", &["id", "input", "name"], &["cache_control", "caller"]),
    ("web_search_tool_result", &["content", "tool_use_id"], &["cache_control", "caller"]),
    ("web_fetch_tool_result", &["content", "tool_use_id"], &["cache_control", "caller"]),
    ("advisor_tool_result", &["content", "tool_use_id"], &["cache_control"]),
    ("code_execution_tool_result", &["content", "tool_use_id"], &["cache_control"]),
    ("bash_code_execution_tool_result", &["content", "tool_use_id"], &["cache_control"]),
    ("text_editor_code_execution_tool_result", &["content", "tool_use_id"], &["cache_control"]),
    ("tool_search_tool_result", &["content", "tool_use_id"], &["cache_control"]),
    ("mcp_tool_use", &["id", "input", "name", "server_name"], &["cache_control"]),
    ("mcp_tool_result", &["tool_use_id"], &["cache_control", "content", "is_error"]),
    ("container_upload", &["file_id"], &["cache_control"]),
    ("compaction", &[], &["cache_control", "content", "encrypted_content"]),
    ("tool_reference", &["tool_name"], &["cache_control"]),
    ("tool_addition", &["tool"], &["cache_control"]),
    ("tool_removal", &["tool"], &["cache_control"]),
    ("fallback", &["from", "to"], &["trigger"]),
];

/// Whether requests may hold blocks of this type.
pub fn is_block(kind: &str) -> bool {
    BLOCKS.iter().any(|(name, ..)| *name == kind)
}

pub fn blocks(context: &Context<'_>) -> Check {
    for placed in context.all_blocks() {
        let Some((name, required, optional)) = BLOCKS.iter().find(|(name, ..)| *name == placed.kind()) else {
            continue;
        };
        let path = format!("{}.{name}", placed.path);
        if let Some(missing) = required.iter().find(|field| placed.block.get(field).is_none()) {
            return fail(format!("{path}.{missing}: Field required"));
        }
        let known: Vec<&str> = required.iter().chain(*optional).copied().chain(["type"]).collect();
        only_fields(placed.block, &path, &known)?;
    }
    Ok(())
}

/// Everything that can carry `cache_control`, in the order of the prompt, with its path.
fn cacheable<'a>(context: &Context<'a>) -> Vec<(String, &'a Value)> {
    let tools = context.tools().iter().enumerate().map(|(index, tool)| (format!("tools.{index}"), tool));
    let system = context.system_blocks().iter().enumerate();
    let system = system.map(|(index, block)| (format!("system.{index}"), block));
    let blocks = context.all_blocks().into_iter().map(|placed| (placed.path, placed.block));
    tools.chain(system).chain(blocks).collect()
}

fn marked<'a>(context: &Context<'a>) -> Vec<(String, &'a Value, &'a Value)> {
    cacheable(context)
        .into_iter()
        .filter_map(|(path, value)| {
            let control = value.get("cache_control").filter(|control| !control.is_null())?;
            Some((path, value, control))
        })
        .collect()
}

pub fn cache_shape(context: &Context<'_>) -> Check {
    let top = context.field("cache_control").map(|control| (String::new(), control));
    let marks = marked(context).into_iter().map(|(path, _, control)| (format!("{path}."), control));
    for (path, control) in marks.chain(top) {
        let path = format!("{path}cache_control");
        if text_of(control, "type") != "ephemeral" {
            return fail(format!("{path}.type: Input should be 'ephemeral'"));
        }
        if !matches!(control.get("ttl").map(Value::as_str), None | Some(Some("5m" | "1h"))) {
            return fail(format!("{path}.ttl: Input should be '5m' or '1h'"));
        }
        only_fields(control, &path, &["type", "ttl"])?;
    }
    Ok(())
}

pub fn cache_breakpoints(context: &Context<'_>) -> Check {
    let found = marked(context).len() + usize::from(context.field("cache_control").is_some());
    if found <= 4 {
        return Ok(());
    }
    fail(format!("A maximum of 4 blocks with cache_control may be provided. Found {found}."))
}

pub fn cache_placement(context: &Context<'_>) -> Check {
    for (path, value, _) in marked(context) {
        match kind(value) {
            "thinking" | "redacted_thinking" => {
                return fail(format!("{path}.{}.cache_control: Extra inputs are not permitted", kind(value)));
            }
            "text" if text_of(value, "text").trim().is_empty() => {
                return fail(format!("{path}: cache_control cannot be set for empty text blocks"));
            }
            _ => {}
        }
    }
    Ok(())
}

pub fn cache_ttl_order(context: &Context<'_>) -> Check {
    let mut short_seen = false;
    for (path, _, control) in marked(context) {
        if text_of(control, "ttl") != "1h" {
            short_seen = true;
        } else if short_seen {
            return fail(format!(
                "{path}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"
            ));
        }
    }
    Ok(())
}
