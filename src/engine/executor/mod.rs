//! Executors: places of the embedder's where built-in tools act instead of on this machine (`options.executors`).

mod elsewhere;
pub mod exec;
mod fault;
pub mod fetch;
pub mod files;
mod mark;

pub use elsewhere::Elsewhere;
pub use fault::Fault;

use serde_json::Value;

/// A question to an executor of the embedder.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutorCall {
    /// `exec`, `fetch`, or `fs.` and the name of a method.
    pub method: &'static str,
    /// Its parameters, as JavaScript has them; bytes are a text or `{"base64": text}`.
    pub params: Value,
}

/// Bytes as they cross: a text where they are one, else `{"base64": text}`.
pub fn bytes_to_json(bytes: &[u8]) -> Value {
    use base64::Engine as _;
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::String(text.to_owned()),
        Err(_) => {
            serde_json::json!({ "base64": base64::engine::general_purpose::STANDARD.encode(bytes) })
        }
    }
}

/// The bytes of what [`bytes_to_json`] has made; `None` for anything else.
pub fn bytes_from_json(value: Value) -> Option<Vec<u8>> {
    use base64::Engine as _;
    match value {
        Value::String(text) => Some(text.into_bytes()),
        Value::Object(object) if object.len() == 1 => {
            base64::engine::general_purpose::STANDARD.decode(object.get("base64")?.as_str()?).ok()
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}
