//! Usage added up, and what it costs.

use super::table::ModelInfo;
use serde_json::{Map, Value, json};

const MILLION: f64 = 1_000_000.0;

/// The figures of one `usage` object that are counted and billed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    input: u64,
    output: u64,
    cache_write: u64,
    cache_write_5m: u64,
    cache_write_1h: u64,
    cache_read: u64,
    web_search: u64,
    web_fetch: u64,
}

impl Counts {
    fn read(usage: &Map<String, Value>) -> Self {
        let number = |map: Option<&Map<String, Value>>, name: &str| {
            map.and_then(|map| map.get(name)).and_then(Value::as_u64).unwrap_or(0)
        };
        let top = |name| number(Some(usage), name);
        let part = |object: &str, name| number(usage.get(object).and_then(Value::as_object), name);
        let cache_write_1h = part("cache_creation", "ephemeral_1h_input_tokens");
        let cache_write_5m = part("cache_creation", "ephemeral_5m_input_tokens");
        Self {
            input: top("input_tokens"),
            output: top("output_tokens"),
            // Some gateways report only the parts, others only the sum.
            cache_write: top("cache_creation_input_tokens")
                .max(cache_write_1h.saturating_add(cache_write_5m)),
            cache_write_5m,
            cache_write_1h,
            cache_read: top("cache_read_input_tokens"),
            web_search: part("server_tool_use", "web_search_requests"),
            web_fetch: part("server_tool_use", "web_fetch_requests"),
        }
    }

    fn add(&mut self, other: Self) {
        let pairs = [
            (&mut self.input, other.input),
            (&mut self.output, other.output),
            (&mut self.cache_write, other.cache_write),
            (&mut self.cache_write_5m, other.cache_write_5m),
            (&mut self.cache_write_1h, other.cache_write_1h),
            (&mut self.cache_read, other.cache_read),
            (&mut self.web_search, other.web_search),
            (&mut self.web_fetch, other.web_fetch),
        ];
        for (sum, more) in pairs {
            *sum = sum.saturating_add(more);
        }
    }
}

/// What one reply with this usage costs; `None` when the model's prices are not known.
pub fn cost_usd(usage: &Map<String, Value>, model: &ModelInfo) -> Option<f64> {
    let prices = model.prices?;
    let counts = Counts::read(usage);
    // A cache write of unknown duration has the default one, five minutes.
    let write_5m = counts.cache_write.saturating_sub(counts.cache_write_1h);
    let tokens = float(counts.input) * prices.input
        + float(counts.output) * prices.output
        + float(write_5m) * prices.cache_write_5m
        + float(counts.cache_write_1h) * prices.cache_write_1h
        + float(counts.cache_read) * prices.cache_read;
    Some(tokens / MILLION + float(counts.web_search) * prices.web_search)
}

#[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

/// The usage of several replies together: `result.usage`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageTotals {
    counts: Counts,
    service_tier: Option<String>,
}

impl UsageTotals {
    /// Adds the final usage of one reply.
    pub fn add(&mut self, usage: &Map<String, Value>) {
        self.counts.add(Counts::read(usage));
        if let Some(tier) = usage.get("service_tier").and_then(Value::as_str) {
            self.service_tier = Some(tier.to_owned());
        }
    }

    /// The shape of `result.usage`.
    pub fn to_json(&self) -> Value {
        let counts = &self.counts;
        json!({
            "input_tokens": counts.input,
            "cache_creation_input_tokens": counts.cache_write,
            "cache_read_input_tokens": counts.cache_read,
            "output_tokens": counts.output,
            "server_tool_use": {
                "web_search_requests": counts.web_search,
                "web_fetch_requests": counts.web_fetch,
            },
            "service_tier": self.service_tier.as_deref().unwrap_or("standard"),
            "cache_creation": {
                "ephemeral_1h_input_tokens": counts.cache_write_1h,
                "ephemeral_5m_input_tokens": counts.cache_write_5m,
            },
        })
    }
}

/// Usage and cost for each model, in the order of first use: `result.modelUsage`.
#[derive(Debug, Clone, Default)]
pub struct ModelUsages {
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    model: String,
    counts: Counts,
    cost: f64,
    priced: bool,
    window: u64,
    max_output: u64,
}

impl ModelUsages {
    /// Adds the final usage of one reply of `model`; returns its cost when it is known.
    pub fn add(&mut self, model: &ModelInfo, usage: &Map<String, Value>) -> Option<f64> {
        let counts = Counts::read(usage);
        let cost = cost_usd(usage, model);
        match self.rows.iter_mut().find(|row| row.model == model.id) {
            Some(row) => {
                row.counts.add(counts);
                row.cost += cost.unwrap_or(0.0);
                row.priced &= cost.is_some();
            }
            None => self.rows.push(Row {
                model: model.id.clone(),
                counts,
                cost: cost.unwrap_or(0.0),
                priced: cost.is_some(),
                window: model.window,
                max_output: model.max_output,
            }),
        }
        cost
    }

    /// The sum of all known costs: `result.total_cost_usd`.
    pub fn total_cost_usd(&self) -> f64 {
        self.rows.iter().map(|row| row.cost).sum()
    }

    /// The shape of `result.modelUsage`. A model without known prices has `costUSD` 0 and `costBasis` `unknown`.
    pub fn to_json(&self) -> Value {
        let rows = self.rows.iter().map(|row| (row.model.clone(), row.to_json()));
        Value::Object(rows.collect())
    }
}

impl Row {
    fn to_json(&self) -> Value {
        json!({
            "inputTokens": self.counts.input,
            "outputTokens": self.counts.output,
            "cacheReadInputTokens": self.counts.cache_read,
            "cacheCreationInputTokens": self.counts.cache_write,
            "webSearchRequests": self.counts.web_search,
            "costUSD": self.cost,
            "contextWindow": self.window,
            "maxOutputTokens": self.max_output,
            "costBasis": if self.priced { "list" } else { "unknown" },
        })
    }
}

#[cfg(test)]
#[path = "cost_tests.rs"]
mod tests;
