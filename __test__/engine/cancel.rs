//! To be filled: cancel.
