#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::hook::table::Kind;
use serde_json::json;

fn add(table: &mut HookTable, hooks: &Value, source: Source) -> Vec<String> {
    from_settings(table, hooks, &Origin { source, limits: &Limits::default() })
}

fn commands(table: &HookTable, event: HookEvent) -> Vec<&Command> {
    table
        .of(event)
        .iter()
        .map(|hook| {
            let Handler::Command(command) = &hook.handler else { panic!("{:?}", hook.handler) };
            &**command
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
    assert_eq!(add(&mut table, &hooks, Source::Project), Vec::<String>::new());
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
    for (source, matcher) in [(Source::User, "Bash"), (Source::Project, "Bash"), (Source::Local, "Edit")] {
        add(&mut table, &hooks(matcher), source);
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
            json!({ "PreToolUse": [{ "hooks": [{ "type": "agnet" }] }] }),
            0,
            "hooks.PreToolUse of the user settings[0].hooks[0] is not run: \"agnet\" is no type of hook",
        ),
        (
            json!({ "PreToolUse": [{ "hooks": [{ "type": "agent" }] }] }),
            0,
            "hooks.PreToolUse of the user settings[0].hooks[0] is not run: it has no `prompt`",
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
        let warnings = add(&mut table, &hooks, Source::User);
        assert!(warnings[0].starts_with(expected), "{warnings:?} for {hooks}");
        assert_eq!(table.of(HookEvent::PreToolUse).len(), count, "{hooks}");
    }
}

#[test]
fn a_matcher_that_cannot_be_read_matches_everything() {
    for (matcher, told) in [(json!("("), 1), (json!(5), 1), (json!(["Bash"]), 1), (Value::Null, 0)] {
        let mut table = HookTable::default();
        let hooks = json!({ "PreToolUse": [{ "matcher": matcher, "hooks": [{ "type": "command", "command": "x" }] }] });
        let warnings = add(&mut table, &hooks, Source::User);
        assert_eq!(warnings.len(), told, "{warnings:?}");
        assert!(warnings.iter().all(|warning| warning.ends_with(": it matches everything.")), "{warnings:?}");
        assert_eq!(table.matching(HookEvent::PreToolUse, "Anything", None).len(), 1, "{matcher}");
    }
}

#[test]
fn a_member_of_a_wrong_type_is_told_and_its_hook_guards_on() {
    let limit = "`timeout` must be a number of seconds above 0: the usual limit counts.";
    let failure = "`onFailure` must be \"block\" or \"continue\": a failure blocks.";
    for (name, value, expected) in [
        ("timeout", json!("5"), limit),
        ("timeout", json!(-1), limit),
        ("timeout", json!(0), limit),
        ("timeout", json!(1e300), limit),
        ("onFailure", json!("blok"), failure),
        ("onFailure", json!(true), failure),
        ("async", json!("yes"), "`async` must be true or false: it counts as false."),
        ("asyncRewake", json!(1), "`asyncRewake` must be true or false: it counts as false."),
        ("shell", json!(5), "`shell` must be a text: it is ignored."),
    ] {
        let mut table = HookTable::default();
        let mut handler = json!({ "type": "command", "command": "x" });
        handler[name] = value.clone();
        let warnings = add(&mut table, &json!({ "PreToolUse": [{ "hooks": [handler] }] }), Source::User);
        let path = "hooks.PreToolUse of the user settings[0].hooks[0]";
        assert_eq!(warnings, [format!("{path}: {expected}")], "{name}: {value}");
        assert!(!commands(&table, HookEvent::PreToolUse)[0].background, "{name}: {value}");
        let hook = &table.of(HookEvent::PreToolUse)[0];
        let blocks = (name == "onFailure").then_some(OnFailure::Block);
        assert_eq!((hook.timeout, hook.on_failure), (None, blocks), "{name}: {value}");
        // Nothing is asked for by null.
        let mut table = HookTable::default();
        let plain =
            json!({ "PreToolUse": [{ "hooks": [{ "type": "command", "command": "x", name: null }] }] });
        assert_eq!(add(&mut table, &plain, Source::User), Vec::<String>::new(), "{name}");
        assert_eq!(table.of(HookEvent::PreToolUse)[0].on_failure, None, "{name}");
    }
    let mut table = HookTable::default();
    let question = json!({ "type": "prompt", "prompt": "?", "model": 5, "continueOnBlock": "no" });
    let warnings = add(&mut table, &json!({ "Stop": [{ "hooks": [question] }] }), Source::User);
    assert_eq!((warnings.len(), table.of(HookEvent::Stop).len()), (2, 1), "{warnings:?}");
}

const ALL_TYPES: [HookEvent; 12] = [
    HookEvent::PreToolUse,
    HookEvent::PostToolUse,
    HookEvent::PostToolUseFailure,
    HookEvent::PostToolBatch,
    HookEvent::PermissionRequest,
    HookEvent::PermissionDenied,
    HookEvent::UserPromptSubmit,
    HookEvent::UserPromptExpansion,
    HookEvent::Stop,
    HookEvent::SubagentStop,
    HookEvent::TaskCreated,
    HookEvent::TaskCompleted,
];

#[test]
fn each_event_takes_its_types_of_handlers_row_180() {
    let handlers = [
        ("command", json!({ "type": "command", "command": "x" })),
        ("mcp_tool", json!({ "type": "mcp_tool", "server": "s", "tool": "t" })),
        ("http", json!({ "type": "http", "url": "http://localhost/x" })),
        ("prompt", json!({ "type": "prompt", "prompt": "?" })),
        ("agent", json!({ "type": "agent", "prompt": "?" })),
    ];
    for event in HookEvent::ALL.iter().copied() {
        let most = if [HookEvent::SessionStart, HookEvent::Setup].contains(&event) {
            2
        } else if ALL_TYPES.contains(&event) {
            5
        } else {
            3
        };
        for (at, (kind, handler)) in handlers.iter().enumerate() {
            let mut table = HookTable::default();
            let hooks = json!({ event.name(): [{ "hooks": [handler] }] });
            let warnings = add(&mut table, &hooks, Source::User);
            assert_eq!(table.of(event).len(), usize::from(at < most), "{event:?} {kind}: {warnings:?}");
            assert_eq!(warnings.is_empty(), at < most, "{event:?} {kind}: {warnings:?}");
        }
    }
}

#[test]
fn default_limits_go_by_event_and_type_row_164() {
    let handlers = json!([
        { "type": "command", "command": "x" },
        { "type": "mcp_tool", "server": "s", "tool": "t" },
        { "type": "http", "url": "http://localhost/x" },
        { "type": "prompt", "prompt": "?" },
        { "type": "agent", "prompt": "?" },
    ]);
    for (event, wanted) in [
        (HookEvent::PreToolUse, [600, 600, 600, 30, 60]),
        (HookEvent::UserPromptSubmit, [30; 5]),
        (HookEvent::Stop, [600, 600, 600, 30, 60]),
    ] {
        let mut table = HookTable::default();
        add(&mut table, &json!({ event.name(): [{ "hooks": handlers }] }), Source::User);
        let limits: Vec<u64> = table
            .of(event)
            .iter()
            .map(|hook| event.default_timeout(hook.handler.kind()).unwrap().as_secs())
            .collect();
        assert_eq!(limits, wanted, "{event:?}");
    }
    let of = |event: HookEvent| event.default_timeout(Kind::Command).unwrap();
    assert_eq!(of(HookEvent::MessageDisplay), Duration::from_secs(10));
    assert_eq!(of(HookEvent::SessionEnd), Duration::from_millis(1500));
    assert_eq!(HookEvent::PermissionRequest.default_timeout(Kind::Callback), None, "people take their time");
}

#[test]
fn a_condition_is_a_rule_and_one_that_is_none_always_holds_row_172() {
    let hook = |rule: Value| json!({ "PreToolUse": [{ "hooks": [{ "type": "command", "command": "x", "if": rule }] }] });
    for (rule, read, told) in
        [(json!("Bash(git *)"), true, false), (json!("Bash(git"), false, true), (json!(3), false, true)]
    {
        let mut table = HookTable::default();
        let warnings = add(&mut table, &hook(rule.clone()), Source::User);
        assert_eq!(table.of(HookEvent::PreToolUse)[0].condition.is_some(), read, "{rule}");
        assert_eq!(!warnings.is_empty(), told, "{rule}: {warnings:?}");
    }
    let mut table = HookTable::default();
    let stop = json!({ "Stop": [{ "hooks": [{ "type": "command", "command": "x", "if": "Bash" }] }] });
    assert_eq!(add(&mut table, &stop, Source::User).len(), 1);
    assert!(table.of(HookEvent::Stop).is_empty(), "it never runs there");
}
