//! One permission rule: its grammar, its canonical text, and which tools it names.

use super::path_rule::PathRule;
use super::shell_rule::ShellRule;
use super::update::{PermissionBehavior, PermissionRuleValue};
use crate::engine::tool::ServerTool;
use std::fmt;

/// Why a rule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid permission rule `{rule}`: {reason}")]
pub struct RuleError {
    /// The rule as written.
    pub rule: String,
    /// What is wrong with it, for a person.
    pub reason: String,
}

/// What the specifier of a rule is compared with.
#[derive(Debug, Clone)]
pub(super) enum Specifier {
    /// None: the rule covers every call of the tool.
    Bare,
    /// A command line (`Bash`).
    Shell(ShellRule),
    /// A path (`Read`, `Edit` and the other file tools).
    Path(Box<PathRule>),
    /// Anything else, compared by the tool it is for.
    Text,
}

/// A parsed rule: `Tool` or `Tool(specifier)`.
#[derive(Debug, Clone)]
pub struct Rule {
    tool: String,
    content: Option<String>,
    pub(super) specifier: Specifier,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.tool == other.tool && self.content == other.content
    }
}

impl Eq for Rule {}

/// The tool names of the past, and what they are called now.
pub fn canonical_tool_name(name: &str) -> &str {
    match name {
        "Task" => "Agent",
        "KillShell" | "KillBash" => "TaskStop",
        "BashOutput" | "BashOutputTool" | "AgentOutputTool" => "TaskOutput",
        "ListMcpResources" => "ListMcpResourcesTool",
        "ReadMcpResource" => "ReadMcpResourceTool",
        _ => name,
    }
}

impl Rule {
    /// Parses `Tool` or `Tool(specifier)`. Inside the parentheses `\(`, `\)` and `\\` stand for the bare characters.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let fail = |reason: &str| RuleError { rule: text.to_owned(), reason: reason.to_owned() };
        if text.is_empty() {
            return Err(fail("the rule is empty"));
        }
        let Some(open) = text.find('(') else {
            if text.contains(')') {
                return Err(fail("a `)` without its `(`"));
            }
            return Self::build(text, None).map_err(|reason| fail(&reason));
        };
        let rest = &text[open + 1..];
        let Some(inner) = closed(rest) else {
            return Err(fail("the parentheses do not match; write `\\(` and `\\)` for literal ones"));
        };
        Self::build(&text[..open], Some(unescape(inner))).map_err(|reason| fail(&reason))
    }

    /// The rule that an update carries in two parts.
    pub fn from_value(value: &PermissionRuleValue) -> Result<Self, RuleError> {
        Self::build(&value.tool_name, value.rule_content.clone()).map_err(|reason| RuleError {
            rule: match &value.rule_content {
                Some(content) => format!("{}({content})", value.tool_name),
                None => value.tool_name.clone(),
            },
            reason,
        })
    }

    /// The two parts of the rule.
    pub fn to_value(&self) -> PermissionRuleValue {
        PermissionRuleValue { tool_name: self.tool.clone(), rule_content: self.content.clone() }
    }

    /// Whether the rule may be used with `behavior`: an allow rule may use `*` in a tool name only behind a literal
    /// `mcp__server__`, and a call must be able to meet the rule.
    pub fn check_behavior(&self, behavior: PermissionBehavior) -> Result<(), RuleError> {
        let literal = self.tool.split('*').next().unwrap_or_default();
        let below_server = literal
            .strip_prefix("mcp__")
            .and_then(|rest| rest.find("__"))
            .is_some_and(|separator| separator > 0);
        if behavior == PermissionBehavior::Allow && self.tool.contains('*') && !below_server {
            return Err(RuleError {
                rule: self.to_string(),
                reason: "an allow rule may use `*` in a tool name only after `mcp__<server>__`".to_owned(),
            });
        }
        match super::lint::never_meets(self, behavior) {
            Some(reason) => Err(RuleError { rule: self.to_string(), reason }),
            None => Ok(()),
        }
    }

    fn build(tool: &str, content: Option<String>) -> Result<Self, String> {
        if tool.is_empty() {
            return Err("the tool name is empty".to_owned());
        }
        if tool.chars().any(char::is_whitespace) {
            return Err("white space in the tool name".to_owned());
        }
        if tool.chars().any(|c| matches!(c, '(' | ')' | ',' | ';' | '"' | '\'' | '\\')) {
            return Err("a tool name holds letters, digits, `_`, `-`, `.`, `:` and `*` only".to_owned());
        }
        if let Some(rest) = tool.strip_prefix("mcp__") {
            let (server, of_server) = rest.split_once("__").map_or((rest, None), |(s, t)| (s, Some(t)));
            if server.is_empty() {
                return Err(
                    "it names no MCP server: write `mcp__<server>` or `mcp__<server>__<tool>`".to_owned()
                );
            }
            if of_server == Some("") {
                return Err(format!(
                    "it names no tool of the MCP server: write `mcp__{server}` or `mcp__{server}__*`"
                ));
            }
        }
        let tool = canonical_tool_name(tool).to_owned();
        let content = match content {
            Some(content) if content.trim().is_empty() => return Err("the specifier is empty".to_owned()),
            Some(content) if content.trim() == "*" => None,
            Some(content) => Some(content.trim().to_owned()),
            None => None,
        };
        if content.is_some() && tool.contains('*') {
            return Err("a rule with `*` in the tool name takes no specifier".to_owned());
        }
        let specifier = match (&content, tool.as_str()) {
            (None, _) => Specifier::Bare,
            (Some(content), "Bash") => Specifier::Shell(ShellRule::new(content)?),
            (Some(content), name) if is_path_tool(name) => Specifier::Path(Box::new(PathRule::new(content)?)),
            (Some(_), _) => Specifier::Text,
        };
        Ok(Self { tool, content, specifier })
    }

    /// The tool, or the pattern over tool names.
    pub fn tool(&self) -> &str {
        &self.tool
    }

    /// What stands between the parentheses, unescaped; `None` for a rule over the whole tool.
    pub fn content(&self) -> Option<&str> {
        self.content.as_deref()
    }

    /// Whether the rule's tool part covers the tool `name`.
    pub fn names_tool(&self, name: &str) -> bool {
        let name = canonical_tool_name(name);
        if self.tool.contains('*') {
            return glob_text(&self.tool, name);
        }
        if self.tool == name {
            return true;
        }
        // `mcp__server` covers every tool of that server.
        let whole_server = self.tool.strip_prefix("mcp__").is_some_and(|rest| !rest.contains("__"));
        whole_server && name.strip_prefix(self.tool.as_str()).is_some_and(|rest| rest.starts_with("__"))
    }
}

impl Rule {
    /// Whether the rule's tool part covers a tool of an MCP server that the model calls `name`.
    ///
    /// The pair of server and tool is compared, not the joined text, in which `__` of a server's name could be taken for
    /// the separator. Only a deny or ask rule with `*` in the server's part goes by the text: it may cover too much.
    pub fn names_server_tool(&self, name: &str, pair: &ServerTool, behavior: PermissionBehavior) -> bool {
        if self.tool == name {
            return true;
        }
        let Some(rest) =
            self.tool.strip_prefix("mcp__").and_then(|rest| rest.strip_prefix(pair.server.as_str()))
        else {
            return behavior != PermissionBehavior::Allow && self.names_by_text(name, pair);
        };
        match rest.strip_prefix("__") {
            None => {
                rest.is_empty() || (behavior != PermissionBehavior::Allow && self.names_by_text(name, pair))
            }
            Some(tool) => glob_text(tool, &pair.tool),
        }
    }

    fn names_by_text(&self, name: &str, pair: &ServerTool) -> bool {
        let joined = format!("mcp__{}__{}", pair.server, pair.tool);
        self.tool.contains('*') && (glob_text(&self.tool, name) || glob_text(&self.tool, &joined))
    }
}

/// The file tools whose specifiers are paths.
fn is_path_tool(name: &str) -> bool {
    matches!(name, "Read" | "Edit" | "Write" | "NotebookEdit" | "MultiEdit" | "Glob" | "Grep" | "LSP")
}

/// The text before the `)` that closes a specifier, when it is the last character and the rest is balanced.
fn closed(rest: &str) -> Option<&str> {
    let mut depth = 1_usize;
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return (at + 1 == rest.len()).then(|| &rest[..at]);
                }
            }
            _ => {}
        }
    }
    None
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\'
            && let Some(next) = chars.next_if(|next| matches!(next, '(' | ')' | '\\'))
        {
            out.push(next);
            continue;
        }
        out.push(c);
    }
    out
}

fn escape(text: &str) -> String {
    let mut depth = 0_i64;
    let mut balanced = true;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        balanced &= depth >= 0;
    }
    balanced &= depth == 0;
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let special = match c {
            '\\' => chars.peek().is_none_or(|next| matches!(next, '(' | ')' | '\\')),
            '(' | ')' => !balanced,
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Some(content) => write!(f, "{}({})", self.tool, escape(content)),
            None => f.write_str(&self.tool),
        }
    }
}

/// Whether `text` fits `pattern`, in which `*` stands for any text.
pub fn glob_text(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
