#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn request(messages: &[&str], marked: usize, ttl: &str) -> Value {
    let messages: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let mut block = json!({ "type": "text", "text": text });
            if index == marked {
                block["cache_control"] = json!({ "type": "ephemeral", "ttl": ttl });
            }
            json!({ "role": if index % 2 == 0 { "user" } else { "assistant" }, "content": [block] })
        })
        .collect();
    json!({ "model": "m", "system": "Be brief.", "messages": messages })
}

#[test]
fn without_breakpoints_nothing_is_cached() {
    let mut cache = PromptCache::default();
    let body = request(&["one two three"], 9, "5m");
    let first = cache.count(&body);
    assert_eq!(first, cache.count(&body));
    assert_eq!(first, InputTokens { uncached: first.total(), ..InputTokens::default() });
}

#[test]
fn a_breakpoint_writes_once_and_is_read_by_the_longer_prompt() {
    let mut cache = PromptCache::default();
    let first = cache.count(&request(&["one two three"], 0, "5m"));
    assert_eq!((first.read, first.uncached), (0, 0));
    let second = cache.count(&request(&["one two three", "four", "five"], 2, "1h"));
    assert_eq!(second.read, first.written_5m);
    assert!(second.written_1h > 0);
    assert_eq!((second.written_5m, second.uncached), (0, 0));
    let usage = second.usage();
    assert_eq!(usage["cache_read_input_tokens"], second.read);
    assert_eq!(usage["cache_creation"]["ephemeral_1h_input_tokens"], second.written_1h);
}

#[test]
fn a_changed_prefix_is_not_read() {
    let mut cache = PromptCache::default();
    cache.count(&request(&["one two three"], 0, "5m"));
    assert_eq!(cache.count(&request(&["one two four", "x", "y"], 2, "5m")).read, 0);
    let mut other_model = request(&["one two three"], 0, "5m");
    other_model["model"] = json!("n");
    assert_eq!(cache.count(&other_model).read, 0);
}

#[test]
fn a_prefix_more_than_twenty_blocks_back_is_not_found() {
    let texts: Vec<String> = (0..41).map(|n| format!("text {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut cache = PromptCache::default();
    cache.count(&request(&texts[..1], 0, "5m"));
    assert_eq!(cache.count(&request(&texts, 40, "5m")).read, 0);
    assert!(cache.count(&request(&texts[..21], 20, "5m")).read > 0);
}

#[test]
fn a_top_level_breakpoint_marks_the_last_block() {
    let mut cache = PromptCache::default();
    let mut body = request(&["one"], 9, "5m");
    body["cache_control"] = json!({ "type": "ephemeral" });
    let first = cache.count(&body);
    assert_eq!(first.written_5m, first.total());
    assert_eq!(cache.count(&body).read, first.total());
}
