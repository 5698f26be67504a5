//! The one place where the scripted server asks for the time and waits.
#![expect(
    clippy::disallowed_methods,
    reason = "the scripted server is independent of the engine and its clock"
)]

use std::time::{Duration, Instant};

/// Time since the server started, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn micros(self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Waits for a fault's delay.
pub async fn pause(delay: Duration) {
    tokio::time::sleep(delay).await;
}
