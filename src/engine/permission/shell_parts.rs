//! Whether every simple command of a line is covered: by a rule, by the mode, or because it only reads.

use super::decide::{add_rule, because};
use super::decide_path::{Touch, allowed, guards_reads, may_stop, suggestion};
use super::decide_shell::{Looks, readable};
use super::meeting::{Found, found};
use super::programs::file_ops::candidates;
use super::programs::git_reads::Below;
use super::rule::Specifier;
use super::shell::{Line, base};
use super::shell_command::unknown_files;
use super::shell_part::{Part, Runs};
use super::shell_paths::{Dirs, Place};
use super::split::Redirect;
use super::update::{PermissionBehavior, PermissionMode, PermissionUpdate};
use super::word::Word;
use super::{Decision, PolicyContext, Reason};
use std::path::PathBuf;
use std::rc::Rc;

/// At most this many rules are suggested for one line.
const SUGGESTED: usize = 5;

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
                    part.safe_assigns
                        && part.simple.redirects.iter().all(|redirect| !redirect.write || is_sink(redirect))
                        && part.runs.as_ref().is_some_and(|runs| runs.reads.is_some())
                })
        })
    }

    /// Judges the line by its parts.
    pub(super) fn decide(&self, source: &str) -> Decision {
        let parts = match &self.line.parts {
            Ok(parts) => parts,
            Err(why) => return unclear_line(why, source),
        };
        let git = |part: &Part| part.simple.words.iter().any(|word| base(&word.text) == "git");
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
                covers.push(self.part(part, parts, !covers.is_empty())?);
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
    fn relinked(&self, parts: &[Part]) -> bool {
        let places = |word: &Word| self.dirs.places(word, self.cx).unwrap_or_default();
        let mut moved: Vec<(PathBuf, bool)> = Vec::new();
        for part in parts {
            if !moved.is_empty() {
                let targets = part.simple.redirects.iter().map(|redirect| redirect.target.clone());
                let uses = |word: Word| {
                    places(&word).iter().any(|place| {
                        let below = |(path, itself): &(PathBuf, bool)| {
                            place.link.starts_with(path) && (*itself || place.link != *path)
                        };
                        moved.iter().any(below)
                    })
                };
                if candidates(part.simple.args()).into_iter().chain(targets).any(uses) {
                    return true;
                }
            }
            if let Some((words, itself)) = part.runs.as_ref().and_then(|runs| runs.relinks.as_ref()) {
                for word in words {
                    moved.extend(places(word).iter().map(|place| (place.link.clone(), *itself)));
                }
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

    fn part(&self, part: &Part, parts: &[Part], redirected: bool) -> Result<Cover, Box<Gap>> {
        if part.simple.words.is_empty() {
            // Only redirections, judged already, unless there is an assignment.
            return if part.simple.assigns.is_empty() && redirected {
                Ok(Cover::Reads)
            } else {
                Err(Gap::unclear("an assignment changes what later commands do"))
            };
        }
        if let Some(reason) = self.rule(|rule| rule.allows_exactly(&part.raw)) {
            return Ok(Cover::Rule(reason));
        }
        let refuse = |what: &str| Box::new(Gap { suggestion: exact_suggestion(part), ..*Gap::unclear(what) });
        if !part.safe_assigns {
            return Err(refuse("an environment assignment may change what runs"));
        }
        let Some(runs) = &part.runs else {
            return Err(refuse("a wrapper is used with unusual options"));
        };
        let words = part.words(runs);
        let name = words.first().and_then(Word::literal).unwrap_or_default();
        // Behind `time` an assignment still is one: `time X=1 rm`.
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '=') {
            return Err(refuse("the name of a command is computed"));
        }
        let readable = || match &runs.reads {
            // Among the files there may be one that a rule keeps from being read.
            Some(_) if self.looks_below(&runs.below, parts) => Looks::Unknown,
            Some(paths) => readable(self.cx, self.dirs, paths),
            None => Looks::Unknown,
        };
        if let Some(what) = runs.hazard {
            let reads = matches!(readable(), Looks::Inside) && self.cx.mode != PermissionMode::DontAsk;
            return if reads { Ok(Cover::Reads) } else { Err(refuse(what)) };
        }
        if let Some(reason) = self.rule(|rule| rule.allows(&runs.texts, runs.more)) {
            self.inside_only(runs)?;
            if self.may_show_guarded(words, runs.more) {
                return Err(refuse("a rule may apply to what it expands to"));
            }
            return Ok(Cover::Rule(reason));
        }
        if self.cx.mode == PermissionMode::AcceptEdits
            && let Some(paths) = &runs.accepted
        {
            return self.all_inside(paths, runs.follows_links).map(|()| Cover::Mode);
        }
        if self.cx.mode != PermissionMode::DontAsk {
            match readable() {
                Looks::Inside => return Ok(Cover::Reads),
                Looks::Elsewhere(place) => {
                    let update = match &place {
                        Some(place) if name == "cd" => {
                            let within = [place.link.join("_"), place.target.join("_")];
                            Some(suggestion(&[&within[0], &within[1]], false, Touch::Read))
                        }
                        Some(_) | None => exact_suggestion(part),
                    };
                    let path = place.map(|place| place.target.clone());
                    let reason = Reason::OutsideWorkingDirectories;
                    return Err(Box::new(Gap { reason, path, suggestion: update }));
                }
                Looks::Unknown => {}
            }
        }
        let update = rule_suggestion(words, runs).or_else(|| exact_suggestion(part));
        Err(Box::new(Gap { reason: Reason::NothingAllows, path: None, suggestion: update }))
    }

    /// Whether it may show files below its paths that must not be shown unasked.
    fn looks_below(&self, below: &Below, parts: &[Part]) -> bool {
        let kinds = |word: &Word| -> Vec<(Rc<Place>, Option<bool>)> {
            let places = self.dirs.places(word, self.cx).unwrap_or_default();
            places.into_iter().map(|place| (Rc::clone(&place), (self.cx.folder)(&place.target))).collect()
        };
        match below {
            Below::Nothing => false,
            Below::Tree => guards_reads(self.cx),
            Below::Unless(paths) => {
                let is_file = |word: &Word| {
                    let kinds = kinds(word);
                    !word.glob && !kinds.is_empty() && kinds.iter().all(|(_, folder)| *folder == Some(false))
                };
                guards_reads(self.cx) && !paths.iter().all(is_file)
            }
            Below::In(paths) => {
                // An earlier part may put a directory there.
                let moves = |part: &Part| part.runs.as_ref().is_some_and(|runs| runs.relinks.is_some());
                let leads_on = |place: &Place| guards_reads(self.cx) || (self.cx.linked)(&place.target, "*");
                parts.iter().any(moves)
                    || paths
                        .iter()
                        .flat_map(kinds)
                        .any(|(place, folder)| folder == Some(true) && leads_on(&place))
            }
        }
    }

    /// Whether a word that only running the line would show may be a file that a rule is about.
    fn may_show_guarded(&self, words: &[Word], more: bool) -> bool {
        if !guards_reads(self.cx) {
            return false;
        }
        let Some(unknown) = unknown_files(words) else { return false };
        let stopped = |found: &Found| {
            [PermissionBehavior::Deny, PermissionBehavior::Ask]
                .into_iter()
                .any(|behavior| may_stop(self.cx, found, Touch::Read, behavior).is_some())
        };
        more || unknown.iter().any(|word| found(word, self.dirs, self.cx, true).iter().any(stopped))
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
    fn inside_only(&self, runs: &Runs) -> Result<(), Box<Gap>> {
        match &runs.writes {
            Some(_) if runs.more => {
                let reason = Reason::OutsideWorkingDirectories;
                Err(Box::new(Gap { reason, path: None, suggestion: None }))
            }
            Some(paths) => self.all_inside(paths, runs.follows_links),
            None => Ok(()),
        }?;
        self.all_inside(&runs.may_change, runs.follows_links)
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
            if let Some(place) = places.iter().find(|place| !self.writable(place)) {
                let update = suggestion(&[&place.link, &place.target], false, Touch::Write);
                return Err(outside(Some(place.target.clone()), Some(update)));
            }
        }
        Ok(())
    }

    fn writable(&self, place: &Place) -> bool {
        self.cx.inside(&place.target) && self.cx.inside(&place.entry)
            || allowed(self.cx, &[&place.link, &place.target], Touch::Write).is_some()
    }

    fn redirects(&self, part: &Part) -> Result<Vec<Cover>, Box<Gap>> {
        part.simple
            .redirects
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
        for place in places.iter() {
            let names = [place.link.as_path(), place.target.as_path()];
            let inside = self.cx.inside(&place.target);
            if let Some(reason) = allowed(self.cx, &names, touch) {
                cover = Cover::Rule(reason);
            } else if inside && touch == Touch::Write && self.cx.mode == PermissionMode::AcceptEdits {
                cover = Cover::Mode;
            } else if !(inside && touch == Touch::Read) {
                let reason = if inside { Reason::NothingAllows } else { Reason::OutsideWorkingDirectories };
                let update = suggestion(&[&place.link, &place.target], inside, touch);
                let path = Some(place.target.clone());
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

fn is_sink(redirect: &Redirect) -> bool {
    matches!(redirect.target.raw.as_str(), "/dev/null" | "/dev/stdout" | "/dev/stderr")
}

/// The rule for exactly this command, unless its text would mean more as a rule.
fn exact_suggestion(part: &Part) -> Option<PermissionUpdate> {
    (!part.raw.contains(['*', '\n'])).then(|| add_rule("Bash", Some(part.raw.clone())))
}

/// The rule for a subcommand of a program that has some.
fn rule_suggestion(words: &[Word], runs: &Runs) -> Option<PermissionUpdate> {
    let plain = |word: &Word| {
        let text = word.literal()?;
        let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'));
        (fits && !text.starts_with('-') && !text.is_empty()).then(|| text.to_owned())
    };
    let name = plain(words.first()?)?;
    if runs.more && runs.writes.is_some() {
        return None;
    }
    if !WITH_SUBCOMMANDS.contains(&name.as_str()) {
        return runs.more.then(|| add_rule("Bash", Some(format!("{name}:*"))));
    }
    let subcommand = plain(words.get(1)?)?;
    let mut text = format!("{name} {subcommand}");
    if matches!(subcommand.as_str(), "run" | "exec" | "compose") {
        text = format!("{text} {}", plain(words.get(2)?)?);
    }
    Some(add_rule("Bash", Some(format!("{text}:*"))))
}
