//! What commands are given to run as command lines: by shells, `eval`, `source`, aliases of `git`, variables that name programs.

use super::programs::git_line;
use super::shell::is_shell;
use super::split::join;
use super::word::{UNKNOWN, Word};

/// Builtins that evaluate their arguments: as arithmetic, as names with subscripts, as assignments.
const EVALUATING: [&str; 17] = [
    "test",
    "[",
    "[[",
    "let",
    "declare",
    "typeset",
    "local",
    "export",
    "readonly",
    "printf",
    "read",
    "mapfile",
    "readarray",
    "unset",
    "wait",
    "getopts",
    "((",
];
/// Variables whose values are run, by the shell or by programs.
const RUN: [&str; 27] = [
    "PAGER",
    "GIT_PAGER",
    "MANPAGER",
    "EDITOR",
    "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "VISUAL",
    "BROWSER",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_EXTERNAL_DIFF",
    "GIT_PROXY_COMMAND",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "SUDO_ASKPASS",
    "LESSOPEN",
    "LESSCLOSE",
    "PROMPT_COMMAND",
    "PS0",
    "PS1",
    "PS2",
    "PS4",
    "BASH_ENV",
    "ENV",
    "RSYNC_RSH",
    "RUSTC_WRAPPER",
    "npm_config_script_shell",
];
/// Variables that hold options or settings of programs, among which there may be such that run something.
const OPTIONS: [&str; 5] = ["TAR_OPTIONS", "MAKEFLAGS", "LESS", "GIT_EXEC_PATH", "GIT_CONFIG"];

/// What a command runs as command lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// Nothing, or a file, which counts as a program.
    None,
    /// These texts.
    Texts(Vec<String>),
    /// What nobody can read; these texts are what there is of it.
    Computed(Vec<String>),
    /// Its standard input.
    Input,
}

/// What `name`, which stands for any path to it, runs with `args`.
pub(super) fn of(name: &str, args: &[Word]) -> Script {
    if is_shell(name) {
        return of_shell(args);
    }
    match name {
        "eval" => {
            let words = args.iter().skip_while(|word| word.text == "--");
            let text = vec![join(words.map(|word| word.text.as_str()))];
            if args.iter().any(is_open) { Script::Computed(text) } else { Script::Texts(text) }
        }
        "source" | "." => args.iter().find(|word| word.text != "--").map_or(Script::None, of_file),
        "git" => git_line::configured(args).map_or(Script::Computed(Vec::new()), Script::Texts),
        _ => Script::None,
    }
}

fn of_shell(args: &[Word]) -> Script {
    let mut input = false;
    let mut at = 0;
    while let Some(word) = args.get(at) {
        if is_open(word) {
            return Script::Computed(Vec::new());
        }
        let text = word.text.as_str();
        at += 1;
        let Some(letters) = text.strip_prefix(['-', '+']).filter(|_| !text.starts_with("--")) else {
            match text {
                "--" => {}
                "--rcfile" | "--init-file" => at += 1,
                _ if text.starts_with("--") => {}
                _ if input => return Script::Input,
                _ => return of_file(word),
            }
            continue;
        };
        if letters.contains('c') {
            let rest = &args[at..];
            let texts = rest.iter().map(|word| word.text.clone()).collect();
            let script = rest.iter().find(|word| !word.text.starts_with(['-', '+']));
            let known = script.is_some_and(|word| !is_open(word)) && !rest.first().is_some_and(is_open);
            return if known { Script::Texts(texts) } else { Script::Computed(texts) };
        }
        input |= letters.contains('s');
        at += letters.chars().filter(|letter| matches!(letter, 'o' | 'O')).count();
    }
    Script::Input
}

/// A script that is a file; what the system calls a file may be an input.
fn of_file(word: &Word) -> Script {
    let text = word.text.as_str();
    if is_open(word) {
        Script::Computed(Vec::new())
    } else if text == "-" || text.contains("stdin") || text.contains("/fd") || is_descriptor(text) {
        Script::Input
    } else {
        Script::None
    }
}

/// `0<<< x` is read as an argument and a here-string.
fn is_descriptor(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

fn is_open(word: &Word) -> bool {
    word.known().is_none()
}

/// Whether a builtin evaluates its arguments.
pub(super) fn evaluates(name: &str) -> bool {
    EVALUATING.contains(&name)
}

/// Whether a word holds a substitution that runs once it is evaluated as a subscript: `'a[$(rm x)]'`.
pub(super) fn has_hidden_substitution(word: &Word) -> bool {
    word.text
        .split_once('[')
        .is_some_and(|(_, rest)| ["$(", "`", "<(", ">("].iter().any(|start| rest.contains(start)))
}

/// The value of an assignment to a variable whose value is run.
pub(super) fn run_by_others(word: &Word) -> Option<&str> {
    let (name, value) = word.text.split_once('=')?;
    (RUN.contains(&name.strip_suffix('+').unwrap_or(name)) && !value.is_empty()).then_some(value)
}

/// Whether a word sets a variable that may make programs run anything.
pub(super) fn sets_options(word: &Word) -> bool {
    let name = word.text.split(['=', '+']).next().unwrap_or_default();
    word.text.contains('=') && (OPTIONS.contains(&name) || name.starts_with("GIT_CONFIG_"))
}

/// Stands for the arguments that `xargs` and `parallel` add.
pub(super) fn more() -> Word {
    let unknown = UNKNOWN.to_string();
    Word { raw: "\"$@\"".to_owned(), text: unknown.clone(), fuzzy: unknown, vars: true, ..Word::default() }
}
