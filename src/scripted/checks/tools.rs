//! Checks on the tools offered and on `tool_choice`.

use std::collections::HashSet;

use serde_json::Value;

use super::pairing::is_plain_name;
use super::{Failure, fail, only_fields};
use crate::scripted::blocks::{kind, text_of};
use crate::scripted::rules::Context;

type Check = Result<(), Failure>;

/// Fields of a tool that the client defines.
const CUSTOM: &[&str] = &[
    "name",
    "description",
    "input_schema",
    "type",
    "cache_control",
    "allowed_callers",
    "defer_loading",
    "eager_input_streaming",
    "input_examples",
    "strict",
];

/// Beginnings of the types of tools that the API defines.
const SERVER: &[&str] = &[
    "bash_20",
    "text_editor_20",
    "computer_20",
    "computer_toolset_20",
    "browser_toolset_20",
    "memory_20",
    "web_search_20",
    "web_fetch_20",
    "code_execution_20",
    "tool_search_tool_",
    "advisor_20",
    "mcp_toolset",
];

fn is_custom(tool: &Value) -> bool {
    matches!(tool.get("type"), None | Some(Value::Null)) || kind(tool) == "custom"
}

pub fn shape(context: &Context<'_>) -> Check {
    let Some(tools) = context.field("tools") else { return Ok(()) };
    let Some(tools) = tools.as_array() else {
        return fail("tools: Input should be a valid list");
    };
    for (index, tool) in tools.iter().enumerate() {
        let path = format!("tools.{index}");
        if !tool.is_object() {
            return fail(format!("{path}: Input should be a valid dictionary"));
        }
        if is_custom(tool) {
            only_fields(tool, &format!("{path}.custom"), CUSTOM)?;
            if !tool.get("description").is_none_or(Value::is_string) {
                return fail(format!("{path}.custom.description: Input should be a valid string"));
            }
        } else if !SERVER.iter().any(|known| kind(tool).starts_with(known)) {
            return fail(format!(
                "{path}: Input tag '{}' found using 'type' does not match any of the expected tags",
                kind(tool)
            ));
        }
    }
    Ok(())
}

pub fn name(context: &Context<'_>) -> Check {
    for (index, tool) in context.tools().iter().enumerate() {
        let name = text_of(tool, "name");
        let nameless = kind(tool) == "mcp_toolset" && tool.get("name").is_none();
        if !nameless && (!is_plain_name(name) || name.len() > 128) {
            return fail(format!(
                "tools.{index}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'"
            ));
        }
    }
    Ok(())
}

pub fn unique(context: &Context<'_>) -> Check {
    let mut seen = HashSet::new();
    for tool in context.tools().iter().filter(|tool| tool.get("name").is_some()) {
        if !seen.insert(text_of(tool, "name")) {
            return fail("tools: Tool names must be unique.");
        }
    }
    Ok(())
}

pub fn schema(context: &Context<'_>) -> Check {
    for (index, tool) in context.tools().iter().enumerate().filter(|(_, tool)| is_custom(tool)) {
        let path = format!("tools.{index}.custom.input_schema");
        let Some(schema) = tool.get("input_schema") else {
            return fail(format!("{path}: Field required"));
        };
        if !schema.is_object() {
            return fail(format!("{path}: Input should be a valid dictionary"));
        }
        if kind(schema) != "object" {
            return fail(format!("{path}.type: Input should be 'object'"));
        }
        if ["oneOf", "allOf", "anyOf"].iter().any(|word| schema.get(word).is_some()) {
            return fail(format!(
                "{path}: input_schema does not support oneOf, allOf, or anyOf at the top level"
            ));
        }
        if !schema.get("properties").is_none_or(Value::is_object) {
            return fail(format!("{path}.properties: Input should be a valid dictionary"));
        }
        let required = schema.get("required");
        let names = required.and_then(Value::as_array);
        if required.is_some() && !names.is_some_and(|names| names.iter().all(Value::is_string)) {
            return fail(format!("{path}.required: Input should be a list of strings"));
        }
    }
    Ok(())
}

pub fn deferred(context: &Context<'_>) -> Check {
    let tools = context.tools();
    if !tools.is_empty() && tools.iter().all(|tool| tool.get("defer_loading") == Some(&Value::Bool(true))) {
        return fail("tools: At least one tool must have defer_loading=false.");
    }
    Ok(())
}

pub fn choice(context: &Context<'_>) -> Check {
    let Some(choice) = context.field("tool_choice") else { return Ok(()) };
    let known: &[&str] = match kind(choice) {
        "auto" | "any" => &["type", "disable_parallel_tool_use"],
        "tool" => &["type", "name", "disable_parallel_tool_use"],
        "none" => &["type"],
        other => {
            return fail(format!(
                "tool_choice: Input tag '{other}' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'"
            ));
        }
    };
    only_fields(choice, "tool_choice", known)?;
    if context.tools().is_empty() && kind(choice) != "none" {
        return fail("tool_choice: may only be specified while providing tools");
    }
    let name = text_of(choice, "name");
    if kind(choice) == "tool" && !context.tools().iter().any(|tool| text_of(tool, "name") == name) {
        return fail(format!("Tool '{name}' not found in provided tools"));
    }
    Ok(())
}
