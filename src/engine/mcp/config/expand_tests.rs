#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;

#[test]
fn variables_and_defaults_are_expanded_row_317() {
    let env = Env::new([("A".to_owned(), "one".to_owned()), ("EMPTY".to_owned(), String::new())]);
    for (text, expanded, missing) in [
        ("plain $A", "plain $A", None),
        ("x${A}y${A}", "xoneyone", None),
        ("${B:-two}", "two", None),
        ("${A:-two}", "one", None),
        ("${EMPTY:-two}", "two", None),
        ("${B:-}", "", None),
        ("${B:-http://h:1/p}", "http://h:1/p", None),
        ("a${B}c", "a${B}c", Some("B")),
        ("${", "${", None),
        ("${A", "${A", None),
        ("${}${1}", "${}${1}", None),
        ("${A}${", "one${", None),
    ] {
        let mut found = Vec::new();
        assert_eq!(expand(text, &env, &mut found), expanded, "{text}");
        assert_eq!(found.first().map(String::as_str), missing, "{text}");
    }
}
