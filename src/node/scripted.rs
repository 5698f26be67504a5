//! `NativeScripted`: the scripted Messages API for tests and demos written in JavaScript.

use super::engine::NativeEngine;
use crate::scripted::ScriptedApi;
use napi::Env;
use napi::bindgen_prelude::{AsyncBlock, AsyncBlockBuilder};
use napi_derive::napi;
use std::sync::Arc;

/// A running scripted API.
#[napi]
pub struct NativeScripted {
    api: Arc<ScriptedApi>,
}

#[napi]
impl NativeScripted {
    /// Does one command (see `src/scripted/control.rs`); JSON in, JSON out.
    #[napi]
    pub fn command(&self, env: &Env, command: String) -> napi::Result<AsyncBlock<String>> {
        let api = Arc::clone(&self.api);
        AsyncBlockBuilder::new(async move { Ok(api.handle_command(&command).await) }).build(env)
    }
}

#[napi]
impl NativeEngine {
    /// Starts a scripted API for a scenario; rejects when the scenario is malformed.
    #[napi]
    pub fn start_scripted(&self, env: &Env, scenario: String) -> napi::Result<AsyncBlock<NativeScripted>> {
        AsyncBlockBuilder::new(async move {
            let api = ScriptedApi::start_json(&scenario)
                .await
                .map_err(|error| napi::Error::from_reason(format!("scenario: {error}")))?;
            Ok(NativeScripted { api: Arc::new(api) })
        })
        .build(env)
    }
}
