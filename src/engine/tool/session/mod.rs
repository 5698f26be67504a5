//! Tools about the session itself: its to-do lists, plan mode, settings, working directory, and questions to its user.

pub mod ask_user_question;
pub mod config;
pub mod plan_mode;
pub mod todo;
pub mod todo_tasks;
pub mod worktree;
