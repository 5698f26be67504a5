//! How messages get to a server and back: one connection whatever moves them, over pipes, HTTP, events or through the host.

pub mod client;
pub mod connection;
pub mod embedded;
mod lines;
pub mod progress;
pub mod remote;
mod sse;
pub mod stdio;
pub mod told;
