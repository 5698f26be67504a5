//! Why a call was judged so, for programs, for people and for the model.

use super::hook::HookDecision;
use super::rule::Rule;
use super::update::{PermissionBehavior, PermissionMode, PermissionUpdateDestination};
use serde_json::Value;

/// Why a decision fell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A rule matched.
    Rule {
        /// The rule.
        rule: Rule,
        /// What it says.
        behavior: PermissionBehavior,
        /// Where it came from.
        source: PermissionUpdateDestination,
    },
    /// A PreToolUse hook said so.
    Hook {
        /// What it said.
        behavior: PermissionBehavior,
        /// Why, in its words.
        reason: Option<String>,
    },
    /// The reviewer of mode `auto` said so.
    Classifier {
        /// Whether it allowed the call.
        allowed: bool,
        /// Why, in its words.
        reason: String,
    },
    /// The tool asks a person something.
    NeedsPerson,
    /// The mode allows it.
    Mode(PermissionMode),
    /// A command line that only reads, inside the working directories.
    ReadOnly,
    /// A read inside the working directories.
    WorkingDirectory,
    /// A read of a file that the engine has handed to the model.
    HandedOver,
    /// The tool touches nothing that needs permission.
    NoPermissionNeeded,
    /// It would change a file that configures tools, version control or the shell.
    ProtectedPath,
    /// It would remove a directory that matters beyond the work at hand.
    CriticalRemoval,
    /// It touches a path outside the working directories.
    OutsideWorkingDirectories,
    /// Settings close off what is outside the working directories.
    Confined,
    /// The command line cannot be judged; the text says what stands in the way.
    Unparsable(String),
    /// Plan mode changes nothing.
    PlanMode,
    /// No rule and no mode allows it.
    NothingAllows,
}

impl Reason {
    /// The reason that the hooks of a call give.
    pub(super) fn of_hook(behavior: PermissionBehavior, hook: Option<&HookDecision>) -> Self {
        Self::Hook { behavior, reason: hook.and_then(HookDecision::reason).map(str::to_owned) }
    }

    /// The rule that matched, what it says and where it came from.
    pub fn rule(&self) -> Option<(&Rule, PermissionBehavior, PermissionUpdateDestination)> {
        match self {
            Self::Rule { rule, behavior, source } => Some((rule, *behavior, *source)),
            Self::Hook { .. }
            | Self::Classifier { .. }
            | Self::NeedsPerson
            | Self::Mode(_)
            | Self::ReadOnly
            | Self::WorkingDirectory
            | Self::HandedOver
            | Self::NoPermissionNeeded
            | Self::ProtectedPath
            | Self::CriticalRemoval
            | Self::OutsideWorkingDirectories
            | Self::Confined
            | Self::Unparsable(_)
            | Self::PlanMode
            | Self::NothingAllows => None,
        }
    }

    /// The class of the reason, as `decision_reason_type` carries it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Rule { .. } => "rule",
            Self::Hook { .. } => "hook",
            Self::Classifier { .. } => "classifier",
            Self::Mode(_) | Self::PlanMode => "mode",
            Self::WorkingDirectory | Self::HandedOver | Self::OutsideWorkingDirectories | Self::Confined => {
                "workingDir"
            }
            Self::ProtectedPath | Self::CriticalRemoval => "safetyCheck",
            Self::ReadOnly
            | Self::NeedsPerson
            | Self::NoPermissionNeeded
            | Self::Unparsable(_)
            | Self::NothingAllows => "other",
        }
    }

    /// One sentence for a person.
    pub fn describe(&self) -> String {
        match self {
            Self::Rule { rule, behavior, source } => {
                let verb = match behavior {
                    PermissionBehavior::Allow => "allows it",
                    PermissionBehavior::Deny => "denies it",
                    PermissionBehavior::Ask => "requires asking",
                };
                format!("the rule `{rule}` ({}) {verb}", source.as_str())
            }
            Self::Hook { behavior, reason } => {
                let verb = match behavior {
                    PermissionBehavior::Allow => "allowed it",
                    PermissionBehavior::Deny => "denied it",
                    PermissionBehavior::Ask => "requires asking",
                };
                match reason {
                    Some(reason) => format!("a PreToolUse hook {verb}: {reason}"),
                    None => format!("a PreToolUse hook {verb}"),
                }
            }
            Self::Classifier { allowed, reason } => {
                let verb = if *allowed { "allowed" } else { "blocked" };
                format!("the reviewer of mode `auto` {verb} it: {reason}")
            }
            Self::NeedsPerson => "the tool needs an answer of a person".to_owned(),
            Self::Mode(mode) => format!("the permission mode `{mode}` allows it"),
            Self::ReadOnly => "the command only reads, inside the working directories".to_owned(),
            Self::WorkingDirectory => "it reads inside the working directories".to_owned(),
            Self::HandedOver => "it reads what this session has saved for it".to_owned(),
            Self::NoPermissionNeeded => "the tool needs no permission".to_owned(),
            Self::ProtectedPath => "it would change a protected file or directory".to_owned(),
            Self::CriticalRemoval => "it would remove a critical directory".to_owned(),
            Self::OutsideWorkingDirectories => "it touches a path outside the working directories".to_owned(),
            Self::Confined => {
                "it touches a path outside the working directories, which settings close off".to_owned()
            }
            Self::Unparsable(what) => format!("the command cannot be judged: {what}"),
            Self::PlanMode => "plan mode only looks; it changes nothing".to_owned(),
            Self::NothingAllows => "no rule and no mode allows it".to_owned(),
        }
    }
}

/// The longest piece of an input that a denial repeats, in characters.
const SHOWN: usize = 300;

/// The error text for the model when a call was denied, or when nobody could be asked.
pub fn denial_text(tool: &str, reason: &Reason, input: &Value) -> String {
    let subject = subject(input);
    match reason {
        Reason::Rule { rule, behavior: PermissionBehavior::Deny, .. } => format!(
            "Permission denied: the rule `{rule}` forbids {tool} with {subject}. Do not try to reach the same effect \
             another way; go on without it or tell the user what is blocked."
        ),
        Reason::Hook { behavior: PermissionBehavior::Deny, reason } => {
            let why = reason.as_deref().unwrap_or("it gave no reason");
            format!("A hook refused {tool} with {subject}: {why}")
        }
        Reason::Classifier { reason, .. } => format!(
            "{tool} with {subject} did not run: auto mode reviewed it and refused ({reason}). Do not try to reach the \
             same effect another way; go on without it, or tell the user what you need it for."
        ),
        Reason::PlanMode => format!(
            "{tool} with {subject} did not run: plan mode is on, in which nothing is changed. Go on reading and finish \
             the plan."
        ),
        Reason::Confined => format!(
            "{tool} with {subject} did not run: it is outside the working directories, and the settings let file tools \
             touch nothing there. Go on without it or tell the user what is blocked."
        ),
        Reason::Rule { behavior: PermissionBehavior::Allow | PermissionBehavior::Ask, .. }
        | Reason::Hook { behavior: PermissionBehavior::Allow | PermissionBehavior::Ask, .. }
        | Reason::NeedsPerson
        | Reason::Mode(_)
        | Reason::ReadOnly
        | Reason::WorkingDirectory
        | Reason::HandedOver
        | Reason::NoPermissionNeeded
        | Reason::ProtectedPath
        | Reason::CriticalRemoval
        | Reason::OutsideWorkingDirectories
        | Reason::Unparsable(_)
        | Reason::NothingAllows => format!(
            "{tool} did not run: permission to use {tool} with {subject} was not granted ({}), and nobody could be asked. \
             Go on without it or tell the user which permission is missing.",
            reason.describe()
        ),
    }
}

/// The part of an input that says what the call is about.
fn subject(input: &Value) -> String {
    let main = ["command", "file_path", "notebook_path", "path", "url", "query", "pattern"]
        .iter()
        .find_map(|key| input.get(key).and_then(Value::as_str));
    let text = main.map_or_else(|| input.to_string(), str::to_owned);
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}
