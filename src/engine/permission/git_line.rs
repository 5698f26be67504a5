//! A call of `git`: its global options, its subcommand, what it writes and what it is made to run.

use super::file_ops::operands;
use super::file_writes::{has, values};
use super::word::Word;

/// Global options whose value is an argument of its own.
const VALUED: [&str; 9] = [
    "-C",
    "-c",
    "--git-dir",
    "--work-tree",
    "--namespace",
    "--exec-path",
    "--config-env",
    "--attr-source",
    "--super-prefix",
];
/// Subcommands of which no option names a file outside the repository or a program.
const STAYS: [&str; 13] = [
    "add",
    "rm",
    "mv",
    "checkout",
    "switch",
    "branch",
    "tag",
    "restore",
    "reset",
    "commit",
    "merge",
    "status",
    "rev-parse",
];

/// The global options, and what follows them.
pub(super) fn split(args: &[Word]) -> (&[Word], &[Word]) {
    let mut at = 0;
    while let Some(word) = args.get(at).filter(|word| word.text.starts_with('-')) {
        at += 1 + usize::from(VALUED.contains(&word.text.as_str()));
    }
    args.split_at(at.min(args.len()))
}

/// Whether no option that could come in writes or runs anything.
pub(super) fn stays(args: &[Word]) -> bool {
    let (globals, rest) = split(args);
    globals.is_empty() && rest.first().and_then(Word::literal).is_some_and(|name| STAYS.contains(&name))
}

/// The files that options write, and the directories that it makes.
pub(super) fn writes(args: &[Word]) -> Vec<Word> {
    let (globals, rest) = split(args);
    let mut found = values(rest, "", &["--ou"]);
    let plain = operands(rest);
    let after = |count: usize| plain.iter().skip(count).cloned();
    match plain.first().map(|word| word.text.as_str()) {
        Some("clone") => found.extend(after(2)),
        Some("init") => found.extend(after(1)),
        Some("bundle" | "worktree") => found.extend(after(2).take(1)),
        Some("archive" | "format-patch") => found.extend(values(rest, "o", &[])),
        _ => {}
    }
    if plain.first().is_some_and(|word| matches!(word.text.as_str(), "clone" | "init")) {
        found.extend(values(globals, "C", &[]));
    }
    found
}

/// Whether an option makes it run a program, or read a configuration that does.
pub(super) fn runs(args: &[Word]) -> bool {
    let (globals, rest) = split(args);
    let Some((subcommand, rest)) = rest.split_first() else { return !globals.is_empty() };
    let starts = |text: &str| args.iter().any(|word| word.text.starts_with(text));
    let second = rest.first().map(|word| word.text.as_str());
    has(globals, "c", &["--config-env", "--exec-path"])
        || has(rest, "", &["--upload-p", "--receive-p", "--exec", "--extc"])
        || starts("ext::")
        || match subcommand.text.as_str() {
            "grep" => has(rest, "O", &["--op"]),
            "rebase" | "difftool" | "mergetool" => has(rest, "x", &["--x"]),
            "clone" | "init" | "submodule" => {
                has(rest, "uc", &["--u", "--con", "--te"]) || second == Some("foreach")
            }
            "bisect" => second == Some("run"),
            "filter-branch" | "send-email" | "daemon" | "instaweb" => true,
            _ => false,
        }
}

/// What `-c` options make it run: shell commands, and calls of `git` that an alias stands for. `None` when that cannot be
/// read.
pub(super) fn configured(args: &[Word]) -> Option<Vec<String>> {
    let (globals, _) = split(args);
    let mut scripts = Vec::new();
    let mut words = globals.iter();
    while let Some(word) = words.next() {
        if word.text.starts_with("--config-env") {
            return None;
        }
        if word.text != "-c" {
            continue;
        }
        let setting = words.next()?.known()?;
        let Some((key, value)) = setting.split_once('=') else { continue };
        let key = key.to_ascii_lowercase();
        match (key.starts_with("alias."), value.strip_prefix('!')) {
            (_, Some(script)) => scripts.push(script.to_owned()),
            (true, None) => scripts.push(format!("git {value}")),
            (false, None) if is_run(&key) => scripts.push(value.to_owned()),
            (false, None) => {}
        }
    }
    Some(scripts)
}

/// Whether the value of a setting is a command.
fn is_run(key: &str) -> bool {
    let ends = [
        "pager",
        "editor",
        "command",
        "cmd",
        "textconv",
        "external",
        "clean",
        "smudge",
        "process",
        "driver",
        "fsmonitor",
        "program",
        "askpass",
        "helper",
        "browser",
        "path",
    ];
    ends.iter().any(|end| key.ends_with(end)) || key.starts_with("pager.")
}
