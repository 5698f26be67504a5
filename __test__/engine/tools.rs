//! To be filled: tools.
