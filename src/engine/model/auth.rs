//! Credentials and endpoint from the environment, checked before any request is sent.

use crate::engine::env::Env;
use crate::engine::error::EngineError;

/// The API's credentials. Its `Debug` shows the source only.
#[derive(Clone)]
pub struct Credentials {}

impl Credentials {
    /// `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN`, or both.
    ///
    /// # Errors
    /// `MissingCredentials` when neither is set, `InvalidCredentials` when one cannot be a header.
    pub fn from_env(env: &Env) -> Result<Self, EngineError> {
        let _ = env;
        todo!()
    }

    /// The variable that the credential came from; the token when both are set.
    pub fn source(&self) -> &'static str {
        todo!()
    }
}
