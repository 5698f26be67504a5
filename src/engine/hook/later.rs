//! Command hooks that nobody waits for: what they say once they have ended (row 181).

use super::command::Ended;
use super::event::HookEvent;
use super::long;
use super::merge::Said;
use super::report::{self, Told};
use super::run::{Ran, Why};
use super::table::Notes;
use crate::engine::emit::Emitter;
use crate::engine::env::Env;
use crate::engine::task::Hold;
use std::sync::Arc;
use std::time::Duration;

/// Takes what such a hook says. It decides nothing: what it is about has long happened.
pub struct Later {
    /// Of the hook, for people.
    pub origin: String,
    /// The event.
    pub event: HookEvent,
    /// Where its run is told of.
    pub told: Told,
    /// Where messages leave.
    pub emitter: Emitter,
    /// What the model is told when it is next spoken to.
    pub notes: Notes,
    /// For `asyncRewake`: exit code 2 gives the model a turn.
    pub hold: Option<Hold>,
    /// For texts that are too long.
    pub place: (Arc<Env>, Arc<str>),
}

impl Later {
    /// It has ended like this.
    pub async fn ended(self, ended: std::io::Result<Option<Ended>>, limit: Duration) {
        let ran = match ended {
            Ok(Some(ended)) => Ran::Command(ended),
            Ok(None) => Ran::TimedOut(limit),
            Err(error) => Ran::Failed(Why { text: format!("could not be started: {error}"), stack: None }),
        };
        self.told.clone().ended(&ran);
        let name = format!("The {} hook {}", self.event.name(), self.origin);
        let ended = match ran {
            Ran::Command(ended) => ended,
            Ran::Failed(why) => return self.emitter.warn(format!("{name} {}: it is ignored.", why.text)),
            Ran::TimedOut(_) | Ran::Output(_) | Ran::Background | Ran::Later | Ran::Cancelled => {
                let seconds = limit.as_secs_f64();
                return self.emitter.warn(format!("{name} did not end within {seconds} s: it is ignored."));
            }
        };
        let wakes = ended.code == 2 && self.hold.is_some();
        let complaint = if ended.stderr.trim().is_empty() { &ended.stdout } else { &ended.stderr };
        let complaint = complaint.trim().to_owned();
        let (said, faults) = ended.meaning(self.event, false);
        for fault in faults.iter().filter(|_| !wakes) {
            self.emitter.warn(format!("{name} {fault}"));
        }
        let mut texts = Vec::new();
        if wakes {
            texts.push(format!("{name}, which ran in the background, says: {complaint}"));
        } else if let Said::Output(output) | Said::Refuses { beside: output, .. } = said {
            if let Some(text) = output.system_message {
                self.emitter.inform(&text, "info");
                texts.push(text);
            }
            texts.extend(output.specific.additional_context);
        }
        let (env, session) = &self.place;
        for text in &mut texts {
            if let Some(short) = long::short(text, env, session).await {
                *text = short;
            }
        }
        self.notes.keep(texts.iter().map(|text| report::reminder(text)).collect());
        if wakes && let Some(hold) = self.hold {
            hold.wake();
        }
    }
}
