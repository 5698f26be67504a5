//! One word of a shell command line: what bash would make of its quotes and escapes.

use std::hash::{Hash, Hasher};

/// Stands in [`Word::fuzzy`] for text that only running the line would show.
pub(super) const UNKNOWN: char = '\0';

/// A word, decoded as far as that is possible without running anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Word {
    /// As written.
    pub raw: String,
    /// Quotes and escapes removed; unknown parts are [`UNKNOWN`], unquoted glob characters stand as they are.
    pub text: String,
    /// Like `text`, but an unquoted glob is unknown too.
    pub fuzzy: String,
    /// It holds `$NAME` or `${NAME}`.
    pub vars: bool,
    /// It holds a substitution, arithmetic or another expansion that may run something.
    pub complex: bool,
    /// It holds a brace expansion.
    pub braces: bool,
    /// It holds an unquoted `*`, `?` or `[...]`.
    pub glob: bool,
    /// It starts with an unquoted `~`.
    pub tilde: bool,
}

impl Hash for Word {
    /// What is written decides nearly all of the rest.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl Word {
    /// The text, when it is known exactly (unquoted globs excepted).
    pub(super) fn known(&self) -> Option<&str> {
        (!self.vars && !self.complex && !self.braces).then_some(self.text.as_str())
    }

    /// The text, when it is known exactly and nothing in it expands.
    pub(super) fn literal(&self) -> Option<&str> {
        self.known().filter(|_| !self.glob && !self.tilde)
    }

    /// Whether it may turn into an option, or into several words of which one is: unless double quotes hold it together
    /// and it begins with something that is written out.
    pub(super) fn may_be_option(&self) -> bool {
        let quoted = self.raw.len() > 1
            && self.raw.starts_with('"')
            && self.raw.ends_with('"')
            && !self.raw[1..self.raw.len() - 1].contains(['"', '\\'])
            && !self.text.starts_with([UNKNOWN, '-']);
        self.known().is_none() && !quoted
    }

    /// The word without needless quotes, or as written.
    pub(super) fn canonical(&self) -> &str {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
        match self.literal() {
            Some(text) if !text.is_empty() && text.chars().all(plain) => text,
            Some(_) | None => &self.raw,
        }
    }
}

struct Decoder<'a> {
    chars: &'a [char],
    at: usize,
    word: Word,
}

/// Decodes the raw text of one word.
pub(super) fn decode(raw: &str) -> Word {
    if !raw.bytes().any(is_special) {
        return Word { raw: raw.to_owned(), text: raw.to_owned(), fuzzy: raw.to_owned(), ..Word::default() };
    }
    decode_all(raw)
}

/// Whether a byte may make a word stand for something else than itself.
fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'\'' | b'"' | b'\\' | b'$' | b'`' | b'(' | b')' | b'<' | b'>' | b'{' | b'*' | b'?' | b'[' | b'~'
    )
}

fn decode_all(raw: &str) -> Word {
    let chars: Vec<char> = raw.chars().collect();
    let mut decoder = Decoder { chars: &chars, at: 0, word: Word { raw: raw.to_owned(), ..Word::default() } };
    decoder.word.tilde = chars.first() == Some(&'~');
    decoder.run();
    // In what looks like an assignment bash expands a `~` behind the `=` as well: `dd of=~/x`.
    if let Some((name, value)) = raw.split_once('=')
        && is_name(name.strip_suffix('+').unwrap_or(name))
        && (value.starts_with('~') || value.contains(":~"))
    {
        decoder.word.vars = true;
    }
    decoder.word
}

impl Decoder<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn push(&mut self, c: char) {
        self.word.text.push(c);
        self.word.fuzzy.push(c);
    }

    /// Gives up on the rest of the word.
    fn complex(&mut self) {
        self.word.complex = true;
        self.push(UNKNOWN);
        self.at = self.chars.len();
    }

    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                '\'' => self.single(),
                '"' => self.double(),
                '\\' => match self.peek(0) {
                    Some('\n') => self.at += 1,
                    Some(next) => {
                        self.at += 1;
                        self.push(next);
                    }
                    None => self.push('\\'),
                },
                '$' => self.dollar(false),
                '`' | '(' | ')' | '<' | '>' => self.complex(),
                '{' if self.is_brace_expansion() => {
                    self.word.braces = true;
                    self.push(UNKNOWN);
                    self.at = self.chars.len();
                }
                '*' | '?' => self.glob(c),
                '[' if self.chars[self.at..].contains(&']') => self.glob(c),
                _ => self.push(c),
            }
        }
    }

    fn glob(&mut self, c: char) {
        self.word.glob = true;
        self.word.text.push(c);
        self.word.fuzzy.push(UNKNOWN);
        if c == '[' {
            // Inside the brackets anything may stand; the text keeps it, the fuzzy form does not.
            while let Some(inner) = self.peek(0) {
                if matches!(inner, '\'' | '"' | '\\' | '$' | '`') {
                    break;
                }
                self.at += 1;
                self.word.text.push(inner);
                if inner == ']' {
                    break;
                }
            }
        }
    }

    fn single(&mut self) {
        while let Some(c) = self.peek(0) {
            self.at += 1;
            if c == '\'' {
                return;
            }
            self.push(c);
        }
    }

    fn double(&mut self) {
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                '"' => return,
                '\\' => match self.peek(0) {
                    Some('\n') => self.at += 1,
                    Some(next @ ('$' | '`' | '"' | '\\')) => {
                        self.at += 1;
                        self.push(next);
                    }
                    Some(_) | None => self.push('\\'),
                },
                '$' => self.dollar(true),
                '`' => self.complex(),
                _ => self.push(c),
            }
        }
    }

    /// Behind a `$`.
    fn dollar(&mut self, quoted: bool) {
        match self.peek(0) {
            Some('(' | '[') => self.complex(),
            Some('\'') if !quoted => {
                self.at += 1;
                self.ansi();
            }
            Some('"') if !quoted => self.complex(),
            Some('{') => {
                let name: String = self.chars[self.at + 1..].iter().take_while(|c| **c != '}').collect();
                if is_name(&name) && self.peek(name.chars().count() + 1) == Some('}') {
                    self.at += name.chars().count() + 2;
                    self.variable();
                } else {
                    self.complex();
                }
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                while self.peek(0).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                    self.at += 1;
                }
                self.variable();
            }
            Some(c) if c.is_ascii_digit() || "@*#?-$!".contains(c) => {
                self.at += 1;
                self.variable();
            }
            Some(_) | None => self.push('$'),
        }
    }

    fn variable(&mut self) {
        self.word.vars = true;
        self.push(UNKNOWN);
    }

    /// Inside `$'...'`.
    fn ansi(&mut self) {
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                '\'' => return,
                '\\' => self.ansi_escape(),
                _ => self.push(c),
            }
        }
    }

    fn ansi_escape(&mut self) {
        let Some(c) = self.peek(0) else { return self.push('\\') };
        self.at += 1;
        match c {
            'n' => self.push('\n'),
            't' => self.push('\t'),
            'r' => self.push('\r'),
            'a' => self.push('\u{7}'),
            'b' => self.push('\u{8}'),
            'e' | 'E' => self.push('\u{1b}'),
            'f' => self.push('\u{c}'),
            'v' => self.push('\u{b}'),
            '\\' | '\'' | '"' | '?' => self.push(c),
            'x' => self.code(16, 2),
            'u' => self.code(16, 4),
            'U' => self.code(16, 8),
            '0'..='7' => {
                self.at -= 1;
                self.code(8, 3);
            }
            'c' => self.complex(),
            _ => {
                self.push('\\');
                self.push(c);
            }
        }
    }

    fn code(&mut self, radix: u32, most: usize) {
        let mut value = 0_u32;
        let mut digits = 0;
        while digits < most {
            let Some(digit) = self.peek(0).and_then(|c| c.to_digit(radix)) else { break };
            value = value.wrapping_mul(radix).wrapping_add(digit);
            digits += 1;
            self.at += 1;
        }
        // Bytes above 127 join with their neighbours into characters, and NUL ends the string: not decoded here.
        match char::from_u32(value) {
            Some(c) if digits > 0 && value != 0 && (value < 128 || most > 3) => self.push(c),
            Some(_) | None => self.complex(),
        }
    }

    /// Whether the `{` just read opens `{a,b}` or `{1..3}`.
    fn is_brace_expansion(&self) -> bool {
        let rest: String = self.chars[self.at..].iter().collect();
        rest.contains('}') && (rest.contains(',') || rest.contains(".."))
    }
}

/// Whether `text` is a shell variable name.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
#[path = "word_tests.rs"]
mod tests;
