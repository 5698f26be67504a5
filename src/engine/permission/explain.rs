//! What would happen to a call and why, as a value for programs: the answer of `explainPermission`.

use super::{Decision, PermissionMode, PermissionRuleValue, PermissionUpdate, Verdict};
use serde::Serialize;

/// The explanation of one decision, in its wire shape.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// `allow`, `deny` or `ask`.
    pub behavior: &'static str,
    /// The class of the reason: `rule`, `mode`, `workingDir`, `safetyCheck`, `classifier` or `other`.
    pub reason_type: &'static str,
    /// One sentence for a person.
    pub reason: String,
    /// The mode in force.
    pub mode: PermissionMode,
    /// The rule that decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<ExplainedRule>,
    /// Who would be asked: `canUseTool`, the `classifier` of mode `auto` first, or `nobody`, which denies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<&'static str>,
    /// The path that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_path: Option<String>,
    /// Updates that would avoid the question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<PermissionUpdate>,
}

/// A rule and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedRule {
    /// Tool and specifier.
    #[serde(flatten)]
    pub value: PermissionRuleValue,
    /// What it says.
    pub behavior: super::PermissionBehavior,
    /// Where it came from.
    pub source: &'static str,
}

impl Explanation {
    /// Explains `decision`; `can_ask` says whether there is anybody to ask.
    pub fn new(decision: Decision, mode: PermissionMode, can_ask: bool) -> Self {
        let asks = (decision.verdict == Verdict::Ask).then_some(match mode {
            PermissionMode::Auto if !decision.firm => "classifier",
            PermissionMode::Auto
            | PermissionMode::Default
            | PermissionMode::AcceptEdits
            | PermissionMode::BypassPermissions
            | PermissionMode::Plan
            | PermissionMode::DontAsk => {
                if can_ask {
                    "canUseTool"
                } else {
                    "nobody"
                }
            }
        });
        let rule = decision.reason.rule().map(|(rule, behavior, source)| ExplainedRule {
            value: rule.to_value(),
            behavior,
            source: source.as_str(),
        });
        Self {
            behavior: match decision.verdict {
                Verdict::Allow => "allow",
                Verdict::Deny => "deny",
                Verdict::Ask => "ask",
            },
            reason_type: decision.reason.kind(),
            reason: decision.reason.describe(),
            mode,
            rule,
            asks,
            blocked_path: decision.blocked_path.map(|path| path.to_string_lossy().into_owned()),
            suggestions: decision.suggestions,
        }
    }
}
