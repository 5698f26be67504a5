//! A call of `git`: its global options, its subcommand, what it writes and what it is made to run.

use super::file_ops::{candidates, operands};
use super::file_writes::{has, values};
use crate::engine::permission::word::Word;

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
pub(in crate::engine::permission) fn split(args: &[Word]) -> (&[Word], &[Word]) {
    let mut at = 0;
    while let Some(word) = args.get(at).filter(|word| word.text.starts_with('-')) {
        at += 1 + usize::from(VALUED.contains(&word.text.as_str()));
    }
    args.split_at(at.min(args.len()))
}

/// Whether no option that could come in writes or runs anything.
pub(in crate::engine::permission) fn stays(args: &[Word]) -> bool {
    let (globals, rest) = split(args);
    globals.is_empty() && rest.first().and_then(Word::literal).is_some_and(|name| STAYS.contains(&name))
}

/// The files that options write, and the directories that it makes.
pub(in crate::engine::permission) fn writes(args: &[Word]) -> Vec<Word> {
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

/// Every word that may be a path that it changes, for a rule that covers it: more than [`writes`], which are certain.
pub(in crate::engine::permission) fn may_change(args: &[Word]) -> Vec<Word> {
    let (globals, rest) = split(args);
    let mut found = values(globals, "C", &["--git-dir", "--work-tree"]);
    let stays = rest.first().and_then(Word::literal).is_some_and(|name| STAYS.contains(&name));
    if !stays {
        found.extend(candidates(rest.get(1..).unwrap_or_default()));
    }
    found
}

/// Whether an option makes it run a program, or read a configuration that does.
pub(in crate::engine::permission) fn runs(args: &[Word]) -> bool {
    let (globals, rest) = split(args);
    let Some((subcommand, rest)) = rest.split_first() else { return !globals.is_empty() };
    let names = |name: &str| rest.iter().any(|word| word.text == name);
    has(globals, "c", &["--config-env", "--exec-path"])
        || has(rest, "", &["--upl", "--rece", "--exe", "--extc"])
        || args.iter().any(|word| helper(word).is_some())
        || match subcommand.text.as_str() {
            "grep" => has(rest, "O", &["--op"]),
            "rebase" | "difftool" | "mergetool" => has(rest, "x", &["--x", "--ex"]),
            "clone" | "init" | "submodule" => {
                has(rest, "uc", &["--upl", "--con", "--te"]) || names("foreach")
            }
            "bisect" => names("run"),
            // A patch may then name files outside.
            "apply" => has(rest, "", &["--unsafe-p"]),
            // Settings name programs.
            "config" => sets(rest),
            "hook" | "for-each-repo" | "filter-branch" | "send-email" | "daemon" | "instaweb" => true,
            _ => false,
        }
}

/// The command that a remote names, as a word or as the value of an option.
fn helper(word: &Word) -> Option<&str> {
    let value = word.text.split_once('=').map_or(&*word.text, |(_, value)| value);
    word.text.strip_prefix("ext::").or_else(|| value.strip_prefix("ext::"))
}

/// Whether `git config` may change a setting, or looks at a file of its own. Its options end at the first word that is none,
/// so that a value may look like one, and an option that is not known here may take the next word for its value.
fn sets(args: &[Word]) -> bool {
    let of_file = |word: &Word| {
        let name = word.text.split_once('=').map_or(&*word.text, |(name, _)| name);
        name.starts_with("-f")
            || name.len() > 2 && ["--file", "--blob"].iter().any(|long| long.starts_with(name))
    };
    // What expands may become a name and a value.
    if args.iter().any(|word| word.literal().is_none() || of_file(word)) {
        return true;
    }
    let mut at = 0;
    while let Some(word) = args.get(at).filter(|word| word.text.starts_with('-')) {
        at += 1;
        match word.text.split_once('=').map_or(&*word.text, |(name, _)| name) {
            "--" => break,
            "--get" | "--get-all" | "--get-regexp" | "--get-urlmatch" | "--get-color" | "--get-colorbool"
            | "--list" | "-l" | "-lz" | "-zl" => return false,
            "--type" | "--default" => {
                at += usize::from(!word.text.contains('='));
            }
            "--global" | "--system" | "--local" | "--worktree" | "--null" | "-z" | "--name-only"
            | "--show-origin" | "--show-scope" | "--includes" | "--no-includes" | "--bool" | "--int"
            | "--bool-or-int" | "--path" | "--expiry-date" | "--fixed-value" | "--add" | "--replace-all"
            | "--unset" | "--unset-all" | "--remove-section" | "--edit" | "-e" => {}
            _ => return true,
        }
    }
    args.len() > at + 1
}

/// What `-c` options and remotes make it run: shell commands, and calls of `git` that an alias stands for. `None` when that
/// cannot be read.
pub(in crate::engine::permission) fn configured(args: &[Word]) -> Option<Vec<String>> {
    let (globals, rest) = split(args);
    let renames = |word: &Word| word.text.to_ascii_lowercase().starts_with("alias.");
    if rest.first().is_some_and(|name| name.text == "config") && rest.iter().any(renames) {
        return None;
    }
    let mut scripts: Vec<String> = rest.iter().filter_map(helper).map(str::to_owned).collect();
    let mut words = globals.iter();
    while let Some(word) = words.next() {
        if word.text.starts_with("--config-env") || word.text.starts_with("--exec-path=") {
            return None;
        }
        if word.text != "-c" {
            continue;
        }
        let setting = words.next()?.known()?;
        let Some((key, value)) = setting.split_once('=') else { continue };
        let key = key.to_ascii_lowercase();
        if key.starts_with("include") {
            return None;
        }
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
        "filter",
        "pack",
        "hook",
    ];
    ends.iter().any(|end| key.ends_with(end)) || key.starts_with("pager.")
}
