#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;

fn numbered(n: usize) -> String {
    (1..=n).map(|i| format!("line {i}\n")).collect()
}

/// Applies hunks the way `patch` does; fails when context or removed lines do not match.
fn apply(old: &str, hunks: &[Hunk]) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let mut new = String::new();
    let mut at = 0;
    for hunk in hunks {
        let start = if hunk.old_lines == 0 { hunk.old_start } else { hunk.old_start - 1 };
        new.extend(old[at..start].iter().copied());
        at = start;
        let count = new.split_inclusive('\n').count();
        assert_eq!(if hunk.new_lines == 0 { hunk.new_start } else { hunk.new_start - 1 }, count, "{hunk:?}");
        let mut lines = hunk.lines.iter().peekable();
        while let Some(line) = lines.next() {
            let bare = lines.next_if(|next| next.starts_with('\\')).is_some();
            let text = format!("{}{}", &line[1..], if bare { "" } else { "\n" });
            match &line[..1] {
                " " => {
                    assert_eq!(old[at], text);
                    new.push_str(&text);
                    at += 1;
                }
                "-" => {
                    assert_eq!(old[at], text);
                    at += 1;
                }
                "+" => new.push_str(&text),
                other => panic!("{other}"),
            }
        }
    }
    new.extend(old[at..].iter().copied());
    new
}

fn replace(old: &str, from: &str, to: &str) -> Vec<Hunk> {
    let ranges: Vec<_> = old.match_indices(from).map(|(at, found)| at..at + found.len()).collect();
    let hunks = of_replacements(old, &ranges, to);
    assert_eq!(apply(old, &hunks), old.replace(from, to), "{from:?} -> {to:?}");
    hunks
}

#[test]
fn a_change_in_the_middle_has_three_lines_of_context() {
    let hunks = replace(&numbered(20), "line 10\n", "ten\n");
    let expected = [" line 7", " line 8", " line 9", "-line 10", "+ten", " line 11", " line 12", " line 13"];
    assert_eq!(hunks.len(), 1);
    assert_eq!(hunks[0].lines, expected);
    assert_eq!(
        (hunks[0].old_start, hunks[0].old_lines, hunks[0].new_start, hunks[0].new_lines),
        (7, 7, 7, 7)
    );
}

#[test]
fn near_changes_share_a_hunk_and_far_ones_do_not() {
    let near = numbered(9).replace("line 3\n", "x\n").replace("line 7\n", "x\n");
    assert_eq!(replace(&near, "x\n", "y\nz\n").len(), 1);
    let far = numbered(40).replace("line 3\n", "x\n").replace("line 30\n", "x\n");
    let hunks = replace(&far, "x\n", "y\nz\n");
    assert_eq!(hunks.len(), 2);
    assert_eq!((hunks[1].old_start, hunks[1].new_start), (27, 28));
}

#[test]
fn replacements_anywhere_in_lines_give_patches_that_apply() {
    let old = "ab\nab ab\n\nlast ab";
    for to in ["", "x", "x\n", "\n", "one\ntwo", "ab"] {
        for from in ["ab", "b\n", "\n", "ab\n", "last ab", "b\nab", old] {
            replace(old, from, to);
        }
    }
}

#[test]
fn replacements_of_several_ranges_apply_wherever_they_end() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..3000 {
        let old: String =
            (0..random.usize(1..30)).map(|_| random.choice(['a', 'b', '\n']).unwrap()).collect();
        let mut cuts: Vec<usize> = (0..2 * random.usize(1..4)).map(|_| random.usize(0..=old.len())).collect();
        cuts.sort_unstable();
        let ranges: Vec<_> =
            cuts.as_chunks::<2>().0.iter().map(|[a, b]| *a..*b).filter(|r| !r.is_empty()).collect();
        let with = ["", "x", "x\n", "\n", "x\ny"][random.usize(0..5)];
        let mut new = old.clone();
        for range in ranges.iter().rev() {
            new.replace_range(range.clone(), with);
        }
        assert_eq!(apply(&old, &of_replacements(&old, &ranges, with)), new, "{old:?} {ranges:?} {with:?}");
    }
}

#[test]
fn diffs_apply_too() {
    let texts =
        ["", "a", "a\n", "a\nb\n", "b\na\n", "a\r\nb\r\n", "a\nb\nc\nd\ne\nf\ng\nh\ni\n", "i\nh\na\nb\nc\n"];
    for old in texts {
        for new in texts {
            assert_eq!(apply(old, &diff(old, new)), new, "{old:?} -> {new:?}");
            assert_eq!(diff(old, new).is_empty(), old == new);
        }
    }
}

#[test]
fn a_missing_final_line_break_is_said() {
    let hunks = diff("a\nb", "a\nb\n");
    assert_eq!(hunks[0].lines, [" a", "-b", "\\ No newline at end of file", "+b"]);
}
