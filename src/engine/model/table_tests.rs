#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn env(vars: &[(&str, &str)]) -> Env {
    Env::new(vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
}

fn resolve(name: &str, vars: &[(&str, &str)]) -> ModelInfo {
    ModelTable::builtin().resolve(name, &env(vars))
}

#[test]
fn the_data_is_whole() {
    let table = ModelTable::from_json(include_str!("models.json")).unwrap();
    assert_eq!(table.models().len(), 15);
    assert_eq!(table.models()[0].id, "claude-opus-5-5");
    for model in table.models() {
        assert_eq!(model.prices.is_none(), model.id == "claude-fable-5-2", "{}", model.id);
        assert!(model.max_output < model.window, "{}", model.id);
        for alias in &model.aliases {
            assert_eq!(resolve(alias, &[]).id, model.id, "aliases are unique");
        }
    }
}

#[test]
fn aliases_ids_and_dates_are_resolved_row_43() {
    for (name, id, max_output) in [
        ("default", "claude-opus-5-5", 128_000),
        ("opus", "claude-opus-5-5", 128_000),
        (" Sonnet ", "claude-sonnet-5-5", 128_000),
        ("haiku", "claude-haiku-5-5", 128_000),
        ("best", "claude-opus-5-5", 128_000),
        ("opusplan", "claude-sonnet-5-5", 128_000),
        ("fable", "claude-fable-5-2", 32_000),
        ("claude-opus-5", "claude-opus-5", 64_000),
        ("claude-sonnet-4-20250514", "claude-sonnet-4-20250514", 32_000),
        ("claude-opus-4-5-latest", "claude-opus-4-5-latest", 32_000),
        ("claude-3-5-haiku-20241022", "claude-3-5-haiku-20241022", 8192),
    ] {
        let info = resolve(name, &[]);
        assert_eq!((info.id.as_str(), info.max_output), (id, max_output), "{name}");
    }
    assert!(resolve("claude-sonnet-4-20250514", &[]).prices.is_some());
    // A date is not a version, and a version is not a date.
    assert!(resolve("claude-sonnet-4-9", &[]).prices.is_none());
    assert!(resolve("claude-opus-5-5-preview1", &[]).prices.is_none());
}

#[test]
fn the_long_window_is_a_suffix_row_43() {
    let info = resolve("claude-sonnet-4-5[1M]", &[]);
    assert_eq!((info.id.as_str(), info.window), ("claude-sonnet-4-5", 1_000_000));
    assert_eq!(resolve("claude-sonnet-4-5", &[]).window, 200_000);
    assert_eq!(resolve("x[1m]", &[("CLAUDE_CODE_DISABLE_1M_CONTEXT", "1")]).window, 200_000);
    assert_eq!(resolve("sonnet[1m]", &[]).id, "claude-sonnet-5-5");
    assert_eq!(resolve("x", &[("CLAUDE_CODE_MAX_CONTEXT_TOKENS", "5000")]).window, 5000);
    assert_eq!(resolve("é[1m", &[]).id, "é[1m");
}

#[test]
fn the_environment_chooses_and_redirects_row_44() {
    let vars = env(&[("ANTHROPIC_MODEL", "haiku"), ("ANTHROPIC_DEFAULT_MODEL", "sonnet")]);
    assert_eq!(ModelTable::choose(Some("opus"), &vars), "opus");
    assert_eq!(ModelTable::choose(None, &vars), "haiku");
    assert_eq!(ModelTable::choose(Some(" "), &env(&[("ANTHROPIC_DEFAULT_MODEL", "sonnet")])), "sonnet");
    assert_eq!(ModelTable::choose(None, &env(&[])), "default");

    let opus = ("ANTHROPIC_DEFAULT_OPUS_MODEL", "claude-opus-4-6[1m]");
    for alias in ["opus", "default", "best"] {
        let info = resolve(alias, &[opus]);
        assert_eq!((info.id.as_str(), info.window), ("claude-opus-4-6", 1_000_000));
    }
    assert_eq!(resolve("sonnet", &[("ANTHROPIC_DEFAULT_SONNET_MODEL", "own-model")]).id, "own-model");
    assert_eq!(resolve("haiku", &[("ANTHROPIC_DEFAULT_HAIKU_MODEL", "h")]).id, "h");
    assert_eq!(resolve("fable", &[("ANTHROPIC_DEFAULT_FABLE_MODEL", "f")]).id, "f");
    assert_eq!(resolve("claude-opus-5", &[opus]).id, "claude-opus-5");
}

#[test]
fn output_is_capped_and_unknown_models_get_32000_row_55() {
    let unknown = resolve("some-model", &[]);
    assert_eq!((unknown.max_output, unknown.window), (32_000, 200_000));
    assert_eq!((unknown.prices, unknown.thinking, unknown.effort), (None, ThinkingDefault::None, None));
    let cap = |model, n| resolve(model, &[("CLAUDE_CODE_MAX_OUTPUT_TOKENS", n)]).max_output;
    assert_eq!(cap("opus", "1000"), 1000);
    assert_eq!(cap("opus", "999999"), 128_000);
    assert_eq!(cap("some-model", "64000"), 64_000);
    assert_eq!(cap("opus", "0"), 128_000);
    assert_eq!(cap("opus", "lots"), 128_000);
}

#[test]
fn thinking_and_effort_have_defaults_row_45_row_48() {
    let enabled = |budget_tokens| ThinkingDefault::Enabled { budget_tokens };
    for (name, thinking, effort) in [
        ("opus", ThinkingDefault::Adaptive, Some("medium")),
        ("claude-opus-4-7", ThinkingDefault::Adaptive, Some("xhigh")),
        ("claude-opus-4-5", enabled(31_999), Some("high")),
        ("claude-haiku-4-5", enabled(31_999), None),
        ("claude-3-5-haiku-20241022", ThinkingDefault::None, None),
    ] {
        let info = resolve(name, &[]);
        assert_eq!((info.thinking, info.effort.as_deref()), (thinking, effort), "{name}");
        assert_eq!(info.supports_adaptive, thinking == ThinkingDefault::Adaptive);
        assert_eq!(info.supports_context_management, name != "claude-3-5-haiku-20241022");
    }
    let capped = |n| resolve("claude-haiku-4-5", &[("CLAUDE_CODE_MAX_OUTPUT_TOKENS", n)]).thinking;
    assert_eq!(capped("2000"), enabled(1999));
    assert_eq!(capped("1024"), ThinkingDefault::None);
}
