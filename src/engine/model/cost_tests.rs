#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::env::Env;
use crate::engine::model::table::ModelTable;

fn model(id: &str) -> ModelInfo {
    ModelTable::builtin().resolve(id, &Env::default())
}

fn usage(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn full() -> Map<String, Value> {
    usage(json!({
        "input_tokens": 1_000_000, "output_tokens": 100_000, "cache_creation_input_tokens": 300_000,
        "cache_read_input_tokens": 2_000_000, "service_tier": "priority",
        "cache_creation": { "ephemeral_5m_input_tokens": 100_000, "ephemeral_1h_input_tokens": 200_000 },
        "server_tool_use": { "web_search_requests": 3, "web_fetch_requests": 4 },
    }))
}

fn close(left: Option<f64>, right: f64) -> bool {
    left.is_some_and(|left| (left - right).abs() < 1e-9)
}

#[test]
fn every_column_has_its_price_row_482() {
    // Sonnet 4.5: 3 + 1.5 + 0.375 + 1.2 + 0.6 + 0.03
    assert!(close(cost_usd(&full(), &model("claude-sonnet-4-5")), 6.705));
    for (one, price) in [
        (json!({ "input_tokens": 1_000_000 }), 4.0),
        (json!({ "output_tokens": 1_000_000 }), 20.0),
        (json!({ "cache_read_input_tokens": 1_000_000 }), 0.2),
        // Of unknown duration: five minutes.
        (json!({ "cache_creation_input_tokens": 1_000_000 }), 5.0),
        (json!({ "cache_creation_input_tokens": 1_000_000, "cache_creation": null }), 5.0),
        (json!({ "cache_creation": { "ephemeral_5m_input_tokens": 1_000_000 } }), 5.0),
        (json!({ "cache_creation": { "ephemeral_1h_input_tokens": 1_000_000 } }), 8.0),
        (json!({ "server_tool_use": { "web_search_requests": 1000 } }), 10.0),
        (json!({ "server_tool_use": null, "input_tokens": null, "output_tokens": -5 }), 0.0),
        (json!({}), 0.0),
    ] {
        assert!(close(cost_usd(&usage(one.clone()), &model("opus")), price), "{one}");
    }
    assert_eq!(cost_usd(&full(), &model("unknown")), None);
}

#[test]
fn totals_have_the_shape_of_result_usage() {
    let mut totals = UsageTotals::default();
    assert_eq!(totals.to_json()["service_tier"], "standard");
    totals.add(&full());
    totals.add(&usage(json!({ "input_tokens": 1, "output_tokens": 2, "service_tier": null })));
    assert_eq!(
        totals.to_json(),
        json!({
            "input_tokens": 1_000_001, "cache_creation_input_tokens": 300_000, "cache_read_input_tokens": 2_000_000,
            "output_tokens": 100_002,
            "server_tool_use": { "web_search_requests": 3, "web_fetch_requests": 4 },
            "service_tier": "priority",
            "cache_creation": { "ephemeral_1h_input_tokens": 200_000, "ephemeral_5m_input_tokens": 100_000 },
        })
    );
    totals.add(&usage(json!({ "input_tokens": u64::MAX })));
    assert_eq!(totals.to_json()["input_tokens"], u64::MAX);
}

#[test]
fn models_have_rows_of_their_own_row_479() {
    let mut usages = ModelUsages::default();
    assert_eq!((usages.to_json(), usages.total_cost_usd()), (json!({}), 0.0));
    let sonnet = model("claude-sonnet-4-5");
    assert!(close(usages.add(&sonnet, &full()), 6.705));
    assert_eq!(usages.add(&model("mystery"), &usage(json!({ "output_tokens": 7 }))), None);
    usages.add(&sonnet, &usage(json!({ "output_tokens": 1_000_000 })));
    assert!(close(Some(usages.total_cost_usd()), 21.705));
    let json = usages.to_json();
    let names: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(names, ["claude-sonnet-4-5", "mystery"]);
    assert!(close(json["claude-sonnet-4-5"]["costUSD"].as_f64(), 21.705));
    let mut row = json["claude-sonnet-4-5"].clone();
    row["costUSD"] = json!(0);
    assert_eq!(
        row,
        json!({
            "inputTokens": 1_000_000, "outputTokens": 1_100_000, "cacheReadInputTokens": 2_000_000,
            "cacheCreationInputTokens": 300_000, "webSearchRequests": 3, "costUSD": 0,
            "contextWindow": 200_000, "maxOutputTokens": 32_000, "costBasis": "list",
        })
    );
    assert_eq!(json["mystery"]["costBasis"], "unknown");
    assert_eq!(json["mystery"]["costUSD"], 0.0);
}
