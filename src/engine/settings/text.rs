//! A JSON text that is changed in places: everything else stays as it was written, byte for byte. Pure.

use serde_json::{Map, Value};
use std::ops::Range;

/// One value and where it stands.
#[derive(Debug)]
pub struct Node {
    /// Its bytes.
    pub span: Range<usize>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Scalar,
}

impl Node {
    /// The value at a path of keys. Of a key that stands twice the last counts, as everywhere.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        let Some((key, rest)) = path.split_first() else { return Some(self) };
        match &self.kind {
            Kind::Object(members) => members.iter().rfind(|(name, _)| name == key)?.1.at(rest),
            Kind::Array(_) | Kind::Scalar => None,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Array(items) => items,
            Kind::Object(_) | Kind::Scalar => &[],
        }
    }
}

/// Where the values of a text stand. The text must be valid JSON; `None` when it is not.
pub fn parse(text: &str) -> Option<Node> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.space();
    scanner.value()
}

/// The line, from 1, of a byte.
pub fn line(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Option<Node> {
        let start = self.at;
        let kind = match self.peek()? {
            b'{' => Kind::Object(self.members()?),
            b'[' => Kind::Array(self.list()?),
            b'"' => {
                self.string()?;
                Kind::Scalar
            }
            _ => {
                while self
                    .peek()
                    .is_some_and(|byte| !matches!(byte, b',' | b'}' | b']') && !byte.is_ascii_whitespace())
                {
                    self.at += 1;
                }
                Kind::Scalar
            }
        };
        (self.at > start).then_some(Node { span: start..self.at, kind })
    }

    fn members(&mut self) -> Option<Vec<(String, Node)>> {
        self.at += 1;
        let mut members = Vec::new();
        if self.take(b'}') {
            return Some(members);
        }
        loop {
            self.space();
            let key = self.string()?;
            if !self.take(b':') {
                return None;
            }
            self.space();
            members.push((key, self.value()?));
            if self.take(b'}') {
                return Some(members);
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn list(&mut self) -> Option<Vec<Node>> {
        self.at += 1;
        let mut items = Vec::new();
        if self.take(b']') {
            return Some(items);
        }
        loop {
            self.space();
            items.push(self.value()?);
            if self.take(b']') {
                return Some(items);
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
    }
}

/// How a text is laid out.
struct Style<'a> {
    indent: &'a str,
    newline: &'static str,
}

impl<'a> Style<'a> {
    fn of(text: &'a str, root: &Node) -> Self {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let inside = &text[root.span.start + 1..];
        let margin = &inside[..inside.len() - inside.trim_start().len()];
        let indent = match margin.rfind('\n') {
            Some(at) if margin.len() > at + 1 => &margin[at + 1..],
            Some(_) | None => "  ",
        };
        Self { indent, newline }
    }

    fn margin(&self, depth: usize) -> String {
        format!("{}{}", self.newline, self.indent.repeat(depth))
    }

    fn render(&self, value: &Value, depth: usize) -> String {
        match value {
            Value::Object(members) if !members.is_empty() => {
                let inner: Vec<String> = members
                    .iter()
                    .map(|(key, value)| {
                        format!(
                            "{}{}: {}",
                            self.margin(depth + 1),
                            quoted(key),
                            self.render(value, depth + 1)
                        )
                    })
                    .collect();
                format!("{{{}{}}}", inner.join(","), self.margin(depth))
            }
            Value::Array(items) if !items.is_empty() => {
                let inner: Vec<String> = items
                    .iter()
                    .map(|item| format!("{}{}", self.margin(depth + 1), self.render(item, depth + 1)))
                    .collect();
                format!("[{}{}]", inner.join(","), self.margin(depth))
            }
            Value::Object(_) | Value::Array(_) => if value.is_array() { "[]" } else { "{}" }.to_owned(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
        }
    }
}

fn quoted(key: &str) -> String {
    Value::from(key).to_string()
}

/// `text` with `value` at a path of keys; objects on the way are made when they are missing.
///
/// `None` when the text is no JSON object, or something on the way is no object.
pub fn set(text: &str, path: &[&str], value: &Value) -> Option<String> {
    let root = parse(text)?;
    let style = Style::of(text, &root);
    let mut node = &root;
    for (depth, key) in path.iter().enumerate() {
        let Kind::Object(members) = &node.kind else { return None };
        match members.iter().rfind(|(name, _)| name == key) {
            Some((_, next)) => node = next,
            None => {
                let rest = path[depth + 1..].iter().rev().fold(value.clone(), |inner, key| {
                    Value::Object(Map::from_iter([((*key).to_owned(), inner)]))
                });
                return Some(insert(text, node, members, key, &rest, depth, &style));
            }
        }
    }
    let new = replacement(text, node, value, path.len(), &style);
    Some(splice(text, node.span.clone(), &new))
}

/// The text of a value in the place of another one. A list on one line stays on one line.
fn replacement(text: &str, old: &Node, value: &Value, depth: usize, style: &Style<'_>) -> String {
    let was = &text[old.span.clone()];
    let one_line = !was.contains('\n') && (!old.items().is_empty() || !text.contains('\n'));
    let Some(items) = value.as_array().filter(|_| one_line) else { return style.render(value, depth) };
    let tight = was.len() > 2 && !was.contains(", ") && !text.contains("\": ");
    let items: Vec<String> = items.iter().map(Value::to_string).collect();
    format!("[{}]", items.join(if tight { "," } else { ", " }))
}

/// Adds a member at the end of an object, in the way its members are laid out.
fn insert(
    text: &str,
    object: &Node,
    members: &[(String, Node)],
    key: &str,
    value: &Value,
    depth: usize,
    style: &Style<'_>,
) -> String {
    let Some((_, last)) = members.last() else {
        let whole = Value::Object(Map::from_iter([(key.to_owned(), value.clone())]));
        return splice(text, object.span.clone(), &style.render(&whole, depth));
    };
    let end = last.span.end;
    let new = if text[object.span.clone()].contains('\n') {
        format!(",{}{}: {}", style.margin(depth + 1), quoted(key), style.render(value, depth + 1))
    } else if text.contains("\": ") {
        format!(", {}: {value}", quoted(key))
    } else {
        format!(",{}:{value}", quoted(key))
    };
    splice(text, end..end, &new)
}

fn splice(text: &str, span: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..span.start], &text[span.end..])
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
