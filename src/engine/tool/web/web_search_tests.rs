#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::model::{Block, BlockKind};
use crate::engine::tool::schema::InputSchema;
use serde_json::value::to_raw_value;

fn reply(blocks: Value) -> Reply {
    let blocks = blocks
        .as_array()
        .unwrap()
        .iter()
        .map(|block| Block { kind: BlockKind::ServerTool, json: to_raw_value(block).unwrap() });
    Reply { blocks: blocks.collect(), ..Reply::default() }
}

#[test]
fn results_are_titles_and_links_in_order_row_281() {
    let found = read(&reply(json!([
        { "type": "text", "text": "I search." },
        { "type": "server_tool_use", "id": "s1", "name": "web_search", "input": { "query": "x" } },
        { "type": "web_search_tool_result", "tool_use_id": "s1", "content": [
            { "type": "web_search_result", "title": "A", "url": "https://a.example", "encrypted_content": "..." },
            { "type": "web_search_result", "title": "B", "url": "https://b.example", "encrypted_content": "..." } ] },
        { "type": "web_search_tool_result", "tool_use_id": "s2", "content": { "type": "web_search_tool_result_error", "error_code": "max_uses_exceeded" } },
        { "type": "text", "text": "It is " }, { "type": "text", "text": "so." },
    ])));
    assert_eq!(
        json!(found.results),
        json!([
            "I search.",
            { "tool_use_id": "s1", "content": [
                { "title": "A", "url": "https://a.example" }, { "title": "B", "url": "https://b.example" } ] },
            "A search failed: max_uses_exceeded.",
            "It is so."
        ])
    );
    assert_eq!(found.searches, 2);
    assert_eq!(
        found.text,
        "I search.\n\n- [A](https://a.example)\n- [B](https://b.example)\n\nA search failed: max_uses_exceeded.\n\n\
         It is so.\n\n\nName the sources that you use in your answer, as links."
    );
    assert_eq!(read(&reply(json!([]))).text, "The search found nothing.");
}

#[test]
fn domains_limit_the_search_row_281_row_282() {
    let tool = |input: Value| request(&parse(&input).unwrap(), "m")["tools"][0].clone();
    let plain = json!({ "type": "web_search_20250305", "name": "web_search", "max_uses": 8 });
    assert_eq!(tool(json!({ "query": "rust" })), plain);
    for key in ["allowed_domains", "blocked_domains"] {
        let mut expected = plain.clone();
        expected[key] = json!(["a.example"]);
        assert_eq!(tool(json!({ "query": "rust", key: ["a.example"] })), expected);
    }
}

#[test]
fn wrong_inputs_are_told_with_what_to_do_row_281() {
    for (input, expected) in [
        (json!({ "query": " x " }), "query is empty or too short. Say what to search for."),
        (
            json!({ "query": "rust", "allowed_domains": ["a"], "blocked_domains": ["b"] }),
            "Give allowed_domains or blocked_domains, not both.",
        ),
        (
            json!({ "query": "rust", "allowed_domains": ["https://a"] }),
            "\"https://a\" is no domain. Give one such as example.com.",
        ),
    ] {
        let tool = WebSearch::new();
        let refused = tool.prepare(&input, &Workspace::new("/".into(), Vec::new()));
        assert_eq!(refused, Err(ToolError::Respond(expected.to_owned())));
    }
    let schema = InputSchema::compile(WebSearch::new().input_schema()).unwrap();
    for (input, field) in [
        (json!({}), "query"),
        (json!({ "query": "x" }), "query: "),
        (json!({ "query": "rust", "allowed_domains": "a" }), "allowed_domains: "),
        (json!({ "query": "rust", "limit": 3 }), "limit"),
    ] {
        assert!(schema.check(&input).unwrap_err().contains(field));
    }
}
