//! Bytes to server-sent events.
