//! The documented permission update types, in their exact wire shape.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How calls that no rule decides are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PermissionMode {
    /// Asks for whatever no rule allows. `manual` is read as this mode.
    #[default]
    #[serde(alias = "manual")]
    Default,
    /// File edits inside the working directories run unasked.
    AcceptEdits,
    /// Everything that no rule or safety check stops runs unasked.
    BypassPermissions,
    /// Only looks; changes nothing.
    Plan,
    /// Never asks: whatever would ask is denied.
    DontAsk,
    /// What is left is judged by a classifier, or asked.
    Auto,
}

impl PermissionMode {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::AcceptEdits => "acceptEdits",
            Self::BypassPermissions => "bypassPermissions",
            Self::Plan => "plan",
            Self::DontAsk => "dontAsk",
            Self::Auto => "auto",
        }
    }
}

impl fmt::Display for PermissionMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a rule says about the calls it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PermissionBehavior {
    /// Runs unasked.
    Allow,
    /// Never runs.
    Deny,
    /// Always asks.
    Ask,
}

/// Where an update is kept, and where a rule came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PermissionUpdateDestination {
    /// The user's settings file.
    UserSettings,
    /// The project's shared settings file.
    ProjectSettings,
    /// The project's local settings file.
    LocalSettings,
    /// This session, in memory.
    Session,
    /// The options of the query, in memory.
    CliArg,
    /// Only where a rule came from, no update names it: the option `settings`.
    #[serde(skip_deserializing)]
    FlagSettings,
    /// Only where a rule came from, no update names it: the machine's policy and `managedSettings`.
    #[serde(skip_deserializing)]
    PolicySettings,
}

impl PermissionUpdateDestination {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserSettings => "userSettings",
            Self::ProjectSettings => "projectSettings",
            Self::LocalSettings => "localSettings",
            Self::Session => "session",
            Self::CliArg => "cliArg",
            Self::FlagSettings => "flagSettings",
            Self::PolicySettings => "policySettings",
        }
    }
}

/// A rule in two parts, as updates carry it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionRuleValue {
    /// The tool, or a pattern over tool names.
    pub tool_name: String,
    /// What stands between the parentheses, unescaped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_content: Option<String>,
}

/// A change of rules, mode or directories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum PermissionUpdate {
    /// Adds rules to a destination.
    AddRules {
        /// The rules.
        rules: Vec<PermissionRuleValue>,
        /// What they say.
        behavior: PermissionBehavior,
        /// Where they go.
        destination: PermissionUpdateDestination,
    },
    /// Replaces all rules of one behaviour at a destination.
    ReplaceRules {
        /// The rules that remain.
        rules: Vec<PermissionRuleValue>,
        /// Which behaviour is replaced.
        behavior: PermissionBehavior,
        /// Where.
        destination: PermissionUpdateDestination,
    },
    /// Removes rules from a destination.
    RemoveRules {
        /// The rules.
        rules: Vec<PermissionRuleValue>,
        /// Which behaviour they have.
        behavior: PermissionBehavior,
        /// Where.
        destination: PermissionUpdateDestination,
    },
    /// Changes the mode.
    SetMode {
        /// The new mode.
        mode: PermissionMode,
        /// Where it is kept.
        destination: PermissionUpdateDestination,
    },
    /// Adds working directories.
    AddDirectories {
        /// The directories.
        directories: Vec<String>,
        /// Where they are kept.
        destination: PermissionUpdateDestination,
    },
    /// Removes working directories.
    RemoveDirectories {
        /// The directories.
        directories: Vec<String>,
        /// Where.
        destination: PermissionUpdateDestination,
    },
}
