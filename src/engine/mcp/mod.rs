//! MCP servers of one query: configured, connected, their tools offered to the model.
//!
//! [`Servers`] owns them all. Each has a [`connection::Connection`] while it is connected, whatever moves its messages; the
//! rest of the engine sees [`crate::engine::tool::Tool`]s only.

mod authorized;
mod background;
mod client;
pub mod config;
pub mod connection;
mod content;
mod direct;
mod elicit;
mod embedded;
mod expand;
pub mod files;
mod input_schema;
mod manage;
mod mention;
mod name;
pub mod oauth;
mod output;
pub mod policy;
mod progress;
mod prompt_tool;
pub mod prompts;
mod rank;
mod reach;
mod ready;
mod remote;
mod resource_tools;
mod resources;
mod server;
mod servers;
mod slots;
mod sse;
mod stdio;
mod token_store;
mod tool;
mod tool_search;
mod wait_tool;

pub use config::{ServerConfig, allow_by_policy, parse_servers};
pub use servers::{Context, Servers};
