#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

#[test]
fn a_long_error_loses_its_middle_row_192() {
    let text = format!("{}{}", "a".repeat(6000), "b".repeat(6000));
    let short = cut(&text);
    assert!(short.starts_with("aaa") && short.ends_with("bbb"));
    assert!(short.contains("\n[2000 characters left out]\n"), "{}", short.len());
    assert_eq!(cut("short"), "short");
}
