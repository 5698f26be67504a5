//! Where requests go and what headers the environment adds to them.

use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

const BASE_URL: &str = "ANTHROPIC_BASE_URL";
const CUSTOM: &str = "ANTHROPIC_CUSTOM_HEADERS";
const DEFAULT_BASE: &str = "https://api.anthropic.com";
pub(super) const BETA: HeaderName = HeaderName::from_static("anthropic-beta");

/// Headers that would break the request itself.
const FORBIDDEN: [&str; 5] = ["connection", "content-length", "host", "te", "transfer-encoding"];

/// The URL of `path` under `ANTHROPIC_BASE_URL`, whose own path stays in front.
///
/// # Errors
/// `InvalidOption` when the base is no absolute HTTP URL. The text does not repeat it: it may hold a password.
pub(super) fn url(env: &Env, path: &str) -> Result<Url, EngineError> {
    let invalid = |fault: &str| {
        let text = format!("{BASE_URL} {fault}; it must look like https://host or https://host/prefix");
        EngineError::new(ErrorKind::InvalidOption, text)
    };
    let base = env.get(BASE_URL).unwrap_or(DEFAULT_BASE).trim();
    let mut url = Url::parse(base).map_err(|e| invalid(&format!("is no URL ({e})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid(&format!("has the scheme {:?}", url.scheme())));
    }
    if !url.has_host() {
        return Err(invalid("has no host"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("has a query or a fragment"));
    }
    let full = format!("{}{path}", url.path().trim_end_matches('/'));
    url.set_path(&full);
    Ok(url)
}

/// Scheme, host and port of a URL, for texts.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// `ANTHROPIC_CUSTOM_HEADERS`: one `Name: Value` a line.
///
/// # Errors
/// `InvalidOption` naming the line; never its value.
pub(super) fn custom_headers(env: &Env) -> Result<HeaderMap, EngineError> {
    let mut headers = HeaderMap::new();
    let lines = env.get(CUSTOM).unwrap_or_default().lines().enumerate();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let invalid = |fault: &str| {
            let text = format!("{CUSTOM}, line {}: {fault}; each line must be `Name: Value`", number + 1);
            EngineError::new(ErrorKind::InvalidOption, text)
        };
        let (name, value) = line.split_once(':').ok_or_else(|| invalid("no colon"))?;
        let name = HeaderName::try_from(name.trim()).map_err(|_| invalid("the name is no header name"))?;
        if FORBIDDEN.contains(&name.as_str()) {
            return Err(invalid(&format!("`{name}` cannot be set")));
        }
        let mut value = HeaderValue::from_str(value.trim())
            .map_err(|_| invalid("the value has a character that is not allowed"))?;
        value.set_sensitive(true);
        add(&mut headers, name, value);
    }
    Ok(headers)
}

/// `ANTHROPIC_BETAS`, a comma list, as header.
///
/// # Errors
/// `InvalidOption` when it cannot be a header.
pub(super) fn betas(env: &Env) -> Result<Option<HeaderValue>, EngineError> {
    let list = env.get("ANTHROPIC_BETAS").unwrap_or_default();
    let betas: Vec<&str> = list.split(',').map(str::trim).filter(|beta| !beta.is_empty()).collect();
    if betas.is_empty() {
        return Ok(None);
    }
    HeaderValue::from_str(&betas.join(",")).map(Some).map_err(|_| {
        let text = "ANTHROPIC_BETAS has a character that is not allowed in a header";
        EngineError::new(ErrorKind::InvalidOption, text)
    })
}

/// Sets a header; lists of betas are joined, each beta once.
pub(super) fn add(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let joined = match (headers.get(&name).map(HeaderValue::to_str), value.to_str()) {
        (Some(Ok(old)), Ok(new)) if name == BETA => {
            let mut betas: Vec<&str> = Vec::new();
            for beta in old.split(',').chain(new.split(',')).map(str::trim) {
                if !beta.is_empty() && !betas.contains(&beta) {
                    betas.push(beta);
                }
            }
            HeaderValue::from_str(&betas.join(",")).ok()
        }
        _ => None,
    };
    headers.insert(name, joined.unwrap_or(value));
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
