//! Credentials from the environment, checked before any request is sent.

use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

const KEY: &str = "ANTHROPIC_API_KEY";
const TOKEN: &str = "ANTHROPIC_AUTH_TOKEN";
/// What stands for the variable when a command of the settings prints the credential.
pub const HELPER: &str = "apiKeyHelper";

/// What is shorter than this is no real credential, and would be found in ordinary words.
const SHORTEST_SECRET: usize = 8;

/// The API's credentials. Its `Debug` shows the source only.
#[derive(Clone)]
pub struct Credentials {
    key: Option<HeaderValue>,
    bearer: Option<HeaderValue>,
    helper: bool,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("source", &self.source()).finish_non_exhaustive()
    }
}

impl Credentials {
    /// `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN`, or both, and then both are sent.
    ///
    /// # Errors
    /// `MissingCredentials` when neither is set, `InvalidCredentials` when one cannot be a header.
    pub fn from_env(env: &Env) -> Result<Self, EngineError> {
        let key = env.get(KEY).map(|key| secret(KEY, "", key)).transpose()?;
        let bearer = env.get(TOKEN).map(|token| secret(TOKEN, "Bearer ", token)).transpose()?;
        if key.is_none() && bearer.is_none() {
            return Err(EngineError::new(
                ErrorKind::MissingCredentials,
                format!(
                    "API key not found: set {KEY} (or {TOKEN}) in the environment, or pass it in `options.env`; \
                     `options.env` replaces the environment, so it must hold the key itself"
                ),
            ));
        }
        Ok(Self { key, bearer, helper: false })
    }

    /// Whether the environment has one.
    pub fn given(env: &Env) -> bool {
        env.get(KEY).is_some() || env.get(TOKEN).is_some()
    }

    /// What `apiKeyHelper` printed: sent as key and as bearer, because a gateway may look at either.
    ///
    /// # Errors
    /// `InvalidCredentials` when it cannot be a header.
    pub(super) fn from_helper(key: &str) -> Result<Self, EngineError> {
        Ok(Self {
            key: Some(secret(HELPER, "", key)?),
            bearer: Some(secret(HELPER, "Bearer ", key)?),
            helper: true,
        })
    }

    /// Whether both are the same secrets.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.key == other.key && self.bearer == other.bearer
    }

    /// The variable that the credential came from; the token when both are set.
    pub fn source(&self) -> &'static str {
        match (self.helper, &self.bearer) {
            (true, _) => HELPER,
            (false, Some(_)) => TOKEN,
            (false, None) => KEY,
        }
    }

    /// Whether the `Authorization` header is taken.
    pub(super) fn has_bearer(&self) -> bool {
        self.bearer.is_some()
    }

    /// `text` without the credentials: what answers a request may repeat what it was sent.
    pub(super) fn redact(&self, text: String) -> String {
        let bearer = self
            .bearer
            .as_ref()
            .and_then(|value| value.to_str().ok())
            .and_then(|v| v.strip_prefix("Bearer "));
        let key = self.key.as_ref().and_then(|value| value.to_str().ok());
        key.into_iter().chain(bearer).filter(|secret| secret.len() >= SHORTEST_SECRET).fold(
            text,
            |text, secret| {
                if text.contains(secret) { text.replace(secret, "[redacted]") } else { text }
            },
        )
    }

    /// Adds the credentials to the headers of a request.
    pub(super) fn apply(&self, headers: &mut HeaderMap) {
        if let Some(key) = &self.key {
            headers.insert(HeaderName::from_static("x-api-key"), key.clone());
        }
        if let Some(bearer) = &self.bearer {
            headers.insert(AUTHORIZATION, bearer.clone());
        }
    }
}

/// A header value that is never printed. Errors name the variable and the fault, never the value.
fn secret(variable: &str, prefix: &str, value: &str) -> Result<HeaderValue, EngineError> {
    let fault = if value.contains(['\n', '\r']) {
        Some("a line break")
    } else if value.contains(char::is_whitespace) {
        Some("white space")
    } else if value.chars().any(char::is_control) {
        Some("a control character")
    } else if !value.is_ascii() {
        Some("a character that is not ASCII")
    } else {
        None
    };
    let invalid = |fault: &str| {
        let text = format!("{variable} holds {fault}, so it cannot be sent: check how it was copied or read");
        EngineError::new(ErrorKind::InvalidCredentials, text)
    };
    if let Some(fault) = fault {
        return Err(invalid(fault));
    }
    let mut header = HeaderValue::from_str(&format!("{prefix}{value}"))
        .map_err(|_| invalid("a character that is not allowed"))?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
