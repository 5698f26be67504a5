//! `if` of a hook: a permission rule that the call at hand must meet.

use super::input::{CallAtHand, Occurrence};
use crate::engine::io;
use crate::engine::permission::{self, PermissionBehavior, PermissionUpdateDestination, Rule};
use crate::engine::session::run::Session;
use crate::engine::tool::dispatch;
use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

/// A rule, and the settings that it stands in: path patterns `/x` start at their folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The rule.
    pub rule: Rule,
    /// Where it was written.
    pub source: PermissionUpdateDestination,
}

impl Condition {
    /// Whether the call meets the rule, in any of its commands or substitutions; when nobody can say, it does (row 172).
    /// What is about no call never meets it.
    pub async fn holds(&self, occurrence: &Occurrence<'_>, session: &Session) -> bool {
        let Some(CallAtHand { tool, input, .. }) = occurrence.call() else { return false };
        let Some(entry) = session.tools.get(tool) else { return true };
        let Ok(declared) = entry.tool.prepare(input, &session.workspace) else { return true };
        let mut settings = (*session.live.get()).clone();
        let only = settings.rules.only(self.rule.clone(), PermissionBehavior::Ask, self.source);
        let Ok(only) = only else { return true };
        settings.rules = Arc::new(only);
        let (workspace, env, input) =
            (Arc::clone(&session.workspace), Arc::clone(&session.env), input.clone());
        let stop = CancellationToken::new();
        let _stop_on_drop = stop.clone().drop_guard();
        // Parses command lines and resolves paths.
        let meets = io::blocking(move || {
            let call = (&input, &declared, &OnceLock::new());
            Ok(dispatch::put_to(&entry, call, &settings, &workspace, (&env, &stop), permission::concerns))
        });
        !matches!(meets.await, Ok(Ok(false)))
    }
}
