//! To be filled: failures.
