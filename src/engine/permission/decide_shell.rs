//! The decision for a shell command line: deny and ask rules look everywhere, everything else needs every part.

use super::decide::{Subject, because, covers};
use super::decide_path::{self, Touch, allowed, guards_reads};
use super::file_ops::{candidates, writes};
use super::protected::{Places, is_protected, may_be_protected};
use super::read_only;
use super::rule::Specifier;
use super::shell::{Line, base, parse};
use super::shell_parts::Parts;
use super::shell_paths::{Dirs, Place};
use super::shell_rule::{Meets, ShellRule};
use super::split::Simple;
use super::update::PermissionBehavior;
use super::word::UNKNOWN;
use super::{Call, Decision, PolicyContext, Reason, Rule};
use std::path::{Path, PathBuf};

/// Commands whose arguments are files that they show or change.
const FILE_COMMANDS: [&str; 56] = [
    "cat", "head", "tail", "less", "more", "bat", "sed", "awk", "gawk", "mawk", "grep", "egrep", "fgrep",
    "rg", "ag", "sort", "uniq", "wc", "cut", "tr", "nl", "tac", "rev", "fold", "paste", "column", "comm",
    "cmp", "diff", "join", "od", "hexdump", "xxd", "base64", "strings", "file", "stat", "ls", "find", "jq",
    "yq", "cp", "mv", "rm", "ln", "install", "tee", "touch", "truncate", "chmod", "chown", "dd", "source",
    ".", "vim", "nano",
];

/// Takes a command line apart and hands it to `judge`.
pub(super) fn with_line<T>(
    call: &Call,
    cx: &PolicyContext,
    source: &str,
    judge: impl FnOnce(&dyn Subject) -> T,
) -> T {
    let parsed;
    let line = match call.line.filter(|line| line.source == source) {
        Some(known) => &known.line,
        None => {
            parsed = parse(source);
            &parsed
        }
    };
    let dirs = Dirs::of(line, cx);
    judge(&Scan { call, cx, source, line, dirs: &dirs })
}

/// A command line, parsed once for all decisions on a call.
#[derive(Debug)]
pub struct CommandLine {
    source: String,
    line: Line,
}

impl CommandLine {
    /// Parses `source` as far as that is possible; what is not possible is part of the result.
    pub fn parse(source: &str) -> Self {
        Self { source: source.to_owned(), line: parse(source) }
    }
}

impl Subject for Scan<'_> {
    fn stopped(&self, behavior: PermissionBehavior) -> Option<Decision> {
        let (reason, path) = match self.rules(behavior).0 {
            Some(reason) => (reason, None),
            None => self.path_rules(behavior).map(|(reason, path)| (reason, Some(path)))?,
        };
        let decision = match behavior {
            PermissionBehavior::Deny => Decision::deny(reason),
            PermissionBehavior::Ask | PermissionBehavior::Allow => Decision::ask(reason),
        };
        Some(decision.with_path(path.as_deref()))
    }

    fn in_doubt(&self, behavior: PermissionBehavior) -> bool {
        self.rules(behavior).1
    }

    fn only_looks(&self) -> bool {
        Parts::new(self.cx, self.line, self.dirs).only_look()
    }

    fn unsafe_reason(&self) -> Option<Decision> {
        if let Some(path) = self.critical() {
            return Some(Decision::ask(Reason::CriticalRemoval).with_path(Some(&path)));
        }
        if let Some(path) = self.protected() {
            return Some(Decision::ask(Reason::ProtectedPath).with_path(Some(&path)));
        }
        // A rule that may apply to what nobody can see counts as an ask, in every mode.
        if self.rules(PermissionBehavior::Deny).1 || self.rules(PermissionBehavior::Ask).1 {
            let what = self.line.hidden.clone();
            let what = what.unwrap_or_else(|| "a rule may apply to what it expands to".to_owned());
            return Some(Decision::ask(Reason::Unparsable(what)));
        }
        None
    }

    fn permitted(&self) -> Decision {
        match self.allowed_whole() {
            Some(reason) => Decision::allow(reason),
            None => Parts::new(self.cx, self.line, self.dirs).decide(self.source),
        }
    }
}

struct Scan<'a> {
    call: &'a Call<'a>,
    cx: &'a PolicyContext<'a>,
    source: &'a str,
    line: &'a Line,
    dirs: &'a Dirs,
}

/// Whether a rule is about shell commands or about the tool that runs one.
fn names(rule: &Rule, call: &Call) -> bool {
    rule.names_tool(call.tool) || rule.names_tool("Bash")
}

fn shell_rule(rule: &Rule) -> Option<&ShellRule> {
    match &rule.specifier {
        Specifier::Shell(shell) => Some(shell),
        Specifier::Bare | Specifier::Path(_) | Specifier::Text => None,
    }
}

impl Scan<'_> {
    /// The deny or ask rule that the line meets, and whether one may be met by what nobody can see.
    fn rules(&self, behavior: PermissionBehavior) -> (Option<Reason>, bool) {
        let mut open = false;
        for entry in self.cx.rules.rules(behavior) {
            if !names(&entry.rule, self.call) {
                continue;
            }
            let bare = entry.rule.content().is_none();
            if bare || covers(&entry.rule, self.call, behavior) {
                return (Some(because(entry, behavior)), false);
            }
            let Some(rule) = shell_rule(&entry.rule) else { continue };
            match rule.meets(self.source, self.line) {
                Meets::Yes => return (Some(because(entry, behavior)), false),
                Meets::Perhaps => open = true,
                Meets::No => open |= self.line.hidden.is_some(),
            }
        }
        (None, open)
    }

    /// The rule that allows the tool altogether, or this identical line.
    fn allowed_whole(&self) -> Option<Reason> {
        let whole = |rule: &Rule| {
            rule.content().is_none() || shell_rule(rule).is_some_and(|shell| shell.is_line(self.source))
        };
        let behavior = PermissionBehavior::Allow;
        let mut rules = self.cx.rules.rules(behavior).iter();
        rules
            .find(|entry| names(&entry.rule, self.call) && whole(&entry.rule))
            .map(|entry| because(entry, behavior))
    }

    /// The path rule that a recognised file command or a redirection of the line meets.
    fn path_rules(&self, behavior: PermissionBehavior) -> Option<(Reason, PathBuf)> {
        let stop = |path: &Path, touch| decide_path::stop(self.cx, path, touch, behavior, false);
        let any = |place: &Place, touch| {
            place
                .names()
                .into_iter()
                .find_map(|path| stop(path, touch).map(|reason| (reason, path.to_path_buf())))
        };
        for command in &self.line.all {
            for redirect in &command.redirects {
                let touch = if redirect.write { Touch::Write } else { Touch::Read };
                let places = self.dirs.places(&redirect.target, self.cx).unwrap_or_default();
                if let Some(found) = places.iter().find_map(|place| any(place, touch)) {
                    return Some(found);
                }
            }
            let Some(name) = command.words.first() else { continue };
            if !FILE_COMMANDS.contains(&base(&name.text)) {
                continue;
            }
            let reads = candidates(command.args()).into_iter().map(|word| (word, Touch::Read));
            let changes =
                writes(&command.words).unwrap_or_default().into_iter().map(|word| (word, Touch::Write));
            for (word, touch) in reads.chain(changes) {
                if word.glob {
                    continue;
                }
                let places = self.dirs.places(&word, self.cx).unwrap_or_default();
                if let Some(found) = places.iter().find_map(|place| any(place, touch)) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// The critical directory that the line would remove, if any.
    fn critical(&self) -> Option<PathBuf> {
        let removes = |command: &&Simple| {
            command.words.first().is_some_and(|name| matches!(base(&name.text), "rm" | "rmdir"))
        };
        let places = Places { cwd: self.cx.cwd, additional: self.cx.additional, home: self.cx.home };
        for command in self.line.all.iter().filter(removes) {
            for word in super::file_ops::operands(command.args()) {
                // Somebody's home, or a variant of `$HOME` that nobody can read here.
                let home = word.tilde
                    && self.dirs.at(&word.text, true, self.cx).is_none()
                    && !word.text.contains('/')
                    || word.complex && (word.raw.contains("HOME") || word.raw.contains("PWD"));
                if home {
                    return Some(self.cx.home.unwrap_or(self.cx.cwd).to_path_buf());
                }
                // `$X/` and `$X/*`: with X empty, that is the root.
                let text = word.fuzzy.trim_end_matches([UNKNOWN, '*', '.']);
                if (word.vars || word.complex) && text == "/"
                    || word.vars
                        && text
                            .strip_prefix(UNKNOWN)
                            .is_some_and(|rest| rest.trim_matches('/').is_empty() && !rest.is_empty())
                {
                    return Some(PathBuf::from("/"));
                }
                for (place, glob) in self.dirs.removed(&word, self.cx) {
                    let critical = match &glob {
                        None => places.is_critical(&place.target) || places.is_critical(&place.link),
                        Some(glob) => places.is_critical_glob(&place.target, glob),
                    };
                    if critical {
                        return Some(place.target);
                    }
                }
            }
        }
        let unreadable =
            self.line.parts.is_err() && self.line.hidden.as_deref().is_some_and(|why| why.starts_with("it"));
        let word = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-' || c == '.');
        (unreadable && self.source.split(word).any(|piece| matches!(piece, "rm" | "rmdir")))
            .then(|| self.cx.current.to_path_buf())
    }

    /// The protected place that the line would change, if any.
    fn protected(&self) -> Option<PathBuf> {
        for command in &self.line.all {
            let redirected =
                command.redirects.iter().filter(|redirect| redirect.write).map(|r| r.target.clone());
            for word in redirected.chain(writes(&command.words).unwrap_or_default()) {
                if word.glob && may_be_protected(&word.text) {
                    return Some(self.cx.current.join(&word.text));
                }
                for place in self.dirs.places(&word, self.cx).unwrap_or_default() {
                    if let Some(path) = place.names().into_iter().find(|path| is_protected(path)) {
                        return Some(path.to_path_buf());
                    }
                }
            }
        }
        None
    }
}

/// The paths that a read-only part reads when all of them may be read unasked; else the one that stands in the way.
pub(super) fn readable(
    cx: &PolicyContext,
    dirs: &Dirs,
    words: &[super::word::Word],
    more: bool,
) -> Option<Result<(), Option<Place>>> {
    for_each_readable(cx, dirs, &read_only::paths(words, more)?)
}

fn for_each_readable(
    cx: &PolicyContext,
    dirs: &Dirs,
    paths: &[super::word::Word],
) -> Option<Result<(), Option<Place>>> {
    for word in paths {
        if word.glob && guards_reads(cx) {
            return None;
        }
        if !dirs.glob_stays(word, cx) {
            return Some(Err(None));
        }
        let Some(places) = dirs.places(word, cx) else { return Some(Err(None)) };
        for place in places {
            let names = [place.link.clone(), place.target.clone()];
            if !cx.inside(&place.target) && allowed(cx, &names, Touch::Read).is_none() {
                return Some(Err(Some(place)));
            }
        }
    }
    Some(Ok(()))
}

#[cfg(test)]
#[path = "shell_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "property_tests.rs"]
mod property_tests;
