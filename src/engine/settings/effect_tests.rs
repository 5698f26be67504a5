#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::permission::Rule;
use serde_json::json;

fn layer(source: Source, settings: Value) -> Layer {
    let settings = settings.as_object().unwrap().clone();
    let mut checked = settings.clone();
    let rules = crate::engine::settings::check::check("options.settings", None, &mut checked).unwrap().rules;
    Layer { source, path: None, root: "/r".into(), raw: settings, settings: checked, rules }
}

fn env(of: &[(&str, &str)]) -> Env {
    Env::new(of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn variables_of_files_yield_to_what_the_host_gave_itself() {
    let vars = |value: &str| json!({ "env": { "X": value } });
    let rows = [
        (vec![Source::User], true, None, "user"),
        (vec![Source::User, Source::Project], true, None, "project"),
        (vec![Source::User], true, Some("host"), "host"),
        (vec![Source::User], false, Some("host"), "user"),
        (vec![Source::Flag], true, Some("host"), "flag"),
        (vec![Source::Flag, Source::Managed], true, Some("host"), "managed"),
    ];
    for (sources, given, host, expected) in rows {
        let layers: Vec<_> = sources.iter().map(|source| layer(*source, vars(source.as_str()))).collect();
        let base = host.map(|value| vec![("X", value)]).unwrap_or_default();
        let result = Effect::new(&layers).env(&env(&base), given);
        assert_eq!(result.get("X"), Some(expected), "{sources:?} {given} {host:?}");
    }
}

fn allows(rules: &RuleSet) -> Vec<String> {
    rules.rules(PermissionBehavior::Allow).iter().map(|entry| entry.rule.to_string()).collect()
}

#[test]
fn rules_of_all_sources_join_row_131() {
    let layers = [
        layer(Source::User, json!({ "permissions": { "allow": ["Read"], "deny": ["Bash"] } })),
        layer(Source::Project, json!({ "permissions": { "allow": ["Read", "Edit"], "ask": ["Write"] } })),
    ];
    let mut rules = RuleSet::from_options(&["Glob".to_owned()], &[]).unwrap();
    Effect::new(&layers).add_rules(&mut rules).unwrap();
    assert_eq!(allows(&rules), ["Glob", "Read", "Read", "Edit"]);
    assert_eq!(Effect::new(&layers).hidden_tools(), ["Bash"]);
    let sources: Vec<_> =
        rules.rules(PermissionBehavior::Allow).iter().map(|entry| entry.source.as_str()).collect();
    assert_eq!(sources, ["cliArg", "userSettings", "projectSettings", "projectSettings"]);
}

#[test]
fn a_policy_may_be_the_only_one_to_allow() {
    let only = json!({ "allowManagedPermissionRulesOnly": true, "permissions": { "allow": ["Read"] } });
    let user = json!({ "allowManagedPermissionRulesOnly": true, "permissions": { "allow": ["Edit"], "deny": ["Bash"] } });
    let mut rules = RuleSet::from_options(&["Glob".to_owned()], &["Write".to_owned()]).unwrap();
    let layers = [layer(Source::User, user.clone()), layer(Source::Managed, only)];
    Effect::new(&layers).add_rules(&mut rules).unwrap();
    assert_eq!(allows(&rules), ["Read"]);
    assert_eq!(rules.rules(PermissionBehavior::Deny).len(), 2);
    let mut rules = RuleSet::default();
    Effect::new(&[layer(Source::User, user)]).add_rules(&mut rules).unwrap();
    assert_eq!(allows(&rules), ["Edit"], "only a policy can say it");
}

#[test]
fn rules_of_options_and_policies_are_out_of_reach_of_updates() {
    let mut rules = RuleSet::default();
    let deny = json!({ "permissions": { "deny": ["Bash"] } });
    Effect::new(&[layer(Source::Flag, deny.clone()), layer(Source::Managed, deny)])
        .add_rules(&mut rules)
        .unwrap();
    for destination in ["flagSettings", "policySettings"] {
        let update =
            json!({ "type": "replaceRules", "rules": [], "behavior": "deny", "destination": destination });
        assert!(serde_json::from_value::<crate::engine::permission::PermissionUpdate>(update).is_err());
    }
    for destination in ["userSettings", "projectSettings", "localSettings", "session", "cliArg"] {
        let update =
            json!({ "type": "replaceRules", "rules": [], "behavior": "deny", "destination": destination });
        rules.apply(&serde_json::from_value(update).unwrap()).unwrap();
    }
    assert_eq!(rules.rules(PermissionBehavior::Deny).len(), 2);
    assert!(
        rules.rules(PermissionBehavior::Deny).iter().all(|entry| entry.rule == Rule::parse("Bash").unwrap())
    );
}

#[test]
fn modes_are_disabled_from_any_source_row_80() {
    for source in [Source::User, Source::Project, Source::Local, Source::Flag, Source::Managed] {
        let settings = json!({ "permissions": { "disableBypassPermissionsMode": "disable", "disableAutoMode": "disable" } });
        let layers = [layer(source, settings)];
        let effect = Effect::new(&layers);
        assert!(effect.bypass_disabled_by().is_some() && effect.auto_disabled_by().is_some());
    }
    assert_eq!(Effect::new(&[]).bypass_disabled_by(), None);
}

#[test]
fn directories_are_absolute() {
    let dirs =
        |source, dirs: Value| layer(source, json!({ "permissions": { "additionalDirectories": dirs } }));
    let layers =
        [dirs(Source::User, json!(["~/x", "y", "/z"])), dirs(Source::Project, json!(["../p", "/z"]))];
    let found = Effect::new(&layers).directories(Path::new("/cwd"), Some(Path::new("/home")));
    let expected: Vec<PathBuf> = ["/home/x", "/cwd/y", "/z", "/r/../p"].iter().map(PathBuf::from).collect();
    assert_eq!(found, expected);
}
