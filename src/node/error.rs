//! Engine errors as JavaScript errors with a stable `code`.

use crate::engine::error::{EngineError, ErrorKind};
use serde_json::{Value, json};

/// The `code` of a thrown error.
#[derive(Debug, Clone)]
pub struct Code(&'static str);

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl From<napi::Status> for Code {
    fn from(_: napi::Status) -> Self {
        Self(ErrorKind::InternalError.code())
    }
}

/// Thrown from a synchronous function.
pub fn thrown(error: &EngineError) -> napi::Error<Code> {
    napi::Error::new(Code(error.kind.code()), error.message.clone())
}

/// As a member of an answer that is JSON.
pub fn as_json(error: &EngineError) -> Value {
    json!({ "code": error.kind.code(), "message": error.message })
}

/// Runs a synchronous function of the surface; a panic is thrown as `internal_error` instead of aborting the host.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, EngineError>) -> napi::Result<T, Code> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| thrown(&error)),
        Err(payload) => {
            let text = crate::engine::query::panic_text(payload.as_ref());
            Err(thrown(&EngineError::new(ErrorKind::InternalError, format!("Internal error: {text}"))))
        }
    }
}
