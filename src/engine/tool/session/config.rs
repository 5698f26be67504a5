//! Config: reads a setting of the session, or changes one for the rest of it (row 584).

use crate::engine::options::Thinking;
use crate::engine::session::live::Settings;
use crate::engine::tool::{Access, Declared, Tool, ToolContent, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};

/// The settings that it knows.
const SETTINGS: [&str; 4] = ["model", "permissions.defaultMode", "effortLevel", "alwaysThinkingEnabled"];
const EFFORTS: [&str; 5] = ["low", "medium", "high", "xhigh", "max"];

/// The tool. Only a host that names it in `tools` has it offered.
#[derive(Debug)]
pub struct Config {
    schema: Value,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            schema: json!({
                "type": "object",
                "properties": {
                    "setting": { "type": "string", "description": format!("One of {}.", SETTINGS.join(", ")) },
                    "value": { "type": ["string", "boolean", "number"], "description": "The new value. Leave it out to read." }
                },
                "required": ["setting"],
                "additionalProperties": false
            }),
        }
    }
}

/// The value of a setting now; none if there is no such setting.
fn value_of(setting: &str, now: &Settings) -> Option<Value> {
    match setting {
        "model" => Some(now.model.id.clone().into()),
        "permissions.defaultMode" => Some(json!(now.mode)),
        "effortLevel" => Some(json!(now.effort)),
        "alwaysThinkingEnabled" => Some((now.thinking != Some(Thinking::Disabled)).into()),
        _ => None,
    }
}

/// The value as a settings file would have it, or why it cannot be.
fn usable(setting: &str, value: &Value) -> Result<Value, String> {
    match (setting, value) {
        ("effortLevel", Value::String(level)) if EFFORTS.contains(&level.as_str()) => Ok(value.clone()),
        ("effortLevel", _) => Err(format!("effortLevel must be one of {}.", EFFORTS.join(", "))),
        ("alwaysThinkingEnabled", Value::Bool(_)) => Ok(value.clone()),
        ("alwaysThinkingEnabled", Value::String(word)) if word == "true" || word == "false" => {
            Ok((word == "true").into())
        }
        ("alwaysThinkingEnabled", _) => Err("alwaysThinkingEnabled must be true or false.".to_owned()),
        _ => Err(format!("{setting} can only be read: the user chooses it.")),
    }
}

fn answer(input: &Value, now: &Settings) -> ToolOutput {
    let setting = input["setting"].as_str().unwrap_or_default();
    let operation = if input.get("value").is_some() { "set" } else { "get" };
    let failed = |error: String| {
        let structured =
            json!({ "success": false, "operation": operation, "setting": setting, "error": error });
        ToolOutput { content: ToolContent::Text(error), structured, is_error: true }
    };
    let Some(value) = value_of(setting, now) else {
        return failed(format!("There is no setting {setting:?}. Known: {}.", SETTINGS.join(", ")));
    };
    match input.get("value").map(|given| usable(setting, given)) {
        None => ToolOutput::text(
            format!("{setting} is {value}."),
            json!({ "success": true, "operation": operation, "setting": setting, "value": value }),
        ),
        Some(Err(error)) => failed(error),
        Some(Ok(new)) => ToolOutput::text(
            format!("{setting} is {new} now; it was {value}."),
            json!({ "success": true, "operation": operation, "setting": setting, "previousValue": value, "newValue": new }),
        ),
    }
}

impl Tool for Config {
    fn name(&self) -> &'static str {
        "Config"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/config.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::None, parallel: input.get("value").is_none() })
    }

    fn settings_after(&self, output: &Value) -> Option<Map<String, Value>> {
        let setting = output["setting"].as_str()?;
        let new = output.get("newValue")?;
        Some(Map::from_iter([(setting.to_owned(), new.clone())]))
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        async move { Ok(answer(&input, &cx.live)) }.boxed()
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
