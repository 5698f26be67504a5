//! Options that cannot stand together, or not alone. Asked before each option is looked at, so that the first thing a
//! host learns is the contradiction.

use crate::engine::error::{EngineError, ErrorKind};
use serde_json::{Map, Value};

/// Refuses what contradicts itself.
pub fn check(given: &Map<String, Value>) -> Result<(), EngineError> {
    let has = |name: &str| given.get(name).is_some_and(|value| !value.is_null());
    let on = |name: &str| given.get(name).and_then(Value::as_bool) == Some(true);
    let resumes = has("resume") || on("continue");
    let lists = |name: &str| given.get(name).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let rules: [(bool, &str); 8] = [
        (
            has("resume") && on("continue"),
            "options.resume names a session and options.continue takes the newest one: give one of them.",
        ),
        (
            has("sessionId") && resumes && !on("forkSession"),
            "options.sessionId names a new session, but options.resume or options.continue goes on with an old one. \
             Leave sessionId out, or set forkSession.",
        ),
        (
            on("forkSession") && !resumes,
            "options.forkSession needs options.resume or options.continue: there is no session to fork.",
        ),
        (
            has("resumeSessionAt") && !resumes,
            "options.resumeSessionAt needs options.resume or options.continue.",
        ),
        (
            has("resumeDropsTurn") && !has("resumeSessionAt"),
            "options.resumeDropsTurn needs options.resumeSessionAt.",
        ),
        (
            has("sessionStore") && given.get("persistSession").and_then(Value::as_bool) == Some(false),
            "options.sessionStore keeps what options.persistSession: false asks not to keep.",
        ),
        (
            has("sessionStore") && on("enableFileCheckpointing"),
            "options.sessionStore cannot be used with options.enableFileCheckpointing: checkpoints are files on this machine.",
        ),
        (
            lists("supportedDialogKinds") && !has("onUserDialog"),
            "options.supportedDialogKinds needs options.onUserDialog, which shows them.",
        ),
    ];
    match rules.into_iter().find(|(broken, _)| *broken) {
        Some((_, text)) => Err(EngineError::new(ErrorKind::InvalidOption, text)),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "combine_tests.rs"]
mod tests;
