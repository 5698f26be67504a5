//! The rules in force, each with where it came from, and how updates change them.

use super::Decision;
use super::decide::because;
use super::rule::{Rule, RuleError};
use super::update::{PermissionBehavior, PermissionRuleValue, PermissionUpdate, PermissionUpdateDestination};
use crate::engine::tool::ServerTool;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A rule in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcedRule {
    /// The rule.
    pub rule: Rule,
    /// Where it came from.
    pub source: PermissionUpdateDestination,
    /// Where a path pattern `/x` of the rule starts; the working directory when the source has no folder of its own.
    pub root: Option<Arc<Path>>,
}

/// The rules in force, by what they say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSet {
    allow: Vec<SourcedRule>,
    deny: Vec<SourcedRule>,
    ask: Vec<SourcedRule>,
    roots: Vec<(PermissionUpdateDestination, Arc<Path>)>,
    confinement: Confinement,
}

/// What file tools must not touch whatever rules and modes say (row 85).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confinement {
    /// They read nothing outside the working directories.
    pub reads: bool,
    /// They write nothing there.
    pub writes: bool,
    /// Files and directories that may be read all the same.
    pub exempt: Vec<PathBuf>,
}

impl RuleSet {
    /// The rules of `allowedTools` and `disallowedTools`, with source `cliArg`.
    pub fn from_options(allowed: &[String], disallowed: &[String]) -> Result<Self, RuleError> {
        let mut set = Self::default();
        for (texts, behavior) in
            [(allowed, PermissionBehavior::Allow), (disallowed, PermissionBehavior::Deny)]
        {
            for text in texts {
                let added = Rule::parse(text)
                    .and_then(|rule| set.add(rule, behavior, PermissionUpdateDestination::CliArg));
                // As it was written, not in its canonical form.
                added.map_err(|error| RuleError { rule: text.clone(), ..error })?;
            }
        }
        Ok(set)
    }

    /// Says where path patterns `/x` of a source start (row 121), for the rules added from now on.
    pub fn set_root(&mut self, source: PermissionUpdateDestination, root: &Path) {
        self.roots.retain(|(known, _)| *known != source);
        self.roots.push((source, root.into()));
    }

    /// Says what file tools must not touch.
    pub fn confine(&mut self, confinement: Confinement) {
        self.confinement = confinement;
    }

    /// What file tools must not touch.
    pub fn confinement(&self) -> &Confinement {
        &self.confinement
    }

    /// One rule alone, with the folders of the sources.
    pub fn only(
        &self,
        rule: Rule,
        behavior: PermissionBehavior,
        source: PermissionUpdateDestination,
    ) -> Result<Self, RuleError> {
        let mut only = Self { roots: self.roots.clone(), ..Self::default() };
        only.add(rule, behavior, source)?;
        Ok(only)
    }

    /// Adds one rule, unless it is there already.
    pub fn add(
        &mut self,
        rule: Rule,
        behavior: PermissionBehavior,
        source: PermissionUpdateDestination,
    ) -> Result<(), RuleError> {
        rule.check_behavior(behavior)?;
        let root = self.roots.iter().find(|(known, _)| *known == source).map(|(_, root)| Arc::clone(root));
        let entry = SourcedRule { rule, source, root };
        let rules = self.rules_mut(behavior);
        if !rules.contains(&entry) {
            rules.push(entry);
        }
        Ok(())
    }

    /// What a person should know about rules that do nothing, or not what they seem to (rows 103, 105 and 123).
    pub fn warnings(&self) -> Vec<String> {
        super::lint::warnings(self)
    }

    /// The rules that say `behavior`, oldest first.
    pub fn rules(&self, behavior: PermissionBehavior) -> &[SourcedRule] {
        match behavior {
            PermissionBehavior::Allow => &self.allow,
            PermissionBehavior::Deny => &self.deny,
            PermissionBehavior::Ask => &self.ask,
        }
    }

    fn rules_mut(&mut self, behavior: PermissionBehavior) -> &mut Vec<SourcedRule> {
        match behavior {
            PermissionBehavior::Allow => &mut self.allow,
            PermissionBehavior::Deny => &mut self.deny,
            PermissionBehavior::Ask => &mut self.ask,
        }
    }

    /// The refusal of a tool that a rule without a specifier takes from the model, if one does.
    pub fn refusal(&self, tool: &str) -> Option<Decision> {
        let pair = tool.strip_prefix("mcp__").and_then(|name| name.split_once("__"));
        let pair = pair.map(|(server, tool)| ServerTool { server: server.to_owned(), tool: tool.to_owned() });
        let covers = |rule: &Rule| match &pair {
            None => rule.names_tool(tool),
            Some(pair) => rule.names_server_tool(tool, pair, PermissionBehavior::Deny),
        };
        let entry = self.deny.iter().find(|entry| entry.rule.content().is_none() && covers(&entry.rule))?;
        Some(Decision::deny(because(entry, PermissionBehavior::Deny)))
    }

    /// The deny rule without a specifier that covers the tool, if any: such a tool is not offered to the model.
    pub fn denies_tool(&self, tool: &str) -> Option<&SourcedRule> {
        self.deny.iter().find(|entry| entry.rule.content().is_none() && entry.rule.names_tool(tool))
    }

    /// Whether a deny rule without a specifier covers this tool of an MCP server: it is not offered then.
    pub fn denies_server_tool(&self, name: &str, pair: &ServerTool) -> bool {
        let covers = |rule: &Rule| rule.names_server_tool(name, pair, PermissionBehavior::Deny);
        self.deny.iter().any(|entry| entry.rule.content().is_none() && covers(&entry.rule))
    }

    /// Applies the rules part of an update; mode and directories are the caller's. All or nothing.
    pub fn apply(&mut self, update: &PermissionUpdate) -> Result<(), RuleError> {
        match update {
            PermissionUpdate::AddRules { rules, behavior, destination } => {
                for rule in parse_all(rules, *behavior)? {
                    self.add(rule, *behavior, *destination)?;
                }
            }
            PermissionUpdate::ReplaceRules { rules, behavior, destination } => {
                let parsed = parse_all(rules, *behavior)?;
                self.rules_mut(*behavior).retain(|entry| entry.source != *destination);
                for rule in parsed {
                    self.add(rule, *behavior, *destination)?;
                }
            }
            PermissionUpdate::RemoveRules { rules, behavior, destination } => {
                let parsed = rules.iter().map(Rule::from_value).collect::<Result<Vec<_>, _>>()?;
                self.rules_mut(*behavior)
                    .retain(|entry| entry.source != *destination || !parsed.contains(&entry.rule));
            }
            PermissionUpdate::SetMode { .. }
            | PermissionUpdate::AddDirectories { .. }
            | PermissionUpdate::RemoveDirectories { .. } => {}
        }
        Ok(())
    }
}

fn parse_all(rules: &[PermissionRuleValue], behavior: PermissionBehavior) -> Result<Vec<Rule>, RuleError> {
    rules
        .iter()
        .map(|value| {
            let rule = Rule::from_value(value)?;
            rule.check_behavior(behavior)?;
            Ok(rule)
        })
        .collect()
}

#[cfg(test)]
#[path = "set_tests.rs"]
mod tests;
