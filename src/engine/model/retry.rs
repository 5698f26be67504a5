//! Whether and when a failed API call is tried again: pure.

use super::failure::{ApiFailure, FailureKind};
use crate::engine::env::Env;
use std::time::Duration;

const DEFAULT_RETRIES: u32 = 10;
const MOST_RETRIES: u32 = 15;
const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(32);
/// A server that asks for a longer wait gets no retry: the caller learns of it at once.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(120);
/// With a fallback model, this many overload answers are enough.
const OVERLOADED_BEFORE_FALLBACK: u32 = 3;

/// How often a failed call is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Most retries of one call.
    pub max_retries: u32,
    /// Rate limits and overload are retried without end (`CLAUDE_CODE_RETRY_WATCHDOG`).
    pub watchdog: bool,
    /// Another model stands by: give up earlier on overload.
    pub has_fallback: bool,
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryDecision {
    /// Wait, then send the same request again.
    Retry {
        /// How long to wait.
        delay: Duration,
    },
    /// Report the failure.
    GiveUp,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_retries: DEFAULT_RETRIES, watchdog: false, has_fallback: false }
    }
}

impl RetryPolicy {
    /// The policy that the environment asks for: `CLAUDE_CODE_MAX_RETRIES`, `CLAUDE_CODE_RETRY_WATCHDOG`.
    pub fn from_env(env: &Env) -> Self {
        let max_retries = env
            .number("CLAUDE_CODE_MAX_RETRIES")
            .map_or(DEFAULT_RETRIES, |n| u32::try_from(n).unwrap_or(MOST_RETRIES).min(MOST_RETRIES));
        Self { max_retries, watchdog: env.flag("CLAUDE_CODE_RETRY_WATCHDOG"), has_fallback: false }
    }

    /// Decides about the `attempt`-th retry, counted from 1. `jitter` is a random number in `0.0..1.0`.
    ///
    /// Says nothing about what has arrived already: whether a partial reply is kept is the caller's matter.
    pub fn decide(&self, failure: &ApiFailure, attempt: u32, jitter: f64) -> RetryDecision {
        let throttled = match failure.kind {
            FailureKind::RateLimit | FailureKind::Overloaded => true,
            FailureKind::ServerError | FailureKind::Connection | FailureKind::Timeout => false,
            FailureKind::AuthenticationFailed
            | FailureKind::BillingError
            | FailureKind::InvalidRequest
            | FailureKind::PromptTooLong
            | FailureKind::RequestTooLarge
            | FailureKind::ModelNotFound
            | FailureKind::Tls
            | FailureKind::Garbage
            | FailureKind::Unknown => return RetryDecision::GiveUp,
        };
        let overloaded = failure.kind == FailureKind::Overloaded;
        if overloaded && self.has_fallback && attempt >= OVERLOADED_BEFORE_FALLBACK {
            return RetryDecision::GiveUp;
        }
        let endless = self.watchdog && throttled;
        if attempt > self.max_retries && !endless {
            return RetryDecision::GiveUp;
        }
        let asked = failure.retry_after.unwrap_or_default();
        if asked > LONGEST_RETRY_AFTER && !endless {
            return RetryDecision::GiveUp;
        }
        RetryDecision::Retry { delay: backoff(attempt, jitter).max(asked) }
    }
}

/// Doubles from half a second to 32 seconds, plus up to a quarter.
fn backoff(attempt: u32, jitter: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let base = FIRST_DELAY.saturating_mul(1 << doublings).min(LONGEST_BACKOFF);
    // `mul_f64` panics on NaN, and `clamp` lets it through.
    let jitter = if jitter.is_nan() { 0.0 } else { jitter.clamp(0.0, 1.0) };
    base.mul_f64(1.0 + 0.25 * jitter)
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
