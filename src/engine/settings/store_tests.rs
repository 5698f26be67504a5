#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

fn layer(source: Source, settings: Value) -> Layer {
    let settings = settings.as_object().unwrap().clone();
    Layer { source, path: None, root: "/r".into(), raw: settings.clone(), settings, rules: Vec::new() }
}

fn store(layers: Vec<Layer>, sources: Vec<Source>) -> Store {
    let places = Places {
        user: None,
        project: "/r/.claude/p".into(),
        local: "/r/.claude/l".into(),
        managed: "/m".into(),
    };
    Store::new(Loaded { layers, places, warnings: Vec::new(), again: None }, sources, WriteLock::default())
}

#[test]
fn hooks_that_count_row_173() {
    use Source::{Managed, Project, User};
    let hooks = |more: Value| {
        let mut settings = json!({ "hooks": { "Stop": [] } });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        settings
    };
    for (user, project, managed, expected) in [
        (json!({}), json!({}), json!({}), vec![User, Project, Managed]),
        (json!({ "disableAllHooks": true }), json!({}), json!({}), vec![Managed]),
        (
            json!({ "disableAllHooks": true }),
            json!({ "disableAllHooks": false }),
            json!({}),
            vec![User, Project, Managed],
        ),
        (json!({}), json!({}), json!({ "disableAllHooks": true }), vec![]),
        (json!({}), json!({}), json!({ "allowManagedHooksOnly": true }), vec![Managed]),
        (json!({ "allowManagedHooksOnly": true }), json!({}), json!({}), vec![User, Project, Managed]),
    ] {
        let case = format!("{user} {project} {managed}");
        let layers =
            vec![layer(User, hooks(user)), layer(Project, hooks(project)), layer(Managed, hooks(managed))];
        let found: Vec<_> = store(layers, vec![]).hooks().into_iter().map(|(source, _)| source).collect();
        assert_eq!(found, expected, "{case}");
    }
}

fn suggestion(behavior: &str, destination: &str) -> PermissionUpdate {
    let update = json!({ "type": "addRules", "rules": [{ "toolName": "Bash" }], "behavior": behavior, "destination": destination });
    serde_json::from_value(update).unwrap()
}

#[test]
fn suggestions_name_a_file_only_if_its_source_is_loaded_row_91() {
    for (sources, expected) in [
        (vec![], "session"),
        (vec![Source::User, Source::Project], "session"),
        (vec![Source::Project, Source::Local], "localSettings"),
    ] {
        let mut suggestions = [suggestion("allow", "session")];
        store(Vec::new(), sources).place(&mut suggestions);
        assert_eq!(suggestions, [suggestion("allow", expected)]);
    }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn flags_change_by_top_level_keys_row_151() {
    let store = store(vec![layer(Source::User, json!({})), layer(Source::Managed, json!({}))], vec![]);
    let first = json!({ "permissions": { "allow": ["Read"] }, "model": "a" });
    let (before, after) = store.change_flag(object(first)).unwrap();
    assert!(before.is_none() && after.rules.len() == 1);
    let second = json!({ "permissions": { "deny": ["Bash"] }, "model": null });
    let (before, after) = store.change_flag(object(second)).unwrap();
    assert_eq!(before.unwrap().settings["model"], "a");
    assert_eq!(Value::Object(after.settings), json!({ "permissions": { "deny": ["Bash"] } }));
    let order: Vec<_> = store.layers().iter().map(|layer| layer.source).collect();
    assert_eq!(order, [Source::User, Source::Flag, Source::Managed]);
}

#[test]
fn a_flag_that_cannot_change_changes_nothing() {
    let store = store(Vec::new(), vec![]);
    for (partial, kind) in [
        (json!({ "model": "a", "env": { "A": "1" } }), ErrorKind::UnsupportedOption),
        (json!({ "hooks": null }), ErrorKind::UnsupportedOption),
        (json!({ "permissions": { "defaultMode": "plan" } }), ErrorKind::UnsupportedOption),
        (json!({ "model": "a", "permissions": { "allow": ["Bash("] } }), ErrorKind::InvalidRule),
        (json!({ "model": 7 }), ErrorKind::InvalidInput),
    ] {
        assert_eq!(store.change_flag(object(partial.clone())).unwrap_err().kind, kind, "{partial}");
        assert!(store.layers().is_empty());
    }
}
