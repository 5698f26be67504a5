//! What the model is told about tasks that have ended: one reminder for all of them.

use super::Tasks;
use crate::engine::message::input::text_block;
use crate::engine::session::history::UserBlock;
use std::path::PathBuf;

/// A task has ended and the model does not know yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The task.
    pub task_id: String,
    /// One line.
    pub summary: String,
    /// Where its output is.
    pub output_file: PathBuf,
    /// Worth a turn of its own when nothing else is to be done.
    pub wakes: bool,
}

/// The pending notices as a block of a user message; each is delivered once.
pub fn block(tasks: &Tasks) -> Option<UserBlock> {
    let notices = tasks.take_notices();
    let text = text(&notices)?;
    text_block(&text).ok().map(UserBlock::Other)
}

fn text(notices: &[Notice]) -> Option<String> {
    if notices.is_empty() {
        return None;
    }
    let mut text = String::from("<system-reminder>\nThis is an automatic message, not one of the user's.");
    for notice in notices {
        // The line holds words of the model's own choice; it must not end the reminder.
        let summary = notice.summary.replace('<', "&lt;");
        let (id, file) = (&notice.task_id, notice.output_file.display());
        text.push_str(&format!("\n{summary}. Task {id}; its output is in {file}."));
    }
    text.push_str(
        "\nRead the output (TaskOutput, or Read on the file) if you need it, and go on with what this was for. \
         If nothing is left to be done, say so in a sentence.\n</system-reminder>",
    );
    Some(text)
}

#[cfg(test)]
#[path = "notify_tests.rs"]
mod tests;
