//! Joins the layers of settings: objects by key, lists by union, other values from the strongest. Pure.

use super::Layer;
use serde_json::{Map, Value};

/// Keys whose list is taken whole from the strongest layer (row 143).
const WHOLE: [&str; 1] = ["fallbackModel"];

/// The settings of all layers together. `layers` go from the weakest to the strongest.
pub fn merge<'a>(layers: impl IntoIterator<Item = &'a Layer>) -> Map<String, Value> {
    let mut merged = Map::new();
    for layer in layers {
        for (key, value) in &layer.settings {
            if WHOLE.contains(&key.as_str()) {
                set(&mut merged, key, value);
            } else {
                join(&mut merged, key, value);
            }
        }
    }
    merged
}

/// The strongest layer that sets `key`.
pub fn provenance<'a>(layers: &'a [Layer], key: &str) -> Option<&'a Layer> {
    layers.iter().rev().find(|layer| layer.settings.get(key).is_some_and(|value| !value.is_null()))
}

fn set(merged: &mut Map<String, Value>, key: &str, value: &Value) {
    if !value.is_null() {
        merged.insert(key.to_owned(), value.clone());
    }
}

fn join(merged: &mut Map<String, Value>, key: &str, value: &Value) {
    match (merged.get_mut(key), value) {
        (Some(Value::Object(known)), Value::Object(more)) => {
            for (key, value) in more {
                join(known, key, value);
            }
        }
        (Some(Value::Array(known)), Value::Array(more)) => {
            for item in more {
                if !known.contains(item) {
                    known.push(item.clone());
                }
            }
        }
        (_, value) => set(merged, key, value),
    }
}

/// Changes the top-level keys of a layer: each is replaced as a whole, `null` removes it (row 151).
pub fn replace_keys(settings: &mut Map<String, Value>, partial: Map<String, Value>) {
    for (key, value) in partial {
        if value.is_null() {
            settings.shift_remove(&key);
        } else {
            settings.insert(key, value);
        }
    }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
