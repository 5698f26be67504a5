//! MCP servers of one query: configured, connected, their tools offered to the model.
//!
//! [`Servers`] owns them all, those of the session or of one agent ([`inherit`]). Each has a [`transport::connection::Connection`] while it is connected, whatever moves its messages; the
//! rest of the engine sees [`crate::engine::tool::Tool`]s only.

pub mod auth;
pub mod config;
mod context;
mod direct;
mod elicit;
pub mod inherit;
mod manage;
mod mention;
mod name;
mod prompt_tool;
pub mod prompts;
mod reach;
mod ready;
mod resources;
mod server;
mod servers;
mod slots;
mod tools;
pub mod transport;

pub use config::{ServerConfig, allow_by_policy, parse_servers};
pub use context::Context;
pub use servers::Servers;
