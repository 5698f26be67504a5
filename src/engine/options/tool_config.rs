//! The option `toolConfig`.

use super::read::{invalid, unsupported};
use crate::engine::error::EngineError;
use serde_json::Value;

/// How options of AskUserQuestion show what they would look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewFormat {
    /// Markdown text.
    Markdown,
    /// An HTML fragment.
    Html,
}

/// Settings of single tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ToolConfig {
    /// Whether options of AskUserQuestion may have a preview, and in which format (row 288).
    pub previews: Option<PreviewFormat>,
}

impl ToolConfig {
    pub(super) fn read(value: Option<&Value>) -> Result<Self, EngineError> {
        let Some(value) = value else { return Ok(Self::default()) };
        let object = value.as_object().ok_or_else(|| invalid("toolConfig", "must be an object", value))?;
        let mut config = Self::default();
        for (tool, settings) in object.iter().filter(|(_, settings)| !settings.is_null()) {
            match tool.as_str() {
                "askUserQuestion" => config.previews = previews(settings)?,
                _ => return Err(unsupported(&format!("toolConfig.{tool}"))),
            }
        }
        Ok(config)
    }
}

fn previews(settings: &Value) -> Result<Option<PreviewFormat>, EngineError> {
    let name = "toolConfig.askUserQuestion";
    let object = settings.as_object().ok_or_else(|| invalid(name, "must be an object", settings))?;
    if let Some(other) = object.keys().find(|key| *key != "previewFormat") {
        return Err(unsupported(&format!("{name}.{other}")));
    }
    match object.get("previewFormat") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(format)) if format == "markdown" => Ok(Some(PreviewFormat::Markdown)),
        Some(Value::String(format)) if format == "html" => Ok(Some(PreviewFormat::Html)),
        Some(other) => {
            Err(invalid("toolConfig.askUserQuestion.previewFormat", "must be 'markdown' or 'html'", other))
        }
    }
}
