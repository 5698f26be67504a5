//! One simple command of a line that is judged by its parts: what of it runs, and whether its words can be vouched for.
//! Worked out once, from the words alone.

use super::programs::file_ops::{accepted, follows_links, relinks};
use super::programs::file_writes::writes;
use super::programs::git_line;
use super::programs::git_reads::Below;
use super::programs::hazard::{hazard, runs_by_option};
use super::programs::read_only;
use super::programs::wrapper::strip;
use super::shell::base;
use super::split::{Simple, join};
use super::word::Word;

/// Variables that change how programs print, not what they do.
const SAFE_VARIABLES: [&str; 30] = [
    "NODE_ENV",
    "RUST_LOG",
    "RUST_BACKTRACE",
    "CI",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "TERM",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_COLLATE",
    "LC_MESSAGES",
    "LC_NUMERIC",
    "LC_TIME",
    "TZ",
    "GOOS",
    "GOARCH",
    "CGO_ENABLED",
    "GO111MODULE",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "CARGO_TERM_COLOR",
    "npm_config_loglevel",
    "TEST_ENV",
];

/// One part.
#[derive(Debug)]
pub(super) struct Part {
    pub simple: Simple,
    /// As written, assignments and wrappers included.
    pub raw: String,
    /// Its assignments change nothing but how programs print.
    pub safe_assigns: bool,
    /// What runs when the wrappers are gone; `None` when one of them is not understood.
    pub runs: Option<Runs>,
}

/// The command behind the wrappers.
#[derive(Debug)]
pub(super) struct Runs {
    /// Where it starts among the words of the part.
    start: usize,
    /// `xargs` adds arguments that are not known here.
    pub more: bool,
    /// As written and without needless quotes: what allow rules are compared with.
    pub texts: [String; 2],
    /// Why no prefix rule can vouch for it.
    pub hazard: Option<&'static str>,
    /// The paths that it may change, when it is known to change files.
    pub writes: Option<Vec<Word>>,
    /// It changes what a link leads to, rather than the link.
    pub follows_links: bool,
    /// The paths that it changes, when `acceptEdits` covers commands like it.
    pub accepted: Option<Vec<Word>>,
    /// The paths that it reads, when it only reads.
    pub reads: Option<Vec<Word>>,
    /// The words that may be paths that it changes, beside those that are certain to be.
    pub may_change: Vec<Word>,
    /// What it shows of the files below those paths.
    pub below: Below,
    /// Where it may leave links, and whether the path itself may be one.
    pub relinks: Option<(Vec<Word>, bool)>,
}

impl Part {
    pub(super) fn new(simple: Simple) -> Self {
        let runs = strip_or_self(&simple.words).map(|(words, more)| Runs {
            start: simple.words.len() - words.len(),
            more,
            texts: texts(words),
            hazard: hazard(words, more),
            writes: writes(words),
            follows_links: follows_links(words),
            accepted: accepted(words).filter(|_| !more),
            reads: read_only::paths(words, more).filter(|_| !runs_more(words)),
            may_change: may_change(words),
            below: read_only::below(words),
            relinks: relinks(words),
        });
        let safe_assigns = simple.assigns.iter().all(safe_assignment);
        Self { raw: simple.raw(), safe_assigns, runs, simple }
    }

    /// The words of what runs.
    pub(super) fn words(&self, runs: &Runs) -> &[Word] {
        self.simple.words.get(runs.start..).unwrap_or_default()
    }
}

/// Whether an option makes it run something else.
fn runs_more(words: &[Word]) -> bool {
    words.split_first().is_some_and(|(name, args)| runs_by_option(base(&name.text), args))
}

fn may_change(words: &[Word]) -> Vec<Word> {
    match words.split_first() {
        Some((name, args)) if base(&name.text) == "git" => git_line::may_change(args),
        Some(_) | None => Vec::new(),
    }
}

fn texts(words: &[Word]) -> [String; 2] {
    [join(words.iter().map(|word| word.raw.as_str())), join(words.iter().map(Word::canonical))]
}

/// The command without wrappers; `command -v` is no wrapper.
fn strip_or_self(words: &[Word]) -> Option<(&[Word], bool)> {
    if words.first()?.text == "command" && words.get(1).is_some_and(|word| word.text == "-v") {
        return Some((words, false));
    }
    let stripped = strip(words)?;
    (!stripped.words.is_empty()).then_some((stripped.words, stripped.more))
}

/// Whether an assignment in front of a command is known to be harmless.
fn safe_assignment(word: &Word) -> bool {
    let name = word.raw.split('=').next().unwrap_or_default();
    SAFE_VARIABLES.contains(&name) && word.literal().is_some_and(|text| !text.contains(['~', '/']))
}
