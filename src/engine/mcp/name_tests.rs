#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;

#[test]
fn other_characters_become_underscores_row_312() {
    assert_eq!(full(&normalise("my server.io"), &normalise("get/it now")), "mcp__my_server_io__get_it_now");
    assert_eq!(normalise("Größe-1_a"), "Gr__e-1_a");
}

#[test]
fn a_long_name_is_shortened_and_stays_apart_from_its_neighbours() {
    let (one, two) = (full("s", &("x".repeat(200) + "1")), full("s", &("x".repeat(200) + "2")));
    assert_eq!((one.len(), two.len()), (128, 128));
    assert_ne!(one, two);
    assert!(one.starts_with("mcp__s__xxx"));
    // What it is called may not change between versions: rules name it.
    assert_eq!(full("s", &"x".repeat(200)).split_at(111).1, "_5eb472cdf0d64d4c");
    assert_eq!(full("s", "short"), "mcp__s__short");
}

#[test]
fn reserved_names_are_known_row_336() {
    for name in ["workspace", "claude-in-chrome", "computer-use", "Claude Preview", "Claude_Browser"] {
        assert!(is_reserved(name), "{name}");
    }
    assert!(!is_reserved("workspaces"));
}
