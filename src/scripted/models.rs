//! The models that the scripted server knows, with the limits that strict rules check.

use serde_json::{Value, json};

/// What the rules need to know of a family of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// Ids are this, or begin with this and a `-`.
    pub prefix: &'static str,
    /// Largest `max_tokens`.
    pub max_output: u64,
    /// Takes `thinking: {type: adaptive}`.
    pub adaptive: bool,
    /// Takes any `thinking` at all.
    pub thinking: bool,
    /// Takes `output_config.effort`.
    pub effort: bool,
    /// Takes temperature, `top_p`, `top_k` and a last message of the assistant.
    pub steerable: bool,
}

const fn family(prefix: &'static str, max_output: u64, generation: Generation) -> Family {
    let (adaptive, thinking, effort, steerable) = match generation {
        Generation::Plain => (false, false, false, true),
        Generation::Budget => (false, true, false, true),
        Generation::BudgetAndEffort => (false, true, true, true),
        Generation::Adaptive => (true, true, true, true),
        Generation::AdaptiveOnly => (true, true, true, false),
    };
    Family { prefix, max_output, adaptive, thinking, effort, steerable }
}

enum Generation {
    Plain,
    Budget,
    BudgetAndEffort,
    Adaptive,
    AdaptiveOnly,
}

/// Longer prefixes stand before shorter ones that they extend.
const FAMILIES: &[Family] = &[
    family("claude-opus-5-5", 128_000, Generation::AdaptiveOnly),
    family("claude-sonnet-5-5", 128_000, Generation::AdaptiveOnly),
    family("claude-haiku-5-5", 128_000, Generation::AdaptiveOnly),
    family("claude-opus-5", 128_000, Generation::AdaptiveOnly),
    family("claude-sonnet-5", 128_000, Generation::AdaptiveOnly),
    family("claude-opus-4-8", 128_000, Generation::AdaptiveOnly),
    family("claude-opus-4-7", 128_000, Generation::AdaptiveOnly),
    family("claude-opus-4-6", 128_000, Generation::Adaptive),
    family("claude-sonnet-4-6", 128_000, Generation::Adaptive),
    family("claude-opus-4-5", 64_000, Generation::BudgetAndEffort),
    family("claude-sonnet-4-5", 64_000, Generation::Budget),
    family("claude-haiku-4-5", 64_000, Generation::Budget),
    family("claude-opus-4", 32_000, Generation::Budget),
    family("claude-sonnet-4", 64_000, Generation::Budget),
    family("claude-3-7-sonnet", 64_000, Generation::Budget),
    family("claude-3-5-haiku", 8_192, Generation::Plain),
    family("claude-3-haiku", 4_096, Generation::Plain),
];

/// The family of a model id; nothing is held against an unknown one.
pub fn family_of(model: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| {
        model.strip_prefix(family.prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// The answer of `GET /v1/models`.
pub fn list() -> Value {
    let models: Vec<Value> = FAMILIES.iter().map(describe).collect();
    let id = |model: Option<&Value>| model.and_then(|model| model.get("id")).cloned().unwrap_or_default();
    let (first, last) = (id(models.first()), id(models.last()));
    json!({ "data": models, "has_more": false, "first_id": first, "last_id": last })
}

/// The answer of `GET /v1/models/{id}`.
pub fn one(id: &str) -> Option<Value> {
    FAMILIES.iter().find(|family| family.prefix == id).map(describe)
}

fn describe(family: &Family) -> Value {
    json!({
        "type": "model",
        "id": family.prefix,
        "display_name": family.prefix,
        "created_at": "2026-01-01T00:00:00Z",
        "max_tokens": family.max_output,
    })
}
