//! Settings: files and options in layers, what they may say, how they are joined, and how updates are written back.
//!
//! `load` reads (the only part that touches the disk, with `find` and `write`), `check` and `trust` take out what cannot
//! or may not be used, `merge` joins, `effect` says what it means for a session. `docs/settings.md` lists the keys.

pub mod check;
pub mod effect;
pub mod find;
pub mod keys;
pub mod load;
pub mod merge;
pub mod resolve;
pub mod source;
pub mod start;
pub mod store;
pub mod text;
pub mod trust;
pub mod write;

use crate::engine::permission::{PermissionBehavior, Rule};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// The settings of one source.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Whose they are.
    pub source: source::Source,
    /// The file; `None` for options.
    pub path: Option<PathBuf>,
    /// Where a path pattern `/x` of its rules starts (row 121).
    pub root: PathBuf,
    /// As they were written.
    pub raw: Map<String, Value>,
    /// What counts of them.
    pub settings: Map<String, Value>,
    /// Their permission rules.
    pub rules: Vec<(PermissionBehavior, Rule)>,
}
