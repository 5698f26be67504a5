#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::{Anchors, PathRule, pattern_for};
use std::path::Path;

fn check(rule: &str, path: &str) -> (bool, bool) {
    let cwd = Path::new("/home/me/app");
    let anchors = Anchors { cwd, home: Some(Path::new("/home/me")), source: cwd };
    let rule = PathRule::new(rule).unwrap();
    (rule.allows(Path::new(path), anchors), rule.stops(Path::new(path), anchors))
}

#[test]
fn patterns_follow_gitignore_row_120_row_122() {
    for (rule, path, allows, stops) in [
        ("//etc/hosts", "/etc/hosts", true, true),
        ("//etc/**", "/etc/a/b", true, true),
        ("//etc/**", "/etc2/a", false, false),
        ("//**", "/x/y", true, true),
        ("~/.ssh/**", "/home/me/.ssh/id", true, true),
        ("~/.ssh/**", "/home/you/.ssh/id", false, false),
        ("~/**", "/home/me/x", true, true),
        ("~", "/home/me/x", true, true),
        ("/src/**", "/home/me/app/src/a", true, true),
        ("/src/**", "/home/me/app/x/src/a", false, false),
        ("src/**", "/home/me/app/src/a/b", true, true),
        ("src/**", "/home/me/app/src", true, true),
        ("src/**", "/home/me/app/x/src/a", false, true),
        ("src/", "/home/me/app/x/src/a", false, true),
        ("a/b/**", "/home/me/app/x/a/b/c", false, false),
        ("**/b/**", "/home/me/app/x/b/c", true, true),
        (".env", "/home/me/app/x/.env", true, true),
        (".env", "/home/me/.env", false, false),
        ("./.env", "/home/me/app/.env", true, true),
        ("./.env", "/home/me/app/x/.env", false, true),
        ("*.rs", "/home/me/app/x/a.rs", true, true),
        ("*.rs", "/home/me/app/x/a.rsx", false, false),
        ("src/*.rs", "/home/me/app/src/a.rs", true, true),
        ("src/*.rs", "/home/me/app/src/x/a.rs", false, false),
        ("src/?.rs", "/home/me/app/src/a.rs", true, true),
        ("**", "/home/me/app/a/b", true, true),
        ("**", "/home/me/x", false, false),
        ("**", "/home/me/app", true, true),
        ("*.rs", "/home/me/app", false, false),
        ("!a", "/home/me/app/!a", true, true),
        ("#a", "/home/me/app/#a", true, true),
        ("../lib/**", "/home/me/lib/x", true, true),
        ("../lib/**", "/home/me/app/lib/x", false, false),
        ("../../x", "/home/x", true, true),
        (r"a\[1\].txt", "/home/me/app/a[1].txt", true, true),
        ("a[12].txt", "/home/me/app/a1.txt", true, true),
    ] {
        assert_eq!(check(rule, path), (allows, stops), "{rule} {path}");
    }
}

#[test]
fn home_must_be_known() {
    let anchors = Anchors { cwd: Path::new("/a"), home: None, source: Path::new("/a") };
    assert!(!PathRule::new("~/**").unwrap().allows(Path::new("/elsewhere/x"), anchors));
}

#[test]
fn generated_patterns_match_themselves_only_row_127() {
    for path in ["/a/b*c", "/a/[x]", "/a/!b", "/a/#b", "/a/b?", r"/a/b\c", "/a/{b,c}", "/a/b c"] {
        let pattern = pattern_for(Path::new(path));
        assert_eq!(check(&pattern, path), (true, true), "{pattern}");
    }
    assert_eq!(check(&pattern_for(Path::new("/a/b*c")), "/a/bxc"), (false, false));
}
