//! What the model sees of servers: their tools and results, and the tools that find, read and wait for what they have.

mod background;
pub mod content;
mod input_schema;
pub mod listed;
pub mod output;
mod rank;
pub mod resource_tools;
pub mod tool;
pub mod tool_search;
pub mod wait_tool;
