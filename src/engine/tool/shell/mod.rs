//! Tools that run commands, and that look at or end those in the background.

pub mod bash;
pub mod task_output;
pub mod task_stop;
