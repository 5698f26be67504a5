//! The Messages API over HTTP.

use super::failure::ApiFailure;
use super::{ModelClient, ModelRequest, ModelStream};
use crate::engine::clock::Clock;
use crate::engine::env::Env;
use crate::engine::error::EngineError;
use crate::engine::io::http::HttpPools;
use futures::future::BoxFuture;
use std::sync::Arc;

/// A client of the Messages API, as one environment asks for it.
pub struct Anthropic {}

impl Anthropic {
    /// Reads credentials, endpoint, headers, time limits and HTTP settings from the environment.
    ///
    /// # Errors
    /// Names the variable that is missing or unusable; never shows a secret.
    pub fn new(env: &Env, http: Arc<HttpPools>) -> Result<Self, EngineError> {
        let _ = (env, http);
        todo!()
    }

    /// Lets `clock` rule the time limits.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        let _ = clock;
        todo!()
    }

    /// `ANTHROPIC_API_KEY` or `ANTHROPIC_AUTH_TOKEN`.
    pub fn credential_source(&self) -> &'static str {
        todo!()
    }
}

impl ModelClient for Anthropic {
    fn open(&self, request: ModelRequest) -> BoxFuture<'_, Result<ModelStream, ApiFailure>> {
        let _ = request;
        todo!()
    }
}
