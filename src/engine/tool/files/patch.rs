//! `structuredPatch`: what changed between two texts, as hunks with three lines of context.

use serde::Serialize;
use std::ops::Range;
use std::time::Duration;

/// One hunk in the shape of the public types. Line numbers count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hunk {
    /// First line of the hunk in the old text; 0 when the old text is empty.
    pub old_start: usize,
    /// Number of its old lines.
    pub old_lines: usize,
    /// First line in the new text; 0 when the new text is empty.
    pub new_start: usize,
    /// Number of its new lines.
    pub new_lines: usize,
    /// Lines with a prefix: space, `-` or `+`; a missing final line break is said by `\ No newline at end of file`.
    pub lines: Vec<String>,
}

/// Lines of context around a change.
const CONTEXT: usize = 3;
/// After this long a diff gives up being minimal.
const DIFF_TIME: Duration = Duration::from_millis(200);

/// Old lines that are replaced by new ones.
#[derive(Debug)]
struct Change<'a> {
    old: Range<usize>,
    new: Vec<&'a str>,
}

/// The hunks between two texts.
pub fn diff(old: &str, new: &str) -> Vec<Hunk> {
    let (old_lines, new_lines) = (lines(old), lines(new));
    let diff = similar::TextDiff::configure().timeout(DIFF_TIME).diff_slices(&old_lines, &new_lines);
    let changes = diff
        .ops()
        .iter()
        .filter(|op| op.tag() != similar::DiffTag::Equal)
        .map(|op| Change { old: op.old_range(), new: new_lines[op.new_range()].to_vec() })
        .collect();
    hunks(&old_lines, changes)
}

/// The hunks of replacing `ranges` of `old` (byte ranges, ascending, apart) by `with`. Looks at changed lines only.
pub fn of_replacements(old: &str, ranges: &[Range<usize>], with: &str) -> Vec<Hunk> {
    let old_lines = lines(old);
    let starts: Vec<usize> = old_lines
        .iter()
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some(start)
        })
        .collect();
    let line_of = |byte: usize| starts.partition_point(|start| *start <= byte).saturating_sub(1);
    // Blocks of whole lines that the replacements touch, each with its new text.
    let mut blocks: Vec<(Range<usize>, String)> = Vec::new();
    let mut copied = 0;
    for range in ranges {
        let first = line_of(range.start);
        let ends_at_line_start =
            range.end > range.start && starts.get(line_of(range.end)) == Some(&range.end);
        // A replacement that ends with a whole line still touches the next one if it takes away the line break.
        let last = if ends_at_line_start && with.ends_with('\n') {
            line_of(range.end)
        } else {
            line_of(range.end) + 1
        };
        let last = last.max(first + 1).min(old_lines.len());
        match blocks.last_mut() {
            Some((block, text)) if first < block.end => {
                text.push_str(&old[copied..range.start]);
                block.end = block.end.max(last);
            }
            _ => {
                close(&mut blocks, old, &starts, copied);
                let start = starts.get(first).copied().unwrap_or(old.len());
                blocks.push((first.min(old_lines.len())..last, old[start..range.start].to_owned()));
            }
        }
        if let Some((_, text)) = blocks.last_mut() {
            text.push_str(with);
        }
        copied = range.end;
    }
    close(&mut blocks, old, &starts, copied);
    let changes =
        blocks.iter().map(|(block, text)| trimmed(&old_lines, block.clone(), lines(text))).collect();
    hunks(&old_lines, changes)
}

/// Completes the last block with what follows its last replacement.
fn close(blocks: &mut [(Range<usize>, String)], old: &str, starts: &[usize], copied: usize) {
    if let Some((block, text)) = blocks.last_mut() {
        let end = starts.get(block.end).copied().unwrap_or(old.len());
        text.push_str(old.get(copied..end).unwrap_or_default());
    }
}

/// Leaves out lines that are the same at both ends.
fn trimmed<'a>(old: &[&str], mut range: Range<usize>, mut new: Vec<&'a str>) -> Change<'a> {
    while !range.is_empty() && new.last().is_some_and(|line| *line == old[range.end - 1]) {
        range.end -= 1;
        new.pop();
    }
    let same = range.clone().zip(&new).take_while(|(i, line)| old[*i] == **line).count();
    range.start += same;
    Change { old: range, new: new.split_off(same) }
}

/// With their line breaks.
fn lines(text: &str) -> Vec<&str> {
    let mut from = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    let rest = (!text.is_empty() && !text.ends_with('\n')).then_some(text.len());
    ends.chain(rest).map(|end| &text[std::mem::replace(&mut from, end)..end]).collect()
}

fn hunks(old: &[&str], changes: Vec<Change<'_>>) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut shown_to = 0;
    let mut shift = 0_isize;
    for change in changes.into_iter().filter(|change| !change.old.is_empty() || !change.new.is_empty()) {
        let joins = !hunks.is_empty() && change.old.start <= shown_to + 2 * CONTEXT;
        if !joins {
            finish(&mut hunks, old, &mut shown_to);
            let start = change.old.start.saturating_sub(CONTEXT).max(shown_to);
            let new_start = start.saturating_add_signed(shift) + 1;
            hunks.push(Hunk {
                old_start: start + 1,
                old_lines: 0,
                new_start,
                new_lines: 0,
                lines: Vec::new(),
            });
            shown_to = start;
        }
        let Some(hunk) = hunks.last_mut() else { continue };
        show(hunk, ' ', &old[shown_to..change.old.start]);
        show(hunk, '-', &old[change.old.clone()]);
        show(hunk, '+', &change.new);
        shown_to = change.old.end;
        shift += change.new.len().cast_signed() - change.old.len().cast_signed();
    }
    finish(&mut hunks, old, &mut shown_to);
    for hunk in &mut hunks {
        hunk.old_start -= usize::from(hunk.old_lines == 0);
        hunk.new_start -= usize::from(hunk.new_lines == 0);
    }
    hunks
}

/// Adds the context after the last change of the last hunk.
fn finish(hunks: &mut [Hunk], old: &[&str], shown_to: &mut usize) {
    if let Some(hunk) = hunks.last_mut() {
        let end = (*shown_to + CONTEXT).min(old.len());
        show(hunk, ' ', &old[*shown_to..end]);
        *shown_to = end;
    }
}

fn show(hunk: &mut Hunk, prefix: char, lines: &[&str]) {
    hunk.old_lines += if prefix == '+' { 0 } else { lines.len() };
    hunk.new_lines += if prefix == '-' { 0 } else { lines.len() };
    for line in lines {
        match line.strip_suffix('\n') {
            Some(text) => hunk.lines.push(format!("{prefix}{text}")),
            None => {
                hunk.lines.push(format!("{prefix}{line}"));
                hunk.lines.push("\\ No newline at end of file".to_owned());
            }
        }
    }
}

#[cfg(test)]
#[path = "patch_tests.rs"]
mod tests;
