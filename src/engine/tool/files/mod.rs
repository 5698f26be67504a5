//! Tools that read and change files, and what they share: the forms a file comes in, and what the model has seen of each.

pub mod edit;
pub(super) mod file_target;
mod git_diff;
pub mod image_file;
pub mod notebook_edit;
mod notebook_file;
pub mod patch;
mod pdf_file;
pub mod read;
mod read_changed;
mod read_notebook;
pub mod read_state;
pub mod text_file;
pub mod write;
