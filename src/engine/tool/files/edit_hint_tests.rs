#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

#[test]
fn places_are_lines_named_once_row_258() {
    let text = "a a\nb\na\n";
    let at = |old: &str| {
        let found: Vec<_> = text.match_indices(old).map(|(at, found)| at..at + found.len()).collect();
        places(text, &found)
    };
    assert_eq!(at("a"), "lines 1 and 3");
    assert_eq!(at("b"), "line 2");
    assert_eq!(at("\n"), "lines 1, 2 and 3");
    let many = "x\n".repeat(30);
    let found: Vec<_> = many.match_indices('x').map(|(at, _)| at..at + 1).collect();
    assert_eq!(places(&many, &found), "lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and further down");
}

#[test]
fn the_nearest_line_is_named_if_it_is_near_row_258() {
    let text = "fn main() {\n\tlet total = first + second;\n\tprintln!(\"{total}\");\n}\n";
    for (old, expected) in [
        (
            "    let total = first + second;\n    println!(\"{total}\");",
            Some(
                "Line 2 and what follows is the same except for white space: \"\\tlet total = first + second;\".",
            ),
        ),
        (
            "let total = first + third;",
            Some("The most similar line is line 2: \"\\tlet total = first + second;\"."),
        ),
        ("something else altogether", None),
        ("xyz", None),
        ("", None),
        ("\n\n", None),
    ] {
        assert_eq!(nearest(text, old).as_deref(), expected, "{old:?}");
    }
    assert_eq!(nearest("", "let total = 1;"), None);
}

#[test]
fn long_lines_and_large_files_are_no_trouble() {
    let text = format!("{}\n{}", "x".repeat(100_000), "let a = b;\n".repeat(20_000));
    assert!(nearest(&text, &"y".repeat(90_000)).is_none());
    assert!(nearest(&text, "let a = c;").unwrap().starts_with("The most similar line is line 2: "));
}
