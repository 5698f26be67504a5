//! Hooks: what callbacks and settings may say at the events of a run.
//!
//! [`fire`] is the whole of it. Matching happens here in Rust; the embedder is called for a match only.

mod callback;
pub mod command;
pub mod condition;
pub mod config;
pub mod env_file;
pub mod event;
pub mod input;
pub mod inspector;
mod later;
mod long;
pub mod matcher;
pub mod merge;
pub mod output;
pub mod post;
pub mod question;
mod report;
mod run;
pub mod server_call;
mod shape;
pub mod table;

pub use event::HookEvent;
pub use input::{CallAtHand, Occurrence};
pub use merge::Merged;
pub use report::reminder;
pub use run::{Stops, fire, fire_detached, fire_for};
pub use table::Hooks;
