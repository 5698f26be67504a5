//! Mode `auto`: what a small model is asked about a call that nothing else decides, and how its answer is read. Pure.

use serde_json::{Value, json};
use std::path::Path;

/// Blocks in a row after which people are asked again (row 77).
const IN_A_ROW: u32 = 3;
/// Blocks in all after which people are asked again.
const IN_ALL: u32 = 20;
/// A longer input is not reviewed, in characters.
const LONGEST: usize = 20_000;
/// How much of each message of the user is shown, in characters.
const SHOWN: usize = 2_000;
/// How many of the user's last messages are shown.
pub const REMEMBERED: usize = 5;

/// What the reviewing model is told about its task.
pub const PROMPT: &str = include_str!("prompt.md");

/// The reviewer's word on a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opinion {
    /// It may run.
    Allow(String),
    /// It must not.
    Block(String),
    /// A person must be asked; also when there was no answer, or one that cannot be read.
    Unsure(String),
}

/// The message to the reviewer; `None` when the call is too long to be reviewed.
///
/// Everything that the model under review wrote stands inside JSON strings, so that none of it can pose as instructions
/// of ours by its place.
pub fn question(
    tool: &str,
    input: &Value,
    cwd: &Path,
    additional: &[std::path::PathBuf],
    task: &[String],
    notes: &[String],
) -> Option<String> {
    let call = json!({ "tool": tool, "input": input });
    if call.to_string().chars().count() > LONGEST {
        return None;
    }
    let said: Vec<String> = task.iter().map(|text| text.chars().take(SHOWN).collect()).collect();
    let mut facts = json!({
        "user_said": said,
        "working_directory": cwd,
        "additional_directories": additional,
        "call": call,
    });
    if !notes.is_empty() {
        let notes: Vec<String> = notes.iter().map(|text| text.chars().take(SHOWN).collect()).collect();
        facts["host_notes"] = json!(notes);
    }
    Some(facts.to_string())
}

/// Reads the reviewer's answer. Whatever is not clearly a yes or a no is unsure.
pub fn opinion(answer: &str) -> Opinion {
    let unsure = || Opinion::Unsure("the reviewer's answer could not be read".to_owned());
    let text = answer.trim();
    let text = text.strip_prefix("```json").or_else(|| text.strip_prefix("```")).unwrap_or(text);
    let Ok(Value::Object(fields)) = serde_json::from_str(text.trim().trim_end_matches("```").trim()) else {
        return unsure();
    };
    let reason = fields.get("reason").and_then(Value::as_str).unwrap_or("it gave no reason").to_owned();
    match fields.get("decision").and_then(Value::as_str) {
        Some("allow") => Opinion::Allow(reason),
        Some("block") => Opinion::Block(reason),
        Some("ask") => Opinion::Unsure(reason),
        Some(_) | None => unsure(),
    }
}

/// How often the reviewer said no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Blocks {
    in_a_row: u32,
    in_all: u32,
}

impl Blocks {
    /// Whether people are asked instead of the reviewer.
    pub fn exhausted(self) -> bool {
        self.in_a_row >= IN_A_ROW || self.in_all >= IN_ALL
    }

    /// Counts an opinion.
    pub fn count(&mut self, opinion: &Opinion) {
        match opinion {
            Opinion::Allow(_) => self.in_a_row = 0,
            Opinion::Block(_) => {
                self.in_a_row += 1;
                self.in_all += 1;
            }
            Opinion::Unsure(_) => {}
        }
    }

    /// A person allowed what was asked: the row of blocks ends.
    pub fn approved(&mut self) {
        self.in_a_row = 0;
    }
}

#[cfg(test)]
#[path = "auto_tests.rs"]
mod tests;
