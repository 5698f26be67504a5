//! What is known of programs: which options run, write or read what, and which only read.

pub(super) mod downloads;
pub(super) mod file_ops;
pub(super) mod file_writes;
pub(super) mod git_line;
pub(super) mod git_reads;
pub(super) mod hazard;
pub(super) mod long_option;
pub(super) mod read_only;
pub(super) mod read_only_git;
pub(super) mod runner;
pub(super) mod sed;
pub(super) mod wrapper;
