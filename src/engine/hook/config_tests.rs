#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

fn commands(table: &HookTable, event: HookEvent) -> Vec<&Command> {
    table
        .of(event)
        .iter()
        .map(|hook| match &hook.handler {
            Handler::Command(command) => &**command,
            Handler::Callback { .. } => panic!("a callback"),
        })
        .collect()
}

#[test]
fn commands_are_read_in_both_forms_row_176() {
    let mut table = HookTable::default();
    let hooks = json!({ "PreToolUse": [{ "matcher": "Bash", "hooks": [
        { "type": "command", "command": "check.sh | tee log", "timeout": 5, "onFailure": "block" },
        { "type": "command", "command": "/usr/bin/check", "args": ["--fast"], "async": true, "env": { "A": "1" } },
    ] }] });
    assert_eq!(from_settings(&mut table, &hooks, "project"), Vec::<String>::new());
    let hook = &table.of(HookEvent::PreToolUse)[0];
    assert_eq!(hook.origin, "hooks.PreToolUse of the project settings[0].hooks[0]");
    assert_eq!((hook.timeout, hook.on_failure), (Some(Duration::from_secs(5)), Some(OnFailure::Block)));
    let found = commands(&table, HookEvent::PreToolUse);
    assert_eq!(found[0].args, None);
    assert_eq!(found[1].args.as_deref(), Some(&["--fast".to_owned()][..]));
    assert_eq!((found[1].background, found[1].env.len()), (true, 1));
}

#[test]
fn the_same_command_of_two_files_runs_once_row_163() {
    let mut table = HookTable::default();
    let hooks = |matcher: &str| json!({ "Stop": [], "PreToolUse": [{ "matcher": matcher, "hooks": [{ "type": "command", "command": "x" }] }] });
    for (source, matcher) in [("user", "Bash"), ("project", "Bash"), ("local", "Edit")] {
        from_settings(&mut table, &hooks(matcher), source);
    }
    assert_eq!(commands(&table, HookEvent::PreToolUse).len(), 2);
}

#[test]
fn what_cannot_be_used_is_told() {
    let command = json!({ "type": "command", "command": "x" });
    for (hooks, count, expected) in [
        (json!([]), 0, "hooks of the user settings are not an object"),
        (json!({ "Nonsense": [] }), 0, "hooks.Nonsense of the user settings: there is no such event"),
        (json!({ "PreToolUse": 1 }), 0, "hooks.PreToolUse of the user settings is not an array"),
        (json!({ "PreToolUse": [{}] }), 0, "hooks.PreToolUse of the user settings[0] has no array `hooks`"),
        (
            json!({ "PreToolUse": [{ "matcher": "(", "hooks": [command] }] }),
            1,
            "hooks.PreToolUse of the user settings[0]: the matcher \"(\" is no valid expression",
        ),
        (
            json!({ "PreToolUse": [{ "hooks": [{ "type": "agent" }] }] }),
            0,
            "hooks.PreToolUse of the user settings[0].hooks[0] is not run: hooks of type \"agent\"",
        ),
        (
            json!({ "PreToolUse": [{ "hooks": [{ "type": "command" }] }] }),
            0,
            "hooks.PreToolUse of the user settings[0].hooks[0] is not run: it has no `command`",
        ),
        (
            json!({ "PreToolUse": [{ "hooks": [{ "type": "command", "command": "x", "args": 1 }] }] }),
            0,
            "hooks.PreToolUse of the user settings[0].hooks[0] is not run: `args`",
        ),
    ] {
        let mut table = HookTable::default();
        let warnings = from_settings(&mut table, &hooks, "user");
        assert!(warnings[0].starts_with(expected), "{warnings:?} for {hooks}");
        assert_eq!(table.of(HookEvent::PreToolUse).len(), count, "{hooks}");
    }
}

#[test]
fn a_matcher_that_is_no_expression_matches_everything() {
    let mut table = HookTable::default();
    let hooks =
        json!({ "PreToolUse": [{ "matcher": "(", "hooks": [{ "type": "command", "command": "x" }] }] });
    from_settings(&mut table, &hooks, "user");
    assert_eq!(table.matching(HookEvent::PreToolUse, "Anything", None).len(), 1);
}
