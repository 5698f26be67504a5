#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::{PermissionBehavior, PermissionUpdateDestination, Rule, RuleSet};
use super::ReadFilter;
use std::path::Path;

#[test]
fn rules_about_reading_hide_files_row_123() {
    let mut rules = RuleSet::default();
    let session = PermissionUpdateDestination::Session;
    for (text, behavior) in [
        ("Read(secret/**)", PermissionBehavior::Deny),
        ("Read(*.pem)", PermissionBehavior::Ask),
        ("Edit(src/**)", PermissionBehavior::Deny),
        ("Read(open/**)", PermissionBehavior::Allow),
    ] {
        rules.add(Rule::parse(text).unwrap(), behavior, session).unwrap();
    }
    let filter = ReadFilter::new(&rules, Path::new("/app"), None);
    for (path, hidden) in [
        ("/app/secret/a", true),
        ("/app/x/secret/a", true),
        ("/app/x/key.pem", true),
        ("/app/src/a", false),
        ("/app/open/a", false),
        ("/elsewhere/secret/a", false),
    ] {
        assert_eq!(filter.hides(Path::new(path)), hidden, "{path}");
    }
    assert!(!filter.is_empty());
    assert!(ReadFilter::default().is_empty() && !ReadFilter::default().hides(Path::new("/app/secret/a")));
}

#[test]
fn patterns_start_where_their_source_is_row_121() {
    let user = PermissionUpdateDestination::UserSettings;
    let mut rules = RuleSet::default();
    rules.set_root(user, Path::new("/home/me/.claude"));
    rules.add(Rule::parse("Read(/keys/**)").unwrap(), PermissionBehavior::Deny, user).unwrap();
    rules
        .add(
            Rule::parse("Read(/own/**)").unwrap(),
            PermissionBehavior::Deny,
            PermissionUpdateDestination::Session,
        )
        .unwrap();
    let filter = ReadFilter::new(&rules, Path::new("/app"), None);
    assert!(filter.hides(Path::new("/home/me/.claude/keys/a")));
    assert!(!filter.hides(Path::new("/app/keys/a")));
    assert!(filter.hides(Path::new("/app/own/a")));
    assert!(!filter.hides(Path::new("/home/me/.claude/own/a")));
}
