//! Tools that find files by name or by content, and the walk through directories behind both.

pub mod glob;
pub mod grep;
pub mod walk;
pub mod walk_files;
