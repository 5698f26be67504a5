//! Bash specifiers: exact text, a prefix at a word boundary, or `*` anywhere.

/// A parsed `Bash(...)` specifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShellRule {
    /// The specifier as written: it always matches the identical whole line.
    pub line: String,
    pub shape: Shape,
}

/// How a specifier is compared with one simple command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// It holds a control operator: only the identical whole line matches.
    Line,
    /// The identical command.
    Exact(String),
    /// Literal pieces between `*`; with `boundary` the last `*` starts a new word or is absent altogether.
    Pattern { text: String, boundary: bool },
}

impl ShellRule {
    pub(super) fn new(content: &str) -> Self {
        let line = content.to_owned();
        let text = match content.strip_suffix(":*") {
            Some(prefix) => format!("{} *", prefix.trim_end()),
            None => content.to_owned(),
        };
        let shape = if has_operator(&text) {
            Shape::Line
        } else if let Some(prefix) = text.strip_suffix(" *") {
            Shape::Pattern { text: prefix.trim_end().to_owned(), boundary: true }
        } else if text.contains('*') {
            Shape::Pattern { text, boundary: false }
        } else {
            Shape::Exact(text)
        };
        Self { line, shape }
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
