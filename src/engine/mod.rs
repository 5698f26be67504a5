//! Pure Rust agent engine: no napi, no printing, no globals, no process environment.
//!
//! Read `turn/driver.rs` first: it is the loop. `query` is one `query()` call around it, `session` is what a
//! conversation keeps, `tool` and `permission` are what it may do, `model` is whom it asks, `context` is what it says.

pub mod cancel;
pub mod clock;
pub mod context;
mod dotenv;
pub mod emit;
pub mod env;
pub mod error;
pub mod executor;
pub mod hook;
pub mod host;
pub mod io;
pub mod mcp;
pub mod message;
pub mod model;
pub mod options;
pub mod permission;
pub mod plain;
pub mod query;
pub mod session;
pub mod settings;
pub mod task;
pub mod tool;
pub mod turn;
pub mod workspace;
