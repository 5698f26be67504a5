//! How Grep's findings look to the model and in the output type.

use super::search::{FileHits, Found};
use super::{GrepOutput, Mode, Request};
use crate::engine::tool::{ToolOutput, search::walk::Limit};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Lines longer than this many characters are cut.
const MAX_LINE: usize = 500;

/// A line without its end, cut when it is too long.
pub(super) fn line_text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    match text.char_indices().nth(MAX_LINE) {
        None => text.into_owned(),
        Some((at, _)) => {
            let more = text[at..].chars().count();
            format!("{} [{more} more characters in this line]", &text[..at])
        }
    }
}

/// The result of a search.
pub(super) fn render(request: &Request, found: Found, limit: &Limit) -> ToolOutput {
    let timed_out = limit.timed_out();
    let mut output = GrepOutput {
        mode: request.mode,
        num_files: 0,
        filenames: Vec::new(),
        content: None,
        num_lines: None,
        num_matches: None,
        applied_limit: None,
        applied_offset: (request.offset > 0).then_some(request.offset),
        total_files: Some(found.total_files),
        total_lines: None,
        timed_out,
    };
    let cut = found.cut;
    let mut text = match request.mode {
        Mode::FilesWithMatches => files(request, found, &mut output),
        Mode::Content => content(request, found, &mut output),
        Mode::Count => count(request, found, &mut output),
    };
    if cut {
        text.push_str(
            "\n(There is more than can be held in memory: the rest was left out. Narrow the search.)",
        );
    }
    if timed_out {
        text.push_str("\n(The search ran out of time: matches may be missing. Search a smaller directory.)");
    }
    text.push_str(&limit.missed_note());
    ToolOutput::text(text, serde_json::to_value(&output).unwrap_or_default())
}

fn files(request: &Request, found: Found, output: &mut GrepOutput) -> String {
    let names: Vec<String> = found.newest.iter().map(|path| name(path)).collect();
    let shown = page(request, names);
    output.num_files = shown.len();
    if shown.is_empty() {
        return nothing(found.total_files, "No files found");
    }
    let total = found.total_files;
    let mut text = format!("Found {total} {}\n{}", plural(total, "file", "files"), shown.join("\n"));
    text.push_str(&note(request, shown.len(), total, "files", output));
    output.filenames = shown;
    text
}

fn content(request: &Request, found: Found, output: &mut GrepOutput) -> String {
    let between = request.before > 0 || request.after > 0;
    // One separator line between files as well; those between the files that were dropped are beyond the window.
    let separators = if between { found.total_files.saturating_sub(1) } else { 0 };
    let total = found.total_lines + separators;
    let shown = page(request, print_lines(request, &found.files, between));
    output.num_files = usize::try_from(found.total_files).unwrap_or(usize::MAX);
    output.num_lines = Some(shown.len());
    output.num_matches = Some(found.total_matches);
    output.total_lines = Some(total);
    let mut text = shown.join("\n");
    output.content = Some(text.clone());
    if shown.is_empty() {
        return nothing(total, "No matches found");
    }
    text.push_str(&note(request, shown.len(), total, "lines", output));
    text
}

fn print_lines(request: &Request, files: &BTreeMap<PathBuf, FileHits>, between: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, hits) in files {
        let name = name(path);
        if between && !lines.is_empty() {
            lines.push("--".to_owned());
        }
        for line in &hits.lines {
            if line.gap {
                lines.push("--".to_owned());
            }
            let mark = if line.context { '-' } else { ':' };
            let text = &line.text;
            lines.push(if request.line_numbers {
                format!("{name}{mark}{}{mark}{text}", line.number)
            } else {
                format!("{name}{mark}{text}")
            });
        }
    }
    lines
}

fn count(request: &Request, found: Found, output: &mut GrepOutput) -> String {
    let counts = found.files.iter().map(|(path, hits)| format!("{}:{}", name(path), hits.matches)).collect();
    let shown = page(request, counts);
    output.num_files = usize::try_from(found.total_files).unwrap_or(usize::MAX);
    output.num_matches = Some(found.total_matches);
    output.content = Some(shown.join("\n"));
    if shown.is_empty() {
        return nothing(found.total_files, "No matches found");
    }
    let (matches, files) = (found.total_matches, found.total_files);
    let mut text = format!(
        "{}\n\n{matches} matching {} in {files} {}",
        shown.join("\n"),
        plural(matches, "line", "lines"),
        plural(files, "file", "files")
    );
    text.push_str(&note(request, shown.len(), files, "files", output));
    text
}

fn page(request: &Request, entries: Vec<String>) -> Vec<String> {
    entries.into_iter().skip(request.offset).take(request.limit.unwrap_or(usize::MAX)).collect()
}

/// What to say when a page is empty: there is nothing at all, or nothing there.
fn nothing(total: u64, none: &str) -> String {
    if total == 0 { none.to_owned() } else { format!("No entries at this offset ({total} in all)") }
}

/// Says which part of the whole is shown, when it is not the whole.
fn note(request: &Request, shown: usize, total: u64, what: &str, output: &mut GrepOutput) -> String {
    let end = request.offset.saturating_add(shown);
    let more = total > end as u64;
    if more {
        output.applied_limit = request.limit;
    }
    if !more && request.offset == 0 {
        return String::new();
    }
    let first = request.offset + 1;
    let next = if more { format!(" Use offset {end} for the next.") } else { String::new() };
    format!("\n\n(Showing {what} {first} to {end} of {total}.{next})")
}

fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn plural<'a>(n: u64, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}
