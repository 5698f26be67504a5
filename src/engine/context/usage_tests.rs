#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn fixed() -> Fixed<'static> {
    Fixed {
        model: "m",
        window: 1000,
        system: 350,
        tools: vec![("Read".into(), 350), ("Bash".into(), 350), ("mcp__a__b".into(), 70)],
    }
}

fn tokens(report: &Value, id: &str) -> Option<u64> {
    report["categories"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == id)
        .map(|row| row["tokens"].as_u64().unwrap())
}

#[test]
fn sizes_are_estimated_until_the_api_has_counted() {
    let gauge = ContextGauge::default();
    gauge.set_messages(700);
    let report = gauge.report(&fixed(), false);
    assert_eq!(tokens(&report, "system_prompt"), Some(100));
    assert_eq!(tokens(&report, "system_tools"), Some(200));
    assert_eq!(tokens(&report, "mcp_tools"), Some(20));
    assert_eq!(tokens(&report, "messages"), Some(200));
    assert_eq!(tokens(&report, "free_space"), Some(480));
    assert_eq!(
        report["mcpTools"],
        json!([{ "name": "mcp__a__b", "serverName": "a", "tokens": 20, "isLoaded": true }])
    );
    assert_eq!(report["totalTokens"], 520);
    assert_eq!(report["percentage"], 52);
    assert!(report["apiUsage"].is_null());
    assert!(report.get("systemTools").is_none());
}

#[test]
fn the_last_count_of_the_api_calibrates_all_of_them() {
    let gauge = ContextGauge::default();
    let usage = json!({ "input_tokens": 10, "cache_read_input_tokens": 290, "output_tokens": 7 });
    gauge.counted(usage.as_object().unwrap(), 3000, std::time::Duration::ZERO);
    gauge.set_messages(2000);
    let report = gauge.report(&fixed(), true);
    assert_eq!(tokens(&report, "system_prompt"), Some(35));
    assert_eq!(tokens(&report, "messages"), Some(200));
    assert_eq!(report["apiUsage"]["output_tokens"], 7);
    assert_eq!(
        report["systemTools"],
        json!([{ "name": "Read", "tokens": 35 }, { "name": "Bash", "tokens": 35 }])
    );
}

#[test]
fn the_grid_shows_every_category() {
    let gauge = ContextGauge::default();
    let report = gauge.report(&fixed(), false);
    let rows = report["gridRows"].as_array().unwrap();
    let squares: Vec<_> = rows.iter().flat_map(|row| row.as_array().unwrap()).collect();
    assert!(squares.len() <= 100 && squares.len() > 90);
    assert_eq!(squares.iter().filter(|square| square["categoryName"] == "System prompt").count(), 10);
    assert!(squares.iter().any(|square| square["categoryName"] == "MCP tools"));
    assert!(squares.last().unwrap()["isFilled"] == false);
}

#[test]
fn a_context_over_its_window_has_no_free_space() {
    let gauge = ContextGauge::default();
    gauge.set_messages(100_000);
    let report = gauge.report(&fixed(), false);
    assert_eq!(tokens(&report, "free_space"), Some(0));
    assert!(report["percentage"].as_u64().unwrap() > 100);
    assert_eq!(report["gridRows"].as_array().unwrap().len(), 10);
}
