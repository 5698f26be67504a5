//! What the model is given: system prompt, reminders, the request body around the history, and how full that is.

pub mod body;
pub mod reminder;
pub mod request;
pub mod system_prompt;
pub mod usage;
