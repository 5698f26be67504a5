#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn body(kind: &str, message: &str) -> String {
    serde_json::json!({ "type": "error", "error": { "type": kind, "message": message }, "request_id": "req_9" })
        .to_string()
}

#[test]
fn answers_are_sorted_by_error_type_then_status() {
    use FailureKind as K;
    for (status, kind, message, expected, name) in [
        (401, "authentication_error", "invalid x-api-key", K::AuthenticationFailed, "authentication_failed"),
        (403, "permission_error", "no", K::AuthenticationFailed, "authentication_failed"),
        (402, "billing_error", "pay", K::BillingError, "billing_error"),
        (
            400,
            "invalid_request_error",
            "Your credit balance is too low to access the API",
            K::BillingError,
            "billing_error",
        ),
        (429, "rate_limit_error", "slow down", K::RateLimit, "rate_limit"),
        (529, "overloaded_error", "Overloaded", K::Overloaded, "overloaded"),
        (400, "invalid_request_error", "messages: bad", K::InvalidRequest, "invalid_request"),
        (
            400,
            "invalid_request_error",
            "prompt is too long: 210000 tokens > 200000 maximum",
            K::PromptTooLong,
            "invalid_request",
        ),
        (
            400,
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 1 + 2 > 2",
            K::PromptTooLong,
            "invalid_request",
        ),
        (413, "request_too_large", "too large", K::RequestTooLarge, "invalid_request"),
        (404, "not_found_error", "model: claude-x", K::ModelNotFound, "model_not_found"),
        (404, "not_found_error", "Not Found", K::InvalidRequest, "invalid_request"),
        (500, "api_error", "oops", K::ServerError, "server_error"),
        (504, "timeout_error", "late", K::Timeout, "unknown"),
        (503, "strange_error", "x", K::ServerError, "server_error"),
        (418, "strange_error", "x", K::InvalidRequest, "invalid_request"),
        (408, "", "x", K::Timeout, "unknown"),
    ] {
        let failure = ApiFailure::from_response(status, &body(kind, message));
        assert_eq!((failure.kind, failure.error_name()), (expected, name), "{status} {kind} {message}");
        assert_eq!(failure.message, message);
        assert_eq!(failure.status, Some(status));
        assert_eq!(failure.request_id.as_deref(), Some("req_9"));
    }
}

#[test]
fn answers_in_another_shape_show_status_and_head() {
    for (status, text, kind, message) in [
        (
            502,
            "<html>\n  Bad   gateway</html>",
            FailureKind::ServerError,
            "the API answered 502: <html> Bad gateway</html>",
        ),
        (500, "", FailureKind::ServerError, "the API answered 500 without a body"),
        (401, "{}", FailureKind::AuthenticationFailed, "the API answered 401: {}"),
        (
            302,
            "moved",
            FailureKind::Unknown,
            "the API answered 302, a redirect; redirects are not followed: check ANTHROPIC_BASE_URL",
        ),
        (500, r#"{"error":"plain text"}"#, FailureKind::ServerError, "plain text"),
    ] {
        let failure = ApiFailure::from_response(status, text);
        assert_eq!((failure.kind, failure.message.as_str()), (kind, message));
    }
    assert!(ApiFailure::from_response(500, &"x".repeat(10_000)).message.len() < 300);
}
