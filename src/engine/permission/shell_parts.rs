//! Whether every simple command of a line is covered: by a rule, by the mode, or because it only reads.

use super::decide::{add_rule, because};
use super::decide_path::{Touch, allowed, suggestion};
use super::decide_shell::readable;
use super::file_ops::{accepted, candidates, follows_links, relinks, writes};
use super::read_only;
use super::rule::Specifier;
use super::shell::{Line, WRAPPERS, base, is_launcher, is_shell};
use super::shell_paths::{Dirs, Place};
use super::shell_rule::texts;
use super::split::{Redirect, Simple};
use super::update::{PermissionBehavior, PermissionMode, PermissionUpdate};
use super::word::Word;
use super::wrapper::strip;
use super::{Decision, PolicyContext, Reason};
use std::path::PathBuf;

/// At most this many rules are suggested for one line.
const SUGGESTED: usize = 5;

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
/// Programs with subcommands: what is suggested for them is one subcommand.
const WITH_SUBCOMMANDS: [&str; 20] = [
    "git",
    "npm",
    "pnpm",
    "yarn",
    "bun",
    "deno",
    "cargo",
    "go",
    "docker",
    "podman",
    "kubectl",
    "helm",
    "gh",
    "pip",
    "uv",
    "poetry",
    "make",
    "brew",
    "apt",
    "terraform",
];

/// Why a part runs unasked.
enum Cover {
    Rule(Reason),
    Mode,
    Reads,
}

/// Why a part does not.
struct Gap {
    reason: Reason,
    path: Option<PathBuf>,
    suggestion: Option<PermissionUpdate>,
}

impl Gap {
    fn unclear(what: &str) -> Box<Self> {
        Box::new(Self { reason: Reason::Unparsable(what.to_owned()), path: None, suggestion: None })
    }
}

/// The parts of one line.
pub(super) struct Parts<'a> {
    cx: &'a PolicyContext<'a>,
    line: &'a Line,
    dirs: &'a Dirs,
}

impl<'a> Parts<'a> {
    pub(super) fn new(cx: &'a PolicyContext<'a>, line: &'a Line, dirs: &'a Dirs) -> Self {
        Self { cx, line, dirs }
    }

    /// Whether the line only looks, wherever it looks.
    pub(super) fn only_look(&self) -> bool {
        self.line.parts.as_ref().is_ok_and(|parts| {
            !parts.is_empty()
                && parts.iter().all(|part| {
                    part.assigns.iter().all(safe_assignment)
                        && part.redirects.iter().all(|redirect| !redirect.write || is_sink(redirect))
                        && strip_or_self(&part.words)
                            .is_some_and(|(words, more)| read_only::paths(words, more).is_some())
                })
        })
    }

    /// Judges the line by its parts.
    pub(super) fn decide(&self, source: &str) -> Decision {
        let parts = match &self.line.parts {
            Ok(parts) => parts,
            Err(why) => return unclear_line(why, source),
        };
        let git = |part: &Simple| part.words.iter().any(|word| base(&word.text) == "git");
        if self.dirs.moves && parts.iter().any(git) {
            return unclear_line("it runs git in another directory", source);
        }
        if self.relinked(parts) {
            return unclear_line("an earlier part may change where a path of a later part leads", source);
        }
        let mut gaps = Vec::new();
        let mut reason = Reason::ReadOnly;
        for part in parts {
            let covers = self.redirects(part).and_then(|mut covers| {
                covers.push(self.part(part, !covers.is_empty())?);
                Ok(covers)
            });
            match covers {
                Ok(covers) => {
                    reason = covers.into_iter().fold(reason, |reason, cover| self.stronger(reason, cover))
                }
                Err(gap) => gaps.push(gap),
            }
        }
        if parts.is_empty() {
            return Decision::allow(Reason::ReadOnly);
        }
        let mut suggestions: Vec<PermissionUpdate> = Vec::new();
        for gap in &gaps {
            if let Some(update) = gap.suggestion.clone().filter(|update| !suggestions.contains(update)) {
                suggestions.push(update);
            }
        }
        suggestions.truncate(SUGGESTED);
        match gaps.into_iter().next() {
            None => Decision::allow(reason),
            Some(gap) => {
                let mut decision = Decision::ask(gap.reason).with_path(gap.path.as_deref());
                decision.suggestions = suggestions;
                decision
            }
        }
    }

    /// Whether a part uses a path below one that an earlier part may have replaced by a link.
    fn relinked(&self, parts: &[Simple]) -> bool {
        let places = |word: &Word| self.dirs.places(word, self.cx).unwrap_or_default();
        let mut moved: Vec<(PathBuf, bool)> = Vec::new();
        for part in parts {
            if !moved.is_empty() {
                let targets = part.redirects.iter().map(|redirect| redirect.target.clone());
                let uses = |place: Place| {
                    let below = |(path, itself): &(PathBuf, bool)| {
                        place.link.starts_with(path) && (*itself || place.link != *path)
                    };
                    moved.iter().any(below)
                };
                if candidates(part.args()).into_iter().chain(targets).flat_map(|word| places(&word)).any(uses)
                {
                    return true;
                }
            }
            if let Some((words, itself)) = strip_or_self(&part.words).and_then(|(words, _)| relinks(words)) {
                moved.extend(words.iter().flat_map(places).map(|place| (place.link, itself)));
            }
        }
        false
    }

    /// The reason to name for a line: a rule before the mode, the mode before mere reading.
    fn stronger(&self, reason: Reason, cover: Cover) -> Reason {
        match cover {
            Cover::Rule(rule) if !matches!(reason, Reason::Rule { .. }) => rule,
            Cover::Mode if reason == Reason::ReadOnly => Reason::Mode(self.cx.mode),
            Cover::Rule(_) | Cover::Mode | Cover::Reads => reason,
        }
    }

    fn part(&self, part: &Simple, redirected: bool) -> Result<Cover, Box<Gap>> {
        if part.words.is_empty() {
            // Only redirections, judged already, unless there is an assignment.
            return if part.assigns.is_empty() && redirected {
                Ok(Cover::Reads)
            } else {
                Err(Gap::unclear("an assignment changes what later commands do"))
            };
        }
        let raw = part.raw();
        if let Some(reason) = self.rule(|rule| rule.allows_exactly(&raw)) {
            return Ok(Cover::Rule(reason));
        }
        let exact = exact_suggestion(part);
        let refuse = |what: &str| Box::new(Gap { suggestion: exact.clone(), ..*Gap::unclear(what) });
        if !part.assigns.iter().all(safe_assignment) {
            return Err(refuse("an environment assignment may change what runs"));
        }
        let Some((words, more)) = strip_or_self(&part.words) else {
            return Err(refuse("a wrapper is used with unusual options"));
        };
        let name = words.first().and_then(Word::literal).unwrap_or_default();
        // Behind `time` an assignment still is one: `time X=1 rm`.
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '=') {
            return Err(refuse("the name of a command is computed"));
        }
        if let Some(what) = hazard(name, words) {
            let looks = readable(self.cx, self.dirs, words, more);
            if matches!(looks, Some(Ok(()))) && self.cx.mode != PermissionMode::DontAsk {
                return Ok(Cover::Reads);
            }
            return Err(refuse(what));
        }
        let texts = texts(words);
        if let Some(reason) = self.rule(|rule| rule.allows(&texts, more)) {
            return self.inside_only(words, more).map(|()| Cover::Rule(reason));
        }
        if self.cx.mode == PermissionMode::AcceptEdits
            && !more
            && let Some(paths) = accepted(words)
        {
            return self.all_inside(&paths, follows_links(words)).map(|()| Cover::Mode);
        }
        if self.cx.mode != PermissionMode::DontAsk {
            match readable(self.cx, self.dirs, words, more) {
                Some(Ok(())) => return Ok(Cover::Reads),
                Some(Err(place)) => {
                    let update = match &place {
                        Some(place) if name == "cd" => {
                            let within = [place.link.join("_"), place.target.join("_")];
                            Some(suggestion(&[&within[0], &within[1]], false, Touch::Read))
                        }
                        Some(_) | None => exact,
                    };
                    let path = place.map(|place| place.target);
                    let reason = Reason::OutsideWorkingDirectories;
                    return Err(Box::new(Gap { reason, path, suggestion: update }));
                }
                None => {}
            }
        }
        let update = rule_suggestion(words, more).or(exact);
        Err(Box::new(Gap { reason: Reason::NothingAllows, path: None, suggestion: update }))
    }

    fn rule(&self, fits: impl Fn(&super::shell_rule::ShellRule) -> bool) -> Option<Reason> {
        self.cx
            .rules
            .rules(PermissionBehavior::Allow)
            .iter()
            .find(|entry| match &entry.rule.specifier {
                Specifier::Shell(rule) => fits(rule),
                Specifier::Bare | Specifier::Path(_) | Specifier::Text => false,
            })
            .map(|entry| because(entry, PermissionBehavior::Allow))
    }

    /// A file command allowed by a prefix stays inside the working directories, or goes where an Edit rule lets it.
    fn inside_only(&self, words: &[Word], more: bool) -> Result<(), Box<Gap>> {
        match writes(words) {
            Some(_) if more => {
                let reason = Reason::OutsideWorkingDirectories;
                Err(Box::new(Gap { reason, path: None, suggestion: None }))
            }
            Some(paths) => self.all_inside(&paths, follows_links(words)),
            None => Ok(()),
        }
    }

    fn all_inside(&self, paths: &[Word], follows: bool) -> Result<(), Box<Gap>> {
        for word in paths {
            let outside = |path, suggestion| {
                Box::new(Gap { reason: Reason::OutsideWorkingDirectories, path, suggestion })
            };
            if follows && !self.dirs.glob_stays(word, self.cx) {
                return Err(outside(None, None));
            }
            let places = self.dirs.places(word, self.cx).ok_or_else(|| outside(None, None))?;
            for place in places {
                if !self.writable(&place) {
                    let update = suggestion(&[&place.link, &place.target], false, Touch::Write);
                    return Err(outside(Some(place.target), Some(update)));
                }
            }
        }
        Ok(())
    }

    fn writable(&self, place: &Place) -> bool {
        self.cx.inside(&place.target) && self.cx.inside(&place.entry)
            || allowed(self.cx, &[place.link.clone(), place.target.clone()], Touch::Write).is_some()
    }

    fn redirects(&self, part: &Simple) -> Result<Vec<Cover>, Box<Gap>> {
        part.redirects
            .iter()
            .filter(|redirect| !is_sink(redirect))
            .map(|redirect| self.redirect(redirect))
            .collect()
    }

    fn redirect(&self, redirect: &Redirect) -> Result<Cover, Box<Gap>> {
        let Some(places) = self.dirs.of_redirect(redirect, self.cx) else {
            return Err(Gap::unclear("the target of a redirection is not certain"));
        };
        let touch = if redirect.write { Touch::Write } else { Touch::Read };
        let mut cover = Cover::Reads;
        for place in places {
            let names = [place.link.clone(), place.target.clone()];
            let inside = self.cx.inside(&place.target);
            if let Some(reason) = allowed(self.cx, &names, touch) {
                cover = Cover::Rule(reason);
            } else if inside && touch == Touch::Write && self.cx.mode == PermissionMode::AcceptEdits {
                cover = Cover::Mode;
            } else if !(inside && touch == Touch::Read) {
                let reason = if inside { Reason::NothingAllows } else { Reason::OutsideWorkingDirectories };
                let update = suggestion(&[&place.link, &place.target], inside, touch);
                let path = Some(place.target);
                return Err(Box::new(Gap { reason, path, suggestion: Some(update) }));
            }
        }
        Ok(cover)
    }
}

/// A question about a line that cannot be judged; the identical line can be allowed.
fn unclear_line(why: &str, source: &str) -> Decision {
    let mut decision = Decision::ask(Reason::Unparsable(why.to_owned()));
    let text = source.trim();
    if !text.is_empty() && !text.contains('*') {
        decision.suggestions = vec![add_rule("Bash", Some(text.to_owned()))];
    }
    decision
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

fn is_sink(redirect: &Redirect) -> bool {
    matches!(redirect.target.raw.as_str(), "/dev/null" | "/dev/stdout" | "/dev/stderr")
}

/// What makes a command run more than its name says, so that no prefix rule can vouch for it.
fn hazard(name: &str, words: &[Word]) -> Option<&'static str> {
    let args = &words[1..];
    let short = base(name);
    let has = |options: &[&str]| args.iter().any(|word| options.contains(&word.text.as_str()));
    let open = args.iter().any(|word| word.vars || word.braces || word.complex);
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
        return (has(&runs) || open || args.iter().any(|word| word.glob))
            .then_some("find may run a command, delete or write");
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
        "wait" => has(&["-p"]),
        _ => false,
    };
    evaluates.then_some("a shell builtin evaluates its arguments")
}

/// The rule for exactly this command, unless its text would mean more as a rule.
fn exact_suggestion(part: &Simple) -> Option<PermissionUpdate> {
    let raw = part.raw();
    (!raw.contains(['*', '\n'])).then(|| add_rule("Bash", Some(raw)))
}

/// The rule for a subcommand of a program that has some.
fn rule_suggestion(words: &[Word], more: bool) -> Option<PermissionUpdate> {
    let plain = |word: &Word| {
        let text = word.literal()?;
        let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'));
        (fits && !text.starts_with('-') && !text.is_empty()).then(|| text.to_owned())
    };
    let name = plain(words.first()?)?;
    if more && writes(words).is_some() {
        return None;
    }
    if !WITH_SUBCOMMANDS.contains(&name.as_str()) {
        return more.then(|| add_rule("Bash", Some(format!("{name}:*"))));
    }
    let subcommand = plain(words.get(1)?)?;
    let mut text = format!("{name} {subcommand}");
    if matches!(subcommand.as_str(), "run" | "exec" | "compose") {
        text = format!("{text} {}", plain(words.get(2)?)?);
    }
    Some(add_rule("Bash", Some(format!("{text}:*"))))
}
