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
    /// Neither a mode, an allow rule nor a hook that allows silences the question.
    #[serde(skip)]
    firm: bool,
    /// The hooks that may decide otherwise; none of them has been called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hooks: Vec<ExplainedHook>,
}

/// A hook that would have a say.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedHook {
    /// `PreToolUse` or `PermissionRequest`.
    pub event: &'static str,
    /// What it covers; `*` is everything.
    pub matcher: String,
    /// Where it stands.
    pub origin: String,
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
            firm: decision.firm,
            hooks: Vec::new(),
        }
    }

    /// Adds the hooks that would be called, and to the reason what they may change. Those of PermissionRequest have a say
    /// only where something is asked.
    #[must_use]
    pub fn with_hooks(mut self, hooks: Vec<ExplainedHook>) -> Self {
        let of = |event: &str| hooks.iter().any(|hook| hook.event == event);
        if of("PreToolUse") {
            self.reason.push_str(match self.behavior {
                "deny" => "; PreToolUse hooks come first and may put another input in its place",
                "allow" => "; PreToolUse hooks come first and may deny it, ask, or change its input",
                _ if self.firm => "; PreToolUse hooks come first and may deny it or change its input",
                _ => "; PreToolUse hooks come first and may allow it, deny it, or change its input",
            });
        }
        if self.behavior == "ask" && of("PermissionRequest") {
            self.reason.push_str("; PermissionRequest hooks may answer before anybody is asked");
        }
        self.hooks = hooks;
        self
    }
}
