//! The TaskOutput tool: what a background task has printed since the last look, and how it stands.

use crate::engine::cancel::OrCancel;
use crate::engine::io::words::why;
use crate::engine::task::output::Portion;
use crate::engine::task::{Status, Task};
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput, progress};
use crate::engine::workspace::Workspace;
use futures::future::BoxFuture;
use grep_matcher::Matcher;
use grep_regex::RegexMatcher;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const DEFAULT_TIMEOUT_MS: f64 = 30_000.0;
const MAX_TIMEOUT_MS: f64 = 600_000.0;
/// Bytes of output that one call gives.
const DEFAULT_LIMIT: u64 = 32_000;
const MAX_LIMIT: u64 = 160_000;

/// Reads the output of background tasks.
#[derive(Debug)]
pub struct TaskOutput {
    schema: Value,
}

#[derive(serde::Deserialize)]
struct Input {
    task_id: String,
    #[serde(default = "yes")]
    block: bool,
    timeout: Option<f64>,
    filter: Option<String>,
}

fn yes() -> bool {
    true
}

impl Default for TaskOutput {
    fn default() -> Self {
        Self::new()
    }
}

impl TaskOutput {
    /// The tool.
    pub fn new() -> Self {
        Self {
            schema: json!({
                "type": "object",
                "properties": {
                    "task_id": { "type": "string", "description": "The id of the task." },
                    "block": {
                        "type": "boolean",
                        "description": "Whether to wait until the task has ended. Default true."
                    },
                    "timeout": {
                        "type": "number",
                        "minimum": 0,
                        "description": "Milliseconds to wait at most. Default 30000, at most 600000."
                    },
                    "filter": {
                        "type": "string",
                        "description": "A regular expression: only lines that match are shown, and the others are gone."
                    }
                },
                "required": ["task_id"],
                "additionalProperties": false
            }),
        }
    }
}

impl Tool for TaskOutput {
    fn name(&self) -> &str {
        "TaskOutput"
    }

    fn adapt(&self, mut input: Value) -> Value {
        // `bash_id` is of the time when this tool was called BashOutput and never waited.
        if let Some(fields) = input.as_object_mut()
            && !fields.contains_key("task_id")
            && let Some(id) = fields.remove("bash_id")
        {
            fields.insert("task_id".to_owned(), id);
            fields.entry("block").or_insert(json!(false));
        }
        input
    }

    fn description(&self) -> &str {
        include_str!("../text/task_output.md").trim_ascii_end()
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        filter(&parse(input)?)?;
        Ok(Declared { access: Access::None, parallel: true })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(async move {
            let input = parse(&input)?;
            let filter = filter(&input)?;
            let Some(task) = cx.tasks.get(&input.task_id) else {
                return Err(unknown(&input.task_id, cx));
            };
            let timeout = input.timeout.unwrap_or(DEFAULT_TIMEOUT_MS).clamp(0.0, MAX_TIMEOUT_MS);
            if input.block {
                wait(&task, Duration::from_secs_f64(timeout / 1000.0), cx).await?;
            }
            report(&task, input.block, filter.as_ref(), cx).await
        })
    }
}

fn parse(input: &Value) -> Result<Input, ToolError> {
    serde::Deserialize::deserialize(input)
        .map_err(|error| ToolError::Respond(format!("The input of TaskOutput does not fit: {error}")))
}

fn filter(input: &Input) -> Result<Option<RegexMatcher>, ToolError> {
    let compile = |pattern: &String| {
        RegexMatcher::new(pattern).map_err(|error| {
            ToolError::Respond(format!("`filter` is not a regular expression that can be used: {error}"))
        })
    };
    input.filter.as_ref().map(compile).transpose()
}

/// What the model is told about an id that no task has.
pub(super) fn unknown(id: &str, cx: &ToolContext) -> ToolError {
    let running = cx.tasks.running();
    let rows: Vec<_> =
        running.iter().map(|task| format!("{} ({})", task.new.id, task.new.description)).collect();
    let known = if rows.is_empty() {
        "No task is running.".to_owned()
    } else {
        format!("Running: {}.", rows.join(", "))
    };
    ToolError::Respond(format!("No background task has the id {}. {known}", id.escape_debug()))
}

async fn wait(task: &Task, limit: Duration, cx: &ToolContext) -> Result<(), ToolError> {
    let ended = async {
        tokio::select! {
            biased;
            () = task.ended() => {}
            () = cx.clock.sleep(limit) => {}
        }
    };
    let began = cx.clock.elapsed();
    let told = progress::told_of(ended, "TaskOutput", began, Some(&task.new.id), cx);
    told.or_cancel(&cx.cancel).await.map_err(|_| ToolError::Cancelled)
}

async fn report(
    task: &Arc<Task>,
    waited: bool,
    filter: Option<&RegexMatcher>,
    cx: &ToolContext,
) -> Result<ToolOutput, ToolError> {
    let state = task.state();
    let limit = cx.env.number("TASK_MAX_OUTPUT_LENGTH").filter(|&n| n > 0).unwrap_or(DEFAULT_LIMIT);
    let (portion, unread) = match task.new_output(limit.min(MAX_LIMIT)).await {
        Ok(portion) => (portion, None),
        Err(error) => (Portion { text: String::new(), skipped: 0 }, Some(why(&error))),
    };
    let shown = match filter {
        None => portion.text,
        Some(filter) => {
            let matches = |line: &&str| filter.is_match(line.as_bytes()).unwrap_or(false);
            portion.text.lines().filter(matches).collect::<Vec<_>>().join("\n")
        }
    };
    let (retrieval, mut text) = match (&state.status, state.exit_code) {
        (Status::Running, _) if waited => ("timeout", "The task is still running.".to_owned()),
        (Status::Running, _) => ("not_ready", "The task is running.".to_owned()),
        (Status::Completed | Status::Failed, Some(code)) => {
            ("success", format!("The task has {} with exit code {code}.", state.status.name()))
        }
        (Status::Completed | Status::Failed, None) => {
            ("success", format!("The task has {}.", state.status.name()))
        }
        (Status::Stopped, _) => ("success", "The task was stopped.".to_owned()),
    };
    if state.status != Status::Running {
        cx.tasks.forget_notice(&task.new.id);
    }
    if portion.skipped > 0 {
        let (skipped, file) = (portion.skipped, task.new.log.path().display());
        text.push_str(&format!(" {skipped} bytes before the output below are only in {file}."));
    }
    if let Some(why) = task.new.log.error() {
        text.push_str(&format!(" A part of its output could not be saved and is lost: {why}."));
    }
    let trimmed = shown.trim_end();
    if let Some(why) = unread {
        let file = task.new.log.path().display();
        text.push_str(&format!(" Its output in {file} cannot be read: {why}."));
    } else if trimmed.is_empty() {
        text.push_str(" No new output.");
    } else {
        text.push_str(&format!("\nNew output:\n{trimmed}"));
    }
    let mut row = json!({
        "task_id": task.new.id,
        "task_type": task.new.kind,
        "status": state.status.name(),
        "description": task.new.description,
        "output": trimmed,
        "output_file": task.new.log.path(),
    });
    if let Some(code) = state.exit_code {
        row["exitCode"] = json!(code);
    }
    Ok(ToolOutput::text(text, json!({ "retrieval_status": retrieval, "task": row })))
}

#[cfg(test)]
#[path = "task_output_tests.rs"]
mod tests;
