//! Hooks of settings files that are questions to a small model (`type: "prompt"`, row 179).

use super::event::HookEvent;
use super::output::{Output, Permission, RequestDecision};
use super::run::{Ran, Why};
use crate::engine::session::run::Session;
use crate::engine::session::small;
use serde::Deserialize;
use std::sync::Arc;

/// What the model is told about its task.
const SYSTEM: &str = include_str!("question.md");
/// Where the input of the event goes in a prompt; behind the prompt when it is not there.
const PLACE: &str = "$ARGUMENTS";
/// The answer is one sentence.
const MOST_TOKENS: u32 = 500;

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What is asked.
    pub prompt: String,
    /// Whom; without it the small model of the environment.
    pub model: Option<String>,
    /// A refused tool call does not end the turn.
    pub continue_on_block: bool,
}

/// What the model says.
#[derive(Debug, Deserialize)]
pub(super) struct Verdict {
    ok: bool,
    #[serde(default)]
    reason: Option<String>,
    /// What is asked for can never be: nothing is gained by going on.
    #[serde(default)]
    impossible: bool,
}

impl Question {
    /// Asks.
    pub async fn run(&self, session: &Session, event: HookEvent, input: Arc<str>) -> Ran {
        let text = self.text(&input);
        let question = small::Question {
            model: self.model.as_deref(),
            system: SYSTEM.trim_end(),
            text: &text,
            max_tokens: MOST_TOKENS,
        };
        let failed = |text: String| Ran::Failed(Why { text, stack: None });
        match small::ask(session, question).await {
            Err(why) => failed(format!("got no answer: the model {why}")),
            Ok(answer) => match read(&answer) {
                Some(verdict) => Ran::Output(Box::new(self.output(verdict, event))),
                None => failed("got an answer that is not { ok, reason }".to_owned()),
            },
        }
    }

    /// The prompt with the event's input in its place.
    pub(super) fn text(&self, input: &str) -> String {
        match self.prompt.contains(PLACE) {
            true => self.prompt.replace(PLACE, input),
            false => format!("{}\n\n{input}", self.prompt),
        }
    }

    /// What a verdict means for an event.
    pub(super) fn output(&self, verdict: Verdict, event: HookEvent) -> Output {
        let mut output = Output::default();
        if verdict.ok {
            return output;
        }
        let reason = verdict.reason.unwrap_or_else(|| "the model gave no reason".to_owned());
        if verdict.impossible && matches!(event, HookEvent::Stop | HookEvent::SubagentStop) {
            output.system_message = Some(format!("What a hook asks for cannot be reached: {reason}"));
            return output;
        }
        if event == HookEvent::PreToolUse {
            output.specific.permission = Some(Permission::Deny);
            output.specific.permission_reason = Some(reason.clone());
            if !self.continue_on_block {
                (output.stop, output.stop_reason) = (true, Some(reason));
            }
            return output;
        }
        if event == HookEvent::PermissionRequest {
            let message = Some(reason.clone());
            output.specific.request = Some(RequestDecision::Deny { message, interrupt: false });
        }
        (output.approve, output.reason) = (Some(false), Some(reason));
        output
    }
}

/// The JSON object of an answer, in a fence or not.
pub(super) fn read(answer: &str) -> Option<Verdict> {
    let (start, end) = (answer.find('{')?, answer.rfind('}')?);
    serde_json::from_str(answer.get(start..=end)?).ok()
}

#[cfg(test)]
#[path = "question_tests.rs"]
mod tests;
