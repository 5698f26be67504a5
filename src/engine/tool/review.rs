//! Asks a small model about a call, in mode `auto`.

use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::permission::auto::{Blocks, Opinion, PROMPT, REMEMBERED, opinion, question};
use crate::engine::session::run::Session;
use crate::engine::session::small;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the reviewer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The answer is one sentence.
const MOST_TOKENS: u32 = 300;

/// What the reviews of one session remember.
#[derive(Debug, Default)]
pub struct Reviews(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    /// The user's last messages.
    task: VecDeque<String>,
    /// What hooks said about the last results.
    notes: VecDeque<String>,
    blocks: Blocks,
}

impl Reviews {
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what the user said: the text blocks of one message.
    pub fn heard(&self, content: &[Box<serde_json::value::RawValue>]) {
        #[derive(serde::Deserialize)]
        struct Block {
            text: String,
        }
        let texts = content.iter().filter_map(|block| serde_json::from_str::<Block>(block.get()).ok());
        let text = texts.map(|block| block.text).collect::<Vec<_>>().join("\n");
        let mut memory = self.lock();
        memory.task.push_back(text);
        if memory.task.len() > REMEMBERED {
            memory.task.pop_front();
        }
    }

    /// Remembers what a hook said about a result (`classifierContext`).
    pub fn told(&self, note: String) {
        let mut memory = self.lock();
        memory.notes.push_back(note);
        if memory.notes.len() > REMEMBERED {
            memory.notes.pop_front();
        }
    }

    /// A person approved a call.
    pub fn approved(&self) {
        self.lock().blocks.approved();
    }
}

/// The reviewer's opinion on a call.
pub async fn review(
    tool: &str,
    input: &Value,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Opinion, Cancelled> {
    if session.reviews.lock().blocks.exhausted() {
        return Ok(Opinion::Unsure("the reviewer refused too often".to_owned()));
    }
    let (task, notes): (Vec<_>, Vec<_>) = {
        let memory = session.reviews.lock();
        (memory.task.iter().cloned().collect(), memory.notes.iter().cloned().collect())
    };
    let workspace = &session.workspace;
    let facts = question(tool, input, workspace.original(), &workspace.additional(), &task, &notes);
    let Some(text) = facts else {
        return Ok(Opinion::Unsure("the call is too long to be reviewed".to_owned()));
    };
    let question =
        small::Question { model: None, system: PROMPT.trim_end(), text: &text, max_tokens: MOST_TOKENS };
    let answer = async {
        tokio::select! {
            answer = small::ask(session, question) => answer.map_err(|why| format!("the reviewer {why}")),
            () = session.clock.sleep(PATIENCE) => Err("the reviewer took too long".to_owned()),
        }
    };
    let opinion = match answer.or_cancel(cancel).await? {
        Ok(text) => opinion(&text),
        Err(why) => Opinion::Unsure(why),
    };
    session.reviews.lock().blocks.count(&opinion);
    Ok(opinion)
}
