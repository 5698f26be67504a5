//! A simple command with what its words alone say of it, worked out once for all decisions on a line.

use super::decide_path::Touch;
use super::programs::file_ops::{candidates, with_text};
use super::programs::file_writes::writes;
use super::programs::git_line;
use super::programs::git_reads;
use super::programs::read_only::{READERS, grep};
use super::programs::sed;
use super::shell::base;
use super::split::{Simple, join};
use super::word::{UNKNOWN, Word};

/// Commands whose arguments are files that they show or change.
const FILE_COMMANDS: [&str; 67] = [
    "cat", "head", "tail", "less", "more", "bat", "sed", "awk", "gawk", "mawk", "grep", "egrep", "fgrep",
    "rg", "ag", "sort", "uniq", "wc", "cut", "tr", "nl", "tac", "rev", "fold", "paste", "column", "comm",
    "cmp", "diff", "join", "od", "hexdump", "xxd", "base64", "strings", "file", "stat", "ls", "find", "jq",
    "yq", "cp", "mv", "rm", "ln", "install", "tee", "touch", "truncate", "chmod", "chown", "dd", "source",
    ".", "vim", "nano", "b2sum", "base32", "zcat", "gzip", "shuf", "pr", "rsync", "scp", "tree", "tar",
    "zip",
];

/// A simple command found anywhere in a line.
#[derive(Debug)]
pub(super) struct Command {
    pub simple: Simple,
    /// Its texts that rules that stop are compared with.
    pub texts: Vec<String>,
    /// The same with [`UNKNOWN`] for what only running the line would show; none when there is nothing unknown.
    pub open_texts: Vec<String>,
    /// The words that may be paths of files that it shows, when its arguments are files.
    pub files: Vec<Word>,
    /// The same, from the root of a repository.
    pub tracked: Vec<Word>,
    /// The paths that it may change.
    pub changes: Vec<Word>,
}

impl Command {
    pub(super) fn new(simple: Simple) -> Self {
        let words = &simple.words;
        let (files, tracked) = files(words);
        Self {
            texts: texts(&simple),
            open_texts: open_texts(words),
            files,
            tracked,
            changes: writes(words).unwrap_or_default(),
            simple,
        }
    }

    /// What it is known to do to which paths.
    pub(super) fn touched(&self) -> impl Iterator<Item = (&Word, Touch)> {
        let reads = self.files.iter().map(|word| (word, Touch::Read));
        reads.chain(self.changes.iter().map(|word| (word, Touch::Write)))
    }

    /// The files that redirections of the command write.
    pub(super) fn redirected(&self) -> impl Iterator<Item = &Word> {
        self.simple.redirects.iter().filter(|redirect| redirect.write).map(|redirect| &redirect.target)
    }
}

/// The words that may be paths of files that a command shows, and those of them that start at the root of a repository.
/// What `tr` is given is no file, and what `sed` is given is known when its script is.
fn files(words: &[Word]) -> (Vec<Word>, Vec<Word>) {
    let Some((name, args)) = words.split_first() else { return Default::default() };
    let found = match base(&name.text) {
        "git" => return git_reads::shown(args),
        "tr" if !args.iter().any(|word| word.vars || word.complex || word.braces) => Vec::new(),
        "dd" => values_of(args, "if="),
        "sed" => sed::read(args).map_or_else(|| candidates(args), |sed| sed.files),
        name if shows(name) => candidates(args),
        _ => Vec::new(),
    };
    (found, Vec::new())
}

/// The values of operands like `if=file`.
fn values_of(args: &[Word], start: &str) -> Vec<Word> {
    args.iter().filter_map(|word| word.text.strip_prefix(start).map(|value| with_text(word, value))).collect()
}

fn shows(name: &str) -> bool {
    FILE_COMMANDS.contains(&name) || READERS.contains(&name)
}

/// The words of a command that may be files that it shows and are not written out; `None` when it is not known to show any.
pub(super) fn unknown_files(words: &[Word]) -> Option<Vec<Word>> {
    let (name, args) = words.split_first()?;
    let found = match base(&name.text) {
        // The pattern is no file.
        name @ ("grep" | "egrep" | "fgrep" | "rg") => grep(name, args),
        "git" => git_reads::shown(args).0,
        name if shows(name) => files(words).0,
        _ => return None,
    };
    Some(found.into_iter().filter(|word| word.known().is_none()).collect())
}

fn texts(command: &Simple) -> Vec<String> {
    let Some(name) = command.words.first().map(|word| word.text.as_str()) else { return Vec::new() };
    let text = join(command.words.iter().map(|word| word.text.as_str()));
    let short = text.strip_prefix(name).map(|rest| format!("{}{rest}", base(name)));
    let raw = join(command.words.iter().map(|word| word.raw.as_str()));
    let mut texts = vec![text];
    let others = [short, Some(raw), Some(command.raw()), without_git_options(&command.words)];
    for other in others.into_iter().flatten() {
        if !texts.contains(&other) {
            texts.push(other);
        }
    }
    texts
}

fn open_texts(words: &[Word]) -> Vec<String> {
    let Some(name) = words.first().map(|word| word.text.as_str()) else { return Vec::new() };
    if !words.iter().any(|word| word.fuzzy.contains(UNKNOWN)) {
        return Vec::new();
    }
    let fuzzy = join(words.iter().map(|word| word.fuzzy.as_str()));
    let short = fuzzy.contains('/').then(|| fuzzy.replacen(name, base(name), 1));
    std::iter::once(fuzzy).chain(short).collect()
}

/// A call of `git` without the options in front of its subcommand: `git -C x push` is a push all the same.
fn without_git_options(words: &[Word]) -> Option<String> {
    let (name, args) = words.split_first()?;
    if base(&name.text) != "git" || !args.first()?.text.starts_with('-') {
        return None;
    }
    let (_, args) = git_line::split(args);
    Some(join(std::iter::once("git").chain(args.iter().map(|word| word.text.as_str()))))
}
