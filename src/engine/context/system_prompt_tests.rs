#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;

fn blocks(prompt: &SystemPrompt, caching: bool) -> Vec<(String, bool)> {
    let value: Value = serde_json::from_str(&build(prompt, None, caching)).unwrap();
    let block = |b: &Value| (b["text"].as_str().unwrap().to_owned(), b.get("cache_control").is_some());
    value.as_array().unwrap().iter().map(block).collect()
}

#[test]
fn the_default_is_short_and_preset_and_string_replace_it_row_454() {
    let minimal = blocks(&SystemPrompt::Minimal, true);
    assert_eq!(minimal.len(), 1);
    assert!(minimal[0].0.split_whitespace().count() < 110, "at most 150 tokens");
    assert!(minimal[0].1);
    let preset = blocks(&SystemPrompt::Preset { append: Some("Speak Latin.".into()) }, true);
    assert_eq!(preset[1], ("Speak Latin.".into(), true));
    assert!(preset[0].0.len() > minimal[0].0.len() && !preset[0].1);
    assert_eq!(
        blocks(&SystemPrompt::Custom(vec!["You are a pirate.".into()]), true),
        [("You are a pirate.".into(), true)]
    );
}

#[test]
fn the_boundary_splits_for_caching_and_is_not_sent_row_456() {
    let parts = ["stable", SYSTEM_PROMPT_DYNAMIC_BOUNDARY, "today"].map(str::to_owned).to_vec();
    assert_eq!(
        blocks(&SystemPrompt::Custom(parts), true),
        [("stable".into(), true), ("today".into(), false)]
    );
}

#[test]
fn empty_blocks_are_left_out_and_caching_can_be_off() {
    let parts = vec![String::new(), "one".into(), "  ".into()];
    assert_eq!(blocks(&SystemPrompt::Custom(parts), false), [("one".into(), false)]);
    assert_eq!(&*build(&SystemPrompt::Custom(vec![String::new()]), None, true), "[]");
}

#[test]
fn an_appended_text_is_a_last_block_of_every_prompt() {
    for prompt in [
        SystemPrompt::Minimal,
        SystemPrompt::Custom(vec!["Own.".into()]),
        SystemPrompt::Preset { append: None },
    ] {
        let value: Value = serde_json::from_str(&build(&prompt, Some("Appended."), true)).unwrap();
        let blocks = value.as_array().unwrap();
        assert_eq!(blocks.len(), 2);
        assert_eq!(blocks[1]["text"], "Appended.");
        assert!(blocks[1].get("cache_control").is_some());
    }
}
