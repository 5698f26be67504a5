//! A command line as tree-sitter-bash sees it: every simple command, however deep it hides.

use super::quiet::Quiet;
use super::shell_command::Command;
use super::shell_follow::Given;
use super::shell_part::Part;
use super::split::{Redirect, Simple, is_odd, split};
use super::word::{Word, decode};
use std::collections::HashSet;
use tree_sitter::{Node, Parser};

/// Longer lines are not judged.
const LONGEST: usize = 10_000;
/// How deep command lines inside command lines are followed.
const DEEPEST: usize = 8;
/// How many command lines inside one command line are read.
const MOST_LINES: usize = 200;

/// Programs that run the command line given to them. Prefix rules never allow through these.
const LAUNCHERS: [&str; 59] = [
    "sudo",
    "doas",
    "su",
    "env",
    "watch",
    "setsid",
    "ionice",
    "flock",
    "xargs",
    "find",
    "chroot",
    "unshare",
    "nsenter",
    "runuser",
    "strace",
    "ltrace",
    "script",
    "parallel",
    "taskset",
    "chrt",
    "busybox",
    "toybox",
    "systemd-run",
    "firejail",
    "bwrap",
    "unbuffer",
    "caffeinate",
    "entr",
    "nocorrect",
    "exec",
    "coproc",
    "alias",
    "trap",
    "start-stop-daemon",
    "numactl",
    "fakeroot",
    "pkexec",
    "rlwrap",
    "mapfile",
    "readarray",
    "complete",
    "compgen",
    "bind",
    "hash",
    "setarch",
    "linux32",
    "linux64",
    "i386",
    "x86_64",
    "prlimit",
    "setpriv",
    "choom",
    "uclampset",
    "runcon",
    "sg",
    "capsh",
    "ssh-agent",
    "eatmydata",
    "jobs",
];
/// Programs that run the command given to them and are looked through by every rule.
pub(super) const WRAPPERS: [&str; 9] =
    ["timeout", "time", "nice", "nohup", "stdbuf", "command", "builtin", "noglob", "xargs"];
const SHELLS: [&str; 11] =
    ["sh", "bash", "rbash", "zsh", "dash", "ksh", "mksh", "fish", "csh", "tcsh", "ash"];

/// A command line, taken apart.
#[derive(Debug)]
pub(super) struct Line {
    /// The simple commands in order, when the line is nothing but those; else what stands in the way.
    pub parts: Result<Vec<Part>, String>,
    /// Every simple command found anywhere, each once: in substitutions, groups, quoted scripts, behind wrappers. How often
    /// one stands in the line does not show here.
    pub all: Vec<Command>,
    /// Every change of directory found anywhere, at least as often as it stands there.
    pub moves: Vec<Simple>,
    /// What hides a command from us, if anything does.
    pub hidden: Option<String>,
}

/// Whether `name` is a shell.
pub(super) fn is_shell(name: &str) -> bool {
    SHELLS.contains(&base(name))
}

/// Whether `name` runs other commands.
pub(super) fn is_launcher(name: &str) -> bool {
    LAUNCHERS.contains(&base(name))
}

/// The last component of a program's path.
pub(super) fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Takes a command line apart.
pub(super) fn parse(line: &str) -> Line {
    let mut walk = Walk {
        source: "",
        top: Vec::new(),
        all: Vec::new(),
        scripts: Vec::new(),
        hidden: None,
        broken: false,
        lines: 0,
    };
    let mut read_once = 0;
    let mut parts: Result<Vec<Simple>, String> = Err("it is longer than 10,000 characters".to_owned());
    if line.chars().count() > LONGEST {
        walk.hide("it is longer than 10,000 characters");
    } else if line.contains('\0') {
        parts = Err("it holds a NUL character".to_owned());
        walk.hide("it holds a NUL character");
    } else {
        parts = split(line).map_err(str::to_owned);
        walk.line(line, 0);
        read_once = walk.all.len();
        if let Ok(strict) = &parts {
            walk.all.extend(strict.iter().cloned());
            if walk.broken {
                parts = Err("it could not be parsed".to_owned());
            }
        }
        let differs = |strict: &Vec<Simple>| !same(strict, &walk.top);
        if parts.as_ref().is_ok_and(differs) {
            parts = Err("its structure is ambiguous".to_owned());
            walk.hide("its structure is ambiguous");
        }
    }
    let Walk { all, hidden, .. } = walk;
    let parts = parts.map(|parts| parts.into_iter().map(Part::new).collect());
    let moves = |command: &&Simple| matches!(command.name(), Some("cd" | "pushd" | "popd"));
    // Where both readings agree, one of them has all steps.
    let steps = if parts.is_ok() { &all[..read_once] } else { &all[..] };
    let moves = steps.iter().filter(moves).cloned().collect();
    Line { parts, moves, all: distinct(all).map(Command::new).collect(), hidden }
}

/// Both readings of a line find most commands, and wrappers add some of them again.
fn distinct(all: Vec<Simple>) -> impl Iterator<Item = Simple> {
    let mut seen = HashSet::with_capacity(all.len());
    let new: Vec<bool> = all.iter().map(|command| seen.insert(command)).collect();
    all.into_iter().zip(new).filter_map(|(command, new)| new.then_some(command))
}

/// Whether two readings of a line agree on every word, assignment and target.
fn same(strict: &[Simple], tree: &[Simple]) -> bool {
    fn named(list: &[Simple]) -> impl Iterator<Item = &Simple> {
        list.iter().filter(|command| !command.words.is_empty())
    }
    fn sorted<'a, T: Ord>(found: impl Iterator<Item = T> + 'a) -> Vec<T> {
        let mut found: Vec<T> = found.collect();
        found.sort();
        found
    }
    fn assigns(list: &[Simple]) -> Vec<&str> {
        sorted(list.iter().flat_map(|command| &command.assigns).map(|word| word.raw.as_str()))
    }
    fn targets(list: &[Simple]) -> Vec<(bool, &str)> {
        let redirects = list.iter().flat_map(|command| &command.redirects);
        sorted(redirects.map(|redirect| (redirect.write, redirect.target.raw.as_str())))
    }
    fn words(command: &Simple) -> Vec<&str> {
        command.words.iter().map(|word| word.raw.as_str()).collect()
    }
    named(strict).map(words).eq(named(tree).map(words))
        && assigns(strict) == assigns(tree)
        && targets(strict) == targets(tree)
}

pub(super) struct Walk<'a> {
    source: &'a str,
    /// The commands of the outermost line, in order.
    top: Vec<Simple>,
    pub(super) all: Vec<Simple>,
    /// Bodies of here-documents and here-strings of the line at hand.
    scripts: Vec<String>,
    hidden: Option<String>,
    /// The outermost line has errors.
    broken: bool,
    /// How many lines were read so far.
    lines: usize,
}

impl Walk<'_> {
    pub(super) fn hide(&mut self, what: &str) {
        if self.hidden.is_none() {
            self.hidden = Some(what.to_owned());
        }
    }

    /// Reads one line and everything in it.
    pub(super) fn line(&mut self, source: &str, depth: usize) {
        self.lines += 1;
        if depth > DEEPEST || self.lines > MOST_LINES {
            return self.hide("command lines are nested too deeply");
        }
        if is_odd(source) {
            self.hide("it holds an unusual control or space character");
        }
        if source.contains("@P}") {
            self.hide("a value is expanded as a prompt is");
        }
        let mut parser = Parser::new();
        if parser.set_language(&tree_sitter_bash::LANGUAGE.into()).is_err() {
            return self.hide("the shell grammar could not be loaded");
        }
        let Some(tree) = parser.parse(source, None) else { return self.hide("it could not be parsed") };
        let mut inner = Walk {
            source,
            top: Vec::new(),
            all: Vec::new(),
            scripts: Vec::new(),
            hidden: None,
            broken: false,
            lines: 0,
        };
        inner.statements(tree.root_node());
        let Walk { top, scripts, hidden, broken, .. } = inner;
        if let Some(hidden) = hidden {
            self.hide(&hidden);
        }
        if depth > 0 {
            // A reading of our own beside tree-sitter's, as at the top.
            if let Ok(strict) = split(source) {
                if !same(&strict, &top) {
                    self.hide("its structure is ambiguous");
                }
                self.all.extend(strict);
            }
        }
        // Where there is a pipe, a shell may read what comes out of that instead of a here-document.
        let given = Given { scripts: &scripts, piped: source.contains('|') };
        for command in &top {
            self.follow(command, given, depth);
        }
        if depth == 0 {
            self.top = top;
            self.broken = broken;
        }
    }

    /// Visits a tree without recursion, so that deep nesting cannot exhaust the stack.
    fn statements(&mut self, root: Node) {
        let mut pending = vec![root];
        let mut cursor = root.walk();
        let mut quiet = Quiet::default();
        while let Some(node) = pending.pop() {
            quiet.see(node, self.source);
            if node.is_error() || node.is_missing() {
                self.hide("it could not be parsed");
                self.broken = true;
            }
            match node.kind() {
                "command" | "declaration_command" | "unset_command" | "test_command" => self.command(node),
                "variable_assignment" if !inside_command(node) => {
                    self.top.push(Simple { assigns: vec![self.word(node)], ..Simple::default() })
                }
                "file_redirect" if node.parent().is_none_or(|parent| parent.kind() != "command") => {
                    let redirects = self.redirect(node);
                    self.top.push(Simple { redirects, ..Simple::default() });
                    let extra = self.extra_targets(node);
                    self.push_words(extra);
                }
                // `$ x` is two words to bash.
                "simple_expansion" if self.text(node).contains(char::is_whitespace) => {
                    self.hide("its structure is ambiguous");
                }
                "heredoc_redirect" => {
                    let mut cursor = node.walk();
                    let extra: Vec<Word> = node
                        .children_by_field_name("argument", &mut cursor)
                        .map(|argument| self.word(argument))
                        .collect();
                    self.push_words(extra);
                }
                "heredoc_body" | "herestring_redirect" => {
                    let text = self.text(node);
                    let text = text.strip_prefix("<<<").map_or(text, |word| word.trim());
                    let script =
                        if node.kind() == "heredoc_body" { text.to_owned() } else { decode(text).text };
                    self.scripts.push(script);
                }
                _ => {}
            }
            // The first child is the next to be visited.
            let known = pending.len();
            pending.extend(node.children(&mut cursor));
            pending[known..].reverse();
        }
        if quiet.misses(self.source) {
            self.hide("a substitution in it could not be read");
        }
    }

    fn text(&self, node: Node) -> &str {
        self.source.get(node.byte_range()).unwrap_or_default()
    }

    fn word(&self, node: Node) -> Word {
        decode(self.text(node))
    }

    /// Words that tree-sitter gave to a redirection and bash gives to the command: they join the last command, and
    /// are tried as one of their own.
    fn push_words(&mut self, words: Vec<Word>) {
        if words.is_empty() {
            return;
        }
        if let Some(command) = self.top.iter_mut().rev().find(|command| !command.words.is_empty()) {
            command.words.extend(words.iter().cloned());
        }
        self.top.push(Simple { words, ..Simple::default() });
    }

    fn redirect(&self, node: Node) -> Vec<Redirect> {
        let operator = (0..node.child_count())
            .filter_map(|at| node.child(at))
            .find(|child| !child.is_named())
            .map(|child| self.text(child).to_owned())
            .unwrap_or_default();
        let Some(target) = node.child_by_field_name("destination") else { return Vec::new() };
        let target = self.word(target);
        let descriptor = target.raw.strip_suffix('-').unwrap_or(&target.raw);
        if operator.ends_with("&-")
            || (operator.ends_with('&') && descriptor.chars().all(|c| c.is_ascii_digit()))
        {
            return Vec::new();
        }
        vec![Redirect { write: operator.contains('>'), target }]
    }

    fn extra_targets(&self, node: Node) -> Vec<Word> {
        let mut cursor = node.walk();
        node.children_by_field_name("destination", &mut cursor)
            .skip(1)
            .map(|target| self.word(target))
            .collect()
    }

    fn command(&mut self, node: Node) {
        // `[` is a command like any other, though the grammar sees operators in its arguments.
        if node.kind() == "test_command"
            && !self.text(node).starts_with("[[")
            && let Ok(commands) = split(self.text(node))
        {
            return self.top.extend(commands);
        }
        let mut command = Simple::default();
        let mut cursor = node.walk();
        let mut extra = Vec::new();
        let plain = node.kind() == "command";
        for child in node.children(&mut cursor) {
            match child.kind() {
                "variable_assignment" if plain => command.assigns.push(self.word(child)),
                "file_redirect" => {
                    command.redirects.extend(self.redirect(child));
                    extra.extend(self.extra_targets(child));
                }
                "herestring_redirect" | "comment" => {}
                _ => command.words.push(self.word(child)),
            }
        }
        self.top.push(command);
        self.push_words(extra);
    }
}

fn inside_command(node: Node) -> bool {
    node.parent().is_some_and(|parent| matches!(parent.kind(), "command" | "declaration_command"))
}
