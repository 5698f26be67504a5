//! What helps a model whose text was not found, or found too often: where it stands, or what comes nearest.

use std::ops::Range;

/// Line numbers that are named.
const NAMED: usize = 10;
/// Characters of a line that is shown.
const SHOWN: usize = 160;
/// Lines that are compared letter by letter.
const COMPARED: usize = 16;
/// How alike two lines must be to be worth a mention, in percent.
const ALIKE: u32 = 60;

/// `lines 3, 17 and 40`: where the ranges of `text` begin.
pub(super) fn places(text: &str, found: &[Range<usize>]) -> String {
    let mut numbers: Vec<String> = Vec::new();
    let (mut line, mut at) = (1, 0);
    for range in found.iter().take(NAMED) {
        line += text[at..range.start].matches('\n').count();
        at = range.start;
        let number = line.to_string();
        if numbers.last() != Some(&number) {
            numbers.push(number);
        }
    }
    if found.len() > NAMED {
        return format!("lines {} and further down", numbers.join(", "));
    }
    match numbers.split_last() {
        Some((last, [])) => format!("line {last}"),
        Some((last, before)) => format!("lines {} and {last}", before.join(", ")),
        None => String::new(),
    }
}

/// A sentence on the place that comes nearest to `old`, if one does.
pub(super) fn nearest(text: &str, old: &str) -> Option<String> {
    let wanted: Vec<&str> = old.lines().collect();
    let lines: Vec<&str> = text.lines().collect();
    if let Some(at) = same_but_for_space(&lines, &wanted) {
        return Some(format!(
            "Line {} and what follows is the same except for white space: {}.",
            at + 1,
            quoted(lines[at])
        ));
    }
    // The line that tells the most.
    let key =
        wanted.iter().map(|line| line.trim()).max_by_key(|line| line.len()).filter(|line| line.len() > 3)?;
    let counts = histogram(key);
    let mut best: Vec<(u32, usize)> = lines
        .iter()
        .enumerate()
        .map(|(i, line)| (most_alike(&counts, key.len(), line.trim()), i))
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    best.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    best.truncate(COMPARED);
    let (score, at) = best
        .into_iter()
        .map(|(_, i)| (alike(key, lines[i].trim()), i))
        .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))?;
    (score >= ALIKE).then(|| format!("The most similar line is line {}: {}.", at + 1, quoted(lines[at])))
}

/// Where `wanted` stands if white space at both ends of each line does not count.
fn same_but_for_space(lines: &[&str], wanted: &[&str]) -> Option<usize> {
    let first = wanted.iter().position(|line| !line.trim().is_empty())?;
    let wanted = &wanted[first..];
    (0..lines.len().saturating_sub(wanted.len() - 1))
        .find(|at| wanted.iter().zip(&lines[*at..]).all(|(a, b)| a.trim() == b.trim()))
}

fn histogram(text: &str) -> [u32; 256] {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    counts
}

/// A bound on [`alike`] that looks only at which bytes occur.
fn most_alike(counts: &[u32; 256], length: usize, line: &str) -> u32 {
    if line.len() > length * 4 || line.len() * 4 < length {
        return 0;
    }
    let common: u32 = counts.iter().zip(histogram(line)).map(|(a, b)| (*a).min(b)).sum();
    percent(2 * common as usize, length + line.len())
}

fn alike(one: &str, other: &str) -> u32 {
    let head = |text: &str| text.chars().take(400).collect::<String>();
    let (one, other) = (head(one), head(other));
    let ratio = similar::TextDiff::from_chars(one.as_str(), other.as_str()).ratio();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 1")]
    return (ratio * 100.0) as u32;
}

fn percent(part: usize, whole: usize) -> u32 {
    u32::try_from(part * 100 / whole.max(1)).unwrap_or(u32::MAX)
}

fn quoted(line: &str) -> String {
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &line[..end]),
        None => format!("{line:?}"),
    }
}

#[cfg(test)]
#[path = "edit_hint_tests.rs"]
mod tests;
