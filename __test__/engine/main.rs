//! Engine tests through the front door, against the scripted Messages API.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "test code"
)]

mod scripted_http;
mod scripted_tls;
#[path = "support/tls.rs"]
mod tls;
