//! Usage added up, and what it costs.

use super::table::ModelInfo;
use serde_json::{Map, Value};

/// What one reply with this usage costs; `None` when the model's prices are not known.
pub fn cost_usd(usage: &Map<String, Value>, model: &ModelInfo) -> Option<f64> {
    let _ = (usage, model);
    todo!()
}

/// The usage of several replies together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UsageTotals {}

impl UsageTotals {
    /// Adds the usage of one reply.
    pub fn add(&mut self, usage: &Map<String, Value>) {
        let _ = usage;
        todo!()
    }

    /// The shape of `result.usage`.
    pub fn to_json(&self) -> Value {
        todo!()
    }
}

/// Usage and cost for each model, in the order of first use.
#[derive(Debug, Clone, Default)]
pub struct ModelUsages {}

impl ModelUsages {
    /// Adds the usage of one reply of `model`; returns its cost when it is known.
    pub fn add(&mut self, model: &ModelInfo, usage: &Map<String, Value>) -> Option<f64> {
        let _ = (model, usage);
        todo!()
    }

    /// The sum of all known costs: `result.total_cost_usd`.
    pub fn total_cost_usd(&self) -> f64 {
        todo!()
    }

    /// The shape of `result.modelUsage`.
    pub fn to_json(&self) -> Value {
        todo!()
    }
}
