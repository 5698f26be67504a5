//! MCP servers of one query: configured, connected, their tools offered to the model.
//!
//! [`Servers`] owns them all. Each has a [`connection::Connection`] while it is connected, whatever moves its messages; the
//! rest of the engine sees [`crate::engine::tool::Tool`]s only.

pub mod config;
pub mod connection;
mod content;
mod embedded;
mod input_schema;
mod manage;
mod name;
mod output;
mod progress;
mod server;
mod servers;
mod tool;

pub use config::{ServerConfig, parse_servers};
pub use servers::{Context, Servers};
