//! Time and ids: one concrete clock, real or manual; every sleep, deadline and timestamp goes through it.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A clock that is cheap to clone and shared by everything that runs for one engine.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Real { origin: std::time::Instant },
    Manual(Arc<watch::Sender<Duration>>),
}

/// Unix time at which a manual clock starts: 2026-01-01T00:00:00Z.
const MANUAL_EPOCH_MS: u64 = 1_767_225_600_000;

impl Clock {
    /// The machine's clock.
    #[expect(clippy::disallowed_methods, reason = "the one door to the machine's monotonic clock")]
    pub fn real() -> Self {
        Self(Kind::Real { origin: std::time::Instant::now() })
    }

    /// A clock that stands still until [`Clock::advance`] moves it; for tests that also use sockets.
    pub fn manual() -> Self {
        Self(Kind::Manual(Arc::new(watch::channel(Duration::ZERO).0)))
    }

    /// Moves a manual clock forward and wakes every sleep that is due. Does nothing to a real clock.
    pub fn advance(&self, by: Duration) {
        match &self.0 {
            Kind::Real { .. } => {}
            Kind::Manual(now) => now.send_modify(|t| *t += by),
        }
    }

    /// Monotonic time since the clock was made.
    pub fn elapsed(&self) -> Duration {
        match &self.0 {
            Kind::Real { origin } => origin.elapsed(),
            Kind::Manual(now) => *now.borrow(),
        }
    }

    /// Milliseconds since the Unix epoch.
    #[expect(clippy::disallowed_methods, reason = "the one door to the machine's wall clock")]
    pub fn unix_ms(&self) -> u64 {
        match &self.0 {
            Kind::Real { .. } => std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX)),
            Kind::Manual(now) => MANUAL_EPOCH_MS + u64::try_from(now.borrow().as_millis()).unwrap_or(0),
        }
    }

    /// The current time as ISO 8601 in UTC with milliseconds, e.g. `2026-01-01T00:00:00.000Z`.
    pub fn timestamp(&self) -> String {
        let ms = i64::try_from(self.unix_ms()).unwrap_or(i64::MAX);
        jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |t| format!("{t:.3}"))
    }

    /// Today's date in UTC, e.g. `2026-01-01`.
    pub fn date(&self) -> String {
        self.timestamp().chars().take(10).collect()
    }

    /// Sleeps for `duration` of this clock's time.
    #[expect(clippy::disallowed_methods, reason = "the one door to the timer")]
    pub async fn sleep(&self, duration: Duration) {
        match &self.0 {
            Kind::Real { .. } => tokio::time::sleep(duration).await,
            Kind::Manual(now) => {
                let mut seen = now.subscribe();
                let due = *seen.borrow() + duration;
                // The sender lives as long as `self`, so waiting cannot fail while we are polled.
                let _ = seen.wait_for(|t| *t >= due).await;
            }
        }
    }
}

/// Fresh ids: version 4 UUIDs in lower case.
pub fn new_uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}
