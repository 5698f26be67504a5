//! What a finished command looks like to the model and in the output type.

use super::{git, shell, words};
use crate::engine::clock::new_uuid;
use crate::engine::io::process::{Captured, Exit, scratch};
use crate::engine::io::{blocking, words::why};
use crate::engine::tool::{ToolContent, ToolContext, ToolError, ToolOutput, saved};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Characters of a successful output that the model gets whole.
const DEFAULT_LIMIT: u64 = 30_000;
const MAX_LIMIT: u64 = 150_000;
/// Characters of a failed output that the model gets whole.
const FAILED_LIMIT: usize = 10_000;
/// Characters shown of an output that went to a file.
const PREVIEW: usize = 2_000;
/// Bytes that a saved output may have.
const MAX_SAVED: usize = 64 * 1024 * 1024;
/// Characters of base64 that an image may have: 5 MB, the limit of the API.
const MAX_IMAGE: usize = 5 * 1024 * 1024;

/// A command that is over, and what was found out about it.
pub(super) struct Ran {
    pub(super) end: End,
    pub(super) printed: Printed,
    pub(super) commands: Vec<Vec<String>>,
    pub(super) notice: Option<String>,
}

/// How a command came to its end.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    /// By itself.
    Exited(Exit),
    /// It was killed after this time.
    TimedOut(Duration),
    /// It was killed because it printed too much.
    Flooded,
}

/// What a command has printed.
pub(super) struct Printed {
    pub(super) stdout: Captured,
    pub(super) stderr: Captured,
}

#[derive(Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BashOutput {
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) interrupted: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_image: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) background_task_id: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) backgrounded_by_user: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) background_cwd_hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_code_interpretation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    structured_content: Option<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    persisted_output_path: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    persisted_output_size: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timed_out_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_output_expected: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    git_operation: Option<Value>,
}

/// The result of a command.
pub(super) async fn render(ran: Ran, cx: &ToolContext) -> Result<ToolOutput, ToolError> {
    let exit = match ran.end {
        End::Exited(exit) => exit,
        End::TimedOut(limit) => return Ok(timed_out(&ran, limit)),
        End::Flooded => return Ok(flooded(&ran)),
    };
    let code = exit.code();
    let benign = words::benign(&ran.commands, code);
    // A command ended by a signal has no code of its own to be judged by.
    if code != 0 && (benign.is_none() || matches!(exit, Exit::Signal(_))) {
        return Ok(failed(&ran, code));
    }
    succeeded(ran, benign, cx).await
}

fn timed_out(ran: &Ran, limit: Duration) -> ToolOutput {
    let (mut output, printed) = ran.printed.cut(ran.notice.as_deref());
    output.interrupted = true;
    output.timed_out_after_ms = Some(millis(limit));
    let seconds = limit.as_secs_f64();
    let said = if printed.is_empty() {
        "It had printed nothing.".to_owned()
    } else {
        format!("It had printed:\n{printed}")
    };
    let text = format!(
        "The command ran longer than {seconds} s and was killed, with everything it had started. {said}"
    );
    ToolOutput { content: ToolContent::Text(text), structured: to_value(&output), is_error: true }
}

fn flooded(ran: &Ran) -> ToolOutput {
    let (mut output, printed) = ran.printed.cut(ran.notice.as_deref());
    output.interrupted = true;
    let text = format!(
        "The command printed more than 5 GB and was killed, with everything it had started. Print less, or write to \
         a file. The output, without its middle:\n{printed}"
    );
    ToolOutput { content: ToolContent::Text(text), structured: to_value(&output), is_error: true }
}

fn failed(ran: &Ran, code: i32) -> ToolOutput {
    let (output, printed) = ran.printed.cut(ran.notice.as_deref());
    let text =
        if printed.is_empty() { format!("Exit code {code}") } else { format!("Exit code {code}\n{printed}") };
    ToolOutput { content: ToolContent::Text(text), structured: to_value(&output), is_error: true }
}

/// Whole milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Printed {
    /// The output type and the text of a command that did not succeed: head and tail of what is too long.
    pub(super) fn cut(&self, notice: Option<&str>) -> (BashOutput, String) {
        let (stdout, stderr) = (text(&self.stdout), with_notice(text(&self.stderr), notice));
        let printed = excerpt(&joined(&stdout, &stderr), FAILED_LIMIT);
        let output = BashOutput {
            stdout: excerpt(&stdout, FAILED_LIMIT),
            stderr: excerpt(&stderr, FAILED_LIMIT),
            ..BashOutput::default()
        };
        (output, printed)
    }
}

async fn succeeded(
    ran: Ran,
    benign: Option<&'static str>,
    cx: &ToolContext,
) -> Result<ToolOutput, ToolError> {
    let limit =
        cx.env.number("BASH_MAX_OUTPUT_LENGTH").filter(|&n| n > 0).unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let Ran { printed, commands, notice, .. } = ran;
    let (stdout, stderr) = (text(&printed.stdout), text(&printed.stderr));
    let mut output = BashOutput {
        return_code_interpretation: benign,
        no_output_expected: stdout.is_empty() && words::silent(&commands),
        git_operation: git::operation(&commands, &stdout, &stderr),
        ..BashOutput::default()
    };
    let stderr = with_notice(stderr, notice.as_deref());
    if let Some(blocks) = picture(&stdout, &excerpt(&stderr, limit)) {
        output.is_image = true;
        output.structured_content = Some(blocks.clone());
        output.stderr = excerpt(&stderr, limit);
        output.stdout = stdout;
        let structured = to_value(&output);
        return Ok(ToolOutput { content: ToolContent::Blocks(blocks), structured, is_error: false });
    }
    let printed = joined(&stdout, &stderr);
    output.stdout = excerpt(&stdout, limit);
    output.stderr = excerpt(&stderr, limit);
    let mut text =
        if longer_than(&printed, limit) { save(printed, limit, &mut output, cx).await } else { printed };
    text = explained(text, benign);
    Ok(ToolOutput::text(text, to_value(&output)))
}

/// What was printed, with what a code other than 0 means.
fn explained(printed: String, benign: Option<&str>) -> String {
    match benign {
        Some(meaning) => joined(&printed, &format!("(Exit code 1: {meaning})")),
        None if printed.is_empty() => "(The command succeeded and printed nothing.)".to_owned(),
        None => printed,
    }
}

/// What the model sees of an output of a finished command that a hook has changed.
pub(super) fn shown(output: &Value) -> Option<ToolContent> {
    let text = |name: &str| output.get(name).and_then(Value::as_str);
    if text("backgroundTaskId").is_some() {
        return None;
    }
    let (stdout, stderr) = (text("stdout")?, text("stderr")?);
    Some(match picture(stdout, stderr) {
        Some(blocks) => ToolContent::Blocks(blocks),
        None => ToolContent::Text(explained(joined(stdout, stderr), text("returnCodeInterpretation"))),
    })
}

/// Saves a long output and gives the text that stands for it: path, size and the beginning. What cannot be saved is cut
/// in its middle.
async fn save(printed: String, limit: usize, output: &mut BashOutput, cx: &ToolContext) -> String {
    let base = shell::temp_base(&cx.env);
    let session = Arc::clone(&cx.session_id);
    let printed: Arc<str> = printed.into();
    let all = Arc::clone(&printed);
    let saved = blocking(move || {
        let path = saved::results_dir(&base, &session)?.join(format!("bash-{}.txt", new_uuid()));
        let end = (0..=MAX_SAVED.min(all.len())).rev().find(|&at| all.is_char_boundary(at)).unwrap_or(0);
        scratch::write_private(&path, &[&all.as_bytes()[..end]])?;
        Ok((path, end))
    });
    match saved.await {
        Ok((path, size)) => {
            let total = printed.chars().count();
            let preview: String = printed.chars().take(PREVIEW.min(limit)).collect();
            let text = format!(
                "The output has {total} characters, too many to show here. It is saved in {} ({size} bytes); read the part you need with Read or search it with Grep. It begins:\n{preview}",
                path.display()
            );
            output.persisted_output_path = Some(path);
            output.persisted_output_size = Some(size);
            text
        }
        Err(error) => {
            format!("{}\n(The whole output could not be saved: {}.)", excerpt(&printed, limit), why(&error))
        }
    }
}

/// An output as text, without the white space at its end.
fn text(captured: &Captured) -> String {
    let mut text = captured.text();
    text.truncate(text.trim_end().len());
    text
}

fn with_notice(stderr: String, notice: Option<&str>) -> String {
    match notice {
        Some(notice) => joined(&stderr, notice),
        None => stderr,
    }
}

fn joined(first: &str, second: &str) -> String {
    let between = if first.is_empty() || second.is_empty() { "" } else { "\n" };
    format!("{first}{between}{second}")
}

fn longer_than(text: &str, limit: usize) -> bool {
    text.len() > limit && text.chars().nth(limit).is_some()
}

/// The text, or its head and tail with a note of how much is missing between.
fn excerpt(text: &str, limit: usize) -> String {
    if !longer_than(text, limit) {
        return text.to_owned();
    }
    let half = limit / 2;
    let missing = text.chars().count() - 2 * half;
    let head = text.char_indices().nth(half).map_or(text.len(), |(at, _)| at);
    let tail =
        text.char_indices().nth_back(half.max(1) - 1).filter(|_| half > 0).map_or(text.len(), |(at, _)| at);
    format!("{}\n[... {missing} characters left out ...]\n{}", &text[..head], &text[tail..])
}

/// The blocks of an output that is one image.
fn picture(stdout: &str, stderr: &str) -> Option<Vec<Value>> {
    let (media_type, data) = image(stdout)?;
    let source = json!({ "type": "base64", "media_type": media_type, "data": data });
    let mut blocks = vec![json!({ "type": "image", "source": source })];
    if !stderr.is_empty() {
        blocks.push(json!({ "type": "text", "text": stderr }));
    }
    Some(blocks)
}

/// Media type and data when the whole output is one image as a data URI.
fn image(stdout: &str) -> Option<(&str, &str)> {
    let (kind, data) = stdout.trim_start().strip_prefix("data:image/")?.split_once(";base64,")?;
    let known = ["png", "jpeg", "gif", "webp"].contains(&kind);
    let valid = !data.is_empty()
        && data.len() <= MAX_IMAGE
        && data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    let media_type = stdout.trim_start().get("data:".len().."data:image/".len() + kind.len())?;
    (known && valid).then_some((media_type, data))
}

/// The documented output object.
pub(super) fn to_value(output: &BashOutput) -> Value {
    serde_json::to_value(output).unwrap_or_default()
}

#[cfg(test)]
#[path = "bash_output_tests.rs"]
mod tests;
