//! To be filled: permissions.
