//! Messages about tasks that run beside the turn, and about long tool calls.

use serde::Serialize;

/// `tool_progress`: a call is still running.
#[derive(Debug, Serialize)]
pub struct ToolProgressMessage {
    /// The call.
    pub tool_use_id: String,
    /// The tool it runs.
    pub tool_name: String,
    /// The Agent call this belongs to; `null` on the main thread.
    pub parent_tool_use_id: Option<String>,
    /// Whole seconds since it began.
    pub elapsed_time_seconds: u64,
    /// The background task it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
}

/// `system/task_started`.
#[derive(Debug, Serialize)]
pub struct TaskStartedMessage {
    /// The task.
    pub task_id: String,
    /// The call that started it.
    pub tool_use_id: String,
    /// For people.
    pub description: String,
    /// `local_bash` and the like.
    pub task_type: &'static str,
    /// The turn does not wait for it.
    pub is_backgrounded: bool,
}

/// `system/task_progress`: sent now and then while a task runs.
#[derive(Debug, Serialize)]
pub struct TaskProgressMessage {
    /// The task.
    pub task_id: String,
    /// The call that started it.
    pub tool_use_id: String,
    /// For people.
    pub description: String,
    /// What it has used so far.
    pub usage: TaskUsage,
}

/// What a task has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TaskUsage {
    /// Of a model; 0 for a command.
    pub total_tokens: u64,
    /// Tool calls; 0 for a command.
    pub tool_uses: u64,
    /// How long it has run.
    pub duration_ms: u64,
}

/// `system/task_updated`.
#[derive(Debug, Serialize)]
pub struct TaskUpdatedMessage {
    /// The task.
    pub task_id: String,
    /// What has changed.
    pub patch: TaskPatch,
}

/// What has changed about a task.
#[derive(Debug, Serialize)]
pub struct TaskPatch {
    /// `completed`, `failed` or `killed`.
    pub status: &'static str,
    /// Milliseconds since the Unix epoch.
    pub end_time: u64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// `system/task_notification`: a task has ended.
#[derive(Debug, Serialize)]
pub struct TaskNotificationMessage {
    /// The task.
    pub task_id: String,
    /// The call that started it.
    pub tool_use_id: String,
    /// `completed`, `failed` or `stopped`.
    pub status: &'static str,
    /// Where its output is.
    pub output_file: String,
    /// One line for people.
    pub summary: String,
    /// What it has used.
    pub usage: TaskUsage,
}

/// `system/background_tasks_changed`: all tasks that run now.
#[derive(Debug, Serialize)]
pub struct BackgroundTasksChangedMessage {
    /// In the order in which they started.
    pub tasks: Vec<TaskRow>,
}

/// One running task.
#[derive(Debug, Serialize)]
pub struct TaskRow {
    /// The task.
    pub task_id: String,
    /// `local_bash` and the like.
    pub task_type: &'static str,
    /// For people.
    pub description: String,
}
