//! `if` of a hook: a permission rule that the call at hand must meet.

use super::input::{CallAtHand, Occurrence};
use crate::engine::env::Env;
use crate::engine::io;
use crate::engine::permission::{self, PermissionBehavior, PermissionUpdateDestination, Rule};
use crate::engine::session::live::Settings;
use crate::engine::session::run::Session;
use crate::engine::tool::entry::Entry;
use crate::engine::tool::{Declared, dispatch};
use crate::engine::workspace::Workspace;
use serde_json::Value;
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

/// A call, and what it is judged by.
#[derive(Clone, Copy)]
pub struct Judging<'a> {
    /// The tool.
    pub entry: &'a Entry,
    /// Its input.
    pub input: &'a Value,
    /// What it wants to touch.
    pub declared: &'a Declared,
    /// The rules, for the folders of their sources.
    pub settings: &'a Settings,
    /// The directories.
    pub workspace: &'a Workspace,
    /// The environment of the query.
    pub env: &'a Env,
}

impl Condition {
    /// Whether the call meets the rule, in any of its commands or substitutions; when nobody can say, it does (row 172).
    /// What is about no call never meets it.
    pub async fn holds(&self, occurrence: &Occurrence<'_>, session: &Session) -> bool {
        let Some(CallAtHand { tool, input, .. }) = occurrence.call() else { return false };
        let Some(entry) = session.tools.get(tool) else { return true };
        let Ok(declared) = entry.tool.prepare(input, &session.workspace) else { return true };
        let (settings, condition) = (session.live.get(), self.clone());
        let (workspace, env, input) =
            (Arc::clone(&session.workspace), Arc::clone(&session.env), input.clone());
        let stop = CancellationToken::new();
        let _stop_on_drop = stop.clone().drop_guard();
        let met = io::blocking(move || {
            let (settings, workspace, env) = (&*settings, &*workspace, &*env);
            let call =
                Judging { entry: &entry, input: &input, declared: &declared, settings, workspace, env };
            Ok(condition.met_by(call, &stop))
        });
        met.await.unwrap_or(true)
    }

    /// The same for one call. Blocks: it parses command lines and resolves paths.
    pub fn met_by(&self, call: Judging<'_>, stop: &CancellationToken) -> bool {
        let Judging { entry, input, declared, settings, workspace, env } = call;
        let only = settings.rules.only(self.rule.clone(), PermissionBehavior::Ask, self.source);
        let Ok(only) = only else { return true };
        let settings = Settings { rules: Arc::new(only), ..settings.clone() };
        let call = (input, declared, &OnceLock::new());
        let meets = dispatch::put_to(entry, call, &settings, workspace, (env, stop), permission::concerns);
        meets.unwrap_or(true)
    }
}
