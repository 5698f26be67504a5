//! Facts that the engine adds to the first user message, as a text block that is marked as not the user's words.

use std::path::Path;

/// The environment: where the agent works, on what, and when.
pub fn environment(cwd: &Path, additional: &[std::path::PathBuf], date: &str) -> String {
    let mut facts = format!(
        "Working directory: {}\nPlatform: {} ({})\nDate: {date}",
        cwd.display(),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    for dir in additional {
        facts.push_str(&format!("\nAdditional directory: {}", dir.display()));
    }
    format!("<system-reminder>\n{facts}\n</system-reminder>")
}

/// What the model is told while plan mode is on; `instructions` replace our words on how to plan (row 294).
pub fn plan_mode(instructions: Option<&str>) -> String {
    let how = instructions.unwrap_or(include_str!("text/plan_mode.md")).trim();
    format!(
        "<system-reminder>\nPlan mode is on: look at anything, but change nothing. Edits and commands that do more than \
         read are refused.\n\n{how}\n\nWhen the plan is complete, give it to ExitPlanMode, which asks the user to approve \
         it. Do not start the work before that.\n</system-reminder>"
    )
}
