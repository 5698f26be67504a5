#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::Extent::{self, LinesCut, Whole};

fn lines(ranges: &[(u64, u64)], cut: bool) -> Extent {
    Extent::Lines { ranges: ranges.to_vec(), cut, earlier: false }
}

#[test]
fn views_add_up_to_a_whole_row_259() {
    let none = None;
    for (start, count, total, cut, before, expected) in [
        (1, 10, 10, false, none.clone(), Whole),
        (1, 10, 10, true, none.clone(), LinesCut),
        (1, 0, 0, false, none.clone(), Whole),
        (1, 5, 10, false, none.clone(), lines(&[(1, 6)], false)),
        (20, 0, 10, false, none, lines(&[], false)),
        (6, 5, 10, false, Some(lines(&[(1, 6)], false)), Whole),
        (6, 5, 10, true, Some(lines(&[(1, 6)], false)), LinesCut),
        (6, 5, 10, false, Some(lines(&[(1, 6)], true)), LinesCut),
        (7, 4, 10, false, Some(lines(&[(1, 6)], false)), lines(&[(1, 6), (7, 11)], false)),
        (2, 2, 10, false, Some(lines(&[(1, 6)], false)), lines(&[(1, 6)], false)),
        (1, 2, 10, false, Some(Whole), Whole),
        (1, 2, 10, false, Some(LinesCut), LinesCut),
        (1, 10, 10, false, Some(LinesCut), Whole),
    ] {
        assert_eq!(Extent::of_lines(start, count, total, cut, before.as_ref()), expected);
    }
}
