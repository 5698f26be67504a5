//! What PreToolUse hooks said about a call, as the decision takes it.

/// The merged answer of all PreToolUse hooks of one call: deny before ask before allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookDecision {
    /// The call does not run.
    Deny {
        /// Why, for the model.
        reason: Option<String>,
    },
    /// Somebody must be asked.
    Ask {
        /// Why, for the user.
        reason: Option<String>,
    },
    /// It runs, unless a rule, plan mode or a safety check says otherwise.
    Allow {
        /// Why, for the user.
        reason: Option<String>,
        /// Whether one of the hooks that allow it also gave an `updatedInput`: what a tool that needs a person waits for.
        answered: bool,
    },
}

impl HookDecision {
    /// The reason given, if any.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Deny { reason } | Self::Ask { reason } | Self::Allow { reason, .. } => reason.as_deref(),
        }
    }
}
