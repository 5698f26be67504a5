//! Shell commands that change files: which paths they touch, and which uses `acceptEdits` covers.

use super::sed;
use super::shell::base;
use super::word::Word;

/// The paths that a recognised command may change, as far as its words tell. `None` for any other command, and for one
/// that only reads unless an option names a file to write and none does.
pub(super) fn writes(words: &[Word]) -> Option<Vec<Word>> {
    let name = base(&words.first()?.text);
    let args = &words[1..];
    let all = || candidates(args);
    let some = |found: Vec<Word>| (!found.is_empty()).then_some(found);
    Some(match name {
        "mkdir" | "touch" | "rm" | "rmdir" | "mv" | "tee" | "truncate" | "chmod" | "chown" | "chgrp"
        | "unlink" | "shred" | "patch" | "mkfifo" | "mknod" => all(),
        "sort" => return some(values(args, "oT", &["--o", "--te"])),
        "tree" => return some(values(args, "o", &["--o"])),
        "uniq" | "xxd" => return some(operands(args).into_iter().skip(1).collect()),
        "find" => return some(found_files(args)),
        "curl" => return some(values(args, "oDc", &["--output", "--dump-h", "--cookie-j"])),
        "wget" => return some(values(args, "OoaP", &["--output-", "--append-", "--directory-p"])),
        "unzip" => return some(values(args, "d", &[])),
        "tar" => return some(tar(args)),
        "git" => return some(git(args)),
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
        "sed" | "perl" if args.iter().any(|word| in_place(&word.text)) => all(),
        "dd" => args
            .iter()
            .filter_map(|word| word.text.strip_prefix("of=").map(|value| with_text(word, value)))
            .collect(),
        _ => return None,
    })
}

/// Whether an option of `sed` or `perl` says that files are edited in place, alone or among other letters.
fn in_place(text: &str) -> bool {
    let other = ["--", "-M", "-m", "-I", "-e"].iter().any(|start| text.starts_with(start));
    text.starts_with("--i") || (text.starts_with('-') && !other && text.contains('i'))
}

/// The values of options: short ones among others or alone, long ones by the start of their name.
fn values(args: &[Word], letters: &str, long: &[&str]) -> Vec<Word> {
    let mut found = Vec::new();
    for (at, word) in args.iter().enumerate() {
        let next = args.get(at + 1);
        if word.text.starts_with("--") {
            let (name, value) = word.text.split_once('=').map_or((&*word.text, None), |(n, v)| (n, Some(v)));
            if long.iter().any(|option| name.starts_with(option)) {
                found.extend(value.map(|value| with_text(word, value)).or_else(|| next.cloned()));
            }
        } else if word.text.starts_with('-')
            && let Some(letter) = word.text.find(|c| letters.contains(c))
        {
            let value = &word.text[letter + 1..];
            found.extend(if value.is_empty() { next.cloned() } else { Some(with_text(word, value)) });
        }
    }
    found
}

/// The files that actions of `find` write.
fn found_files(args: &[Word]) -> Vec<Word> {
    args.windows(2)
        .filter(|pair| matches!(pair[0].text.as_str(), "-fprint" | "-fprint0" | "-fprintf" | "-fls"))
        .map(|pair| pair[1].clone())
        .collect()
}

/// Where `tar` unpacks to, and the archive that it makes.
fn tar(args: &[Word]) -> Vec<Word> {
    let mut found = values(args, "C", &["--directory", "--one-top"]);
    let Some(first) = args.first() else { return found };
    let makes = args.iter().any(|word| matches!(word.text.as_str(), "--create" | "--append" | "--update"))
        || (!first.text.starts_with("--") && first.text.contains(['c', 'r', 'u']));
    if makes {
        found.extend(values(args, "f", &["--file"]));
        if !first.text.starts_with('-') && first.text.contains('f') {
            found.extend(args.get(1).cloned());
        }
    }
    found
}

/// The files that options of `git` write, and the directories that it makes.
fn git(args: &[Word]) -> Vec<Word> {
    let mut found = values(args, "", &["--output"]);
    let plain = operands(args);
    match plain.first().map(|word| word.text.as_str()) {
        Some("clone") => found.extend(plain.into_iter().skip(2)),
        Some("init") => found.extend(plain.into_iter().skip(1)),
        Some("archive" | "format-patch") => found.extend(values(args, "o", &[])),
        _ => {}
    }
    found
}

/// Whether a command changes what a link leads to, rather than the link.
pub(super) fn follows_links(words: &[Word]) -> bool {
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
pub(super) fn relinks(words: &[Word]) -> Option<(Vec<Word>, bool)> {
    let args = words.get(1..)?;
    let flags = |letters: &str, long: &[&str]| {
        args.iter().any(|word| {
            let text = word.text.as_str();
            text.strip_prefix('-')
                .is_some_and(|rest| !rest.starts_with('-') && rest.contains(|c| letters.contains(c)))
                || long.iter().any(|option| text.starts_with(option))
        })
    };
    let itself = match base(&words.first()?.text) {
        "ln" => true,
        "mv" => false,
        "cp" if flags("dPa", &["--no-d", "--pre", "--a", "--sy"]) => true,
        "cp" | "rsync" if flags("rRl", &["--r", "--l"]) => false,
        _ => return None,
    };
    let mut paths = operands(args);
    paths.extend(landing(&paths));
    paths.extend(values(args, "t", &["--target"]));
    Some((paths, itself))
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
