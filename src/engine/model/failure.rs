//! What an API call can fail with, as a value: kind, status, text and what the server said about retrying.

use serde_json::{Map, Value};
use std::time::Duration;

/// A failed API call. Never holds a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiFailure {
    /// What sort of failure.
    pub kind: FailureKind,
    /// The HTTP status, when one arrived and it was the failure.
    pub status: Option<u16>,
    /// What went wrong, for people.
    pub message: String,
    /// The API's id of the request.
    pub request_id: Option<String>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// Events of the reply had arrived already.
    pub partial: bool,
}

/// The sorts of failure that the engine tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The credential was refused.
    AuthenticationFailed,
    /// Payment is the problem.
    BillingError,
    /// Too many requests or tokens.
    RateLimit,
    /// The API is overloaded.
    Overloaded,
    /// The request breaks a rule of the API.
    InvalidRequest,
    /// The conversation does not fit the model's window.
    PromptTooLong,
    /// The request has too many bytes.
    RequestTooLarge,
    /// No such model, or no access to it.
    ModelNotFound,
    /// The API failed.
    ServerError,
    /// No connection, or it broke.
    Connection,
    /// The other side's certificate, or ours, was not accepted.
    Tls,
    /// No answer, or no further event, in time.
    Timeout,
    /// The answer is no valid Messages stream.
    Garbage,
    /// Anything else.
    Unknown,
}

impl FailureKind {
    /// The documented `SDKAssistantMessageError` string.
    pub fn error_name(self) -> &'static str {
        match self {
            Self::AuthenticationFailed => "authentication_failed",
            Self::BillingError => "billing_error",
            Self::RateLimit => "rate_limit",
            Self::Overloaded => "overloaded",
            Self::InvalidRequest | Self::PromptTooLong | Self::RequestTooLarge => "invalid_request",
            Self::ModelNotFound => "model_not_found",
            Self::ServerError => "server_error",
            Self::Connection | Self::Tls | Self::Timeout | Self::Garbage | Self::Unknown => "unknown",
        }
    }
}

impl ApiFailure {
    /// A failure of `kind` with a text for people and nothing else known.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            message: message.into(),
            request_id: None,
            retry_after: None,
            partial: false,
        }
    }

    /// The failure that an HTTP answer with an error status stands for; `body` is its (capped) body.
    pub fn from_response(status: u16, body: &str) -> Self {
        let json: Map<String, Value> = serde_json::from_str(body).unwrap_or_default();
        let (kind, message) = error_fields(&json);
        let message = match message {
            Some(message) => message.to_owned(),
            None => status_text(status, body),
        };
        Self {
            status: Some(status),
            request_id: json.get("request_id").and_then(Value::as_str).map(str::to_owned),
            ..Self::new(classify(Some(status), kind, &message), message)
        }
    }

    /// The failure that an `error` event of a stream (its fields, `type` apart) stands for.
    pub fn from_error_event(event: &Map<String, Value>) -> Self {
        let (kind, message) = error_fields(event);
        let message = message.unwrap_or("the API reported an error without a message").to_owned();
        Self {
            request_id: event.get("request_id").and_then(Value::as_str).map(str::to_owned),
            ..Self::new(classify(None, kind, &message), message)
        }
    }

    /// The documented `SDKAssistantMessageError` string.
    pub fn error_name(&self) -> &'static str {
        self.kind.error_name()
    }
}

/// Type and message of the API's error shape `{"error": {"type", "message"}}`.
fn error_fields(json: &Map<String, Value>) -> (Option<&str>, Option<&str>) {
    let error = json.get("error");
    let field =
        |name| error.and_then(|e| e.get(name)).and_then(Value::as_str).filter(|text| !text.is_empty());
    (field("type"), field("message").or_else(|| error.and_then(Value::as_str)))
}

/// A text for an error answer that is not in the API's shape: the status and the head of the body.
fn status_text(status: u16, body: &str) -> String {
    let head: String = body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    match (status, head.is_empty()) {
        (300..=399, _) => {
            format!(
                "the API answered {status}, a redirect; redirects are not followed: check ANTHROPIC_BASE_URL"
            )
        }
        (_, true) => format!("the API answered {status} without a body"),
        (_, false) => format!("the API answered {status}: {head}"),
    }
}

/// The API's own error type decides; without one, the status does.
fn classify(status: Option<u16>, kind: Option<&str>, message: &str) -> FailureKind {
    let lower = message.to_lowercase();
    if lower.contains("credit balance is too low") {
        return FailureKind::BillingError;
    }
    let not_found =
        || if lower.contains("model") { FailureKind::ModelNotFound } else { FailureKind::InvalidRequest };
    let invalid = || {
        let too_long = lower.contains("prompt is too long") || lower.contains("exceed context limit");
        if too_long { FailureKind::PromptTooLong } else { FailureKind::InvalidRequest }
    };
    match kind {
        Some("authentication_error" | "permission_error") => return FailureKind::AuthenticationFailed,
        Some("billing_error") => return FailureKind::BillingError,
        Some("rate_limit_error") => return FailureKind::RateLimit,
        Some("overloaded_error") => return FailureKind::Overloaded,
        Some("invalid_request_error") => return invalid(),
        Some("request_too_large") => return FailureKind::RequestTooLarge,
        Some("not_found_error") => return not_found(),
        Some("timeout_error") => return FailureKind::Timeout,
        Some("api_error") => return FailureKind::ServerError,
        _ => {}
    }
    match status {
        Some(401 | 403) => FailureKind::AuthenticationFailed,
        Some(402) => FailureKind::BillingError,
        Some(404) => not_found(),
        Some(408) => FailureKind::Timeout,
        Some(413) => FailureKind::RequestTooLarge,
        Some(429) => FailureKind::RateLimit,
        Some(529) => FailureKind::Overloaded,
        Some(400..=499) => invalid(),
        Some(500..=599) => FailureKind::ServerError,
        _ => FailureKind::Unknown,
    }
}

#[cfg(test)]
#[path = "failure_tests.rs"]
mod tests;
