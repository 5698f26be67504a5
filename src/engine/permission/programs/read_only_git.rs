//! The uses of `git` that only read.

use super::file_ops::{candidates, operands};
use super::read_only::refuses;
use crate::engine::permission::word::Word;

/// Subcommands that only read, whatever operands they get.
const READERS: [&str; 22] = [
    "status",
    "diff",
    "log",
    "show",
    "blame",
    "shortlog",
    "describe",
    "rev-parse",
    "rev-list",
    "ls-files",
    "ls-tree",
    "cat-file",
    "merge-base",
    "name-rev",
    "for-each-ref",
    "show-ref",
    "count-objects",
    "check-ignore",
    "whatchanged",
    "diff-tree",
    "cherry",
    "grep",
];
/// The options of `git branch` that only list.
const BRANCH: [&str; 12] = [
    "-a",
    "-r",
    "-v",
    "-vv",
    "-av",
    "-avv",
    "--all",
    "--remotes",
    "--list",
    "--show-current",
    "--verbose",
    "-l",
];

/// The paths that a read-only use of git names; `None` for every other use.
pub(in crate::engine::permission) fn paths(args: &[Word]) -> Option<Vec<Word>> {
    let mut args = args;
    while let Some(("--no-pager" | "-P", rest)) =
        args.split_first().map(|(first, rest)| (first.text.as_str(), rest))
    {
        args = rest;
    }
    let (subcommand, args) = args.split_first()?;
    let texts: Vec<&str> = args.iter().map(|word| word.text.as_str()).collect();
    let name = subcommand.literal()?;
    let nothing = |fits: bool| fits.then(Vec::new);
    if READERS.contains(&name) {
        return harmless(name, args).then(|| candidates(args));
    }
    match name {
        "branch" => nothing(texts.iter().all(|text| BRANCH.contains(text))),
        "tag" => nothing(
            texts.is_empty()
                || matches!(texts[0], "-l" | "--list")
                    && operands(args).len() + 1 == texts.len()
                    && texts.len() <= 2,
        ),
        "remote" => nothing(match texts[..] {
            [] | ["-v"] => true,
            ["get-url", name] => !name.starts_with('-'),
            _ => false,
        }),
        "stash" => match texts[..] {
            ["list"] | ["show"] | ["show", "-p"] => Some(Vec::new()),
            _ => None,
        },
        "worktree" => nothing(texts[..] == ["list"]),
        "reflog" => nothing(matches!(texts[..], [] | ["show"])),
        "config" => nothing(match texts[..] {
            ["--list" | "-l"] => true,
            ["--get" | "--get-all", key] => !key.starts_with('-'),
            _ => false,
        }),
        _ => None,
    }
}

/// Whether no option writes a file, runs a program or leaves the repository.
fn harmless(name: &str, args: &[Word]) -> bool {
    let exact = ["--oneline", "--ours", "--only-matching", "--others"];
    let long = ["--o", "--ext", "--textc", "--no-index", "--no-i", "--filt", "--show-s", "--help", "--con"];
    let letters = if name == "grep" { "O" } else { "" };
    let rest: Vec<Word> = args.iter().filter(|word| !exact.contains(&word.text.as_str())).cloned().collect();
    // `%G?` and its like start the program that checks signatures.
    let checks = args.iter().any(|word| word.text.contains("%G"));
    let converts = name == "cat-file" && !refuses(args, "", &["--t", "--f"]);
    !converts && !checks && refuses(&rest, letters, &long)
}
