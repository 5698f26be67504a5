//! Which subjects a matcher covers: exact names and lists of them, else an unanchored ECMAScript regex.

use super::event::HookEvent;
use crate::engine::permission::canonical_tool_name;
use regress::Regex;

/// Old tool names, which a matcher may still hold.
const FORMER_NAMES: &[&str] =
    &["Task", "KillShell", "KillBash", "BashOutput", "BashOutputTool", "AgentOutputTool"];

/// A compiled matcher.
#[derive(Debug, Clone, PartialEq)]
pub enum Matcher {
    /// Everything.
    All,
    /// Any of these names.
    Names(Vec<String>),
    /// What the expression finds.
    Pattern(Box<Pattern>),
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Matcher {
    /// Compiles `pattern` as given with a matcher of `event`. The error says what is wrong with the expression.
    pub fn compile(pattern: Option<&str>, event: HookEvent) -> Result<Self, String> {
        let pattern = pattern.unwrap_or_default();
        if pattern.is_empty() || pattern == "*" || !event.has_subject() {
            return Ok(Self::All);
        }
        if event.exact_only() || pattern.chars().all(is_plain) {
            let names = pattern.split(['|', ',']).map(str::trim).filter(|name| !name.is_empty());
            return Ok(Self::Names(names.map(|name| canonical(name, event).to_owned()).collect()));
        }
        let regex = Regex::new(pattern).map_err(|error| error.text)?;
        Ok(Self::Pattern(Box::new(Pattern { text: pattern.to_owned(), regex })))
    }

    /// Whether it covers `subject`.
    pub fn covers(&self, subject: &str, event: HookEvent) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => {
                let subject = canonical(subject, event);
                names.iter().any(|name| name == subject || event.about_tool() && is_server_of(name, subject))
            }
            Self::Pattern(pattern) => {
                let regex = &pattern.regex;
                regex.find(subject).is_some()
                    || event.about_tool()
                        && FORMER_NAMES
                            .iter()
                            .any(|old| canonical_tool_name(old) == subject && regex.find(old).is_some())
            }
        }
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ' | ',' | '|')
}

fn canonical(name: &str, event: HookEvent) -> &str {
    if event.about_tool() { canonical_tool_name(name) } else { name }
}

/// Whether `name` is `mcp__server` without a tool, and `subject` a tool of that server.
fn is_server_of(name: &str, subject: &str) -> bool {
    name.strip_prefix("mcp__").is_some_and(|server| !server.contains("__"))
        && subject.strip_prefix(name).is_some_and(|rest| rest.starts_with("__"))
}

#[cfg(test)]
#[path = "matcher_tests.rs"]
mod tests;
