//! What the model is given: system prompt, reminders, and the request body around the history.

pub mod reminder;
pub mod request;
pub mod system_prompt;
