//! Whether a pattern in a command and the pattern of a rule may find the same file, as far as both can be read.

use super::PolicyContext;
use super::shell_paths::Dirs;
use super::word::{UNKNOWN, Word};
use std::path::{Component, Path};

/// A part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// One name that fits a pattern.
    Name(Vec<Glyph>),
    /// Any number of names.
    Any,
}

/// A part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glyph {
    Char(char),
    One,
    Many,
}

/// What a word of a command may find.
#[derive(Debug)]
pub(super) struct Found {
    steps: Vec<Step>,
    /// A pattern finds hidden files too.
    hidden: bool,
}

impl Found {
    /// Whether it may be something that `rule` covers.
    pub(super) fn meets(&self, rule: &[Step]) -> bool {
        let same = |rule: &Step, found: &Step| match (rule, found) {
            (Step::Name(rule), Step::Name(found)) => {
                let shown = matches!(found.first(), Some(Glyph::One | Glyph::Many))
                    && rule.first() == Some(&Glyph::Char('.'))
                    && !self.hidden;
                let same = |one: &Glyph, other: &Glyph| {
                    one == other || matches!(one, Glyph::One) || matches!(other, Glyph::One)
                };
                !shown && fit(rule, found, |glyph| *glyph == Glyph::Many, same)
            }
            (Step::Any, _) | (_, Step::Any) => false,
        };
        fit(rule, &self.steps, |step| *step == Step::Any, same)
    }
}

/// What `word` may find from every directory that the line may be in: a glob, or a word that only running the line would
/// show. `odd`: the line may have changed what patterns mean.
pub(super) fn found(word: &Word, dirs: &Dirs, cx: &PolicyContext, odd: bool) -> Vec<Found> {
    let open = word.known().is_none();
    // What stands in braces is written out, and without a slash behind them leads nowhere else.
    let braces = word.raw.find('{').map(|at| &word.raw[at..]).filter(|rest| !rest.contains(['/', '$', '`']));
    let braces = braces.filter(|_| word.braces && !word.vars && !word.complex);
    let hidden = open || odd;
    let text = word.text.split(UNKNOWN).next().unwrap_or_default();
    let anywhere = || vec![Found { steps: vec![Step::Any], hidden: true }];
    if open && braces.is_none() {
        return anywhere();
    }
    let literal = if word.glob { text.find(['*', '?', '[']).unwrap_or(text.len()) } else { text.len() };
    let (dir, rest) = text.split_at(text[..literal].rfind('/').map_or(0, |slash| slash + 1));
    let dir = if dir.is_empty() { "." } else { dir };
    let Some(places) = dirs.at(dir, word.tilde, cx).filter(|_| !rest.split('/').any(|part| part == ".."))
    else {
        return anywhere();
    };
    let mut tail: Vec<Step> = rest
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .map(|part| if odd && part == "**" { Step::Any } else { Step::Name(glyphs(part)) })
        .collect();
    if let Some(braces) = braces {
        let end =
            braces.rsplit('}').next().filter(|end| !end.contains(['"', '\'', '\\'])).unwrap_or_default();
        let mut name = match tail.pop() {
            Some(Step::Name(name)) => name,
            Some(Step::Any) | None => Vec::new(),
        };
        name.push(Glyph::Many);
        name.extend(glyphs(end));
        tail.push(Step::Name(name));
    }
    let names = places.iter().flat_map(|place| place.names());
    names.map(|path| Found { steps: literally(path).chain(tail.clone()).collect(), hidden }).collect()
}

/// What the pattern of a rule covers: `line` as it stands in a `.gitignore` of `base`.
pub(super) fn covered(base: &Path, line: &str) -> Vec<Step> {
    let free = !line.trim_end_matches('/').contains('/');
    let names = line.split('/').filter(|name| !name.is_empty()).map(|name| match name {
        "**" => Step::Any,
        name => Step::Name(glyphs(name)),
    });
    literally(base).chain(free.then_some(Step::Any)).chain(names).chain([Step::Any]).collect()
}

fn literally(path: &Path) -> impl Iterator<Item = Step> {
    path.components().filter_map(|part| match part {
        Component::Normal(name) => {
            Some(Step::Name(name.to_string_lossy().chars().map(Glyph::Char).collect()))
        }
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
    })
}

fn glyphs(pattern: &str) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        glyphs.push(match c {
            '*' => Glyph::Many,
            '?' => Glyph::One,
            '\\' => Glyph::Char(chars.next().unwrap_or(c)),
            // It may end early or late: everything from here on may be found.
            '[' => {
                glyphs.push(Glyph::Many);
                break;
            }
            _ => Glyph::Char(c),
        });
    }
    glyphs
}

/// Whether two patterns have something in common, where `many` says which elements stand for any number of others.
fn fit<T>(one: &[T], other: &[T], many: impl Fn(&T) -> bool, same: impl Fn(&T, &T) -> bool) -> bool {
    let width = other.len() + 1;
    // reached[i * width + j]: the first i of one and the first j of the other can stand for the same.
    let mut reached = vec![false; (one.len() + 1) * width];
    reached[0] = true;
    for i in 0..=one.len() {
        for j in 0..width {
            if !reached[i * width + j] {
                continue;
            }
            let (left, right) = (one.get(i), other.get(j));
            let any = left.is_some_and(&many) || right.is_some_and(&many);
            if left.is_some_and(&many) || any && left.is_some() {
                reached[(i + 1) * width + j] = true;
            }
            if right.is_some_and(&many) || any && right.is_some() {
                reached[i * width + j + 1] = true;
            }
            if let (Some(left), Some(right)) = (left, right)
                && same(left, right)
            {
                reached[(i + 1) * width + j + 1] = true;
            }
        }
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
#[path = "meeting_tests.rs"]
mod tests;
