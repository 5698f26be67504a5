//! Bash specifiers: exact text, a prefix at a word boundary, or `*` anywhere, and how they meet commands.

use super::shell::Line;
use super::shell_command::Command;
use super::split::{join, split};
use super::word::UNKNOWN;

/// A parsed `Bash(...)` specifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShellRule {
    /// The specifier as written.
    line: String,
    shape: Shape,
    /// The text of the shape without quotes, for rules that stop.
    plain: String,
}

/// How a specifier is compared with one simple command.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    /// It holds a control operator: only the identical whole line matches.
    Line,
    /// The identical command.
    Exact(String),
    /// The words themselves, or followed by more words; `*` inside is a wildcard.
    Prefix(String),
    /// `*` stands for any text.
    Glob(String),
}

/// Whether a rule that stops meets a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meets {
    /// It does not.
    No,
    /// It depends on what the line expands to.
    Perhaps,
    /// It does.
    Yes,
}

impl ShellRule {
    pub(super) fn new(content: &str) -> Result<Self, String> {
        let text = match content.strip_suffix(":*") {
            Some(prefix) => format!("{} *", prefix.trim_end()),
            None => content.to_owned(),
        };
        let shape = if has_operator(&text) {
            Shape::Line
        } else if let Some(prefix) = text.strip_suffix(" *") {
            let prefix = tidy(prefix);
            if prefix.is_empty() {
                return Err("the prefix is empty".to_owned());
            }
            Shape::Prefix(prefix)
        } else if text.contains('*') {
            Shape::Glob(tidy(&text))
        } else {
            Shape::Exact(tidy(&text))
        };
        let plain = match &shape {
            Shape::Line => String::new(),
            Shape::Exact(text) | Shape::Prefix(text) | Shape::Glob(text) => unquoted(text),
        };
        Ok(Self { line: content.trim().to_owned(), shape, plain })
    }

    /// Whether the rule is the identical whole line.
    pub(super) fn is_line(&self, line: &str) -> bool {
        match self.shape {
            Shape::Line | Shape::Exact(_) => self.line == line.trim(),
            Shape::Prefix(_) | Shape::Glob(_) => false,
        }
    }

    /// Whether an allow rule is the identical command, assignments and wrappers included.
    pub(super) fn allows_exactly(&self, raw: &str) -> bool {
        matches!(&self.shape, Shape::Exact(text) if text == raw)
    }

    /// Whether an allow rule covers a command without its wrappers; with `more`, unknown arguments follow.
    pub(super) fn allows(&self, texts: &[String; 2], more: bool) -> bool {
        texts.iter().any(|text| match &self.shape {
            Shape::Line => false,
            Shape::Exact(rule) => !more && rule == text,
            Shape::Prefix(rule) => prefix(rule, text),
            Shape::Glob(rule) => (!more || rule.ends_with('*')) && wild(rule, text, false),
        })
    }

    /// Whether a deny or ask rule meets a line, however the command hides in it.
    pub(super) fn meets(&self, source: &str, line: &Line) -> Meets {
        if self.line == source.trim() {
            return Meets::Yes;
        }
        let mut found = Meets::No;
        for command in &line.all {
            found = found.max(self.meets_command(command));
            if found == Meets::Yes {
                break;
            }
        }
        found
    }

    fn meets_command(&self, command: &Command) -> Meets {
        if command.texts.iter().any(|text| self.fits(text, false)) {
            return Meets::Yes;
        }
        let open = command.open_texts.iter().any(|text| self.fits(text, true));
        if open { Meets::Perhaps } else { Meets::No }
    }

    fn fits(&self, text: &str, open: bool) -> bool {
        let fits = |rule: &str| match &self.shape {
            Shape::Line => false,
            Shape::Exact(_) if open => wild_literal(rule, text),
            Shape::Exact(_) => rule == text,
            Shape::Prefix(_) if open => wild(rule, text, true) || wild(&format!("{rule} *"), text, true),
            Shape::Prefix(_) => prefix(rule, text),
            Shape::Glob(_) => wild(rule, text, open),
        };
        let written = match &self.shape {
            Shape::Line => return false,
            Shape::Exact(text) | Shape::Prefix(text) | Shape::Glob(text) => text,
        };
        fits(written) || (self.plain != *written && fits(&self.plain))
    }
}

/// Whether `text` is `rule`, or `rule` and further words.
fn prefix(rule: &str, text: &str) -> bool {
    if rule.contains('*') {
        return wild(rule, text, false) || wild(&format!("{rule} *"), text, false);
    }
    text.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// A rule without wildcards against a text with unknown parts.
fn wild_literal(rule: &str, text: &str) -> bool {
    // In the mirrored comparison the text is the pattern: its unknown parts are the wildcards.
    let pattern: Vec<&str> = text.split(UNKNOWN).collect();
    let mut rest = rule;
    for (at, part) in pattern.iter().enumerate() {
        let last = at + 1 == pattern.len();
        if at == 0 {
            let Some(after) = rest.strip_prefix(part) else { return false };
            rest = after;
        } else if last {
            return rest.ends_with(part);
        } else {
            let Some(found) = rest.find(part) else { return false };
            rest = &rest[found + part.len()..];
        }
    }
    rest.is_empty()
}

/// Whether `text` fits `rule` with its `*`; with `open`, unknown parts of the text may stand for anything too.
fn wild(rule: &str, text: &str, open: bool) -> bool {
    if !open {
        return super::rule::glob_text(rule, text);
    }
    // Do two patterns share a text? Row by row over the rule; reached[j]: rule so far meets text[..j].
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for j in 0..text.len() {
        reached[j + 1] = reached[j] && text[j] == UNKNOWN;
    }
    for c in rule.chars() {
        let mut next = vec![false; text.len() + 1];
        next[0] = c == '*' && reached[0];
        for j in 0..text.len() {
            next[j + 1] = match (c, text[j]) {
                ('*', _) => reached[j + 1] || next[j],
                (_, UNKNOWN) => next[j] || reached[j + 1] || reached[j],
                (c, t) => c == t && reached[j],
            };
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

fn tidy(text: &str) -> String {
    // Blanks inside quotes belong to the text.
    if text.contains(['\'', '"', '\\']) { text.trim().to_owned() } else { join(text.split_whitespace()) }
}

fn unquoted(text: &str) -> String {
    match split(text) {
        Ok(commands) if commands.len() == 1 && commands[0].assigns.is_empty() => {
            join(commands[0].words.iter().map(|word| word.text.as_str()))
        }
        Ok(_) | Err(_) => text.to_owned(),
    }
}

/// Whether `text` holds a control operator or a redirection outside quotes.
fn has_operator(text: &str) -> bool {
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None | Some('"'), '\\') => {
                chars.next();
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, ';' | '|' | '&' | '\n' | '<' | '>') => return true,
            (Some(_) | None, _) => {}
        }
    }
    false
}
