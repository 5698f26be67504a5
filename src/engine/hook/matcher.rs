//! Which subjects a matcher covers: exact names and lists of them, else an unanchored ECMAScript regex.

use super::event::HookEvent;
use crate::engine::permission::canonical_tool_name;
use crate::engine::tool::ServerTool;
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

    /// As it would be written.
    pub fn text(&self) -> String {
        match self {
            Self::All => "*".to_owned(),
            Self::Names(names) => names.join("|"),
            Self::Pattern(pattern) => pattern.text.clone(),
        }
    }

    /// Whether it covers `subject`, which is no tool of an MCP server.
    pub fn covers(&self, subject: &str, event: HookEvent) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => names.iter().any(|name| name == canonical(subject, event)),
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

    /// Whether it covers a tool of an MCP server that the model calls `name`.
    ///
    /// Names are compared with the pair, part by part: the `__` of a server's name is not taken for the separator. What
    /// the model sees may be shortened or go without the server, so patterns see the whole name as well.
    pub fn covers_server_tool(&self, name: &str, pair: &ServerTool) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => names.iter().any(|wanted| wanted == name || names_pair(wanted, pair)),
            Self::Pattern(pattern) => {
                let regex = &pattern.regex;
                let whole = format!("mcp__{}__{}", pair.server, pair.tool);
                regex.find(&whole).is_some() || regex.find(name).is_some()
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

/// Whether `wanted` is `mcp__server` or `mcp__server__tool` of this pair.
fn names_pair(wanted: &str, pair: &ServerTool) -> bool {
    let rest = wanted.strip_prefix("mcp__").and_then(|rest| rest.strip_prefix(pair.server.as_str()));
    rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix("__") == Some(pair.tool.as_str()))
}

#[cfg(test)]
#[path = "matcher_tests.rs"]
mod tests;
