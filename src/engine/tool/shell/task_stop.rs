//! The TaskStop tool: ends a background task.

use super::task_output;
use crate::engine::task::Stopper;
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::future::BoxFuture;
use serde_json::{Value, json};

/// Stops background tasks.
#[derive(Debug)]
pub struct TaskStop {
    schema: Value,
}

#[derive(serde::Deserialize)]
struct Input {
    task_id: String,
}

impl Default for TaskStop {
    fn default() -> Self {
        Self::new()
    }
}

impl TaskStop {
    /// The tool.
    pub fn new() -> Self {
        Self {
            schema: json!({
                "type": "object",
                "properties": {
                    "task_id": { "type": "string", "description": "The id of the task." }
                },
                "required": ["task_id"],
                "additionalProperties": false
            }),
        }
    }
}

impl Tool for TaskStop {
    fn name(&self) -> &str {
        "TaskStop"
    }

    fn adapt(&self, mut input: Value) -> Value {
        // `shell_id` is of the time when this tool was called KillShell.
        if let Some(fields) = input.as_object_mut()
            && let Some(id) = fields.remove("shell_id")
        {
            fields.entry("task_id").or_insert(id);
        }
        input
    }

    fn description(&self) -> &str {
        include_str!("../text/task_stop.md").trim_ascii_end()
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        parse(input)?;
        Ok(Declared { access: Access::None, parallel: false })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(async move {
            let id = parse(&input)?.task_id;
            let Some(task) = cx.tasks.get(&id) else { return Err(task_output::unknown(&id, cx)) };
            if !cx.tasks.stop(&id, Stopper::Model) {
                let status = task.state().status.name();
                return Err(ToolError::Respond(format!("Task {id} does not run any more: it has {status}.")));
            }
            let new = &task.new;
            let message = format!("Stopped task {id} ({}).", new.description);
            let mut structured = json!({ "message": message, "task_id": id, "task_type": new.kind });
            if let Some(command) = &new.command {
                structured["command"] = json!(command);
            }
            Ok(ToolOutput::text(message, structured))
        })
    }
}

fn parse(input: &Value) -> Result<Input, ToolError> {
    serde::Deserialize::deserialize(input)
        .map_err(|error| ToolError::Respond(format!("The input of TaskStop does not fit: {error}")))
}

#[cfg(test)]
#[path = "task_stop_tests.rs"]
mod tests;
