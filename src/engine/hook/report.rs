//! What the consumer hears of hooks: their runs when it asked for them, their failures and messages always.

use super::event::{HookEvent, Refusal};
use super::merge::Merged;
use super::run::Ran;
use crate::engine::clock::new_uuid;
use crate::engine::emit::Emitter;
use crate::engine::message::sdk::{
    HookMessage, HookProgressMessage, HookResponseMessage, SdkMessage, SystemMessage,
};
use crate::engine::session::run::Session;

/// One run of a hook, told of at its start and its end if the consumer wants that, or always (rows 219 and 565).
#[derive(Debug, Clone)]
pub struct Told(Option<(Emitter, HookMessage)>);

impl Told {
    /// A hook of `event` starts.
    pub fn started(session: &Session, event: HookEvent, subject: &str) -> Self {
        if !session.hooks.tell && !event.always_told() {
            return Self(None);
        }
        let name =
            if subject.is_empty() { event.name().to_owned() } else { format!("{}:{subject}", event.name()) };
        let hook = HookMessage { hook_id: new_uuid(), hook_name: name, hook_event: event.name() };
        session.emitter.emit(&SdkMessage::System(SystemMessage::HookStarted(hook.clone())));
        Self(Some((session.emitter.clone(), hook)))
    }

    /// Whether anybody wants to know.
    pub fn wanted(&self) -> bool {
        self.0.is_some()
    }

    /// It has printed this so far.
    pub fn progress(&self, stdout: String, stderr: String) {
        let Some((emitter, hook)) = &self.0 else { return };
        let output = format!("{stdout}{stderr}");
        let message = HookProgressMessage { hook: hook.clone(), output, stdout, stderr };
        emitter.emit(&SdkMessage::System(SystemMessage::HookProgress(message)));
    }

    /// It has ended like this.
    pub fn ended(self, ran: &Ran) {
        let Some((emitter, hook)) = self.0 else { return };
        let (mut stdout, mut stderr, mut exit_code) = (String::new(), String::new(), None);
        let (outcome, output) = match ran {
            Ran::Command(ended) => {
                (stdout, stderr) = (ended.stdout.clone(), ended.stderr.clone());
                exit_code = Some(ended.code);
                (if ended.code == 0 { "success" } else { "error" }, format!("{stdout}{stderr}"))
            }
            Ran::Output(_) | Ran::Background => ("success", String::new()),
            // It tells of its end itself.
            Ran::Later => return,
            Ran::Failed(why) => ("error", why.text.clone()),
            Ran::TimedOut(limit) => ("cancelled", format!("timed out after {} s", limit.as_secs_f64())),
            Ran::Cancelled => ("cancelled", String::new()),
        };
        emitter.emit(&SdkMessage::System(SystemMessage::HookResponse(HookResponseMessage {
            hook,
            output,
            stdout,
            stderr,
            exit_code,
            outcome,
        })));
    }
}

/// Says that a hook failed, where, and what came of it; `refusal` if it was to block.
pub fn failure(emitter: &Emitter, what: &str, stack: Option<&str>, refusal: Option<Refusal>) {
    let mut text = capitalised(what);
    text.push_str(match refusal {
        Some(Refusal::Refuses) => ": it guards what it was asked about, so that is refused.",
        Some(Refusal::EndsTurn) => ": it was to block then, so the turn ends here.",
        Some(Refusal::TellsModel) => {
            ": it was to block then, but what it was told of has happened; the model is told."
        }
        Some(Refusal::Nothing) => ": it was to block then, but there is nothing to block; it is ignored.",
        None => ": it is ignored.",
    });
    if let Some(stack) = stack {
        text.push('\n');
        text.push_str(stack);
    }
    emitter.warn(text);
}

/// Shows every `systemMessage` (row 196).
pub fn system_messages(emitter: &Emitter, merged: &Merged) {
    for text in &merged.system_messages {
        emitter.inform(text, "info");
    }
}

/// Shows the reason of a stop (row 194).
pub fn stop(emitter: &Emitter, merged: &Merged) {
    if let Some(Some(reason)) = &merged.stop {
        emitter.inform(format!("Stopped by a hook: {reason}"), "notice");
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl Merged {
    /// Everything that the model is told beside the event, in order, as reminders.
    pub fn notes(&self) -> Vec<String> {
        self.contexts.iter().chain(&self.system_messages).map(|text| reminder(text)).collect()
    }
}

/// A text that is marked as not the user's words.
pub fn reminder(text: &str) -> String {
    format!("<system-reminder>\n{text}\n</system-reminder>")
}
