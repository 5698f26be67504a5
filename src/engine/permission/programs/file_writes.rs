//! Which paths a command may change, as far as its words tell, and which commands can be made to write by an option.

use super::downloads;
use super::file_ops::{candidates, landing, operands, with_text};
use super::git_line;
use super::long_option::may_be;
use crate::engine::permission::shell::base;
use crate::engine::permission::word::Word;

/// Programs that write no file unless an option or a further operand names one.
const BY_OPTION: [&str; 21] = [
    "sort", "tree", "uniq", "xxd", "find", "curl", "wget", "unzip", "tar", "cp", "ln", "install", "rsync",
    "sed", "perl", "dd", "split", "zip", "csplit", "iconv", "less",
];

/// Whether a word of the command that nobody can read may be an option that makes it write.
pub(in crate::engine::permission) fn may_write(words: &[Word]) -> bool {
    let Some((name, args)) = words.split_first() else { return false };
    match base(&name.text) {
        "git" => !git_line::stays(args),
        name => BY_OPTION.contains(&name),
    }
}

/// The paths that a recognised command may change, as far as its words tell. `None` for any other command, and for one
/// that only reads unless an option names a file to write and none does.
pub(in crate::engine::permission) fn writes(words: &[Word]) -> Option<Vec<Word>> {
    let name = base(&words.first()?.text);
    let args = &words[1..];
    let all = || candidates(args);
    let some = |found: Vec<Word>| (!found.is_empty()).then_some(found);
    // The last operand, and where the others land in it if it is a directory.
    let into = |named: Vec<Word>| -> Vec<Word> {
        let plain = operands(args);
        let named_landing = named.iter().flat_map(|dir| {
            let mut paths = plain.clone();
            paths.push(dir.clone());
            landing(&paths)
        });
        let mut found: Vec<Word> = named_landing.chain(landing(&plain)).collect();
        found.extend(plain.last().cloned());
        found.extend(named);
        found
    };
    Some(match name {
        "mv" => all().into_iter().chain(into(Vec::new())).collect(),
        "mkdir" | "touch" | "rm" | "rmdir" | "tee" | "truncate" | "chmod" | "chown" | "chgrp" | "unlink"
        | "shred" | "patch" | "mkfifo" | "mknod" => all(),
        "sort" => return some(values(args, "oT", &["--o", "--t"])),
        "tree" => return some(values(args, "o", &["--o"])),
        "uniq" | "xxd" | "split" => return some(operands(args).into_iter().skip(1).collect()),
        "find" => return some(found_files(args)),
        "curl" => return some(downloads::curl(args)),
        "wget" => return some(downloads::wget(args)),
        "unzip" => return some(values(args, "d", &[])),
        "tar" => return some(tar(args)),
        "zip" => zip(args),
        // They replace what they are given.
        "gzip" | "gunzip" | "bzip2" | "bunzip2" | "xz" | "unxz" | "zstd" | "unzstd" => all(),
        "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" => return some(values(&compiled(args), "o", &[])),
        "csplit" => return some(values(args, "f", &["--p"])),
        "iconv" => return some(values(args, "o", &["--o"])),
        "less" => return some(values(args, "oO", &["--log-f", "--LOG-F"])),
        // They run scripts of the directory that they are sent to.
        "npm" | "pnpm" => return some(values(args, "C", &["--pre", "--dir"])),
        "yarn" => return some(values(args, "", &["--cw"])),
        "git" => return some(git_line::writes(args)),
        "install" if has(args, "d", &["--di"]) => all().into_iter().chain(into(Vec::new())).collect(),
        "cp" | "ln" | "install" => into(values(args, "t", &["--t"])),
        "rsync" => {
            let long = ["--te", "--backup-d", "--log-f", "--partial-d", "--write-b", "--only-w"];
            values(args, "T", &long).into_iter().chain(into(Vec::new())).collect()
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

/// Whether an argument holds one of the short options `letters`, alone or among others, or may be one of the long ones.
pub(in crate::engine::permission) fn has(args: &[Word], letters: &str, long: &[&str]) -> bool {
    args.iter().any(|word| {
        let text = word.text.as_str();
        match text.strip_prefix("--") {
            Some(_) => long.iter().any(|option| may_be(text, option)),
            None => text.starts_with('-') && text.contains(|c| letters.contains(c)),
        }
    })
}

/// The values of options: short ones among others or alone, long ones by the start of their name, or less.
pub(in crate::engine::permission) fn values(args: &[Word], letters: &str, long: &[&str]) -> Vec<Word> {
    let mut found = Vec::new();
    for (at, word) in args.iter().enumerate() {
        let next = args.get(at + 1);
        if word.text.starts_with("--") {
            if long.iter().any(|option| may_be(&word.text, option)) {
                let value = word.text.split_once('=').map(|(_, value)| value);
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

/// The letters of a first argument of `tar` without a dash, each with its value if it takes one: `tar xfC a.tar dir`.
pub(in crate::engine::permission) fn bundle(args: &[Word]) -> Vec<(char, Option<&Word>)> {
    let Some((first, rest)) = args.split_first().filter(|(first, _)| !first.text.starts_with('-')) else {
        return Vec::new();
    };
    let mut rest = rest.iter();
    let valued = |c: char| "fCbgTXKNVHLIF".contains(c);
    first.text.chars().map(|c| (c, if valued(c) { rest.next() } else { None })).collect()
}

/// The words of a compiler among which `-o` names a file: its other options are words with a single dash.
fn compiled(args: &[Word]) -> Vec<Word> {
    args.iter().filter(|word| !word.text.starts_with('-') || word.text.starts_with("-o")).cloned().collect()
}

/// The archive that `zip` makes, and the files that options name. An option in front of the archive may take a word.
fn zip(args: &[Word]) -> Vec<Word> {
    let plain = |text: &str| {
        text.strip_prefix('-')
            .is_some_and(|letters| letters.chars().all(|c| "rqvjyufgDXTFA0123456789".contains(c)))
    };
    let valued = args.iter().filter(|word| word.text.starts_with('-') && !plain(&word.text)).count();
    let mut found: Vec<Word> = operands(args).into_iter().take(1 + valued).collect();
    found.extend(values(args, "bO", &["--te", "--ou", "--logfile-p"]));
    if has(args, "m", &["--mo"]) {
        found.extend(candidates(args));
    }
    found
}

/// Where `tar` unpacks to, and the files that it makes.
fn tar(args: &[Word]) -> Vec<Word> {
    let mut found = values(args, "Cg", &["--d", "--one", "--listed", "--index", "--vol"]);
    if has(args, "", &["--remove"]) {
        found.extend(candidates(args));
    }
    let bundle = bundle(args);
    let makes = has(args, "cruA", &["--c", "--ap", "--u", "--del"])
        || bundle.iter().any(|(letter, _)| "cruA".contains(*letter));
    if makes {
        found.extend(values(args, "f", &["--f"]));
    }
    let written = |letter: char| matches!(letter, 'C' | 'g') || (makes && letter == 'f');
    found.extend(
        bundle.into_iter().filter(|(letter, _)| written(*letter)).filter_map(|(_, word)| word.cloned()),
    );
    found
}
