//! Several answers to one event made one, in array order. Pure.

use super::output::{Elicited, Output, Permission, RequestDecision};
use serde_json::Value;

/// How one hook ended, as far as merging goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// It answered.
    Output(Box<Output>),
    /// What it was asked about is refused: it failed as a guard, or exited with code 2.
    Refuses {
        /// Why.
        reason: String,
        /// What it said that decides nothing.
        beside: Box<Output>,
    },
    /// It said nothing that counts.
    Nothing,
}

/// What all hooks of one event said together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merged {
    /// The strongest permission decision, and its reason.
    pub permission: Option<(Permission, Option<String>)>,
    /// The last `updatedInput`.
    pub updated_input: Option<Value>,
    /// One hook both allowed the call and gave an `updatedInput`: it has answered in the place of a person (row 187).
    pub answered: bool,
    /// Every `additionalContext`.
    pub contexts: Vec<String>,
    /// Every `systemMessage`.
    pub system_messages: Vec<String>,
    /// Set by `continue: false`, with the first `stopReason`.
    pub stop: Option<Option<String>>,
    /// Set by `decision: 'block'`, with the reason of the first one.
    pub block: Option<Option<String>>,
    /// What PermissionRequest hooks decided.
    pub request: Option<RequestDecision>,
    /// The last `updatedToolOutput`.
    pub updated_output: Option<Value>,
    /// The last `updatedMCPToolOutput`.
    pub updated_mcp_output: Option<Value>,
    /// A hook of PermissionDenied lets the model try again.
    pub retry: bool,
    /// Everything that the reviewer of mode `auto` is to know.
    pub classifier_contexts: Vec<String>,
    /// The files to watch from now on, of all hooks that named some.
    pub watch_paths: Option<Vec<String>>,
    /// The last directory that a hook has made.
    pub worktree_path: Option<String>,
    /// The blocked prompt is not repeated.
    pub suppress_prompt: bool,
    /// The last title.
    pub session_title: Option<String>,
    /// Every initial message of a session.
    pub initial_messages: Vec<String>,
    /// The last text to show instead of the assistant's.
    pub display_content: Option<String>,
    /// The last answer to a question of a server.
    pub elicited: Option<Elicited>,
}

/// Merges in array order: deny before defer before ask before allow (row 183), the last input and output win, all
/// contexts and messages are kept (row 198). A refusal by failure counts as a deny whose reason yields to a hook that
/// denies by itself (row 165).
pub fn merge(said: Vec<Said>) -> Merged {
    let mut merged = Merged::default();
    let mut failures = Vec::new();
    for said in said {
        match said {
            Said::Output(output) => add(&mut merged, *output),
            Said::Refuses { reason, beside } => {
                add(&mut merged, *beside);
                failures.push(reason);
            }
            Said::Nothing => {}
        }
    }
    if let Some(reason) = failures.into_iter().next() {
        if !matches!(merged.permission, Some((Permission::Deny, _))) {
            merged.permission = Some((Permission::Deny, Some(reason.clone())));
        }
        merged.block.get_or_insert_with(|| Some(reason.clone()));
        if !matches!(merged.request, Some(RequestDecision::Deny { .. })) {
            merged.request = Some(RequestDecision::Deny { message: Some(reason), interrupt: false });
        }
    }
    if matches!(merged.permission, Some((Permission::Defer, _))) {
        merged.updated_input = None;
    }
    merged
}

fn add(merged: &mut Merged, output: Output) {
    let Output { stop, stop_reason, approve, reason, system_message, specific } = output;
    if stop && !matches!(merged.stop, Some(Some(_))) {
        merged.stop = Some(stop_reason);
    }
    let new = specific.permission.map(|permission| (permission, specific.permission_reason));
    // The old form, which means the same for a tool call (row 189). An output that holds both means the stricter one.
    let old =
        approve.map(|approve| (if approve { Permission::Allow } else { Permission::Deny }, reason.clone()));
    let permission = match (new, old) {
        (Some(new), Some(old)) => Some(if old.0 > new.0 { old } else { new }),
        (new, old) => new.or(old),
    };
    merged.answered |= matches!(permission, Some((Permission::Allow, _))) && specific.updated_input.is_some();
    if let Some((permission, why)) = permission
        && merged.permission.as_ref().is_none_or(|(strongest, _)| permission > *strongest)
    {
        merged.permission = Some((permission, why));
    }
    if approve == Some(false) {
        merged.block.get_or_insert(reason);
    }
    if let Some(decision) = specific.request {
        let denied = matches!(merged.request, Some(RequestDecision::Deny { .. }));
        let denies = matches!(decision, RequestDecision::Deny { .. });
        if merged.request.is_none() || denies && !denied {
            merged.request = Some(decision);
        }
    }
    merged.updated_input = specific.updated_input.or(merged.updated_input.take());
    merged.updated_output = specific.updated_output.or(merged.updated_output.take());
    merged.updated_mcp_output = specific.updated_mcp_output.or(merged.updated_mcp_output.take());
    merged.worktree_path = specific.worktree_path.or(merged.worktree_path.take());
    if let Some(paths) = specific.watch_paths {
        merged.watch_paths.get_or_insert_default().extend(paths);
    }
    merged.session_title = specific.session_title.or(merged.session_title.take());
    merged.display_content = specific.display_content.or(merged.display_content.take());
    merged.elicited = specific.elicited.or(merged.elicited.take());
    merged.retry |= specific.retry;
    merged.suppress_prompt |= specific.suppress_prompt;
    let said = |text: &String| !text.trim().is_empty();
    merged.classifier_contexts.extend(specific.classifier_context.filter(said));
    merged.contexts.extend(specific.additional_context.filter(said));
    merged.initial_messages.extend(specific.initial_user_message.filter(said));
    merged.system_messages.extend(system_message.filter(said));
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
