//! `mcpOAuth`: how servers behind HTTP are authorised, checked.

use super::read::is_function;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::mcp::auth::oauth::OAuthOptions;
use serde_json::Value;

/// Reads `mcpOAuth`; `None` if it is not given.
pub fn read(given: Option<&Value>) -> Result<Option<OAuthOptions>, EngineError> {
    let Some(value) = given else { return Ok(None) };
    let wrong = |name: &str, what: &str| {
        EngineError::new(ErrorKind::InvalidOption, format!("options.mcpOAuth{name} {what}."))
    };
    let object = value.as_object().ok_or_else(|| wrong("", "must be an object"))?;
    let known = ["redirectUrl", "authorize", "store", "clientMetadataUrl", "clientId", "clientSecret"];
    if let Some(name) = object.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(wrong(&format!(".{name}"), &format!("is not known; there are {}", known.join(", "))));
    }
    let text = |name: &str| match object.get(name).filter(|value| !value.is_null()) {
        None => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(wrong(&format!(".{name}"), "must be a non-empty string")),
    };
    if !object.get("authorize").is_some_and(is_function) {
        return Err(wrong(".authorize", "must be a function"));
    }
    let store = object.get("store").filter(|store| !store.is_null());
    let functions = ["load", "save", "delete"];
    if store.is_some_and(|store| !functions.iter().all(|name| store.get(*name).is_some_and(is_function))) {
        return Err(wrong(".store", "must have the functions load, save and delete"));
    }
    let redirect_url = text("redirectUrl")?
        .filter(|url| reqwest::Url::parse(url).is_ok())
        .ok_or_else(|| wrong(".redirectUrl", "must be a URL"))?;
    let client = text("clientId")?.map(|id| text("clientSecret").map(|secret| (id, secret))).transpose()?;
    if client.is_none() && text("clientSecret")?.is_some() {
        return Err(wrong(".clientSecret", "needs clientId"));
    }
    Ok(Some(OAuthOptions {
        redirect_url,
        client_metadata_url: text("clientMetadataUrl")?,
        client,
        store: store.is_some(),
    }))
}
