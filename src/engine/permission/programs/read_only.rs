//! Built-in commands that only read, judged option by option; what is not known to be harmless is refused.

use super::file_ops::{candidates, operands};
use super::git_reads::{self, Below};
use super::sed;
use crate::engine::permission::shell::base;
use crate::engine::permission::word::{UNKNOWN, Word};

/// Commands that read nothing from disk that matters, or only print.
const PRINTERS: [&str; 18] = [
    "tr", "pwd", "true", "false", "which", "type", "basename", "dirname", "uname", "whoami", "id", "groups",
    "nproc", "arch", "uptime", "free", "seq", "sleep",
];
/// Commands that read the files they are given and have no option that writes or runs something.
pub(in crate::engine::permission) const READERS: [&str; 25] = [
    "ls",
    "cat",
    "head",
    "tail",
    "stat",
    "du",
    "df",
    "nl",
    "tac",
    "rev",
    "fold",
    "expand",
    "unexpand",
    "paste",
    "column",
    "comm",
    "cmp",
    "join",
    "od",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "cksum",
    "readlink",
];
/// Commands for which an unquoted glob is harmless, whatever it expands to.
const GLOB_SAFE: [&str; 17] = [
    "echo",
    "ls",
    "cat",
    "head",
    "tail",
    "wc",
    "stat",
    "du",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "cksum",
    "grep",
    "egrep",
    "fgrep",
    "basename",
];
/// The tests and actions of `find` that only look.
const FIND: [&str; 60] = [
    "-name",
    "-iname",
    "-path",
    "-ipath",
    "-wholename",
    "-iwholename",
    "-regex",
    "-iregex",
    "-regextype",
    "-type",
    "-xtype",
    "-maxdepth",
    "-mindepth",
    "-mtime",
    "-mmin",
    "-atime",
    "-amin",
    "-ctime",
    "-cmin",
    "-newer",
    "-anewer",
    "-cnewer",
    "-newermt",
    "-size",
    "-empty",
    "-print",
    "-print0",
    "-printf",
    "-prune",
    "-not",
    "-and",
    "-or",
    "-a",
    "-o",
    "-H",
    "-P",
    "-xdev",
    "-mount",
    "-perm",
    "-user",
    "-group",
    "-uid",
    "-gid",
    "-links",
    "-inum",
    "-depth",
    "-d",
    "-daystart",
    "-true",
    "-false",
    "-quit",
    "-ls",
    "-readable",
    "-writable",
    "-executable",
    "-samefile",
    "-noleaf",
    "-nouser",
    "-nogroup",
    "-E",
];

/// The paths that a read-only command reads, to be checked against the working directories; `None` when the command is
/// not known to be read-only.
pub(in crate::engine::permission) fn paths(words: &[Word], more: bool) -> Option<Vec<Word>> {
    let name = words.first()?.literal()?;
    let args = &words[1..];
    if more {
        // The arguments that xargs adds are not known: only printing them is harmless.
        return (name == "echo").then(Vec::new);
    }
    let expands = |word: &Word| word.complex || word.braces || word.vars;
    let lists = |word: &Word| word.braces && word.raw.contains(['*', '?', '[']);
    if args.iter().any(|word| if name == "echo" { word.complex || lists(word) } else { expands(word) }) {
        return None;
    }
    if args.iter().any(|word| word.glob) && !GLOB_SAFE.contains(&name) {
        return None;
    }
    if PRINTERS.contains(&name) {
        return Some(Vec::new());
    }
    if READERS.contains(&name) {
        let letters = match name {
            // What links below a directory lead to is not judged.
            "ls" | "du" => "L",
            // The files to check are named in a file.
            "md5sum" | "sha1sum" | "sha256sum" | "sha512sum" | "cksum" => "c",
            _ => "",
        };
        let long: &[&str] = match name {
            "du" => &["--f", "--de"],
            "ls" => &["--de"],
            "md5sum" | "sha1sum" | "sha256sum" | "sha512sum" | "cksum" => &["--c"],
            _ => &["--files0"],
        };
        return refuses(args, letters, long).then(|| candidates(args));
    }
    if let [only] = args
        && is_version(name, &only.text)
    {
        return Some(Vec::new());
    }
    match name {
        "echo" => Some(args.iter().filter(|word| word.glob).cloned().collect()),
        "cut" => Some(candidates(&without_value(args, "-d"))),
        "cd" => match args {
            [target] if !target.text.starts_with('-') && !target.text.is_empty() => {
                Some(vec![target.clone()])
            }
            _ => None,
        },
        "command" => args.first().is_some_and(|word| word.text == "-v").then(Vec::new),
        "hostname" => args.is_empty().then(Vec::new),
        "wc" => refuses(args, "", &["--f"]).then(|| candidates(args)),
        "grep" | "egrep" | "fgrep" => refuses(args, "R", &["--de"]).then(|| grep(name, args)),
        "rg" => refuses(args, "zL", &["--pre", "--host", "--search", "--fol"]).then(|| grep(name, args)),
        "find" => find(args),
        "diff" => {
            // Further back it may be the value of an option.
            let stays = args.first().is_some_and(|word| word.text == "--no-dereference");
            let letters = if stays { "l" } else { "lr" };
            let long: &[&str] =
                if stays { &["--pag", "--fr", "--to"] } else { &["--pag", "--fr", "--to", "--rec"] };
            refuses(args, letters, long).then(|| candidates(args))
        }
        "sort" => refuses(args, "oT", &["--o", "--co", "--t", "--f"])
            .then(|| candidates(&without_value(args, "-t"))),
        "uniq" => (operands(args).len() <= 1).then(|| candidates(args)),
        "file" => refuses(args, "mfCzZ", &["--m", "--f", "--c", "--u"]).then(|| candidates(args)),
        "tree" => refuses(args, "oRl", &["--o"]).then(|| candidates(args)),
        // `@file` is a file of further options.
        "strings" => args.iter().all(|word| !word.text.starts_with('@')).then(|| candidates(args)),
        "realpath" => Some(candidates(args)),
        "date" => date(args).then(Vec::new),
        "test" => test(args).then(Vec::new),
        "[" => {
            let (last, args) = args.split_last()?;
            (last.text == "]" && test(args)).then(Vec::new)
        }
        "printf" => args
            .first()
            .is_some_and(|word| {
                !word.text.starts_with('-') && !word.text.contains('[') && !counts(&word.text)
            })
            .then(Vec::new),
        "sed" => {
            let sed = sed::read(args)?;
            (!sed.in_place).then_some(sed.files)
        }
        "git" => super::read_only_git::paths(args),
        _ => None,
    }
}

/// Whether a format of `printf` holds `%n`, which assigns to the variable that its argument names.
pub(in crate::engine::permission) fn counts(format: &str) -> bool {
    format.replace("%%", "").split('%').skip(1).any(|rest| {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "-+ #0'*.$".contains(c));
        rest.trim_start_matches(['h', 'l', 'L', 'j', 't', 'z', 'q']).starts_with('n')
    })
}

fn is_version(name: &str, option: &str) -> bool {
    match name {
        "node" | "npm" | "pnpm" | "yarn" => matches!(option, "-v" | "--version"),
        "python" | "python3" | "pip" | "cargo" | "rustc" | "ruby" => matches!(option, "-V" | "--version"),
        "git" | "gcc" | "clang" | "make" | "docker" | "deno" | "bun" | "rg" | "bash" => option == "--version",
        "go" => option == "version",
        "java" => option == "-version",
        _ => false,
    }
}

/// What a command that only reads shows of the files below a directory that it is given.
pub(in crate::engine::permission) fn below(words: &[Word]) -> Below {
    let Some((name, args)) = words.split_first() else { return Below::Nothing };
    let tree = match base(&name.text) {
        "rg" | "ag" => true,
        "grep" | "egrep" | "fgrep" => !refuses(args, "rRd", &["--r", "--d"]),
        "diff" if refuses(args, "r", &["--r"]) => return Below::In(candidates(args)),
        "diff" => true,
        "git" => return git_reads::below(args),
        _ => false,
    };
    if tree { Below::Tree } else { Below::Nothing }
}

/// Whether no argument holds one of the short options `letters` or starts like one of the `long` ones. A `--` ends nothing: it
/// may be the value of an option.
pub(in crate::engine::permission) fn refuses(args: &[Word], letters: &str, long: &[&str]) -> bool {
    args.iter().all(|word| {
        let text = word.text.as_str();
        if text.starts_with("--") {
            !long.iter().any(|option| text.starts_with(option))
        } else {
            !(text.starts_with('-') && text.chars().any(|c| letters.contains(c)))
        }
    })
}

/// The arguments without a separator option and its value of one character, where it is certain that they are that.
fn without_value(args: &[Word], option: &str) -> Vec<Word> {
    let mut kept = Vec::new();
    let mut words = args.iter().peekable();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if text == "--" || (text.starts_with("--") && !text.contains('=')) {
            // What follows are files, or the value of an option that we do not know.
            kept.push(word.clone());
            kept.extend(words.cloned());
            break;
        }
        if text == option {
            words.next_if(|value| value.text.chars().count() <= 1);
        } else if !text.starts_with(option) {
            kept.push(word.clone());
        }
    }
    kept
}

/// Options of `grep` and `rg` without a value, as far as it is safe to know them.
const PLAIN: [&str; 19] = [
    "--count",
    "--extended-regexp",
    "--files-with-matches",
    "--fixed-strings",
    "--heading",
    "--hidden",
    "--ignore-case",
    "--invert-match",
    "--line-number",
    "--line-regexp",
    "--no-filename",
    "--no-heading",
    "--no-messages",
    "--only-matching",
    "--quiet",
    "--recursive",
    "--text",
    "--with-filename",
    "--word-regexp",
];

/// The files of `grep` and `rg`: everything but the pattern, where it is certain which word that is.
pub(in crate::engine::permission) fn grep(name: &str, args: &[Word]) -> Vec<Word> {
    let letters = if name == "rg" { "iIvwxclqsonFNSPUaH0" } else { "EFGPiIvwxcLlqsobHhnar" };
    let plain = |text: &str| {
        let number = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit());
        if text.starts_with("--") {
            PLAIN.contains(&text)
                || text.starts_with("--color=")
                || text.starts_with("--include=")
                || (name != "rg" && text == "--color")
        } else if let Some(rest) = text.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            rest.chars().all(|c| letters.contains(c))
                || number(rest)
                || rest.strip_prefix(['A', 'B', 'C', 'm']).is_some_and(number)
        } else {
            false
        }
    };
    let options = args.iter().take_while(|word| plain(&word.text)).count();
    let ended = args.get(options).is_some_and(|word| word.text == "--");
    let at = options + usize::from(ended);
    let is_pattern = |word: &&Word| !word.glob && (ended || !word.text.starts_with('-') || word.text == "-");
    match args.get(at).filter(is_pattern) {
        // Behind the pattern options may still come, also one that gives the pattern and makes this word a file.
        Some(_) if args[at + 1..].iter().all(|word| !word.text.starts_with('-') || plain(&word.text)) => {
            let mut rest = args.to_vec();
            rest.remove(at);
            candidates(&rest)
        }
        Some(_) | None => candidates(args),
    }
}

fn find(args: &[Word]) -> Option<Vec<Word>> {
    let known = |word: &Word| {
        !word.text.starts_with('-')
            || FIND.contains(&word.text.as_str())
            || word.text[1..].chars().all(|c| c.is_ascii_digit())
    };
    if !args.iter().all(known) {
        return None;
    }
    let starts = args
        .iter()
        .filter(|word| !matches!(word.text.as_str(), "-H" | "-P" | "-E"))
        .take_while(|word| !word.text.starts_with(['-', '(', '!']))
        .cloned();
    let compared = args
        .windows(2)
        .filter(|pair| matches!(pair[0].text.as_str(), "-newer" | "-anewer" | "-cnewer" | "-samefile"))
        .map(|pair| pair[1].clone());
    Some(starts.chain(compared).collect())
}

fn date(args: &[Word]) -> bool {
    args.iter().all(|word| {
        let text = word.text.as_str();
        text.starts_with('+')
            || text.starts_with("-I")
            || matches!(text, "-u" | "-R" | "--utc" | "--iso-8601")
    })
}

/// `test` with operators that never evaluate their operands as arithmetic or as array subscripts.
fn test(args: &[Word]) -> bool {
    let operator = |text: &str| {
        matches!(
            text,
            "-f" | "-d"
                | "-e"
                | "-s"
                | "-r"
                | "-w"
                | "-x"
                | "-L"
                | "-h"
                | "-n"
                | "-z"
                | "="
                | "=="
                | "!="
                | "!"
        )
    };
    args.iter().all(|word| {
        let text = word.text.as_str();
        !text.contains(['[', UNKNOWN]) && (!text.starts_with('-') || operator(text))
    })
}
