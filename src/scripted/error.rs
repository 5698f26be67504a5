//! The API's error shape: which type belongs to which status, and the JSON around it.

use serde_json::{Value, json};

/// The API's name for the kind of error that a status stands for.
pub fn kind_of(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    }
}

/// The text the API sends when a scenario gives none.
pub fn default_message(status: u16) -> &'static str {
    match status {
        401 => "invalid x-api-key",
        429 => "This request would exceed your rate limit",
        529 => "Overloaded",
        500..=599 => "Internal server error",
        _ => "The request was refused",
    }
}

/// The error body as the API writes it.
pub fn body(kind: &str, message: &str, request_id: &str) -> Value {
    json!({
        "type": "error",
        "error": { "type": kind, "message": message },
        "request_id": request_id,
    })
}
