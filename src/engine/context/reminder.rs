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
