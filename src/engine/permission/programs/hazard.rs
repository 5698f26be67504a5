//! What makes a command do more than its name says, so that no prefix rule can vouch for it.

use super::file_writes::{bundle, has, may_write};
use super::{git_line, read_only};
use crate::engine::permission::shell::{WRAPPERS, base, is_launcher, is_shell};
use crate::engine::permission::word::Word;

/// Shell builtins that run text, evaluate their arguments, or change what later commands mean.
const BUILTINS: [&str; 34] = [
    "eval",
    "source",
    ".",
    "exec",
    "trap",
    "coproc",
    "let",
    "declare",
    "typeset",
    "local",
    "export",
    "readonly",
    "read",
    "mapfile",
    "readarray",
    "alias",
    "unalias",
    "set",
    "shopt",
    "enable",
    "hash",
    "bind",
    "complete",
    "compgen",
    "compopt",
    "fc",
    "unset",
    "getopts",
    "pushd",
    "popd",
    "dirs",
    "jobs",
    "history",
    "[[",
];
/// Programs of which options run a command, or read a file of further options: the short ones and the starts of the long
/// ones, for which less of them stands too.
const BY_OPTION: [(&str, &str, &[&str]); 13] = [
    ("sort", "", &["--co"]),
    ("install", "", &["--strip-p"]),
    // Members of an archive may lead out of the directory.
    ("unzip", ":", &[]),
    ("rg", "", &["--pre", "--host"]),
    ("fd", "xX", &["--exec"]),
    ("fdfind", "xX", &["--exec"]),
    ("rsync", "e", &["--rsh", "--rsync-p"]),
    ("curl", "K", &["--conf", "--expand"]),
    ("wget", "e", &["--exec", "--use-a", "--conf"]),
    ("split", "", &["--f"]),
    ("zip", "T", &["--un"]),
    ("man", "PH", &["--pa", "--h"]),
    // It leaves the directory that it unpacks to with `-P`, and runs programs with the others.
    (
        "tar",
        "PIFT",
        &["--abs", "--to-c", "--checkpoint-a", "--use", "--info", "--new-v", "--rmt", "--rsh", "--files-f"],
    ),
];

/// Whether an option makes a program run something that is not judged.
pub(in crate::engine::permission) fn runs_by_option(name: &str, args: &[Word]) -> bool {
    match name {
        "git" => git_line::runs(args),
        // A file is named by a part of the URL, or by the text that is printed at the end.
        "curl" if args.iter().any(|word| word.text.contains('#') || word.text.contains("%output")) => true,
        // A script runs in the shell that a setting names.
        "npm" | "pnpm" => has(args, "", &["--script-s", "--node-o", "--userc", "--globalc"]),
        "gcc" | "g++" | "cc" | "c++" | "clang" | "clang++" => args.iter().any(loads),
        "tar" if bundle(args).iter().any(|(letter, _)| "PIFT".contains(*letter)) => true,
        _ => BY_OPTION.iter().any(|(program, letters, long)| *program == name && has(args, letters, long)),
    }
}

/// Whether an option of a compiler makes it run a program, or read further options.
fn loads(word: &Word) -> bool {
    ["-wrapper", "-fplugin", "-specs", "--specs", "-B", "-load", "@"]
        .iter()
        .any(|start| word.text.starts_with(start))
}

/// What makes a command run more than its name says, so that no prefix rule can vouch for it.
pub(in crate::engine::permission) fn hazard(words: &[Word], more: bool) -> Option<&'static str> {
    let (name, args) = words.split_first()?;
    let name = name.literal()?;
    let short = base(name);
    let is_given = |options: &[&str]| args.iter().any(|word| options.contains(&word.text.as_str()));
    let open = args.iter().any(|word| word.known().is_none());
    if BUILTINS.contains(&name) {
        return Some("a shell builtin runs text or changes what later commands mean");
    }
    if is_shell(name) {
        let script = args.first().and_then(Word::literal).is_some_and(|text| !text.starts_with(['-', '+']));
        return (!script).then_some("a shell runs commands that are not judged");
    }
    if short == "find" {
        let runs =
            ["-exec", "-execdir", "-ok", "-okdir", "-delete", "-fprint", "-fprint0", "-fprintf", "-fls"];
        return (more || is_given(&runs) || open || args.iter().any(|word| word.glob))
            .then_some("find may run a command, delete or write");
    }
    if runs_by_option(short, args) {
        return Some("an option of it runs a command or changes what it does");
    }
    if may_write(words) || BY_OPTION.iter().any(|(program, ..)| *program == short) {
        if more {
            return Some("xargs may add options that write or run something");
        }
        if args.iter().any(Word::may_be_option) {
            return Some("what it expands to may be an option that writes or runs something");
        }
    }
    if is_launcher(name) || WRAPPERS.contains(&short) {
        return Some("it runs a command that is not judged");
    }
    // What a sed script does is only known when it is read: `w` writes anywhere and `e` runs anything.
    if short == "sed" && super::sed::read(args).is_none() {
        return Some("the sed script may write a file or run a command");
    }
    let evaluates = match name {
        "printf" => {
            args.iter().any(|word| word.text == "-v" || word.text.starts_with("-v"))
                || args
                    .iter()
                    .find(|word| word.text != "--")
                    .is_some_and(|word| word.literal().is_none() || read_only::counts(&word.text))
        }
        "test" | "[" => {
            open || args
                .iter()
                .any(|word| matches!(word.text.as_str(), "-v" | "-R") || word.text.contains('['))
        }
        "wait" => is_given(&["-p"]),
        _ => false,
    };
    evaluates.then_some("a shell builtin evaluates its arguments")
}
