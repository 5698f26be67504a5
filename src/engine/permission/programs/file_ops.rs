//! Shell commands that change files: which words may be paths, where links come from, and which uses `acceptEdits` covers.

use super::file_writes::{has, values};
use super::sed;
use crate::engine::permission::protected::may_find_protected;
use crate::engine::permission::shell::base;
use crate::engine::permission::word::Word;

/// Whether a command changes what a link leads to, rather than the link.
pub(in crate::engine::permission) fn follows_links(words: &[Word]) -> bool {
    let name = words.first().map(|name| base(&name.text)).unwrap_or_default();
    let last = || operands(&words[1..]).last().is_some_and(|word| word.glob);
    match name {
        "rm" | "rmdir" | "unlink" | "sed" => false,
        // It moves links as they are, but into what the last one leads to.
        "mv" => last(),
        _ => true,
    }
}

/// Where a command may leave symbolic links that were not there when the line was judged, and whether the path itself
/// may be one, not only what lies below it.
pub(in crate::engine::permission) fn relinks(words: &[Word]) -> Option<(Vec<Word>, bool)> {
    let args = words.get(1..)?;
    let itself = match base(&words.first()?.text) {
        "ln" => true,
        "mv" => false,
        "cp" if has(args, "dPa", &["--no-d", "--pre", "--a", "--sy"]) => true,
        "cp" | "rsync" if has(args, "rRl", &["--r", "--l"]) => false,
        _ => return None,
    };
    let mut paths = operands(args);
    paths.extend(landing(&paths));
    paths.extend(values(args, "t", &["--t"]));
    Some((paths, itself))
}

/// The paths of a command that `acceptEdits` covers when all of them lie in the working directories. `None` when the
/// command or an option of it is not covered.
pub(in crate::engine::permission) fn accepted(words: &[Word]) -> Option<Vec<Word>> {
    let name = words.first()?.literal()?;
    let args = &words[1..];
    let flags = match name {
        "mkdir" => "pv",
        "touch" => "acm",
        "rm" => "rRfidv",
        "rmdir" => "pv",
        "mv" => "finuvT",
        "cp" => "rRafinpuvTLPd",
        "sed" => {
            let sed = sed::read(args)?;
            let certain = |word: &Word| steady(word) && !finds_protected(word);
            return (sed.in_place && sed.files.iter().all(certain)).then_some(sed.files);
        }
        _ => return None,
    };
    let mut paths = Vec::new();
    let mut given = String::new();
    let mut into = None;
    let mut options = true;
    let mut values = args.iter();
    while let Some(word) = values.next() {
        let text = word.known()?;
        if !options || !text.starts_with('-') {
            if matches!(name, "mv" | "cp") && options && !steady(word) {
                return None;
            }
            paths.push(word.clone());
        } else if text == "--" {
            options = false;
        } else if text == "-m" && name == "mkdir" {
            values.next()?.literal()?;
        } else if text == "-t" && matches!(name, "mv" | "cp") {
            if into.replace(values.next()?.clone()).is_some() {
                return None;
            }
        } else if matches!(text, "--parents" | "--recursive" | "--force" | "--verbose") {
            if text == "--parents" && name == "cp" {
                return None;
            }
            given.extend((text == "--recursive").then_some('r'));
        } else {
            word.literal()?;
            if !text[1..].chars().all(|c| flags.contains(c)) {
                return None;
            }
            given.push_str(&text[1..]);
        }
    }
    if matches!(name, "cp" | "mv") {
        // With `-T` what a directory holds lands beside what the target holds.
        let merges = name == "cp" && given.contains('T') && given.contains(['r', 'R', 'a']);
        let lands_unknown = |word: &Word| {
            let last = last_part(word);
            matches!(last, "" | "." | "..") || finds_protected(word)
        };
        let sources = if into.is_some() { paths.len() } else { paths.len().saturating_sub(1) };
        if merges || paths.iter().take(sources).any(lands_unknown) {
            return None;
        }
        paths.extend(into);
        let landing = landing(&paths);
        paths.extend(landing);
    }
    (!paths.is_empty()).then_some(paths)
}

/// The last component of a path.
fn last_part(word: &Word) -> &str {
    word.text.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// Whether a pattern may find a protected file, which nobody sees in the words.
fn finds_protected(word: &Word) -> bool {
    word.glob && may_find_protected(last_part(word))
}

/// Where the sources of `cp` and `mv` land when the last path is a directory.
pub(in crate::engine::permission) fn landing(paths: &[Word]) -> Vec<Word> {
    let Some((target, sources)) = paths.split_last() else { return Vec::new() };
    sources
        .iter()
        .filter(|source| !source.glob)
        .map(|source| with_text(target, &format!("{}/{}", target.text, last_part(source))))
        .collect()
}

/// Whether a word cannot turn into an option when its glob expands.
fn steady(word: &Word) -> bool {
    !word.glob || !word.text.starts_with(['*', '?', '[', '-'])
}

/// The words that are not options.
pub(in crate::engine::permission) fn operands(args: &[Word]) -> Vec<Word> {
    let mut options = true;
    let mut out = Vec::new();
    for word in args {
        if options && word.text == "--" {
            options = false;
        } else if !options || !word.text.starts_with('-') || word.text == "-" {
            out.push(word.clone());
        }
    }
    out
}

/// Every word, or part of an option, that may be a path. A `--` may be the value of an option that is not known here, so that
/// what looks like an option counts as one behind it too.
pub(in crate::engine::permission) fn candidates(args: &[Word]) -> Vec<Word> {
    let mut options = true;
    let mut out = Vec::new();
    for word in args {
        let text = word.text.as_str();
        if options && text == "--" {
            options = false;
            continue;
        }
        let option = text.starts_with('-') && text != "-";
        if !options || !option {
            out.push(word.clone());
        }
        if !option {
            continue;
        }
        if let Some((_, value)) = text.split_once('=') {
            out.push(with_text(word, value));
        } else if !text.starts_with("--") {
            out.extend(attached(text).map(|value| with_text(word, value)));
        }
    }
    out
}

/// What may be the value of the last letter of short options, where that looks like a path: `-ft../x` may be `-f -t ../x`.
fn attached(text: &str) -> impl Iterator<Item = &str> {
    let letters = text[1..].chars().take_while(char::is_ascii_alphabetic).count().max(1);
    (1..=letters)
        .filter_map(|at| text.get(at + 1..))
        .filter(|value| value.contains('/') || value.contains("..") || value.starts_with('~'))
}

/// `word` with another text; unknown parts stay unknown.
pub(in crate::engine::permission) fn with_text(word: &Word, text: &str) -> Word {
    Word {
        text: text.to_owned(),
        fuzzy: text.to_owned(),
        tilde: word.tilde && text.starts_with('~'),
        ..word.clone()
    }
}
