//! To be filled: options.
