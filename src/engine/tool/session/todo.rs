//! TodoWrite: the list of what is to be done in this session.

use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not begun.
    Pending,
    /// Being worked on.
    InProgress,
    /// Done.
    Completed,
}

impl Status {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Todo {
    content: String,
    status: Status,
    active_form: String,
}

/// The list of one session.
#[derive(Debug, Default)]
pub struct Todos(Mutex<Vec<Todo>>);

impl Todos {
    /// Replaces the list and gives the one before. A list of which all is done is kept as an empty one (row 296).
    fn replace(&self, new: &[Todo]) -> Vec<Todo> {
        let all_done = new.iter().all(|todo| todo.status == Status::Completed);
        let new = if all_done { Vec::new() } else { new.to_vec() };
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), new)
    }
}

/// Keeps the list.
#[derive(Debug)]
pub struct TodoWrite {
    schema: Value,
}

impl Default for TodoWrite {
    fn default() -> Self {
        Self::new()
    }
}

impl TodoWrite {
    /// The tool.
    pub fn new() -> Self {
        let text =
            |description: &str| json!({ "type": "string", "minLength": 1, "description": description });
        let schema = json!({
            "type": "object",
            "properties": {
                "todos": {
                    "type": "array",
                    "description": "The whole list, in order. It replaces the one before.",
                    "items": {
                        "type": "object",
                        "properties": {
                            "content": text("What is to be done: \"Run the tests\"."),
                            "status": { "type": "string", "enum": ["pending", "in_progress", "completed"] },
                            "activeForm": text("The same while it is being done: \"Running the tests\".")
                        },
                        "required": ["content", "status", "activeForm"],
                        "additionalProperties": false
                    }
                }
            },
            "required": ["todos"],
            "additionalProperties": false
        });
        Self { schema }
    }
}

impl Tool for TodoWrite {
    fn name(&self) -> &'static str {
        "TodoWrite"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/todo_write.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::None, parallel: false })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        async move {
            let todos = input.get("todos").cloned().unwrap_or_default();
            let new: Vec<Todo> = serde_json::from_value(todos).map_err(ToolError::bug)?;
            let old = cx.services.todos.replace(&new);
            let done = new.iter().filter(|todo| todo.status == Status::Completed).count();
            let text = match (new.iter().find(|todo| todo.status == Status::InProgress), new.len()) {
                (_, 0) => "The list is empty now.".to_owned(),
                (_, all) if done == all => format!("All {all} steps are done; the list is cleared."),
                (Some(now), all) => format!("Saved: {done} of {all} steps are done. Now: {}.", now.content),
                (None, all) => {
                    format!("Saved: {done} of {all} steps are done. Mark the one you work on as in_progress.")
                }
            };
            Ok(ToolOutput::text(text, json!({ "oldTodos": old, "newTodos": new })))
        }
        .boxed()
    }
}

#[cfg(test)]
#[path = "todo_tests.rs"]
mod tests;
