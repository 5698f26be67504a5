//! Hooks: what callbacks and settings may say at the events of a run.
//!
//! [`fire`] is the whole of it. Matching happens here in Rust; the embedder is called for a match only.

mod callback;
pub mod command;
pub mod config;
pub mod event;
pub mod input;
pub mod matcher;
pub mod merge;
pub mod output;
mod report;
mod run;
pub mod table;

pub use event::HookEvent;
pub use input::Occurrence;
pub use merge::Merged;
pub use report::{inform, reminder};
pub use run::{fire, fire_detached};
pub use table::Hooks;
