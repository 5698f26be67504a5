//! Which files a call of `git` shows the content of, so that rules about reading can be compared with them.

use super::file_ops::{candidates, with_text};
use super::git_line;
use crate::engine::permission::word::Word;

/// Subcommands that show what is in files.
const SHOW: [&str; 16] = [
    "diff",
    "log",
    "show",
    "blame",
    "annotate",
    "grep",
    "cat-file",
    "whatchanged",
    "diff-tree",
    "diff-index",
    "diff-files",
    "difftool",
    "format-patch",
    "archive",
    "range-diff",
    "hash-object",
];
/// Options that name files or count lines instead of showing them.
const SUMMARY: [&str; 10] = [
    "-s",
    "--compact-summary",
    "--name-only",
    "--name-status",
    "--no-patch",
    "--numstat",
    "--quiet",
    "--shortstat",
    "--stat",
    "--summary",
];
/// Options that add no content, and take no value of their own that could hide another option.
const PLAIN: [&str; 39] = [
    "--abbrev-commit",
    "--all",
    "--ancestry-path",
    "--branches",
    "--cached",
    "--cherry-mark",
    "--cherry-pick",
    "--color",
    "--date-order",
    "--decorate",
    "--exit-code",
    "--find-renames",
    "--first-parent",
    "--follow",
    "--full-history",
    "--graph",
    "--left-right",
    "--merges",
    "--no-color",
    "--no-decorate",
    "--no-merges",
    "--no-renames",
    "--oneline",
    "--parents",
    "--relative-date",
    "--remotes",
    "--reverse",
    "--simplify-by-decoration",
    "--staged",
    "--tags",
    "--topo-order",
    "--walk-reflogs",
    "-M",
    "-b",
    "-g",
    "-i",
    "-n",
    "-r",
    "-w",
];
/// The same, with a value behind `=`.
const VALUED: [&str; 17] = [
    "--abbrev",
    "--after",
    "--author",
    "--before",
    "--color",
    "--committer",
    "--date",
    "--decorate",
    "--diff-filter",
    "--dirstat",
    "--format",
    "--grep",
    "--max-count",
    "--pretty",
    "--since",
    "--stat",
    "--until",
];

/// What a call may show beside the files that it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::engine::permission) enum Below {
    /// Nothing.
    #[default]
    Nothing,
    /// Whatever lies in a tree.
    Tree,
    /// A tree, unless each of these is a file.
    Unless(Vec<Word>),
    /// What lies directly in those of these that are directories, links followed.
    In(Vec<Word>),
}

/// The words that may be files whose content is shown: from where it runs, and from the root of the repository.
pub(in crate::engine::permission) fn shown(args: &[Word]) -> (Vec<Word>, Vec<Word>) {
    let (globals, rest) = git_line::split(args);
    let Some((_, args)) = rest.split_first().filter(|(name, _)| SHOW.contains(&name.text.as_str())) else {
        return Default::default();
    };
    // `REV:path`, `:0:path`, `-L1,5:path` and `:(magic)path`.
    let behind = |word: &Word| -> Vec<Word> {
        let at = word.text.match_indices([':', ')']).map(|(at, _)| at + 1);
        at.map(|at| with_text(word, word.text[at..].trim_start_matches('/'))).collect()
    };
    let tracked: Vec<Word> = args.iter().flat_map(behind).filter(|word| !word.text.is_empty()).collect();
    let mut files = candidates(args);
    files.extend(tracked.iter().cloned());
    let moved: Vec<Word> = globals
        .windows(2)
        .filter(|pair| pair[0].text == "-C")
        .flat_map(|pair| {
            let join = |word: &Word| with_text(word, &format!("{}/{}", pair[1].text, word.text));
            files.iter().map(join).collect::<Vec<_>>()
        })
        .collect();
    files.extend(moved);
    (files, tracked)
}

/// What a read-only call shows beside the files that it names.
pub(in crate::engine::permission) fn below(args: &[Word]) -> Below {
    let (globals, rest) = git_line::split(args);
    let Some((name, args)) = rest.split_first() else { return Below::Nothing };
    let texts = || args.iter().map(|word| word.text.as_str());
    // A `--` may be the value of an option: what follows is looked at as a path and must be one.
    let end = args.iter().position(|word| word.text == "--").unwrap_or(args.len());
    let (before, paths) = (&args[..end], args.get(end + 1..).unwrap_or_default());
    let options = || before.iter().map(|word| word.text.as_str()).filter(|text| text.starts_with('-'));
    let silent = || options().all(is_plain);
    let summary = || silent() && options().any(|text| SUMMARY.contains(&text) || text.starts_with("--stat="));
    let quiet = match name.text.as_str() {
        "log" => silent(),
        "show" => summary() || names_blobs(args),
        "diff" | "whatchanged" | "diff-tree" => summary(),
        "stash" => !texts().any(|text| text == "-p"),
        "status" => !texts().any(|text| text.starts_with("--v") || is_short_with(text, 'v')),
        "cat-file" => texts().any(|text| matches!(text, "-e" | "-t" | "-s")) || names_blobs(args),
        "grep" => false,
        _ => true,
    };
    // Without `--` the operands are files, behind the usual revision at most: git refuses what may be both.
    let operands = || -> Vec<Word> {
        let mut words = before.iter().filter(|word| !word.text.starts_with('-')).peekable();
        words.next_if(|word| is_head(&word.text));
        words.cloned().collect()
    };
    let plain = globals.is_empty() && matches!(name.text.as_str(), "diff" | "log") && silent();
    let named = if paths.is_empty() && plain { operands() } else { Vec::new() };
    if quiet {
        Below::Nothing
    } else if !named.is_empty() {
        Below::Unless(named)
    } else if paths.is_empty() || texts().any(|text| text.starts_with("--full")) {
        Below::Tree
    } else {
        Below::Unless(paths.to_vec())
    }
}

/// `HEAD`, or a few commits before it.
fn is_head(text: &str) -> bool {
    let before = text.strip_prefix("HEAD").or_else(|| text.strip_prefix('@'));
    before.is_some_and(|rest| rest.chars().all(|c| matches!(c, '~' | '^') || c.is_ascii_digit()))
}

fn is_plain(option: &str) -> bool {
    let count = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    SUMMARY.contains(&option)
        || PLAIN.contains(&option)
        || option.strip_prefix("-n").or_else(|| option.strip_prefix('-')).is_some_and(count)
        || option.split_once('=').is_some_and(|(name, _)| VALUED.contains(&name))
}

fn is_short_with(option: &str, letter: char) -> bool {
    option.strip_prefix('-').is_some_and(|rest| !rest.starts_with('-') && rest.contains(letter))
}

/// Whether every operand is a file of a revision, `REV:path`, and no option says anything else.
fn names_blobs(args: &[Word]) -> bool {
    let is_blob = |text: &str| {
        text.split_once(':').is_some_and(|(revision, path)| {
            !revision.is_empty() && !revision.contains('{') && !path.is_empty()
        })
    };
    let mut operands = 0;
    args.iter().all(|word| {
        let text = word.text.as_str();
        if text == "-p" || text.starts_with('-') && is_plain(text) {
            return true;
        }
        operands += 1;
        !text.starts_with('-') && is_blob(text)
    }) && operands > 0
}
