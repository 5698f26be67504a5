#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::mentions;

#[test]
fn a_mention_is_a_word_of_a_server_and_a_uri_row_331() {
    let table: &[(&str, &[(&str, &str)])] = &[
        ("see @docs:file:///a/b.md please", &[("docs", "file:///a/b.md")]),
        ("@docs:issue://123", &[("docs", "issue://123")]),
        ("(@docs:issue://123), and @my-db:db://t?q=1.", &[("docs", "issue://123"), ("my-db", "db://t?q=1")]),
        ("@docs:x://1 @docs:x://1", &[("docs", "x://1")]),
        ("\"@docs:x://1\"", &[("docs", "x://1")]),
        ("mail me@docs:x://1", &[]),
        ("@docs", &[]),
        ("@docs:readme", &[]),
        ("@:x://1", &[]),
        ("@docs:://x", &[]),
    ];
    for (text, wanted) in table {
        let wanted: Vec<_> = wanted.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(mentions(text), wanted, "{text}");
    }
}
