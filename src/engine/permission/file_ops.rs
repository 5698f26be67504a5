//! Shell commands that change files: which paths they touch, and which uses `acceptEdits` covers.

use super::sed;
use super::shell::base;
use super::word::Word;

/// The paths that a recognised command may change, as far as its words tell. `None` for any other command.
pub(super) fn writes(words: &[Word]) -> Option<Vec<Word>> {
    let name = base(&words.first()?.text);
    let args = &words[1..];
    let all = || candidates(args);
    Some(match name {
        "mkdir" | "touch" | "rm" | "rmdir" | "mv" | "tee" | "truncate" | "chmod" | "chown" | "chgrp"
        | "unlink" | "shred" | "patch" => all(),
        "cp" | "ln" | "install" | "rsync" => {
            let into: Vec<Word> = args
                .iter()
                .enumerate()
                .filter_map(|(at, word)| match word.text.strip_prefix("--target-directory=") {
                    Some(value) => Some(with_text(word, value)),
                    None if word.text == "-t" => args.get(at + 1).cloned(),
                    None => word.text.strip_prefix("-t").map(|value| with_text(word, value)),
                })
                .collect();
            if into.is_empty() { operands(args).last().cloned().into_iter().collect() } else { into }
        }
        "sed" | "perl"
            if args.iter().any(|word| word.text.starts_with("-i") || word.text.starts_with("--in-place")) =>
        {
            all()
        }
        "dd" => args
            .iter()
            .filter_map(|word| word.text.strip_prefix("of=").map(|value| with_text(word, value)))
            .collect(),
        _ => return None,
    })
}

/// The paths of a command that `acceptEdits` covers when all of them lie in the working directories. `None` when the
/// command or an option of it is not covered.
pub(super) fn accepted(words: &[Word]) -> Option<Vec<Word>> {
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
            return (sed.in_place && sed.files.iter().all(steady)).then_some(sed.files);
        }
        _ => return None,
    };
    let mut paths = Vec::new();
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
            paths.push(values.next()?.clone());
        } else if matches!(text, "--parents" | "--recursive" | "--force" | "--verbose") {
            if text == "--parents" && name == "cp" {
                return None;
            }
        } else {
            word.literal()?;
            if !text[1..].chars().all(|c| flags.contains(c)) {
                return None;
            }
        }
    }
    if matches!(name, "cp" | "mv") {
        let landing = landing(&paths);
        paths.extend(landing);
    }
    (!paths.is_empty()).then_some(paths)
}

/// Where the sources of `cp` and `mv` land when the last path is a directory.
fn landing(paths: &[Word]) -> Vec<Word> {
    let Some((target, sources)) = paths.split_last() else { return Vec::new() };
    sources
        .iter()
        .filter(|source| !source.glob)
        .map(|source| {
            let name = source.text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            with_text(target, &format!("{}/{name}", target.text))
        })
        .collect()
}

/// Whether a word cannot turn into an option when its glob expands.
fn steady(word: &Word) -> bool {
    !word.glob || !word.text.starts_with(['*', '?', '[', '-'])
}

/// The words that are not options.
pub(super) fn operands(args: &[Word]) -> Vec<Word> {
    let mut options = true;
    let mut out = Vec::new();
    for word in args {
        if options && word.text == "--" {
            options = false;
        } else if !options || !word.text.starts_with('-') {
            out.push(word.clone());
        }
    }
    out
}

/// Every word, or part of an option, that may be a path.
pub(super) fn candidates(args: &[Word]) -> Vec<Word> {
    let mut options = true;
    let mut out = Vec::new();
    for word in args {
        if options && word.text == "--" {
            options = false;
        } else if !options || !word.text.starts_with('-') || word.text == "-" {
            out.push(word.clone());
        } else if let Some((_, value)) = word.text.split_once('=') {
            out.push(with_text(word, value));
        } else if !word.text.starts_with("--") {
            let value: String = word.text.chars().skip(2).collect();
            if value.contains('/') || value.contains("..") || value.starts_with('~') {
                out.push(with_text(word, &value));
            }
        }
    }
    out
}

/// `word` with another text; unknown parts stay unknown.
fn with_text(word: &Word, text: &str) -> Word {
    Word {
        text: text.to_owned(),
        fuzzy: text.to_owned(),
        tilde: word.tilde && text.starts_with('~'),
        ..word.clone()
    }
}
