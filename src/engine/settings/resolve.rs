//! `resolveSettings()`: what settings say together, and who said it, without starting anything.

use super::effect::Effect;
use super::load::{self, Request};
use super::{Layer, merge};
use crate::engine::error::EngineError;
use crate::engine::options::SettingsQuestion;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Answers `question` (row 153). Blocks.
pub fn resolve(question: &SettingsQuestion, policy: &Path) -> Result<Value, EngineError> {
    let cwd = crate::engine::workspace::directory(&question.cwd)?;
    let request = Request::from_options(&question.options, &cwd)?;
    let loaded = load::load(&request, &cwd, &question.env, policy)?;
    Ok(answer(&loaded.layers, &loaded.warnings))
}

fn answer(layers: &[Layer], warnings: &[String]) -> Value {
    let effect = Effect::new(layers);
    let provenance: Map<String, Value> = effect
        .merged()
        .keys()
        .filter_map(|key| Some((key.clone(), entry(merge::provenance(layers, key)?))))
        .collect();
    let sources: Vec<Value> = layers
        .iter()
        .rev()
        .map(|layer| {
            let mut row = entry(layer);
            row["settings"] = Value::Object(layer.raw.clone());
            row
        })
        .collect();
    json!({
        "effective": effect.merged(),
        "provenance": provenance,
        "sources": sources,
        "warnings": warnings,
    })
}

fn entry(layer: &Layer) -> Value {
    let mut row = json!({ "source": layer.source.as_str() });
    if let Some(path) = &layer.path {
        row["path"] = json!(path);
    }
    if layer.source == super::source::Source::Managed {
        row["policyOrigin"] = json!(if layer.path.is_some() { "file" } else { "option" });
    }
    row
}
