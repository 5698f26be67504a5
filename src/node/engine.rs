//! `NativeEngine`: one per environment; starts queries, and ends all of them when the environment goes away.

use super::arrivals::Arrivals;
use super::error::{Code, as_json, guarded};
use super::host::{Answers, HostCall, JsHost};
use super::query::NativeQuery;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::options::{QueryConfig, SettingsQuestion};
use crate::engine::query::Engine;
use napi::Env;
use napi::bindgen_prelude::{AsyncBlock, AsyncBlockBuilder, Either, Function};
use napi_derive::napi;
use serde_json::json;
use std::sync::Arc;

/// The engine of one environment.
#[napi]
pub struct NativeEngine {
    engine: Arc<Engine>,
    host: Arc<HostCall>,
    answers: Arc<Answers>,
    arrivals: Arc<Arrivals>,
}

#[napi]
impl NativeEngine {
    /// `host` is asked every question of every query, as JSON with an `id`, and says the answer by `answer`. Given a number
    /// it is told that the query of that number has messages; see [`NativeQuery::wait`]. It must never throw: that would
    /// end the process.
    #[napi(constructor)]
    pub fn new(env: &Env, host: Function<'_, Either<String, u32>, ()>) -> napi::Result<Self> {
        let engine = Arc::new(Engine::default());
        let callback = host;
        let host = Arc::new(callback.build_threadsafe_function().weak::<true>().build()?);
        let arrivals = Arc::new(Arrivals::new(Arc::clone(&host), &callback)?);
        env.add_env_cleanup_hook(Arc::downgrade(&engine), |engine| {
            if let Some(engine) = engine.upgrade() {
                engine.shutdown();
            }
        })?;
        Ok(Self { engine, host, answers: Arc::default(), arrivals })
    }

    /// Starts a query from its configuration; throws an error whose `code` is a stable kind.
    #[napi]
    pub fn start_query(&self, config: String) -> napi::Result<NativeQuery, Code> {
        guarded(|| {
            let config: QueryConfig = serde_json::from_str(&config).map_err(|error| {
                EngineError::new(ErrorKind::InternalError, format!("configuration: {error}"))
            })?;
            let id = config.id;
            let host = Arc::new(JsHost::new(id, Arc::clone(&self.host), Arc::clone(&self.answers)));
            let engine = Arc::clone(&self.engine);
            napi::bindgen_prelude::within_runtime_if_available(move || engine.start(config, host))
                .map(|query| NativeQuery::new(id, query, Arc::clone(&self.arrivals)))
        })
    }

    /// The answer of `host` to the question of that id, as JSON.
    #[napi]
    pub fn answer(&self, id: i64, answer: String) {
        self.answers.give(id.unsigned_abs(), answer);
    }

    /// Joins settings without starting anything: `{"ok": resolved}` or `{"error": {code, message}}`.
    #[napi]
    pub fn resolve_settings(&self, env: &Env, question: String) -> napi::Result<AsyncBlock<String>> {
        let engine = Arc::clone(&self.engine);
        AsyncBlockBuilder::new(async move {
            let work = move || {
                let question: SettingsQuestion = serde_json::from_str(&question).map_err(|error| {
                    EngineError::new(ErrorKind::InternalError, format!("question: {error}"))
                })?;
                engine.resolve_settings(&question)
            };
            let answer = match crate::engine::io::blocking(move || Ok(work())).await {
                Ok(Ok(resolved)) => json!({ "ok": resolved }),
                Ok(Err(error)) => json!({ "error": as_json(&error) }),
                Err(error) => {
                    json!({ "error": as_json(&EngineError::new(ErrorKind::InternalError, error.to_string())) })
                }
            };
            Ok(answer.to_string())
        })
        .build(env)
    }

    /// What would happen to a call `{toolName, input}` in a query of a configuration, as JSON.
    #[napi]
    pub fn explain_permission(&self, config: String, call: String) -> napi::Result<String, Code> {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct ExplainCall {
            tool_name: String,
            input: serde_json::Value,
        }
        guarded(|| {
            let broken = |error: serde_json::Error| {
                EngineError::new(ErrorKind::InternalError, format!("configuration: {error}"))
            };
            let config: QueryConfig = serde_json::from_str(&config).map_err(broken)?;
            let call: ExplainCall = serde_json::from_str(&call).map_err(broken)?;
            self.engine.explain(config, &call.tool_name, call.input).map(|value| value.to_string())
        })
    }

    /// Ends every query and kills every child process before it returns: Node runs no cleanup hook when the process
    /// ends by `process.exit()` or an exception.
    #[napi]
    pub fn shutdown(&self) {
        self.engine.shutdown();
    }

    /// The version of the addon.
    #[napi]
    pub fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }
}
