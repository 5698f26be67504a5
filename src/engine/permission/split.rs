//! A second, deliberately small reader of command lines: sequences and pipelines of simple commands, nothing else.
//!
//! A line is allowed by its parts only when this reader and tree-sitter see the same parts.

use super::word::{Word, decode, is_name};

/// One simple command.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Simple {
    /// Name and arguments.
    pub words: Vec<Word>,
    /// Assignments in front of the name.
    pub assigns: Vec<Word>,
    /// Files it is connected to; duplicated and closed descriptors are left out.
    pub redirects: Vec<Redirect>,
}

/// A redirection from or to a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Redirect {
    /// Whether the file is written.
    pub write: bool,
    /// The file.
    pub target: Word,
}

impl Simple {
    /// The command's name, when it is known.
    pub(super) fn name(&self) -> Option<&str> {
        self.words.first().and_then(Word::literal)
    }

    /// The arguments.
    pub(super) fn args(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// The command as written, with single spaces between words.
    pub(super) fn raw(&self) -> String {
        join(self.assigns.iter().chain(&self.words).map(|word| word.raw.as_str()))
    }
}

pub(super) fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for word in words {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

pub(super) const RESERVED: [&str; 20] = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "select",
    "function", "{", "}", "!", "[[", "coproc", "in",
];

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    done: Vec<Simple>,
    open: Simple,
}

/// Whether a line holds a control or space character that parsers disagree about.
pub(super) fn is_odd(line: &str) -> bool {
    line.chars().any(|c| (c.is_control() || c.is_whitespace()) && !matches!(c, '\n' | '\t' | ' '))
}

/// Splits a line into its simple commands, or says what it holds besides.
pub(super) fn split(line: &str) -> Result<Vec<Simple>, &'static str> {
    if is_odd(line) {
        return Err("an unusual control or space character");
    }
    let chars: Vec<char> = line.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0, done: Vec::new(), open: Simple::default() };
    reader.run()?;
    Ok(reader.done)
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn blanks(&mut self) {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(' ' | '\t'), _) => self.at += 1,
                (Some('\\'), Some('\n')) => self.at += 2,
                _ => return,
            }
        }
    }

    fn run(&mut self) -> Result<(), &'static str> {
        loop {
            self.blanks();
            match (self.peek(0), self.peek(1)) {
                (None, _) => return self.end(true),
                (Some('\n'), _) => {
                    self.at += 1;
                    self.end(true)?;
                }
                (Some('#'), _) => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                (Some(';'), Some(';' | '&')) => return Err("a `case` separator"),
                (Some('&'), Some('>')) => self.redirect()?,
                (Some('&'), Some('&')) | (Some('|'), Some('|' | '&')) => {
                    self.at += 2;
                    self.end(false)?;
                }
                (Some(';' | '&' | '|'), _) => {
                    self.at += 1;
                    self.end(false)?;
                }
                (Some('(' | ')'), _) => return Err("a subshell, a function or a pattern in parentheses"),
                (Some('<' | '>'), _) => self.redirect()?,
                (Some(_), _) => self.word_or_descriptor()?,
            }
        }
    }

    fn end(&mut self, may_be_empty: bool) -> Result<(), &'static str> {
        let command = std::mem::take(&mut self.open);
        if command != Simple::default() {
            self.done.push(command);
            Ok(())
        } else if may_be_empty {
            Ok(())
        } else {
            Err("an operator without a command")
        }
    }

    fn word_or_descriptor(&mut self) -> Result<(), &'static str> {
        let raw = self.word()?;
        if matches!(self.peek(0), Some('<' | '>')) {
            if raw.chars().all(|c| c.is_ascii_digit()) {
                return self.redirect();
            }
            if raw.starts_with('{') {
                return Err("a redirection into a variable");
            }
        }
        if self.open.words.is_empty() {
            if RESERVED.contains(&raw.as_str()) {
                return Err("control flow");
            }
            if let Some((name, _)) = raw.split_once('=') {
                if is_name(name.strip_suffix('+').unwrap_or(name)) {
                    self.open.assigns.push(decode(&raw));
                    return Ok(());
                }
                if name.contains('[') {
                    return Err("an assignment to an array element");
                }
            }
        }
        self.open.words.push(decode(&raw));
        Ok(())
    }

    /// Reads `>`, `<` and their relatives with the target.
    fn redirect(&mut self) -> Result<(), &'static str> {
        let mut operator = String::new();
        while let Some(c @ ('<' | '>' | '&' | '|')) = self.peek(0) {
            operator.push(c);
            self.at += 1;
            if matches!(operator.as_str(), ">>" | ">|" | ">&" | "<&" | "&>>") {
                break;
            }
            if operator == "&>" && self.peek(0) != Some('>') {
                break;
            }
        }
        let write = match operator.as_str() {
            ">" | ">>" | ">|" | ">&" | "&>" | "&>>" => true,
            "<" | "<&" => false,
            _ => return Err("a here-document or an unusual redirection"),
        };
        self.blanks();
        if matches!(self.peek(0), None | Some('\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>')) {
            return Err("a redirection without a plain target");
        }
        let target = decode(&self.word()?);
        if operator.ends_with('&') {
            let descriptor = target.raw.strip_suffix('-').unwrap_or(&target.raw);
            if descriptor.chars().all(|c| c.is_ascii_digit()) {
                return Ok(());
            }
            if operator == "<&" {
                return Err("a descriptor that is not a number");
            }
        }
        self.open.redirects.push(Redirect { write, target });
        Ok(())
    }

    /// Reads one word as written. Anything that would run something on expansion is refused.
    fn word(&mut self) -> Result<String, &'static str> {
        let start = self.at;
        while let Some(c) = self.peek(0) {
            match c {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
                '\'' => self.until_quote(false)?,
                '"' => self.double()?,
                '\\' => {
                    if self.peek(1).is_none() {
                        return Err("a backslash at the end");
                    }
                    self.at += 2;
                }
                '$' if self.peek(1) == Some('\'') => {
                    self.at += 1;
                    self.until_quote(true)?;
                }
                '$' | '`' => self.expansion()?,
                _ => self.at += 1,
            }
        }
        Ok(self.chars[start..self.at].iter().collect())
    }

    fn until_quote(&mut self, escapes: bool) -> Result<(), &'static str> {
        self.at += 1;
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                '\'' => return Ok(()),
                '\\' if escapes => self.at += 1,
                _ => {}
            }
        }
        Err("a quote that is not closed")
    }

    fn double(&mut self) -> Result<(), &'static str> {
        self.at += 1;
        while let Some(c) = self.peek(0) {
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(());
                }
                '\\' => self.at += 2,
                '$' | '`' => self.expansion()?,
                _ => self.at += 1,
            }
        }
        Err("a quote that is not closed")
    }

    fn expansion(&mut self) -> Result<(), &'static str> {
        if self.peek(0) == Some('`') || self.peek(1) == Some('(') {
            return Err("a substitution or arithmetic");
        }
        match self.peek(1) {
            Some('[') => return Err("a substitution or arithmetic"),
            Some('{') => {
                let name: String = self.chars[self.at + 2..].iter().take_while(|c| **c != '}').collect();
                if !is_name(&name) {
                    return Err("an expansion that does more than read a variable");
                }
                self.at += name.len() + 3;
                if self.at > self.chars.len() {
                    return Err("an expansion that is not closed");
                }
            }
            Some(_) | None => self.at += 1,
        }
        Ok(())
    }
}
