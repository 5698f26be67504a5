//! The decision for a shell command line: deny and ask rules look everywhere, everything else needs every part.

use super::decide::{Subject, because, covers};
use super::decide_path::{self, Touch, allowed, guards_reads};
use super::meeting::found;
use super::path_rule::lexical;
use super::protected::{Places, is_protected, may_be_protected};
use super::rule::Specifier;
use super::shell::{Line, base, parse};
use super::shell_command::Command;
use super::shell_parts::Parts;
use super::shell_paths::{Dirs, Place};
use super::shell_rule::{Meets, ShellRule};
use super::split::Simple;
use super::update::PermissionBehavior;
use super::word::{UNKNOWN, Word};
use super::{Call, Decision, PolicyContext, Reason, Rule};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

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
    judge(&Scan { call, cx, source, line, dirs: &dirs, denied: OnceCell::new(), asked: OnceCell::new() })
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
        let (reason, path) = match &self.met(behavior).rule {
            Some(reason) => (reason.clone(), None),
            None => self.path_rules(behavior).map(|(reason, path)| (reason, Some(path)))?,
        };
        let decision = match behavior {
            PermissionBehavior::Deny => Decision::deny(reason),
            PermissionBehavior::Ask | PermissionBehavior::Allow => Decision::ask(reason),
        };
        Some(decision.with_path(path.as_deref()))
    }

    fn in_doubt(&self, behavior: PermissionBehavior) -> bool {
        self.met(behavior).perhaps
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
        let stopping = [PermissionBehavior::Deny, PermissionBehavior::Ask];
        let perhaps = |behavior| self.met(behavior).perhaps || self.may_find(behavior);
        if stopping.into_iter().any(perhaps) {
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
    /// What deny rules say, and what ask rules say.
    denied: OnceCell<Met>,
    asked: OnceCell<Met>,
}

/// What the rules that stop a line say of it.
#[derive(Default)]
struct Met {
    /// The rule that it meets.
    rule: Option<Reason>,
    /// A rule may be met by what nobody can see.
    perhaps: bool,
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
    fn met(&self, behavior: PermissionBehavior) -> &Met {
        let known = match behavior {
            PermissionBehavior::Deny => &self.denied,
            PermissionBehavior::Ask | PermissionBehavior::Allow => &self.asked,
        };
        known.get_or_init(|| self.meet(behavior))
    }

    fn meet(&self, behavior: PermissionBehavior) -> Met {
        let mut perhaps = false;
        let met = |entry| Met { rule: Some(because(entry, behavior)), perhaps: false };
        for entry in self.cx.rules.rules(behavior) {
            if !names(&entry.rule, self.call) {
                continue;
            }
            let bare = entry.rule.content().is_none();
            if bare || covers(&entry.rule, self.call, behavior) {
                return met(entry);
            }
            let Some(rule) = shell_rule(&entry.rule) else { continue };
            match rule.meets(self.source, self.line) {
                Meets::Yes => return met(entry),
                Meets::Perhaps => perhaps = true,
                Meets::No => perhaps |= self.line.hidden.is_some(),
            }
        }
        Met { rule: None, perhaps }
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
        if !decide_path::has_path_rules(self.cx, behavior) {
            return None;
        }
        let stop = |path: &Path, touch| {
            let reason = decide_path::stop(self.cx, path, touch, behavior, false)?;
            Some((reason, path.to_path_buf()))
        };
        let meets = |word: &Word, touch| {
            let places = self.dirs.places(word, self.cx).unwrap_or_else(|| {
                // `$HOME` and `$PWD` are known as well as anything.
                let removed = self.dirs.removed(word, self.cx);
                removed.into_iter().filter(|(_, glob)| glob.is_none()).map(|(place, _)| place).collect()
            });
            places.iter().flat_map(|place| place.names()).find_map(|path| stop(path, touch))
        };
        // Where the root of the repository is does not show: any directory above may be it.
        let in_repository = |word: &Word| {
            let places = self.dirs.at(".", false, self.cx).unwrap_or_default();
            let path = Path::new(word.known()?);
            let names = places.iter().flat_map(|place| place.target.ancestors());
            names.map(|root| lexical(&root.join(path))).find_map(|path| stop(&path, Touch::Read))
        };
        self.line.all.iter().find_map(|command| {
            let redirected = command.simple.redirects.iter().find_map(|redirect| {
                meets(&redirect.target, if redirect.write { Touch::Write } else { Touch::Read })
            });
            redirected
                .or_else(|| command.touched().find_map(|(word, touch)| meets(word, touch)))
                .or_else(|| command.tracked.iter().find_map(in_repository))
        })
    }

    /// Whether a glob may find a file that a path rule is about.
    fn may_find(&self, behavior: PermissionBehavior) -> bool {
        // What patterns find can be changed by these.
        let odd = || ["shopt", "dotglob", "GLOBIGNORE", "-O"].iter().any(|text| self.source.contains(text));
        decide_path::has_path_rules(self.cx, behavior)
            && self
                .line
                .all
                .iter()
                .flat_map(Command::touched)
                .filter(|(word, _)| word.glob && word.known().is_some())
                .any(|(word, touch)| {
                    found(word, self.dirs, self.cx, odd())
                        .iter()
                        .any(|found| decide_path::may_stop(self.cx, found, touch, behavior).is_some())
                })
    }

    /// The critical directory that the line would remove, if any.
    fn critical(&self) -> Option<PathBuf> {
        let removes = |command: &&Simple| {
            command.words.first().is_some_and(|name| matches!(base(&name.text), "rm" | "rmdir"))
        };
        let commands = self.line.all.iter().map(|command| &command.simple);
        let places = Places { cwd: self.cx.cwd, additional: self.cx.additional, home: self.cx.home };
        for command in commands.filter(removes) {
            for word in super::programs::file_ops::operands(command.args()) {
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
                        return Some(place.target.clone());
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
            for word in command.redirected().chain(&command.changes) {
                if word.glob && may_be_protected(&word.text) {
                    return Some(self.cx.current.join(&word.text));
                }
                let places = self.dirs.places(word, self.cx).unwrap_or_default();
                if let Some(path) =
                    places.iter().flat_map(|place| place.names()).find(|path| is_protected(path))
                {
                    return Some(path.to_path_buf());
                }
            }
        }
        None
    }
}

/// Where a part that only reads looks.
pub(super) enum Looks {
    /// At what may be read unasked.
    Inside,
    /// Elsewhere too: here, if that is known.
    Elsewhere(Option<Rc<Place>>),
    /// At what nobody can say.
    Unknown,
}

/// Where a part that reads `paths` looks.
pub(super) fn readable(cx: &PolicyContext, dirs: &Dirs, paths: &[Word]) -> Looks {
    for word in paths {
        if word.glob && guards_reads(cx) {
            return Looks::Unknown;
        }
        if !dirs.glob_stays(word, cx) {
            return Looks::Elsewhere(None);
        }
        let Some(places) = dirs.places(word, cx) else { return Looks::Elsewhere(None) };
        for place in places.iter() {
            let may_read = || allowed(cx, &[&place.link, &place.target], Touch::Read).is_some();
            if !cx.inside(&place.target) && !may_read() {
                return Looks::Elsewhere(Some(Rc::clone(place)));
            }
        }
    }
    Looks::Inside
}

#[cfg(test)]
#[path = "shell_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "property_tests.rs"]
mod property_tests;
