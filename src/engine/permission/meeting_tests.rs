#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::{Found, covered, glyphs};
use super::{Step, literally};
use std::path::Path;

/// Whether the rule `line` may meet what `pattern` finds below `/w/app`.
fn meets(line: &str, pattern: &str, hidden: bool) -> bool {
    let names =
        pattern.split('/').map(|name| if name == "..." { Step::Any } else { Step::Name(glyphs(name)) });
    let steps = literally(Path::new("/w/app")).chain(names).collect();
    Found { steps, hidden }.meets(&covered(Path::new("/w/app"), line))
}

#[test]
fn patterns_meet_when_one_file_fits_both_row_122() {
    for (line, pattern) in [
        (".env", ".e*"),
        (".env", "db/.e?v"),
        (".env*", ".*"),
        (".env", ".[e]nv"),
        ("*.pem", "keys/*"),
        ("*.pem", "*.p*m"),
        ("secrets", "s*/x"),
        ("secrets", "secrets/*"),
        ("/a/**/b", "a/*"),
        ("/a/**/b", "a/x/y/*"),
        ("**/b", "*"),
        ("**", "*"),
        ("\\*", "*"),
        (".env", "..."),
    ] {
        assert!(meets(line, pattern, false), "{line} and {pattern}");
    }
    for (line, pattern) in [
        (".env", "*"),
        (".env", "?env"),
        (".env", "src/*.rs"),
        ("*.pem", "*.rs"),
        ("/secrets/x", "src/*"),
        ("secrets/x", "db/*"),
        ("/a/**/b", "c/*"),
    ] {
        assert!(!meets(line, pattern, false), "{line} and {pattern}");
    }
    assert!(meets(".env", "*", true), "hidden files are found when something says so");
}

#[test]
fn many_stars_take_no_time() {
    let stars = "*a".repeat(2_000);
    assert!(!meets(&"*b".repeat(500), &stars, true));
}
