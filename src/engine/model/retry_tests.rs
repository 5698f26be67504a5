#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

const MS: fn(u64) -> Duration = Duration::from_millis;

fn failure(kind: FailureKind) -> ApiFailure {
    ApiFailure::new(kind, "x")
}

fn delay(policy: RetryPolicy, failure: &ApiFailure, attempt: u32, jitter: f64) -> Option<Duration> {
    match policy.decide(failure, attempt, jitter) {
        RetryDecision::Retry { delay } => Some(delay),
        RetryDecision::GiveUp => None,
    }
}

#[test]
fn only_transient_failures_are_retried_row_517_row_518() {
    use FailureKind as K;
    for (kind, retried) in [
        (K::AuthenticationFailed, false),
        (K::BillingError, false),
        (K::RateLimit, true),
        (K::Overloaded, true),
        (K::InvalidRequest, false),
        (K::PromptTooLong, false),
        (K::RequestTooLarge, false),
        (K::ModelNotFound, false),
        (K::ServerError, true),
        (K::Connection, true),
        (K::Tls, false),
        (K::Timeout, true),
        (K::Garbage, false),
        (K::Unknown, false),
    ] {
        let decided = delay(RetryPolicy::default(), &failure(kind), 1, 0.0);
        assert_eq!(decided, retried.then_some(MS(500)), "{kind:?}");
    }
}

#[test]
fn ten_retries_by_default_fifteen_at_most_row_517() {
    let env = |n: &str| Env::new([("CLAUDE_CODE_MAX_RETRIES".to_owned(), n.to_owned())]);
    for (env, expected) in [
        (Env::default(), 10),
        (env("3"), 3),
        (env("0"), 0),
        (env("15"), 15),
        (env("16"), 15),
        (env("99999999999"), 15),
        (env("many"), 10),
    ] {
        let policy = RetryPolicy::from_env(&env);
        assert_eq!(policy.max_retries, expected);
        let overload = failure(FailureKind::ServerError);
        assert_eq!(delay(policy, &overload, expected + 1, 0.0), None);
        assert!(expected == 0 || delay(policy, &overload, expected, 0.0).is_some());
    }
}

#[test]
fn the_delay_doubles_with_jitter_row_517() {
    let delays = |jitter| {
        (1..=8).map(move |n| {
            delay(RetryPolicy::default(), &failure(FailureKind::ServerError), n, jitter).unwrap().as_millis()
        })
    };
    assert_eq!(delays(0.0).collect::<Vec<_>>(), [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 32_000]);
    assert_eq!(delays(1.0).collect::<Vec<_>>(), [625, 1250, 2500, 5000, 10_000, 20_000, 40_000, 40_000]);
    assert_eq!(delays(f64::NAN).next(), delays(0.0).next());
}

#[test]
fn retry_after_is_honoured_row_519() {
    let asking =
        |kind, seconds| ApiFailure { retry_after: Some(Duration::from_secs(seconds)), ..failure(kind) };
    let policy = RetryPolicy::default();
    let limit = |seconds, attempt| delay(policy, &asking(FailureKind::RateLimit, seconds), attempt, 0.0);
    assert_eq!(limit(7, 1), Some(MS(7000)));
    // The backoff is the minimum.
    assert_eq!(limit(1, 4), Some(MS(4000)));
    assert_eq!(limit(0, 1), Some(MS(500)));
    assert_eq!(limit(120, 1), Some(MS(120_000)));
    assert_eq!(limit(121, 1), None);
    assert_eq!(delay(policy, &asking(FailureKind::ServerError, 3), 1, 0.0), Some(MS(3000)));
}

#[test]
fn repeated_overload_goes_to_the_fallback_row_519() {
    let policy = RetryPolicy { has_fallback: true, ..RetryPolicy::default() };
    let kept = |kind, n| delay(policy, &failure(kind), n, 0.0).is_some();
    assert!(kept(FailureKind::Overloaded, 2));
    assert!(!kept(FailureKind::Overloaded, 3));
    assert!(kept(FailureKind::RateLimit, 3));
}

#[test]
fn the_watchdog_never_gives_up_on_limits_row_520() {
    let env = Env::new([("CLAUDE_CODE_RETRY_WATCHDOG".to_owned(), "1".to_owned())]);
    let policy = RetryPolicy::from_env(&env);
    let kept = |kind, n| delay(policy, &failure(kind), n, 0.0).is_some();
    assert!(kept(FailureKind::RateLimit, 1000));
    assert!(kept(FailureKind::Overloaded, u32::MAX));
    assert!(!kept(FailureKind::ServerError, 11));
    let hour = ApiFailure { retry_after: Some(Duration::from_secs(3600)), ..failure(FailureKind::RateLimit) };
    assert_eq!(delay(policy, &hour, 50, 0.0), Some(Duration::from_secs(3600)));
}
