#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn from(vars: &[(&str, &str)]) -> Deferral {
    Deferral::from_env(&env(vars))
}

fn env(vars: &[(&str, &str)]) -> Env {
    Env::new(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
}

const NEW: &str = "claude-opus-4-5-20251101";

#[test]
fn the_environment_decides_from_which_share_on_row_342() {
    use Mode::{Off, Own, References};
    // The variable, tokens of definitions, the way in a window of 1000 tokens.
    let table: &[(Option<&str>, u64, Mode)] = &[
        (None, 99, Off),
        (None, 100, References),
        (Some("auto"), 99, Off),
        (Some("auto"), 100, References),
        (Some("auto:30"), 299, Off),
        (Some("auto:30"), 300, References),
        (Some("auto:0"), 1, References),
        (Some("auto:0"), 0, Off),
        (Some("true"), 1, References),
        (Some("true"), 0, Off),
        (Some("false"), 5000, Off),
        (Some("auto:101"), 100, References),
        (Some("what"), 99, Off),
    ];
    for (value, tokens, mode) in table {
        let vars: Vec<_> = value.iter().map(|value| ("ENABLE_TOOL_SEARCH", *value)).collect();
        assert_eq!(from(&vars).mode(*tokens, 1000, NEW), *mode, "{value:?} {tokens}");
    }
    assert_eq!(Deferral::OFF.mode(1000, 1000, NEW), Off);
    for (vars, mode) in [
        (vec![("ANTHROPIC_BASE_URL", "https://gateway.example/v1")], Own),
        (vec![("ANTHROPIC_BASE_URL", "https://api.anthropic.com/")], References),
        (
            vec![("ANTHROPIC_BASE_URL", "https://gateway.example/v1"), ("ENABLE_TOOL_SEARCH", "auto")],
            References,
        ),
        (vec![("CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS", "1"), ("ENABLE_TOOL_SEARCH", "auto")], Own),
    ] {
        assert_eq!(from(&vars).mode(1000, 1000, NEW), mode, "{vars:?}");
    }
}

#[test]
fn values_that_there_are_not_are_told() {
    for (value, unknown) in
        [("what", true), ("auto:x", true), ("auto:101", true), ("auto:50", false), ("", false)]
    {
        let env = env(&[("ENABLE_TOOL_SEARCH", value)]);
        assert_eq!(Deferral::unknown(&env).is_some(), unknown, "{value}");
    }
}

#[test]
fn models_from_4_5_on_know_references_row_344() {
    for (model, knows) in [
        ("claude-sonnet-4-5-20250929", true),
        ("claude-haiku-4-5", true),
        ("claude-opus-4-6", true),
        ("claude-fable-5", true),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", true),
        ("claude-opus-4-1-20250805", false),
        ("claude-sonnet-4-20250514", false),
        ("claude-3-7-sonnet-20250219", false),
        ("my-own-model", false),
    ] {
        assert_eq!(knows_references(model), knows, "{model}");
    }
}
