#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;

#[test]
fn marks_are_taken_out_wherever_the_output_is_cut() {
    let whole = "one\ntwo\nMAR\n\nMARK/a b\nafter\n\nMARK/c\n";
    for size in 1..whole.len() {
        let mut marks = Marks::new("MARK");
        let mut out: Vec<u8> = whole.as_bytes().chunks(size).flat_map(|chunk| marks.push(chunk)).collect();
        out.extend(marks.finish());
        assert_eq!(String::from_utf8(out).unwrap(), "one\ntwo\nMAR\nafter\n", "{size}");
        assert_eq!(marks.last(), Some("/c"));
    }
}

#[test]
fn an_output_that_is_cut_off_in_a_mark_keeps_what_came() {
    let mut marks = Marks::new("MARK");
    assert_eq!(marks.push(b"x\nMA"), b"x");
    assert_eq!(marks.finish(), b"\nMA");
    assert_eq!(marks.last(), None);
}
